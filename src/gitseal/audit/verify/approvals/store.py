"""The places of approvals: refs of their own, refs that were fetched, and the messages of commits.

`refs/gitseal/approvals/` holds what was given here or pushed to here. A fetch writes `refs/gitseal/incoming/REMOTE/`, which
`git fetch --prune` empties if the remote lost its refs; `keep_fetched` copies from there to `refs/gitseal/fetched/REMOTE/`,
which nothing empties.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gitseal.audit.verify.approvals.statement import LARGEST, SignedStatement, parse_signed
from gitseal.git import refs
from gitseal.git.commits import RawCommit
from gitseal.git.repository import Repository
from gitseal.project.approval_refs import APPROVALS, FETCHED, INCOMING

TRAILER = "Gitseal-Approval"

_FORMAT = "%(objecttype) %(objectsize) %(objectname) %(refname)"
_CARRIED = re.compile(rb"^[ \t]{0,16}" + TRAILER.encode() + rb": ([A-Za-z0-9+/=]{1,11000})\r?$", re.MULTILINE)


class _Kept(NamedTuple):
    ref: str
    blob: str


def stored(repository: Repository) -> Iterator[SignedStatement]:
    """Every statement that a ref of this repository keeps, each once. Nothing about them is believed yet."""
    yield from of_blobs(repository, [kept.blob for kept in _listed(repository, APPROVALS, FETCHED, INCOMING)])


def of_blobs(repository: Repository, blobs: Iterable[str]) -> Iterator[SignedStatement]:
    """The statements in blobs by their ids; what holds none is left out."""
    for content in repository.objects.blobs(dict.fromkeys(blobs)):
        signed = parse_signed(content) if content is not None else None
        if signed is not None:
            yield signed


def small_blob(repository: Repository, object_id: str) -> bytes | None:
    """The bytes of a blob that is small enough to be an approval, else None. A large one is not held in memory."""
    content = None
    for streamed in repository.objects.stream([object_id]):
        if streamed.kind == "blob" and streamed.size <= LARGEST:
            content = streamed.read()
    return content


def carried(commits: Iterable[RawCommit]) -> Iterator[SignedStatement]:
    """The statements that commits carry in their messages."""
    for commit in commits:
        for text in _CARRIED.findall(commit.payload):
            try:
                signed = parse_signed(a2b_base64(text, strict_mode=True))
            except (Base64Error, ValueError):
                continue
            if signed is not None:
                yield signed


def trailer(signed: SignedStatement) -> str:
    """The line by which a commit carries a statement."""
    return f"{TRAILER}: {b2a_base64(signed.content, newline=False).decode()}"


def write(repository: Repository, signed: SignedStatement) -> bool:
    """Keeps a statement in its ref; False if Git refuses."""
    made = repository.git("hash-object", "-w", "--stdin", stdin=signed.content)
    if made is None:
        return False
    blob = made.decode().strip()
    return repository.git("update-ref", "-m", "gitseal: approved", signed.ref, blob) is not None


def keep_fetched(repository: Repository) -> None:
    """Copies what a fetch brought to where no later fetch takes it away again. What is no approval is not copied."""
    # Most clones never fetched an approval, and their files say so without a program.
    incoming = _listed(repository, INCOMING) if refs.may_exist(repository, INCOMING) else []
    if not incoming:
        return
    present = {kept.ref for kept in _listed(repository, FETCHED)}
    lines = []
    for kept in incoming:
        place = FETCHED + kept.ref.removeprefix(INCOMING)
        content = small_blob(repository, kept.blob) if place not in present else None
        signed = parse_signed(content) if content is not None else None
        if signed is not None and place.endswith("/" + signed.ref.removeprefix(APPROVALS)):
            lines.append(f"create {place} {kept.blob}\n")
    if lines:
        repository.git("update-ref", "--stdin", stdin="".join(lines).encode())


def _listed(repository: Repository, *spaces: str) -> list[_Kept]:
    """The refs of these namespaces that lead to blobs that are small enough."""
    answer = repository.git("for-each-ref", f"--format={_FORMAT}", *(space.rstrip("/") for space in spaces)) or b""
    kept = []
    for line in answer.decode("utf-8", "surrogateescape").split("\n")[:-1]:
        kind, size, blob, ref = line.split(" ", 3)
        if kind == "blob" and int(size) <= LARGEST:
            kept.append(_Kept(ref, blob))
    return kept
