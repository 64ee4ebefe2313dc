"""What refusals of AWS mean, in words of ours. Its SDK's own text goes nowhere: it quotes what was sent and received."""

from collections.abc import Mapping
from typing import Any

from gitseal.remote.extras import missing
from gitseal.remote.failure import AGAIN, REACHES, NotSent, RemoteError, RemoteFailure


class AwsRefusal(RemoteError):
    """AWS said no. `code` is its word for it."""

    def __init__(self, message: str, hint: str, kind: RemoteFailure, code: str) -> None:
        super().__init__(message, hint, kind=kind)
        self.code = code


def answered(what: str, operation: str, answer: Mapping[str, Any], *, is_known: bool = False) -> AwsRefusal:
    """The error for AWS's answer to an operation; `what` continues "AWS did not". Its message is looked at, and not passed on.

    `is_known`: AWS's description of the service has this code.
    """
    error = answer.get("Error", {})
    code, said = str(error.get("Code")), str(error.get("Message"))
    kind, reason, hint = _REASONS.get(code) or _by_its_form(code, is_known=is_known)
    if code in _SIGNATURES and any(piece in said for piece in _OF_TIME):
        kind, reason, hint = _LATE
    if code == "KMSInvalidStateException" and "deletion" in said:
        kind, reason, hint = RemoteFailure.GONE, "the key is to be deleted", "have the deletion of the key cancelled"
    if kind is RemoteFailure.DENIED:
        # By this name a role's policy allows it.
        reason = f"{reason} ({operation})"
    if operation in _ROLES:
        what = "let you take the role"
    return AwsRefusal(f"AWS did not {what}: {reason}", hint, kind, code)


def unanswered(what: str, error: Exception) -> RemoteError:
    """The error for a question that the SDK got no answer to, or did not ask."""
    for kind in type(error).__mro__:
        if kind.__name__ in _NO_ANSWER:
            failure, message, hint = _NO_ANSWER[kind.__name__]
            # By these the SDK says that there was no connection yet.
            make = NotSent if type(error).__name__ in _NOT_SENT else RemoteError
            return make(message, hint, kind=failure)
    if type(error).__name__ == "MissingDependencyException":
        return missing("this way to sign in to AWS", "botocore[crt]")
    return RemoteError(f"AWS was not asked to {what}: its SDK takes no such request", _WHO)


_NOT_SENT = frozenset({"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"})
# What the SDK asks on the way to credentials.
_ROLES = frozenset({"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetRoleCredentials"})
_Reason = tuple[RemoteFailure, str, str]
_WHO = "see who you are to AWS with: aws sts get-caller-identity"
_NO_SIGN_IN = RemoteFailure.UNKNOWN_TO_IT
_NONE = (_NO_SIGN_IN, "there are no credentials for AWS", f"sign in first; {_WHO}")
_SSO = (_NO_SIGN_IN, "the sign-in to AWS is over, or there was none", "sign in again: aws sso login")
_SETTINGS = (
    _NO_SIGN_IN,
    "AWS's settings cannot be read, or lack the profile of AWS_PROFILE",
    "see: aws configure list",
)
_FETCH = (_NO_SIGN_IN, "the credentials for AWS cannot be fetched", f"sign in again; {_WHO}")
_AWAY = (RemoteFailure.NO_NETWORK, "AWS cannot be reached", REACHES)

_OTHER = (RemoteFailure.NOT_READY, "something that is not AWS answers in its place", AGAIN)

