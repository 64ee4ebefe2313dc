"""What stands before every request: the host it names, whose page it comes from, and the cookie; and the headers of answers.

docs/explanation/studio.md says what each of these keeps out.
"""

import time
from collections.abc import MutableMapping
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gitseal.studio.admission import Admission

MOST_BYTES = 12 * 1024 * 1024
_JSON = "application/json"
_ALIVE = "/alive"
OPENING = "/open"
_USED = b"used=1"
# Set in the scope of a request that came with the cookie.
KNOWN = "gitseal.known"
# `same-origin`: with no-referrer, Chromium sends `Origin: null` with a form.
_HEADERS = {
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "clipboard-read=(), camera=(), microphone=(), geolocation=()",
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
CSP = "Content-Security-Policy"


class Guard:
    """Lets through what the person's own page asks.

    `last` is when that was, by `time.monotonic`. `/alive` counts only if the page says that somebody typed or pointed meanwhile.
    """

    def __init__(self, app: ASGIApp, admission: Admission, port: int) -> None:
        self._app = app
        self._admission = admission
        self._host = admission.authority(port)
        self.last = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification, 3.0. Anything but HTTP is refused."""
        if scope["type"] != "http":
            return
        guarded = _with_headers(send)
        refusal = self._refusal(scope)
        scope[KNOWN] = refusal is None and scope["path"] != OPENING
        if refusal is not None:
            status, words = refusal
            # Whoever is refused keeps no connection: there are few, and everybody on this machine can open some.
            await PlainTextResponse(f"{words}\n", status, {"Connection": "close"})(scope, receive, guarded)
            return
        if scope["path"] not in {_ALIVE, OPENING} or (scope["path"] == _ALIVE and _USED in scope["query_string"]):
            self.last = time.monotonic()
        await self._app(scope, _limited(receive), guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the words for a request that nobody may make, None if it is in order."""
        # A name that somebody made point to 127.0.0.1 would make their page the same origin as ours.
        if _headers(scope, b"host") != [self._host]:
            return 421, "this is not the host that gitseal studio answers for"
        method = scope["method"]
        if method not in {"GET", "HEAD", "POST"}:
            return 405, "this is no way to ask"
        if scope["path"] == OPENING and method == "GET":
            return None
        if not self._admission.knows("; ".join(_headers(scope, b"cookie"))):
            return (
                403,
                "the page does not know this browser; stop it with Ctrl-C, and start it anew: gitseal studio",
            )
        return self._from_elsewhere(scope, acts=method == "POST")

    def _from_elsewhere(self, scope: Scope, *, acts: bool) -> tuple[int, str] | None:
        """The refusal of a request that another page makes the browser send."""
        site = _one(scope, b"sec-fetch-site")
        if not acts:
            return None if site in {"same-origin", "none", ""} else (403, "another page asked for this")
        if site != "same-origin" or _one(scope, b"origin") != f"http://{self._host}":
            return 403, "only the page of gitseal studio itself can do this"
        if _one(scope, b"content-type").partition(";")[0].strip() != _JSON:
            return 415, "this takes JSON"
        return None


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[tuple[bytes, bytes]] = list(message.get("headers", []))
            there = {name.lower() for name, _ in headers}
            added = {**_HEADERS, CSP: _NOTHING}
            headers += [
                (name.encode(), value.encode()) for name, value in added.items() if name.lower().encode() not in there
            ]
            message = {**message, "headers": headers}
        await send(message)

    return sent


class TooLarge(Exception):
    """The body has more bytes than any value that fits."""


def _limited(receive: Receive) -> Receive:
    count = 0

    async def received() -> MutableMapping[str, Any]:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > MOST_BYTES:
            raise TooLarge
        return message

    return received


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _one(scope: Scope, name: bytes) -> str:
    """The value of a header that is there once; two of one kind are none."""
    found = _headers(scope, name)
    return found[0] if len(found) == 1 else ""
