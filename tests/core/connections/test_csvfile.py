"""Access keys from the console's download, however it was saved on the way; never a secret in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackpane.connections.csvfile import checked_keys, read_keys
from stackpane.connections.secrets import Keys
from stackpane.errors import InvalidInput

ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
OTHER_ID, OTHER_SECRET = "AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
KEYS = Keys(ID, SECRET)

NEW = f"Access key ID,Secret access key\n{ID},{SECRET}\n"
"""What the console downloads when a key is created."""
WITH_USER = f"User name,Password,Access key ID,Secret access key,Console login link\nalice,,{ID},{SECRET},https://x\n"
"""What it downloads when a user is created."""
ROOT = f"AWSAccessKeyId={ID}\nAWSSecretKey={SECRET}\n"
"""What it used to download for the root user."""


@pytest.mark.parametrize(
    ("content", "user"),
    [
        (NEW.encode(), ""),
        (WITH_USER.encode(), "alice"),
        (ROOT.encode(), ""),
        (NEW.replace("\n", "\r\n").encode(), ""),
        (NEW.replace("\n", "\r").encode(), ""),
        (NEW.rstrip().encode(), ""),
        (b"\xef\xbb\xbf" + NEW.encode(), ""),
        (NEW.encode("utf-16"), ""),
        (b"\xfe\xff" + NEW.encode("utf-16-be"), ""),
        (WITH_USER.replace("\n", "\r\n").encode("utf-16"), "alice"),
        (NEW.replace(",", ";").encode(), ""),
        (WITH_USER.replace(",", "\t").encode(), "alice"),
        (f'"Access key ID","Secret access key"\n"{ID}","{SECRET}"\n'.encode(), ""),
        (f'Access key ID,Secret access key\n="{ID}",="{SECRET}"\n'.encode(), ""),
        (f"Access key ID,Secret access key\n'{ID},'{SECRET}\n".encode(), ""),
        (f"Access key ID , Secret access key\n {ID} , {SECRET} \n".encode(), ""),
        (f"ACCESS KEY ID,SECRET ACCESS KEY\n{ID},{SECRET}\n".encode(), ""),
        (f"Access Key Id,Secret Access Key,User Name\n{ID},{SECRET},bob\n".encode(), "bob"),
        (f"Secret access key,Access key ID\n{SECRET},{ID}\n".encode(), ""),
        (f"Extra,Access key ID,Secret access key,More\n1,{ID},{SECRET},2\n".encode(), ""),
        (f"\n\nAccess key ID,Secret access key\n\n{ID},{SECRET}\n\n".encode(), ""),
        (f"User name,Access key ID,Secret access key\nbörje,{ID},{SECRET}\n".encode(), "börje"),
        (f'User name,Access key ID,Secret access key\n"Doe, Jane",{ID},{SECRET}\n'.encode(), "Doe, Jane"),
        (f"User name,Access key ID,Secret access key\nnokey,,\nalice,{ID},{SECRET}\n".encode(), "alice"),
        (f"aws_access_key_id,aws_secret_access_key\n{ID},{SECRET}\n".encode(), ""),
    ],
)
def test_every_form_of_the_download_is_read(tmp_path: Path, content: bytes, user: str) -> None:
    file = tmp_path / "keys.csv"
    file.write_bytes(content)
    (row,) = read_keys(file)
    assert (row.keys, row.user) == (KEYS, user)


def test_several_rows_are_told_apart_by_user_and_last_four(tmp_path: Path) -> None:
    file = tmp_path / "keys.csv"
    file.write_text(f"User name,Access key ID,Secret access key\nalice,{ID},{SECRET}\n,{OTHER_ID},{OTHER_SECRET}\n")
    assert [row.label for row in read_keys(file)] == ["alice (AKIA…MPLE)", "AKIA…MPLE"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds no access key"),
        (b"\xef\xbb\xbf", "holds no access key"),
        (b"Access key ID,Secret access key\n", "holds no access key"),
        (b"Access key ID\nAKIAIOSFODNN7EXAMPLE\n", "holds no access key"),
        (b"a,b\n1,2\n", "holds no access key"),
        (f"{ID},{SECRET}\n".encode(), "holds no access key"),
        (f"Access key ID,Secret access key\n{ID},{SECRET[:-1]}\n".encode(), "has 39 characters"),
        (f"Access key ID,Secret access key\n{ID},{SECRET}x\n".encode(), "has 41 characters"),
        (f"Access key ID,Secret access key\n{ID},{SECRET[:-1]}é\n".encode(), "missing or not one"),
        (f"Access key ID,Secret access key\n{ID},{SECRET[:-1]}!\n".encode(), "cannot have"),
        (f"Access key ID,Secret access key\n{ID},{SECRET[:20]} {SECRET[21:]}\n".encode(), "missing or not one"),
        (f"Access key ID,Secret access key\n{ID},\n".encode(), "missing or not one"),
        (f"Access key ID,Secret access key\n{ID}\n".encode(), "missing or not one"),
        (f"Access key ID,Secret access key\n,{SECRET}\n".encode(), "access key id is not one"),
        (f"Access key ID,Secret access key\n=1+1,{SECRET}\n".encode(), "access key id is not one"),
        (f"Access key ID,Secret access key\nASIA{ID[4:]},{SECRET}\n".encode(), "temporary key"),
        (b"\x00\x01\x02\xff\xfe", "not a text file"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"x" * 1_000_001, "too large"),
    ],
)
def test_a_file_without_a_whole_key_is_refused_and_its_content_kept_back(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "keys.csv"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=reason) as refused:
        read_keys(file)
    told = refused.value.message + refused.value.hint
    assert SECRET[:10] not in told
    assert ID not in told


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"gone\.csv cannot be read: No such file"):
        read_keys(tmp_path / "gone.csv")


def test_keys_that_are_not_aws_s_may_have_any_secret() -> None:
    assert checked_keys("minioadmin", "minioadmin").secret_access_key == "minioadmin"
    assert checked_keys("0123456789abcdef0123456789abcdef", "s").session_token is None
    assert checked_keys(f"ASIA{ID[4:]}", SECRET, "token").session_token == "token"
