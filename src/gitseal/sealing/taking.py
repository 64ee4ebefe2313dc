"""The new value of a rotation that has waited, put into the environment's file as it is by then."""

from gitseal.document import document as documents
from gitseal.document.document import Document
from gitseal.document.value import TypedValue
from gitseal.errors import Error, shell_quoted
from gitseal.policy.companions import public_name
from gitseal.project.keys import Keys
from gitseal.sealing.change import Change, SetResult
from gitseal.sealing.companions import has_public_half, unpaired
from gitseal.sealing.waiting import CommandState, Waiting
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class ChangedSince(Error):
    """A name has another value than when its rotation began. Only a person knows which of the two counts."""


def take(edit: Change, waits: Waiting, *, replaces: bool = False) -> list[SetResult]:
    """Puts the new values of a rotation into the environment's file as it is now.

    Raises ChangedSince if one of them has been changed since the rotation began, unless it `replaces` that; Error if the name is
    half of a key pair and the new value is not; and as `Change.put` does.
    """
    after = waits.after
    if after is None:
        raise waits.told()
    if not replaces:
        refuse_changed(edit, waits)
    changed = waits.changed()
    if public_name(waits.path) not in changed and has_public_half(edit, waits.path):
        raise unpaired(edit, waits.path)
    results = []
    keys = Keys(after.header, edit.trust.workspace.keyring)
    for path in changed:
        entry = after.entries[path]
        value = documents.open_entry(after, entry, keys)
        # Not refused for what it looks like: it was judged before the command, or a provider made it.
        results.append(SetResult(edit.environment, entry.name, edit.put(path, value), not value.reveal()))
        # The very token of the journal: the file shows to whoever has no key that the rotation is done.
        if path in edit.puts and entry.token is not None and edit.document.header.has_key_of(entry.token):
            edit.put_token(path, entry.token)
    return results


def refuse_changed(edit: Change, waits: Waiting) -> None:
    """Raises ChangedSince if a name of a rotation has neither the value that it had when that began, nor the new one."""
    files = [file for file in (waits.before, waits.after) if file is not None]
    opening = [(file, Keys(file.header, edit.trust.workspace.keyring)) for file in files]
    for path in waits.changed() or [waits.path]:
        if _opened(edit.document, path, edit.keys) not in [_opened(file, path, keys) for file, keys in opening]:
            raise _changed(waits, path)


def _changed(waits: Waiting, path: NamePath) -> ChangedSince:
    name, of, environment = path_text(path), path_text(waits.path), waits.environment
    rotate = f"gitseal rotate {shell_quoted(of)} -e {environment}"
    keep = f"to keep what is there, and drop the new value: {rotate} --abandon"
    if waits.state is CommandState.SUCCEEDED:
        return ChangedSince(
            f'the command succeeded, so the provider has the new value of "{of}"; but "{name}" in {environment} was changed'
            " meanwhile",
            f"to put the new value in its place: {rotate} --resume --replace; {keep}",
        )
    return ChangedSince(
        f'"{name}" in {environment} was changed since the rotation of "{of}" began',
        f"if the provider has the new value: {rotate} --resume --replace; {keep}",
    )


def _opened(file: Document, path: NamePath, keys: Keys) -> TypedValue | None:
    entry = file.entries.get(path)
    return documents.open_entry(file, entry, keys) if entry is not None else None
