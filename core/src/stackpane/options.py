"""The global options, which stand before the service or after the command, and the settings they add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import click

__all__ = ["FORMATS", "GLOBAL_OPTIONS", "Settings", "seconds"]

_DAY = 24 * 60 * 60

Format = Literal["table", "json", "jsonl", "csv", "tsv", "yaml"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the global options of one command line say; ``None`` and empty: not given."""

    connections: tuple[str, ...] = ()
    profile: str | None = None
    regions: tuple[str, ...] = ()
    all_regions: bool = False
    endpoint_url: str | None = None
    ca_bundle: str | None = None
    timeout: float | None = None
    read_only: bool = False
    output: Format = "table"
    query: str | None = None
    limit: int | None = 100
    cursor: str | None = None
    reveal: bool = False
    yes: bool = False
    dry_run: bool = False
    color: bool = True
    debug: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Settings:
        """The settings of options by name, as the options' callbacks gathered them."""
        values = dict(given)
        if values.pop("all_rows", False):
            values["limit"] = None
        return cls(**values)

    @property
    def place(self) -> tuple[str, ...]:
        """The global options that say where a command runs, and how long it waits there, as words."""
        return self.place_at()

    def place_at(self, connection: str | None = None, region: str | None = None) -> tuple[str, ...]:
        """The options that say where a command runs, and how long it waits there, as words.

        Where several connections or regions are named, ``connection`` and ``region`` are the ones that are meant.
        """
        one_region = len(self.regions) > 1 or self.all_regions
        options = {
            "-c": connection if connection and len(self.connections) > 1 else ",".join(self.connections),
            "--profile": self.profile,
            "--region": region if region and one_region else ",".join(self.regions),
            "--endpoint-url": self.endpoint_url,
            "--ca-bundle": self.ca_bundle,
            "--timeout": None if self.timeout is None else f"{self.timeout:g}",
        }
        return tuple(word for name, value in options.items() if value for word in (name, value))


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep an option that was given; one after the command wins over one before the service."""
    source = ctx.get_parameter_source(param.name or "")
    if source is not None and source.name not in ("DEFAULT", "DEFAULT_MAP") and ctx.obj is not None:
        ctx.obj.given[param.name] = value


def _names(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """As ``_remember``, for ``a,b,c``."""
    names = tuple(name for name in (part.strip() for part in (value or "").split(",")) if name)
    _remember(ctx, param, names)


def seconds(text: str) -> float:
    """The time to wait that ``text`` says. Raises ``ValueError`` for what is none, or more than a day."""
    value = float(text)
    if not 0 < value <= _DAY:
        raise ValueError(text)
    return value


def _seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """As ``_remember``, for a time to wait."""
    try:
        _remember(ctx, param, None if value is None else seconds(value))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no number of seconds above 0, a day at most.", ctx, param) from None


def _complete(what: str) -> Callable[[click.Context, click.Parameter, str], list[Any]]:
    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
        from stackpane import completion

        values: list[Any] = getattr(completion, what)(ctx, incomplete)
        return values

    return complete


def _option(*names: str, **attrs: Any) -> click.Option:
    return click.Option(names, expose_value=False, **{"callback": _remember, **attrs})


GLOBAL_OPTIONS: tuple[click.Option, ...] = (
    _option(
        "-c",
        "--connection",
        "connections",
        metavar="NAME[,NAME…]",
        callback=_names,
        shell_complete=_complete("connections"),
        help="The connection to use; several merge into one table.",
    ),
    _option(
        "--profile", metavar="NAME", shell_complete=_complete("profiles"), help="A profile of the AWS config files."
    ),
    _option(
        "--region",
        "regions",
        metavar="REGION[,REGION…]",
        callback=_names,
        shell_complete=_complete("regions"),
        help="The AWS region; several merge into one table.",
    ),
    _option("--all-regions", is_flag=True, help="Every region of the connection, or all that AWS has for the service."),
    _option("--endpoint-url", metavar="URL", help="Send requests here instead of to AWS (an emulator)."),
    _option("--ca-bundle", metavar="FILE", help="CA certificates to verify the endpoint with."),
    _option(
        "--timeout",
        metavar="SECONDS",
        callback=_seconds,
        help="Wait so long for the answer to each try of a request; 30 unless given.",
    ),
    _option("--read-only", is_flag=True, help="Refuse every call that would change something."),
    _option("-o", "--output", type=click.Choice(FORMATS), help="The output format; table unless given."),
    _option("--query", metavar="JMESPATH", help="Select from the output, as in the AWS CLI."),
    _option("--limit", type=click.IntRange(min=1), metavar="N", help="Rows to show; 100 unless given."),
    _option("--all", "all_rows", is_flag=True, help="All rows."),
    _option("--cursor", metavar="CURSOR", help="Go on where a cut list ended."),
    _option("--reveal", is_flag=True, help="Show masked values."),
    _option("-y", "--yes", is_flag=True, help="Carry out a plan without asking."),
    _option("--dry-run", "--dryrun", "dry_run", is_flag=True, help="Show what would be done; send no change."),
    _option("--color/--no-color", "color", default=True, help="Colour on a terminal; NO_COLOR is honoured."),
    _option("--debug", is_flag=True, help="Log to stderr, and show tracebacks. No secrets."),
)
