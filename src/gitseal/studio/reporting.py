"""The reports that commands give, as pages: review, people, due, status, and two sides compared."""

import time
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from gitseal.audit.access.access_page import page_of as access_page
from gitseal.audit.due.due_names import Today
from gitseal.audit.due.due_page import page_of as due_page
from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.audit.verify.approvals.store import keep_fetched
from gitseal.delivery.publishing.outside import outside
from gitseal.delivery.publishing.words import standing_lines
from gitseal.errors import Error
from gitseal.project.workspace import Workspace
from gitseal.report.page import html
from gitseal.review.formats.html import body as review_body
from gitseal.sealing.rekeying.planning import Plan
from gitseal.sealing.rekeying.words import plan_words
from gitseal.studio.desk import Desk, PageAction
from gitseal.studio.rendering import View
from gitseal.usecases.access import access
from gitseal.usecases.diff import compare
from gitseal.usecases.due import due
from gitseal.usecases.rekey import apply, plan
from gitseal.usecases.status import published, status

Query = Mapping[str, str]


def review_view(desk: Desk, query: Query) -> View:
    """`review` of a range, by default of this branch up to the working tree."""
    span = query.get("range", "")
    repository = desk.project.git()
    keep_fetched(repository)
    told = review(repository, span, desk.keyring.unattended(), ReviewOptions())
    return View("review.html", "Review", {"body": _markup(review_body(told)), "span": span})


def people_view(desk: Desk, _query: Query) -> View:
    """`access`, and what a rekey would change. No identity is asked for it."""
    project = desk.project
    body = html.body(access_page(access(project, project.environments), with_names=False))
    planned, words, id_ = None, [], ""
    try:
        planned = plan(desk.workspace._replace(keyring=desk.keyring.unattended()), project.environments)
        words = [*plan_words(planned, is_whole=True)]
        id_ = "" if planned.is_empty else desk.keep(planned)
    except Error as error:
        words = [f"{error.message}; {error.hint}" if error.hint else error.message]
    return View("people.html", "People", {"body": _markup(body), "planned": words, "id": id_})


def rekey_action(desk: Desk, body: Mapping[str, object]) -> PageAction:
    """`rekey` by the plan that the page showed, and no other."""
    agreed = desk.kept(str(body.get("id", "")))
    if not isinstance(agreed, Plan):
        raise Error("there is no such plan", "look at the page of people again")

    def do(workspace: Workspace) -> str:
        apply(workspace, workspace.project.environments, agreed)
        return f"rekeyed {', '.join(agreed.environments)}"

    return PageAction(do, "/people")


def due_view(desk: Desk, _query: Query) -> View:
    """`due`, with what will be in 30 days."""
    project = desk.project
    today = Today(int(time.time()), 30)
    workspace = desk.workspace._replace(keyring=desk.keyring.unattended())
    told = due(workspace, project.environments, today)
    return View("report.html", "Due", {"body": _markup(html.body(due_page(told, today.within)))})


def status_view(desk: Desk, query: Query) -> View:
    """`status`: what the next deploy brings, and what has drifted; and what stores said, if they were asked."""
    project = desk.project
    told = status(project, project.environments, int(time.time()))
    stores = desk.kept(query["stores"]) if "stores" in query else None
    return View("status.html", "Status", {"deploys": told, "targets": project.policy.publish, "stores": stores})


def stores_action(desk: Desk, _body: Mapping[str, object]) -> PageAction:
    """`status --published`: asks the stores. Nothing is written, and no program of a target that is new here is started."""
    id_ = desk.keep(None)

    def do(workspace: Workspace) -> str:
        project = workspace.project
        reached = outside(project, desk.environ, time.sleep, {})
        lines: list[str] = []
        for one in published(workspace, reached, project.environments):
            if one.publication is not None:
                lines += (f"{one.environment}: {line.strip()}" for line in standing_lines(one.publication))
            elif one.error is not None:
                lines.append(f"{one.environment}, {one.target}: nobody can tell: {one.error.message}; {one.error.hint}")
        desk.keep_as(id_, lines)
        return ""

    return PageAction(do, f"/status?stores={id_}")


def compare_view(desk: Desk, query: Query) -> View:
    """`diff` of two environments or revisions, by name. Values are opened to compare them, and none is shown."""
    project = desk.project
    left, right = query.get("left", ""), query.get("right", "")
    told = []
    if left and right:
        workspace = desk.workspace._replace(keyring=desk.keyring.unattended())
        told = compare(workspace, left, right)
    values = {"environments": project.environments, "left": left, "right": right, "compared": told}
    return View("compare.html", "Compare", values)


def _markup(lines: Iterable[str]) -> Markup:
    # The writers of reports escape by themselves, as what they write to files needs.
    return Markup("\n".join(lines))  # noqa: S704
