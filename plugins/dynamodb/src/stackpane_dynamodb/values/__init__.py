"""Values and items: the form that AWS speaks, the plain form that people read, and what DynamoDB would refuse."""
