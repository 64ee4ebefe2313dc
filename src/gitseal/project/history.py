"""What a file's history says about a data key: who ever held it, and how many values were ever sealed under it."""

import re
from typing import NamedTuple

from gitseal.errors import Malformed
from gitseal.project.project import Project
from gitseal.yamltext import reader

_TOKEN = re.compile(rb"ENC\[v1,[sw],[a-z][a-z0-9-]*:(k[0-9a-f]{32}),[A-Za-z0-9+/=]+\]")
_STANZA = re.compile(r"STANZA\[v1,(k[0-9a-f]{32}),")
_HEADER = re.compile(rb"^gitseal:", re.MULTILINE)
_STANZA_DEPTH = 6


class Past(NamedTuple):
    """By key id: who has or had a stanza (name and recipient id), and the distinct tokens ever sealed under it."""

    holders: dict[str, set[tuple[str, str]]]
    tokens: dict[str, set[int]]

    def count(self, key_id: str) -> int:
        """How many values were ever sealed under a key."""
        return len(self.tokens.get(key_id, ()))


def past(project: Project, environment: str) -> Past:
    """The past of one environment's keys: every version on any ref, in any reflog and in the index.

    A version that is no sealed file (a conflict, a hand-made state) still counts for what its lines show.
    """
    found = Past({}, {})
    for version in project.git().versions(project.relative(project.path(environment))):
        for token in _TOKEN.finditer(version):
            found.tokens.setdefault(token[1].decode(), set()).add(hash(token[0]))
        for name, recipient_id, key_id in _stanzas(version):
            found.holders.setdefault(key_id, set()).add((name, recipient_id))
    return found


def _stanzas(version: bytes) -> list[tuple[str, str, str]]:
    header = _HEADER.search(version)
    if header is None:
        return []
    try:
        tree = reader.parse(version[header.start() :])
    except Malformed:
        return []
    found = []
    for path, node in tree.nodes.items():
        stanza = _STANZA.match(node.value) if len(path) == _STANZA_DEPTH and isinstance(node.value, str) else None
        if stanza:
            found.append((path[-2], path[-1], stanza[1]))
    return found
