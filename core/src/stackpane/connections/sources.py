"""Where a new connection's credentials come from: what the options say, else what the user answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from stackpane.connections.csvfile import Row, checked_keys, parse_keys, read_keys
from stackpane.connections.model import Source
from stackpane.connections.profiles import loose_mode
from stackpane.errors import InvalidInput, Refused

if TYPE_CHECKING:
    from stackpane.connections.catalogue import Catalogue
    from stackpane.connections.form import Given
    from stackpane.connections.secrets import Keys

__all__ = ["Chosen", "choose"]

_OPTIONS = "Give --profile, --csv FILE, --source NAME with --role-arn, or --endpoint-url for an emulator."


class Asker(Protocol):
    """Asks the user for one value; raises ``Refused`` where nobody can be asked."""

    def __call__(self, question: str, *, secret: bool = False, default: str | None = None) -> str: ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """The source, as fields of a connection; ``keys`` are those to keep for it; ``notes`` are worth telling."""

    fields: Mapping[str, Any]
    keys: Keys | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Choice:
    given: Given
    catalogue: Catalogue
    ask: Asker
    notes: list[str] = field(default_factory=list)

    def chosen(self) -> Chosen:
        ways: dict[str, Callable[[], Chosen]] = {
            "csv": self._csv,
            "keys": self._typed,
            "profile": lambda: self._profile(self.given["profile"]),
            "source": lambda: self._named(self.given["source"]),
        }
        option = self.given.credential_option
        return ways[option]() if option else self._unsaid()

    def _unsaid(self) -> Chosen:
        """No option says it: a private endpoint is an emulator, for anything else the user is asked."""
        try:
            if self.given["role_arn"]:
                return self._named(self.ask("Assume the role with which profile or connection (or env)"))
            if self.given.names_endpoint and self._is_private():
                return Chosen({"source": Source.DUMMY})
            profiles = list(self.catalogue.aws.profiles)
            if profiles and not self.given.names_endpoint:
                shown = ", ".join(profiles[:9]) + (", …" if len(profiles) > 9 else "")
                answer = self.ask(f"AWS profile to take the credentials from ({shown}), or - for an access key")
                if answer not in ("", "-"):
                    return self._profile(answer)
            return self._typed()
        except Refused as refused:
            raise Refused(f"it is not said where the credentials come from; {refused.message}", _OPTIONS) from None

    def _is_private(self) -> bool:
        """Whether every endpoint given leads to this machine or the network around it."""
        from stackpane.connections.urls import is_private_url

        urls = [self.given["endpoint_url"], *(pair.partition("=")[2] for pair in self.given["endpoints"])]
        return all(is_private_url(url) for url in urls if url)

    def _profile(self, name: str) -> Chosen:
        self.catalogue.profile(name)
        found = self.catalogue.aws.endpoints(name)
        if not found or self.given.names_endpoint:
            return Chosen({"source": Source.PROFILE, "profile": name})
        # Saving the connection is saying that these credentials may go there.
        note = f"the endpoint is taken from the profile ({' and '.join(found.places)})"
        endpoints = {"endpoint_url": found.url, "endpoints": found.services}
        return Chosen({"source": Source.PROFILE, "profile": name, **endpoints}, notes=(note,))

    def _named(self, name: str) -> Chosen:
        base = self.catalogue.find(name)
        match base.source:
            case _ if name in self.catalogue.saved.connections:
                if not self.given["role_arn"]:
                    raise InvalidInput(f"{name!r} is a connection already", "Give --role-arn to assume a role with it.")
                endpoint = {} if self.given.names_endpoint else {"endpoint_url": base.endpoint_url}
                return Chosen({"source": Source.CONNECTION, "base": name, "endpoints": base.endpoints, **endpoint})
            case Source.PROFILE:
                return self._profile(name)
            case Source.DUMMY:
                endpoint = {} if self.given.names_endpoint else {"endpoint_url": base.endpoint_url}
                return Chosen({"source": Source.DUMMY, "access_key": base.access_key, **endpoint})
            case _:
                return Chosen({"source": base.source})

    def _typed(self) -> Chosen:
        access_key = self.ask("Access key ID").strip()
        secret = self.ask("Secret access key", secret=True).strip()
        token = self.ask("Session token", secret=True).strip() if access_key.startswith("ASIA") else None
        return Chosen({"source": Source.KEYRING}, checked_keys(access_key, secret, token))

    def _csv(self) -> Chosen:
        file = self.given["csv"]
        if file == "-":
            rows = parse_keys(sys.stdin.buffer.read(), "stdin")
            return Chosen({"source": Source.KEYRING}, self._row(rows).keys)
        path = Path(file).expanduser()
        row = self._row(read_keys(path))
        notes = [f"{path} still holds the secret key: delete it"]
        if loose := loose_mode(path):
            notes.append(loose)
        return Chosen({"source": Source.KEYRING}, row.keys, tuple(notes))

    def _row(self, rows: list[Row]) -> Row:
        wanted = self.given["user"]
        if wanted is None and len(rows) > 1:
            try:
                wanted = self.ask(f"Which key: {', '.join(row.label for row in rows)}")
            except Refused:
                wanted = None
        if wanted is None and len(rows) == 1:
            return rows[0]
        found = [row for row in rows if wanted and (row.user == wanted or row.keys.access_key_id.endswith(wanted))]
        if len(found) != 1:
            raise InvalidInput(
                f"the file holds {len(rows)} access keys: {', '.join(row.label for row in rows)}",
                "Choose one with --user NAME, or by the last four characters of its id.",
            )
        return found[0]


def choose(given: Given, catalogue: Catalogue, ask: Asker) -> Chosen:
    """Where the credentials come from. Raises ``Refused`` where it is not said and nobody can be asked."""
    return _Choice(given, catalogue, ask).chosen()
