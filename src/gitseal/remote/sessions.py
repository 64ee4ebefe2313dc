"""The way by which Google's and Azure's libraries fetch credentials: bounded, and never where somebody could read along."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from gitseal.remote.addresses import is_loopback
from gitseal.remote.calling import SECONDS
from gitseal.remote.failure import REACHES, RemoteError, RemoteFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    import requests

TOGETHER = 60.0
"""The seconds for all that a library asks until it has credentials."""

_MOST_BYTES = 1024 * 1024
_PIECE = 65536
# The machine's own server of tokens, which speaks plain HTTP and is on the machine's own network.
_METADATA = frozenset({"metadata.google.internal", "metadata"})
_NO_PROXY = {"http": None, "https": None, "all": None}


def straight(whose: str) -> "requests.Session":
    """A session, which sends what we sign in with nowhere else, never in the clear, and does not wait or read for long.

    `whose` credentials they are: how messages call it. Raises ImportError if requests is not installed.
    """
    import requests

    session = requests.Session()
    ask = session.request

    def request(method: str, url: str, **options: Any) -> "requests.Response":  # noqa: ANN401 - those of the library
        is_here = _is_on_this_machine(urlsplit(url).hostname or "")
        if url.startswith("http:") and not is_here:
            raise RemoteError(f"the address that gives tokens for {whose} is no https:// address", "use https://")
        options |= {"timeout": _limit(options.get("timeout")), "allow_redirects": False, "stream": True}
        if is_here:
            # Over plain HTTP a proxy would read along.
            options["proxies"] = _NO_PROXY
        with ask(method, url, **options) as answer:
            if answer.is_redirect:
                message = f"the server that gives tokens for {whose} sends us to another place, which gets nothing"
                raise RemoteError(message, "give the address that answers by itself", kind=RemoteFailure.ELSEWHERE)
            _read(answer, whose)
        return answer

    session.request = request  # type: ignore[method-assign, assignment] # the libraries call nothing else of it
    return session


def late(whose: str) -> RemoteError:
    """The error for credentials that did not come within TOGETHER."""
    message = f"the credentials for {whose} did not come within {TOGETHER:g} seconds"
    return RemoteError(message, REACHES, kind=RemoteFailure.NO_NETWORK)


def _limit(asked: object) -> float:
    """The longest silence: what the library asks for, which may be a pair, but never more than ours."""
    seconds = [
        one for one in (asked if isinstance(asked, tuple) else (asked,)) if isinstance(one, int | float) and one > 0
    ]
    return min([*seconds, SECONDS])


def _read(answer: "requests.Response", whose: str) -> None:
    """Reads the body, so far as one with a token in it goes."""
    body = bytearray()
    for piece in answer.iter_content(_PIECE):
        body += piece
        if len(body) > _MOST_BYTES:
            raise RemoteError(f"the server that gives tokens for {whose} sends more than a token", "run the same again")
    # Requests has no other way to read a part, and whoever asks for the content gets it from here.
    answer._content = bytes(body)  # noqa: SLF001 - see above


def _is_on_this_machine(host: str) -> bool:
    """True for this machine and the addresses that each machine of a cloud has for itself, which no proxy leads to."""
    try:
        return is_loopback(host) or host in _METADATA or ipaddress.ip_address(host).is_link_local
    except ValueError:
        return False
