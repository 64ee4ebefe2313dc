"""`gitseal access`."""

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option
from gitseal.cli.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.audit.access.standings import GroupAccess


@declare.command("access")
@declare.argument("names", metavar="[NAME...]", nargs=-1, complete=declare.NAMES)
@environment_option()
@declare.option("--as", "person", metavar="PERSON", default="", help="Show only what this person or machine opens.")
@declare.option("--format", "form", choices=["text", "json", "markdown", "html"], default="text", help="How to report.")
@declare.option("--json", "json_flag", is_flag=True, help="Short for --format json.")
def command(
    session: Session, names: tuple[str, ...], environments: tuple[str, ...], person: str, form: str, *, json_flag: bool
) -> None:
    """Show who can open what now, and who would after a rekey.

    People and machines stand beside each access group of each environment. Whoever once had a stanza for a data key holds it
    until it is replaced. Access by a branch that is not merged stands apart. No identity is needed.

    NAME may be a section or a pattern such as "STRIPE_*".

    Examples:
      gitseal access
      gitseal access -e production "STRIPE_*"
      gitseal access --as alice --json
    """
    from gitseal.audit.access.access_page import page_of
    from gitseal.usecases.access import access

    session.only_reads = True
    groups = access(session.project, session.all(environments), names, person)
    if json_flag or form == "json":
        output.as_json([_object(group) for group in groups])
        return
    output.page(page_of(groups, with_names=bool(names or person)), form)


def _object(group: "GroupAccess") -> dict[str, object]:
    people = [
        {
            "name": one.name,
            "kind": one.kind,
            "opens": one.opens,
            "policy": one.may_open,
            "held": one.held,
            "refs": list(one.refs),
        }
        for one in group.people
    ]
    shown: dict[str, object] = {"environment": group.environment, "access": group.access, "names": list(group.names)}
    return shown | {
        "write_only": list(group.write_only),
        "people": people,
        "post_quantum": group.is_post_quantum,
    }
