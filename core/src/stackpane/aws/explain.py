"""What AWS's and the network's errors mean: one line that says what failed, for whom, why, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from traceback import walk_tb
from typing import Any

from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from stackpane.aws.guard import CALL, region_named
from stackpane.aws.lost import is_lost
from stackpane.aws.waiting import waited
from stackpane.calls import fill
from stackpane.errors import AwsError, ConnectionProblem, ExitCode, StackpaneError, UnprovenResponse
from stackpane.text import human_duration, safe

__all__ = ["Asker", "error_code", "explain", "is_denied", "is_fault", "is_unsupported", "needed_actions"]

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled", "403"})
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"})
_UNKNOWN_KEY = frozenset({"InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken"})
_WRONG_SECRET = frozenset({"SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"})
_SKEW = frozenset({"RequestTimeTooSkewed", "RequestInTheFuture", "AccessDeniedSkew"})
_THROTTLED = frozenset(
    {
        "SlowDown", "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "RequestThrottled",
        "RequestThrottledException", "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete",
        "ServiceUnavailable", "503", "429",
    }
)  # fmt: skip
_MOVED = frozenset(
    {"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "301", "302", "303", "307", "308"}
)
_UNSUPPORTED = frozenset(
    {
        "NotImplemented",
        "NotImplementedError",
        "UnknownOperationException",
        "InvalidAction",
        "UnsupportedOperation",
        "501",
    }
)
_SKEW_LIMIT = 240
"""Seconds of clock difference worth naming; AWS refuses from 5 minutes (SigV4) or 15 minutes (S3) on."""


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom a call was made: what an error message needs to name."""

    connection: str
    region: str
    partition: str = "aws"
    endpoint: str | None = None
    login: str = ""
    """The command that renews the credentials (``aws sso login --profile corp``), where there is one."""
    timeout: float = 0.0
    """Seconds that are waited for an answer."""


