"""The one list of the spellings in which a text stands in files and output: what programs write if they are given it.

The hook, `scan`, the filter of the team's values and the redaction of `run` look for all of them. Whoever knows one more way to
write a value adds it to `escape_tables`, or here. Each is the text alone, without the quotes around it.
tests/scan/test_spellings.py compares the list with the programs themselves, and with every dialect of `render`.
"""

import re
from binascii import b2a_base64, hexlify
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote

from gitseal.scan.escape_tables import (
    C0,
    CODE_POINTS,
    COMMON,
    JSON_SIGNS,
    LOWER,
    PYTHON_DOTENV,
    SHORT,
    TABLES,
    EscapeTable,
)
from gitseal.scan.inner_base64 import inner_base64

# What every writer of text leaves as it is.
_VERBATIM = re.compile(rb"[A-Za-z0-9_]*")
_VERBATIM_RUN = re.compile(rb"[A-Za-z0-9_]+")
# What may be a percent sign's digits is written in both cases.
_PERCENT_DIGITS = re.compile(rb"%[^%]{0,2}")
# A longer text is a document rather than a password: it is looked for as the most common writers write it, and its lines and
# parts as all of them do. All spellings of a large text would fill an automaton that takes seconds to make.
_LONGEST = 1024


def spellings(content: bytes) -> dict[bytes, None]:
    """Every spelling once, the content itself first; of a text above 1 KiB the most common ones."""
    return encoded(content) | dict.fromkeys(escaped(content))


def encoded(content: bytes) -> dict[bytes, None]:
    """The content itself, and its spellings that share no text with it: base64 and hex."""
    return dict.fromkeys((content, *_base64(content), *_hex(content)))


def escaped(content: bytes) -> Iterator[bytes]:
    """The spellings that change some of its characters, some of them more than once."""
    if not _VERBATIM.fullmatch(content):
        is_long = len(content) > _LONGEST
        yield from _percent(content, _PERCENT_SAFE[:1] if is_long else _PERCENT_SAFE)
        yield from _as_text(content, _COMMON if is_long else _WRITERS)


def verbatim_runs(content: bytes) -> list[bytes]:
    """The runs of characters that no spelling in `escaped` changes: each stands in all of these, and in the content."""
    return _VERBATIM_RUN.findall(_PERCENT_DIGITS.sub(b"%", content))


def verbatim_beginning(content: bytes) -> bytes:
    """What all these spellings begin with, and the content; it may be empty."""
    start = _VERBATIM.match(content)
    return start[0] if start else b""


def _base64(content: bytes) -> Iterator[bytes]:
    """Alone, and inside of something longer: there it begins at one of three places of a group of digits."""
    whole = b2a_base64(content, newline=False)
    yield whole
    yield whole.translate(_URL_SAFE)
    for inside in (content, *_in_json(content)):
        for inner in inner_base64(inside):
            yield inner
            yield inner.translate(_URL_SAFE)


def _in_json(content: bytes) -> Iterator[bytes]:
    """As the two most common writers of JSON have it, if that differs: a document of Kubernetes is often base64 of JSON."""
    if _VERBATIM.fullmatch(content) or len(content) > _LONGEST:
        return
    text = _decoded(content)
    if text is not None:
        for written in _by_table(text, TABLES[0].escaped, TABLES[0].unicode):
            if written != text:
                yield written.encode("utf-8", "surrogatepass")


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _hex(content: bytes) -> Iterator[bytes]:
    digits = hexlify(content)
    yield digits
    yield digits.upper()


