"""The places that plaintext may be written to: never where Git would publish it or run it."""

from pathlib import Path

from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.git import index
from gitseal.git.ignoring import ignore_file
from gitseal.git.links import refuse_links
from gitseal.git.repository import Repository, find_top
from gitseal.report.hints import untrack


def refuse_published(target: Path) -> None:
    """Raises Error for a target that Git tracks or would add."""
    top = find_top(target.parent.resolve())
    if top is None:
        return
    repository = Repository(top)
    where = target.parent.resolve() / target.name
    if index.is_tracked(repository, where):
        raise Error(
            f'"{target}" is tracked by Git: the next commit would publish it',
            f"take it out of Git, which leaves the file on disk: {untrack(str(where.relative_to(top))).as_text()}",
        )
    if repository.would_add(where):
        raise Error(
            f'"{target}" is not ignored by Git: git add would take it',
            f"ignore it first: {ignore_file(top, where)}",
        )


def is_hook(where: Path) -> bool:
    """True if an absolute path lies in the folder that Git's `core.hooksPath` names."""
    top = find_top(where.parent)
    configured = Repository(top).config("core.hooksPath") if top is not None else ""
    if top is None or not configured:
        return False
    return where.is_relative_to((top / Path(configured).expanduser()).resolve())


def write(target: Path, content: bytes, *, append: bool = False) -> None:
    """Writes a rendered file, 0600 and atomically; `append` keeps what is there before it.

    Raises Error for a target that Git tracks or would add, and for one that a symbolic link of the repository leads to.
    """
    refuse_links(target)
    if target.is_dir():
        raise Error(f'"{target}" is a folder', "give the path of a file")
    refuse_published(target)
    if append:
        atomic.append(target, content)
    else:
        atomic.write(target, content, private=True)


def refuse_existing(target: Path) -> None:
    """Raises Error for a place where an export would lie over something, or would follow a link."""
    refuse_links(target)
    if target.exists() or target.is_symlink():
        raise _exists(target)


def write_new(target: Path, content: bytes) -> None:
    """Writes an export (0600). Raises Error if something is there."""
    try:
        atomic.write_new(target, content)
    except FileExistsError:
        raise _exists(target) from None


def _exists(target: Path) -> Error:
    return Error(f'"{target}" exists, and an export is never written over anything', "give another file with -o")
