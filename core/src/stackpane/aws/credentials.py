"""botocore sessions with exactly one connection's credentials, and nothing that is merely lying around.

botocore does the work: its own providers read profiles, SSO and login caches, web identity files, and run a profile's
``credential_process`` (which happens only for a profile that the user chose, as in the AWS CLI). What differs from a
plain botocore session:

* only the connection's own source is asked: a profile never falls through to a container's or an instance's role, and
  keys in the environment never take a profile's place;
* every question (an MFA code) goes through the face, and connections on a common base ask once;
* credentials are fetched in a session of their own, whose requests go to the connection's STS endpoint or to AWS;
* endpoints, service models and plugins that variables name are ignored;
* temporary credentials stay in memory.
"""

from __future__ import annotations

import getpass
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

import botocore.credentials as providers
import botocore.session
from botocore.config import Config
from botocore.configprovider import ConstantProvider

from stackpane.aws import endpoints, loader
from stackpane.aws.guard import Guard
from stackpane.aws.waiting import timeouts
from stackpane.connections import describe
from stackpane.connections.catalogue import Catalogue
from stackpane.connections.describe import login_command
from stackpane.connections.model import DUMMY_KEY, Connection, Role, SecretRef, Source
from stackpane.connections.secrets import Secrets
from stackpane.errors import ConnectionProblem, InvalidInput
from stackpane.secrecy import keep_secret

if TYPE_CHECKING:
    from stackpane.connections.store import ConnectionStore

__all__ = ["botocore_session", "describe_source", "login_command"]

_asking = threading.Lock()
"""One question at a time: connections that are opened in parallel may all want a code."""

_bases: WeakKeyDictionary[ConnectionStore, dict[Connection, _Base]] = WeakKeyDictionary()
"""The connections that others stand on, so that a common base asks for one MFA code, not for several."""


def botocore_session(
    connection: Connection, *, store: ConnectionStore, prompt: Callable[[str], str], note: Callable[[str], None]
) -> botocore.session.Session:
    """A botocore session whose only credentials are the connection's; they are fetched when its first client is made.

    ``prompt`` asks for an MFA code, ``note`` is told about settings that are ignored. What is wrong with the
    credentials is raised when they are first needed: botocore's own exceptions, or ``ConnectionProblem``.
    """
    if ignored := _drop_code_loading_variables():
        note(f"{' and '.join(ignored)} ignored: no variable makes Stackpane load code or service models")
    session = botocore.session.Session(profile=connection.profile)
    _set_up(session, connection)
    source = _OneSource(_Fetch(store, prompt, note), connection)
    session.register_component("credential_provider", providers.CredentialResolver([source]))
    return session


def describe_source(connection: Connection, session: botocore.session.Session | None = None) -> str:
    """Where the credentials come from, in words; with ``session`` also the way botocore found them, which fetches them.

    Raises what fetching them raises.
    """
    if session is None:
        return describe.describe_source(connection)
    credentials: Any = session.get_credentials()
    credentials.get_frozen_credentials()
    return describe.describe_source(connection, credentials.method or "")


def _drop_code_loading_variables() -> list[str]:
    """Take variables out of the process that make botocore import modules or read other models; return their names."""
    return [name for name in ("BOTOCORE_EXPERIMENTAL__PLUGINS", "AWS_DATA_PATH") if os.environ.pop(name, None)]


def _set_up(session: botocore.session.Session, connection: Connection) -> None:
    """Leave a session the settings of the connection's profile, or none where it has no profile."""
    loader.install(session)
    store = session.get_component("config_store")
    store.set_config_provider("ignore_configured_endpoint_urls", ConstantProvider(value=True))
    # The mode "auto" asks the instance metadata service where it is, on every machine.
    store.set_config_provider("defaults_mode", ConstantProvider("legacy"))
    if connection.source not in (Source.PROFILE, Source.ENVIRONMENT):
        # What AWS_PROFILE or the default profile say is about other credentials.
        store.set_config_provider("profile", ConstantProvider(None))
        store.set_config_provider("config_file", ConstantProvider(os.devnull))
        store.set_config_provider("credentials_file", ConstantProvider(os.devnull))