# Which signs stay beside letters, digits, `_`, `.` and `-`, by whose way to encode URLs. A tilde stays for some of each.
_PERCENT_SAFE = (
    b"",  # RFC 3986's strictest, Python's `quote(safe="")`, PHP's rawurlencode, Go's QueryEscape
    b"/",  # Python's `quote`
    b"*",  # forms (WHATWG URL, 5.2): URLSearchParams, Java's URLEncoder, Ruby's encode_www_form
    b"!'()*",  # JavaScript's encodeURIComponent
    b"!'()*;/?:@&=+$,#",  # JavaScript's encodeURI
    b"!$&'()*+,%",  # WHATWG URL's user and password, by the URL class of browsers and Node
    b"$&+,;=",  # Go's net/url, user and password
    b"$&+=:@",  # Go's PathEscape
    b"!$&'()*+,;=:@",  # RFC 3986's segments of a path
    b"!$&'()*+,;=:@/?",  # RFC 3986's queries
)


def _percent(content: bytes, safe_signs: Sequence[bytes]) -> Iterator[bytes]:
    signs = set(content)
    # By what stays of the signs that are there, so that no two of them write the same.
    for safe in {bytes(signs.intersection(safe)) for safe in safe_signs}:
        quoted = quote(content, safe=safe).encode()
        for tilde in {quoted, quoted.replace(b"~", b"%7E")}:
            yield from _both_cases(tilde)
            if b"%20" in tilde:
                yield from _both_cases(tilde.replace(b"%20", b"+"))


def _both_cases(quoted: bytes) -> Iterator[bytes]:
    """With %2F and with %2f."""
    yield quoted
    first, *rest = quoted.split(b"%")
    yield b"%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


Writer = Callable[[str], Iterator[str]]


def _as_text(content: bytes, writers: Sequence[Writer]) -> Iterator[bytes]:
    text = _decoded(content)
    if text is None:
        yield repr(content)[2:-1].encode()
        return
    for write in writers:
        for written in write(text):
            yield written.encode("utf-8", "surrogatepass")


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


_NOT_ASCII = re.compile(r"[^\x00-\x7e]")  # nor DEL, which most write like them


def _by_tables(text: str) -> Iterator[str]:
    return _by(text, len(TABLES))


def _by_common_tables(text: str) -> Iterator[str]:
    return _by(text, COMMON)


def _by(text: str, first: int) -> Iterator[str]:
    """The text by each of the first tables that differ in the characters that it has."""
    is_ascii = _NOT_ASCII.search(text) is None
    for table in _differing(frozenset(sign for sign in set(text) if not sign.isalnum()), is_ascii, first):
        unicode = "" if is_ascii else table.unicode
        written = _by_table(text, table.escaped, unicode)
        yield from written
        if table.nests:
            yield from (twice for once in written for twice in _by_table(once, table.escaped, unicode))


# The addresses of a team have the same signs.
@lru_cache(maxsize=64)
def _differing(signs: frozenset[str], is_ascii: bool, first: int) -> Sequence[EscapeTable]:  # noqa: FBT001 - a key of the cache
    def key(table: EscapeTable) -> tuple[object, ...]:
        return *map(table.escaped.get, signs), table.nests and table.escaped["\\"], is_ascii or table.unicode

    return tuple({key(table): table for table in TABLES[:first]}.values())


def _by_table(text: str, escaped: Mapping[str, str], unicode: str = "") -> list[str]:
    written = text.translate({ord(sign): escaped[sign] for sign in set(text).intersection(escaped)})
    return [written, _NOT_ASCII.sub(lambda match: _units(match[0], unicode), written)] if unicode else [written]


def _units(sign: str, template: str) -> str:
    """A character by its number, or by those of its surrogate pair if the template is for units of UTF-16."""
    if template.startswith("&"):
        return template % ord(sign)
    pair = sign.encode("utf-16-be", "surrogatepass").hex()
    return "".join(template % int(pair[at : at + 4], 16) for at in range(0, len(pair), 4))


