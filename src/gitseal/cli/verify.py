"""`gitseal verify`."""

import sys
from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error, UsageError
from gitseal.report.findings import ERROR
from gitseal.report.formats import FORMATS, write
from gitseal.report.plurals import plural

if TYPE_CHECKING:  # loaded when the command runs
    from gitseal.audit.verify.verified import Verified


@declare.command("verify")
@declare.argument("span", metavar="BASE..HEAD", required=False)
@declare.option("--pre-receive", is_flag=True, help="In a server's hook of that name: judge what is pushed.")
@declare.option("--target", default="", metavar="BRANCH", help="The branch that approvals are for, if BASE names none.")
@declare.option("--format", "form", choices=FORMATS, default="text", help="The format of the findings.")
@declare.option("--json", "as_json", is_flag=True, help="Short for --format json.")
def command(session: Session, span: str | None, pre_receive: bool, target: str, form: str, as_json: bool) -> None:
    """Check that every change of secrets is signed by someone allowed.

    It looks at each commit of BASE..HEAD, merges too, that touches .secrets or a .gitattributes file. The policy in BASE decides
    who is allowed; what the commits say about themselves is not trusted. Without HEAD it goes up to HEAD. No identity is needed.
    OpenPGP signatures need gpg.

    Examples:
      gitseal verify HEAD~1..HEAD
    """
    if pre_receive == bool(span):
        raise UsageError(
            "verify takes BASE..HEAD, or --pre-receive", "for example: gitseal verify refs/remotes/origin/main..HEAD"
        )
    if pre_receive and target:
        raise UsageError("--target is for BASE..HEAD: a push names its branches itself", "leave one of the two out")
    verified = _push(session) if pre_receive else _range(session, span or "", target)
    report = write(verified.findings, "json" if as_json else form)
    if report:
        output.text(report.rstrip("\n") + "\n")
    errors = [finding for finding in verified.findings if finding.severity == ERROR]
    if errors:
        raise Error(f"verify found {plural(len(errors), 'problem')}", "")
    say(_summary(verified))


def _range(session: Session, span: str, target: str) -> "Verified":
    from gitseal.audit.verify.approvals.store import keep_fetched
    from gitseal.audit.verify.approvals.target import full_branch
    from gitseal.audit.verify.verify import verify
    from gitseal.git.ranges import parse_range

    base, dots, head = parse_range(span)
    if not base or dots == "..." or head.startswith("."):
        raise UsageError("verify takes BASE..HEAD, two revisions and two dots", "see: git help revisions")
    repository = session.any_repository()
    keep_fetched(repository)
    return verify(repository, base, head or "HEAD", branch=full_branch(target) if target else "")


def _push(session: Session) -> "Verified":
    from gitseal.audit.verify.push import Push
    from gitseal.git.repository import Repository
    from gitseal.git.updates import received

    return Push(Repository(session.start, in_hook=True), received(sys.stdin.buffer.read())).verify()


def _summary(verified: "Verified") -> str:
    """The commits that passed, by who signed them."""
    parts = [
        f"{count} {words}"
        for count, words in (
            (verified.signed, "signed by an allowed person"),
            (verified.by_forge, "signed by an allowed forge"),
            (verified.free, "with no signature required"),
        )
        if count
    ]
    looked = f"{plural(verified.commits, 'commit')}, {verified.touching or 'none'} touching secrets"
    return ": ".join([looked, ", ".join(parts)] if parts else [looked])