class _OneSource(providers.CredentialProvider):
    """The one provider that botocore asks: it gives the connection's credentials, and never nothing."""

    METHOD = "stackpane"

    def __init__(self, fetch: _Fetch, connection: Connection) -> None:
        super().__init__()
        self._fetch = fetch
        self._connection = connection

    def load(self) -> Any:
        """botocore's credentials. Raises ``ConnectionProblem`` where the source has none."""
        return self._fetch.credentials(self._connection)


class _Discreet:
    """botocore's credentials whose secrets, renewed ones too, no message holds once they have signed something."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def get_frozen_credentials(self) -> Any:
        """The keys to sign with: the one way by which botocore's signers get them."""
        frozen = self._credentials.get_frozen_credentials()
        keep_secret(frozen.secret_key, frozen.token)
        return frozen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._credentials, name)


@dataclass(slots=True)
class _Base:
    """The credentials of a connection that others stand on, once they were fetched; by one thread, the others wait."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    credentials: Any = None


@dataclass(frozen=True, slots=True)
class _Fetch:
    """Gets the credentials of connections, each from its own source."""

    store: ConnectionStore
    prompt: Callable[[str], str]
    note: Callable[[str], None]

    def credentials(self, connection: Connection) -> Any:
        """The connection's credentials, those of its role where it has one. Raises where there are none."""
        base = self._base_of(connection)
        found = self._of_source(connection) if base is None else self._of_base(base)
        if found is None:
            raise ConnectionProblem(
                f"{describe.describe_source(replace(connection, role=None))} gives no credentials",
                _remedy(connection),
            )
        found = _Discreet(found)
        return found if connection.role is None else _Discreet(self._assume(connection, connection.role, found))

    def _base_of(self, connection: Connection) -> Connection | None:
        """The connection that this one stands on. Raises where one of those below stands on itself."""
        catalogue = Catalogue(self.store)
        chain = [connection]
        while chain[-1].source is Source.CONNECTION:
            base = catalogue.find(str(chain[-1].base))
            if base in chain:
                raise ConnectionProblem(
                    f"the connection {base.name!r} stands on itself: {' on '.join(each.name for each in chain)}",
                    "Correct it with: stackpane connection edit NAME --source …",
                )
            chain.append(base)
        return chain[1] if len(chain) > 1 else None

    def _of_base(self, connection: Connection) -> Any:
        base = _bases.setdefault(self.store, {}).setdefault(connection, _Base())
        with base.lock:
            if base.credentials is None:
                base.credentials = self.credentials(connection)
            return base.credentials

    def _of_source(self, connection: Connection) -> Any:
        match connection.source:
            case Source.KEYRING:
                keys = Secrets.of(self.store, self.note).get(cast("SecretRef", connection.secret))
                return providers.Credentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
            case Source.DUMMY:
                return providers.Credentials(connection.access_key, DUMMY_KEY)
            case _:
                return providers.CredentialResolver(self._providers(connection)).load_credentials()

    def _providers(self, connection: Connection) -> list[Any]:
        """botocore's own providers for a profile, the environment, or the instance."""
        session = _CredentialSession(connection)
        usual = providers.create_credential_resolver(session)
        container, instance = usual.get_provider("container-role"), usual.get_provider("iam-role")
        if connection.source is Source.INSTANCE:
            return [instance]
        if connection.source is Source.ENVIRONMENT:
            web_identity = providers.AssumeRoleWithWebIdentityProvider(
                load_config=dict, client_creator=session.create_client, profile_name=""
            )
            return [providers.EnvProvider(), web_identity, container]
        # A profile in two respects: the role it names, for which a code may be asked, and all other ways it can have
        # credentials. What botocore asks after that (boto 2's files, container, instance) is not this profile.
        profile, cache = str(connection.profile), dict[str, Any]()
        builder = providers.ProfileProviderBuilder(session, cache=cache)
        role = providers.AssumeRoleProvider(
            load_config=lambda: session.full_config,
            client_creator=session.create_client,
            cache=cache,
            profile_name=profile,
            prompter=self._ask_code,
            credential_sourcer=providers.CanonicalNameCredentialSourcer([providers.EnvProvider(), container, instance]),
            profile_provider_builder=builder,
        )
        return [role, *builder.providers(profile_name=profile, disable_env_vars=True)]

    def _assume(self, connection: Connection, role: Role, source: Any) -> Any:
        """Credentials of a role, taken now and again before they expire."""
        arguments = {
            "ExternalId": role.external_id,
            "SerialNumber": role.mfa_serial,
            "DurationSeconds": role.duration_seconds,
            "RoleSessionName": role.session_name or _session_name(),
        }
        early = _renewed_before(role)
        fetcher = providers.AssumeRoleCredentialFetcher(
            client_creator=_CredentialSession(connection).create_client,
            source_credentials=source,
            role_arn=role.arn,
            extra_args={name: value for name, value in arguments.items() if value is not None},
            mfa_prompter=self._ask_code,
            cache={},
            expiry_window_seconds=early,
        )
        return providers.RefreshableCredentials.create_from_metadata(
            fetcher.fetch_credentials(),
            refresh_using=fetcher.fetch_credentials,
            method="assume-role",
            advisory_timeout=early,
            mandatory_timeout=early // 2,
        )

    def _ask_code(self, question: str) -> str:
        with _asking:
            code = self.prompt(question.strip().rstrip(":").replace("Enter MFA code", "MFA code")).strip()
        if not re.fullmatch(r"\d{6}", code, re.ASCII):
            raise InvalidInput("an MFA code has six digits")
        return code


