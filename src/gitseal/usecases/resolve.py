"""`resolve`: a conflict in an environment file brought to an end, name by name.

What stands rightly under the data key that the file keeps is taken as it is. If the merge leaves the key of a value behind,
the value is sealed again, by the rules of every command that seals (docs/format.md, section 7).
"""

from collections.abc import Mapping
from typing import NamedTuple

from gitseal.audit.history.last_changes import who_set
from gitseal.conflict.conflicted_file import ConflictedFile, Openings, is_fresh
from gitseal.conflict.proposals import Name, TakenSide
from gitseal.crypto.datakey import DataKey
from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import document
from gitseal.document.document import Document, Entry
from gitseal.document.header import Header
from gitseal.document.merging import conflict
from gitseal.document.merging.conflict import Hunk
from gitseal.document.value import TypedValue
from gitseal.errors import Error, NotForYou
from gitseal.files.reading import read_regular
from gitseal.git import conflicts
from gitseal.git.conflicts import ConflictOrigin
from gitseal.git.repository import Repository
from gitseal.project.belief.rule import Standing
from gitseal.project.belief.trust import Trust
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change
from gitseal.sealing.writing import commit, writing
from gitseal.yamltext.editor import Put
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath, NodeKind


class Done(NamedTuple):
    """The result for one file: each name with what it got, in words, and access groups that were brought to the policy."""

    names: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]


def origins(project: Project, file: ConflictedFile, name: Name) -> tuple[ConflictOrigin | None, ConflictOrigin | None]:
    """The author who set, or removed, a name on each side, if history tells."""
    repository = project.git()
    path = project.relative(project.file(file.environment))
    texts = []
    for side in file.sides:
        entry = side.entries.get(name.path)
        texts.append(
            f"{name.path[-1]}:" if entry is None else entry.token.serialise() if entry.token else entry.node.source
        )
    # A removed name is looked for by its line's beginning, all others by their own token or source.
    ours, theirs = (
        _origin(repository, revision, path, name.text, text) if text else None
        for revision, text in zip(file.operation.revisions, texts, strict=True)
    )
    return ours, theirs


def _origin(repository: Repository, revision: str, path: str, name: str, line: str) -> ConflictOrigin | None:
    side = repository.commit(revision) if revision else None
    commit = who_set(repository, side, path, name, line) if side is not None else ""
    return conflicts.told(repository, commit) if commit else None


def apply(workspace: Workspace, file: ConflictedFile, choices: Mapping[NamePath, TakenSide | TypedValue]) -> Done:
    """Writes the file with every name decided; the data keys are those of the first side, which is ours unless swapped.

    Access groups that are in conflict are brought to the policy. Raises Error, with nothing written, for what any command
    that seals would refuse, and Unconfirmed for keys and recipients that this clone has not met.
    """
    project = workspace.project
    with writing(project):
        # Whoever takes a side by name has asked for what it holds, a write-only value in the place of a member's too.
        trust = Trust(workspace._replace(replaces_unread=True))
        text = _assembled(file, choices)
        edit = Change(project.parse(file.environment, text), trust)
        groups = _groups(edit, file)
        openings = Openings(trust, file)
        names = tuple((path_text(path), _decide(edit, file, openings, path, choices[path])) for path in file.names)
        new = edit.result() if edit.puts or edit.removes else text
        commit(trust, {file.environment: file.written}, {file.environment: new})
    return Done(names, groups)


def side_of_keys(workspace: Workspace, file: ConflictedFile) -> TakenSide:
    """The side whose data keys go on if nobody says: ours, unless the trusted ref went on from them and theirs followed."""
    trust = Trust(workspace)
    for group in file.groups:
        ours, theirs = ((side.header, side.header.access.get(group)) for side in file.sides)
        if ours[1] is not None and theirs[1] is not None and ours[1].key_id != theirs[1].key_id:
            standings = [trust.judge(header, group).verdict.standing for header, _access in (ours, theirs)]
            if standings == [Standing.BEHIND, Standing.SEALS]:
                return TakenSide.THEIRS
    return TakenSide.OURS


def write_merged(project: Project, environment: str, data: bytes) -> None:
    """Writes a merge that has no conflict by name, if Git's own merge of lines had one."""
    with writing(project):
        old = read_regular(project.path(environment))
        commit(Trust(Workspace(project)), {environment: old}, {environment: data})


