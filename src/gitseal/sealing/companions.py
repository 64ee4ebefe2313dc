"""Sets a value together with the names that belong to it: the public half of a key pair."""

from gitseal.document import document
from gitseal.document.generated import GeneratedValue, public_half
from gitseal.document.value import TypedValue
from gitseal.errors import Damaged, Error, Malformed, NotForYou, Stale, shell_quoted
from gitseal.policy.companions import is_companion, public_name
from gitseal.policy.manifest import Manifest
from gitseal.policy.patterns import matches
from gitseal.sealing.change import Change, SetResult
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def set_generated(edit: Change, path: NamePath, made: GeneratedValue, *, plain: bool = False) -> list[SetResult]:
    """Sets a generated value, and the public half of a key pair beside it.

    Raises Error as `Change.put` does, and with nothing set: if the public half would have another access than the private
    one, if a service would get it by a pattern, and if its name holds anything but the public half of the key to be replaced.
    """
    if made.public is None:
        return [edit.set_named(path, made.value, plain=plain)]
    check_pair(edit, path)
    return [edit.set_named(path, made.value), edit.set_named(public_name(path), made.public)]


def check_pair(edit: Change, path: NamePath) -> None:
    """Raises Error for a key pair that `set_generated` refuses at a name, whatever the keys are."""
    public = public_name(path)
    if edit.policy.is_plain(edit.environment, path):
        raise Error(
            f'a rule makes "{path_text(path)}" plain, and a private key is never plain',
            f"take {path_text(path)} out of the rule in .secrets/policy.yaml that says plain: true",
        )
    require_same_access(edit, path, public)
    _refuse_pattern(edit.trust.workspace.project.manifest, path, public)
    _refuse_overwriting(edit, path, public)


def require_same_access(edit: Change, path: NamePath, companion: NamePath, way_out: str = "") -> None:
    """Raises Error unless the policy seals a companion to the access group of the name that it belongs to.

    `way_out` is the hint, if there is a better one than to change the policy.
    """
    policy, environment = edit.policy, edit.environment
    if policy.is_plain(environment, companion):
        told = "plain"
    elif policy.group(environment, companion) != policy.group(environment, path):
        told = f'for access group "{policy.group(environment, companion)}"'
    else:
        return
    name, beside = path_text(path), path_text(companion)
    raise Error(
        f'"{beside}" would be {told} in {environment}, and it belongs to "{name}", which is for access group'
        f' "{policy.group(environment, path)}"',
        way_out or f"in .secrets/policy.yaml, let one rule cover {name} and {beside}, then run the command again",
    )


def _refuse_pattern(manifest: Manifest, path: NamePath, public: NamePath) -> None:
    if is_companion(public, manifest, ()):
        return
    for service, declared in manifest.services.items():
        for pattern in declared.include:
            if "*" in pattern and matches(pattern, public):
                raise Error(
                    f'service "{service}" includes "{pattern}" and would get "{path_text(public)}" without having named it',
                    f"declare the key pair in .secrets/manifest.yaml, under secrets: {path_text(path)}: {{generate: ed25519}},"
                    " with the kind that you want",
                )


def _refuse_overwriting(edit: Change, path: NamePath, public: NamePath) -> None:
    if public not in edit.document.entries:
        return
    private, before = opened_here(edit, path), opened_here(edit, public)
    if private is None or before is None or public_half(private) != before:
        raise Error(
            f'{edit.environment} has "{path_text(public)}", which is not known to be the public half of "{path_text(path)}"',
            f"to keep it under another name: gitseal rename {path_text(public)} {path_text(public)}_1 -e {edit.environment}",
        )


def unpaired(edit: Change, path: NamePath, given: str = "the new value") -> Error:
    """The error for a value that is no private key, at a name that has a public half. `given` says which value."""
    name, public = path_text(path), path_text(public_name(path))
    return Error(
        f'"{name}" is a private key in {edit.environment}, and {given} is not: "{public}" would not belong to it',
        f"if it is to be a key pair no more: gitseal unset {shell_quoted(public)} -e {edit.environment}",
    )


def has_public_half(edit: Change, path: NamePath) -> bool:
    """True if the environment has the public half of a name; without an identity, if the manifest says so."""
    public = public_name(path)
    if public not in edit.document.entries:
        return False
    private, beside = opened_here(edit, path), opened_here(edit, public)
    if private is None or beside is None:
        return is_companion(public, edit.project.manifest, ())
    return public_half(private) == beside


def opened_here(edit: Change, path: NamePath) -> TypedValue | None:
    """The value of a name in the environment's own file; None if there is none or it does not open."""
    entry = edit.document.entries.get(path)
    if entry is None:
        return None
    try:
        return document.open_entry(edit.document, entry, edit.keys)
    except (NotForYou, Stale, Damaged, Malformed):
        return None
