"""The record of a log group: what AWS says of it, and its filters and policies, each as far as it may be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackpane import Field, Link, Record, Section
from stackpane_logs.groups import arn_of, described, moment
from stackpane_logs.places import console_url, function_of, group_actions, show_link

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["group_record"]


def group_record(session: Session, name: str) -> Record:
    """The log group's facts. A part that is denied is left out with a warning."""
    group = described(session, name)
    arn = arn_of(group)
    parts = (
        Section("", tuple(_facts(group))),
        Section("Metric filters", tuple(_metric_filters(session, name))),
        Section("Subscription filters", tuple(_subscription_filters(session, name))),
        Section("Policies", tuple(_policies(session, name, arn))),
    )
    function = function_of(name)
    to_function = (Link.to("lambda show", function, label="Lambda function"),) if function else ()
    return Record(
        title=str(name),
        sections=tuple(section for section in parts if section.fields),
        arn=arn or None,
        console_url=console_url(session, name),
        tags=_tags(session, name, arn),
        links=(*(link for link in group_actions(str(name)) if link != show_link(name)), *to_function),
    )


def _facts(group: Mapping[str, Any]) -> Iterator[Field]:
    yield Field("logGroupName", group["logGroupName"])
    yield Field("creationTime", moment(group.get("creationTime")), "time")
    yield Field("retentionInDays", group.get("retentionInDays"), "number")
    yield Field("storedBytes", group.get("storedBytes"), "size")
    yield Field("logGroupClass", group.get("logGroupClass"))
    yield Field("kmsKeyId", group.get("kmsKeyId"), "arn")
    yield Field("dataProtectionStatus", group.get("dataProtectionStatus"), "state")
    if "deletionProtectionEnabled" in group:
        yield Field("deletionProtectionEnabled", group["deletionProtectionEnabled"], "bool")
    if group.get("inheritedProperties"):
        yield Field("inheritedProperties", ", ".join(group["inheritedProperties"]))


def _metric_filters(session: Session, name: str) -> Iterator[Field]:
    with session.part(f"the metric filters of {name}"):
        pages = session.client("logs").get_paginator("describe_metric_filters").paginate(logGroupName=str(name))
        for page in pages:
            for each in page.get("metricFilters", ()):
                to = each.get("metricTransformations", ())
                metrics = [f"{metric.get('metricNamespace')}/{metric.get('metricName')}" for metric in to]
                value = {"filterPattern": each.get("filterPattern", ""), "metrics": metrics}
                yield Field(each["filterName"], value, "json")


def _subscription_filters(session: Session, name: str) -> Iterator[Field]:
    with session.part(f"the subscription filters of {name}"):
        pages = session.client("logs").get_paginator("describe_subscription_filters").paginate(logGroupName=str(name))
        for page in pages:
            for each in page.get("subscriptionFilters", ()):
                yield Field(each["filterName"], each.get("destinationArn"), "arn")
                if each.get("filterPattern"):
                    yield Field(f"{each['filterName']} pattern", each["filterPattern"])


@contextmanager
def _part(session: Session, what: str) -> Iterator[None]:
    """As ``Session.part``; what a log group's class, or an emulator, does not have is left out as well."""
    from botocore.exceptions import ClientError

    with session.part(what):
        try:
            yield
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "InvalidOperationException":
                raise
            session.warn(f"{what} left out: {error.response['Error'].get('Message') or 'this log group has none'}")


def _policies(session: Session, name: str, arn: str) -> Iterator[Field]:
    client = session.client("logs")
    with _part(session, f"the field indexes of {name}"):
        reply = client.describe_index_policies(logGroupIdentifiers=[arn or str(name)])
        for each in reply.get("indexPolicies", ()):
            yield Field("indexPolicy", _parsed(each.get("policyDocument")), "json")
    with _part(session, f"the data protection of {name}"):
        reply = client.get_data_protection_policy(logGroupIdentifier=arn or str(name))
        if reply.get("policyDocument"):
            yield Field("dataProtectionPolicy", _parsed(reply["policyDocument"]), "json")


def _parsed(document: Any) -> Any:
    try:
        return json.loads(document)
    except (TypeError, ValueError):
        return document


def _tags(session: Session, name: str, arn: str) -> Mapping[str, str] | None:
    with session.part(f"the tags of {name}"):
        tags: Mapping[str, str] = session.client("logs").list_tags_for_resource(resourceArn=arn).get("tags", {})
        return tags
    return None
