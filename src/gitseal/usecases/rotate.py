"""`rotate`: a name gets a new value, another one in each environment if it is generated; with a command also at its provider."""

from collections.abc import Sequence
from functools import partial

from gitseal.errors import Error
from gitseal.project.belief.trust import Trust
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.sealing import provider, rotating, taking, waiting
from gitseal.sealing.change import Change, SetResult
from gitseal.sealing.provider import Rotation
from gitseal.sealing.rotating import NewValue, rotate_value
from gitseal.sealing.unread_rotation import check_unread
from gitseal.sealing.waiting import Waiting
from gitseal.sealing.writing import change, preview, writing
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def generator(project: Project, path: NamePath) -> str:
    """The kind of generated value that the manifest names for new values of a name; empty if it names none."""
    declaration = project.manifest.secrets.get(path)
    return declaration.generate if declaration is not None else ""


def rotate(
    workspace: Workspace, environments: Sequence[str], path: NamePath, new: NewValue, *, keeps_previous: bool = False
) -> list[SetResult]:
    """Gives a name a new value in every environment given, or in none. See `rotate_value` for what is refused.

    Somebody who cannot read a name gives it a value that waits for a member, if the manifest says how to generate it (see
    `check_unread`): that is asking for a member's value to be replaced.
    Raises Unconfirmed if a person has to confirm a key or recipient first, and Error for a rotation that waits.
    """
    workspace = workspace._replace(replaces_unread=True)
    declared = generator(workspace.project, path)

    def action(edit: Change) -> list[SetResult]:
        check_unread(edit, path, new, declared, keeps_previous=keeps_previous)
        return rotate_value(edit, path, new, keeps_previous=keeps_previous)

    results = change(workspace, environments, action)
    return [done for environment_results in results.values() for done in environment_results]


def check(workspace: Workspace, environments: Sequence[str], path: NamePath, *, keeps_previous: bool) -> None:
    """Raises Error for what `rotate` refuses, whatever the value that somebody is about to be asked for. Writes nothing."""

    def action(edit: Change) -> None:
        waiting.refuse(edit.project, edit.document, [path])
        check_unread(edit, path, NewValue(), "", keeps_previous=keeps_previous)

    preview(workspace, environments, action)


def finish(workspace: Workspace, environments: Sequence[str], path: NamePath) -> list[tuple[str, str]]:
    """Takes the value of before out, where there is one; gives (environment, name) of each that went.

    Raises Error, with nothing written, if no environment has one.
    """
    results = change(workspace, environments, lambda edit: rotating.finish(edit, path))
    gone = [(environment, path_text(name)) for environment, names in results.items() for name in names]
    if not gone:
        name = path_text(path)
        raise Error(
            f'{" and ".join(environments)} keep{"s" * (len(environments) == 1)} no value from before a rotation of "{name}"',
            f"see what is there: gitseal list -e {environments[0]}",
        )
    return gone


class Job(NamedTuple):
    """A rotation with a command. Without `new`, the command makes the value; with `is_resumed`, the journal has it.

    `replaces`: it is put in the place of what was set since it stopped.
    """

    environments: tuple[str, ...]
    path: NamePath
    new: NewValue | None
    keeps_previous: bool
    is_resumed: bool
    replaces: bool = False


def begin(workspace: Workspace, job: Job) -> list[Rotation]:
    """The rotations of every environment of a job, made ready for its command; nothing is written.

    Raises Error as `provider.ready` does, for a rotation that waits, and for none that does if it is to be resumed; Unconfirmed
    if a person has to confirm something first.
    """
    if job.is_resumed:
        those = _waiting(workspace.project, job.environments, job.path)
        for waits in those:
            # Before a provider is told again: what was set meanwhile would be lost there.
            preview(workspace, [waits.environment], partial(taking.take, waits=waits, replaces=job.replaces))
        return [provider.of_journal(workspace, waits, replaces=job.replaces) for waits in those]
    with writing(workspace.project):
        trust = Trust(workspace)
        for environment in job.environments:
            waiting.refuse(workspace.project, workspace.project.read(environment), [job.path])
        made_ready = partial(provider.ready, trust, path=job.path, new=job.new, keeps_previous=job.keeps_previous)
        ready = [made_ready(environment) for environment in job.environments]
        trust.settle()
    return ready


def resume(
    workspace: Workspace, environments: Sequence[str], path: NamePath, *, replaces: bool = False
) -> list[SetResult]:
    """Puts the values that wait in the journal into the files of the environments given.

    With `replaces` also in the place of values that were set since. Raises Error if there is none, and as `provider.take` does;
    the environments before that one keep what they got.
    """
    results = []
    for waits in _waiting(workspace.project, environments, path):
        with waiting.held(workspace.project, waits.before, path) as record:
            record.require(waits)
            results += provider.take(workspace, waits, record, replaces=replaces)
    return results


def abandon(project: Project, environments: Sequence[str], path: NamePath) -> list[str]:
    """Drops the values that wait in the journal; gives the environments. Raises Error if there are none."""
    dropped = []
    for waits in _waiting(project, environments, path):
        with waiting.held(project, waits.before, path) as record:
            record.require(waits)
            record.remove()
        dropped.append(waits.environment)
    return dropped


def _waiting(project: Project, environments: Sequence[str], path: NamePath) -> list[Waiting]:
    """The rotations of a name that wait. Raises Error if none does, Busy if one is under way."""
    those = [waits for waits in waiting.all_waiting(project) if isinstance(waits, Waiting) and waits.path == path]
    here = [waits for waits in those if waits.environment in environments]
    if not here:
        for environment in environments:
            waiting.refuse(project, project.read(environment), [path])
        hint = f"it waits elsewhere: {those[0].told().hint}" if those else waiting.see_log(path, environments[0])
        raise Error(f'no rotation of "{path_text(path)}" in {" or ".join(environments)} waits', hint)
    return here
