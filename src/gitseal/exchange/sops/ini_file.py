"""sops' INI as gopkg.in/ini.v1 writes it: sections of `name = value`, some values in back quotes or three double quotes.

Names before the first section are in `DEFAULT`, as sops has it.
"""

import re

from gitseal.errors import Malformed
from gitseal.exchange._text import decoded
from gitseal.exchange.sops import scalars
from gitseal.exchange.sops.tree import Member, TreeBranch

_DEFAULT = "DEFAULT"
COMMENT_SIGNS = "#; "
"""What stands before the words of a comment, blanks too."""
# A name that is not in quotes ends in blanks, which are taken away later: looked for here, they would be gone through many times.
_LINE = re.compile(r'[ \t]*+(?:`([^`\n]*+)`[ \t]*+|"""(.*?)"""[ \t]*+|([^=:\n]++))[=:][ \t]*+')
_QUOTES = ('"""', "`")
_BEHIND = re.compile("[#;]")


def parse(data: bytes) -> list[TreeBranch]:
    """The one document of a file. Raises Malformed, with the line."""
    return [_IniWalk(decoded(data).replace("\r\n", "\n")).document()]


class _IniWalk:
    """Walks the lines once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 0
        self._comments: list[str] = []

    def document(self) -> TreeBranch:
        sections: dict[str, TreeBranch] = {}
        section = TreeBranch([])
        name, above = _DEFAULT, self._taken()
        members: list[Member] = []
        while (line := self._next()) is not None:
            stripped = line.strip()
            if stripped[:1] in {"#", ";"}:
                self._comments.append(stripped.lstrip(COMMENT_SIGNS))
            elif stripped.startswith("["):
                end = stripped.rfind("]")
                if end < 0:
                    raise Malformed("a section's name has no end", self._line)
                name, above = stripped[1:end].strip(), self._taken()
                if name in sections:
                    raise Malformed("a section stands twice in the file", self._line, "make one of the two")
                section = sections[name] = TreeBranch([], self._line)
                members.append(Member(name, section, self._line, above))
            elif stripped:
                if not sections:
                    section = sections[name] = TreeBranch([], self._line)
                    members.append(Member(name, section, self._line))
                section.members.append(self._member(line))
        return TreeBranch(members, below=self._taken())

    def _member(self, line: str) -> Member:
        match = _LINE.match(line)
        if match is None:
            raise Malformed("the line has no = after its name", self._line)
        number = self._line
        name = next(part for part in match.groups() if part is not None)
        return Member(name.strip(), scalars.text(self._value(line[match.end() :]), number), number, self._taken())

    def _value(self, written: str) -> str:
        quote = next((quote for quote in _QUOTES if written.startswith(quote)), "")
        if not quote:
            if written.rstrip().endswith("\\"):
                raise Malformed("a value goes on in the next line", self._line, "write it in one line, in back quotes")
            return _unquoted(written.strip())
        lines = [written[len(quote) :]]
        while quote not in lines[-1]:
            following = self._next()
            if following is None:
                raise Malformed("a value's quote is never closed", self._line)
            lines.append(following)
        lines[-1] = lines[-1].rpartition(quote)[0]
        return "\n".join(lines)

    def _taken(self) -> tuple[str, ...]:
        comments = tuple(self._comments)
        self._comments.clear()
        return comments

    def _next(self) -> str | None:
        if self._at >= len(self._text):
            return None
        end = self._text.find("\n", self._at)
        end = end if end >= 0 else len(self._text)
        line = self._text[self._at : end]
        self._at, self._line = end + 1, self._line + 1
        return line


def _unquoted(content: str) -> str:
    """A value on its line: a comment behind it goes, and one pair of quotes around it."""
    content = _BEHIND.split(content, maxsplit=1)[0].rstrip()
    for quote in "\"'":
        if content.startswith(quote) and content.find(quote, 1) == len(content) - 1 > 0:
            return content[1:-1]
    return content
