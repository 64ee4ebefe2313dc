"""Amazon Web Services by botocore, the core of its SDK: the client of one service, and what its refusals mean.

Credentials, profiles, roles, addresses (AWS_ENDPOINT_URL) and certificates are found as every program that uses the SDK finds
them, so the SDK reads the variables of the process itself. Nothing of it stands in a repository.

The SDK logs what it sends and receives, values and tokens among it, to whoever turned its logging on. Our calls are silent.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from gitseal.remote import aws_session
from gitseal.remote.aws_failure import answered, unanswered
from gitseal.remote.calling import SPANS, Patience, pauses
from gitseal.remote.deadline import within
from gitseal.remote.extras import missing
from gitseal.remote.failure import AGAIN, NotSent, RemoteError, RemoteFailure
from gitseal.remote.listing import bounded
from gitseal.remote.machine import is_amazons
from gitseal.remote.silence import silent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.session import Session

_CONNECT_SECONDS = 10.0
# It may go well in a moment. What was throttled was not done; whatever else failed may have been.
_AGAIN_IF_READ = frozenset({RemoteFailure.THROTTLED, RemoteFailure.NO_NETWORK, RemoteFailure.NOT_READY})
_AGAIN_IF_WRITTEN = frozenset({RemoteFailure.THROTTLED})
_SETTINGS = "read its settings"
_LOGGERS = ("botocore", "urllib3")


class Aws:
    """The way to AWS's services in one region: the given one, or that of AWS_REGION or the profile.

    `wait` waits for seconds. Raises RemoteError if the SDK is not installed, or no region is named.
    """

    def __init__(
        self,
        environ: "Mapping[str, str]",
        region: str,
        wait: "Callable[[float], object]",
        patience: Patience = Patience(),  # noqa: B008 - it never changes
    ) -> None:
        self._session = _session()
        self._wait, self._patience = wait, patience
        with _translated(_SETTINGS), silent(*_LOGGERS):
            # The SDK for Python knows AWS_DEFAULT_REGION alone; the others and AWS's own programs set AWS_REGION.
            named = self._session.get_config_variable("region") or environ.get("AWS_REGION") or ""
            self.region: str = region or named
            # Where a role is asked for, too.
            self._session.set_config_variable("region", self.region)
        if not self.region:
            raise RemoteError("no region of AWS is named", "set AWS_REGION to it, like AWS_REGION=eu-central-1")

    def __repr__(self) -> str:
        return f"Aws({self.region!r})"

    def service(self, name: str) -> "AwsService":
        """The client of a service. Nothing is asked of it yet. Raises Error if its address lets others read on the way."""
        return AwsService(self._client(name), self._wait, self._patience)

    def elsewhere(self, name: str) -> str:
        """The URL of a service, if it is asked at another than the SDK's own for it in this region; else empty.

        Others can have names below AWS's domains, too. Raises Error as `service`.
        """
        asked, own = (self._client(name, ignore_configured_endpoint_urls=ignores) for ignores in (False, True))
        return "" if asked.meta.endpoint_url == own.meta.endpoint_url else str(asked.meta.endpoint_url)

    def account(self) -> str:
        """The number of the account that we are signed in to. Everybody who is signed in gets it. Raises RemoteError."""
        sts = self.service("sts")
        try:
            account = str(sts.read("get_caller_identity", "tell which account this is")["Account"])
        except RemoteError as error:
            if error.kind is not RemoteFailure.NO_NETWORK:
                raise
            message = f"AWS did not tell which account this is: {error.message}"
            raise RemoteError(message, error.hint, kind=error.kind) from None
        if not re.fullmatch(r"[0-9]{12}", account, re.ASCII):
            raise RemoteError("AWS did not tell which account this is: its answer has no number of one", AGAIN)
        return account

    def _client(self, name: str, **settings: Any) -> Any:  # noqa: ANN401 - made at run time
        from botocore.config import Config

        seconds = self._patience.seconds
        # Its own tries would repeat what may be done, and wait without a word.
        once: Any = {"mode": "standard", "total_max_attempts": 1}
        connect = min(seconds, _CONNECT_SECONDS)
        config = Config(connect_timeout=connect, read_timeout=seconds, retries=once, **settings)
        with _translated(_SETTINGS), silent(*_LOGGERS):
            return self._session.create_client(name, region_name=self.region, config=config)


class AwsService:
    """One service of AWS."""

    def __init__(self, client: Any, wait: "Callable[[float], object]", patience: Patience) -> None:  # noqa: ANN401 - made at run time
        self._client = client
        self._wait = wait
        self._seconds, self._tries = patience

    def __repr__(self) -> str:
        return f"AwsService({self.address!r})"

    @property
    def address(self) -> str:
        """The URL that is asked."""
        return str(self._client.meta.endpoint_url)

    def read(self, operation: str, what: str, **arguments: object) -> dict[str, Any]:
        """The answer to an operation that changes nothing, named as in the SDK: it is tried again after a failure in passing.

        `what` continues "AWS did not" in messages. Raises RemoteError.
        """
        return self._tried(operation, what, arguments, _AGAIN_IF_READ)

    def write(self, operation: str, what: str, **arguments: object) -> dict[str, Any]:
        """The answer to an operation that changes something. It is tried again only if nothing was done.

        Raises NotSent if AWS got nothing of it, and RemoteError otherwise; then it may be done.
        """
        return self._tried(operation, what, arguments, _AGAIN_IF_WRITTEN)

    def _tried(
        self, operation: str, what: str, arguments: "Mapping[str, object]", passing: frozenset[RemoteFailure]
    ) -> dict[str, Any]:
        seconds = SPANS * self._seconds
        end = time.monotonic() + seconds
        for pause in pauses(self._tries):
            try:
                # The SDK may ask others first, for credentials.
                late = RemoteError(f"AWS took longer than {seconds:g} seconds", AGAIN, kind=RemoteFailure.NO_NETWORK)
                return within(seconds, partial(self._once, operation, what, arguments), late)
            except RemoteError as failure:
                may_repeat = failure.kind in passing or isinstance(failure, NotSent)
                if pause is None or not may_repeat or time.monotonic() > end:
                    raise
                self._wait(pause)
        raise AssertionError  # the last try returns or raises

    def _once(self, operation: str, what: str, arguments: "Mapping[str, object]") -> dict[str, Any]:
        try:
            with _translated(what), silent(*_LOGGERS):
                answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except RemoteError as error:
            if error.kind is not RemoteFailure.NO_NETWORK:
                raise
            # Mostly it is the wrong one: a region that is none, an endpoint of another day.
            raise type(error)(f"{error.message}: {self.address}", error.hint, kind=error.kind) from None
        if _ALWAYS[operation] not in answer:
            # The SDK takes a page of somebody in between, or half an answer, for one in which nothing stands.
            raise RemoteError(f"AWS gave no whole answer to: {what}", AGAIN, kind=RemoteFailure.NOT_READY)
        return answer

    def items(self, operation: str, what: str, **arguments: object) -> Iterator[dict[str, Any]]:
        """All that an operation lists, a part at a time. Raises RemoteError."""
        return bounded("AWS", self._pages(operation, what, arguments))

    def _pages(self, operation: str, what: str, arguments: "Mapping[str, object]") -> Iterator[list[dict[str, Any]]]:
        more: dict[str, object] = {}
        while True:
            answer = self.read(operation, what, **arguments, **more)
            yield answer[_ALWAYS[operation]]
            if not answer.get("NextToken"):
                return
            more = {"NextToken": answer["NextToken"]}


def credentials(environ: "Mapping[str, str]") -> str:
    """What the SDK would sign in with, in words; empty if nothing is at hand. Nothing is called."""
    for name in _BY_VARIABLE:
        if environ.get(name):
            return name
    home = environ.get("HOME", "")
    for name, file in (("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config")):
        path = environ.get(name) or (home and f"{home}/.aws/{file}")
        if path and Path(path).is_file():
            return name if environ.get(name) else f"~/.aws/{file}"
    is_there = is_amazons() and environ.get("AWS_EC2_METADATA_DISABLED", "").lower() != "true"
    return "the role of this machine" if is_there else ""


# The operations, and what AWS's answer to each always has.
_ALWAYS = {
    "create_secret": "VersionId",
    "batch_get_secret_value": "SecretValues",
    "decrypt": "Plaintext",
    "delete_parameters": "DeletedParameters",
    "delete_secret": "Name",
    "describe_parameters": "Parameters",
    "describe_secret": "Name",
    "get_caller_identity": "Account",
    "get_parameter": "Parameter",
    "get_parameters_by_path": "Parameters",
    "get_public_key": "PublicKey",
    "get_secret_value": "VersionId",
    "list_secrets": "SecretList",
    "put_parameter": "Version",
    "put_secret_value": "VersionId",
    "restore_secret": "Name",
    "update_secret": "VersionId",
    "update_secret_version_stage": "Name",
}

_BY_VARIABLE = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def _session() -> "Session":
    try:
        with _translated(_SETTINGS), silent(*_LOGGERS):
            return aws_session.new()
    except ImportError:
        raise missing("AWS", "botocore", extra="aws") from None


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Turns the SDK's errors into ours. For some it has none of its own: a ValueError, or a failure to read the answer."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        # The SDK has a class of its own for each code in a service's description.
        is_known = type(error) is not ClientError
        raise answered(what, error.operation_name, error.response, is_known=is_known) from None
    except (BotoCoreError, ResponseParserError, OSError, ValueError, LookupError) as error:
        raise unanswered(what, error) from None
