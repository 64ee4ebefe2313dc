"""`gitseal review`."""

from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, sops_declared
from gitseal.cli.session import Session
from gitseal.errors import Error, UsageError
from gitseal.report.findings import ERROR, WARNING
from gitseal.report.plurals import plural
from gitseal.review.formats.table import FORMATS, PUBLISHED

if TYPE_CHECKING:  # loaded when the command runs
    from gitseal.audit.review.range import ReviewOptions
    from gitseal.git.repository import Repository
    from gitseal.identities import Keyring
    from gitseal.review.model import Review

_PAGER = "less"


@declare.command("review")
@declare.argument("span", metavar="[BASE..HEAD]", default="")
@environment_option("Only these environments. By default: all.")
@sops_declared()
@declare.option("--format", "form", choices=FORMATS, default="text", help="The format of the report. By default: text.")
@declare.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@declare.option("-o", "--output", "file", default="", metavar="FILE", help="Write the report to this file.")
@declare.option(
    "--fail-on", metavar="RULE,...|error|warning", multiple=True, help="End with status 1 if one of these is found."
)
@declare.option(
    "--with-identity", is_flag=True, help="Open values, even for a format that others read. May ask for a passphrase."
)
@declare.option("--show-values", is_flag=True, help="Also show the values that changed, if the policy allows it.")
@declare.option("--no-scan", is_flag=True, help="Do not look for plaintext in the commits.")
@declare.option("--no-verify", is_flag=True, help="Do not check the signatures of the commits.")
@declare.option("--no-pager", is_flag=True, help="Print a long report on a terminal without a pager.")
@declare.option("--target", default="", metavar="BRANCH", help="The branch that approvals are for, if BASE names none.")
def command(
    session: Session,
    span: str,
    environments: tuple[str, ...],
    sops: str,
    form: str,
    as_json: bool,
    file: str,
    fail_on: tuple[str, ...],
    with_identity: bool,
    show_values: bool,
    no_scan: bool,
    no_verify: bool,
    no_pager: bool,
    target: str,
) -> None:
    """Explain what a change means for secrets, and every risk in it.

    It covers names, access, data keys, policy and manifest. No identity is needed. Without BASE..HEAD, it covers your branch
    from where it left its upstream or the default branch, up to the working tree with what is not committed yet. (A copy of the
    branch itself on the remote is no such upstream.) If BASE has moved on, gitseal tries the merge.

    With --sops it covers a file of sops alone: its names, its values and who opens it.

    It runs check on the newer state, and scan and verify on the commits. The status is 0 whatever it finds, unless --fail-on
    names it: rule ids, error for all errors, warning for all warnings.

    Examples:
      gitseal review
      gitseal review HEAD~1..HEAD
      gitseal review HEAD~1..HEAD --format markdown -o review.md
    """
    from gitseal.audit.review.range import ReviewOptions
    from gitseal.audit.review.review import review
    from gitseal.audit.verify.approvals.store import keep_fetched
    from gitseal.audit.verify.approvals.target import full_branch

    form = "json" if as_json else form
    if show_values and form in PUBLISHED:
        raise UsageError(f"--show-values is not for {form}, which others read", "use --format text, html or json")
    stopping = _rules(fail_on)
    keyring = _keyring(session, form, with_identity=with_identity or show_values)
    names = tuple(part for given in environments for part in given.split(",") if part)
    branch = full_branch(target) if target else ""
    wanted = ReviewOptions(names, verify=not no_verify, scan=not no_scan, show_values=show_values, branch=branch)
    repository = session.any_repository()
    if sops:
        reviewed = _of_sops(session, repository, span, sops, keyring, wanted)
    else:
        keep_fetched(repository)
        reviewed = review(repository, span, keyring, wanted)
    text = _coloured(reviewed) if form == "text" and not file and _is_colourful(session) else FORMATS[form](reviewed)
    if file:
        _write(text, file)
    elif no_pager or not _paged(session, repository, text):
        output.text(text)
    stopped = [risk for risk in reviewed.risks if risk.rule in stopping or risk.severity in stopping]
    if stopped:
        rules = ", ".join(dict.fromkeys(risk.rule for risk in stopped))
        raise Error(f"review found {plural(len(stopped), 'problem')} that --fail-on names: {rules}", "")


def _of_sops(
    session: Session,
    repository: "Repository",
    span: str,
    file: str,
    keyring: "Keyring | None",
    wanted: "ReviewOptions",
) -> "Review":
    import os

    from gitseal.audit.review.of_sops import review_sops

    path = os.path.relpath(session.start / file, repository.top)
    if path.startswith(".."):
        raise UsageError(f'"{file}" is not in this repository', "give the path of a file in it")
    return review_sops(repository, span, path, keyring, wanted)


def _keyring(session: Session, form: str, *, with_identity: bool) -> "Keyring | None":
    """The identities to open with: those that ask nobody, unless they were asked for; none for what is published."""
    if with_identity:
        return session.keyring
    return None if form in PUBLISHED else session.keyring.unattended()


def _is_colourful(session: Session) -> bool:
    """True on a terminal that shows colours, unless somebody wants none (no-color.org: set, and not empty)."""
    return output.is_terminal() and not session.environ.get("NO_COLOR") and session.environ.get("TERM") != "dumb"


def _coloured(reviewed: "Review") -> str:
    from gitseal.review.formats import text

    return text.write(reviewed, colour=True)


def _paged(session: Session, repository: "Repository", text: str) -> bool:
    """Shows the report as Git shows a diff, in the person's pager on a terminal. False if the caller has to print it."""
    if not output.is_terminal():
        return False
    from gitseal.git.settings import of_the_person
    from gitseal.process.pager import page
    from gitseal.variables import IDENTITY_VARIABLES

    environ = {name: value for name, value in session.environ.items() if name not in IDENTITY_VARIABLES}
    # git-var(1), GIT_PAGER: one that is set and empty means no pager.
    settings = (environ.get("GIT_PAGER"), of_the_person(repository.top, "core.pager") or None, environ.get("PAGER"))
    command = next((setting for setting in settings if setting is not None), _PAGER)
    return command not in {"", "cat"} and page(command, text, environ)


def _write(text: str, file: str) -> None:
    from pathlib import Path

    from gitseal.files.atomic import write
    from gitseal.git.links import refuse_links

    refuse_links(file)
    write(Path(file), text.encode("utf-8", "backslashreplace"))


def _rules(fail_on: tuple[str, ...]) -> set[str]:
    """The rules that give status 1. Raises UsageError for one that there is not: it would never stop anything."""
    from gitseal.audit.review.rules import IDS
    from gitseal.policy.fields import nearest

    known = IDS | {ERROR, WARNING}
    given = {part.strip() for given_once in fail_on for part in given_once.split(",") if part.strip()}
    for rule in sorted(given - known):
        raise UsageError(f'there is no rule "{rule}"', nearest(rule, known) or "see docs/reference/risks.md")
    return given
