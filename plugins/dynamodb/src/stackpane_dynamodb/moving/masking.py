"""Values put in place of real ones: of the same type, the same for the same value, and not to be led back.

The replacement is a keyed hash (HMAC-SHA256, RFC 2104), so that who does not have the key cannot try values out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.changes import value_at, with_value
from stackpane_dynamodb.values.numbers import normal

if TYPE_CHECKING:
    from stackpane_dynamodb.expressions.conditions import Path

__all__ = ["Mask"]

_TEXT, _DIGITS, _BYTES = 16, 15, 16
"""Characters, digits and bytes of a replacement: enough that no two values get the same one."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Replaces what stands at ``paths``, with a secret ``key``."""

    paths: Sequence[Path]
    key: bytes

    def __call__(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The item, masked."""
        masked = dict(item)
        for path in self.paths:
            if (value := value_at(masked, path)) is not None:
                masked = with_value(masked, path, self._value(value))
        return masked

    def _value(self, value: Mapping[str, Any]) -> dict[str, Any]:
        ((kind, held),) = value.items()
        match kind:
            case "L":
                return {"L": list(map(self._value, held))}
            case "M":
                return {"M": {name: self._value(each) for name, each in held.items()}}
            case "SS" | "NS" | "BS":
                return {kind: [self._scalar(kind[0], each) for each in held]}
            case "NULL":
                return {"NULL": True}
            case _:
                return {kind: self._scalar(kind, held)}

    def _scalar(self, kind: str, held: Any) -> Any:
        said = str(normal(held).normalize()) if kind == "N" else str(held)
        digest = hmac.new(self.key, f"{kind}:{said}".encode(), hashlib.sha256).digest()
        match kind:
            case "N":
                return str(int.from_bytes(digest) % 10**_DIGITS)
            case "B":
                return base64.b64encode(digest[:_BYTES]).decode()
            case "BOOL":
                return bool(digest[0] & 1)
            case _:
                return digest.hex()[:_TEXT]
