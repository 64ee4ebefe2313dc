"""A rotation with a command: the new value goes into the journal, then to the provider, then into the environment's file.

A provider's new password cannot be lost this way, and no file has a value that the provider does not know. The one gap is a value
that the command itself makes (`new` is None): it exists at the provider before anything here can seal it.
"""

import json
from collections.abc import Callable, Sequence

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import document
from gitseal.document.document import Document, Entry
from gitseal.document.value import MAX_CONTENT, TypedValue, ValueType, is_utf8
from gitseal.errors import Error, Unconfirmed, shell_quoted
from gitseal.hidden import SecretBytes
from gitseal.policy.companions import public_name
from gitseal.policy.policy import ACCEPT, Policy
from gitseal.process.replacing import NotStarted
from gitseal.project.belief.trust import Trust
from gitseal.project.keys import Keys
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.sealing import rotating, taking, waiting
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.sealing.companions import check_pair, has_public_half
from gitseal.sealing.rotating import NewValue, rotate_value
from gitseal.sealing.taking import ChangedSince
from gitseal.sealing.waiting import CommandState, Record, Waiting
from gitseal.sealing.writing import change, writing
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class Answer(NamedTuple):
    """The end of a command: its status, and what it printed, if that is the new value. `is_too_long`: not all is here.

    `failure` says why its other output could not be shown, if so: then its status is not known.
    """

    status: int
    printed: SecretBytes
    is_too_long: bool = False
    failure: str = ""


Call = Callable[[SecretBytes, Sequence[tuple[str, bytes]]], Answer]
"""Runs the command with what it reads, and the named values that its output may not show. Raises NotStarted."""


class Rotation(NamedTuple):
    """A rotation with a command, in one environment: what the journal gets before the command, and how its value is sealed.

    `new` is None if the command makes it: then `edit` is what takes it. All that could refuse it was decided before.
    `is_resumed`: the journal has it already. `replaces`: whatever stands there by now gives way.
    """

    waits: Waiting
    old: TypedValue
    new: TypedValue | None = None
    public: TypedValue | None = None
    edit: Change | None = None
    is_resumed: bool = False
    replaces: bool = False

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
    _refuse_unrevealed(edit.policy, environment, _by_hand(path, environment))
    old = _old_value(edit, entry)
    if new is None:
        if keeps_previous:
            rotating.keep_previous(edit, path)
        if has_public_half(edit, path):
            check_pair(edit, path)
        # Nobody has the value yet: the old one, sealed anew, shows whether it can be sealed.
        edit.take_over(entry, old)
        edit.result()
        return Rotation(Waiting(path, edit.document, None), old, edit=edit)
    rotate_value(edit, path, new, keeps_previous=keeps_previous)
    after = document.parse(edit.result())
    return _opened(trust.workspace, Waiting(path, edit.document, after), after, _by_hand(path, environment))


def of_journal(workspace: Workspace, waits: Waiting, *, replaces: bool = False) -> Rotation:
    """The rotation that a journal has, to be handed over once more. Raises Error if its values do not open."""
    told = waits.told()
    if waits.after is None:
        raise told
    _refuse_unrevealed(workspace.project.policy, waits.environment, told.hint)
    return _opened(workspace, waits, waits.after, told.hint)._replace(is_resumed=True, replaces=replaces)


def _opened(workspace: Workspace, waits: Waiting, after: Document, hint: str) -> Rotation:
    """The rotation of which both files are there. Raises Error, with the hint, for a value that is no text."""
    keys = Keys(after.header, workspace.keyring)
    old = document.open_entry(
        waits.before, waits.before.entries[waits.path], Keys(waits.before.header, workspace.keyring)
    )
    new = document.open_entry(after, after.entries[waits.path], keys)
    public = next((path for path in waits.changed() if path == public_name(waits.path)), None)
    half = document.open_entry(after, after.entries[public], keys) if public is not None else None
    if not is_utf8(new.reveal()):
        raise _no_text(waits.path, waits.environment, hint)
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
        raise _no_text(entry.path, edit.environment, _by_hand(entry.path, edit.environment))
    return old


def _refuse_unrevealed(policy: Policy, environment: str, hint: str) -> None:
    if not policy.environment(environment).reveal:
        raise Error(f"the policy says reveal: false for {environment}: no command is given its values", hint)


