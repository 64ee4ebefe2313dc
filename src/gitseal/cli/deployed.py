"""`gitseal deployed`."""

from gitseal.cli import declare
from gitseal.cli.options import environment_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say

_COMMIT_DIGITS = 12


@declare.command("deployed")
@declare.argument("revision", metavar="[REV]", default="HEAD")
@environment_option("The environment that was deployed. Needed only if there are several.")
def command(session: Session, revision: str, environments: tuple[str, ...]) -> None:
    """Record which commit an environment was deployed from.

    gitseal status compares with it. REV is HEAD if it is not given. The record is the ref refs/gitseal/deployed/ENV of this
    clone; others see it after you push it.

    Examples:
      gitseal deployed -e production
      gitseal deployed -e production HEAD~1
    """
    session.only_reads = True
    record(session, session.one(environments), revision)


def record(session: Session, environment: str, revision: str = "HEAD") -> None:
    """Records a deploy, and says how the record gets to others."""
    from gitseal.project import deploys
    from gitseal.usecases import deployed

    commit = deployed.record(session.project, environment, revision)
    say(f"{environment}: recorded as deployed from {commit[:_COMMIT_DIGITS]}")
    say(f"  for others to see: git push origin +{deploys.ref_of(environment)}")