# By the names of the SDK's classes, the nearest first.
_NO_ANSWER: dict[str, _Reason] = {
    "NoCredentialsError": _NONE,
    "PartialCredentialsError": _NONE,
    "NoAuthTokenError": _NONE,
    "SSOError": _SSO,
    "TokenRetrievalError": _SSO,
    "LoginError": (_NO_SIGN_IN, _SSO[1], "sign in again: aws login"),
    "ProfileNotFound": _SETTINGS,
    "ConfigParseError": _SETTINGS,
    "ConfigNotFound": _SETTINGS,
    "InvalidConfigError": _SETTINGS,
    "UnknownCredentialError": _SETTINGS,
    "CredentialRetrievalError": _FETCH,
    "MetadataRetrievalError": _FETCH,
    # A token's file or a profile's program that is not there.
    "OSError": _FETCH,
    "SSLError": (
        RemoteFailure.UNPROVEN,
        "AWS does not prove that it is AWS",
        "if a proxy stands between, set AWS_CA_BUNDLE to its certificates",
    ),
    "ConnectionError": _AWAY,
    "HTTPClientError": _AWAY,
    "ResponseParserError": _OTHER,
    # XML that is not the expected one.
    "LookupError": _OTHER,
}
_SIGNATURES = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"})
_OF_TIME = ("Signature expired", "not yet current", "earlier than", "later than")
_MAY_NOT = (RemoteFailure.DENIED, "you may not do that", f"have it allowed for you; {_WHO}")
_NOT_VALID = (RemoteFailure.UNKNOWN_TO_IT, "the credentials are not valid", f"sign in again; {_WHO}")
_OVER = (RemoteFailure.UNKNOWN_TO_IT, "the credentials have expired", f"sign in again; {_WHO}")
_TOO_MANY = (RemoteFailure.THROTTLED, "there were too many requests", AGAIN)
_OFF = (RemoteFailure.DISABLED, "the key is disabled", "have the key enabled again")
_NOWHERE = (RemoteFailure.GONE, "it is not there", "see that account and region are right: aws sts get-caller-identity")
_LATE = (RemoteFailure.CLOCK, "the clock of this machine is wrong", "set the clock of this machine")
_FAILED = (RemoteFailure.NOT_READY, "it failed", AGAIN)
_FULL = (
    RemoteFailure.OTHER,
    "a quota of the account is used up",
    "have that quota raised, or remove what nobody needs",
)
_KEY = (
    RemoteFailure.DENIED,
    "the KMS key that encrypts it cannot be used",
    "see that you may use the key, and that it is enabled",
)

_REASONS: dict[str, _Reason] = {
    **dict.fromkeys(("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized"), _MAY_NOT),
    **dict.fromkeys(
        (
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "IncompleteSignature",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "InvalidIdentityToken",
            "InvalidToken",
            *_SIGNATURES,
        ),
        _NOT_VALID,
    ),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"), _OVER),
    **dict.fromkeys(("RequestExpired", "RequestTimeTooSkewed"), _LATE),
    **dict.fromkeys(
        (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "TooManyUpdates",
            "SlowDown",
            "429",
        ),
        _TOO_MANY,
    ),
    "DisabledException": _OFF,
    "KMSInvalidStateException": _OFF,
    **dict.fromkeys(("NotFoundException", "ResourceNotFoundException", "ParameterNotFound"), _NOWHERE),
    **dict.fromkeys(("EncryptionFailure", "DecryptionFailure", "InvalidKeyId"), _KEY),
    **dict.fromkeys(("LimitExceededException", "ParameterLimitExceeded", "ParameterMaxVersionLimitExceeded"), _FULL),
    "OptInRequired": (RemoteFailure.ELSEWHERE, "the account does not use that region", "set AWS_REGION to one that it uses"),
    "KeyUnavailableException": _FAILED,
    "DependencyTimeoutException": _FAILED,
    "KMSInternalException": _FAILED,
    "InternalServerError": _FAILED,
    "InternalServiceError": _FAILED,
    "InternalFailure": _FAILED,
    "ServiceUnavailable": _FAILED,
    "ServiceUnavailableException": _FAILED,
    "RequestTimeout": _FAILED,
    "RequestTimeoutException": _FAILED,
}  # fmt: skip


def _by_its_form(code: str, *, is_known: bool) -> _Reason:
    # Without a body in its answer the SDK gives the status for a code.
    if code.isdecimal():
        return _FAILED if code.startswith("5") else (RemoteFailure.OTHER, f"it answers with status {code}", _WHO)
    # Whoever answers may put any text there. Only one that is AWS's own for sure is shown.
    is_word = is_known or code in _OF_EVERY_SERVICE
    return RemoteFailure.OTHER, f"it says {code}" if is_word else "it gives no reason that is known", _WHO


_OF_EVERY_SERVICE = frozenset(
    {"InvalidAction", "InvalidParameterCombination", "InvalidParameterValue", "MissingAction", "MissingParameter"}
    | {"UnknownOperationException", "ValidationError", "ValidationException"}
)
