"""`edit`: an environment as plain YAML and back. Only what changed is sealed again.

The text shows the file's comments for orientation; they are edited in the file itself, which is plain YAML too.
"""

import re
from typing import NamedTuple

from gitseal.document import document
from gitseal.document.document import FIRST_LINE, Document, Entry
from gitseal.document.header import HEADER
from gitseal.document.value import TypedValue, ValueType, checked
from gitseal.errors import Busy, Error, NotForYou
from gitseal.exchange.parsing import parse_text
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.workspace import Workspace
from gitseal.render.yaml import encode, quoted
from gitseal.sealing import saved_edit
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.sealing.local import options_for
from gitseal.sealing.writing import change
from gitseal.yamltext import scalars
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_HEAD = """\
# {environment}: change values, add names, remove names; save and close. Nothing is written before that.
# Comments and order live in {path}: edit them there.
{plain}
"""
_PLAIN = "# Not sealed, for everybody with the repository to read: {names}\n"
_LISTED = 8
_BLOCK = re.compile(r"[\t\n\x20-\x7e\xa1-\xac\xae-\u0600\u3001-\ud7ff]+")
_NUMBERS = {ValueType.INTEGER, ValueType.FLOAT}


class EditedText(NamedTuple):
    """An environment opened for editing: the text, the values in it by path, and the document they came from.

    `closed` are the names that no identity at hand opens; they are not in the text and stay as they are. `now` is the state
    of the environment that the text is meant for: `before`, but for a text that is resumed.
    """

    environment: str
    text: bytes
    values: dict[NamePath, TypedValue]
    before: Document
    closed: tuple[str, ...]
    now: Document

    def __repr__(self) -> str:
        return f"EditedText({self.environment!r}, …)"


def begin(workspace: Workspace, environment: str) -> EditedText:
    """The environment's text. Raises NotForYou if nothing in it opens, Error for a value that is damaged."""
    project = workspace.project
    project.check_working_tree()
    file = project.read(environment)
    draft = _draft(workspace.keyring, environment, file)
    path = project.relative(project.file(environment))
    head = _HEAD.format(environment=environment, path=path, plain=_plain_names(file))
    return draft._replace(text=(head + _text(file, draft.values)).encode())


def _plain_names(file: Document) -> str:
    names = [entry.name for entry in file.entries.values() if entry.token is None]
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return _PLAIN.format(names=", ".join(names[:_LISTED]) + more) if names else ""


def resume(workspace: Workspace, environment: str) -> EditedText:
    """The text that an earlier edit could not apply, still against the state that it began from.

    So only what its author changed is applied to the environment as it is now. Raises Error if no text is kept.
    """
    text, before = saved_edit.load(workspace, environment)
    return _draft(workspace.keyring, environment, before)._replace(text=text, now=workspace.project.read(environment))


def overtaken(draft: EditedText, text: bytes) -> list[str]:
    """The names that the author changed in a resumed text, and someone else in the environment since it began."""
    updates, removed = _changes(draft, text)
    return [
        path_text(path)
        for path in (*updates, *removed)
        if _source(draft.before.entries.get(path)) != _source(draft.now.entries.get(path))
    ]


def _draft(keyring: Keyring, environment: str, file: Document) -> EditedText:
    keys = Keys(file.header, keyring)
    values: dict[NamePath, TypedValue] = {}
    closed = []
    for path, entry in file.entries.items():
        try:
            values[path] = document.open_entry(file, entry, keys)
        except NotForYou:
            closed.append(entry.name)
    if not list(keys):
        raise NotForYou(f"no identity at hand opens {environment}")
    return EditedText(environment, b"", values, file, tuple(closed), file)


def finish(workspace: Workspace, draft: EditedText, text: bytes, *, plain: bool = False) -> list[SetResult]:
    """Applies an edited text, all of it or nothing; gives what changed. New names are plain only with `plain` and a rule.

    Raises Malformed if the text is no YAML, Busy if someone else changed one of the same names meanwhile, and
    whatever `Change.put` refuses.
    """
    updates, removed = _changes(draft, text)

    def action(edit: Change) -> list[SetResult]:
        done = []
        for path in (*updates, *removed):
            _check_unchanged(draft, edit, path)
        for path, value in updates.items():
            done.append(edit.set_named(path, value, plain=plain))
        for path in removed:
            if path in edit.document.entries:
                edit.remove(path)
        return done

    if not updates and not removed:
        return []
    done = change(workspace, (draft.environment,), action)[draft.environment]
    return [result for result in done if result.outcome is not Outcome.UNCHANGED]


