"""What the repository has of a `.secrets` and its working tree does not show, and what lies there that no commit will have.

The working tree is not the repository: a sparse checkout leaves files out, somebody deletes one, a line of `.gitignore` hides
all of them from `git add`, Git is not installed or does not trust the owner. Every command that speaks of a whole `.secrets`,
or finds a file missing, asks here and says what it is told; nothing else in gitseal draws such conclusions from the disk.

In an ordinary clone the index file itself shows that all is well, and Git is not started.
"""

import os
from collections.abc import Collection, Iterable, Iterator

from gitseal.errors import Error
from gitseal.git import index
from gitseal.git.index_file import IndexFile
from gitseal.git.repository import Repository, upward
from gitseal.project.comparison import SUFFIX, Comparison, State, Unseen, is_environment_file
from gitseal.project.project import FOLDER, Project
from gitseal.report.hints import YOU, Hint, Runnable, ShellCommand, advice, command, decision, pathspec
from gitseal.report.sentences import listed, literal, sentence


class NotShown(Error):
    """The repository has a `.secrets` at `root`, by its absolute path, that the working tree does not show."""

    def __init__(self, unseen: Unseen, root: str) -> None:
        super().__init__(unseen.message, unseen.hint)
        self.root = root


def unseen(project: Project) -> list[Unseen]:
    """All differences of one `.secrets`, in the order of its files; none for a plain folder, and for a commit."""
    repository = project.repository
    if repository is None or not project.source.is_working_tree:
        return []
    looked = Comparison(project, repository)
    if looked.is_ordinary():
        return []
    try:
        return looked.differences()
    except Error as error:
        return [_unasked(repository, error)]


def hidden(project: Project, environments: Collection[str] = ()) -> list[Unseen]:
    """Those that make an answer from the working tree incomplete, for these environments; without any, for all."""
    files = {project.relative(project.file(name)) for name in environments}
    of_environments = [one for one in unseen(project) if one.is_hidden]
    return [one for one in of_environments if not files or not is_environment_file(one.path) or one.path in files]


def uncommitted(project: Project, paths: "Iterable[str | os.PathLike[str]]") -> list[Unseen]:
    """Of files that were just written, by their absolute paths, those that no `git add` or `git commit` would take."""
    repository = project.repository
    if repository is None or not project.source.is_working_tree:
        return []
    written = [project.relative(path) for path in paths]
    file = IndexFile(repository)
    if all(map(file.surely_has, written)):
        return []
    return [one for one in unseen(project) if one.state in {State.FROZEN, State.IGNORED} and one.path in written]


def missing(project: Project, path: "str | os.PathLike[str]") -> Error | None:
    """Why a file of `.secrets` is not in the working tree though the repository has it; None if it has none either."""
    found = _missing(project, path)
    return found.error() if found is not None else None


def left_out(project: Project, path: "str | os.PathLike[str]") -> Error | None:
    """The same for a file that Git keeps out of the working tree, so that a new one would lie in its place unseen."""
    found = _missing(project, path)
    return found.error() if found is not None and found.state is State.SPARSE else None


def _missing(project: Project, path: "str | os.PathLike[str]") -> Unseen | None:
    repository = project.repository
    if repository is None or not project.source.is_working_tree or os.path.lexists(path):
        return None
    place = project.relative(path)
    is_listed = _is_listed(project, place)
    if not is_listed and IndexFile(repository).surely_lacks(place):
        return None
    try:
        return Comparison(project, repository).lacking(place, in_head=is_listed)
    except Error as error:
        # Whether there is such a file in the repository stays open, and the caller's own words hold for what lies here.
        return _unasked(repository, error) if is_listed else None


