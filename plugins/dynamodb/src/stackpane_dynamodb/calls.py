"""Every DynamoDB operation that a command of this plugin may make, with the IAM actions it needs.

From https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-specific-table-indexes.html: an index has
an ARN of its own, and a right on the table is none on its indexes.
"""

from __future__ import annotations

from stackpane.calls import Call, Effect

TABLE = ("arn:{partition}:dynamodb:{region}:{account}:table/{table}",)
EXPORT = ("arn:{partition}:dynamodb:{region}:{account}:table/{table}/export/*",)
IMPORT = ("arn:{partition}:dynamodb:{region}:{account}:table/{table}/import/*",)
BUCKET = ("arn:{partition}:s3:::{bucket}",)
OBJECTS = ("arn:{partition}:s3:::{bucket}/*",)
LOGS = ("arn:{partition}:logs:{region}:{account}:log-group:/aws-dynamodb/*",)
INDEX = ("arn:{partition}:dynamodb:{region}:{account}:table/{table}/index/{index}",)
_LEAN = "stackpane_dynamodb.lean:items"

# Tables

LIST_TABLES = Call(
    "dynamodb:ListTables",
    ("dynamodb:ListTables",),
    note="shows the names of all tables of the region; without it `dynamodb ls` shows the connection's pinned tables",
)
DESCRIBE_TABLE = Call("dynamodb:DescribeTable", ("dynamodb:DescribeTable",), TABLE)
DESCRIBE_TIME_TO_LIVE = Call("dynamodb:DescribeTimeToLive", ("dynamodb:DescribeTimeToLive",), TABLE)
DESCRIBE_CONTINUOUS_BACKUPS = Call("dynamodb:DescribeContinuousBackups", ("dynamodb:DescribeContinuousBackups",), TABLE)
LIST_TAGS = Call("dynamodb:ListTagsOfResource", ("dynamodb:ListTagsOfResource",), TABLE)
CREATE_TABLE = Call(
    "dynamodb:CreateTable",
    ("dynamodb:CreateTable",),
    TABLE,
    Effect.WRITE,
    optional=("dynamodb:TagResource",),  # with --tag
)
UPDATE_TABLE = Call("dynamodb:UpdateTable", ("dynamodb:UpdateTable",), TABLE, Effect.WRITE)
UPDATE_TIME_TO_LIVE = Call("dynamodb:UpdateTimeToLive", ("dynamodb:UpdateTimeToLive",), TABLE, Effect.WRITE)
DELETE_TABLE = Call("dynamodb:DeleteTable", ("dynamodb:DeleteTable",), TABLE, Effect.WRITE)
UPDATE_CONTINUOUS_BACKUPS = Call(
    "dynamodb:UpdateContinuousBackups", ("dynamodb:UpdateContinuousBackups",), TABLE, Effect.WRITE
)

# DynamoDB's own exports and imports, which it carries out in S3 and CloudWatch Logs by the caller's rights

EXPORT_TABLE = Call(
    "dynamodb:ExportTableToPointInTime",
    ("dynamodb:ExportTableToPointInTime", "s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectAcl"),
    TABLE + OBJECTS,
    Effect.WRITE,
    note="writes into buckets, by the caller's own right to",
)
"""Repeatable by its ``ClientToken``. The actions on the bucket are those of
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html"""
IMPORT_TABLE = Call(
    "dynamodb:ImportTable",
    (
        "dynamodb:ImportTable",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "logs:PutRetentionPolicy",
        "s3:GetObject",
        "s3:ListBucket",
    ),
    TABLE + BUCKET + OBJECTS + LOGS,
    Effect.WRITE,
    note="reads buckets, by the caller's own right to",
)
"""Repeatable by its ``ClientToken``. The actions on the bucket and the logs are those of
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Requesting.html"""
DESCRIBE_EXPORT = Call("dynamodb:DescribeExport", ("dynamodb:DescribeExport",), EXPORT)
DESCRIBE_IMPORT = Call("dynamodb:DescribeImport", ("dynamodb:DescribeImport",), IMPORT)
LIST_EXPORTS = Call("dynamodb:ListExports", ("dynamodb:ListExports",), TABLE)
LIST_IMPORTS = Call("dynamodb:ListImports", ("dynamodb:ListImports",), TABLE)

# Items

SCAN = Call("dynamodb:Scan", ("dynamodb:Scan",), TABLE + INDEX, lean=_LEAN)
QUERY = Call("dynamodb:Query", ("dynamodb:Query",), TABLE + INDEX, lean=_LEAN)
GET_ITEM = Call("dynamodb:GetItem", ("dynamodb:GetItem",), TABLE)
PUT_ITEM = Call("dynamodb:PutItem", ("dynamodb:PutItem",), TABLE, Effect.WRITE)
UPDATE_ITEM = Call("dynamodb:UpdateItem", ("dynamodb:UpdateItem",), TABLE, Effect.WRITE)
"""Repeatable as this plugin sends it: every attribute is set to a value, on the condition of what was read."""
DELETE_ITEM = Call("dynamodb:DeleteItem", ("dynamodb:DeleteItem",), TABLE, Effect.WRITE)
BATCH_WRITE_ITEM = Call("dynamodb:BatchWriteItem", ("dynamodb:BatchWriteItem",), TABLE, Effect.WRITE)
TRANSACT_WRITE_ITEMS = Call(
    "dynamodb:TransactWriteItems", ("dynamodb:PutItem", "dynamodb:DeleteItem"), TABLE, Effect.WRITE
)
"""Repeatable by its ``ClientRequestToken``."""
EXECUTE_STATEMENT = Call(
    "dynamodb:ExecuteStatement",
    ("dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"),
    TABLE,
    Effect.ONCE,
    lean=_LEAN,
    reading=Call("dynamodb:ExecuteStatement", ("dynamodb:PartiQLSelect",), TABLE + INDEX),
    only_reads="stackpane_dynamodb.statements:only_reads",
)
"""A proven ``SELECT`` reads. Everything else is sent once: an ``INSERT`` or ``SET n = n + 1`` cannot be repeated."""
