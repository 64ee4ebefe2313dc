"""Why a server cannot be reached, and what helps: what passes by itself, and what somebody has to mend first."""

import errno
import http.client
import re
import socket
import ssl

from gitseal.errors import os_reason
from gitseal.records import NamedTuple
from gitseal.remote.addresses import Address, is_loopback
from gitseal.remote.failure import REACHES, RemoteFailure


class Obstacle(NamedTuple):
    """What stands between us and a server. `words` continue its name; without a hint it may be gone the next time."""

    words: str
    hint: str = ""
    kind: RemoteFailure = RemoteFailure.NO_NETWORK


class SpeaksTls(http.client.HTTPException):
    """A server that was asked over plain HTTP says that it wants TLS."""


def obstacle(error: OSError, address: Address, at: str, setting: str) -> Obstacle:
    """What an error in reaching an address means. `at` is where that is, in words; `setting` is what says the address."""
    if isinstance(error, ssl.SSLCertVerificationError):
        proves = f"does not prove that it is that host: {error.verify_message.rstrip('.')}"
        hint = _CERTIFICATES.get(error.verify_code, _AUTHORITY).format(setting=setting)
        return Obstacle(proves, hint, RemoteFailure.UNPROVEN)
    reason, hint, kind = _reason(error, address, setting)
    return Obstacle(f"cannot be reached{at}: {reason}", hint, kind)


def speaks_tls(address: Address, at: str, setting: str) -> Obstacle:
    """The obstacle of a server that takes nothing but TLS, and was asked without."""
    hint = f"give {setting} as {_url(address._replace(is_secure=True))}"
    return Obstacle(f"takes no plain HTTP{at}", hint, RemoteFailure.MISADDRESSED)


def is_tls(answer: bytes, status: int = 0) -> bool:
    """True if a server that was asked over plain HTTP answers that this is the port for TLS, in TLS or in words."""
    return answer.startswith(_ALERT) or (status == _BAD_REQUEST and _WANTS_TLS.search(answer) is not None)


_BAD_REQUEST = 400
_ALERT = b"\x15\x03"
# Go's servers (Vault among them), nginx and Apache.
_WANTS_TLS = re.compile(rb"to (?:an )?(?:HTTPS server|HTTPS port|SSL-enabled server port)")
_AUTHORITY = "if an authority of your own signed its certificate, set SSL_CERT_FILE to that authority's"
_OTHER_NAME = "give {setting} by the name that its certificate is for, or have one made for this name"
# By OpenSSL's numbers: X509_V_ERR_CERT_NOT_YET_VALID, CERT_HAS_EXPIRED, HOSTNAME_MISMATCH, IP_ADDRESS_MISMATCH.
_CERTIFICATES = {
    9: "set the clock of this machine, if it is wrong; otherwise wait until the certificate is valid",
    10: "have its certificate renewed there, or set the clock of this machine if it is wrong",
    62: _OTHER_NAME,
    64: _OTHER_NAME,
}
# What OpenSSL says if the first bytes of the answer are no TLS.
_NO_TLS = frozenset(
    {"wrong version number", "http request", "unknown protocol", "packet length too long", "record layer failure"}
)
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL})
_Reason = tuple[str, str, RemoteFailure]


def _reason(error: OSError, address: Address, setting: str) -> _Reason:
    if isinstance(error, ssl.SSLError):
        return _of_tls(error, address, setting)
    if isinstance(error, socket.gaierror):
        if error.errno == socket.EAI_AGAIN:
            return "its name cannot be looked up now", REACHES, RemoteFailure.NO_NETWORK
        hint = f"see that {setting} spells the host right, and that the network of this machine knows it"
        return "there is no host of that name", hint, RemoteFailure.MISADDRESSED
    if isinstance(error, ConnectionRefusedError):
        hint = f"see that it runs there, and that {setting} has the right host and port"
        return os_reason(error), hint, RemoteFailure.NO_NETWORK
    reason = os_reason(error) if error.strerror else "it closed the connection"
    return reason, REACHES if error.errno in _NO_WAY else "", RemoteFailure.NO_NETWORK


def _of_tls(error: ssl.SSLError, address: Address, setting: str) -> _Reason:
    reason = (error.reason or "unknown").lower().replace("_", " ")
    if reason in _NO_TLS:
        hint = f"see that {setting} has the port for TLS"
        if is_loopback(address.host):
            hint = f"if plain HTTP is spoken there, give {setting} as {_url(address._replace(is_secure=False))}"
        return "no TLS is spoken there", hint, RemoteFailure.MISADDRESSED
    words = f"its TLS does not work ({reason})"
    if "alert" in reason or "unsupported protocol" in reason:
        hint = "see why in the log of that server: it may want another version of TLS, or a certificate of ours"
        return words, hint, RemoteFailure.UNPROVEN
    # A connection that broke in between.
    return words, "", RemoteFailure.NO_NETWORK


def _url(address: Address) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{'https' if address.is_secure else 'http'}://{host}:{address.port}"
