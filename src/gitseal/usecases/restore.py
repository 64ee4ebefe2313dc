"""`restore`: an earlier value of a name back in force, after a look at who set it and who knows it."""

from collections.abc import Sequence

from gitseal.audit.due.age import age
from gitseal.audit.due.comparable import ComparableValues
from gitseal.audit.due.compromised import reasons
from gitseal.audit.exposure.departed import departures
from gitseal.audit.exposure.past import Moment
from gitseal.audit.exposure.timeline import Timeline
from gitseal.document import document
from gitseal.document.document import Document, Entry
from gitseal.errors import Error, shell_quoted
from gitseal.project.keys import Keys
from gitseal.project.names import below
from gitseal.project.revisions import document_at
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.report.sentences import Sentence
from gitseal.sealing.change import Change, SetResult
from gitseal.sealing.restoring import restore_value
from gitseal.sealing.writing import change, preview
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class PastValue(NamedTuple):
    """A value that may come back: the commit that set it (empty if history does not say), and why it is compromised, if it is."""

    environment: str
    name: str
    set_at: Moment
    compromised: tuple[Sentence, ...]


def look(workspace: Workspace, environments: Sequence[str], path: NamePath, revision: str) -> list[PastValue]:
    """The values of a name in a revision, one for each environment. Changes nothing.

    Raises Error if there is no such commit, file or name, or if a value does not open here.
    """
    project = workspace.project
    earlier = [_earlier(workspace, environment, path, revision) for environment in environments]
    # Everybody who reads a branch knows what stands plain there; but only HEAD says who has left.
    timeline = Timeline(project)
    values = ComparableValues(timeline, workspace.keyring)
    gone = departures(project, Timeline(project, only_head=True))
    told = []
    for source, entry in earlier:
        name = (source.header.environment, entry.name)
        text = values.of(document.open_entry(source, entry, Keys(source.header, workspace.keyring)))
        is_public = project.policy.is_plain(source.header.environment, path)
        against = () if is_public else tuple(reasons(values, gone, project.policy, name, text))
        told.append(PastValue(*name, age(values.changes(name), text).set_at, against))
    return told


def restore(
    workspace: Workspace, environments: Sequence[str], path: NamePath, revision: str, *, dry_run: bool = False
) -> list[SetResult]:
    """Puts the values of a revision back in force, in all environments or in none. See `restore_value`.

    With `dry_run` it writes nothing, and gives the same results. Raises Unconfirmed if a person has to confirm a key first.
    """

    def action(edit: Change) -> list[SetResult]:
        source, entry = _earlier(workspace, edit.environment, path, revision)
        return restore_value(edit, source, Keys(source.header, workspace.keyring), entry)

    results = (preview if dry_run else change)(workspace, environments, action)
    return [done for environment_results in results.values() for done in environment_results]


def _earlier(workspace: Workspace, environment: str, path: NamePath, revision: str) -> tuple[Document, Entry]:
    source = document_at(workspace.project, revision, environment)
    entry = source.entries.get(path)
    if entry is None:
        name = path_text(path)
        told = "is a section" if below(path, source.entries) else "has no value"
        raise Error(
            f'"{name}" {told} in {environment} of {revision}',
            f"see when it had one: gitseal log -e {environment} {shell_quoted(name)}",
        )
    return source, entry
