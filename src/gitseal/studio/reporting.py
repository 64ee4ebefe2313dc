"""The reports that commands give, as pages: review, people, due, status, and two sides compared."""

import time
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from gitseal.audit.access.access_page import page_of as access_page
from gitseal.audit.check.environment import NO_STANZA, UNKNOWN_RECIPIENT, WRONG_GROUP
from gitseal.audit.check.manifest import NAME_REQUIRED
from gitseal.audit.due.due_names import Today
from gitseal.audit.due.due_page import page_of as due_page
from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.audit.verify.approvals.store import keep_fetched
from gitseal.delivery.publishing.outside import outside
from gitseal.delivery.publishing.words import standing_lines
from gitseal.errors import Error
from gitseal.project.project import Project
from gitseal.project.reading import EffectiveEnvironment
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.report.page import html
from gitseal.review.formats.html import body as review_body
from gitseal.review.write_only_values import WRITE_ONLY
from gitseal.sealing.rekeying.planning import Plan
from gitseal.sealing.rekeying.words import plan_words
from gitseal.studio.actions import PageAction
from gitseal.studio.desk import Desk
from gitseal.studio.linking import helped, linked, name_pages
from gitseal.studio.rendering import View
from gitseal.usecases.access import access
from gitseal.usecases.diff import compare, difference_words
from gitseal.usecases.due import due
from gitseal.usecases.rekey import apply, plan
from gitseal.usecases.status import published, status

Query = Mapping[str, str]
# What `check` finds of files whose people are not those of the policy.
_OF_ACCESS = frozenset({NO_STANZA.id, UNKNOWN_RECIPIENT.id, WRONG_GROUP.id})
# And of single names, with what is done on their pages.
_OF_NAMES = {
    NAME_REQUIRED.id: "Set it on its page",
    WRITE_ONLY.id: "Absorb it on its page, once you know that it is right",
}


class ShownPlan(NamedTuple):
    """What the page of people showed: the plan, and the environments that it was made for."""

    environments: tuple[str, ...]
    plan: Plan


def review_view(desk: Desk, query: Query) -> View:
    """`review` of a range, by default of this branch up to the working tree."""
    span, body, failure = query.get("range", ""), Markup(), None
    repository = desk.project.git()
    keep_fetched(repository)
    try:
        body = _markup(review_body(review(repository, span, desk.keyring.unattended(), ReviewOptions())), desk.project)
    except Error as error:
        if not span:
            raise
        failure = error  # of what was typed, which stays there to be corrected
    return View("review.html", "Review", {"body": body, "span": span, "error": failure})


def people_view(desk: Desk, _query: Query) -> View:
    """`access`, and what a rekey would change. No identity is asked for it."""
    project = desk.project
    environments, broken = _readable(project)
    body = html.body(access_page(access(project, environments), with_names=False))
    words, id_ = [], ""
    try:
        if desk.troubles:
            # What is shown goes by another policy then.
            raise desk.troubles[0]
        planned = plan(desk.workspace._replace(keyring=desk.keyring.unattended()), environments)
        words = [*plan_words(planned, is_whole=True)]
        id_ = "" if planned.is_empty else desk.shelf.put(ShownPlan(environments, planned))
    except Error as error:
        words = [f"{error.message}; {helped(error.hint)}" if error.hint else error.message]
    return View(
        "people.html", "People", {"body": _markup(body, project), "planned": words, "id": id_, "broken": broken}
    )


def _readable(project: Project) -> tuple[tuple[str, ...], dict[str, Error]]:
    """The environments whose files can be read, and why the others cannot."""
    broken = {}
    _ = project.policy  # without it nothing is said of single environments
    for environment in project.environments:
        try:
            _ = EffectiveEnvironment(project, environment).entries
        except Error as error:
            broken[environment] = error
    return tuple(name for name in project.environments if name not in broken), broken


def rekey_action(desk: Desk, body: Mapping[str, object]) -> PageAction:
    """`rekey` by the plan that the page showed, and no other."""
    agreed = desk.shelf.get(str(body.get("id", "")))
    if not isinstance(agreed, ShownPlan):
        raise Error("there is no such plan", "look at the page of people again")

    def do(workspace: Workspace) -> str:
        apply(workspace, agreed.environments, agreed.plan)
        return f"rekeyed {', '.join(agreed.plan.environments)}"

    return PageAction(do, "/people")


def due_view(desk: Desk, _query: Query) -> View:
    """`due`, with what will be in 30 days."""
    project = desk.project
    today = Today(int(time.time()), 30)
    workspace = desk.workspace._replace(keyring=desk.keyring.unattended())
    environments, broken = _readable(project)
    told = due(workspace, environments, today)
    body = _markup(html.body(due_page(told, today.within)), project)
    return View("report.html", "Due", {"body": body, "broken": broken})


def status_view(desk: Desk, query: Query) -> View:
    """`status`: what the next deploy brings, and what has drifted; and what stores said, if they were asked."""
    project = desk.project
    told = status(project, project.environments, int(time.time()))
    stores = desk.shelf.get(query["stores"]) if "stores" in query else None
    values = {"deploys": told, "targets": project.policy.publish, "stores": stores}
    words = {"of_access": _OF_ACCESS, "of_names": _OF_NAMES, "pages": name_pages(project)}
    return View("status.html", "Status", values | words)


def stores_action(desk: Desk, _body: Mapping[str, object]) -> PageAction:
    """`status --published`: asks the stores. Nothing is written, and no program of a target that is new here is started."""
    id_ = desk.shelf.put(None)

    def do(workspace: Workspace) -> str:
        project = workspace.project
        reached = outside(project, desk.environ, time.sleep, {}, desk.let_go)
        lines: list[str] = []
        for one in published(workspace, reached, project.environments):
            if one.publication is not None:
                lines += (f"{one.environment}: {line.strip()}" for line in standing_lines(one.publication))
            elif one.error is not None:
                lines.append(
                    f"{one.environment}, {one.target}: nobody can tell: {one.error.message}; {helped(one.error.hint)}"
                )
        desk.shelf.replace(id_, lines)
        return ""

    return PageAction(do, f"/status?stores={id_}")


def compare_view(desk: Desk, query: Query) -> View:
    """`diff` of two environments or revisions, by name. Values are opened to compare them, and none is shown."""
    project = desk.project
    left, right = query.get("left", ""), query.get("right", "")
    told, failure = [], None
    if left and right:
        workspace = desk.workspace._replace(keyring=desk.keyring.unattended())
        try:
            told = compare(workspace, left, right)
        except Error as error:
            failure = error  # what was typed stays there to be corrected
    words = difference_words(left, right)
    values = {"environments": project.environments, "left": left, "right": right, "compared": told, "words": words}
    return View("compare.html", "Compare", values | {"error": failure})


def _markup(lines: Iterable[str], project: Project) -> Markup:
    # The writers of reports escape by themselves, as what they write to files needs.
    return linked("\n".join(lines), name_pages(project))
