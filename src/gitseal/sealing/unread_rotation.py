"""What can be rotated by somebody who cannot read it: what the manifest says is generated, and has no second half."""

from gitseal.crypto.datakey import DataKey
from gitseal.document.generated import is_pair
from gitseal.errors import Error, NotForYou, shell_quoted
from gitseal.sealing.change import Change
from gitseal.sealing.rotating import NewValue, rotatable
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def check_unread(edit: Change, path: NamePath, new: NewValue, declared: str, *, keeps_previous: bool) -> None:
    """Raises Error if no identity at hand opens the name and its new value has to come from somebody who reads.

    `declared` is the generator that the manifest names. It is the word of the manifest's owners that a random value will do: of
    any other name nobody but its provider knows the next value. Raises Error as `rotatable` does.
    """
    rotatable(edit, path)
    if isinstance(edit.key(edit.policy.group(edit.environment, path)), DataKey):
        return
    name, environment = path_text(path), edit.environment
    if is_pair(new.kind):
        raise NotForYou(
            f'"{name}" in {environment} is a key pair: whoever rotates it has to read it, and no identity at hand opens it'
        )
    if keeps_previous:
        raise NotForYou(
            f'the old value of "{name}" in {environment} is kept by somebody who can read it, and no identity at hand opens it'
        )
    # Plain errors: an identity is not what is missing to go the way that they name.
    unread = f'no identity at hand opens "{name}" in {environment}, and the manifest'
    if not declared:
        command = f"gitseal set {shell_quoted(name)} -e {environment}"
        generated = f"{command} --generate {shell_quoted(new.kind)} --replace"
        raise Error(
            f"{unread} does not say how to generate it",
            f"if any random value will do: {generated}"
            if new.kind
            else f"for a value that you know: {command} --replace",
        )
    if new.kind != declared:
        raise Error(
            f"{unread} says to generate it by {declared}",
            f"for that: gitseal rotate {shell_quoted(name)} -e {environment}",
        )
