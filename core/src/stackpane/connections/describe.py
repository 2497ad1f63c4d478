"""Where a connection's credentials come from, in words, and how they are renewed. Asks no one and fetches nothing."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from typing import Any

from stackpane.connections.model import Connection, Source
from stackpane.connections.profiles import read_aws_config

__all__ = ["METHODS", "describe_source", "login_command"]

METHODS = {
    "assume-role": "an assumed role",
    "assume-role-with-web-identity": "a web identity token",
    "config-file": "the AWS config file",
    "container-role": "the container's role",
    "custom-process": "its credential_process",
    "env": "the environment",
    "iam-role": "the EC2 instance's role",
    "login": "aws login",
    "shared-credentials-file": "the AWS credentials file",
    "sso": "IAM Identity Center",
}
"""botocore's names for the ways it finds credentials, in words."""


def describe_source(connection: Connection, method: str = "") -> str:
    """Where the credentials come from: ``role Audit with profile prod (SSO corp)``.

    ``method`` is botocore's name of the way it found them, known once they were fetched (``credentials.method``).
    """
    text = _describe_base(connection)
    if connection.role is not None:
        return f"role {_last(connection.role.arn)} with {text}"
    found = METHODS.get(method)
    return f"{text}, from {found}" if found and connection.source in (Source.PROFILE, Source.ENVIRONMENT) else text


def login_command(connection: Connection, environ: Mapping[str, str] | None = None) -> str:
    """The command that renews the connection's expired credentials, empty where there is none to run."""
    if connection.profile is None:
        return ""
    profiles = read_aws_config(os.environ if environ is None else environ).profiles
    settings = profiles.get(connection.profile, {})
    # A role's credentials are renewed by themselves; it is the profile they are taken with that expires.
    name, base = connection.profile, settings.get("source_profile")
    if base and base in profiles:
        name, settings = base, profiles[base]
    if "sso_session" in settings or "sso_start_url" in settings:
        return f"aws sso login --profile {shlex.quote(name)}"
    return f"aws login --profile {shlex.quote(name)}" if "login_session" in settings else ""


def _describe_base(connection: Connection) -> str:
    match connection.source:
        case Source.PROFILE:
            profiles = read_aws_config(os.environ).profiles
            return f"profile {connection.profile}{_describe_profile(profiles.get(str(connection.profile), {}))}"
        case Source.ENVIRONMENT:
            return "the environment"
        case Source.KEYRING:
            hint = connection.secret.hint if connection.secret else ""
            return f"the keyring ({hint})" if hint else "the keyring"
        case Source.CONNECTION:
            return f"connection {connection.base}"
        case Source.INSTANCE:
            return "the EC2 instance's role"
        case Source.DUMMY:
            return f"made-up keys ({connection.access_key})"


def _describe_profile(settings: Mapping[str, Any]) -> str:
    facts = []
    if role := settings.get("role_arn"):
        base = settings.get("source_profile") or settings.get("credential_source")
        facts.append(f"role {_last(str(role))}" + (f" with {base}" if base else ""))
    if sso := settings.get("sso_session") or settings.get("sso_start_url"):
        facts.append(f"SSO {sso}")
    return f" ({', '.join(facts)})" if facts else ""


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]
