"""`recipient request`: a newcomer's recipients as a commit on a branch, which becomes a pull request."""

from collections.abc import Sequence
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import refs
from gitseal.git.branch_commit import FileInFolder, commit_file
from gitseal.git.repository import Repository
from gitseal.identities import Keyring
from gitseal.policy.parser import is_principal_name
from gitseal.project import join_requests
from gitseal.project.key_holders import names_by_opener, opener_of
from gitseal.project.project import Project
from gitseal.recipients.kinds import parse_recipient

_HEADS = "refs/heads/"


class Requested(NamedTuple):
    """A request that is on its branch now. `is_new`: a commit was made. `remote` is where to push it, or empty."""

    branch: str
    keys: tuple[str, ...]
    is_new: bool
    remote: str


def request(project: Project, keyring: Keyring, name: str, keys: Sequence[str] = ()) -> Requested:
    """Asks for somebody to be let in with these keys; without any, with that of the identity at hand.

    Working tree and index stay as they are. Raises Error if the name cannot be, if the policy has a key already, and if there
    is no identity whose recipient shows.
    """
    canonical = tuple(dict.fromkeys(parse_recipient(key).canonical for key in keys or [_own(keyring)]))
    _check(project, name, canonical)
    repository = project.git()
    branch = join_requests.branch_for(name)
    remotes = repository.remotes()
    remote = "origin" if "origin" in remotes else "".join(remotes[:1])
    parent = _parent(repository, branch, remote)
    content = join_requests.serialise(canonical)
    is_new = repository.file(parent, f"{join_requests.FOLDER}/{name}") != content
    if is_new:
        file = FileInFolder(join_requests.FOLDER, name, content)
        commit_file(repository, _HEADS + branch, parent, file, f"Ask for access to the secrets: {name}")
    elif _HEADS + branch not in refs.exact(repository, [_HEADS + branch]):
        refs.write(repository, _HEADS + branch, parent, "gitseal recipient request", "")
    return Requested(branch, canonical, is_new, remote)


def _own(keyring: Keyring) -> str:
    for identity in keyring.identities():
        if identity.recipient is not None:
            return identity.recipient
    raise Error(
        "no identity is at hand whose public key shows", "make one with: gitseal init; or give a public key with --key"
    )


def _check(project: Project, name: str, keys: Sequence[str]) -> None:
    if not is_principal_name(name) or name in project.policy.groups:
        raise Error(f'"{name}" cannot be your name in the policy', "give another one with --as")
    holders = names_by_opener(project.policy)
    for key in keys:
        if holder := holders.get(opener_of(key)):
            raise Error(f"the policy has this key already, as {holder[0]}", "see what it opens: gitseal whoami")


def _parent(repository: Repository, branch: str, remote: str) -> str:
    """The commit that a request goes on top of: an earlier request, else the remote's default branch, else HEAD.

    What somebody has on a branch of their own has no place in a request.
    """
    default = refs.remote_default(repository, remote) if remote else ""
    names = [_HEADS + branch, f"{refs.REMOTES}{remote}/{branch}", default]
    there = refs.exact(repository, filter(None, names))
    parent = next((there[name] for name in names if name in there), refs.head(repository).commit)
    if parent is None:
        raise Error("there is no commit yet that a request could go on top of", "fetch what the others have: git fetch")
    return parent
