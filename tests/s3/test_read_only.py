"""Read-only means read-only: every operation of S3's model, by every way a client has to make a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.exceptions import ParamValidationError

from stackpane.calls import Call, Effect
from stackpane.commands import load_reference
from stackpane.errors import Refused
from stackpane.policy.statements import declared_calls
from tests.core.support import REGION, opened

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from tests.harness.sink import Sink

MODEL = botocore.session.get_session().get_service_model("s3")
OPERATIONS = sorted(MODEL.operation_names)


def all_declared() -> dict[str, Call]:
    """What any command of the plugin may do, by operation: more than one command ever gets."""
    return {call.operation: call for call in declared_calls(load_reference("stackpane_s3.commands:s3"))}


@pytest.fixture
def client(sink: Sink) -> Iterator[Any]:
    made = opened(sink.url, read_only=True).client("s3", region=REGION, calls=tuple(all_declared().values()))
    yield made
    sink.assert_untouched()


def method_of(client: BaseClient, operation: str) -> str:
    names: dict[str, str] = client.meta.method_to_api_mapping
    return next(method for method, name in names.items() if name == operation)


def required(operation: str) -> list[str]:
    """The parameters that a request cannot do without."""
    shape = MODEL.operation_model(operation).input_shape
    return [] if shape is None else list(shape.required_members)


def is_refused(attempt: Callable[[], object]) -> bool:
    """Whether the guard refused; a request without parameters gets no further than their validation."""
    try:
        attempt()
    except Refused:
        return True
    except (ParamValidationError, KeyError):
        return False
    return False


def test_exactly_the_declared_reads_pass_and_nothing_else(client: Any) -> None:
    reads = {name for name, call in all_declared().items() if call.effect is Effect.READ}
    # Without its required parameters a request that passes the guard fails right after; those without any are left out.
    needing = [name for name in OPERATIONS if required(name)]
    passed = {name for name in needing if not is_refused(getattr(client, method_of(client, name)))}
    assert passed == reads & set(needing)
    for name in set(OPERATIONS) - set(needing) - reads:
        assert is_refused(getattr(client, method_of(client, name))), name


def test_a_read_is_one_by_its_http_method_too() -> None:
    for name, call in all_declared().items():
        method = MODEL.operation_model(name).http["method"]
        assert (call.effect is Effect.READ) == (method in ("GET", "HEAD")), name


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_write_cannot_be_presigned(client: Any, operation: str) -> None:
    call = all_declared().get(operation)
    params = dict.fromkeys(required(operation), "x")
    refused = is_refused(lambda: client.generate_presigned_url(method_of(client, operation), Params=params))
    assert refused == (call is None or call.effect is not Effect.READ)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_a_read_cannot_be_presigned_with_another_method(client: Any, method: str) -> None:
    params = {"Bucket": "b", "Key": "k"}
    assert is_refused(lambda: client.generate_presigned_url("get_object", Params=params, HttpMethod=method))


def test_a_form_for_uploads_cannot_be_presigned(client: Any) -> None:
    assert is_refused(lambda: client.generate_presigned_post("b", "k"))


def test_paginators_and_waiters_are_guarded_as_calls_are(sink: Sink) -> None:
    client = opened(sink.url, read_only=True).client("s3", region=REGION, calls=())
    for operation in OPERATIONS:
        method = method_of(client, operation)
        if client.can_paginate(method):
            params = dict.fromkeys(required(operation), "x")
            pages = iter(client.get_paginator(method).paginate(**params))
            assert is_refused(partial(next, pages)), method
    for name in client.waiter_names:
        params = {"Bucket": "b", **({"Key": "k"} if name.startswith("object") else {})}
        assert is_refused(partial(client.get_waiter(name).wait, **params)), name
    sink.assert_untouched()


def test_an_unsigned_client_is_guarded_as_well(sink: Sink) -> None:
    from botocore import UNSIGNED
    from botocore.config import Config

    connection = opened(sink.url, read_only=True)
    client: Any = connection.session.create_client(
        "s3", REGION, endpoint_url=sink.url, config=Config(signature_version=UNSIGNED)
    )
    connection._guard("s3", REGION, tuple(all_declared().values()), dry_run=False).attach(client)
    assert is_refused(lambda: client.put_object(Bucket="b", Key="k", Body=b""))
    sink.assert_untouched()
