"""`gitseal approve`."""

from typing import TYPE_CHECKING

from gitseal.cli import declare, output, terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error, shell_quoted

if TYPE_CHECKING:  # loaded when the command runs
    from gitseal.usecases.approve import Proposal


@declare.command("approve")
@declare.argument("span", metavar="[BASE..HEAD]", default="")
@declare.option(
    "--target",
    default="",
    metavar="BRANCH",
    help="The branch that the approval is for. By default: the one that BASE names.",
)
@declare.option("--carry", is_flag=True, help="Also add the approval to HEAD, as a trailer of an empty commit.")
@declare.option("--yes", is_flag=True, help="Sign without asking.")
def command(session: Session, span: str, target: str, carry: bool, yes: bool) -> None:
    """Approve a change of secrets that somebody else made.

    It shows the review of the change, asks, and signs with the key that you sign commits with. The signature covers the bytes of
    every changed file and the policy that asks for it. It counts once, and for one branch. gitseal prints the refs that hold it;
    push these.

    Examples:
      gitseal approve HEAD~1..HEAD --yes
    """
    from gitseal.audit.verify.approvals.store import keep_fetched
    from gitseal.audit.verify.approvals.target import full_branch
    from gitseal.usecases import approve

    repository = session.any_repository()
    keep_fetched(repository)
    proposal = approve.propose(repository, span, full_branch(target) if target else "")
    _show(proposal)
    if not yes:
        _ask(proposal)
    refs = [signed.ref for signed in approve.approve(proposal)]
    if carry:
        say(f"carried by {approve.carry(proposal)[:12]}, which changes no file")
    for ref in refs:
        output.line(ref)
    say(f"approved as {' and '.join(proposal.names)}; push it: git push origin {' '.join(map(shell_quoted, refs))}")


def _show(proposal: "Proposal") -> None:
    """The review of exactly what will be signed, as talk: the command's data are refs."""
    from gitseal.audit.review.range import ReviewOptions
    from gitseal.audit.review.review import review
    from gitseal.review.formats.table import FORMATS

    branch = proposal.branch
    # By ids: what a name means may change while somebody reads.
    reviewed = review(branch.repository, f"{branch.old}..{branch.new}", None, ReviewOptions(branch=branch.ref))
    named = reviewed.span._replace(base_name=branch.ref, head_name="what is to be approved")
    reviewed = reviewed._replace(span=named)
    say(FORMATS["text"](reviewed).rstrip("\n"))
    say("")


def _ask(proposal: "Proposal") -> None:
    question = f"Approve this for {proposal.branch.ref} as {' and '.join(proposal.names)}?"
    if not terminal.says_yes("an approval", "read the review, then: gitseal approve --yes", question):
        raise Error("nothing was approved", "")
