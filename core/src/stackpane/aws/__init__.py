"""Everything that knows botocore: credentials, endpoints, clients, the guard, and what AWS's errors mean.

Nothing outside this package imports botocore, and nothing imports this package before an AWS call is made.
"""

import os

# The CRT clients send requests past botocore's events, and so past the guard. botocore reads this when it is imported,
# which nothing does before it has imported this package.
os.environ["BOTO_DISABLE_CRT"] = "true"
