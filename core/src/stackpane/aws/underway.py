"""Changes that were sent and are not answered yet: where a command ends now, nobody knows whether they were made."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from stackpane.calls import Call, Effect

__all__ = ["UnderWay"]


class UnderWay:
    """The changes that the clients of one connection have sent and not heard of. Safe to share between threads."""

    def __init__(self) -> None:
        self._sent: dict[int, tuple[Call, Mapping[str, str], object]] = {}
        self._local = threading.local()

    def __iter__(self) -> Iterator[tuple[Call, Mapping[str, str]]]:
        """The calls, each with the names that its ARNs are made of; the first that was sent comes first."""
        return iter([(call, names) for call, names, _key in tuple(self._sent.values())])

    def attach(self, client: Any, key: str) -> None:
        """Watch all that the client sends; ``key`` is where its requests' context has the call and its names."""

        def created(request: Any, **_: Any) -> None:
            self._local.context = request.context

        def sending(**_: Any) -> None:
            context = self._local.context
            call, names = context.get(key, (None, {}))
            if call is not None and call.effect is not Effect.READ:
                self._sent[id(context)] = (call, names, context)

        def ended(context: Mapping[str, Any], **_: Any) -> None:
            self._sent.pop(id(context), None)

        # Of a request that is about to be sent botocore gives the context when it is made, in the same thread, only.
        client.meta.events.register_first("request-created", created)
        client.meta.events.register_last("before-send", sending)
        client.meta.events.register_first("after-call", ended)
        # Not emitted for what is no Exception (Ctrl-C, a cancel): what was sent then stays under way.
        client.meta.events.register_first("after-call-error", ended)

    @contextmanager
    def sending(self, call: Call | None, names: Mapping[str, str]) -> Iterator[None]:
        """As ``attach`` has it, for a request that is sent by others, within the block."""
        if call is None or call.effect is Effect.READ:
            yield
            return
        key = object()
        self._sent[id(key)] = (call, names, key)
        try:
            yield
        except Exception:
            del self._sent[id(key)]
            raise
        del self._sent[id(key)]
