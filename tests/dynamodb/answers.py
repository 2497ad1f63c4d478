"""DynamoDB's answers, changed on the way: with the checksum of what they have become, which botocore looks at."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.harness.exchange import Exchange
    from tests.harness.faultproxy import Mode

__all__ = ["changed", "replaced", "words"]


def changed(change: Callable[[bytes], bytes]) -> Mode:
    """The emulator's answer with its body changed."""

    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        body = change(await reply.read())
        reply.replace_body(body)
        reply.change({"x-amz-crc32": str(zlib.crc32(body))})
        await exchange.reply(reply)

    return mode


def replaced(answer: Mapping[str, Any]) -> Mode:
    """Another answer than the emulator's."""
    return changed(lambda _body: json.dumps(answer).encode())


def words(new: Mapping[str, str]) -> Mode:
    """The emulator's answer with other texts in the place of some."""

    def change(body: bytes) -> bytes:
        for old, text in new.items():
            body = body.replace(json.dumps(old).encode(), json.dumps(text).encode())
        return body

    return changed(change)
