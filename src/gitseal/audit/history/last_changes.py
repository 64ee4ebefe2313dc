"""The last change of each name of an environment, by whom and when, from Git's history. Needs no identity."""

from typing import NamedTuple

from gitseal.audit.history.log import environment_of, person
from gitseal.document.changes import Action, changes, changes_of_merge
from gitseal.document.document import Entry
from gitseal.errors import Error
from gitseal.git.log import ChangedFile, LogQuery, history, shallow_ends
from gitseal.git.renames import follow
from gitseal.git.repository import Repository
from gitseal.project.project import Project
from gitseal.project.roots import is_in_secrets

_SETS = frozenset({Action.SET, Action.CHANGED, Action.REMOVED})
_FEW = 16
_VALUES = frozenset({Action.SET, Action.CHANGED, Action.RESEALED})


class Last(NamedTuple):
    """The commit that brought a name's value as it stands: `when` in seconds since 1970, `who` wrote it; both are claims."""

    commit: str
    when: int
    who: str


Names = dict[str, dict[str, Entry]]
"""Entries of environments' own files, by environment and name."""


def last_changes(project: Project, wanted: Names) -> dict[tuple[str, str], Last]:
    """By environment and name, for entries as they lie in the working tree. One walk, which ends with the last of them.

    A name is missing that is in no commit as it stands, or came before a shallow clone's history begins; all are if there
    is no repository, no `git`, and no whole history: a note says why.
    """
    if project.repository is None:
        return {}
    try:
        return _walk(project, project.repository, wanted)
    except Error as error:
        project.repository.notes.append(f"gitseal: who changed what last is not known: {error.message}")
        return {}


def who_set(repository: Repository, revision: str, path: str, name: str, line: str) -> str:
    """The commit in the history of a revision that set a name of a file, or took it out, as `log` tells it; empty if none did.

    `line` is what stands there now, which a commit that changed it has more or less often than its parents. A merge that only
    brings a value in did not set it, and neither did whoever sealed it anew: they are told only if nobody else is known.
    """
    sought, resealed = line.encode(), ""
    # By descent: of two commits of one second, dates alone may show the parent first.
    for commit in history(repository, LogQuery((path,), lambda _path: True), ("--topo-order", revision)):
        for file in commit.files:
            count = (file.after or b"").count(sought)
            if not resealed and any((before or b"").count(sought) == count for before in file.before):
                continue
            actions = [change.action for change in changes_of_merge(file.before, file.after) if change.name == name]
            if _SETS & set(actions):
                return commit.id
            if Action.RESEALED in actions:
                resealed = resealed or commit.id
    return resealed


def _walk(project: Project, repository: Repository, wanted: Names) -> dict[tuple[str, str], Last]:
    files = {name: project.relative(project.file(name)) for name in wanted}
    committed = repository.files("HEAD", list(files.values()))
    open_names = {name: _as_in_head(project, name, committed[files[name]], wanted[name]) for name in wanted}
    by_name: dict[tuple[str, str], Last] = {}
    paths = [project.relative(project.file(name)) for name, entries in open_names.items() if entries]
    if not paths:
        return by_name
    ends = shallow_ends(repository)
    for commit in follow(repository, LogQuery(paths, lambda path: bool(environment_of(path))), is_in_secrets):
        # One commit may bring thousands of names.
        last = Last(commit.id, commit.time, person(commit.author, commit.author_email))
        for file in commit.files if commit.id not in ends else ():
            environment = environment_of(file.path)
            entries = open_names.get(environment, {})
            for name in _brought(file, entries, committed.get(file.path)):
                del entries[name]
                by_name[environment, name] = last
        if not any(open_names.values()):
            break
    return by_name


def _as_in_head(
    project: Project, environment: str, committed: bytes | None, entries: dict[str, Entry]
) -> dict[str, Entry]:
    """The names that HEAD, whose file is `committed`, has as the working tree has them."""
    if committed is None:
        return {}
    otherwise = {change.name for change in changes(committed, project.source.read(project.file(environment)))}
    return {name: entry for name, entry in entries.items() if name not in otherwise}


def _brought(file: ChangedFile, wanted: dict[str, Entry], committed: bytes | None) -> list[str]:
    """The names whose value, as it is in HEAD, this file's change brought; `committed` is the file there.

    A newer change that a merge dropped, or that was taken back, has another token: it is passed over.
    """
    is_whole = file.after == committed and not any(file.before)
    if is_whole and all(entry.token is not None for entry in wanted.values()):
        # A new file, and nothing was changed since: it need not be read again to see that it brought everything.
        return list(wanted)
    if not any(file.before) and len(wanted) <= _FEW and all(entry.token is not None for entry in wanted.values()):
        # So it brought all of these tokens that it has: to look for a few takes less than to read the file.
        return [name for name, entry in wanted.items() if _stands_in(entry, file.after)]
    names = []
    for change in changes_of_merge(file.before, file.after) if wanted else ():
        entry = wanted.get(change.name) if change.action in _VALUES else None
        if entry is not None and _stands_in(entry, file.after):
            names.append(change.name)
    return names


def _stands_in(entry: Entry, content: bytes | None) -> bool:
    """True if a file has the entry's token; of a plain value that is not asked."""
    return entry.token is None or entry.token.serialise().encode() in (content or b"")
