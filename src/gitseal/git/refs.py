"""References of gitseal's own: they are no branches, and go to other clones only where someone pushes them."""

from gitseal.git.repository import Repository


def write(repository: Repository, ref: str, commit: str, reason: str) -> bool:
    """Makes a ref name a commit, with a reflog, whatever it named before; False where Git refuses, such as for its name."""
    return repository.git("update-ref", "--create-reflog", "-m", reason, ref, commit) is not None


def target(repository: Repository, ref: str) -> str | None:
    """The full id of the commit that a ref of this exact name leads to; None where there is none."""
    answer = repository.git("show-ref", "--verify", "--hash", "--", ref)
    return repository.commit(answer.decode().strip()) if answer else None
