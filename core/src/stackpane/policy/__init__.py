"""The IAM policy that the installed plugins need, made from the calls that their commands declare.

``statements`` makes the policy, ``usage`` keeps the local record behind ``--from-use``, ``command`` is the command.
"""
