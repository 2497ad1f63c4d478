"""Amazon S3 for Stackpane."""
