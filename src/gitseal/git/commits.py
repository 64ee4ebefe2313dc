"""Commits as they were written: their raw bytes, read strictly.

Git shows a commit through replace refs and grafts, and is tolerant about its header. Whoever judges a signature needs the very
bytes that were signed, and one reading of them.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git.repository import Repository

_PERSON = re.compile(rb"[^<>\0]*<([^<>\0]*)> -?\d+ [+-]\d{4,}")
_SIGNATURES = (b"gpgsig", b"gpgsig-sha256")
_SHA256_DIGITS = 64


class RawCommit(NamedTuple):
    """One commit. `flaw` says in words what is odd about its header, empty if nothing is; then nothing else is known.

    `signature` is the one over `payload`, the bytes that were signed. `is_signed` holds also for one over the commit's form
    in the other hash function, which this repository does not have.
    """

    id: str
    parents: tuple[str, ...]
    committer: str
    payload: bytes
    signature: bytes
    is_signed: bool
    flaw: str


def raw_commits(repository: Repository, ids: Iterable[str]) -> Iterator[RawCommit]:
    """Commits by their full ids, in the order given. Raises Error for one that is not there."""
    for commit in repository.objects.find_all(ids):
        if commit is None or commit.kind != "commit":
            raise Error("Git cannot show every commit", "see what is missing with: git fsck")
        yield parse_commit(commit.id, commit.content)


def parse_commit(commit: str, data: bytes) -> RawCommit:
    """A commit from its bytes; see parse_buffer_signed_by_header() in Git's commit.c for what is signed."""
    # A NUL, a second `author`, a parent after the committer: programs differ in what they make of these, so a signature over
    # them could be shown to a person for one thing and count for another. They have a flaw instead of a committer.
    head, blank, _message = data.partition(b"\n\n")
    fields = _fields(head + b"\n")
    names = [name for name, _ in fields]
    parents = names.count(b"parent")
    people = [_PERSON.fullmatch(_value(field)) for field in fields[1 + parents : 3 + parents]]
    flaw = _flaw(names, parents, head) or ("" if blank and all(people) else "it does not say clearly who made it")
    committer = None if flaw else people[-1]
    if committer is None:
        return RawCommit(commit, (), "", b"", b"", is_signed=b"\ngpgsig" in head, flaw=flaw)
    # `gpgsig` is over the SHA-1 form of the commit, `gpgsig-sha256` over its SHA-256 form. We have the form that the id is of.
    own = _SIGNATURES[len(commit) == _SHA256_DIGITS]
    return RawCommit(
        commit,
        tuple(_value(field).decode() for field in fields[1 : 1 + parents]),
        committer[1].decode("utf-8", "surrogateescape"),
        b"".join(line for name, line in fields if name not in _SIGNATURES) + data[len(head) + 1 :],
        b"".join(_value((name, line)).replace(b"\n ", b"\n") + b"\n" for name, line in fields if name == own),
        is_signed=any(name in _SIGNATURES for name in names),
        flaw="",
    )


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """A header's fields: the name and all of its lines; further ones begin with a space."""
    fields: list[tuple[bytes, list[bytes]]] = []
    for part in head.split(b"\n")[:-1]:
        line = part + b"\n"
        if line.startswith(b" ") and fields:
            fields[-1][1].append(line)
        else:
            fields.append((part.partition(b" ")[0], [line]))
    return [(name, b"".join(lines)) for name, lines in fields]


def _value(field: tuple[bytes, bytes]) -> bytes:
    name, line = field
    return line[len(name) + 1 : -1]


def _flaw(names: list[bytes], parents: int, head: bytes) -> str:
    """The reason why two programs may read a header in two ways; empty if there is none."""
    begin = [b"tree", *[b"parent"] * parents, b"author", b"committer"]
    if names[: len(begin)] != begin:
        return "its header has not the order that Git writes"
    met = set(begin)
    for name in names[len(begin) :]:
        if name in met:
            return f'its header has "{name.decode("ascii", "replace")}" twice'
        if name != b"mergetag":
            met.add(name)
        if name.startswith(b"gpgsig") and name not in _SIGNATURES:
            return "its header has a signature of an unknown kind"
    return "its header holds a NUL" if b"\0" in head else ""