def nowhere(start: str, top: str | None) -> Error:
    """The error for a folder with no `.secrets` in it or above it, on the disk: the repository may have one all the same."""
    words = f'there is no .secrets folder in "{start}" or above it'
    if top is None:
        return Error(words, "make one with: gitseal init")
    repository = Repository(top)
    try:
        for root in _upward(start, top):
            unshown = _unshown_root(repository, root)
            if unshown is not None:
                return NotShown(unshown, root)
        others = others_of(repository) or _uncommitted_others(top)
    except Error as error:
        return Error(f"{words}, and Git could not be asked for one: {error.message}", error.hint)
    if others:
        there = listed([f"{root}/{FOLDER}" for root in others], most=3)
        go = command("gitseal -C {} list", os.path.join(top, others[0]))
        return Error(f"{words}; the repository has {there}", decision(YOU, "work in one of them", go))
    return Error(words, "make one with: gitseal init")


def refuse_unshown(root: str, top: str) -> None:
    """Raises NotShown if the repository has a `.secrets` in a folder that the working tree does not show.

    A Git that says nothing stops nobody: what lies here is read without it.
    """
    try:
        unshown = _unshown_root(Repository(top), root)
    except Error:
        return
    if unshown is not None:
        raise NotShown(unshown, root)


def others_of(repository: Repository, own: str = "") -> tuple[str, ...]:
    """The roots of all other `.secrets` in the index, relative to the top. `own` is a root that is known already."""
    found = index.entries(repository, f":(top,glob)**/{FOLDER}/policy{SUFFIX}")
    roots = (os.path.dirname(os.path.dirname(os.fsdecode(entry.path))) for entry in found)
    return tuple(root for root in dict.fromkeys(roots) if root and root != own)


def _uncommitted_others(top: str) -> tuple[str, ...]:
    """The roots of the `.secrets` that were made here and that nobody added to the index yet, relative to the top."""
    from pathlib import Path

    paths = index.offered_files(Path(top), f":(top,glob)**/{FOLDER}/policy{SUFFIX}") or ()
    return tuple(os.path.dirname(os.path.dirname(os.fsdecode(path))) for path in paths)


def beside(project: Project) -> tuple[str, ...]:
    """The roots of the other `.secrets` of the project's repository; of one that Git cannot tell, nothing."""
    repository = project.repository
    if repository is None or not project.source.is_working_tree:
        return ()
    file = IndexFile(repository)
    # In an ordinary clone there is one, and the index names it once.
    own = os.path.relpath(os.path.dirname(os.path.dirname(project.policy_file)), repository.folder)
    if file.ending(f"{FOLDER}/policy{SUFFIX}") <= 1 and file.surely_has(project.relative(project.policy_file)):
        return ()
    try:
        return others_of(repository, "" if own == os.curdir else own)
    except Error:
        return ()


def _unshown_root(repository: Repository, root: str) -> Unseen | None:
    """Why the `.secrets` below a root is not on the disk, if the repository has one there."""
    project = Project(root, repository)
    found = Comparison(project, repository).lacking(project.relative(project.policy_file), in_head=True)
    if found is None:
        return None
    folder = os.path.dirname(project.relative(project.policy_file))
    message = sentence('the repository has "{}", which is not in the working tree', folder)
    return found._replace(message=message, hint=_of_folder(found, folder))


def _of_folder(found: Unseen, folder: str) -> Hint:
    """The hint for one file as the hint for all of its folder."""
    commands = (
        ShellCommand(tuple(pathspec(folder) if word == pathspec(found.path) else word for word in line.words))
        for line in found.hint.commands
    )
    return Runnable(found.hint.who, found.hint.words, tuple(commands))


def _unasked(repository: Repository, error: Error) -> Unseen:
    folder = repository.folder
    message = sentence(
        'what the repository at "{}" has beside the working tree is not known: {}', folder, literal(error.message)
    )
    return Unseen(State.UNASKED, "", message, advice(error.hint))


def _upward(start: str, top: str) -> Iterator[str]:
    for folder in upward(start):
        yield folder
        if folder == top:
            break


def _is_listed(project: Project, path: str) -> bool:
    """True for the policy, and if it lists the environment whose file that is, or cannot say."""
    if not is_environment_file(path):
        return path == project.relative(project.policy_file)
    try:
        return os.path.basename(path).removesuffix(SUFFIX) in project.policy.environments
    except Error:
        return True
