"""botocore's session as we have it: silent about whom it asks, bounded in what it reads, and with no proxy to this machine."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

from gitseal.remote import programs
from gitseal.remote.addresses import is_loopback
from gitseal.remote.calling import address
from gitseal.remote.failure import AGAIN, RemoteError, RemoteFailure
from gitseal.remote.silence import silent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.session import Session

_LOGIN = 'eval "$(aws configure export-credentials --format env)"'
# All answers of one service to one command.
_MOST_BYTES = 256 * 1024 * 1024
_PIECE = 65536


def new() -> "Session":
    """A session. Raises ImportError if the SDK is not installed, and what the SDK does for settings that it cannot read."""
    from botocore.httpsession import URLLib3Session
    from botocore.session import Session

    session = Session()
    session.register_component("data_loader", _descriptions())
    resolver: Any = session.get_component("credential_provider")
    roles, process = resolver.get_provider("assume-role"), resolver.get_provider("custom-process")
    # The SDK has no other place for these than its own attributes. A profile may want a code of somebody: it would ask on the
    # terminal, in the middle of a hook too. And the program of a profile would inherit our identities, and start where we are.
    roles._prompter = _nobody_asks  # noqa: SLF001 - see above
    process._popen = programs.start  # noqa: SLF001 - see above
    sources = roles._profile_provider_builder  # noqa: SLF001 - see above
    sources._create_process_provider = lambda profile: type(process)(profile, process._load_config, programs.start)  # noqa: SLF001
    # The machine's own server of credentials is asked over plain HTTP: a proxy would read along.
    machine = resolver.get_provider("iam-role")._role_fetcher  # noqa: SLF001 - see above
    machine._session = URLLib3Session(timeout=machine._timeout)  # noqa: SLF001 - see above
    session.create_client = partial(_straight, session.create_client)  # type: ignore[method-assign]
    return session


def profiles(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The settings of the chosen profile and of those that it takes its credentials from, as the SDK itself reads them.

    Nothing is started and nobody asked. Empty if the SDK is not installed, or cannot read them: then it uses none either.
    """
    try:
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session
    except ImportError:
        return
    home = environ.get("HOME", "~")
    session = Session()
    for variable, name, at_home in _SETTINGS:
        session.set_config_variable(variable, environ.get(name) or f"{home}/{at_home}")
    # In this order the SDK for Python reads them.
    profile = environ.get("AWS_DEFAULT_PROFILE") or environ.get("AWS_PROFILE") or "default"
    try:
        with silent("botocore"):
            all_profiles: dict[str, Any] = session.full_config["profiles"]
    except (BotoCoreError, OSError, ValueError):
        return
    seen: set[str] = set()
    while profile in all_profiles and profile not in seen:
        seen.add(profile)
        # What stands indented below a name is a section of its own.
        settings = {name: text for name, text in all_profiles[profile].items() if isinstance(text, str)}
        yield settings
        profile = settings.get("source_profile", "")


_SETTINGS = (
    ("config_file", "AWS_CONFIG_FILE", ".aws/config"),
    ("credentials_file", "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
)


def _straight(create: Callable[..., Any], name: str, **how: Any) -> Any:  # noqa: ANN401 - made at run time
    """A client, which gives a server on this machine nothing by way of a proxy: over plain HTTP that one would read along.

    Those that the SDK makes on its way to credentials come from here, too. Raises Error for plain HTTP to other machines.
    """
    from botocore.config import Config

    client = create(name, **how)
    if is_loopback(address("AWS", client.meta.endpoint_url).hostname or ""):
        config = (how.get("config") or Config()).merge(Config(proxies={}))
        client = create(name, **how | {"config": config})
    # The SDK would read for as long as somebody sends.
    client._endpoint.http_session = _Bounded(client._endpoint.http_session)  # noqa: SLF001 - it has no other place for it
    return client


class _Bounded:
    """The SDK's own way to send, with an end to what is read."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - the SDK's
        self._session = session
        self._left = _MOST_BYTES

    def close(self) -> None:
        """Ends its connections."""
        self._session.close()

    def send(self, request: "AWSPreparedRequest") -> "AWSResponse":
        """The answer, read to its end."""
        from botocore.exceptions import ConnectionClosedError
        from urllib3.exceptions import HTTPError

        request.stream_output = True
        answer: Any = self._session.send(request)
        content = bytearray()
        try:
            for piece in answer.raw.stream(_PIECE):
                content += piece
                self._left -= len(piece)
                if self._left < 0:
                    answer.raw.close()
                    raise RemoteError(f"AWS sends more than {_MOST_BYTES // 1024**2} MiB", AGAIN)
        except HTTPError as error:
            raise ConnectionClosedError(endpoint_url=request.url, request=request, error=error) from None
        answer._content = bytes(content)  # noqa: SLF001 - its own way to read has no end
        return answer  # type: ignore[no-any-return] # see above


@cache
def _descriptions() -> object:
    """AWS's descriptions of its services, which take longer to read than a request takes."""
    from botocore.session import Session

    return Session().get_component("data_loader")


def _nobody_asks(_words: str) -> str:
    message = "AWS wants a code of your MFA device for this profile, and nobody is asked for it here"
    raise RemoteError(message, f"sign in for this shell: {_LOGIN}", kind=RemoteFailure.UNKNOWN_TO_IT)