def _assembled(file: ConflictedFile, choices: Mapping[NamePath, TakenSide | TypedValue]) -> bytes:
    """The text with one side's lines for each conflict: theirs if all of its names take theirs, comments of both."""
    header = file.sides[0].header
    taken: list[bytes] = []
    at = [0, 0]
    for part in conflict.split(file.text):
        if not isinstance(part, Hunk):
            taken.append(part)
            at = [at[0] + 1, at[1] + 1]
            continue
        ends = [at[0] + len(part.ours), at[1] + len(part.theirs)]
        paths = {
            entry.path
            for side, first, last in zip(file.sides, at, ends, strict=True)
            for entry in side.entries.values()
            if first <= entry.node.line < last
        }
        # Lines of the whole file on each side, which is what the entries' nodes count.
        at = ends
        if not paths and _is_comments(part):
            taken += [*part.ours, *(line for line in part.theirs if line not in part.ours)]
        elif paths and all(_is_as_it_is(file.sides[1], header, path, choices.get(path)) for path in paths):
            taken += part.theirs
        else:
            taken += part.ours
    return b"".join(taken)


def _is_comments(part: Hunk) -> bool:
    return all(not line.strip() or line.lstrip(b" ").startswith(b"#") for line in part.ours + part.theirs)


def _is_as_it_is(theirs: Document, header: Header, path: NamePath, choice: object) -> bool:
    entry = theirs.entries.get(path)
    return choice is TakenSide.THEIRS and (entry is None or is_fresh(theirs, entry, header))


def _groups(edit: Change, file: ConflictedFile) -> tuple[tuple[str, str], ...]:
    """Brings the access groups that are in conflict to the policy, and those that are behind to a new data key."""
    done = []
    names = set(file.names)
    for group, access in edit.document.header.access.items():
        people = edit.policy.open_to(edit.environment, group)
        is_behind = edit.trust.judge(edit.document.header, group).verdict.standing is Standing.BEHIND
        if not people or not (is_behind or group in file.groups):
            continue
        wanted, now = edit.recipients(group), set(access.wrapped())
        # A stanza of another key opens nothing, so its holder has yet to gain access.
        stale = {holder for holder in now if access.stanzas[holder[0]][holder[1]].key_id != access.key_id}
        gained, lost = set(wanted) - (now - stale), now - set(wanted)
        if not gained and not lost and not is_behind:
            continue
        way_out = f"take the other side's data keys with --keys, or ask one of: {', '.join(access.stanzas)}"
        key = edit.opened_key(group, way_out, replaced=bool(lost) or is_behind)
        meaning = f"it would open access group {group} in {edit.environment}"
        if lost or is_behind:
            edit.replace_key(group, key, names, meaning)
            gone = ", ".join(sorted({name for name, _ in lost}))
            done.append((group, f"a new data key, without {gone}" if gone else "a new data key: this one is behind"))
        else:
            edit.wrap(key, {holder: wanted[holder] for holder in sorted(gained)}, meaning)
            edit.use(group, key)
            done.append((group, f"opens for {', '.join(sorted({name for name, _ in gained}))} too"))
    return tuple(done)


def _decide(
    edit: Change, file: ConflictedFile, openings: Openings, path: NamePath, choice: TakenSide | TypedValue
) -> str:
    """Brings one name to what was chosen, and says what that was."""
    now = edit.document.entries.get(path)
    if not isinstance(choice, TakenSide):
        edit.put(path, choice)
        return "a new value"
    side, word = choice.value, file.words[choice.value]
    entry = file.sides[side].entries.get(path)
    if entry is None:
        if now is not None:
            edit.remove(path)
        return f"{word}: removed"
    if entry.token is None:
        return _take_plain(edit, entry, now, word)
    if is_fresh(file.sides[side], entry, edit.document.header) and entry.token.group not in edit.made:
        if now is None or now.token != entry.token:
            edit.put_token(path, entry.token)
        return word
    header = openings.header(side, entry)
    if header is not None:
        edit.trust.source(header, entry.token.group)
    value = openings.value(side, entry)
    target = (
        edit.key(edit.policy.group(edit.environment, path))
        if not edit.policy.is_plain(edit.environment, path)
        else None
    )
    if target is not None and not isinstance(target, DataKey) and entry.token.kind != WRITE_ONLY:
        raise NotForYou(
            f'"{path_text(path)}" has to be sealed anew, and no identity at hand opens its access group',
            "ask a member to resolve this",
        )
    edit.reseal(entry, path, value)
    return f"{word}, sealed anew"


def _take_plain(edit: Change, entry: Entry, now: Entry | None, word: str) -> str:
    if not edit.policy.is_plain(edit.environment, entry.path):
        raise Error(
            f'"{entry.name}" of {word} is plain, and no rule says so',
            f"take the other side, or a new value: gitseal resolve --new {entry.name}",
        )
    if now is None or now.token is not None or document.plain_value(now) != document.plain_value(entry):
        if entry.node.kind is not NodeKind.SCALAR and entry.node.items:
            raise Error(
                f'"{entry.name}" is a list, which has to be taken over by hand', "decide its lines in your editor first"
            )
        edit.puts[entry.path] = Put(entry.node.source)
    return word
