"""The condition language: parsed, planned and written as DynamoDB's own expressions."""
