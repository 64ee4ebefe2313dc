"""Amazon Web Services by botocore, the core of its SDK: the client of one service, and what its refusals mean.

Credentials, profiles, roles, addresses (AWS_ENDPOINT_URL) and certificates are found as every program that uses the SDK finds
them, so the SDK reads the variables of the process itself. Nothing of it stands in a repository.

The SDK logs what it sends and receives, values and tokens among it, to whoever turned its logging on. For our calls it does not.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from gitseal.remote.aws_failure import answered, unanswered
from gitseal.remote.calling import address
from gitseal.remote.extras import missing
from gitseal.remote.failure import RemoteError, RemoteFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.session import Session

_SECONDS = 30.0
_CONNECT_SECONDS = 10.0
# Parameter Store lets an account write three parameters a second: the SDK's own pace, which adapts, gets through many of them.
_TRIES = 10
_SETTINGS = "read its settings"
_LOGGERS = frozenset({"botocore", "urllib3"})
_ABOUT = frozenset({"ResponseMetadata"})
_AGAIN = "run the same again: it reads what is there, and writes what is missing"
_LOGIN = 'eval "$(aws configure export-credentials --format env)"'


class Aws:
    """The way to AWS's services in one region: the given one, or that of AWS_REGION or the profile.

    With `tries` a request is made again if that can do no harm, with pauses between; it is given up after `seconds` of silence.
    Raises RemoteError if the SDK is not installed, or no region is named.
    """

    def __init__(
        self, environ: "Mapping[str, str]", region: str = "", *, seconds: float = _SECONDS, tries: int = _TRIES
    ) -> None:
        self._session = _session()
        self._seconds, self._tries = seconds, tries
        with _translated(_SETTINGS), _silence():
            # The SDK for Python knows AWS_DEFAULT_REGION alone; the others and AWS's own programs set AWS_REGION.
            named = self._session.get_config_variable("region") or environ.get("AWS_REGION") or ""
        self.region: str = region or named
        if not self.region:
            raise RemoteError("no region of AWS is named", "set AWS_REGION to it, like AWS_REGION=eu-central-1")

    def __repr__(self) -> str:
        return f"Aws({self.region!r})"

    def service(self, name: str) -> "AwsService":
        """The client of a service. Nothing is asked of it yet. Raises Error if its address lets others read on the way."""
        from botocore.config import Config

        retries: Any = {"mode": "adaptive", "total_max_attempts": self._tries}
        config = Config(
            connect_timeout=min(self._seconds, _CONNECT_SECONDS), read_timeout=self._seconds, retries=retries
        )
        with _translated(_SETTINGS), _silence():
            client: Any = self._session.create_client(name, region_name=self.region, config=config)
        address("AWS", client.meta.endpoint_url)
        return AwsService(client)


class AwsService:
    """One service of AWS."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - made at run time from AWS's description of it
        self._client = client

    def __repr__(self) -> str:
        return f"AwsService({self.address!r})"

    @property
    def address(self) -> str:
        """The URL that is asked."""
        return str(self._client.meta.endpoint_url)

    def ask(self, operation: str, what: str, **arguments: object) -> dict[str, Any]:
        """The answer to one operation, named as in the SDK. `what` continues "AWS did not" in messages. Raises RemoteError."""
        with _translated(what), _silence():
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        if answer.keys() <= _ABOUT and self._says_something(operation):
            # The SDK takes a page of somebody in between for an answer in which nothing stands.
            raise RemoteError(f"AWS did not {what}: its answer says nothing", _AGAIN, kind=RemoteFailure.NOT_READY)
        return answer

    def _says_something(self, operation: str) -> bool:
        """True if AWS's answers to an operation have something in them."""
        name = self._client.meta.method_to_api_mapping[operation]
        shape = self._client.meta.service_model.operation_model(name).output_shape
        return bool(shape is not None and shape.members)

    def pages(self, operation: str, what: str, **arguments: object) -> Iterator[dict[str, Any]]:
        """The answers to an operation that gives a part at a time."""
        more: dict[str, object] = {}
        while True:
            answer = self.ask(operation, what, **arguments, **more)
            yield answer
            if not answer.get("NextToken"):
                return
            more = {"NextToken": answer["NextToken"]}


def credentials(environ: "Mapping[str, str]") -> str:
    """What the SDK would sign in with, in words; empty if nothing is at hand. Nothing is called: no instance's role is found."""
    for name in _BY_VARIABLE:
        if environ.get(name):
            return name
    home = environ.get("HOME", "")
    for name, file in (("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")):
        path = environ.get(name) or (home and f"{home}/.aws/{file}")
        if path and Path(path).is_file():
            return name if environ.get(name) else f"~/.aws/{file}"
    return ""


_BY_VARIABLE = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def _session() -> "Session":
    try:
        from botocore.session import Session
    except ImportError:
        raise missing("AWS", "botocore") from None
    with _translated(_SETTINGS), _silence():
        session = Session()
        session.register_component("data_loader", _descriptions())
        resolver: Any = session.get_component("credential_provider")
        # A profile may want a code of somebody: the SDK would ask on the terminal, in the middle of a hook too.
        resolver.get_provider("assume-role")._prompter = _nobody_asks  # noqa: SLF001 - it has no other place for that
    return session


@cache
def _descriptions() -> object:
    """AWS's descriptions of its services, which take longer to read than a request takes."""
    from botocore.session import Session

    return Session().get_component("data_loader")


def _nobody_asks(_words: str) -> str:
    message = "AWS wants a code of your MFA device for this profile, and nobody is asked for it here"
    raise RemoteError(message, f"sign in for this shell: {_LOGIN}", kind=RemoteFailure.UNKNOWN_TO_IT)


_is_calling: ContextVar[bool] = ContextVar("is_calling", default=False)


class _Silence(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - a filter's signature
        return not _is_calling.get()


_SILENCE = _Silence()


@contextmanager
def _silence() -> Iterator[None]:
    """Takes what the SDK logs within the block, in this thread, away from everybody."""
    # A filter counts for one logger alone, so each of the SDK's gets it. Adding it again does nothing.
    for name in list(logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in _LOGGERS:
            logging.getLogger(name).addFilter(_SILENCE)
    token = _is_calling.set(True)
    try:
        yield
    finally:
        _is_calling.reset(token)


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Turns the SDK's errors into ours; for some it has none of its own, and raises a ValueError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise answered(what, error.operation_name, error.response) from None
    except (BotoCoreError, ValueError) as error:
        raise unanswered(what, error) from None
