"""`unset`: names taken out of environments."""

from collections.abc import Sequence

from gitseal.errors import Error
from gitseal.policy.layers import LOCAL
from gitseal.project.names import own
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.project.seen import check_single
from gitseal.project.workspace import Workspace
from gitseal.sealing.change import Change
from gitseal.sealing.writing import change
from gitseal.yamltext.reader import path_text


def unset(workspace: Workspace, environments: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Takes names, or whole sections, out of every environment given; gives (environment, name) of each that went.

    Raises Error, with nothing written, if one is not there, and NotAsSeen for a section that somebody saw as one name. No
    identity is needed.
    """

    def action(edit: Change) -> list[tuple[str, str]]:
        check_single(workspace.seen, edit.document, names)
        paths = own(edit.project, names, edit.environment, edit.document.entries)
        for path in paths:
            edit.remove(path)
        return [(edit.environment, path_text(path)) for path in paths]

    results = change(workspace, environments, action)
    return [removed for environment_results in results.values() for removed in environment_results]


def told(project: Project, removed: Sequence[tuple[str, str]]) -> list[str]:
    """One line for each name that went, with where its value comes from now. `project` is as readers get it."""
    views = {environment: visible_in(project, environment) for environment, _ in removed}
    return [
        f"{environment}: removed {name}" + (f"; the value comes from {layer} now" if layer else "")
        for environment, name in removed
        for layer in (views[environment].get(name),)
    ]


def visible_in(project: Project, environment: str) -> dict[str, str]:
    """The names that those who read an environment (or the overrides `ENVIRONMENT.local`) see, each with the layer it is in.

    Empty if some layer does not hold together. No identity is needed.
    """
    try:
        view = EffectiveEnvironment(project, environment.removesuffix(LOCAL)).entries
    except Error:
        return {}
    return {path_text(path): layer for path, (layer, _) in view.items()}
