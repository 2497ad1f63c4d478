from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.serialize import create_serializer

from tests.harness.operations import operation_of

SAME_SHAPE = {
    "ListDirectoryBuckets": "ListBuckets",
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
}
"""Operations that HTTP cannot tell apart: the deprecated, or the one at another host, and the one that is guessed."""


def _operations(service: str) -> Iterator[OperationModel]:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    for name in model.operation_names:
        yield model.operation_model(name)


def _least(shape: Any) -> Any:
    """The smallest value that a shape takes."""
    match shape.type_name:
        case "structure":
            return {name: _least(shape.members[name]) for name in shape.required_members}
        case "list":
            return [_least(shape.member)]
        case "string":
            return (shape.enum or ["abcd"])[0]
        case "blob":
            return b"x"
        case kind:
            return {"map": {}, "boolean": True, "timestamp": 0}.get(kind, 1)


def _guess(operation: OperationModel) -> str:
    service = operation.service_model
    serializer = create_serializer(service.metadata["protocol"], include_validation=False)
    shape: Shape | None = operation.input_shape
    request: dict[str, Any] = serializer.serialize_to_request(_least(shape) if shape else {}, operation)
    url = urlsplit(request["url_path"])
    query = parse_qs(url.query, keep_blank_values=True)
    if isinstance(request["query_string"], dict):
        query |= {name: [str(value)] for name, value in request["query_string"].items()}
    headers = {name.lower(): value for name, value in request["headers"].items()}
    body = request["body"]
    if isinstance(body, dict):
        body = "&".join(f"{name}={value}" for name, value in body.items()).encode()
    return operation_of(service.service_name, request["method"], url.path, query, headers, body)


@pytest.mark.parametrize("service", ["s3", "sts", "dynamodb", "lambda", "logs", "cognito-idp"])
def test_every_operation_is_known_by_the_request_botocore_makes_of_it(service: str) -> None:
    guesses = {operation.name: _guess(operation) for operation in _operations(service)}
    assert guesses == {name: SAME_SHAPE.get(name, name) if service == "s3" else name for name in guesses}


def test_an_unknown_service_is_no_error() -> None:
    assert operation_of("nothing", "GET", "/", {}, {}, b"") == ""
