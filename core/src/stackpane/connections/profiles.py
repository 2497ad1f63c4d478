"""The AWS config files, read as the AWS CLI reads them: profiles, and the endpoints that profiles and variables name.

The parsing is botocore's. Sources: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html and
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations

import configparser
import os
import shlex
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stackpane.errors import ConnectionProblem
from stackpane.text import safe

__all__ = [
    "AwsConfig",
    "Endpoints",
    "aws_files",
    "endpoints_of_environment",
    "loose_mode",
    "profile_names",
    "read_aws_config",
    "writable_by_others",
]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Endpoints that apply without being saved: for every service, and by botocore's service name.

    ``places`` are the variables or settings that name them, for a message.
    """

    url: str | None = None
    services: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.url or self.services)


@dataclass(frozen=True, slots=True)
class AwsConfig:
    """What the two AWS config files say: profiles by name and ``services`` sections by name."""

    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def endpoints(self, profile: str) -> Endpoints:
        """The endpoints that a profile names, itself or in its ``services`` section."""
        settings = self.profiles.get(profile, {})
        if str(settings.get("ignore_configured_endpoint_urls", "")).lower() == "true":
            return Endpoints()
        url = settings.get("endpoint_url") or None
        places = [f"endpoint_url of the profile {profile!r}"] if url else []
        section = self.services.get(settings.get("services", ""), {})
        services: dict[str, str] = {}
        for service_id, values in section.items():
            if isinstance(values, Mapping) and (service_url := values.get("endpoint_url")):
                services |= dict.fromkeys(_service_names(service_id), str(service_url))
                places.append(f"endpoint_url for {service_id} in the services section {settings['services']!r}")
        return Endpoints(url, services, tuple(places))


def aws_files(environ: Mapping[str, str]) -> tuple[Path, Path]:
    """The config file and the credentials file that the AWS SDKs read."""
    named = (
        environ.get("AWS_CONFIG_FILE") or "~/.aws/config",
        environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials",
    )
    config, credentials = (Path(os.path.expandvars(name)).expanduser() for name in named)
    return config, credentials


def read_aws_config(environ: Mapping[str, str]) -> AwsConfig:
    """Read both files; absent ones are empty. Raises ``ConnectionProblem`` where one cannot be read."""
    config_file, credentials_file = aws_files(environ)
    config = _parse(config_file, profiles_named_plainly=False)
    profiles = {name: dict(values) for name, values in config.get("profiles", {}).items()}
    for name, values in _parse(credentials_file, profiles_named_plainly=True).items():
        profiles.setdefault(name, {}).update(values)
    return AwsConfig(profiles, config.get("services", {}))


def profile_names(environ: Mapping[str, str] | None = None) -> list[str]:
    """The names of the profiles alone, for completion: without botocore, and none from a file that cannot be read."""
    config, credentials = aws_files(os.environ if environ is None else environ)
    return list(dict.fromkeys((*_sections(config, _profile_of), *_sections(credentials, str))))


def _sections(path: Path, name_of: Callable[[str], str | None]) -> list[str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path)
    except (configparser.Error, UnicodeDecodeError, OSError):
        return []
    return [name for section in parser.sections() if (name := name_of(section))]


def _profile_of(section: str) -> str | None:
    """The profile that a section of the config file is: ``[default]``, or ``[profile NAME]`` with quotes allowed."""
    if section == "default":
        return section
    try:
        words = shlex.split(section)
    except ValueError:
        return None
    return words[1] if len(words) == 2 and section.startswith("profile") else None


def _parse(path: Path, *, profiles_named_plainly: bool) -> dict[str, Any]:
    if not path.is_file():
        return {}
    from botocore import configloader
    from botocore.exceptions import ConfigNotFound, ConfigParseError

    load = configloader.raw_config_parse if profiles_named_plainly else configloader.load_config
    try:
        parsed: dict[str, Any] = load(str(path))
    except ConfigNotFound:
        return {}
    except (ConfigParseError, OSError) as error:
        reason = safe(str(error)).removeprefix(f"Unable to parse config file: {path} ")
        raise ConnectionProblem(f"{path} cannot be read: {reason}", "Correct the file, or move it away.") from None
    return parsed


def endpoints_of_environment(environ: Mapping[str, str]) -> Endpoints:
    """The endpoints of ``AWS_ENDPOINT_URL`` and ``AWS_ENDPOINT_URL_<SERVICE>``."""
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return Endpoints()
    name = "AWS_ENDPOINT_URL"
    url = environ.get(name) or None
    of_services = {key: value for key, value in environ.items() if key.startswith(f"{name}_") and value}
    services: dict[str, str] = {}
    for key, value in of_services.items():
        services |= dict.fromkeys(_service_names(key.removeprefix(f"{name}_")), value)
    return Endpoints(url, services, ((name,) if url else ()) + tuple(of_services))


def _service_names(service_id: str) -> Iterator[str]:
    """botocore's client names for a service id written with underscores: ``cognito-idp`` for the Cognito user pools."""
    from botocore.utils import CLIENT_NAME_TO_HYPHENIZED_SERVICE_ID_OVERRIDES as IDS

    wanted = service_id.strip().lower().replace("_", "-")
    yield wanted
    yield from (client for client, hyphenized in IDS.items() if hyphenized == wanted and client != wanted)


def loose_mode(path: Path) -> str | None:
    """A sentence where others on this machine can read or change what is private; always ``None`` on Windows."""
    mode = _mode(path)
    if not mode & 0o077:
        return None
    can = "read and change" if mode & 0o022 else "read"
    right = "700" if path.is_dir() else "600"
    return f"others on this machine can {can} {path} (mode {mode:04o}): chmod {right} {path}"


def writable_by_others(path: Path) -> str | None:
    """A sentence where others on this machine can change the file or put another in its place."""
    if not (_mode(path) | _mode(path.parent)) & 0o022:
        return None
    return f"others on this machine can change {path}: chmod go-w {path} {path.parent}"


def _mode(path: Path) -> int:
    """The permission bits; none where there is no file, or on Windows, whose modes say nothing about access."""
    if os.name == "nt":
        return 0
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
