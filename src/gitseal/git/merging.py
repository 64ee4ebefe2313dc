"""Merging the lines of three texts as Git does."""

import os

from gitseal.git import child, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# What our merge driver ends with after it wrote a conflict. Git takes all of 1 to 128 for one; a program that cannot start
# ends with 1, 126 or 127, and must not be taken for it: ours would stand there as if nothing had happened.
DRIVER_CONFLICT = 100

# git-merge-file(1): the number of conflicts, at most 127; above that it failed.
_MOST_CONFLICTS = 127


def begin(
    folder: str, files: "Sequence[str]", labels: "Sequence[str]", size: int, *, with_base: bool = False
) -> child.Running:
    """`git merge-file` started on files of a folder: ours, the base, theirs. `labels` name them in conflicts.

    `size` is the length of a marker; `with_base` shows the base's lines in conflicts. Raises Error
    if there is no `git`. Give it to `result`, or end it.
    """
    named = [word for label in labels for word in ("-L", label)]
    # Outside of any repository no setting of somebody's changes what a merge is.
    environ = run.environment(in_hook=False) | {"GIT_DIR": os.devnull}
    shown = ["--diff3"] if with_base else []
    return run.begin(
        folder, "merge-file", "-p", "-q", *shown, f"--marker-size={size}", *named, "--", *files, environ=environ
    )


def result(running: child.Running) -> tuple[bytes, bool] | None:
    """The merged text, and whether it is clean; None if it cannot merge them, as with binary files."""
    done = child.finish(running)
    return (done.stdout, done.status == 0) if 0 <= done.status <= _MOST_CONFLICTS else None


def merge_lines(
    ours: bytes, base: bytes, theirs: bytes, labels: "Sequence[str]", size: int, *, with_base: bool = False
) -> tuple[bytes, bool] | None:
    """`begin` and `result` for three texts that are in no file."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="gitseal-merge-") as folder:
        for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(data)
        return result(begin(folder, ("ours", "base", "theirs"), labels, size, with_base=with_base))


def conflict_style(folder: str) -> str:
    """`merge.conflictStyle` as it is set while a merge is going on, or nothing."""
    done = run.finish(folder, "config", "--get", "merge.conflictStyle", environ=run.environment(in_hook=True))
    return done.stdout.decode("utf-8", "replace").strip() if done.status == 0 else ""
