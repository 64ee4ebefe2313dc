"""The names that are past their interval without any doubt, for those who cannot wait for a walk over all versions.

A value is at least as old as the token that stands for it. What was sealed anew within its interval may be older, and who has
left is not asked: `due_names` tells both.
"""

from collections.abc import Iterator, Sequence

from gitseal.errors import Error
from gitseal.project.project import Project
from gitseal.report.dates import DAY
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.document.document import Entry


def surely_overdue(project: Project, environments: Sequence[str], now: int) -> dict[str, tuple[str, ...]]:
    """The names by environment, sorted; `now` in seconds since 1970. Without an interval in the manifest Git is asked nothing.

    Files that do not hold together are passed over: `check` tells of them.
    """
    limits = _limits(project)
    wanted = {environment: dict(_limited(project, environment, limits)) for environment in environments if limits}
    if not any(wanted.values()):
        return {}
    from gitseal.audit.history.last_changes import last_changes  # most manifests have no interval

    overdue: dict[str, list[str]] = {}
    for (environment, name), last in last_changes(project, wanted).items():
        if last.when + limits[tuple(name.split("/"))] <= now:
            overdue.setdefault(environment, []).append(name)
    return {environment: tuple(sorted(names)) for environment, names in overdue.items()}


def _limits(project: Project) -> dict[NamePath, int]:
    try:
        secrets = project.manifest.secrets
    except Error:
        return {}
    return {path: declared.rotate * DAY for path, declared in secrets.items() if declared.rotate}


def _limited(project: Project, environment: str, limits: dict[NamePath, int]) -> "Iterator[tuple[str, Entry]]":
    try:
        entries = project.read(environment).entries
    except Error:
        return
    for path in limits:
        if path in entries:
            yield entries[path].name, entries[path]
