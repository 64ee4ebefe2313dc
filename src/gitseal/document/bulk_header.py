"""Headers as gitseal writes them, read line by line without a tree: of 300 files, those of `check` are a tenth of its time.

Whatever is written otherwise is left to the careful way (`header.parse_header`), unsound headers too, so that it alone
decides what is refused and in which words. Nothing is compiled for it: a short command has one header.
"""

from gitseal.crypto.public_key import Scope
from gitseal.crypto.token_kinds import SEALED
from gitseal.document.header import (
    HEADER,
    MAX_GROUPS,
    MAX_STANZAS,
    VERSION,
    Access,
    Header,
    parse_public,
)
from gitseal.document.token import Stanza, Token, parse_stanza, parse_token
from gitseal.document.token_grammar import is_group, is_id
from gitseal.errors import Error
from gitseal.yamltext import scalars

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeVar

    T = TypeVar("T")

_TOP = [f"{HEADER}:", f"  version: {VERSION}"]
_ID, _ENVIRONMENT, _ACCESS = "  id: ", "  environment: ", "  access:"
# The columns at which gitseal writes what: a group, its fields, a person or a succession, a recipient id, a stanza.
_AT_GROUP, _AT_FIELD, _AT_PERSON, _AT_RECIPIENT, _AT_STANZA = 4, 6, 8, 10, 12


class _OtherShape(Exception):
    """Something is written otherwise, or unsound: the careful way decides which."""


def read(text: str, line: int) -> Header | None:
    """The header that a text is whose first line is line `line` of its file, from 1; None if that is for the careful way."""
    # Empty lines may stand anywhere but between a name and its value.
    if not text.endswith("\n") or ":\n\n" in text:
        return None
    lines = [(number, written) for number, written in enumerate(text.split("\n"), line) if written]
    top = [written for _number, written in lines[:5]]
    if top[:2] != _TOP or len(top) < 4 or not (top[2].startswith(_ID) and top[3].startswith(_ENVIRONMENT)):  # noqa: PLR2004 - the lines that every header has
        return None
    file_id, environment = top[2][len(_ID) :], top[3][len(_ENVIRONMENT) :]
    if not is_id("f", file_id) or not _is_plain_name(environment) or top[4:] not in ([], [_ACCESS]):
        return None
    try:
        groups = _groups(lines[5:])
        if len(groups) > MAX_GROUPS or bool(groups) != bool(top[4:]):
            return None
        access = {group.name: group.finished(Scope(file_id, environment, group.name)) for group in groups}
    except (_OtherShape, Error):
        return None
    return Header(file_id, environment, access) if len(access) == len(groups) else None


def _groups(lines: "Iterable[tuple[int, str]]") -> "list[_GroupLines]":
    groups: list[_GroupLines] = []
    for number, written in lines:
        content = written.lstrip(" ")
        column = len(written) - len(content)
        if column == _AT_GROUP:
            groups.append(_GroupLines(_name(content), number))
        elif groups:
            groups[-1].take(column, content, number)
        else:
            raise _OtherShape
    return groups


class _GroupLines:
    """An access group as far as its lines were read. `_waits_for` is the column of what has to come next, if anything."""

    def __init__(self, name: str, line: int) -> None:
        if not is_group(name):
            raise _OtherShape
        self.name = name
        self._line = line
        self._fields: dict[str, str] = {}
        self._succeeds: Token | None = None
        self._stanzas: dict[str, dict[str, Stanza]] = {}
        self._in = self._person = self._recipient = ""
        self._waits_for = 0

    def take(self, column: int, content: str, number: int) -> None:
        """Reads a line of the group; `column` is that of its content."""
        if self._waits_for and column != self._waits_for:
            raise _OtherShape
        self._waits_for = 0
        if column == _AT_FIELD:
            self._field(content)
        elif column == _AT_PERSON and self._in == "succeeds" and self._succeeds is None:
            self._succeeds = parse_token(content, number)
            if self._succeeds is None or (self._succeeds.kind, self._succeeds.group) != (SEALED, self.name):
                raise _OtherShape
        elif column == _AT_PERSON and self._in == "stanzas":
            self._person = _name(content)
            _add(self._stanzas, self._person, {})
            self._waits_for = _AT_RECIPIENT
        elif column == _AT_RECIPIENT and self._in == "stanzas" and self._person:
            self._recipient = _name(content)
            if not is_id("r", self._recipient):
                raise _OtherShape
            self._waits_for = _AT_STANZA
        elif column == _AT_STANZA and self._recipient:
            _add(self._stanzas[self._person], self._recipient, parse_stanza(content, number))
            self._recipient = ""
        else:
            raise _OtherShape

    def _field(self, content: str) -> None:
        name, colon, value = content.partition(":")
        if name in {"key", "public"} and colon and value[:1] == " ":
            self._in, value = "", value[1:]
        elif name in {"stanzas", "succeeds"} and colon and not value:
            self._in = name
            self._waits_for = _AT_PERSON
        else:
            raise _OtherShape
        _add(self._fields, name, value)

    def finished(self, scope: Scope) -> Access:
        """The group when all its lines were read."""
        public = parse_public(self._fields.get("public", ""), scope)
        if self._waits_for or public is None or self._fields.get("key") != public.key_id:
            raise _OtherShape
        if sum(map(len, self._stanzas.values())) > MAX_STANZAS:
            raise _OtherShape
        return Access(public, self._succeeds, self._stanzas, self._line)


def _name(content: str) -> str:
    name = content[:-1]
    if content[-1] != ":" or not _is_plain_name(name):
        raise _OtherShape
    return name


def _is_plain_name(text: str) -> bool:
    return scalars.is_name(text) and not scalars.is_word(text)


def _add(to: "dict[str, T]", name: str, value: "T") -> None:
    if name in to:
        raise _OtherShape
    to[name] = value