def _changes(draft: EditedText, text: bytes) -> tuple[dict[NamePath, TypedValue], list[NamePath]]:
    """The difference between the text and the draft: new and changed values, and the names that are gone."""
    items = parse_text("yaml", text, f"{draft.environment}.yaml").items if _has_content(text) else ()
    wanted = {item.path: _kept_kind(draft.values.get(item.path), item.value) for item in items}
    updates = {path: value for path, value in wanted.items() if draft.values.get(path) != value}
    return updates, [path for path in draft.values if path not in wanted]


def removed_names(draft: EditedText, text: bytes) -> list[str]:
    """The names that the edited text no longer has."""
    return [path_text(path) for path in _changes(draft, text)[1]]


def is_empty(draft: EditedText, text: bytes) -> bool:
    """True if the edited text has no names at all. Raises Malformed if it is no YAML."""
    updates, removed = _changes(draft, text)
    return not updates and len(removed) == len(draft.values)


def comments_changed(draft: EditedText, text: bytes) -> bool:
    """True if the edited text has comments that it did not have: they are not saved, and the user should know."""
    return set(_comments(text)) - set(_comments(draft.text)) != set()


def _comments(text: bytes) -> list[bytes]:
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith(b"#")]


def _has_content(text: bytes) -> bool:
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in text.splitlines())


def _check_unchanged(draft: EditedText, edit: Change, path: NamePath) -> None:
    before, now = draft.now.entries.get(path), edit.document.entries.get(path)
    if _source(before) != _source(now):
        name = path_text(path)
        raise Busy(
            f'somebody else changed "{name}" while you edited',
            f"your text is kept: gitseal edit {options_for(draft.environment)} --resume",
        )


def _source(entry: Entry | None) -> object:
    return entry if entry is None else (entry.token, entry.node.source)


def _kept_kind(before: TypedValue | None, value: TypedValue) -> TypedValue:
    """JSON and bytes are shown as text: what comes back for them keeps the type they had, if it still is of it."""
    if before is not None and before.kind in {ValueType.JSON, ValueType.BYTES} and value.kind is ValueType.TEXT:
        try:
            return checked(before.kind, value.reveal())
        except Error:
            return value
    return value


def _text(file: Document, values: dict[NamePath, TypedValue]) -> str:
    """The file's own lines with every opened value in place of its token; header and closed names are left out."""
    tree = file.tree
    starts = {entry.node.line: entry for entry in file.entries.values()}
    header = tree.root.children[HEADER]
    lines: list[str] = []
    number = 0
    while number < len(tree.lines):
        entry = starts.get(number)
        if number == header.line:
            number = header.end
        elif entry is None:
            lines += [line for line in (tree.lines[number].rstrip("\r"),) if line != FIRST_LINE]
            number += 1
        else:
            if entry.path in values:
                lines += _shown(entry, values[entry.path])
            number = entry.node.end
    return "\n".join(lines).strip("\n") + "\n"


def _shown(entry: Entry, value: TypedValue) -> list[str]:
    indent = " " * entry.node.indent
    label = indent + scalars.serialise_name(entry.path[-1]) + ":"
    content = value.reveal()
    if value.kind in _NUMBERS:  # as they are stored, so that 1.50 and 1e3 come back as they went
        return [f"{label} {content.decode()}"]
    if value.kind is ValueType.JSON:
        return [f"{label} {quoted(content.decode())}"]
    if value.kind is ValueType.TEXT and b"\n" in content:
        text = content.decode()
        if _BLOCK.fullmatch(text) and not text.endswith("\n\n") and text.strip("\n"):
            keep = "" if text.endswith("\n") else "-"
            return [
                f"{label} |2{keep}",
                *(f"{indent}  {line}" if line else "" for line in text.removesuffix("\n").split("\n")),
            ]
    return [f"{label} {encode(value)}"]
