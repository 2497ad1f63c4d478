"""What ``edit`` changes: from the settings an object has to those it is to have, and the way back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Link

if TYPE_CHECKING:
    from stackpane_s3.uris import S3Uri

__all__ = ["Edit", "Entries", "assigned", "check_fields"]

HEADERS = {
    "content_type": "ContentType",
    "cache_control": "CacheControl",
    "content_disposition": "ContentDisposition",
    "content_encoding": "ContentEncoding",
    "content_language": "ContentLanguage",
    "expires": "Expires",
    "storage_class": "StorageClass",
}
"""The options that stand for one setting each, by parameter, with AWS's name of the setting."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD = re.compile(r"[\x20-\x7e]*")


def assigned(pairs: Iterable[str], what: str) -> dict[str, str]:
    """``KEY=VALUE`` pairs as a mapping. Raises ``InvalidInput`` where one is none, or a key comes twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, given, value = pair.partition("=")
        if not given or not key:
            raise InvalidInput(f"{pair!r} sets no {what}", f"Write --{what} KEY=VALUE.")
        if found.setdefault(key, value) != value:
            raise InvalidInput(f"the {what} {key!r} is given twice, differently")
    return found


def check_fields(headers: Mapping[str, Any], metadata: Mapping[str, str]) -> None:
    """Raise ``InvalidInput`` for a header, or an entry of the user metadata, that HTTP cannot carry as it is."""
    for name, value in [*headers.items(), *metadata.items()]:
        if isinstance(value, str) and (_FIELD.fullmatch(value) is None or value != value.strip()):
            raise InvalidInput(
                f"{name}: {value!r} cannot be kept as it is",
                "S3 keeps headers and metadata as printable ASCII without spaces at its ends; tags may have more.",
            )
    for name in metadata:
        _check_name(name)


def _check_name(name: str) -> None:
    if _TOKEN.fullmatch(name) is None:
        raise InvalidInput(
            f"{name!r} cannot name metadata", "Letters, digits and -_. are safe; S3 makes them lower case."
        )


@dataclass(frozen=True, slots=True)
class Entries:
    """Changes to named entries, metadata or tags: those to set and those to remove."""

    set: Mapping[str, str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[str], remove: Iterable[str], what: str) -> Entries:
        """The changes that options ask for. Raises ``InvalidInput`` where one entry is both set and removed."""
        wanted = assigned(pairs, what)
        gone = tuple(remove)
        if both := set(wanted) & set(gone):
            raise InvalidInput(f"the {what} {min(both)!r} is both set and removed")
        return cls(wanted, gone)

    def applied(self, present: Mapping[str, str]) -> dict[str, str]:
        """The entries afterwards."""
        return {name: value for name, value in present.items() if name not in self.remove} | dict(self.set)

    def inverse(self, present: Mapping[str, str]) -> Entries:
        """What takes the change back."""
        touched = [*self.set, *(name for name in self.remove if name in present)]
        return Entries(
            {name: present[name] for name in touched if name in present},
            tuple(name for name in touched if name not in present),
        )

    def options(self, what: str) -> dict[str, list[str]]:
        """The command's options that say the same."""
        return {what: [f"{name}={value}" for name, value in self.set.items()], f"remove_{what}": list(self.remove)}


@dataclass(frozen=True, slots=True)
class Edit:
    """All changes of one command. ``headers`` are settings by AWS's name; ``None`` removes one."""

    headers: Mapping[str, Any]
    metadata: Entries
    tags: Entries

    def checked(self) -> Edit:
        """Itself, with metadata names as S3 keeps them. Raises ``InvalidInput`` for what HTTP cannot carry."""
        check_fields(self.headers, self.metadata.set)
        for name in self.metadata.remove:
            _check_name(name)
        lower = Entries(
            {name.lower(): value for name, value in self.metadata.set.items()},
            tuple(name.lower() for name in self.metadata.remove),
        )
        return Edit(self.headers, lower, self.tags)

    def makes_new(self, present: Mapping[str, Any]) -> bool:
        """Whether more than tags changes, for which S3 makes a new object."""
        metadata = present.get("Metadata", {})
        return self.metadata.applied(metadata) != metadata or any(
            present.get(name) != value for name, value in self.headers.items()
        )

    def settings(self, present: Mapping[str, Any]) -> dict[str, Any]:
        """The settings afterwards, ``present`` being those of now."""
        changed = {**present, **self.headers, "Metadata": self.metadata.applied(present.get("Metadata", {}))}
        return {name: value for name, value in changed.items() if value is not None}

    def undo(self, uri: S3Uri, present: Mapping[str, Any], tags: Mapping[str, str]) -> Link | None:
        """The link that takes it back; ``None`` where no command line can say it."""
        back = {name: present.get(name) for name in self.headers}
        metadata = self.metadata.inverse(present.get("Metadata", {}))
        tagging = self.tags.inverse(tags)
        if any("=" in name for name in tagging.set):
            return None
        options: dict[str, Any] = {option: _text(back[name]) for option, name in HEADERS.items() if name in back}
        return Link.to(
            "s3 edit", str(uri), **options, **metadata.options("metadata"), **tagging.options("tag"), label="Undo"
        )

    def said(self, present: Mapping[str, Any], tags: Mapping[str, str]) -> tuple[str, ...]:
        """Every change in one line: what was, and what will be."""
        lines = [_change(name, present.get(name), value) for name, value in self.headers.items()]
        for what, entries, now in (("metadata", self.metadata, present.get("Metadata", {})), ("tag", self.tags, tags)):
            lines += [_change(f"{what} {name}", now.get(name), value) for name, value in entries.set.items()]
            lines += [_change(f"{what} {name}", now[name], None) for name in entries.remove if name in now]
        return tuple(line for line in lines if line)


def _change(name: str, before: Any, after: Any) -> str:
    if before == after:
        return ""
    return f"{name}: {_text(before) or 'none'} → {_text(after) or 'none'}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
