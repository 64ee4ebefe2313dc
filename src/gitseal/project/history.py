"""What a file's history says about a data key: who ever held it, and how many values were ever sealed under it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gitseal.document import token_grammar
from gitseal.document.header import HEADER, Access, Header, parse_header
from gitseal.errors import Error
from gitseal.git.versions import versions
from gitseal.project.project import Project
from gitseal.yamltext import reader
from gitseal.yamltext.outline import outline

_TOKEN = re.compile(token_grammar.TOKEN.encode())
_STANZA = re.compile(token_grammar.STANZA_START.encode())


class KeyHistory(NamedTuple):
    """By key id: who has or had a stanza (name and recipient id), and the distinct tokens ever sealed under it."""

    holders: dict[str, set[tuple[str, str]]]
    tokens: dict[str, set[int]]

    def count(self, key_id: str) -> int:
        """How many values were ever sealed under a key."""
        return len(self.tokens.get(key_id, ()))


def past(project: Project, environment: str) -> KeyHistory:
    """The past of one environment's keys: every version on any ref, in any reflog and in the index.

    A version that is no sealed file (a conflict, a hand-made state) still counts for what its lines show.
    """
    found = KeyHistory({}, {})
    seen: set[int] = set()
    for version in versions(project.git(), project.relative(project.path(environment))):
        # Versions share most of their lines, and a token is within one. Of lines and tokens only hashes are kept: those of
        # 10,000 values in many versions would fill the memory.
        lines = version.split(b"\n")
        hashes = list(map(hash, lines))
        new = [line for line, known in zip(lines, hashes, strict=True) if known not in seen and b"ENC[" in line]
        seen.update(hashes)
        for token in _TOKEN.findall(b"\n".join(new)):
            found.tokens.setdefault(token[2].decode(), set()).add(hash(token))
        for name, recipient_id, key_id in _stanzas(version):
            found.holders.setdefault(key_id, set()).add((name, recipient_id))
    return found


def _stanzas(version: bytes) -> Iterator[tuple[str, str, str]]:
    """Person, recipient id and key id of every stanza in the lines of a version, whether or not it is a sound file.

    A stanza that once stood in a conflict, say, was published as well as any other.
    """
    for path, line, _text in outline(version[max(_header_start(version), 0) :]):
        stanza = _STANZA.search(line) if b"STANZA[" in line else None
        if stanza and len(path) > 1:
            yield path[-2].decode(), path[-1].decode(), stanza[1].decode()


def _header_start(version: bytes) -> int:
    """Where the first line that begins the header is, or -1."""
    label = f"{HEADER}:".encode()
    after = version.find(b"\n" + label)
    return 0 if version.startswith(label) else after + 1 if after >= 0 else -1


def blocks(project: Project, header: Header, group: str) -> dict[str, Access]:
    """By key id: the access blocks that a group of this very file had in the sound versions of its history."""
    found: dict[str, Access] = {}
    for version in versions(project.git(), project.relative(project.path(header.environment))):
        start = _header_start(version)
        try:
            before = parse_header(reader.parse(version[start:] if start >= 0 else b"").root)
        except Error:
            continue
        if before.id == header.id and before.environment == header.environment and group in before.access:
            access = before.access[group]
            found.setdefault(access.key_id, access)
    return found
