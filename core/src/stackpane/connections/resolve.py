"""Which connection and region a command line means.

A connection is named by ``-c``, ``--profile``, ``STACKPANE_CONNECTION`` or ``connection use``, in this order; else the
rules of the AWS CLI hold: keys in the environment, ``AWS_PROFILE``, the profile ``default``. The region is
``--region``; else a saved connection's own comes before ``AWS_REGION``, ``AWS_DEFAULT_REGION`` and the profile's, while
for unsaved ones the variables win, as in the AWS CLI.

An endpoint that is given for one run (``--endpoint-url``, a variable, a setting of the AWS config files) is not part of
what was saved, so real keys do not go there unless it is AWS itself: made-up keys do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stackpane.connections.catalogue import Catalogue, has_environment
from stackpane.connections.model import DUMMY_KEY, Connection, Origin, Source, looks_dummy
from stackpane.connections.profiles import Endpoints, endpoints_of_environment
from stackpane.errors import ConnectionProblem, InvalidInput
from stackpane.options import Settings, seconds

if TYPE_CHECKING:
    from stackpane.connections.store import ConnectionStore

__all__ = ["FALLBACK_REGION", "place_of", "resolve"]

FALLBACK_REGION = "us-east-1"
"""Where nothing names a region. It is the SDKs' own choice for global endpoints, and the one S3 answers from."""


def resolve(
    settings: Settings,
    *,
    store: ConnectionStore,
    note: Callable[[str], None],
    environ: Mapping[str, str] | None = None,
) -> list[tuple[Connection, str]]:
    """The connections and regions that the global options mean, in the order given; never empty.

    ``note`` is told what the user may not expect, once per sentence. Raises ``ConnectionProblem`` where a name means
    nothing or nothing is set up, ``InvalidInput`` where the options contradict each other.
    """
    choice = _Choice(settings, Catalogue(store, os.environ if environ is None else environ))
    chosen = [choice.effective(connection) for connection in choice.connections()]
    places = [(connection, region) for connection in chosen for region in choice.regions(connection)]
    for message in dict.fromkeys(choice.notes):
        note(message)
    return places


