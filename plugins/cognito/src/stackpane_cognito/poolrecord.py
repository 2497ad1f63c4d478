"""The record of a user pool: its description, and how its second factors are set where that may be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane import Field, Link, Record, Section
from stackpane_cognito.places import clients_link, console_url, groups_link, users_link
from stackpane_cognito.pools import SERVICE, describe, schema_of

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.views import Kind

__all__ = ["pool_record", "value_field"]

Reply = Mapping[str, Any]

_KINDS: dict[str, Kind] = {
    "CreationDate": "time",
    "LastModifiedDate": "time",
    "Status": "state",
    "DeletionProtection": "state",
    "EstimatedNumberOfUsers": "number",
    "MfaConfiguration": "state",
    "SnsCallerArn": "arn",
    "SourceArn": "arn",
    "KmsKeyArn": "arn",
}
_FIRST = (
    "Id",
    "Name",
    "UserPoolTier",
    "DeletionProtection",
    "EstimatedNumberOfUsers",
    "Domain",
    "CustomDomain",
    "CreationDate",
    "LastModifiedDate",
)
_SIGN_IN = ("UsernameAttributes", "AliasAttributes", "AutoVerifiedAttributes", "AccountRecoverySetting")
_MESSAGES = (
    "EmailConfiguration",
    "EmailConfigurationFailure",
    "SmsConfiguration",
    "SmsConfigurationFailure",
    "VerificationMessageTemplate",
    "SmsAuthenticationMessage",
)
_OTHER = ("UserPoolAddOns", "DeviceConfiguration", "UserAttributeUpdateSettings", "KeyConfiguration")


def pool_record(session: Session, pool: str) -> Record:
    """All that Cognito says of a pool. How MFA is set is left out with a warning where that is denied."""
    found = describe(session, pool)
    sections = {
        "": _facts(found, _FIRST),
        "Password policy": _flat(found.get("Policies", {}).get("PasswordPolicy")),
        "Sign-in": [
            *_facts(found, _SIGN_IN),
            *_flat(found.get("Policies", {}).get("SignInPolicy")),
            *_flat(found.get("UsernameConfiguration")),
            *_flat(found.get("AdminCreateUserConfig")),
        ],
        "MFA": [*_facts(found, ("MfaConfiguration",)), *_mfa(session, pool)],
        "Attributes": list(_attributes(found)),
        "Messages": [field for name in _MESSAGES for field in _nested(found, name)],
        "Lambda triggers": list(_triggers(found.get("LambdaConfig", {}))),
        "More": [field for name in _OTHER for field in _nested(found, name)],
    }
    return Record(
        title=found.get("Name") or pool,
        sections=tuple(Section(title, tuple(fields)) for title, fields in sections.items() if fields),
        arn=found.get("Arn"),
        console_url=console_url(session, pool, "overview"),
        tags=found.get("UserPoolTags") or None,
        links=(
            users_link(pool),
            groups_link(pool),
            clients_link(pool),
            Link.to("cognito create", pool, label="Create a user"),
            Link.to("cognito export", pool, f"{pool}.json", label="Export the users"),
        ),
    )


def _mfa(session: Session, pool: str) -> list[Field]:
    """The second factors, each under its own name."""
    with session.part(f"the second factors of {pool}"):
        found = session.client(SERVICE).get_user_pool_mfa_config(UserPoolId=pool)
        names = ("SoftwareTokenMfaConfiguration", "SmsMfaConfiguration", "EmailMfaConfiguration")
        return _facts(found, (*names, "WebAuthnConfiguration"))
    return []


def _triggers(config: Reply) -> Iterator[Field]:
    """The functions that Cognito calls, of which some have a version beside their ARN."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield Field(name, value.get("LambdaArn"), "arn")
            yield Field(f"{name}Version", value.get("LambdaVersion"))
        elif value:
            yield Field(name, value, "arn")


def _attributes(description: Reply) -> Iterator[Field]:
    """One field for every attribute: its type, its limits, and whether it has to be there and can change."""
    for name, attribute in sorted(schema_of(description).items(), key=lambda each: (":" in each[0], each[0])):
        yield Field(name, _attribute_text(attribute))


def _attribute_text(attribute: Reply) -> str:
    limits = attribute.get("StringAttributeConstraints") or attribute.get("NumberAttributeConstraints") or {}
    low, high = (next((limits[name] for name in limits if name.startswith(end)), None) for end in ("Min", "Max"))
    unit = " characters" if attribute.get("AttributeDataType") == "String" else ""
    facts = [str(attribute.get("AttributeDataType", "?"))]
    if low is not None or high is not None:
        facts.append(f"{low or 0} to {high if high is not None else 'any'}{unit}")
    facts += ["required"] if attribute.get("Required") else []
    facts += [] if attribute.get("Mutable", True) else ["never changes"]
    return ", ".join(facts)


# Fields, under AWS's own names


def value_field(name: str, value: Any) -> Field:
    """A field with the kind that its name, or else its value, tells."""
    if isinstance(value, bool):
        return Field(name, value, "bool")
    if isinstance(value, (Mapping, list)):
        return Field(name, value, "json")
    return Field(name, value, _KINDS.get(name, "number" if isinstance(value, int) else "text"))


def _facts(found: Reply, names: Sequence[str]) -> list[Field]:
    return [value_field(name, found[name]) for name in names if found.get(name) not in (None, "", [], {})]


def _flat(found: Reply | None) -> list[Field]:
    return [value_field(name, value) for name, value in (found or {}).items()]


def _nested(found: Reply, name: str) -> list[Field]:
    """What stands below ``name``, each with that before its own name where there are several such."""
    value = found.get(name)
    if not isinstance(value, Mapping):
        return _facts(found, (name,))
    kinds = [value_field(each, inner) for each, inner in value.items()]
    return [Field(f"{name}.{field.name}", field.value, field.kind) for field in kinds]
