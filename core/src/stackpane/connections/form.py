"""The options that ``connection add`` and ``connection edit`` share, and the connection that they make.

No option takes a secret key: it comes from a prompt that does not show it, from the console's ``.csv``, or from stdin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import click

from stackpane.connections.model import Connection, Role
from stackpane.errors import InvalidInput

__all__ = ["CREDENTIAL_OPTIONS", "Given", "connection_options"]

F = TypeVar("F", bound=Callable[..., Any])

CREDENTIAL_OPTIONS = ("csv", "keys", "profile", "source")
"""The options that say where credentials come from; at most one of them is given."""

_OPTIONS = (
    click.option("--profile", metavar="NAME", help="Take the credentials of this AWS profile."),
    click.option("--csv", metavar="FILE", help="Take the access key from the console's .csv file; - reads stdin."),
    click.option(
        "--user", metavar="NAME", help="The row of the .csv to take, by its user or its last four characters."
    ),
    click.option("--keys", is_flag=True, help="Ask for an access key; the secret is not shown."),
    click.option("--source", metavar="NAME", help="Assume the role with this connection, profile, or env."),
    click.option("--role-arn", metavar="ARN", help="Assume this role."),
    click.option("--external-id", metavar="ID", help="The external id that the role's owner asks for."),
    click.option("--mfa-serial", metavar="ARN", help="The MFA device whose code the role asks for."),
    click.option("--session-name", metavar="NAME", help="The role session's name, as CloudTrail shows it."),
    click.option("--duration", type=int, metavar="SECONDS", help="How long the role's credentials last."),
    click.option("--region", "regions", multiple=True, metavar="REGION", help="A region; the first is the default."),
    click.option("--endpoint-url", metavar="URL", help="Where requests go instead of to AWS."),
    click.option("--endpoint", "endpoints", multiple=True, metavar="SERVICE=URL", help="The same for one service."),
    click.option("--ca-bundle", metavar="FILE", help="CA certificates to verify the endpoint with."),
    click.option("--proxy", metavar="URL", help="The proxy on the way to AWS."),
    click.option("--account-id", metavar="ID", help="Refuse to do anything in another account."),
    click.option("--read-only/--no-read-only", default=None, help="Refuse every call that would change something."),
    click.option("--production/--no-production", default=None, help="Mark it as production."),
    click.option("--pin", "pins", multiple=True, metavar="ARN|URI", help="List this even where listing is denied."),
    click.option("--rate-limit", type=float, metavar="N", help="At most N calls per second; 0 lifts it."),
    click.option("--services", metavar="A,B", help="Allow only these services."),
    click.option("--label", "labels", multiple=True, metavar="TEXT", help="A label, for your own order."),
    click.option("--no-test", is_flag=True, help="Save without asking AWS whether it works."),
)


def connection_options(function: F) -> F:
    """Give a command the options that describe a connection; they arrive as ``**options``."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class Given:
    """The options as they were given. An empty value takes back what is saved; an absent one leaves it."""

    options: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.options[name]

    @property
    def credential_option(self) -> str | None:
        """The one option that says where the credentials come from. Raises ``InvalidInput`` where there are two."""
        given = [name for name in CREDENTIAL_OPTIONS if self.options[name]]
        if len(given) > 1:
            both = " and ".join(f"--{name}" for name in given[:2])
            raise InvalidInput(f"{both} both say where the credentials come from", "Give one of them.")
        if self.options["user"] and given != ["csv"]:
            raise InvalidInput("--user chooses a row of the file that --csv names")
        return given[0] if given else None

    @property
    def names_endpoint(self) -> bool:
        """Whether an endpoint is given, for all services or for one."""
        return bool(self.options["endpoint_url"] or self.options["endpoints"])

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given that would make a difference."""
        absent = {"keys": False, "no_test": self.options["no_test"]}
        return all(value in (None, (), absent.get(name)) for name, value in self.options.items())

    def facts(self, before: Connection | None = None) -> dict[str, Any]:
        """The connection's fields that were given, but for the source of its credentials. Raises ``InvalidInput``."""
        options, changes = self.options, dict[str, Any]()
        for name in ("endpoint_url", "proxy", "account_id"):
            if options[name] is not None:
                changes[name] = options[name] or None
        if options["ca_bundle"] is not None:
            changes["ca_bundle"] = _existing(options["ca_bundle"])
        for name in ("regions", "pins", "labels"):
            if options[name]:
                changes[name] = _words(options[name], comma=name == "regions")
        if options["services"] is not None:
            changes["services"] = _words((options["services"],), comma=True)
        if options["endpoints"]:
            changes["endpoints"] = _endpoints(before.endpoints if before else {}, options["endpoints"])
        if options["rate_limit"] is not None:
            changes["rate_limit"] = options["rate_limit"] or None
        if options["read_only"] is not None:
            changes["read_only"] = options["read_only"]
        if options["production"] is not None:
            changes["kind"] = "production" if options["production"] else "development"
        return changes | {"role": self._role(before.role if before else None)}

    def _role(self, before: Role | None) -> Role | None:
        names = {
            "arn": "role_arn",
            "external_id": "external_id",
            "mfa_serial": "mfa_serial",
            "session_name": "session_name",
            "duration_seconds": "duration",
        }
        given: dict[str, Any] = {field: self.options[name] for field, name in names.items()}
        changes: dict[str, Any] = {field: value or None for field, value in given.items() if value is not None}
        if not changes or given["arn"] == "":
            return before if not changes else None
        if before is not None:
            return replace(before, **changes)
        if "arn" not in changes:
            option = names[next(iter(changes))].replace("_", "-")
            raise InvalidInput(f"--{option} is about a role", "Give --role-arn.")
        return Role(**changes)


def _words(values: tuple[str, ...], *, comma: bool) -> tuple[str, ...]:
    """The values without empty ones and repetitions; ``comma``: each may hold several."""
    words = [word.strip() for value in values for word in (value.split(",") if comma else [value])]
    return tuple(dict.fromkeys(word for word in words if word))


def _endpoints(before: Mapping[str, str], given: tuple[str, ...]) -> dict[str, str]:
    endpoints = dict(before)
    for pair in given:
        service, equals, url = pair.partition("=")
        if not equals or not service:
            raise InvalidInput(f"--endpoint {pair} is not SERVICE=URL")
        if url:
            endpoints[service] = url
        else:
            endpoints.pop(service, None)
    return endpoints


def _existing(path: str) -> str | None:
    """The absolute path of a file that is there, so that it is found from any folder; ``None`` for an empty one."""
    from pathlib import Path

    if not path:
        return None
    absolute = Path(path).expanduser().absolute()
    if not absolute.exists():
        raise InvalidInput(f"the CA bundle {path} does not exist")
    return str(absolute)
