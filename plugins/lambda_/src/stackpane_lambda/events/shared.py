"""The test events that are shared in the Lambda console: EventBridge's schema registry keeps them.

A function's events are the examples of one OpenAPI schema, ``_FUNCTION-schema`` in the registry
``lambda-testevent-schemas``: https://docs.aws.amazon.com/lambda/latest/dg/testing-functions.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, Failure, InvalidInput, Outcome
from stackpane.exactjson import Digits, exact_json
from stackpane.text import human_count
from stackpane_lambda.events.store import Store
from stackpane_lambda.functions import check_place

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

__all__ = ["import_shared"]

_REGISTRY = "lambda-testevent-schemas"


def import_shared(session: Session, function: FunctionName, *, project: bool, overwrite: bool) -> Outcome:
    """Save every shared event of a function. One that is there already is left alone unless told to replace it."""
    check_place(session, function)
    found, store = _events(session, function), Store.here()
    if session.dry_run:
        return Outcome(f"Dry run: {function} has the shared events {', '.join(found) or '(none)'}.", done=0)
    done: list[str] = []
    skipped: list[Failure] = []
    for name, value in found.items():
        try:
            saved = store.save(function, name, exact_json(value, indent=2), project=project, overwrite=overwrite)
            done.append(saved.name)
        except InvalidInput as error:
            skipped.append(Failure(name, str(error)))
    message = f"Saved {human_count(len(done), 'shared event')} of {function}" + (
        f", and left {len(skipped):,} alone." if skipped else "."
    )
    return Outcome(message, done=len(done), skipped=tuple(skipped), result={"Saved": done} if done else {})


def _events(session: Session, function: FunctionName) -> Mapping[str, Any]:
    """The events by name, their numbers as they were written. Raises ``AwsError`` where AWS has something else."""
    from botocore.exceptions import ClientError

    schema = f"_{function}-schema"
    try:
        reply = session.client("schemas").describe_schema(RegistryName=_REGISTRY, SchemaName=schema)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        raise AwsError(
            f"{function} has no shared test events",
            "Lambda's console makes the first one: Test, Event sharing settings, Shareable.",
            "NotFoundException",
        ) from error
    try:
        content = json.loads(reply.get("Content", ""), parse_float=Digits, parse_int=Digits)
        examples = content.get("components", {}).get("examples", {})
        return {str(name): example["value"] for name, example in examples.items()}
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError) as error:
        raise AwsError(
            f"the schema {schema} holds no test events ({type(error).__name__})",
            "Look at it in EventBridge's console, under Schemas, lambda-testevent-schemas.",
            "NoTestEvents",
        ) from error
