"""Every operation that a command of this plugin may make, with the IAM actions it needs.

From https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html: a version or an alias has
an ARN of its own, and a right on the function is none on these. The log events of ``history`` are those of CloudWatch
Logs, the shared test events those of EventBridge's schema registry.
"""

from __future__ import annotations

from stackpane.calls import Call, Effect

_NAME = "arn:{partition}:lambda:{region}:{account}:function:{function}"
FUNCTION = (_NAME,)
QUALIFIED = (_NAME, _NAME + ":{qualifier}")
"""The function, and a version or alias of it."""

# Functions

LIST_FUNCTIONS = Call(
    "lambda:ListFunctions",
    ("lambda:ListFunctions",),
    note="shows the configuration of all functions of the region, with the values of their environment; without it "
    "`lambda ls` shows the connection's pinned functions",
)
LIST_EVENT_SOURCE_MAPPINGS = Call(
    "lambda:ListEventSourceMappings",
    ("lambda:ListEventSourceMappings",),
    note="shows which queues and streams feed which functions of the region",
)
GET_FUNCTION = Call(
    "lambda:GetFunction",
    ("lambda:GetFunction",),
    QUALIFIED,
    optional=("lambda:ListTags",),  # without it the answer has no tags
)
GET_CONFIGURATION = Call("lambda:GetFunctionConfiguration", ("lambda:GetFunctionConfiguration",), QUALIFIED)
LIST_VERSIONS = Call("lambda:ListVersionsByFunction", ("lambda:ListVersionsByFunction",), FUNCTION)
LIST_ALIASES = Call("lambda:ListAliases", ("lambda:ListAliases",), FUNCTION)
GET_POLICY = Call("lambda:GetPolicy", ("lambda:GetPolicy",), QUALIFIED)
GET_CONCURRENCY = Call("lambda:GetFunctionConcurrency", ("lambda:GetFunctionConcurrency",), FUNCTION)
LIST_PROVISIONED = Call(
    "lambda:ListProvisionedConcurrencyConfigs", ("lambda:ListProvisionedConcurrencyConfigs",), FUNCTION
)
LIST_URLS = Call("lambda:ListFunctionUrlConfigs", ("lambda:ListFunctionUrlConfigs",), FUNCTION)
LIST_INVOKE_CONFIGS = Call(
    "lambda:ListFunctionEventInvokeConfigs", ("lambda:ListFunctionEventInvokeConfigs",), FUNCTION
)
GET_LAYER = Call(
    "lambda:GetLayerVersion",
    ("lambda:GetLayerVersion",),
    ("arn:{partition}:lambda:{region}:{account}:layer:{layer}:{version}",),
)

# Changes

INVOKE = Call(
    "lambda:Invoke",
    ("lambda:InvokeFunction",),
    QUALIFIED,
    Effect.ONCE,
    reading=Call("lambda:Invoke", ("lambda:InvokeFunction",), QUALIFIED),
    only_reads="stackpane_lambda.invoking:only_checks",
)
"""Runs the function, but for ``InvocationType=DryRun``, by which AWS only checks the right to do so.

The right is the same for both, so that a policy for reading has neither."""
UPDATE_CONFIGURATION = Call(
    "lambda:UpdateFunctionConfiguration", ("lambda:UpdateFunctionConfiguration",), FUNCTION, Effect.WRITE
)
"""Repeatable as this plugin sends it: it sets values, on the condition of the revision that was read."""

# Beside Lambda

FILTER_LOG_EVENTS = Call(
    "logs:FilterLogEvents",
    ("logs:FilterLogEvents",),
    ("arn:{partition}:logs:{region}:{account}:log-group:{log-group}:*",),
)
DESCRIBE_SCHEMA = Call(
    "schemas:DescribeSchema",
    ("schemas:DescribeSchema",),
    ("arn:{partition}:schemas:{region}:{account}:schema/{registry}/{schema}",),
)
