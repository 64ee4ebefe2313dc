"""Requests to be let in: a newcomer's recipients in `gitseal-requests/NAME`, on a branch `join/NAME`.

The folder is none of the covered paths, so anybody may bring it, and `verify` judges nothing by it. Name and keys are claims
until whoever may change the policy has asked the person.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gitseal.errors import Error, shell_quoted
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.git.trusted_ref import short
from gitseal.policy.parser import is_principal_name
from gitseal.recipients.recipients_file import parse_recipients

FOLDER = "gitseal-requests"
_BRANCH = "join/"
_HEADER = (
    "# A request to be let in, made by `gitseal recipient request`. Public keys, one a line; no secret is in here.\n"
)


class JoinRequest(NamedTuple):
    """Whom a request is for and with which keys, all as it claims; `place` is the branch, as people write it."""

    name: str
    keys: tuple[str, ...]
    left_out: tuple[str, ...]
    place: str


def branch_for(name: str) -> str:
    """The branch of somebody's request, as people write it."""
    return _BRANCH + name


def serialise(keys: Sequence[str]) -> bytes:
    """The bytes of a request."""
    return "".join((_HEADER, *(f"{key}\n" for key in keys))).encode()


def read(repository: Repository, revision: str) -> JoinRequest:
    """The request on a branch. Raises Error if there is no such branch, or none or several requests on it."""
    ref, commit = refs.full_name(repository, revision), refs.commit(repository, revision)
    if commit is None:
        raise Error(f'there is no branch "{revision}"', _elsewhere(repository, revision))
    name = _name(repository, ref, commit, revision)
    content = repository.file(commit, f"{FOLDER}/{name}")
    if content is None:
        raise Error(f'{revision} has no request in "{FOLDER}/{name}"', f"see what it changes: git show --stat {commit}")
    place = short(ref) if ref else commit[:12]
    keys, left_out = parse_recipients(content, f"{place}:{FOLDER}/{name}")
    return JoinRequest(name, keys, left_out, place)


def _name(repository: Repository, ref: str, commit: str, revision: str) -> str:
    """The name in the policy that a branch asks for: that in its own name, else that of the only request it has."""
    _, is_join, name = ref.partition(f"/{_BRANCH}")
    if is_join and is_principal_name(name):
        return name
    place = repository.objects.entry(commit, FOLDER)
    listed = repository.objects.tree(place.object_id) if place is not None and place.is_folder else {}
    names = [name for name in (entry.decode("utf-8", "replace") for entry in listed) if is_principal_name(name)]
    if len(names) != 1:
        many = (
            f"has {len(names)} requests, and its name does not say which" if names else f'has no request in "{FOLDER}"'
        )
        raise Error(f"{revision} {many}", f"see what it changes: git show --stat {commit}")
    return names[0]


def _elsewhere(repository: Repository, revision: str) -> str:
    """The way to a branch that is not here: a remote's of that name, else a fetch."""
    there = [short(ref) for ref in repository.branches() if ref.endswith(f"/{revision}")]
    if there:
        return f"a remote has it: gitseal recipient add --from-request {shell_quoted(there[0])}"
    return "get the branches of the remote first: git fetch"
