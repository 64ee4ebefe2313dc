"""A rotation with a command: the new value goes into the journal, then to the provider, then into the environment's file.

A provider's new password cannot be lost this way, and no file has a value that the provider does not know. The one gap is a value
that the command itself makes (`new` is None): it exists at the provider before anything here can seal it.
"""

import json
from collections.abc import Callable, Sequence

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import document
from gitseal.document.document import Entry
from gitseal.document.value import MAX_CONTENT, TypedValue, is_utf8
from gitseal.errors import Error, Unconfirmed, shell_quoted
from gitseal.hidden import SecretBytes
from gitseal.policy.companions import public_name
from gitseal.policy.policy import ACCEPT, Policy
from gitseal.process.replacing import NotStarted
from gitseal.project.belief.trust import Trust
from gitseal.project.keys import Keys
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.sealing import rotating, waiting
from gitseal.sealing.change import Change, SetResult
from gitseal.sealing.rotating import NewValue, rotate_value
from gitseal.sealing.waiting import Record, Waiting
from gitseal.sealing.writing import change
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class Answer(NamedTuple):
    """The end of a command: its status, and what it printed, if that is the new value. `is_too_long`: not all is here."""

    status: int
    printed: SecretBytes
    is_too_long: bool = False


Call = Callable[[SecretBytes, Sequence[tuple[str, bytes]]], Answer]
"""Runs the command with what it reads, and the named values that its output may not show. Raises NotStarted."""


class Rotation(NamedTuple):
    """A rotation with a command, in one environment: what the journal gets before the command, and how its value is sealed.

    `new` is None if the command makes it: then `edit` is what takes it. All that could refuse it was decided before.
    """

    waits: Waiting
    old: TypedValue
    new: TypedValue | None = None
    public: TypedValue | None = None
    edit: Change | None = None

    def message(self) -> SecretBytes:
        """What the command reads: a JSON object on one line."""
        told = {"old": self.old, "new": self.new} | ({"public": self.public} if self.public is not None else {})
        values = {name: value.reveal().decode() if value is not None else None for name, value in told.items()}
        place = {"name": path_text(self.waits.path), "environment": self.waits.environment}
        return SecretBytes(json.dumps(values | place).encode() + b"\n")

    def secrets(self) -> list[tuple[str, bytes]]:
        """The values that the command's output may not show."""
        from gitseal.scan.ordinary import is_ordinary

        values = (value.reveal() for value in (self.new, self.old) if value is not None)
        return [(path_text(self.waits.path), value) for value in values if value and not is_ordinary(value)]


def ready(trust: Trust, environment: str, path: NamePath, new: NewValue | None, *, keeps_previous: bool) -> Rotation:
    """The rotation of a name in an environment, made ready for a command. Without `new`, the command makes the value.

    Nothing is written. Raises Error for all that `rotate_value` refuses, an old value that does not open or that the policy does
    not reveal, and a value that is no text.
    """
    edit = Change(trust.workspace.project.read(environment), trust)
    entry = rotating.rotatable(edit, path)
    _refuse_unrevealed(edit.policy, environment, path)
    old = _old_value(edit, entry)
    if new is None:
        if keeps_previous:
            rotating.keep_previous(edit, path)
        # Nobody has the value yet: the old one, sealed anew, shows whether it can be sealed.
        edit.take_over(entry, old)
        edit.result()
        return Rotation(Waiting(path, edit.document, None), old, edit=edit)
    rotate_value(edit, path, new, keeps_previous=keeps_previous)
    return of_journal(trust.workspace, Waiting(path, edit.document, document.parse(edit.result())))


def of_journal(workspace: Workspace, waits: Waiting) -> Rotation:
    """The rotation that a journal has, to be handed over once more. Raises Error if its values do not open."""
    if waits.after is None:
        raise waits.told()
    _refuse_unrevealed(workspace.project.policy, waits.environment, waits.path)
    old, new = (
        document.open_entry(file, file.entries[waits.path], Keys(file.header, workspace.keyring))
        for file in (waits.before, waits.after)
    )
    public = next((path for path in waits.changed() if path == public_name(waits.path)), None)
    keys = Keys(waits.after.header, workspace.keyring)
    half = document.open_entry(waits.after, waits.after.entries[public], keys) if public is not None else None
    if not is_utf8(new.reveal()):
        raise _no_text(waits.path, waits.environment)
    return Rotation(waits, old, new, half)


