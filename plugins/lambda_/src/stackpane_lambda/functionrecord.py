"""The record of a function: its configuration, and what takes a request each, as far as it may be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane import Field, Record, Section, UnprovenResponse
from stackpane.fanout import in_order
from stackpane_lambda.functions import listed, moment, qualified
from stackpane_lambda.names import LATEST, FunctionName, place_of
from stackpane_lambda.places import console_url, function_links, show_link

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.views import Kind

__all__ = ["function_record", "log_group"]

Reply = Mapping[str, Any]

_KINDS: dict[str, Kind] = {
    "State": "state",
    "LastUpdateStatus": "state",
    "CodeSize": "size",
    "Timeout": "duration",
    "MemorySize": "number",
    "Role": "arn",
    "KMSKeyArn": "arn",
    "MasterArn": "arn",
    "FunctionUrl": "uri",
}
_PLACES: dict[str, tuple[str, ...]] = {
    "": (
        "FunctionName",
        "Description",
        "State",
        "StateReason",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastModified",
        "Version",
        "RevisionId",
        "Role",
    ),
    "Code": ("Runtime", "Handler", "PackageType", "Architectures", "CodeSize", "CodeSha256"),
    "Limits": ("MemorySize", "Timeout"),
}
"""Where the plain facts of the configuration stand; what AWS adds to it one day stands under "More"."""
_OWN = (
    "FunctionArn",
    "Environment",
    "Layers",
    "EphemeralStorage",
    "LoggingConfig",
    "VpcConfig",
    "DeadLetterConfig",
    "FileSystemConfigs",
    "TracingConfig",
    "StateReasonCode",
    "LastUpdateStatusReasonCode",
)
_NOT_THERE = ("ResourceNotFoundException", "ProvisionedConcurrencyConfigNotFoundException")


def function_record(session: Session, function: FunctionName, qualifier: str | None) -> Record:
    """All that Lambda says of a function, or of a version or alias of it. What is denied is left out with a warning.

    Where its code can be fetched from is left out: whoever has that link has the code.
    """
    qualifier = None if qualifier == LATEST else qualifier
    named = qualified(session, function, qualifier)
    found = session.client("lambda").get_function(**named)
    config: Reply = found["Configuration"]
    more = _more(session, named, config.get("FunctionArn", ""))
    sections = {
        **{title: _facts(config, names) for title, names in _PLACES.items()},
        "Environment": _environment(config),
        "Triggers": _triggers(more),
        "Asynchronous": _asynchronous(config, more.get("asynchronous", ())),
        "Logging": _logging(config),
        "Network": _network(config),
        "Aliases": [_alias(function, each) for each in more.get("aliases", ())],
        "URL": [field for each in more.get("urls", ()) for field in _url(each)],
        "More": _rest(config),
    }
    sections["Code"] += [*_image(found.get("Code", {})), *_layers(config)]
    sections["Limits"] += _limits(config, found, more)
    sections[""] += _versions(function, more.get("versions"))
    arn = config.get("FunctionArn")
    return Record(
        title=f"{function}:{qualifier}" if qualifier else str(function),
        sections=tuple(Section(title, tuple(fields)) for title, fields in sections.items() if fields),
        arn=arn,
        console_url=console_url(session, function, qualifier),
        tags=found.get("Tags"),
        links=function_links(function.target, qualifier),
    )


def log_group(config: Reply) -> str:
    """The log group of a function: its own by its configuration, else the one that Lambda makes for it.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """
    group: str | None = config.get("LoggingConfig", {}).get("LogGroup")
    return group or f"/aws/lambda/{config.get('FunctionName')}"


def _more(session: Session, named: Mapping[str, str], arn: str) -> dict[str, Any]:
    """What takes a request each, asked for all at once."""
    client, name = session.client("lambda"), {"FunctionName": named["FunctionName"]}
    whole = ":".join(named.values())
    # Mappings go by the ARN of an alias; AWS may have answered that of its version.
    arn = ":".join([*arn.split(":")[:7], *([named["Qualifier"]] if "Qualifier" in named else [])])

    def entries(method: str, member: str, **request: str) -> Callable[[], list[Reply]]:
        return lambda: list(listed(session, method, member, **request))

    asked: dict[str, tuple[str, Callable[[], Any]]] = {
        "sources": (
            "the event sources",
            entries("list_event_source_mappings", "EventSourceMappings", FunctionName=arn),
        ),
        "policy": ("the policy", lambda: _statements(client.get_policy(**named).get("Policy"))),
        "reserved": (
            "the reserved concurrency",
            lambda: client.get_function_concurrency(**name).get("ReservedConcurrentExecutions"),
        ),
        "provisioned": (
            "the provisioned concurrency",
            entries("list_provisioned_concurrency_configs", "ProvisionedConcurrencyConfigs", **name),
        ),
        "urls": ("the URLs", entries("list_function_url_configs", "FunctionUrlConfigs", **name)),
        "asynchronous": (
            "the asynchronous settings",
            entries("list_function_event_invoke_configs", "FunctionEventInvokeConfigs", **name),
        ),
        "aliases": ("the aliases", entries("list_aliases", "Aliases", **name)),
        "versions": ("the versions", entries("list_versions_by_function", "Versions", **name)),
    }
    tasks = [partial(_ask, session, key, f"{what} of {whole}", ask) for key, (what, ask) in asked.items()]
    with closing(in_order(tasks, len(tasks))) as answers:
        return dict(answers)


def _ask(session: Session, key: str, what: str, ask: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
    from botocore.exceptions import ClientError

    with session.part(what):
        try:
            yield key, ask()
        except ClientError as error:
            # So AWS says that there is none: https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
            if error.response["Error"]["Code"] not in _NOT_THERE:
                raise
        except UnprovenResponse as error:
            # So an emulator says that it lacks an operation. AWS's own answers are always proven.
            if not session.is_emulator:
                raise
            session.warn(f"{what} left out: {error.message}")


def _statements(policy: str | None) -> list[Reply]:
    found = json.loads(policy or "{}").get("Statement", ())
    return [found] if isinstance(found, dict) else list(found)


# Fields, under AWS's own names


def _value(name: str, value: Any) -> Field:
    if name == "LastModified":
        return Field(name, moment(value), "time")
    kind: Kind = "json" if isinstance(value, (Mapping, list)) else "bool" if isinstance(value, bool) else "text"
    return Field(name, value, _KINDS.get(name, kind))


def _facts(found: Reply, names: Sequence[str]) -> list[Field]:
    return [_value(name, found[name]) for name in names if found.get(name) not in (None, "", [])]


def _rest(config: Reply) -> list[Field]:
    known = {*_OWN, *(name for names in _PLACES.values() for name in names)}
    tracing = config.get("TracingConfig", {}).get("Mode")
    files = [
        Field(f"FileSystemConfigs[{number}]", each.get("Arn"), "arn")
        for number, each in enumerate(config.get("FileSystemConfigs", ()))
    ]
    names = [name for name in config if name not in known and name != "ResponseMetadata"]
    return [*([Field("TracingConfig", tracing)] if tracing else []), *files, *_facts(config, names)]


def _environment(config: Reply) -> list[Field]:
    found = config.get("Environment", {})
    error = found.get("Error", {}).get("Message")
    secrets = [Field(name, value, secret=True) for name, value in sorted(found.get("Variables", {}).items())]
    return [*secrets, *([Field("EnvironmentError", error)] if error else [])]


def _image(code: Reply) -> list[Field]:
    return _facts(code, ("ImageUri", "ResolvedImageUri"))


def _layers(config: Reply) -> list[Field]:
    return [Field(f"Layers[{number}]", each.get("Arn"), "arn") for number, each in enumerate(config.get("Layers", ()))]


def _limits(config: Reply, found: Reply, more: Reply) -> list[Field]:
    storage = config.get("EphemeralStorage", {}).get("Size")
    reserved = more.get("reserved", found.get("Concurrency", {}).get("ReservedConcurrentExecutions"))
    fields = [Field("EphemeralStorage", storage * 1024 * 1024, "size")] if storage else []
    if reserved is not None:
        fields.append(Field("ReservedConcurrentExecutions", reserved, "number"))
    for each in more.get("provisioned", ()):
        name = each.get("FunctionArn", "").rpartition(":")[2]
        asked, there = (each.get(f"{kind}ProvisionedConcurrentExecutions") for kind in ("Requested", "Available"))
        fields.append(Field(f"Provisioned {name}", f"{there} of {asked}, {each.get('Status', '').lower()}"))
    return fields


def _triggers(more: Reply) -> list[Field]:
    """What invokes it: the sources that Lambda polls for it, and who its policy lets do so."""
    fields = []
    for each in more.get("sources", ()):
        source = each.get("EventSourceArn") or each.get("SelfManagedEventSource") or each.get("UUID")
        kind: Kind = "arn" if isinstance(source, str) and source.startswith("arn:") else "json"
        fields.append(Field(f"{each.get('UUID')} ({each.get('State', 'unknown')})", source, kind))
    return fields + [_permission(each) for each in more.get("policy", ())]


def _permission(statement: Reply) -> Field:
    principal = statement.get("Principal")
    who = next(iter(principal.values()), "") if isinstance(principal, dict) else principal
    conditions: Reply = statement.get("Condition", {})
    source = next(
        (value for tested in conditions.values() for key, value in tested.items() if key.lower() == "aws:sourcearn"),
        None,
    )
    name = f"{statement.get('Sid', 'Statement')} ({'may' if statement.get('Effect') == 'Allow' else 'may not'})"
    if isinstance(source, str):
        return Field(name, source, "arn")
    return Field(name, who if isinstance(who, str) else json.dumps(who))


def _asynchronous(config: Reply, invocations: Sequence[Reply]) -> list[Field]:
    target = config.get("DeadLetterConfig", {}).get("TargetArn")
    fields = [Field("DeadLetterConfig", target, "arn")] if target else []
    for each in invocations:
        place = place_of(each.get("FunctionArn", ""))
        of = f" {place.qualifier}" if place and place.qualifier not in (None, LATEST) else ""
        numbers = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds")
        fields += [Field(f"{name}{of}", each[name], "number") for name in numbers if name in each]
        for name, destination in each.get("DestinationConfig", {}).items():
            if destination.get("Destination"):
                fields.append(Field(f"{name}{of}", destination["Destination"], "arn"))
    return fields


def _logging(config: Reply) -> list[Field]:
    found = config.get("LoggingConfig", {})
    names = ("LogFormat", "ApplicationLogLevel", "SystemLogLevel")
    return [Field("LogGroup", log_group(config)), *_facts(found, names)]


def _network(config: Reply) -> list[Field]:
    found = config.get("VpcConfig", {})
    names = ("VpcId", "SubnetIds", "SecurityGroupIds", "Ipv6AllowedForDualStack")
    return _facts(found, names) if found.get("VpcId") else []


def _alias(function: FunctionName, alias: Reply) -> Field:
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    others = "".join(f", {weight:.0%} to {version}" for version, weight in weights.items())
    about = f" – {alias['Description']}" if alias.get("Description") else ""
    name = alias.get("Name", "")
    return Field(
        name,
        f"version {alias.get('FunctionVersion')}{others}{about}",
        link=show_link(function.target, name, qualifier=name),
    )


def _versions(function: FunctionName, versions: Sequence[Reply] | None) -> list[Field]:
    published = [each.get("Version", "") for each in versions or () if each.get("Version") != LATEST]
    if not published:
        return []
    newest = max(published, key=lambda version: int(version) if version.isdecimal() else 0)
    link = show_link(function.target, f"Version {newest}", qualifier=newest)
    return [Field("PublishedVersions", len(published), "number"), Field("NewestVersion", newest, link=link)]


def _url(found: Reply) -> list[Field]:
    place = place_of(found.get("FunctionArn", ""))
    of = f" {place.qualifier}" if place and place.qualifier not in (None, LATEST) else ""
    facts = _facts(found, ("FunctionUrl", "AuthType", "InvokeMode"))
    return [Field(f"{field.name}{of}", field.value, field.kind) for field in facts]
