"""Amazon CloudWatch Logs: all events of an hour, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.measure import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.comparing import Bench, Result

_MEMORY = 80 << 20


def events(bench: Bench) -> Iterator[Result]:
    """A million events against the AWS CLI, a hundred thousand against awslogs.

    ``aws logs tail`` is there from version 2 on, which the package index does not have; what version 1 has for the same
    is ``aws logs filter-log-events``.
    """
    with server() as at:
        make = bench.commands(at)
        for total in (bench.keys, bench.keys // 10):
            group, case = f"events-{total}", f"{total:,} log events"
            ours = make.stackpane("logs", "events", group, "--since", "2h", "--all", "-o", "tsv")
            if total == bench.keys:
                peer = make.aws(
                    "logs", "filter-log-events", "--log-group-name", group, "--start-time", "0", "--output", "text"
                )
                yield from bench.compare("logs", case, ours, [(peer, "cpu", 1 / 4)])
                yield from bench.alone("logs", case, ours, _MEMORY)
            else:
                peer = make.awslogs("get", group, "ALL", "--start=2h ago", "--no-color")
                yield from bench.compare("logs", case, ours, [(peer, "cpu", 1 / 15)])


CASES = {"logs": events}
