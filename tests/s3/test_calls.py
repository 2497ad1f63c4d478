"""The declared S3 calls against botocore's model of S3."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import click
import pytest

from stackpane import Call, Command, Effect
from stackpane_s3 import calls
from stackpane_s3.commands import s3

DECLARED = {value.operation: value for value in vars(calls).values() if isinstance(value, Call)}


@pytest.fixture(scope="module")
def model() -> Any:
    return botocore.session.Session().get_service_model("s3")


def test_every_call_is_an_operation_of_s3(model: Any) -> None:
    assert set(DECLARED) <= set(model.operation_names)
    assert all(call.service == "s3" for call in DECLARED.values())


def test_no_operation_is_declared_twice() -> None:
    assert len(DECLARED) == sum(isinstance(value, Call) for value in vars(calls).values())


def test_a_call_is_a_read_exactly_when_http_says_so(model: Any) -> None:
    for operation, call in DECLARED.items():
        is_read = model.operation_model(operation).http["method"] in ("GET", "HEAD")
        assert (call.effect is Effect.READ) == is_read, operation


def test_reads_have_the_actions_of_the_access_levels_list_and_read() -> None:
    for call in DECLARED.values():
        verbs = {re.match(r"s3:(Get|List|Put|Create|Delete|Abort)", action) for action in call.granted}
        assert None not in verbs, call
        if call.effect is Effect.READ:
            assert {match[1] for match in verbs if match} <= {"Get", "List"}, call


def test_arns_name_what_the_operations_parameters_name(model: Any) -> None:
    for operation, call in DECLARED.items():
        members = model.operation_model(operation).input_shape.members
        for template in call.arns:
            names = set(re.findall(r"\{(\w+)\}", template)) - {"partition"}
            if operation == "DeleteObjects":  # its keys are in the body
                names -= {"key"}
            assert {name.title() for name in names} <= set(members), operation
            assert names or call.note, f"{operation}: an action for all resources tells what granting it costs"


def test_calls_of_objects_apply_to_objects_and_calls_of_buckets_to_buckets(model: Any) -> None:
    for operation, call in DECLARED.items():
        members = model.operation_model(operation).input_shape.members
        if "Key" in members or operation == "DeleteObjects":
            assert call.arns == calls.OBJECT, operation
        elif "Bucket" in members:
            assert call.arns == calls.BUCKET, operation


def test_every_declared_call_belongs_to_a_command() -> None:
    context = click.Context(s3)
    commands = [s3.get_command(context, name) for name in s3.list_commands(context)]
    used = {call.operation for command in commands if isinstance(command, Command) for call in command.calls}
    assert used == set(DECLARED)
