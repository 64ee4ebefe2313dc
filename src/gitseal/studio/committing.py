"""The page that commits, and undo."""

from collections.abc import Mapping
from contextlib import suppress

from gitseal.errors import Error
from gitseal.project.workspace import Workspace
from gitseal.studio.actions import PageAction
from gitseal.studio.desk import Desk
from gitseal.studio.linking import is_there, name_pages, own_address
from gitseal.studio.rendering import View
from gitseal.usecases.uncommitted import commit_secrets, uncommitted

_DIGITS = 12


def commit_view(desk: Desk, _query: Mapping[str, str]) -> View:
    """What is in the working tree and in no commit."""
    project = desk.project
    branch = project.git().git("symbolic-ref", "--quiet", "--short", "HEAD", ok=(0, 1)) or b""
    name, merging = branch.decode("utf-8", "replace").strip(), project.git().is_merging()
    return View(
        "commit.html",
        "Commit",
        {"now": uncommitted(project), "branch": name, "merging": merging, "pages": name_pages(project)},
    )


def commit_action(desk: Desk, body: Mapping[str, object]) -> PageAction:
    """`git commit` of the files of `.secrets` alone."""
    message, branch = str(body.get("message", "")), str(body.get("branch", "")).strip().removeprefix("refs/heads/")
    shown = str(body.get("shown", ""))

    def do(workspace: Workspace) -> str:
        with desk.committing():
            made = commit_secrets(workspace.project, message, branch, shown)
        desk.forget_steps()
        return f"committed {made[:_DIGITS]}; nothing is pushed"

    return PageAction(do, "/commit")


def undo_action(desk: Desk, body: Mapping[str, object]) -> PageAction:
    """Takes back the last change, if it is the one that the page showed; then shows that page, if there still is one."""
    step, here = str(body.get("step", "")), own_address(body)

    def after() -> str:
        with suppress(Error):  # it is undone, whatever cannot be read
            if is_there(desk.project, here):
                return here
        return "/"

    return PageAction(lambda _workspace: desk.undo(step), after)
