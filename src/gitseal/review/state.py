"""One state of an environment file, sound or not, as a review needs it: tokens by name, and who holds which key."""

import re
from functools import cached_property
from typing import NamedTuple

from gitseal.document import pieces, token_grammar
from gitseal.document.changes import EntryChange
from gitseal.document.header import HEADER
from gitseal.review.model import By
from gitseal.review.saying import Lines, lines_of
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_TOKEN = re.compile(token_grammar.TOKEN_START)
_STANZA = 6  # gitseal, access, the group, stanzas, the person, the recipient id


class CommitStep(NamedTuple):
    """The changes that one commit made to one file; for a merge, only those that it made itself."""

    by: By
    changes: tuple[EntryChange, ...]


class Holder(NamedTuple):
    """One public key that opens an access group, and its owner by the file's own account."""

    access: str
    who: str
    recipient: str


class EnvironmentFile:
    """A file's bytes, parsed as far as possible. None is a missing file, which has no names and no header."""

    def __init__(self, data: bytes | None) -> None:
        read = pieces.read(data or b"")
        self.data = data
        self.is_sound = read.is_sound
        self.values = {path: text for path, text in read.scalars.items() if path[0] != HEADER}
        self._header = {path: text for path, text in read.scalars.items() if path[0] == HEADER}

    @property
    def id(self) -> str:
        """The file id, or an empty string."""
        return self._header.get((HEADER, "id"), "")

    @cached_property
    def holders(self) -> frozenset[Holder]:
        """Everyone with a stanza."""
        return frozenset(
            Holder(path[2], path[4], path[5])
            for path in self._header
            if len(path) == _STANZA and path[1] == "access" and path[3] == "stanzas"
        )

    @cached_property
    def keys(self) -> dict[str, str]:
        """The key id of each access group."""
        keys_ = {
            path[2]: text for path, text in self._header.items() if path[1:2] == ("access",) and path[3:] == ("key",)
        }
        return dict(sorted(keys_.items()))

    def succeeds(self, access: str) -> str:
        """The key id under which an access group's succession is sealed; empty without a succession."""
        token = _TOKEN.match(self._header.get((HEADER, "access", access, "succeeds"), ""))
        return token[3] if token else ""

    @cached_property
    def sealed(self) -> dict[str, list[NamePath]]:
        """The names that are sealed to each access group."""
        paths: dict[str, list[NamePath]] = {}
        for path, text in self.values.items():
            if token := _TOKEN.match(text):
                paths.setdefault(token[2], []).append(path)
        return paths

    @cached_property
    def tokens(self) -> dict[str, NamePath]:
        """The names by their tokens."""
        return {text: path for path, text in self.values.items() if _TOKEN.match(text)}

    @cached_property
    def names(self) -> dict[str, NamePath]:
        """The names as they are written, with their paths."""
        return {path_text(path): path for path in self.values}

    @cached_property
    def lines(self) -> Lines:
        """The line of each path."""
        return lines_of(self.data)
