"""Starting: what answers without AWS, the first answer of AWS, and what plugins cost."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace

from bench.comparing import Bench, Result
from bench.measure import Failed, medians, server


def startup(bench: Bench) -> Iterator[Result]:
    """What answers without AWS."""
    make = bench.commands()
    aws = make.aws("--version")
    words = {"COMP_WORDS": "stackpane s3 ", "COMP_CWORD": "2", "_STACKPANE_COMPLETE": "bash_complete"}
    complete = make.stackpane()
    complete = replace(complete, env={**complete.env, **words})
    for case, ours in (
        ("--version", make.stackpane("--version")),
        ("--help", make.stackpane("--help")),
        ("completion", complete),
    ):
        yield from bench.compare("startup", case, ours, [(replace(aws), "cpu", 0.25)])
    with server() as at:
        make = bench.commands(at)
        ours = make.stackpane("s3", "ls", "s3://keys-1000/folder-00/2026/11/22/")
        theirs = make.aws("s3", "ls", "s3://keys-1000/folder-00/2026/11/22/")
        yield from bench.compare("startup", "first AWS answer (s3 ls, one page)", ours, [(theirs, "cpu", 0.5)])


PLUGINS = 50
_PLUGIN = """from stackpane import Link, Service, hookimpl


@hookimpl
def stackpane_service():
    link = Link.to("light{number} ls")
    return Service("light{number}", "Light {number}", "Light {number}.", "light{number}.commands:group", link, link)
"""


def plugins(bench: Bench) -> Iterator[Result]:
    """What many light plugins add to the start of a command that imports them all."""
    folder = bench.folder / "plugins"
    for number in range(PLUGINS):
        about = folder / f"light{number}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: light{number}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[stackpane]\nlight{number} = light{number}\n")
        (folder / f"light{number}.py").write_text(_PLUGIN.format(number=number))
    few = bench.commands().stackpane("--help")
    many = replace(few, env={**few.env, "PYTHONPATH": str(folder)})
    shown = subprocess.run(many.argv, env=many.env, capture_output=True, text=True, check=True).stdout
    assert shown.count("Light ") == PLUGINS, shown
    try:
        without, with_all = medians([few, many], bench.runs)
    except Failed as failure:
        print(f"plugins: {failure}")
        return
    yield Result(
        "plugins", f"{PLUGINS} light plugins, added to --help", "", "cpu", with_all.cpu - without.cpu, None, 0.025
    )


CASES = {"startup": startup, "plugins": plugins}
