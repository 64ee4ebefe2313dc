"""References of gitseal's own: they are no branches, and go to other clones only if someone pushes them."""

from gitseal.git.repository import Repository


def write(repository: Repository, ref: str, commit: str, reason: str) -> bool:
    """Makes a ref name a commit, with a reflog, whatever it named before; False if Git refuses, such as for its name."""
    return repository.git("update-ref", "--create-reflog", "-m", reason, ref, commit) is not None


def below(repository: Repository, folder: str) -> dict[str, str]:
    """The refs below a folder of refs, such as `refs/tags`, by name, with the full ids of what they name."""
    answer = repository.git("for-each-ref", "--format=%(refname) %(objectname)", f"{folder}/") or b""
    return dict(line.rsplit(" ", 1) for line in answer.decode("utf-8", "surrogateescape").split("\n") if line)
