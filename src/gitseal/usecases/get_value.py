"""`get`: one value."""

from gitseal.document.value import Value
from gitseal.identities import Keyring
from gitseal.project.project import Project
from gitseal.project.reading import Layered
from gitseal.usecases.names import missing, parse_name


def get_value(project: Project, keyring: Keyring, environment: str, name: str) -> Value:
    """The value of a name in an environment or in what it extends. Raises Error where it is not to be had."""
    layered = Layered(project, environment, keyring)
    path = parse_name(name)
    if path not in layered.entries:
        raise missing(path, environment, layered.entries)
    return layered.open(path)
