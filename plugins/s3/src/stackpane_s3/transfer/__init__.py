"""Moving bytes between files and S3: in pieces, by several workers, resumable, nothing shown before it is whole.

From the ground up: ``stop`` and ``localio`` (one cancel, files at positions), ``folders`` and ``partfiles`` (what is
written locally, and where), ``sizes`` and ``checksums`` (how an object is cut, and how it is proven), ``fetch`` and
``bodies`` (one request's bytes, down and up), ``download`` and ``upload`` (one file), ``engine`` (many of them).

Why this is not boto3's s3transfer: docs/decisions/0001-transfers.md
"""
