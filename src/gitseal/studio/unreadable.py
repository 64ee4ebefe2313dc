"""Policy and manifest that cannot be read, after a merge or a slip in an editor: said at the top, while the rest is shown."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from gitseal.errors import Error
from gitseal.project.project import Project


def troubles(project: Project) -> Sequence[Error]:
    """What is wrong with the repository as a whole."""
    parts: tuple[Callable[[], object], ...] = (project.git, lambda: project.policy, lambda: project.manifest)
    told: dict[str, Error] = {}
    for part in parts:
        try:
            part()
        except Error as error:
            told[error.message] = error
    return [*told.values()]


def as_far_as_readable(project: Project) -> Project:
    """The project for whoever only looks: by the policy of the last commit, or without a manifest, if ours cannot be read."""
    try:
        _ = project.policy
    except Error:
        with suppress(Error):
            committed = project.git().file("HEAD", project.relative(project.policy_path))
            project = project.with_policy(committed) if committed is not None else project
    try:
        _ = project.manifest
    except Error:
        project = project.without_manifest()
    return project