def _no_text(path: NamePath, environment: str, hint: str) -> Error:
    return Error(f'"{path_text(path)}" in {environment} is not text, and a command is given its values as JSON', hint)


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
        with writing(workspace.project):
            # A command for another environment may have taken its time since this was made ready.
            record.require(waits if rotation.is_resumed else None)
            _refuse_changed(workspace, rotation)
            # Before the command: from its first moment on a provider may have the new value.
            record.write(waits._replace(state=CommandState.BEGUN))
        try:
            answer = call(rotation.message(), rotation.secrets())
        except NotStarted as error:
            if not rotation.is_resumed:
                record.remove()
                raise
            # An earlier command may have given the provider the value that waits.
            record.write(waits)
            raise NotStarted(error.message, f"{error.hint}; {waits.told().hint}", error.status) from None
        return _ended(workspace, rotation, record, answer)


def _refuse_changed(workspace: Workspace, rotation: Rotation) -> None:
    """Raises Error if the name was changed since the rotation was made ready: its provider is not told then."""
    if rotation.replaces:
        return
    edit = Change(workspace.project.read(rotation.waits.environment), Trust(workspace))
    try:
        taking.refuse_changed(edit, rotation.waits)
    except ChangedSince as error:
        if rotation.is_resumed:
            raise
        raise Error(
            f"{error.message}: no command was started", "to rotate the value that is there now, run the command again"
        ) from None


def _ended(workspace: Workspace, rotation: Rotation, record: Record, answer: Answer) -> list[SetResult]:
    """The end of `hand_over`, after the command. All that the provider may have is in the journal before anything is judged."""
    has_failed = answer.status or answer.failure
    waits = rotation.waits if rotation.waits.after is not None else _minted(rotation, answer, record)
    waits = waits._replace(state=CommandState.FAILED if has_failed else CommandState.SUCCEEDED)
    record.write(waits)
    if has_failed:
        raise _failed(waits, answer)
    try:
        return take(workspace, waits, record, replaces=rotation.replaces)
    except (Unconfirmed, ChangedSince):
        raise
    except Error as error:
        raise _not_taken(waits, error) from None


def take(workspace: Workspace, waits: Waiting, record: Record, *, replaces: bool = False) -> list[SetResult]:
    """Puts the value of a journal into the environment's file, and forgets the journal. Raises Error as `taking.take` does."""
    results = change(
        workspace,
        [waits.environment],
        lambda edit: taking.take(edit, waits, replaces=replaces),
        ends_rotation=True,
    )
    record.remove()
    return results[waits.environment]


def _minted(rotation: Rotation, answer: Answer, record: Record) -> Waiting:
    """The journal with the value that a command printed, whatever it is.

    Raises Error, and forgets the rotation, if there is nothing to keep: no value, the old one, or one that was cut off.
    """
    waits, edit, content = rotation.waits, rotation.edit, answer.printed.reveal().removesuffix(b"\n")
    assert edit is not None  # noqa: S101 - `ready` gives it to whoever has no value
    what = f'"{path_text(waits.path)}" in {waits.environment}'
    made = rotating.provided(edit, waits.path, content)
    refused = ""
    if not content:
        ending = f"ended with status {answer.status} and " if answer.status else ""
        refused = f"the command {ending}printed no new value for {what}"
    elif answer.is_too_long or len(content) > MAX_CONTENT:
        refused = f"the command printed more than the {MAX_CONTENT} bytes that fit for {what}"
    elif edit.put(waits.path, made.value) is Outcome.UNCHANGED:
        refused = f"the command printed the value that {what} has already"
    if refused:
        record.remove()
        raise Error(refused, _KEEPS)
    if made.public is not None:
        edit.put(public_name(waits.path), made.public)
    if made.value.kind is ValueType.BYTES:
        edit.project.git().notes.append(f"gitseal: {what} is of type bytes: what the command printed is not UTF-8")
    return waits._replace(after=document.parse(edit.result()))


_KEEPS = "the file keeps its old value; look at the provider, which may have made a new one"


def _not_taken(waits: Waiting, error: Error) -> Error:
    name, environment = path_text(waits.path), waits.environment
    return Error(
        f'the command succeeded, and the new value of "{name}" in {environment} is kept, sealed, but not in the file:'
        f" {error.message}",
        f"{error.hint}; then: gitseal rotate {shell_quoted(name)} -e {environment} --resume",
    )


def _failed(waits: Waiting, answer: Answer) -> Error:
    ending = f"ended with status {answer.status}"
    if answer.failure:
        ending = f"was started, and its output could not be shown ({answer.failure})"
    return Error(
        f'the command {ending}: the file keeps the old value of "{path_text(waits.path)}" in {waits.environment}, and the'
        " new one is kept too, sealed",
        waits.told().hint,
    )