def error_code(error: BaseException) -> str:
    """AWS's error code of a botocore ``ClientError``, ``""`` of anything else."""
    if isinstance(error, botocore_errors.ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return error.code if isinstance(error, AwsError) else ""


def is_denied(error: BaseException) -> bool:
    """Whether AWS denied the call for missing rights (and not for bad credentials)."""
    return error_code(error) in _DENIED


def is_unsupported(error: BaseException) -> bool:
    """Whether the endpoint does not have the operation: an emulator, or an S3 look-alike."""
    return error_code(error) in _UNSUPPORTED or (
        isinstance(error, botocore_errors.ClientError)
        and error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") in (405, 501)
    )


def is_fault(error: BaseException) -> bool:
    """Whether the server failed (HTTP 5xx)."""
    return (
        isinstance(error, botocore_errors.ClientError)
        and error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
    )


def explain(error: BaseException, asker: Asker) -> StackpaneError | None:
    """The error as a person needs it, ``None`` where it is none of AWS's or the network's."""
    if isinstance(error, StackpaneError):
        return error
    problem = _meant(error, asker)
    if problem is not None and is_lost(error) and _LOOK not in problem.hint:
        problem.hint = f"{problem.hint} {_LOOK}".strip()
    return problem


def _meant(error: BaseException, asker: Asker) -> StackpaneError | None:
    if isinstance(error, botocore_errors.ClientError):
        return _client_error(error, asker)
    if isinstance(error, botocore_errors.BotoCoreError):
        return _local_error(error, asker)
    if isinstance(error, ResponseParserError) or _is_unparsable(error):
        where = asker.endpoint or f"AWS in {asker.region}"
        return UnprovenResponse(f"{where} answered with something that is no AWS reply", _CHECK_ENDPOINT)
    return None


def _is_unparsable(error: BaseException) -> bool:
    """Whether a reply has another text in place of a number or a time, which botocore lets out as a ``ValueError``."""
    return isinstance(error, ValueError) and any(
        frame.f_globals.get("__name__") == ResponseParserError.__module__ for frame, _ in walk_tb(error.__traceback__)
    )


def _client_error(error: botocore_errors.ClientError, asker: Asker) -> StackpaneError:
    code, operation = error_code(error), error.operation_name
    said = safe(str(error.response.get("Error", {}).get("Message") or ""))
    where = f"{operation} on {asker.connection} ({asker.region})"
    # The answer to a HEAD request has no body: its status and its date are all there is to go by.
    if code in _SKEW or (code in _WRONG_SECRET | {"403"} and abs(_skew_seconds(error) or 0) > _SKEW_LIMIT):
        return _connection(f"this computer's clock is {_skew(error)}, so AWS refuses the signature", _SET_CLOCK)
    if code in _DENIED:
        return _denied(error, asker, where, said)
    if code == "400":
        why = "no reason is given to such a request, and most often it is that the credentials have expired"
        return AwsError(f"{where} was refused (HTTP 400): {why}", _renew(asker), code)
    if code in _MOVED:
        return _moved(error, asker, where)
    if code in _EXPIRED:
        return _connection(f"the credentials of {asker.connection} have expired ({operation})", _renew(asker))
    if code in _UNKNOWN_KEY:
        hint = f"{_renew(asker)} Keys of another partition or of an emulator are unknown to AWS as well."
        return _connection(f"AWS does not know the access key of {asker.connection} ({code})", hint)
    if code in _WRONG_SECRET:
        hint = "The secret access key is wrong or was cut when copied; set it again with `stackpane connection edit`."
        return _connection(f"AWS refuses the signature of {asker.connection} ({code})", hint)
    if code in _THROTTLED:
        hint = "AWS asks for fewer requests: try again later, or set a rate limit with `connection edit --rate-limit`."
        return AwsError(f"{where} was throttled ({code}) and stayed so after every retry", hint, code)
    if is_unsupported(error):
        hint = "The emulator at this endpoint does not have the operation; on AWS it works." if asker.endpoint else ""
        return AwsError(f"{where}: not implemented by {asker.endpoint or 'AWS here'} ({code})", hint, code)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    named = _NOT_FOUND.get(code)
    if named or (status == 404 and code in ("404", "NotFound")):
        what = named or "what was asked for"
        hint = f"Check the name and the region ({asker.region}), or list what there is."
        return AwsError(f"{where}: {what} does not exist{_detail(said, code)}", hint, code)
    hint = "This is a fault of the server's, and stayed so after every retry: try again later." if status >= 500 else ""
    return AwsError(f"{where} failed: {code}{': ' + said if said else ''}", hint, code)


_SET_CLOCK = "Set the clock (timedatectl set-ntp true, or your system's date settings) and try again."
_NOT_FOUND = {
    "NoSuchBucket": "the bucket",
    "NoSuchKey": "the object",
    "NoSuchVersion": "the version",
    "NoSuchUpload": "the multipart upload",
    "ResourceNotFoundException": "the resource",
    "UserNotFoundException": "the user",
}


def _detail(said: str, code: str) -> str:
    return f" ({code}: {said})" if said and said != code else f" ({code})"


def _moved(error: botocore_errors.ClientError, asker: Asker, where: str) -> AwsError:
    """The answer sends the request elsewhere, which is never followed: its credentials are for this place only."""
    named = region_named(error.response)
    if named and named != asker.region:
        return AwsError(
            f"{where}: what was asked for is in the region {named}", f"Add --region {named}.", error_code(error)
        )
    return AwsError(f"{where}: the answer is a redirect ({error_code(error)}), which is not followed", _CHECK_ENDPOINT)


def _connection(message: str, hint: str) -> ConnectionProblem:
    return ConnectionProblem(message, hint)


def _renew(asker: Asker) -> str:
    if asker.login:
        return f"Log in again: {asker.login}"
    return f"Renew them, then run it again; `stackpane connection test {asker.connection}` shows where they come from."


# "User: arn:… is not authorized to perform: s3:ListBucket on resource: arn:…"
_AUTHORIZED = re.compile(
    r"(?:User: (?P<who>\S+) )?is not authorized to perform: (?P<action>[\w:-]+)(?: on resource: \"?(?P<arn>[^\s\"]+))?"
)


def _denied(error: botocore_errors.ClientError, asker: Asker, where: str, said: str) -> AwsError:
    match = _AUTHORIZED.search(said)
    actions, arns = needed_actions(error, asker)
    who, code = "", error_code(error)
    optional: tuple[str, ...] = ()
    if match:
        who = f" as {match['who']}" if match["who"] else ""
        actions = (match["action"],)
        arns = (match["arn"],) if match["arn"] and match["arn"] != "*" else arns
    elif code == "403":
        optional = _optional_actions(error)
    if not actions:
        return AwsError(f"{where} was denied{who}: {said or code}", "", code)
    needs = f"it needs {', '.join(actions)} on {', '.join(arns)}"
    needs += f", and for some uses {', '.join(optional)}" if optional else ""
    return AwsError(f"{where} was denied{who}: {needs}", _statement((*actions, *optional), arns), code)


def _optional_actions(error: botocore_errors.ClientError) -> tuple[str, ...]:
    """What may be missing as well where the answer, as one to a HEAD request, names no action."""
    noted: Any = error.response.get("ResponseMetadata", {}).get(CALL)
    optional: tuple[str, ...] = () if noted is None else noted[0].optional
    return optional


def _statement(actions: Iterable[str], arns: Iterable[str]) -> str:
    import json

    def one(values: Iterable[str]) -> str | list[str]:
        found = list(values)
        return found[0] if len(found) == 1 else found

    statement = {"Effect": "Allow", "Action": one(actions), "Resource": one(arns)}
    return f"This statement grants it: {json.dumps(statement)}"


def needed_actions(error: BaseException, asker: Asker) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The IAM actions, and the ARNs, of the declared call that an error belongs to; empty where it is not known."""
    if not isinstance(error, botocore_errors.ClientError):
        return (), ()
    noted: Any = error.response.get("ResponseMetadata", {}).get(CALL)
    if noted is None:
        return (), ()
    call, names = noted
    values = {"partition": asker.partition, "region": asker.region, **names}
    return call.actions, tuple(fill(template, values) for template in call.arns)


def _skew_seconds(error: botocore_errors.ClientError) -> float | None:
    """How far this computer's clock is ahead of the server's, by the reply's ``Date`` header."""
    date = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds() if date else None
    except (TypeError, ValueError):
        return None


def _skew(error: botocore_errors.ClientError) -> str:
    seconds = _skew_seconds(error)
    if seconds is None or abs(seconds) < 1:
        return "off"
    return f"{human_duration(abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"


def _local_error(error: botocore_errors.BotoCoreError, asker: Asker) -> StackpaneError:
    where = asker.endpoint or f"AWS in {asker.region}"
    text = safe(" ".join(str(error).split()))
    match error:
        case botocore_errors.EndpointConnectionError():
            hint = "Start the emulator, or check the endpoint's address." if asker.endpoint else _CHECK_NETWORK
            return _connection(f"{where} cannot be reached ({asker.connection})", hint)
        case botocore_errors.ConnectionClosedError():
            return _connection(f"{where} closed the connection before it had answered ({asker.connection})", _LOOK)
        case botocore_errors.ConnectTimeoutError():
            how_long = waited(error, asker.timeout)
            return _connection(
                f"{where} does not answer ({asker.connection}): no connection in time ({how_long})", _CHECK_NETWORK
            )
        case botocore_errors.ReadTimeoutError():
            how_long = waited(error, asker.timeout)
            return _connection(
                f"{where} accepted the request and did not answer in time ({asker.connection}): waited {how_long}",
                _WAIT_LONGER,
            )
        case botocore_errors.SSLError():
            hint = "Give the CA with --ca-bundle, or `connection edit --ca-bundle`; verification is never turned off."
            return _connection(f"the certificate of {where} cannot be verified: {text}", hint)
        case botocore_errors.NoCredentialsError() | botocore_errors.PartialCredentialsError():
            hint = "Add a connection with `stackpane connection add`, or configure a profile with `aws configure`."
            return _connection(f"{asker.connection} has no credentials", hint)
        case botocore_errors.NoRegionError():
            return _connection(
                f"{asker.connection} has no region", "Give one with --region, or `connection edit --region`."
            )
        case botocore_errors.ProfileNotFound() | botocore_errors.ConfigParseError() | botocore_errors.ConfigNotFound():
            return _connection(text, "See `stackpane connection ls` for what there is.")
        case botocore_errors.ParamValidationError():
            problem = StackpaneError(f"AWS would not accept the request: {text}", "Nothing was sent.")
            problem.exit_code = ExitCode.USAGE
            return problem
        case botocore_errors.IncompleteReadError() | botocore_errors.ResponseStreamingError():
            return AwsError(f"{where} cut its answer short", "Nothing of it counts as done; run the command again.")
        case botocore_errors.FlexibleChecksumError():
            return AwsError(f"the data from {where} do not match their checksum: {text}", "Run the command again.")
        case botocore_errors.HTTPClientError():
            return _connection(f"{where} could not be talked to ({asker.connection}): {text}", _CHECK_NETWORK)
    if isinstance(error, _LOGIN):
        return _connection(f"the login of {asker.connection} cannot be used: {text}", _renew(asker))
    return _connection(f"{asker.connection}: {text}", "")


_LOOK = "A change may have been made all the same: look before you repeat it."
_WAIT_LONGER = "Wait longer for each try with --timeout SECONDS."
_CHECK_NETWORK = "Check the network, VPN and proxy; `stackpane doctor` goes through the connection step by step."
_CHECK_ENDPOINT = "Check the endpoint's address and port, and whether a proxy or a login page answers in its place."
_LOGIN = (
    botocore_errors.SSOError,
    botocore_errors.CredentialRetrievalError,
    botocore_errors.RefreshWithMFAUnsupportedError,
    botocore_errors.InfiniteLoopConfigError,
    botocore_errors.InvalidConfigError,
    botocore_errors.UnknownCredentialError,
    botocore_errors.TokenRetrievalError,
)