class _Choice:
    """One reading of one command line; ``notes`` gathers what the user is told."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.environ = catalogue.environ
        self.notes: list[str] = []
        self.ambient = endpoints_of_environment(self.environ)

    def connections(self) -> list[Connection]:
        """The connections that are meant, before anything is overridden."""
        names, profile = self.settings.connections, self.settings.profile
        if names and profile:
            raise InvalidInput("-c and --profile both name a connection", "Give one of them.")
        if profile:
            return [self.catalogue.profile(profile)]
        if names:
            return [self._named(name) for name in dict.fromkeys(names)]
        if name := self.environ.get("STACKPANE_CONNECTION"):
            return [self._named(name)]
        if default := self.catalogue.saved.default:
            return [self._named(default)]
        return [self._by_aws_rules()]

    def _named(self, name: str) -> Connection:
        connection = self.catalogue.find(name)
        if (shadowed := self.catalogue.shadowed(connection)) is not None:
            self.notes.append(shadowed)
        return connection

    def _by_aws_rules(self) -> Connection:
        profile = self.environ.get("AWS_PROFILE") or self.environ.get("AWS_DEFAULT_PROFILE")
        if has_environment(self.environ):
            if profile:
                self.notes.append(
                    f"the keys in the environment are used, not AWS_PROFILE, as in the AWS CLI; --profile {profile} "
                    "means the profile"
                )
            return self.catalogue.find("env")
        if profile:
            return self.catalogue.profile(profile)
        if "default" in self.catalogue.aws.profiles:
            return self.catalogue.profile("default")
        if self.settings.endpoint_url or self.ambient:
            # An emulator needs no credentials of the user's; its endpoint is filled in as every override is.
            return Connection(
                name="endpoint",
                source=Source.DUMMY,
                origin=Origin.BUILT_IN,
                endpoint_url=self.settings.endpoint_url or self.ambient.url,
                endpoints=self.ambient.services if not self.settings.endpoint_url else {},
                kind="local",
            )
        raise ConnectionProblem(
            "no connection is set up: there is no AWS profile, and the environment holds no credentials",
            "Try `stackpane demo`, -c local (LocalStack), -c instance (on EC2), or `stackpane connection add NAME`.",
        )

    def effective(self, connection: Connection) -> Connection:
        """The connection with this run's overrides."""
        bundle = self.settings.ca_bundle or connection.ca_bundle or self.environ.get("AWS_CA_BUNDLE") or None
        if bundle is not None and not Path(bundle).expanduser().exists():
            raise ConnectionProblem(f"the CA bundle {bundle} does not exist")
        return replace(
            self._with_endpoints(connection),
            ca_bundle=None if bundle is None else str(Path(bundle).expanduser()),
            read_only=connection.read_only or self.settings.read_only,
            timeout=self._timeout(),
        )

    def _timeout(self) -> float | None:
        text = self.environ.get("STACKPANE_TIMEOUT")
        if self.settings.timeout is not None or not text:
            return self.settings.timeout
        try:
            return seconds(text)
        except ValueError:
            raise InvalidInput(f"STACKPANE_TIMEOUT is no number of seconds above 0, a day at most: {text}") from None

    def _with_endpoints(self, connection: Connection) -> Connection:
        if self.settings.endpoint_url:
            return self._elsewhere(connection, Endpoints(self.settings.endpoint_url, {}, ("--endpoint-url",)))
        if connection.origin not in (Origin.PROFILE, Origin.ENVIRONMENT):
            if self.ambient and connection.name != "endpoint":
                self.notes.append(
                    f"{' and '.join(self.ambient.places)} ignored: {connection.name} has its own endpoint"
                )
            return connection
        found = self.ambient
        if not found and str(self.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "")).lower() != "true":
            found = self.catalogue.aws.endpoints(connection.profile or self.environ.get("AWS_PROFILE") or "default")
        return self._elsewhere(connection, found) if found else connection

    def _elsewhere(self, connection: Connection, given: Endpoints) -> Connection:
        """The connection with other endpoints, and with made-up keys unless all of them are AWS's own."""
        from stackpane.aws.endpoints import is_aws

        key = self._made_up_key(connection)
        urls = [url for url in (given.url, *given.services.values()) if url]
        try:
            if all(is_aws(url) for url in urls):
                return replace(connection, endpoint_url=given.url, endpoints=given.services, ad_hoc=True)
            moved = replace(
                connection,
                source=Source.DUMMY,
                access_key=key or DUMMY_KEY,
                profile=None,
                secret=None,
                base=None,
                role=None,
                account_id=None,
                endpoint_url=given.url,
                endpoints=given.services,
                kind="local",
            )
        except InvalidInput as error:
            raise InvalidInput(f"{' and '.join(given.places)}: {error.message}", error.hint) from None
        if (moved.endpoint_url, dict(moved.endpoints)) == (connection.endpoint_url, dict(connection.endpoints)):
            return connection  # it names what was saved
        if not key:
            self.notes.append(
                f"made-up keys are used at {' and '.join(dict.fromkeys(urls))} ({' and '.join(given.places)}); to use "
                "real ones there, save it: stackpane connection add NAME --endpoint-url URL"
            )
        return moved

    def _made_up_key(self, connection: Connection) -> str:
        """The connection's own access key id where it opens nothing on AWS: emulators read the account from it."""
        if connection.source is Source.DUMMY:
            return connection.access_key
        if connection.source is Source.ENVIRONMENT:
            key = self.environ.get("AWS_ACCESS_KEY_ID", "")
        else:
            key = str(self.catalogue.aws.profiles.get(connection.profile or "", {}).get("aws_access_key_id", ""))
        return key if looks_dummy(key) else ""

    def regions(self, connection: Connection) -> tuple[str, ...]:
        """The regions to open the connection at."""
        if self.settings.all_regions:
            return self._all_regions(connection)
        return self.settings.regions or (self._region(connection),)

    def _all_regions(self, connection: Connection) -> tuple[str, ...]:
        from stackpane.aws.endpoints import partition_of

        if self.settings.regions:
            raise InvalidInput("--region and --all-regions both name regions", "Give one of them.")
        if len(connection.regions) > 1:
            return connection.regions
        return partition_of(self._region(connection)).regions

    def _region(self, connection: Connection) -> str:
        ambient = self.environ.get("AWS_REGION") or self.environ.get("AWS_DEFAULT_REGION")
        own = connection.regions[0] if connection.regions else None
        found = (ambient or own) if _is_unsaved_aws(connection) else (own or ambient)
        profile = self.catalogue.aws.profiles.get(connection.profile or self._ambient_profile(connection), {})
        if region := found or profile.get("region"):
            return str(region)
        if not connection.endpoint_url:
            self.notes.append(f"no region is set, so {FALLBACK_REGION} is used; choose one with --region")
        return FALLBACK_REGION

    def _ambient_profile(self, connection: Connection) -> str:
        """The profile whose region the AWS CLI takes with keys from the environment."""
        if connection.source is not Source.ENVIRONMENT:
            return ""
        return self.environ.get("AWS_PROFILE") or self.environ.get("AWS_DEFAULT_PROFILE") or "default"


def _is_unsaved_aws(connection: Connection) -> bool:
    """Whether the connection is what the AWS CLI would use too, so that the CLI's rules hold for it."""
    return connection.origin in (Origin.PROFILE, Origin.ENVIRONMENT)


def place_of(connection: Connection, catalogue: Catalogue) -> tuple[Connection, str]:
    """Where a connection of the catalogue leads when it is named and nothing else is. Raises as ``resolve`` does."""
    choice = _Choice(Settings(), catalogue)
    effective = choice.effective(connection)
    return effective, choice.regions(effective)[0]
