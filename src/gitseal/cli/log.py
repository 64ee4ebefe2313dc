"""`gitseal log`."""

from collections.abc import Iterable

from gitseal.audit.history.log import Event, Log, Selection, Signatures, log, past_and_present
from gitseal.audit.history.signed import Signed
from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import UsageError
from gitseal.report.dates import utc
from gitseal.report.escaping import json_text

_COMMIT_DIGITS = 12


@declare.command("log")
@declare.argument("name", metavar="[NAME]", default="", complete=declare.NAMES)
@environment_option("Only these environments, removed ones too.")
@declare.option(
    "--since",
    default="",
    metavar="DATE",
    help='Only commits that claim to be newer than this: 2026-01-31, "2 weeks ago".',
)
@declare.option("--signatures", is_flag=True, help="Check each signature against the trusted policy; takes longer.")
@declare.option("--reads", is_flag=True, help="Show this machine's log of reads instead: who got which values.")
@json_option
def command(
    session: Session,
    name: str,
    environments: tuple[str, ...],
    since: str,
    signatures: bool,
    reads: bool,
    as_json: bool,
) -> None:
    """Show who set, changed or removed which name, and when.

    It also shows who gained or lost access. The newest event comes first. No identity is needed. NAME may be a section or a
    pattern such as "STRIPE_*"; it includes the access to their access groups. "resealed" means that a name got a new data key;
    its value may be the same. Dates and people are what the commits claim.

    Examples:
      gitseal log
      gitseal log -e production DATABASE_URL
      gitseal log --since "2 weeks ago" --json
    """
    if reads:
        _reads(session, name, environments, as_json=as_json, refused=bool(since or signatures))
        return
    look = Signatures.CHECK if signatures else Signatures.GLANCE if as_json else Signatures.NONE
    history = log(session.committed_project, Selection(_chosen(session, environments), name, since, look))
    if as_json:
        _json(history.events)
    else:
        _text(history, session.committed_project.environments)
    if history.ends_at:
        _say_shallow(history)


def _chosen(session: Session, given: tuple[str, ...]) -> tuple[str, ...]:
    if "all" in given or not given:
        return ()
    chosen = past_and_present(session.committed_project, given)
    if not chosen:
        raise UsageError("-e names no environment", "see them with: gitseal env list")
    return chosen


def _reads(session: Session, name: str, given: tuple[str, ...], *, as_json: bool, refused: bool) -> None:
    """The log of reads, newest first."""
    from gitseal.audit.history import reads

    if refused:
        raise UsageError("--since and --signatures are about commits, not about reads", "leave them out")
    where = reads.folder(session.environ, session.home)
    logged = list(reads.load(where, session.project.root, _chosen(session, given), name))
    if as_json:
        output.as_json([read._asdict() for read in logged])
        return
    for read in logged:
        more = f" and {read.total - len(read.names)} more" if read.total > len(read.names) else ""
        line = f"{read.when}  {read.who}  {read.command}  {read.environment}  {', '.join(read.names)}{more}"
        output.line(line)
    if not logged:
        say(f"no such reads in {where}")


def _text(history: Log, known: Iterable[str]) -> None:
    """One line an event, written as it is found: a pipe's reader need not wait for the first commit of all."""
    width = max((len(name) for name in known), default=0)
    line = ""
    for event in history.events:
        what = f"{event.action:<9}  {event.environment:<{width}}  {_name(event)}"
        line = f"{utc(event.when)}  {event.commit[:_COMMIT_DIGITS]}  {what}  {event.who}{_signed(event.signed)}"
        output.line(line.rstrip())
    if not line:
        say("no such events in this history")


def _name(event: Event) -> str:
    return (
        f"{event.name} ({event.access})"
        if event.name and event.access not in {"", "default"}
        else event.name or event.access
    )


def _signed(signed: Signed) -> str:
    by = f" by {', '.join(signed.by)}" if signed.by else ""
    words = {"no": "not signed", "unchecked": "", "good": f"signed{by}", "forge": f"signed{by}, a forge"}
    told = words.get(signed.state, f"signature {signed.state}{by}")
    return f"  [{told}{': ' if signed.reason and told else ''}{signed.reason}]" if told else ""


def _json(events: Iterable[Event]) -> None:
    """One array, written event by event."""
    before = "[\n"
    for event in events:
        shown = event._asdict() | {"when": utc(event.when), "signed": event.signed.state, "signed_by": event.signed.by}
        shown |= {"signature": event.signed.reason} if event.signed.reason else {}
        output.text(f"{before}{json_text(shown)}")
        before = ",\n"
    output.text("\n]\n" if before != "[\n" else "[]\n")


def _say_shallow(history: Log) -> None:
    ends = ", ".join(commit[:_COMMIT_DIGITS] for commit in history.ends_at[:3])
    say(
        f"gitseal: this clone is shallow, so it is not known who set what is in {ends}; get the rest: git fetch --unshallow"
    )
