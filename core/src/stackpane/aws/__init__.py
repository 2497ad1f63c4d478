"""Everything that knows botocore: credentials, endpoints, clients, the guard, and what AWS's errors mean.

Nothing outside this package imports botocore, and nothing imports this package before an AWS call is made.
"""
