"""`gitseal list`."""

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, json_option, no_local_option, sops_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.report.dates import utc
from gitseal.usecases.list_ import NameRow, list_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.project.mirror import SeenName


@declare.command("list")
@declare.argument("names", metavar="[NAME...]", nargs=-1, complete=declare.NAMES)
@environment_option()
@sops_option
@declare.option("--show-values", is_flag=True, help="Also show the values, if the policy allows it.")
@no_local_option
@json_option
def command(
    session: Session,
    names: tuple[str, ...],
    environments: tuple[str, ...],
    show_values: bool,
    as_json: bool,
) -> None:
    """List names without their values.

    Each line has the access group, the kind, the fingerprint of the ciphertext, and the commit that last changed the value. No
    identity is needed. Dates and people are what the commits claim. The mask is the same for every value.

    NAME may be a section or a pattern such as "STRIPE_*".

    Examples:
      gitseal list
      gitseal list -e production "STRIPE_*"
      gitseal list -e development --show-values
    """
    session.only_reads = True
    session.names_suffice = not show_values
    chosen = session.all(environments)
    rows = list_names(session.workspace, chosen, names, show_values=show_values)
    for environment in chosen if show_values else ():
        session.note_read(
            "list", environment, (row.name for row in rows if row.environment == environment and row.value)
        )
    if session.sops:
        rows = [_as_it_stands(row, session.mirror.names[row.name]) for row in rows]
    if as_json:
        output.as_json([_object(row, show_values=show_values) for row in rows])
        return
    if not rows:
        _say_none(chosen, names)
    head = ("ENVIRONMENT", "NAME", "ACCESS", "KIND", "VALUE", "FINGERPRINT", "FROM", "CHANGED", "BY")
    output.table(
        head,
        (
            (
                *(row.environment, row.name, row.access, row.kind, output.shown(row.value), row.fingerprint),
                *(row.inherited, utc(row.last.when) if row.last else "", row.last.who if row.last else ""),
            )
            for row in rows
        ),
    )


def _as_it_stands(row: NameRow, seen: "SeenName") -> NameRow:
    """A row of a file of sops, as the file has the name: in memory everything is sealed."""
    sealed = "plain" if seen.is_plain else row.access, "plain" if seen.is_plain else row.kind
    return row._replace(access=sealed[0], kind=sealed[1], fingerprint=seen.fingerprint)


def _say_none(environments: tuple[str, ...], patterns: tuple[str, ...]) -> None:
    """Says that there is nothing to list, and what comes next."""
    places = " and ".join(environments)
    if not environments:
        say("there is no environment yet", "  to add one, for example: gitseal env add development")
    elif patterns:
        say(f"no name matches {' or '.join(map(_quoted, patterns))} in {places}")
    else:
        example = f"gitseal set -e {environments[0]} DATABASE_URL"
        say(f"no names in {places} yet", f"  to set the first one, for example: {example}")


def _quoted(pattern: str) -> str:
    return f'"{pattern}"'


_NO_HISTORY = {"changed": None, "by": None, "commit": None}


def _object(row: NameRow, *, show_values: bool) -> dict[str, object]:
    shown: dict[str, object] = row._asdict()
    del shown["last"]
    shown |= {"changed": utc(row.last.when), "by": row.last.who, "commit": row.last.commit} if row.last else _NO_HISTORY
    shown["value"] = output.shown(row.value) if show_values else None
    if not show_values:
        del shown["value"]
    return shown
