"""Every S3 operation that a command of this plugin may make, with the IAM actions it needs.

S3 is the service whose operations and IAM actions are named least alike (``HeadObject`` needs ``s3:GetObject``), so
each one is written down here once, from
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html

``optional`` actions are needed for some uses only: another version than the current one, tags that travel with a copy.
"""

from __future__ import annotations

from stackpane.calls import Call, Effect

BUCKET = ("arn:{partition}:s3:::{bucket}",)
OBJECT = ("arn:{partition}:s3:::{bucket}/{key}",)

# Buckets

LIST_BUCKETS = Call(
    "s3:ListBuckets",
    ("s3:ListAllMyBuckets",),
    note="shows the names of all buckets of the account; without it `s3 ls` shows the connection's pinned buckets",
)
HEAD_BUCKET = Call("s3:HeadBucket", ("s3:ListBucket",), BUCKET)
"""Its answer names the bucket's region, also where it is a denial."""
GET_BUCKET_VERSIONING = Call("s3:GetBucketVersioning", ("s3:GetBucketVersioning",), BUCKET)
GET_BUCKET_ENCRYPTION = Call("s3:GetBucketEncryption", ("s3:GetEncryptionConfiguration",), BUCKET)
GET_PUBLIC_ACCESS_BLOCK = Call("s3:GetPublicAccessBlock", ("s3:GetBucketPublicAccessBlock",), BUCKET)
GET_BUCKET_OWNERSHIP_CONTROLS = Call("s3:GetBucketOwnershipControls", ("s3:GetBucketOwnershipControls",), BUCKET)
GET_BUCKET_POLICY_STATUS = Call("s3:GetBucketPolicyStatus", ("s3:GetBucketPolicyStatus",), BUCKET)
GET_BUCKET_LIFECYCLE = Call("s3:GetBucketLifecycleConfiguration", ("s3:GetLifecycleConfiguration",), BUCKET)
GET_BUCKET_NOTIFICATION = Call("s3:GetBucketNotificationConfiguration", ("s3:GetBucketNotification",), BUCKET)
GET_BUCKET_REPLICATION = Call("s3:GetBucketReplication", ("s3:GetReplicationConfiguration",), BUCKET)
GET_BUCKET_LOGGING = Call("s3:GetBucketLogging", ("s3:GetBucketLogging",), BUCKET)
GET_OBJECT_LOCK = Call("s3:GetObjectLockConfiguration", ("s3:GetBucketObjectLockConfiguration",), BUCKET)
GET_BUCKET_TAGGING = Call("s3:GetBucketTagging", ("s3:GetBucketTagging",), BUCKET)
CREATE_BUCKET = Call("s3:CreateBucket", ("s3:CreateBucket",), BUCKET, Effect.WRITE)
DELETE_BUCKET = Call("s3:DeleteBucket", ("s3:DeleteBucket",), BUCKET, Effect.WRITE)
PUT_BUCKET_VERSIONING = Call("s3:PutBucketVersioning", ("s3:PutBucketVersioning",), BUCKET, Effect.WRITE)

# What is in them

LIST_OBJECTS = Call("s3:ListObjectsV2", ("s3:ListBucket",), BUCKET, lean="stackpane_s3.lean:list_objects_v2")
LIST_OBJECT_VERSIONS = Call(
    "s3:ListObjectVersions", ("s3:ListBucketVersions",), BUCKET, lean="stackpane_s3.lean:list_object_versions"
)
LIST_MULTIPART_UPLOADS = Call("s3:ListMultipartUploads", ("s3:ListBucketMultipartUploads",), BUCKET)
LIST_PARTS = Call("s3:ListParts", ("s3:ListMultipartUploadParts",), OBJECT)

# Objects

HEAD_OBJECT = Call("s3:HeadObject", ("s3:GetObject",), OBJECT, optional=("s3:GetObjectVersion",))
GET_OBJECT = Call("s3:GetObject", ("s3:GetObject",), OBJECT, optional=("s3:GetObjectVersion",))
GET_OBJECT_TAGGING = Call(
    "s3:GetObjectTagging", ("s3:GetObjectTagging",), OBJECT, optional=("s3:GetObjectVersionTagging",)
)
GET_OBJECT_ACL = Call("s3:GetObjectAcl", ("s3:GetObjectAcl",), OBJECT, optional=("s3:GetObjectVersionAcl",))
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/annotations-managing.html
LIST_OBJECT_ANNOTATIONS = Call("s3:ListObjectAnnotations", ("s3:ListObjectAnnotations",), OBJECT)
GET_OBJECT_ANNOTATION = Call("s3:GetObjectAnnotation", ("s3:GetObjectAnnotation",), OBJECT)
PUT_OBJECT_ANNOTATION = Call("s3:PutObjectAnnotation", ("s3:PutObjectAnnotation",), OBJECT, Effect.WRITE)
PUT_OBJECT = Call("s3:PutObject", ("s3:PutObject",), OBJECT, Effect.WRITE, optional=("s3:PutObjectTagging",))
PUT_OBJECT_TAGGING = Call(
    "s3:PutObjectTagging",
    ("s3:PutObjectTagging",),
    OBJECT,
    Effect.WRITE,
    optional=("s3:PutObjectVersionTagging",),
)
COPY_OBJECT = Call(
    "s3:CopyObject",
    ("s3:GetObject", "s3:PutObject"),
    OBJECT,
    Effect.WRITE,
    optional=(
        "s3:GetObjectVersion",
        "s3:GetObjectTagging",
        "s3:GetObjectVersionTagging",
        "s3:GetObjectAnnotation",
        "s3:PutObjectTagging",
        "s3:PutObjectAnnotation",
    ),
)
"""Tags and annotations travel along: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""
DELETE_OBJECT = Call(
    "s3:DeleteObject", ("s3:DeleteObject",), OBJECT, Effect.WRITE, optional=("s3:DeleteObjectVersion",)
)
DELETE_OBJECTS = Call(
    "s3:DeleteObjects", ("s3:DeleteObject",), OBJECT, Effect.WRITE, optional=("s3:DeleteObjectVersion",)
)

# Objects in parts: initiating, uploading and completing all come under s3:PutObject.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuAndPermissions.html

CREATE_MULTIPART_UPLOAD = Call(
    "s3:CreateMultipartUpload", ("s3:PutObject",), OBJECT, Effect.WRITE, optional=("s3:PutObjectTagging",)
)
UPLOAD_PART = Call("s3:UploadPart", ("s3:PutObject",), OBJECT, Effect.WRITE)
UPLOAD_PART_COPY = Call(
    "s3:UploadPartCopy", ("s3:GetObject", "s3:PutObject"), OBJECT, Effect.WRITE, optional=("s3:GetObjectVersion",)
)
COMPLETE_MULTIPART_UPLOAD = Call("s3:CompleteMultipartUpload", ("s3:PutObject",), OBJECT, Effect.WRITE)
ABORT_MULTIPART_UPLOAD = Call("s3:AbortMultipartUpload", ("s3:AbortMultipartUpload",), OBJECT, Effect.WRITE)
