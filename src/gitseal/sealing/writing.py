"""The one way by which environments are written: under the lock, from what was read, all or none."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from gitseal.errors import Error
from gitseal.files import atomic
from gitseal.files.atomic import NotSynced
from gitseal.files.lock import locked
from gitseal.files.reading import read_regular
from gitseal.policy.policy import Policy
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.project import journal, rotations, seen
from gitseal.project.belief.trust import Trust
from gitseal.project.project import Project
from gitseal.project.unseen import left_out, uncommitted
from gitseal.project.workspace import Workspace
from gitseal.report.sentences import listed
from gitseal.sealing.change import Change
from gitseal.yamltext.tree import NamePath

T = TypeVar("T")
_MOST_NAMED = 5


class PolicyEdit(NamedTuple):
    """An edit of the policy's text, and whom this clone believes from then on."""

    edit: Callable[[PolicyEditor], None]
    believe: Callable[[Trust], None]


def edited_policy(project: Project, edit: Callable[[PolicyEditor], None]) -> bytes:
    """The bytes of policy.yaml after an edit. Raises Malformed if the result would contradict itself."""
    text = PolicyEditor(read_regular(project.policy_path))
    edit(text)
    return text.serialise()


@contextmanager
def writing(project: Project) -> Iterator[None]:
    """Holds the project's lock, after what an earlier crash left was brought to its end. Read inside the block, not before."""
    project.git()
    project.check_working_tree()
    with locked(project.folder):
        atomic.sweep(project.folder)
        atomic.sweep_dead(project.git().common_dir() / "gitseal")
        finished = journal.finish(project)
        if finished:
            names = listed(finished, "{}", most=_MOST_NAMED)
            project.git().notes.append(f"a command was stopped half-way; what it was writing is written now: {names}")
        project.refresh()
        yield


def finish_interrupted(project: Project) -> None:
    """Brings to its end what a crash left half-way, if there is such, ahead of a plan that would be made from half of it."""
    if project.repository is not None and journal.journal_path(project).exists():
        with writing(project):
            pass


def commit(trust: Trust, old: Mapping[str, bytes | None], new: Mapping[str, bytes | None]) -> None:
    """Writes the files whose bytes changed (see `journal.replace`), then what was met on the way. Call it inside `writing`.

    Raises Unconfirmed before anything is written if a question is still open, and Error for a new file in the place of one that
    the repository has and the working tree does not show.
    """
    project = trust.workspace.project
    trust.settle()
    changed = {stem: data for stem, data in new.items() if data != old[stem]}
    for stem in changed if project.is_committed else ():
        unseen = left_out(project, journal.place(project, stem)) if old[stem] is None else None
        if unseen is not None:
            raise unseen
    unsynced = None
    try:
        journal.replace(project, old, changed)
    except NotSynced as error:
        # It is written, so what belongs to it is, too.
        unsynced = error
    if trust.workspace.written is not None:
        trust.workspace.written({stem: old[stem] for stem in changed}, changed)
    try:
        trust.remember()
    except Error as error:
        raise Error(f"the files are written, but {error.message}", error.hint) from None
    if project.is_committed:
        written = [journal.place(project, stem) for stem, data in changed.items() if data is not None]
        project.git().notes += [f"{one.message}; {one.hint}" for one in uncommitted(project, written)]
    if unsynced is not None:
        raise unsynced


def change_policy(workspace: Workspace, make: Callable[[Policy], PolicyEdit]) -> None:
    """Edits policy.yaml by what `make` gives for the policy as it is under the lock.

    Raises Malformed, with nothing written, if it would not hold together; Unconfirmed for recipients to be confirmed.
    """
    project = workspace.project
    with writing(project):
        change = make(project.policy)
        before, after = read_regular(project.policy_path), edited_policy(project, change.edit)
        trust = Trust(workspace)
        change.believe(trust)
        commit(trust, {journal.POLICY: before}, {journal.POLICY: after})
    project.refresh()


def change(
    workspace: Workspace,
    environments: Sequence[str],
    action: Callable[[Change], T],
    *,
    ends_rotation: bool = False,
) -> dict[str, T]:
    """Does `action` to each environment and writes them all, or none; gives what it returned, by environment.

    Raises Error for a name of which a rotation waits or is under way, unless this is what `ends_rotation`.
    """
    with writing(workspace.project):
        return change_locked(workspace, environments, action, ends_rotation=ends_rotation)


def change_locked(
    workspace: Workspace,
    environments: Sequence[str],
    action: Callable[[Change], T],
    *,
    ends_rotation: bool = False,
) -> dict[str, T]:
    """`change` for a caller inside `writing`, who looked at something first that must still hold when it is written."""
    trust = Trust(workspace)
    read = workspace.project.read
    changes = {environment: Change(read(environment), trust) for environment in environments}
    results = {environment: action(edit) for environment, edit in changes.items()}
    if not ends_rotation:
        _refuse_rotating(workspace.project, changes.values())
    for edit in changes.values() if workspace.seen else ():
        seen.check(workspace.seen, edit.document, _touched(edit))
    old: dict[str, bytes | None] = {environment: edit.document.serialise() for environment, edit in changes.items()}
    commit(trust, old, {environment: edit.result() for environment, edit in changes.items()})
    return results


def _refuse_rotating(project: Project, edits: Iterable[Change]) -> None:
    if project.repository is None or not rotations.folders(project.repository):
        return
    from gitseal.sealing import waiting  # hardly ever does one wait

    for edit in edits:
        waiting.refuse(project, edit.document, _touched(edit))


def _touched(edit: Change) -> set[NamePath]:
    return {*edit.puts, *edit.removes, *edit.renames, *edit.renames.values()}


def preview(
    workspace: Workspace,
    environments: Sequence[str],
    action: Callable[[Change], T],
) -> dict[str, T]:
    """The result that `change` would give. It writes nothing and asks nothing; it raises Error as `change` does."""
    trust = Trust(workspace)
    results = {}
    for environment in environments:
        edit = Change(workspace.project.read(environment), trust)
        results[environment] = action(edit)
        edit.result()
    return results
