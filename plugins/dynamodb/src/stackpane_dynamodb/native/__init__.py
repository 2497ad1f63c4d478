"""DynamoDB's own exports to S3 and imports from it, which run at AWS whether or not anybody follows them."""
