"""`get`: one value."""

from gitseal.document.value import TypedValue, ValueType
from gitseal.identities import Keyring
from gitseal.project.names import missing, parse_name
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment


def get_value(project: Project, keyring: Keyring, environment: str, name: str, *, local: bool = True) -> TypedValue:
    """The value of a name in an environment, in what it extends, or in this machine's overrides, unless `local` is False.

    Raises Error where it is not to be had.
    """
    layered = EffectiveEnvironment(project, environment, keyring, local=local)
    path = parse_name(name)
    if path not in layered.entries:
        raise missing(path, environment, layered.entries)
    value = layered.open(path)
    if layered.entries[path][1].token is not None or value.kind is not ValueType.TEXT or b"${" not in value.reveal():
        return value
    from gitseal.resolve.references import Resolver  # few plain values hold references

    resolver = Resolver(layered.look_up)
    found = resolver.name(path)
    resolver.check()
    return found.value if found is not None else value
