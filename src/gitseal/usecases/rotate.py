"""`rotate`: a name gets a new value, another one in each environment if it is generated."""

from collections.abc import Sequence

from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import SetResult
from gitseal.sealing.rotating import NewValue, rotate_value
from gitseal.sealing.writing import change
from gitseal.yamltext.tree import NamePath


def generator(project: Project, path: NamePath) -> str:
    """The kind of generated value that the manifest names for new values of a name; empty if it names none."""
    declaration = project.manifest.secrets.get(path)
    return declaration.generate if declaration is not None else ""


def rotate(workspace: Workspace, environments: Sequence[str], path: NamePath, new: NewValue) -> list[SetResult]:
    """Gives a name a new value in every environment given, or in none. See `rotate_value` for what is refused.

    Raises Unconfirmed if a person has to confirm a key or recipient first.
    """
    results = change(workspace, environments, lambda edit: rotate_value(edit, path, new))
    return [done for environment_results in results.values() for done in environment_results]
