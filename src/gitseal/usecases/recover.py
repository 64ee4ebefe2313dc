"""`rekey --recover`: values under a data key that a merge lost, brought back under a new one, name by name.

Such a value is still in the file and opens for nobody, since the header has another data key than the one it was sealed
with. What history replaced or took out once does not come back by this: somebody would have restored an old value.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gitseal.document import document
from gitseal.document.document import Document, Entry
from gitseal.document.header import Header
from gitseal.document.value import TypedValue
from gitseal.errors import Error, NotForYou
from gitseal.git import conflicts
from gitseal.git.log import LoggedCommit, LogQuery
from gitseal.git.log import history as log
from gitseal.project.belief.trust import Trust
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change
from gitseal.sealing.writing import change_locked, writing
from gitseal.yamltext.tree import NamePath


class Lost(NamedTuple):
    """A value that opens for nobody any more.

    `who`, `when` (seconds since 1970) and `commit` are of the commit that brought it, empty and 0 if none did yet.
    `refusal` says why it cannot be restored, and is empty if it can.
    """

    environment: str
    name: str
    path: NamePath
    group: str
    who: str
    when: int
    commit: str
    refusal: str


def look(workspace: Workspace, environments: Sequence[str]) -> list[Lost]:
    """The lost values of these environments. Raises Error if history does not reach back to its beginning."""
    project, trust, lost = workspace.project, Trust(workspace), []
    for environment in environments:
        here = project.read(environment)
        stale = [entry for entry in here.entries.values() if _is_stale(here.header, entry)]
        if stale and project.git().is_shallow():
            raise Error(
                "history is cut off here, so whether it replaced a lost value cannot be seen",
                "fetch all of it: git fetch --unshallow",
            )
        commits = _commits(project, environment) if stale else []
        lost += [_lost(trust, here, entry, commits) for entry in stale]
    return lost


def _is_stale(header: Header, entry: Entry) -> bool:
    return entry.token is not None and not header.has_key_of(entry.token)


def _commits(project: Project, environment: str) -> list[LoggedCommit]:
    """The commits that changed a file: of this branch, and of one whose merge is not committed yet."""
    repository = project.git()
    path = project.relative(project.file(environment))
    revisions = conflicts.operation(repository).revisions
    ids = [repository.commit(revision) for revision in revisions if revision and revision != "refs/stash"]
    return list(
        log(repository, LogQuery((path,), lambda _path: True), [commit for commit in ids if commit] or ["HEAD"])
    )


def _lost(trust: Trust, here: Document, entry: Entry, commits: Iterable[LoggedCommit]) -> Lost:
    token = entry.token
    if token is None:
        raise TypeError
    text = token.serialise().encode()
    brought, is_superseded = None, False
    for commit in commits:
        for file in commit.files:
            had = [before is not None and text in before for before in file.before]
            has = file.after is not None and text in file.after
            # Somebody replaced the value or took it out, on purpose: an old value is not to come back by way of a merge.
            is_superseded |= any(had) and not has
            brought = commit if has and not any(had) else brought
    refusal = "history replaced it or took it out, and it came back" if is_superseded else ""
    try:
        _ = refusal or _open(trust, here, entry)
    except Error as error:
        refusal = error.message
    origin = (brought.author, brought.time, brought.id) if brought is not None else ("", 0, "")
    return Lost(here.header.environment, entry.name, entry.path, token.group, *origin, refusal)


def _old(trust: Trust, here: Document, entry: Entry) -> Header:
    """The header as it was when the value was sealed. Raises Error if history has none with that data key."""
    token = entry.token
    header = trust.block(here.header, token.group, token.key_id) if token is not None else None
    if header is None:
        raise Error("no commit has the data key that it was sealed with")
    return header


def _open(trust: Trust, here: Document, entry: Entry) -> TypedValue:
    header = _old(trust, here, entry)
    ((group, access),) = header.access.items()
    key = trust.open(header, group, access.key_id)
    if key is None:
        raise NotForYou("no identity at hand opens the data key that it was sealed with")
    return document.open_entry(here.under_header(header), entry, {group: key})


def apply(workspace: Workspace, chosen: Sequence[Lost]) -> None:
    """Seals these values again under a new data key for their access groups, in all environments or in none.

    Raises Error if one of them is not to be had any more, Unconfirmed for data keys and recipients that this clone has not
    met, NotForYou if an access group's current data key is not the caller's.
    """

    def action(edit: Change) -> None:
        wanted = {lost.path for lost in chosen if lost.environment == edit.environment}
        entries = [entry for path in sorted(wanted) if (entry := edit.document.entries.get(path)) is not None]
        if len(entries) < len(wanted) or not all(_is_stale(edit.document.header, entry) for entry in entries):
            raise Error("the files changed since they were looked at", "look again: gitseal rekey --recover")
        for group in sorted({entry.token.group for entry in entries if entry.token is not None}):
            _new_key(edit, group)
        for entry in entries:
            # A person chose each of these values, so it is enough that this clone has met their data key.
            if entry.token is not None:
                edit.trust.source(_old(edit.trust, edit.document, entry), entry.token.group)
            edit.reseal(entry, entry.path, _open(edit.trust, edit.document, entry))

    with writing(workspace.project):
        change_locked(workspace, tuple(dict.fromkeys(lost.environment for lost in chosen)), action)


def _new_key(edit: Change, group: str) -> None:
    if group not in edit.document.header.access:
        edit.use(group, edit.new_group(group))
        return
    key = edit.opened_key(group, replaced=True)
    stale = {entry.path for entry in edit.document.entries.values() if _is_stale(edit.document.header, entry)}
    edit.replace_key(group, key, stale, f"it would open access group {group} in {edit.environment}")
