"""Merging the lines of three texts as Git does."""

from pathlib import Path

from gitseal.git.run import environment, finish, git

# git-merge-file(1): the number of conflicts, at most 127; above that it failed.
_MOST_CONFLICTS = 127


def merge_lines(
    ours: bytes, base: bytes, theirs: bytes, labels: tuple[str, str, str], size: int
) -> tuple[bytes, bool] | None:
    """What `git merge-file` makes of three texts, and whether that is clean; None if it cannot merge them, as with binary files.

    `labels` name ours, the base and theirs; `size` is the length of a marker. Raises Error if there is no `git`.
    """
    import tempfile

    # Outside of any repository no setting of somebody's changes what a merge is.
    with tempfile.TemporaryDirectory(prefix="gitseal-merge-") as folder:
        for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            (Path(folder) / name).write_bytes(data)
        named = [word for label in labels for word in ("-L", label)]
        environ = environment(in_hook=False) | {"GIT_CEILING_DIRECTORIES": str(Path(folder).resolve().parent)}
        command = ("merge-file", "-p", "-q", f"--marker-size={size}", *named, "ours", "base", "theirs")
        done = finish(Path(folder), *command, environ=environ)
    return (done.stdout, done.status == 0) if 0 <= done.status <= _MOST_CONFLICTS else None


def conflict_style(folder: Path) -> str:
    """`merge.conflictStyle` as it is set where a merge is going on, or nothing."""
    answer = git(folder, "config", "--get", "merge.conflictStyle", in_hook=True)
    return answer.decode("utf-8", "replace").strip() if answer is not None else ""
