"""The types of the manifest, and whether a value's text is of one. No check asks the network.

They are strict if a consumer would stumble (a line feed at the end of a port), and forgiving if spellings are a matter of
taste (`yes` for a boolean, base64 with or without its padding). docs/reference/manifest.md has the table.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable

from gitseal.document.value import ValueType, checked
from gitseal.errors import Error

_LARGEST_PORT = 65535
_LONGEST_EMAIL = 254
_LONGEST_HOSTNAME = 253
# Texts, compiled by `re` when a value of the type is first checked. Possessive: linear, whatever the value.
_INTEGER = r"[+-]?[0-9]++"
_NUMBER = r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?"
_EMAIL = r"[^\s@<>(),;:\"\[\]\\]++@[^\s@<>(),;:\"\[\]\\]++"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_URL = r"([A-Za-z][A-Za-z0-9+.-]*+)://([^/?#\s]*+)([^\s]*+)"
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_PEM = r"-----(BEGIN|END) ([A-Z0-9 ]+)-----[ \t]*\r?"
_NEED_A_HOST = frozenset({"http", "https", "ws", "wss", "ftp", "ftps", "ssh", "sftp", "smtp", "smtps", "ldap", "ldaps"})
_BOOLEANS = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})


def is_of(name: str, text: str) -> bool:
    """True if a text is of the type of that name. Raises KeyError for a name that is not in manifest.TYPES."""
    return CHECKS[name](text)


def decode_base64(content: bytes) -> bytes | None:
    """Decode base64, standard or URL-safe, on one line or many, with or without its padding. None for anything else."""
    packed = b"".join(content.split())
    if b"+" not in packed and b"/" not in packed:
        packed = packed.translate(bytes.maketrans(b"-_", b"+/"))
    bare = packed.rstrip(b"=")
    missing = -len(bare) % 4
    if len(bare) % 4 == 1 or len(packed) - len(bare) not in {0, missing}:
        return None
    try:
        return a2b_base64(bare + b"=" * missing, strict_mode=True)
    except Base64Error:
        return None


def _is_port(text: str) -> bool:
    return (
        text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_PORT)) and 1 <= int(text) <= _LARGEST_PORT
    )


def _is_url(text: str) -> bool:
    """A scheme and a host. A database's scheme may have no host if a path follows (`sqlite:///app.db`)."""
    match = re.fullmatch(_URL, text)
    if match is None:
        return False
    scheme, authority, rest = match.groups()
    host = authority.rpartition("@")[2]
    if not host:
        return not authority and len(rest) > 1 and rest[0] == "/" and scheme.lower() not in _NEED_A_HOST
    name, _, port = host.rpartition(":") if re.search(r":[0-9]*\Z", host) and not host.endswith("]") else (host, "", "")
    return bool(name) and (not port or _is_port(port))


def _is_hostname(text: str) -> bool:
    labels = text.removesuffix(".").split(".")
    return len(text) <= _LONGEST_HOSTNAME and all(re.fullmatch(_LABEL, label) for label in labels)


def _is_ip(text: str) -> bool:
    import ipaddress  # 5 ms, for few values

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_json(text: str) -> bool:
    try:
        checked(ValueType.JSON, text.encode())
    except Error:
        return False
    return True


def _is_pem(text: str) -> bool:
    """One block or more on lines of their own, each closed by its own label, with base64 in it, and nothing after the last."""
    label, body, blocks = "", [], 0  # type: tuple[str, list[str], int]
    for line in text.strip().split("\n"):
        mark = re.fullmatch(_PEM, line)
        if mark is None:
            body.append(line)
        elif mark[1] == "BEGIN" and not label:
            label, body = mark[2], []
        elif mark[1] == "END" and label == mark[2] and _is_pem_body(body):
            label, body, blocks = "", [], blocks + 1
        else:
            return False
    return blocks > 0 and not label and not any(line.strip() for line in body)


def _is_pem_body(lines: list[str]) -> bool:
    """Base64, after the headers that old encrypted keys and PGP have (`Proc-Type: 4,ENCRYPTED`) and PGP's checksum."""
    content = [line for line in lines if ":" not in line and not re.fullmatch(r"=[A-Za-z0-9+/]{4}\s*", line)]
    return bool(decode_base64("\n".join(content).encode()))


CHECKS: dict[str, Callable[[str], bool]] = {
    "string": lambda _text: True,
    "integer": lambda text: re.fullmatch(_INTEGER, text) is not None,
    "number": lambda text: re.fullmatch(_NUMBER, text) is not None,
    "boolean": lambda text: text.lower() in _BOOLEANS,
    "port": _is_port,
    "url": _is_url,
    "email": lambda text: len(text) <= _LONGEST_EMAIL and re.fullmatch(_EMAIL, text) is not None,
    "hostname": _is_hostname,
    "ip": _is_ip,
    "uuid": lambda text: re.fullmatch(_UUID, text) is not None,
    "hex": lambda text: len(text) % 2 == 0 and re.fullmatch(r"[0-9a-fA-F]++", text) is not None,
    "base64": lambda text: bool(decode_base64(text.encode())),
    "json": _is_json,
    "pem": _is_pem,
}