def _reprs(text: str) -> Iterator[str]:
    """Python's, with the quotes of either kind escaped, if the tables have not written it already."""
    if text.isprintable() and text.isascii():
        return
    for written in (repr(text)[1:-1], ascii(text)[1:-1], repr(text.encode("utf-8", "surrogatepass"))[2:-1]):
        yield written
        if "'" in text or '"' in text:
            yield re.sub(r"(?<!\\)'", "\\\\'", written)
            yield re.sub(r'(?<!\\)"', '\\\\"', written)


def _ansi_c(text: str) -> Iterator[str]:
    r"""The inside of `$'...'` by bash and zsh, if there is anything that needs it: `\E`, octal numbers."""
    if text.isprintable() and text.isascii() and "'" not in text and "\\" not in text:
        return
    written = text.translate(_ANSI_C)
    yield written
    yield written.replace("!", "\\!")
    yield "".join(sign if sign.isascii() else "".join(f"\\{byte:03o}" for byte in sign.encode()) for sign in written)


_ANSI_C = str.maketrans(
    {sign: f"\\{ord(sign):03o}" for sign in (*C0, "\x7f")}
    | SHORT
    | {"\a": "\\a", "\v": "\\v", "\x1b": "\\E", "\\": "\\\\", "'": "\\'"}
)


# Characters that nobody sees, or that turn text around: YAML and TOML that are careful escape these alone.
_UNSEEN = re.compile("[\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


def _careful(text: str) -> Iterator[str]:
    if _UNSEEN.search(text):
        for escaped in (_CAREFUL, _CAREFUL_SHORT):
            written = text.translate(escaped)
            yield _UNSEEN.sub(lambda match: _units(match[0], LOWER), written)
            yield _UNSEEN.sub(_as_byte, written)


def _as_byte(match: re.Match[str]) -> str:
    return _BYTE % ord(match[0]) if match[0] < "\u0100" else _units(match[0], LOWER)


_BYTE = "\\x%02x"
_CAREFUL = str.maketrans({sign: LOWER % ord(sign) for sign in C0} | SHORT | JSON_SIGNS)
_CAREFUL_SHORT = str.maketrans(
    {sign: _BYTE % ord(sign) for sign in C0} | {"\n": "\\n", "\r": "\\r", "\t": "\\t"} | JSON_SIGNS
)


def _by_code_point(text: str) -> Iterator[str]:
    """What is not ASCII by one number each, also where JSON needs a pair; control characters by two digits."""
    if text.isascii() and text.isprintable():
        return
    for table in CODE_POINTS:
        written = text.translate(table.escaped)
        yield "".join(table.of(sign) if _NOT_ASCII.match(sign) else sign for sign in written)


def _line_ends(text: str) -> Iterator[str]:
    """By Windows."""
    if "\n" in text and "\r\n" not in text:
        yield text.replace("\n", "\r\n")


def _powershell(text: str) -> Iterator[str]:
    """Double quotes of PowerShell, in ASCII: `[char]` stands for what is neither that nor has a letter."""
    if "`" not in text and "$" not in text and '"' not in text and text.isprintable() and text.isascii():
        return
    written = text.translate(_BACKTICKS)
    yield written
    if not written.isascii() or not written.isprintable():
        yield re.sub(r"[^ -~]", lambda match: _units(match[0], "$([char]0x%04x)"), written)


_BACKTICKS = str.maketrans({"`": "``", '"': '`"', "$": "`$", "\n": "`n", "\r": "`r", "\t": "`t"})


def _dollars(text: str) -> Iterator[str]:
    """Before a brace alone: Terraform's, and ours for python-dotenv, which knows no escape but an empty variable's default."""
    if "${" in text:
        yield text.replace("${", "$${")
        yield _by_table(text.replace("${", "${:-$}{"), PYTHON_DOTENV.escaped)[0]


_COMMON: tuple[Writer, ...] = (_by_common_tables,)
_WRITERS: tuple[Writer, ...] = (
    _by_tables,
    _reprs,
    _ansi_c,
    _careful,
    _by_code_point,
    _line_ends,
    _powershell,
    _dollars,
)
