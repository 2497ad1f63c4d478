"""Every CloudWatch Logs operation that a command of this plugin may make, with the IAM actions it needs.

Each operation needs the action of its name; which resource that applies to is in
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html

Some operations on a log group are granted on its ARN, others on that with ``:*`` behind it: a policy has both.
"""

from __future__ import annotations

from stackpane.calls import Call, Effect

_GROUP = "arn:{partition}:logs:{region}:{account}:log-group:{group}"
GROUP = (_GROUP, f"{_GROUP}:*")
"""A log group, and what is in it."""

# Reading

DESCRIBE_LOG_GROUPS = Call("logs:DescribeLogGroups", ("logs:DescribeLogGroups",), GROUP)
DESCRIBE_LOG_STREAMS = Call("logs:DescribeLogStreams", ("logs:DescribeLogStreams",), GROUP)
LIST_TAGS = Call("logs:ListTagsForResource", ("logs:ListTagsForResource",), GROUP)
DESCRIBE_METRIC_FILTERS = Call("logs:DescribeMetricFilters", ("logs:DescribeMetricFilters",), GROUP)
DESCRIBE_SUBSCRIPTION_FILTERS = Call("logs:DescribeSubscriptionFilters", ("logs:DescribeSubscriptionFilters",), GROUP)
DESCRIBE_INDEX_POLICIES = Call("logs:DescribeIndexPolicies", ("logs:DescribeIndexPolicies",), GROUP)
GET_DATA_PROTECTION_POLICY = Call("logs:GetDataProtectionPolicy", ("logs:GetDataProtectionPolicy",), GROUP)
FILTER_LOG_EVENTS = Call(
    "logs:FilterLogEvents", ("logs:FilterLogEvents",), GROUP, lean="stackpane_logs.lean:filter_log_events"
)
GET_LOG_EVENTS = Call("logs:GetLogEvents", ("logs:GetLogEvents",), GROUP, lean="stackpane_logs.lean:get_log_events")
START_LIVE_TAIL = Call("logs:StartLiveTail", ("logs:StartLiveTail",), GROUP)
"""Reads only; a session is billed by the minute. https://aws.amazon.com/cloudwatch/pricing/"""

# Queries: they change nothing but are billed by the bytes they scan, and leave an entry in the account's history.

START_QUERY = Call("logs:StartQuery", ("logs:StartQuery",), GROUP)
GET_QUERY_RESULTS = Call("logs:GetQueryResults", ("logs:GetQueryResults",))
STOP_QUERY = Call("logs:StopQuery", ("logs:StopQuery",))
DESCRIBE_QUERIES = Call("logs:DescribeQueries", ("logs:DescribeQueries",))
DESCRIBE_QUERY_DEFINITIONS = Call("logs:DescribeQueryDefinitions", ("logs:DescribeQueryDefinitions",))
PUT_QUERY_DEFINITION = Call("logs:PutQueryDefinition", ("logs:PutQueryDefinition",), effect=Effect.WRITE)
"""botocore sends a token with it, so a repeat saves no second one."""

# Changing

CREATE_LOG_GROUP = Call(
    "logs:CreateLogGroup", ("logs:CreateLogGroup",), GROUP, Effect.WRITE, optional=("logs:TagResource",)
)
CREATE_LOG_STREAM = Call("logs:CreateLogStream", ("logs:CreateLogStream",), GROUP, Effect.WRITE)
DELETE_LOG_GROUP = Call("logs:DeleteLogGroup", ("logs:DeleteLogGroup",), GROUP, Effect.WRITE)
DELETE_LOG_STREAM = Call("logs:DeleteLogStream", ("logs:DeleteLogStream",), GROUP, Effect.WRITE)
PUT_RETENTION_POLICY = Call("logs:PutRetentionPolicy", ("logs:PutRetentionPolicy",), GROUP, Effect.WRITE)
DELETE_RETENTION_POLICY = Call("logs:DeleteRetentionPolicy", ("logs:DeleteRetentionPolicy",), GROUP, Effect.WRITE)
