"""Who may see the page: whoever opened its address first.

The address holds a token for one use. It becomes a cookie of a host name that was never used before, because cookies ignore
ports: another server on 127.0.0.1 would be sent the cookie of that name.
"""

import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

_COOKIE = "gitseal"
_RANDOM = 16  # bytes: 128 bits
_HTTP = 80


class Admission:
    """The token and the cookie of one run. `is_over`: the token came a second time, so somebody else may have it."""

    def __init__(self) -> None:
        # A label of a host name: letters and digits, whatever their case.
        self.host = f"g{secrets.token_hex(_RANDOM)}.localhost"
        self.is_over = False
        self._token = secrets.token_urlsafe(_RANDOM * 2)
        self._key = secrets.token_urlsafe(_RANDOM * 2)
        self._is_used = False
        # It stands in each page, and proves to the page who answers: the port may be another's by then.
        self._proof = secrets.token_bytes(_RANDOM * 2)

    def __repr__(self) -> str:
        return "Admission(…)"

    def authority(self, port: int) -> str:
        """The host and port as a browser names them: it leaves out the usual port."""
        return self.host if port == _HTTP else f"{self.host}:{port}"

    def address(self, port: int) -> str:
        """The address that lets in, once."""
        return f"http://{self.authority(port)}/open?token={self._token}"

    @property
    def proof_key(self) -> str:
        """The key of `proof` in hex digits, for a page to check it."""
        return self._proof.hex()

    def proof(self, nonce: str) -> str:
        """HMAC-SHA256 of a page's nonce, in hex digits: only who served the page can make it."""
        return hmac.digest(self._proof, nonce.encode(), "sha256").hex()

    def admit(self, token: str) -> str | None:
        """The cookie to set for a token, or None if it is not the one. A second time ends everything."""
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return None
        if self._is_used:
            self.is_over = True
            return None
        self._is_used = True
        return f"{_COOKIE}={self._key}; HttpOnly; SameSite=Strict; Path=/"

    def knows(self, cookies: str) -> bool:
        """True if a request's Cookie header holds the cookie."""
        try:
            morsel = SimpleCookie(cookies).get(_COOKIE)
        except CookieError:
            return False
        value = morsel.value if morsel is not None else ""
        return not self.is_over and self._is_used and hmac.compare_digest(value.encode(), self._key.encode())
