"""What the shell does with a proposal: bash puts it into the line as it stands."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

PROFILES = ["plain", "two words", "$(touch ran)", "`touch ran`", "a;touch ran", 'say "x"', "it's", "a*b", "ä&b"]

ASK = """
complete() { :; }
eval "$(stackpane completion bash)"
COMP_LINE="stackpane --profile "
COMP_POINT=${#COMP_LINE}
_stackpane_completion stackpane
printf '%s\\n' "${COMPREPLY[@]}"
"""


def test_bash_reads_every_proposal_as_the_name_it_is(tmp_path: Path) -> None:
    config = tmp_path / "aws config"
    config.write_text("".join(f"[profile {shlex.quote(name)}]\nregion = eu-west-1\n" for name in PROFILES))
    env = os.environ | {
        "AWS_CONFIG_FILE": str(config),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    offered = subprocess.run(["bash", "-c", ASK], env=env, capture_output=True, text=True, check=True).stdout
    line = f"printf '%s\\n' {offered.replace(chr(10), ' ')}"
    read = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, check=True).stdout
    assert sorted(read.splitlines()) == sorted(PROFILES)
    assert not Path("ran").exists()
