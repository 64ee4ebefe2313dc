"""What the hooks pre-push and pre-receive look at: the commits that would get somewhere new."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.usecases.scan_commits import Range, scan_commits
from gitseal.usecases.scanning import Scanned

if TYPE_CHECKING:
    from gitseal.identities import Keyring

_PUSHED, _RECEIVED = 4, 3


def at_push(repository: Repository, given: Sequence[str], refs: Sequence[Sequence[str]], keyring: "Keyring") -> Scanned:
    """The commits that a push brings to a remote and that none of its branches has, as far as they were fetched.

    `given` is the remote's name and URL, `refs` the lines of githooks(5), pre-push, in fields: local ref and id, the
    remote's ref and id. Raises Error for what cannot be looked at.
    """
    pushed = [_fields(line, _PUSHED) for line in refs]
    heads = [line[1] for line in pushed if not _is_none(line[1])]
    # A remote without a name is a URL, which no pattern of refs is.
    remote = given[0] if given and given[0] in repository.remotes() else ""
    known = [line[3] for line in pushed if not _is_none(line[3]) and repository.commit(line[3])]
    excluded = ("--not", f"--remotes={remote}") if remote else ()
    return _scan(repository, heads, known, excluded, keyring)


def at_receive(repository: Repository, refs: Sequence[Sequence[str]]) -> Scanned:
    """The commits that a push brings into this repository and that no ref of it has yet.

    `refs` are the lines of githooks(5), pre-receive, in fields: old id, new id, ref.
    """
    heads = [new for _old, new, _ref in (_fields(line, _RECEIVED) for line in refs) if not _is_none(new)]
    return _scan(repository, heads, [], ("--not", "--all"), None)


def _scan(
    repository: Repository, heads: Sequence[str], known: Sequence[str], excluded: Sequence[str], keyring: "Keyring | None"
) -> Scanned:
    findings, notes, files = [], [], 0
    for head in dict.fromkeys(heads):
        commit = repository.commit(head)
        if commit is None:
            continue  # a tag of something else than a commit
        revisions = (commit, *(f"^{each}" for each in known))
        found = scan_commits(repository, Range(revisions, tuple(excluded), commit), keyring)
        findings += [each for each in found.findings if each not in findings]
        notes += [each for each in found.notes if each not in notes]
        files += found.files
    return Scanned(findings, files, tuple(notes))


def _fields(line: Sequence[str], count: int) -> Sequence[str]:
    if len(line) != count:
        raise Error("Git's list of refs is not as this hook knows it", "see githooks(5); started by hand, give it none")
    return line


def _is_none(object_id: str) -> bool:
    """Whether it is the id that stands for no object: a ref that comes or goes."""
    return not object_id.strip("0")
