"""An earlier value of a name sealed again under today's data key, for whom today's policy lets open it."""

from collections.abc import Mapping

from gitseal.crypto.datakey import DataKey
from gitseal.document import document
from gitseal.document.document import Document, Entry
from gitseal.document.generated import public_half
from gitseal.document.value import TypedValue
from gitseal.policy.companions import public_name
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.sealing.companions import has_public_half, opened_here, unpaired
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def restore_value(edit: Change, source: Document, keys: Mapping[str, DataKey], entry: Entry) -> list[SetResult]:
    """Puts an entry of an earlier state of the file back in force.

    A person has chosen it, so its data key may be replaced by now. The type is kept. A value that nobody vouched for there
    stays write-only, also one that was plain and is to be sealed. A name that is gone gets the comments above it back. The
    public half of a key pair follows the private one. Raises Error if the value does not open, and as `Change.put` does.
    """
    if entry.token is not None and entry.token.group in source.header.access:
        edit.trust.source(source.header, entry.token.group)
    value = edit.stored_form(entry.path, document.open_entry(source, entry, keys), was_plain=entry.token is None)
    if is_in_force(edit, entry, value):
        return [_result(edit, entry.path, Outcome.UNCHANGED, value)]
    if not edit.is_vouched(entry, edit.environment):
        done = [_result(edit, entry.path, edit.set_write_only(entry.path, value), value)]
    else:
        pair = has_public_half(edit, entry.path)
        done = [edit.set_named(entry.path, value, comments=_comments(edit, source, entry))]
        done += [_with_public_half(edit, entry.path, value)] if pair else []
    return done


def is_in_force(edit: Change, entry: Entry, value: TypedValue) -> bool:
    """True if the name has this very value now, and is vouched for as much as the entry was."""
    now = edit.document.entries.get(entry.path)
    if now is None or opened_here(edit, entry.path) != value:
        return False
    return edit.is_vouched(now, edit.environment) or not edit.is_vouched(entry, edit.environment)


def _with_public_half(edit: Change, path: NamePath, value: TypedValue) -> SetResult:
    public = public_half(value)
    if public is None:
        raise unpaired(edit, path, "the earlier value")
    return edit.set_named(public_name(path), public)


def _comments(edit: Change, source: Document, entry: Entry) -> tuple[str, ...]:
    """The comments above an entry that the file does not have any more: to take a name out leaves them where they are."""
    here = {line.strip(" \r") for line in edit.document.tree.lines}
    first = entry.node.line
    while source.tree.is_comment(first - 1):
        first -= 1
    above = (line.strip(" \r") for line in source.tree.lines[first : entry.node.line])
    return tuple(line for line in above if line not in here)


def _result(edit: Change, path: NamePath, outcome: Outcome, value: TypedValue) -> SetResult:
    return SetResult(edit.environment, path_text(path), outcome, not value.reveal())
