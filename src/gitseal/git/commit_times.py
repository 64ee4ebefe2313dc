"""When the commits of HEAD were made at the latest: a wrong clock, or a date that somebody wrote, is bounded by what follows."""

from gitseal.errors import Error
from gitseal.git.repository import Repository


def latest_times(repository: Repository, now: int) -> dict[str, int]:
    """By commit the time of its committer, in seconds since 1970, but none later than `now` or than a commit that follows it.

    Empty if HEAD has no commit yet. Raises Error if Git cannot walk its history.
    """
    if repository.commit("HEAD") is None:
        return {}
    # No path narrows it down: that would cost a comparison of trees for each commit, and lose commits that bound others.
    listed = repository.git("rev-list", "--topo-order", "--parents", "--timestamp", "HEAD")
    if listed is None:
        raise Error("Git cannot walk the history of HEAD", "see what it says: git rev-list --count HEAD")
    latest: dict[str, int] = {}
    for line in listed.decode().splitlines():
        time, commit, *parents = line.split()
        # Those that follow a commit are listed before it.
        at = latest[commit] = min(int(time), latest.get(commit, now))
        for parent in parents:
            latest[parent] = min(at, latest.get(parent, at))
    return latest
