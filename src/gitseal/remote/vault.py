"""Vault and OpenBao: where the server is, and the token, as their own clients find both."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from gitseal.errors import Error
from gitseal.hidden import UnshownDict
from gitseal.remote.calling import SECONDS, TRIES, Patience, Server, address
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.tls import Tls

_DURATION = re.compile(r"([0-9]{1,6})(ms|s|m)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_ADDRESSES, _TOKENS = ("VAULT_ADDR", "BAO_ADDR"), ("VAULT_TOKEN", "BAO_TOKEN")
_LOGIN = ".vault-token"  # where `vault login` keeps the token


def addressed(environ: Mapping[str, str]) -> tuple[str, str]:
    """The server's address, and the namespace there, which may be empty. Raises RemoteError if there is no address."""
    url = _first(environ, *_ADDRESSES)
    if not url:
        hint = "set VAULT_ADDR to it, like https://vault.example.com:8200"
        raise RemoteError("no address of Vault is set", hint, kind=RemoteFailure.UNKNOWN_TO_IT)
    return address("Vault", url).geturl().rstrip("/"), _first(environ, "VAULT_NAMESPACE", "BAO_NAMESPACE")


def connect(
    environ: Mapping[str, str], wait: Callable[[float], object], *, seconds: float | None = None, tries: int = TRIES
) -> Server:
    """The server that VAULT_ADDR names, with the token of VAULT_TOKEN or of its client's file; OpenBao's names count too.

    Without `seconds`, VAULT_CLIENT_TIMEOUT says how long a request may take.
    """
    url, namespace = addressed(environ)
    token = _first(environ, *_TOKENS) or _of_file(environ)
    if not token:
        hint = f"set VAULT_TOKEN, or run: {tool(environ)} login"
        raise RemoteError("no token for Vault is set", hint, kind=RemoteFailure.UNKNOWN_TO_IT)
    headers = UnshownDict({"X-Vault-Token": token, "X-Vault-Request": "true"})
    if namespace:
        headers["X-Vault-Namespace"] = namespace
    tls = Tls(_first(environ, "VAULT_CACERT", "BAO_CACERT"))
    if seconds is None:
        seconds = _seconds(_first(environ, "VAULT_CLIENT_TIMEOUT", "BAO_CLIENT_TIMEOUT"))
    server = Server("Vault", url, headers, wait, environ=environ, tls=tls, patience=Patience(seconds, tries))
    return server.told_by(_setting(environ, *_ADDRESSES))


def tool(environ: Mapping[str, str]) -> str:
    """The client that a person has here, for hints: `bao` if the variables are OpenBao's, or if that one alone is installed."""
    import shutil

    is_baos = bool(environ.get("BAO_ADDR")) and not environ.get("VAULT_ADDR")
    path = environ.get("PATH", "")
    return "bao" if is_baos or (shutil.which("bao", path=path) and not shutil.which("vault", path=path)) else "vault"


def credentials(environ: Mapping[str, str]) -> str:
    """Where the token is, in words; empty if no address or no token is set. Nothing is called."""
    if not _first(environ, *_ADDRESSES):
        return ""
    return _setting(environ, *_TOKENS) or (f"~/{_LOGIN}" if _of_file(environ) else "")


def _first(environ: Mapping[str, str], *names: str) -> str:
    return environ.get(_setting(environ, *names), "")


def _setting(environ: Mapping[str, str], *names: str) -> str:
    """The first of these variables that is set; empty if none is."""
    return next(filter(environ.get, names), "")


def _seconds(text: str) -> float:
    """A time limit as Vault's client takes it: a number of seconds, or one with its unit."""
    if not text:
        return SECONDS
    parts = _DURATION.fullmatch(text)
    seconds = float(parts[1]) * _UNITS[parts[2] or "s"] if parts is not None else 0.0
    if not seconds:
        raise Error("VAULT_CLIENT_TIMEOUT is no time", "set it to one, like 30s")
    return seconds


def _of_file(environ: Mapping[str, str]) -> str:
    home = environ.get("HOME")
    try:
        return (Path(home) / _LOGIN).read_text(encoding="ascii").strip() if home else ""
    except (OSError, ValueError):
        return ""
