"""`gitseal whoami`."""

from gitseal.cli import declare, output
from gitseal.cli.options import json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error


@declare.command("whoami")
@json_option
def command(session: Session, as_json: bool) -> None:
    """Show which identities are at hand and what they open.

    It lists every place that was searched, whose key each identity is in the policy, and the access groups that it opens. The
    status is 1 if there is no identity.

    Examples:
      gitseal whoami
      gitseal --identity ~/.ssh/id_ed25519 whoami
    """
    session.only_reads = True
    from gitseal.project.introducing import make_an_identity
    from gitseal.project.membership import membership
    from gitseal.usecases.whoami import outside, whoami

    try:
        _ = session.project
    except Error:
        answer, hint = outside(session.keyring), "make one with: gitseal keygen -o ~/.config/gitseal/identity.txt"
    else:
        session.will_open(session.project.environments)
        answer = whoami(session.workspace)
        hint = make_an_identity(session.project, membership(session.project, session.keyring).admits)
    if as_json:
        identities = [
            {"recipient": recipient or None, "place": place, "name": name}
            for recipient, place, name in answer.recipients
        ]
        tried = [{"place": place, "outcome": outcome} for place, outcome in answer.tried]
        output.as_json({"identities": identities, "opens": answer.opens, "tried": tried})
    else:
        for recipient, place, name in answer.recipients:
            output.line(
                recipient or "an identity whose recipient does not show",
                f"  from {place}{f', {name} in the policy' if name else ''}",
            )
        for environment, groups in answer.opens.items():
            output.line(f"{environment}: {', '.join(groups) if groups else 'opens nothing'}")
        for place, outcome in answer.tried:
            say(f"  {place}: {outcome}")
    for warning in session.keyring.warnings:
        say(f"gitseal: {warning}")
    if not answer.recipients:
        raise Error("no identity is at hand", hint)
