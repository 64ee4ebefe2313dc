"""Addresses of servers, and the proxy on the way to one: HTTPS_PROXY and NO_PROXY, as curl and the clouds' clients read them."""

import ipaddress
from binascii import b2a_base64
from collections.abc import Mapping
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple

_PORTS = {"https": 443, "http": 80}
_PROXY_PORT = 3128


class Address(NamedTuple):
    """Where a server is. Without `is_secure` it is asked over plain HTTP."""

    host: str
    port: int
    is_secure: bool


class Proxy(NamedTuple):
    """An HTTP proxy; `credentials` are what Proxy-Authorization says, if it wants any."""

    host: str
    port: int
    credentials: SecretBytes | None


def split(url: str) -> SplitResult | None:
    """A URL taken apart, if it is of a web server, in printable ASCII, with a host and no name or password in front of it.

    `urlsplit` alone drops line feeds, and a name in front of the host can make it look like another.
    """
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    is_plain = bool(host) and "@" not in parts.netloc and "%" not in parts.netloc
    return parts if parts.scheme in _PORTS and is_plain else None


def address(parts: SplitResult) -> Address:
    """The address of a URL that `split` took apart."""
    return Address(parts.hostname or "", parts.port or _PORTS[parts.scheme], parts.scheme == "https")


def is_loopback(host: str) -> bool:
    """True for this machine, where nobody stands between."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_to(server: Address, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy that a server is reached through; None for a direct way, as to this machine and for all that NO_PROXY lists.

    Raises Error for a proxy that is not spoken to over plain HTTP: CONNECT goes to it, and TLS through it.
    """
    url = environ.get("HTTPS_PROXY") or environ.get("https_proxy") or ""
    excepted = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    if not url or not server.is_secure or is_loopback(server.host) or _is_excepted(server, excepted):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme != "http" or not url.isascii() or not url.isprintable():
        # The address is not shown: a password may be in it.
        raise Error("HTTPS_PROXY is no proxy that gitseal can use", "set it to one like http://proxy.example.com:3128")
    return Proxy(host, port or _PROXY_PORT, _credentials(parts))


def _credentials(parts: SplitResult) -> SecretBytes | None:
    if parts.username is None:
        return None
    both = unquote_to_bytes(parts.username) + b":" + unquote_to_bytes(parts.password or "")
    return SecretBytes(b"Basic " + b2a_base64(both, newline=False))


def _is_excepted(server: Address, excepted: str) -> bool:
    return any(_covers(entry.strip().lower(), server) for entry in excepted.split(",") if entry.strip())


def _covers(entry: str, server: Address) -> bool:
    if entry == "*":
        return True
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        name, _, port = entry.rpartition(":") if entry.rpartition(":")[2].isdecimal() else (entry, "", "")
        name = name.removeprefix("*").removeprefix(".").strip("[]")
        is_same_port = not port or int(port) == server.port
        return is_same_port and (server.host == name or server.host.endswith(f".{name}"))
    try:
        return ipaddress.ip_address(server.host) in network
    except ValueError:
        return False
