"""Who could ever open what: the holders of data keys in history, and who claims a key on a ref that is not merged.

Somebody whose stanza for a key was ever published here has that key, whatever the file says now. What counts as published
is what the trusted ref, HEAD, the index and the files have: a branch that was merely fetched, or an attempt that was given
up, is a claim. It is told until the key is replaced, and replaces nothing by itself.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from gitseal.document import token_grammar
from gitseal.document.header import Header
from gitseal.git.versions import ALL, EVERYWHERE, listed, staged
from gitseal.project.belief.facts import headers
from gitseal.project.belief.known import Known, RememberedClaim
from gitseal.project.belief.trusted import TrustedState
from gitseal.project.key_holders import Holder
from gitseal.project.project import Project
from gitseal.records import NamedTuple
from gitseal.yamltext.outline import outline

_TOKEN = re.compile(token_grammar.TOKEN.encode())
_STANZA = re.compile(token_grammar.STANZA_START.encode())
_CONFLICT = b"\n<<<<<<<"
_NO_REF = "a commit of no branch"


class ClaimedAccess(NamedTuple):
    """Somebody who can open a group by a stanza that is on some ref only; `refs` are its names as people say them."""

    name: str
    environment: str
    group: str
    refs: tuple[str, ...]

    @property
    def words(self) -> str:
        """What to tell a person, the same wherever it is told."""
        what = self.environment if self.group == "default" else f'access group "{self.group}" in {self.environment}'
        return (
            f"{self.name} already opens {what} ({', '.join(self.refs)}, not merged); "
            f"to shut {self.name} out: gitseal rekey --rotate -e {self.environment}"
        )


class _Holdings(NamedTuple):
    """By key id: the holders of stanzas, each with the ref of one, and the distinct tokens that were sealed under it."""

    holders: dict[str, dict[Holder, str]]
    tokens: dict[str, set[int]]


class Losses:
    """The past of a project's data keys. Raises Error if Git cannot show all of it: who asks counts on none being left out."""

    def __init__(self, project: Project, trusted: TrustedState, known: Known) -> None:
        self._project = project
        self._trusted = trusted
        self._known = known

    def holders(self, key: str) -> set[Holder]:
        """Everyone who ever had a stanza for a key, by name and recipient id."""
        return set(self._own.holders.get(key, ()))

    def values(self, key: str) -> int:
        """How many values were ever sealed under a key."""
        return len(self._own.tokens.get(key, ()))

    def claimed(self, header: Header, group: str, wanted: Iterable[Holder]) -> list[ClaimedAccess]:
        """Who can open a group's key by a stanza that is on other refs alone, and is not to have it anyway."""
        key, scope = header.access[group].key_id, header.scope(group)
        known_here = {recipient for _name, recipient in (*self.holders(key), *header.access[group].wrapped(), *wanted)}
        there = {
            holder: ref for holder, ref in self._others.holders.get(key, {}).items() if holder[1] not in known_here
        }
        found = {RememberedClaim(name, recipient, key, ref) for (name, recipient), ref in there.items()}
        # A branch that was deleted since: what it published is published.
        met = {(claim.name, claim.recipient) for claim in found}
        found |= {
            claim
            for claim in self._known.claims(scope)
            if claim.key == key and claim.recipient not in known_here and claim[:2] not in met
        }
        self._known.keep_claims(scope, found)
        by_name: dict[str, list[str]] = {}
        for claim in sorted(found):
            by_name.setdefault(claim.name, []).append(_said(claim.ref))
        return [
            ClaimedAccess(name, header.environment, group, tuple(dict.fromkeys(refs))) for name, refs in by_name.items()
        ]

    @cached_property
    def _ours(self) -> list[str]:
        head = self._project.git().commit("HEAD")
        return [commit for commit in (head, self._trusted.commit) if commit]

    @cached_property
    def _own(self) -> _Holdings:
        repository = self._project.git()
        found = listed(repository, self._ours, EVERYWHERE) if self._ours else iter(())
        blobs = dict.fromkeys([*(version.blob for version in found), *staged(repository, *EVERYWHERE)])
        return self._read((blob, "") for blob in blobs)

    @cached_property
    def _others(self) -> _Holdings:
        without = ("--not", *self._ours) if self._ours else ()
        found = listed(self._project.git(), (*ALL, *without), EVERYWHERE)
        return self._read({version.blob: version.source for version in found}.items())

    def _read(self, blobs: Iterable[tuple[str, str]]) -> _Holdings:
        """What these blobs show. One that is no sealed file (a conflict, a hand-made state) counts for its lines."""
        found = _Holdings({}, {})
        wanted = list(blobs)
        contents = self._project.git().blobs(blob for blob, _ref in wanted)
        seen: set[int] = set()
        for (_blob, ref), version in zip(wanted, contents, strict=True):
            # Versions share most of their lines, and a token is within one. Of lines and tokens only hashes are kept: those
            # of 10,000 values in many versions would fill the memory.
            lines = version.split(b"\n")
            hashes = list(map(hash, lines))
            new = [line for line, known in zip(lines, hashes, strict=True) if known not in seen and b"ENC[" in line]
            seen.update(hashes)
            for token in _TOKEN.findall(b"\n".join(new)):
                found.tokens.setdefault(token[2].decode(), set()).add(hash(token))
            for name, recipient, key in _stanzas(version):
                found.holders.setdefault(key, {}).setdefault((name, recipient), ref)
        return found


def _stanzas(version: bytes) -> Iterator[tuple[str, str, str]]:
    """Person, recipient id and key id of every stanza in a version, whether or not it is a sound file.

    A stanza that once stood in a conflict, say, was published as well as any other: there the lines have to do.
    """
    found = headers(version)
    for header in found:
        for access in header.access.values():
            for name, recipient in access.wrapped():
                yield name, recipient, access.stanzas[name][recipient].key_id
    if b"STANZA[" not in version or (found and _CONFLICT not in version):
        return
    for path, line, _text in outline(version):
        stanza = _STANZA.search(line) if b"STANZA[" in line else None
        if stanza and len(path) > 1:
            yield path[-2].decode(), path[-1].decode(), stanza[1].decode()


def _said(ref: str) -> str:
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/") or _NO_REF