def _old_value(edit: Change, entry: Entry) -> TypedValue:
    """The value that a command is given as the old one. Raises Error if it may not be read."""
    rule = edit.policy.environment(edit.environment)
    if entry.token is not None and entry.token.kind == WRITE_ONLY and rule.write_only != ACCEPT:
        raise Error(
            f'"{entry.name}" was brought in by someone who cannot read {edit.environment}, and no member has taken it over',
            f"see who it was with git log, then: gitseal absorb {shell_quoted(entry.name)} -e {edit.environment}",
        )
    old = document.open_entry(edit.document, entry, edit.keys)
    if not is_utf8(old.reveal()):
        raise _no_text(entry.path, edit.environment)
    return old


def _refuse_unrevealed(policy: Policy, environment: str, path: NamePath) -> None:
    if not policy.environment(environment).reveal:
        message = f"the policy says reveal: false for {environment}: no command is given its values"
        raise Error(message, _by_hand(path, environment))


def _no_text(path: NamePath, environment: str) -> Error:
    message = f'"{path_text(path)}" in {environment} is not text, and a command is given its values as JSON'
    return Error(message, _by_hand(path, environment))


def _by_hand(path: NamePath, environment: str) -> str:
    rotate = f"gitseal rotate {shell_quoted(path_text(path))} -e {environment}"
    return f"change it at the provider by hand, and give the new value here: {rotate}"


def hand_over(workspace: Workspace, rotation: Rotation, call: Call) -> list[SetResult]:
    """Puts the new value into the journal, runs the command, and puts the value into the environment's file.

    Raises Error if the command fails or the file cannot be written: then the value stays in the journal, and the error says how
    to go on. NotStarted leaves there what was there before.
    """
    waits = rotation.waits
    with waiting.held(workspace.project, waits.before, waits.path) as record:
        # An earlier command may have given the provider the value that waits: a mistyped one must not lose it.
        waited = record.read() is not None
        # Before the command: from its first moment on a provider may have the new value.
        record.write(waits)
        try:
            answer = call(rotation.message(), rotation.secrets())
        except NotStarted:
            if not waited:
                record.remove()
            raise
        if waits.after is None:
            try:
                waits = _minted(rotation, answer)
            except Error:
                record.remove()
                raise
            # From here on it is sealed: even if the command failed after it had made the value.
            record.write(waits)
        if answer.status:
            raise _failed(waits, answer.status)
        try:
            return take(workspace, waits, record)
        except (Unconfirmed, waiting.ChangedSince):
            raise
        except Error as error:
            raise _not_taken(waits, error) from None


def take(workspace: Workspace, waits: Waiting, record: Record) -> list[SetResult]:
    """Puts the value of a journal into the environment's file, and forgets the journal. Raises Error as `waiting.take` does."""
    results = change(workspace, [waits.environment], lambda edit: waiting.take(edit, waits))
    record.remove()
    return results[waits.environment]


def _minted(rotation: Rotation, answer: Answer) -> Waiting:
    """The journal with the value that a command printed. Raises Error if it printed none."""
    waits, content = rotation.waits, answer.printed.reveal().removesuffix(b"\n")
    what = f'"{path_text(waits.path)}" in {waits.environment}'
    if not content:
        ending = f"ended with status {answer.status} and " if answer.status else ""
        raise Error(f"the command {ending}printed no new value for {what}", _KEEPS)
    if answer.is_too_long:
        raise Error(f"the command printed more than the {MAX_CONTENT} bytes that fit for {what}", _KEEPS)
    edit = rotation.edit
    assert edit is not None  # noqa: S101 - `ready` gives it to whoever has no value
    rotate_value(edit, waits.path, NewValue(given=SecretBytes(content), is_minted=True))
    return waits._replace(after=document.parse(edit.result()))


_KEEPS = "the file keeps its old value; look at the provider, which may have made a new one"


def _not_taken(waits: Waiting, error: Error) -> Error:
    name, environment = path_text(waits.path), waits.environment
    return Error(
        f'the command succeeded, and the new value of "{name}" in {environment} is kept, sealed, but not in the file:'
        f" {error.message}",
        f"{error.hint}; then: gitseal rotate {shell_quoted(name)} -e {environment} --resume",
    )


def _failed(waits: Waiting, status: int) -> Error:
    return Error(
        f'the command ended with status {status}: the file keeps the old value of "{path_text(waits.path)}" in'
        f" {waits.environment}, and the new one is kept too, sealed",
        waits.told().hint,
    )
