"""Google Cloud: who we are to it, where its services are, and what their refusals mean.

Each service is asked a handful of things in JSON (decision 54), so nothing of Google's is loaded but google-auth, which finds the
credentials. That is left out, too, if a token stands in CLOUDSDK_AUTH_ACCESS_TOKEN, where gcloud takes one from.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import SubprocessError
from typing import Any

from gitseal.hidden import UnshownDict
from gitseal.records import NamedTuple
from gitseal.remote.calling import Patience, Response, Server, address
from gitseal.remote.calling import refused as refused_by_status
from gitseal.remote.deadline import within
from gitseal.remote.extras import missing
from gitseal.remote.failure import REACHES, RemoteError, RemoteFailure
from gitseal.remote.machine import is_googles
from gitseal.remote.programs import confined
from gitseal.remote.sessions import TOGETHER, late, straight
from gitseal.remote.shapes import mapping, mappings
from gitseal.remote.silence import silent

_TOKEN = "CLOUDSDK_AUTH_ACCESS_TOKEN"  # noqa: S105 - a variable's name
_FILE = "GOOGLE_APPLICATION_CREDENTIALS"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_WHOSE = "Google Cloud"
_LOGIN = "run: gcloud auth application-default login"


class GoogleService(NamedTuple):
    """A service: its title, its host, the variable by which gcloud, too, is told another address, and what it takes to ask it."""

    title: str
    host: str
    override: str
    right: str


SECRETS = GoogleService(
    "Secret Manager",
    "secretmanager.googleapis.com",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER",
    "the role roles/secretmanager.admin",
)
KEYS = GoogleService(
    "Cloud KMS",
    "cloudkms.googleapis.com",
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS",
    "the role roles/cloudkms.cryptoKeyDecrypter on the key",
)


def connect(
    service: GoogleService,
    environ: Mapping[str, str],
    wait: Callable[[float], object],
    patience: Patience = Patience(),  # noqa: B008 - it never changes
) -> Server:
    """A service, with the credentials of the environment. Raises RemoteError if there are none, or Google does not take them.

    google-auth finds them as all of Google's programs do: GOOGLE_APPLICATION_CREDENTIALS names a service account's key, or how a
    pipeline's OIDC token is exchanged; else those of gcloud, or the machine's own. It reads the process's variables itself.
    """
    token = environ.get(_TOKEN)
    headers = UnshownDict(
        {"Authorization": f"Bearer {token}"} if token else within(TOGETHER, _credentials, late(_WHOSE))
    )
    return Server(service.title, addressed(service, environ), headers, wait, environ=environ, patience=patience)


def addressed(service: GoogleService, environ: Mapping[str, str]) -> str:
    """The address of a service: Google's own, unless a variable names another."""
    return address(service.title, environ.get(service.override) or f"https://{service.host}").geturl().rstrip("/")


def credentials(environ: Mapping[str, str]) -> str:
    """Where the credentials are, in words; empty if there seem to be none. Nothing is called."""
    for name in (_TOKEN, _FILE):
        if environ.get(name):
            return name
    folder = environ.get("CLOUDSDK_CONFIG") or (f"{environ['HOME']}/.config/gcloud" if environ.get("HOME") else "")
    if folder and (Path(folder) / "application_default_credentials.json").is_file():
        return "gcloud's login"
    is_there = environ.get("K_SERVICE") or environ.get("CLOUD_RUN_JOB") or is_googles()
    return "this machine's service account" if is_there else ""


def refused(service: GoogleService, what: str, answer: Response) -> RemoteError:
    """The error for an answer that means nothing else to the caller. Nothing of the answer gets into it but known words."""
    if has_reason(answer, "SERVICE_DISABLED"):
        message = f"{service.title} did not {what}: it is not turned on in that project"
        return RemoteError(message, f"run: gcloud services enable {service.host}", kind=RemoteFailure.DISABLED)
    error = refused_by_status(service.title, what, answer.status)
    hint = {401: _LOGIN, 403: f"give these credentials {service.right}"}.get(answer.status, error.hint)
    return RemoteError(error.message, hint, kind=error.kind)