def _remedy(connection: Connection) -> str:
    if login := login_command(connection):
        return f"Log in: {login}"
    if connection.source is Source.INSTANCE:
        return "Is this an EC2 instance with a role, and is AWS_EC2_METADATA_DISABLED unset?"
    if connection.source is Source.PROFILE:
        return f"Give the profile keys, a role or an SSO session: aws configure --profile {connection.profile}"
    return "`stackpane doctor` checks the connection step by step."


_DEFAULT_DURATION = 3600
"""Seconds a role's credentials last where nothing else is asked for."""


def _renewed_before(role: Role) -> int:
    """Seconds before their end at which a role's credentials are renewed.

    botocore's usual 15 minutes are all that the shortest ones last. A code is asked for as late as can be.
    """
    return 60 if role.mfa_serial else (role.duration_seconds or _DEFAULT_DURATION) // 6


def _session_name() -> str:
    """What CloudTrail shows as the role session: the program and the user's login name."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "stackpane"
    return "stackpane-" + re.sub(r"[^\w+=,.@-]", "_", user, flags=re.ASCII)[:50]


class _CredentialSession(botocore.session.Session):
    """A session that only fetches credentials. Whatever client botocore makes in it goes to the right host, or nowhere.

    STS is the connection's own where it names an endpoint; IAM Identity Center and sign-in are AWS's, unless the
    connection names one for them alone, because the token they are sent is no dummy.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(profile=connection.profile)
        _set_up(self, connection)
        own = dict(connection.endpoints)
        if (sts := connection.endpoint_for("sts")) is not None:
            own["sts"] = sts
        self._connection = replace(connection, endpoint_url=None, endpoints=own)

    def create_client(  # type: ignore[override] # the arguments that are not named here are passed on
        self, service_name: str, region_name: str | None = None, **more: Any
    ) -> Any:
        """botocore's client, with the connection's endpoint, CA bundle and proxy, behind the guard."""
        connection = self._connection
        region = region_name or self._region()
        connect_timeout, read_timeout = timeouts(connection)
        config = Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"total_max_attempts": 3, "mode": "standard"},
            proxies=endpoints.proxies(connection, service_name),
        )
        given = more.pop("config", None)
        client = super().create_client(
            service_name,
            region_name=region,
            endpoint_url=connection.endpoint_for(service_name),
            verify=connection.ca_bundle,
            config=config.merge(given) if given is not None else config,
            **more,
        )
        partition = endpoints.partition_of(region).name
        Guard(
            service=service_name,
            connection=connection.name,
            read_only=False,
            calls=None,
            refuse_url=lambda url: endpoints.refusal(url, connection, service_name, partition),
        ).attach(client)
        return client

    def _region(self) -> str:
        """Where to ask STS: the role's partition decides, then the connection's region."""
        connection = self._connection
        configured = connection.regions[0] if connection.regions else self.get_config_variable("region")
        if connection.role is None:
            return str(configured or endpoints.partition("aws").default_region)
        wanted = endpoints.partition(connection.role.arn.split(":")[1])
        if configured and endpoints.partition_of(configured) == wanted:
            return str(configured)
        return wanted.default_region
