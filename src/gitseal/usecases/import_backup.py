"""`import` of a backup: the sealed files put back as they were, or the values set again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gitseal.arming import git_files
from gitseal.errors import Error
from gitseal.exchange.typed_values import KeptValue
from gitseal.files import below
from gitseal.files.below import NewFile
from gitseal.files.reading import read_regular
from gitseal.git.links import refuse_links
from gitseal.project.project import FOLDER, Project
from gitseal.project.unseen import left_out
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.report.hints import command
from gitseal.report.sentences import listed
from gitseal.sealing.change import Change, SetResult
from gitseal.sealing.writing import change, preview, writing

_MODE = 0o644


class RestoredFiles(NamedTuple):
    """The files that were written, by their path below the root, and how many were there already, byte for byte."""

    written: tuple[str, ...]
    unchanged: int


def restore_files(
    root: Path, project: Project | None, files: Mapping[str, bytes], *, dry_run: bool = False
) -> RestoredFiles:
    """Puts the sealed files of a backup into the `.secrets` below `root`; `project` is the one that is there, if any.

    Nothing is believed for that: the next command that seals asks about keys as in a new clone. Raises Error, with nothing
    written, if a file is there and is another one.
    """
    if project is None:
        for name in (FOLDER, *git_files.FILES):
            refuse_links(root / name)
        return _restore(root, None, files, dry_run=dry_run)
    with writing(project):
        return _restore(root, project, files, dry_run=dry_run)


def _restore(root: Path, project: Project | None, files: Mapping[str, bytes], *, dry_run: bool) -> RestoredFiles:
    there = {name: _there(root / FOLDER / name) for name in files}
    differing = [f"{FOLDER}/{name}" for name, data in there.items() if data is not None and data != files[name]]
    if differing:
        raise Error(
            f"these files are other ones than in the backup: {listed(differing, most=5)}",
            "nothing was written; to have those of the backup, take these out of the way, or restore in an empty repository",
        )
    new = [name for name in files if there[name] is None]
    if project is not None:
        _refuse_unseen(project, new)
    if dry_run:
        return RestoredFiles(tuple(f"{FOLDER}/{name}" for name in new), len(files) - len(new))
    items = [NewFile(tuple(name.split("/")), files[name], _MODE) for name in sorted(new)]
    with below.staged(root / FOLDER, items) as put:
        put()
    written = (*(f"{FOLDER}/{name}" for name in sorted(new)), *git_files.write(root))
    return RestoredFiles(written, len(files) - len(new))


def _refuse_unseen(project: Project, names: Sequence[str]) -> None:
    """Raises Error for a file that the repository has and a sparse checkout leaves out: another would lie in its place."""
    for name in names:
        unseen = left_out(project, project.folder / name)
        if unseen is not None:
            raise unseen


def _there(path: Path) -> bytes | None:
    try:
        return read_regular(path)
    except FileNotFoundError:
        return None


def set_values(
    workspace: Workspace, values: Mapping[str, Sequence[KeptValue]], *, dry_run: bool = False
) -> list[SetResult]:
    """Sets the values of a backup, all or none. One that was plain stays so if a rule of the policy says so too.

    Raises Error for environments that the project does not have, and as `set` does.
    """
    lacking = [environment for environment in values if environment not in workspace.project.environments]
    if lacking:
        add = " && ".join(command("gitseal env add {}", name).as_text() for name in lacking)
        raise Error(f"there is no environment {listed(lacking)} here, which the backup has values of", f"add it: {add}")

    def action(edit: Change) -> list[SetResult]:
        own = values[edit.environment]
        return [
            edit.set_named(
                one.path,
                edit.stored_form(one.path, one.value, was_plain=one.is_plain),
                plain=one.is_plain,
                rank=rank,
            )
            for rank, one in enumerate(own)
        ]

    results = (preview if dry_run else change)(workspace, list(values), action)
    return [result for several in results.values() for result in several]