_UNKNOWN = RemoteFailure.UNKNOWN_TO_IT


def status_of(answer: Response) -> str:
    """The canonical code of an error, such as FAILED_PRECONDITION (AIP-193); empty if there is none."""
    return str(mapping(mapping(answer.content).get("error")).get("status", ""))


def has_reason(answer: Response, reason: str) -> bool:
    """True if an error's details give this reason, or name a precondition of this type (AIP-193, google.rpc)."""
    details = mappings(mapping(mapping(answer.content).get("error")).get("details"))
    reasons = [detail.get("reason") for detail in details]
    types = [violation.get("type") for detail in details for violation in mappings(detail.get("violations"))]
    return reason in {*reasons, *types}


def escaped(text: str) -> str:
    """A text as it stands in a query."""
    from urllib.parse import quote

    return quote(text, safe="")


def crc32c(content: bytes) -> int:
    """The checksum that Google sends and takes beside bytes: CRC-32 with Castagnoli's polynomial (RFC 3720, appendix B.4)."""
    if not _TABLE:
        _TABLE.extend(map(_entry, range(256)))
    value = 0xFFFFFFFF
    for byte in content:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


_TABLE: list[int] = []
_CASTAGNOLI = 0x82F63B78


def _entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (_CASTAGNOLI if value & 1 else 0)
    return value


def _credentials() -> dict[str, str]:
    """The headers that say who we are: a token, and the project that pays, if the credentials name one."""
    import warnings

    try:
        import google.auth.credentials
        import google.auth.exceptions
        import google.auth.pluggable  # it starts a program, and would be loaded only then
        from google.auth.transport.requests import Request
    except ImportError:
        raise missing("Google Cloud", "google-auth[requests]", extra="gcp") from None
    headers: dict[str, str] = UnshownDict()
    try:
        with warnings.catch_warnings(), silent("google", "requests", "urllib3"), confined("google.auth"):
            warnings.simplefilter("ignore")
            # With the scope at once it would ask which project that is, by a service that need not be turned on.
            found, _project = google.auth.default()
            scoped: Any = google.auth.credentials.with_scopes_if_required  # it has no types
            found = scoped(found, [_SCOPE])
            with straight(_WHOSE) as session:
                found.refresh(Request(session))
            found.apply(headers)
    except google.auth.exceptions.TransportError:
        message = "the server that gives tokens for Google Cloud cannot be reached"
        raise RemoteError(message, REACHES, kind=RemoteFailure.NO_NETWORK) from None
    except google.auth.exceptions.DefaultCredentialsError:
        raise RemoteError("there are no credentials for Google Cloud here", _LOGIN, kind=_UNKNOWN) from None
    except (google.auth.exceptions.RefreshError, google.auth.exceptions.OAuthError) as error:
        raise _not_taken(str(error), may_pass=error.retryable) from None
    except (
        google.auth.exceptions.GoogleAuthError,
        ValueError,
        TypeError,
        OSError,
        SubprocessError,
    ):  # a program that prints nothing, or does not end
        raise RemoteError("the credentials for Google Cloud cannot be read", _LOGIN, kind=_UNKNOWN) from None
    return headers


def _not_taken(told: str, *, may_pass: bool) -> RemoteError:
    """The error for credentials that were refused. What the library told is looked at and never shown."""
    if may_pass:
        message = "the server that gives tokens for Google Cloud is not ready"
        return RemoteError(message, "run the same again", kind=RemoteFailure.NOT_READY)
    if "iat and exp" in told or "token is not yet valid" in told.lower():
        message = "Google Cloud does not take the credentials: this machine's clock is wrong"
        return RemoteError(message, "set the clock", kind=RemoteFailure.CLOCK)
    return RemoteError("Google Cloud does not take the credentials: they are no longer valid", _LOGIN, kind=_UNKNOWN)
