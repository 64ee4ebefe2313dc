"""By which keys signatures are checked: those of a policy, without the ones that were revoked."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from gitseal.errors import Error
from gitseal.git.commits import RawCommit
from gitseal.git.repository import Repository
from gitseal.git.signatures import UNSIGNED, Signature, checking
from gitseal.policy.policy import Policy
from gitseal.policy.signing import signers

Check = Callable[[str, Policy, RawCommit], Signature]
"""Gives a commit's signature by the keys of a policy, which is named by its root."""

_SHOWN = 12  # digits of a commit's id, in words


def checks(stack: ExitStack, repository: Repository, base: str) -> Check:
    """Gets keys ready when a policy is first asked about. The stack keeps them until it is closed."""
    by_policy = checks_by_policy(stack, repository, base)

    def check(root: str, policy: Policy, commit: RawCommit) -> Signature:
        return by_policy(root, policy)(commit) if commit.is_signed or commit.flaw else Signature(UNSIGNED)

    return check


def checks_by_policy(
    stack: ExitStack, repository: Repository, base: str
) -> Callable[[str, Policy], Callable[[RawCommit], Signature]]:
    """What checks signatures by a policy, which is named by its root: made when it is first asked for.

    Only a signature can be revoked, so Git is not asked for the revocation file before there is one. Ask for no other commit.
    """
    made: dict[str, Callable[[RawCommit], Signature]] = {}
    revoked: list[bytes | None] = []

    def check(root: str, policy: Policy) -> Callable[[RawCommit], Signature]:
        if root not in made:
            if not revoked:
                revoked.append(revoked_keys(repository, base))
            made[root] = stack.enter_context(checking(signers(policy), revoked[0]))
        return made[root]

    return check


def revoked_keys(repository: Repository, base: str) -> bytes | None:
    """The revocation file that Git is told of, whole. Raises Error if there is none: Git itself would go on without.

    One inside the working tree is read from `base`, for what is checked out may be what is judged.
    """
    configured = repository.git("config", "--type=path", "--get", "gpg.ssh.revocationFile") or b""
    name = configured.decode("utf-8", "surrogateescape").removesuffix("\n")
    if not name:
        return None
    within = _within(repository, name)
    try:
        # By `base`: a commit that takes its own key out of the list of revoked ones is judged by the list before it.
        content = (repository.top / name).read_bytes() if within is None else repository.file(base, within)
    except OSError:
        content = None
    if content is None:
        where = "" if within is None else f" in {base[:_SHOWN]}"
        raise Error(
            f'gpg.ssh.revocationFile names "{name}", which cannot be read{where}',
            "put it there, or take the setting out: git config --unset gpg.ssh.revocationFile",
        )
    return content


def _within(repository: Repository, name: str) -> str | None:
    """A path relative to the top of the working tree, or None for one that no commit could have brought."""
    if repository.git("rev-parse", "--is-bare-repository") == b"true\n":
        return None
    top = repository.top
    whole = Path(os.path.normpath(top / name))
    for folder in (top, top.resolve()):
        if whole.is_relative_to(folder) and not whole.is_relative_to(folder / ".git"):
            return whole.relative_to(folder).as_posix()
    return None
