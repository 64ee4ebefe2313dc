"""A name's value replaced by a new one in one environment, with the public half of a key pair, and the value of before kept."""

from gitseal.document import value
from gitseal.document.document import Entry
from gitseal.document.generated import GeneratedValue, generate, public_half
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error, shell_quoted
from gitseal.hidden import SecretBytes
from gitseal.policy.companions import previous_name, public_name
from gitseal.project.names import not_own
from gitseal.records import NamedTuple
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.sealing.companions import has_public_half, opened_here, require_same_access, set_generated, unpaired
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class NewValue(NamedTuple):
    """The source of a new value: a kind of generated value, or bytes that somebody gave."""

    kind: str = ""
    given: SecretBytes | None = None


def rotate_value(edit: Change, path: NamePath, new: NewValue, *, keeps_previous: bool = False) -> list[SetResult]:
    """Gives a name that the environment has a new value; a key pair gets both halves. The first result is that of the name.

    A value that was given is of the type of the old one, if that opens here. Raises Error if the name is not there, plain, or
    holds that value already; if a key pair would get a value that has no public half; and as `set_generated` and, if it
    `keeps_previous`, as `keep_previous` do.
    """
    entry = rotatable(edit, path)
    kept = keep_previous(edit, path) if keeps_previous else []
    made = generate(new.kind) if new.given is None else _given(edit, path, new.given)
    if made.public is None and has_public_half(edit, path):
        raise unpaired(edit, path)
    results = set_generated(edit, path, made)
    if results[0].outcome is Outcome.UNCHANGED:
        raise Error(f'{edit.environment}: the new value of "{entry.name}" is the old one', "give another value")
    return [*results, *kept]


def keep_previous(edit: Change, path: NamePath) -> list[SetResult]:
    """Seals the value that a name has at `NAME_PREVIOUS`, and that of its public half at `NAME_PUBLIC_PREVIOUS`.

    Raises Error if a name of these is there already, or would be open to others than its name; NotForYou if no identity at
    hand opens the value.
    """
    results = []
    for name in (path, *([public_name(path)] if has_public_half(edit, path) else ())):
        previous = previous_name(name)
        if edit.document.has(previous):
            raise _not_finished(edit, path, previous)
        rotate = f"gitseal rotate {shell_quoted(path_text(path))} -e {edit.environment}"
        require_same_access(edit, name, previous, f"to rotate without it: {rotate}")
        results.append(edit.carry(edit.document, edit.keys, edit.document.entries[name], previous))
    return results


def finish(edit: Change, path: NamePath) -> list[NamePath]:
    """Takes out what `keep_previous` made; gives the names that went. No identity is needed."""
    made = [previous_name(name) for name in (path, public_name(path))]
    gone = [name for name in made if name in edit.document.entries]
    for name in gone:
        edit.remove(name)
    return gone


def _not_finished(edit: Change, path: NamePath, previous: NamePath) -> Error:
    name, beside = path_text(path), path_text(previous)
    return Error(
        f'{edit.environment} has "{beside}" already',
        f"if nothing uses it any more: gitseal rotate {shell_quoted(name)} -e {edit.environment} --finish;"
        f" to keep it: gitseal rename {shell_quoted(beside)} {shell_quoted(beside)}_1 -e {edit.environment}",
    )


def rotatable(edit: Change, path: NamePath) -> Entry:
    """The entry of a name that can get a new value. Raises Error if the environment's own file has none, or it is plain."""
    entry = edit.document.entries.get(path)
    if entry is None:
        raise not_own(edit.project, path, edit.environment, edit.document.entries)
    if edit.policy.is_plain(edit.environment, path):
        raise Error(
            f'"{entry.name}" is plain in {edit.environment}: everybody with the repository can read it',
            f"to change it: gitseal set {shell_quoted(entry.name)} -e {edit.environment}",
        )
    return entry


def provided(edit: Change, path: NamePath, content: bytes) -> GeneratedValue:
    """A value that a provider made: of the type of the old one if it can be, else text, else bytes. Nothing is refused.

    A key pair's gets its public half, if it is a private key.
    """
    kinds = (_kind(edit, path), ValueType.TEXT)
    made = TypedValue(next((kind for kind in kinds if value.is_of(kind, content)), ValueType.BYTES), content)
    return _with_public_half(edit, path, made)


def _given(edit: Change, path: NamePath, given: SecretBytes) -> GeneratedValue:
    return _with_public_half(edit, path, value.checked(_kind(edit, path), given.reveal()))


def _kind(edit: Change, path: NamePath) -> ValueType:
    before = opened_here(edit, path)
    # A null has no content to replace: whoever gives a value wants one.
    return ValueType.TEXT if before is None or before.kind is ValueType.NULL else before.kind


def _with_public_half(edit: Change, path: NamePath, made: TypedValue) -> GeneratedValue:
    # A private key that stands alone has its public half elsewhere, and stays alone.
    return GeneratedValue(made, public_half(made) if has_public_half(edit, path) else None)
