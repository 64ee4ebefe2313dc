"""The matrix of names and environments, and the page of one name."""

from base64 import b64encode
from collections.abc import Mapping
from itertools import islice

from gitseal.audit.check.source_files import read
from gitseal.audit.history.log import Selection, log
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error
from gitseal.project.names import missing, parse_name
from gitseal.project.project import Project
from gitseal.project.reading import OpenedEnvironment, check_reveal
from gitseal.project.seen import NOTHING, digest
from gitseal.studio import places, standing
from gitseal.studio.changing import ValueForm
from gitseal.studio.desk import Desk
from gitseal.studio.linking import name_pages
from gitseal.studio.rendering import View
from gitseal.usecases.get import get_value
from gitseal.usecases.matrix import CellState, matrix

_MOST_EVENTS = 50


def matrix_view(desk: Desk, _query: Mapping[str, str]) -> View:
    """All names. No identity is needed; one that asks nothing tells which values are equal to their base's."""
    project = desk.with_overrides
    workspace = desk.workspace._replace(project=project)
    told = matrix(workspace, project.environments)
    sections: dict[str, list[object]] = {}
    for row in told.rows:
        sections.setdefault("/".join(row.path[:-1]), []).append(row)
    owners = sorted({row.declared.owner for row in told.rows if row.declared is not None and row.declared.owner})
    services = sorted({service for row in told.rows for service in row.services})
    values = {
        "matrix": told,
        "sections": sections,
        "states": [*CellState],
        "owners": owners,
        "services": services,
        "joining": standing.joining(desk),
    }
    return View("matrix.html", "Names", values)


def name_view(desk: Desk, query: Mapping[str, str]) -> View:
    """One name in every environment: its states, who opens it, what gets it, and its history."""
    name = query.get("name", "")
    path = parse_name(name)
    project = desk.with_overrides
    told = matrix(desk.workspace._replace(project=project), project.environments)
    row = next((row for row in told.rows if row.path == path), None)
    if row is None:
        for error in told.broken.values():
            raise error  # it may be where nobody can look
        raise Error(f'no environment and no manifest has "{name}"', "look at all names")
    cells = zip(told.environments, row.cells, strict=True)
    events = [*islice(log(project, Selection(name=name)).events, _MOST_EVENTS)]
    shown = {environment: cell for environment, cell in cells if environment not in told.broken}
    shown_places = [places.place(desk, environment, path, shown, events) for environment in shown]
    uses = _uses(project, path[-1]) if query.get("code") else None
    value_form = ValueForm(
        row.declared.generate if row.declared is not None else "",
        any(project.policy.is_plain(environment, path) for environment in shown),
        any(one.refusal or one.prospect for one in shown_places),
    )
    values = {
        "row": row,
        "places": shown_places,
        "events": events,
        "published": places.published(desk.project, shown, name),
        "uses": uses,
        "value_form": value_form,
        "pages": name_pages(desk.project),
        "nothing": NOTHING,
    }
    return View("name.html", name, values)


def _uses(project: Project, variable: str) -> list[str]:
    """The lines of the repository's code that read a name."""
    return [f"{path}:{use.line}" for path, use in read(project, [project.root]).uses if use.name == variable]


def reveal(desk: Desk, body: Mapping[str, object]) -> dict[str, object]:
    """One value, for the page to show or to copy: bytes in base64, everything else as text. The read is logged.

    Raises Error if the policy keeps the environment off screens or the value does not open, and Asked for a passphrase.
    """
    value = opens(desk, body)
    desk.note_read("studio", str(body.get("environment", "")), (str(body.get("name", "")),))
    content = value.reveal()
    if value.kind is ValueType.BYTES:
        return {"value": b64encode(content).decode("ascii"), "type": value.kind.word, "base64": True}
    return {"value": content.decode(), "type": value.kind.word}


def opens(desk: Desk, body: Mapping[str, object]) -> TypedValue:
    """The value that a request is about. Raises as `reveal` does.

    What is edited is written to the file that everybody has, so it comes from there: no override of this machine, and no
    reference replaced by what it refers to.
    """
    environment, name = str(body.get("environment", "")), str(body.get("name", ""))
    project = desk.with_overrides
    check_reveal(project, environment)
    if body.get("purpose") != "edit":
        return get_value(OpenedEnvironment(project, environment, desk.keyring), name)
    shared, path = OpenedEnvironment(desk.project, environment, desk.keyring), parse_name(name)
    if path not in shared.entries:
        raise missing(path, environment, shared.entries)
    return shared.open(path)


def seen(desk: Desk, name: str) -> dict[str, str]:
    """What each environment's own file has of a name, as forms say what they showed (see `project/seen.py`)."""
    project, path = desk.project, parse_name(name)
    return {environment: digest(project.read(environment).entries.get(path)) for environment in project.environments}
