import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.harness.emulators import Emulator


def test_each_emulator_stores_objects(aws: Emulator, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"body")
    assert s3.get_object(Bucket=bucket, Key="a/b")["Body"].read() == b"body"
    assert aws.client("s3") is s3


def test_each_test_finds_the_emulators_empty(aws: Emulator) -> None:
    assert aws.client("s3").list_buckets()["Buckets"] == []
    assert aws.client("sts").get_caller_identity()["Account"] == aws.account_id


def test_iam_is_enforced_where_asked_for(ministack_auth: Emulator) -> None:
    ministack_auth.client("s3").create_bucket(Bucket="private")
    keys = ministack_auth.user("reader", {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    with pytest.raises(ClientError, match="AccessDenied") as denied:
        ministack_auth.client("s3", keys=keys).list_objects_v2(Bucket="private")
    assert "s3:ListBucket" in str(denied.value)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open")
def test_no_emulator_is_left_behind_when_its_test_process_is_killed(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time; from tests.harness.emulators import start;"
        "print(start('ministack', pathlib.Path(sys.argv[1])).pid, flush=True); time.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        emulator = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        assert -parent.wait() == signal.SIGKILL
        poll = select.poll()
        poll.register(emulator, select.POLLIN)  # readable once the process has ended
        assert poll.poll(30_000), "the emulator outlived its parent"
        os.close(emulator)
