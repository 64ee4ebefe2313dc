"""`gitseal publish`."""

from gitseal.cli import declare, output
from gitseal.cli.options import json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Declined, Error, UsageError
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitseal.delivery.publishing.planning import PublishStep
    from gitseal.delivery.publishing.publication import Publication

_COMMIT_DIGITS = 12


class _Ways(NamedTuple):
    """How the command is meant; `dry_run` and `check` write nothing."""

    dry_run: bool
    check: bool
    yes: bool
    prune: bool
    adopt: bool
    rollback: bool


@declare.command("publish")
@declare.argument("targets", metavar="[TARGET...]", nargs=-1)
@declare.option("--dry-run", is_flag=True, help="Only show what would be done.")
@declare.option("--check", is_flag=True, help="Only say if what is there is right; the status is 1 if not.")
@declare.option("--yes", is_flag=True, help="Do not ask before writing to targets that this clone knows.")
@declare.option("--prune", is_flag=True, help="Remove there what was published and is gone here.")
@declare.option("--adopt", is_flag=True, help="Overwrite values under our names that gitseal did not put there.")
@declare.option("--rollback", is_flag=True, help="Publish a commit that is not after the one that is live.")
@declare.option(
    "--accept-target",
    "accept",
    multiple=True,
    metavar="NAME",
    help="Accept this target, new or changed since this clone last published to it. Give its name.",
)
@json_option
def command(
    session: Session,
    *,
    targets: tuple[str, ...],
    dry_run: bool,
    check: bool,
    yes: bool,
    prune: bool,
    adopt: bool,
    rollback: bool,
    accept: tuple[str, ...],
    as_json: bool,
) -> int:
    """Write an environment to the stores that the policy names for it.

    The policy's publish says which environment goes where, for which service, from which branch; without TARGET, all of it is
    done. What would be created, changed, removed and left is shown by name before you are asked, and only what differs is
    written. The commit that is checked out has to be in the target's branch, as the remote has it, and nothing in .secrets may
    be uncommitted. Each value carries a mark by which gitseal knows it again; other values there are never removed.

    The addresses and credentials of a store are those of its own tools. What each can carry: docs/reference/stores.md.

    Examples:
      gitseal publish --dry-run
      gitseal publish shop --yes
      gitseal publish --check
    """
    from gitseal.cli.publishing import outside
    from gitseal.delivery.publishing.planning import PublishRules
    from gitseal.usecases.publish import Wishes, prepare

    ways = _Ways(dry_run, check, yes, prune, adopt, rollback)
    if dry_run and check:
        raise UsageError("--dry-run and --check exclude each other", "give one of them")
    writes = not dry_run and not check
    wishes = Wishes(targets, PublishRules(prune, adopt), writes, rollback)
    prepared = session.confirmed(
        accept, lambda workspace: prepare(workspace, outside(session, workspace.project), wishes)
    )
    done = _carried_out(session, prepared, ways) if writes else frozenset()
    if not writes:
        _show(prepared, with_refused=True)
        _count(prepared, "would be ")
    if as_json:
        output.as_json([_object(publication, done) for publication in prepared])
    is_refused = any(publication.plan.refused for publication in prepared)
    return int(is_refused or (check and any(publication.plan.is_drift for publication in prepared)))


def _carried_out(session: Session, prepared: "Sequence[Publication]", ways: _Ways) -> frozenset[tuple[str, str, str]]:
    """Asks, and writes. Gives target, environment and name of what was written."""
    from gitseal.cli import terminal
    from gitseal.delivery.publishing.publication import Halted, carry_out

    _show(prepared)
    done: set[tuple[str, str, str]] = set()
    waiting = [publication for publication in prepared if _changing(publication)]
    if waiting and not ways.yes:
        if not terminal.can_ask():
            raise Error("nothing was written: nobody is here to say yes", "if that is what you want, add: --yes")
        if not terminal.confirm("Write this?"):
            raise Declined
    for number, publication in enumerate(waiting):
        actions = {step.name: step.action.value for step in publication.plan.steps}
        session.note_read("publish", publication.environment, _changing(publication))
        try:
            for names in carry_out(publication):
                done |= {(publication.source.target.name, publication.environment, name) for name in names}
                for name in names:
                    say(f"{publication.source.target.name}: {_DONE[actions[name]]} {name}")
        except Halted as halted:
            for name in halted.left:
                say(f"{publication.source.target.name}: not done: {name}")
            for other in waiting[number + 1 :]:
                say(f"{other.source.target.name}: not begun: {', '.join(_changing(other))}")
            raise
    for publication in waiting:
        if publication.record is not None:
            ref = publication.record.ref
            say(f"{publication.source.target.name}: recorded; for others to see: git push origin +{ref}")
    _count(prepared, "")
    return frozenset(done)


_DONE = {"create": "created", "change": "changed", "remove": "removed", "leave": "left", "unchanged": "unchanged"}


def _changing(publication: "Publication") -> list[str]:
    """The names that are written."""
    return [step.name for step in publication.plan.steps if step.action.value in {"create", "change", "remove"}]


def _show(prepared: "Sequence[Publication]", *, with_refused: bool = False) -> None:
    from gitseal.cli import selecting
    from gitseal.git.trusted_ref import short

    for publication in prepared:
        source = publication.source
        way = f"{publication.environment} to {publication.place}"
        way += f" on {publication.server}" if publication.server else ""
        say(f"{source.target.name}: {way}, from {source.commit[:_COMMIT_DIGITS]} of {short(source.ref)}")
        for step in publication.plan.steps:
            if step.action.value != "unchanged":
                say(f"  {_line(step)}")
        for name, reason in publication.plan.refused if with_refused else ():
            say(f"  refused {name}: it {reason}")
        selecting.tell(publication.wanted.going)


def _line(step: "PublishStep") -> str:
    return f"{step.action.value:<7} {step.name}{f': {step.note}' if step.note else ''}"


def _count(prepared: "Sequence[Publication]", would: str) -> None:
    """The last line: how many names of each kind."""
    total: dict[str, int] = dict.fromkeys(_DONE, 0)
    for publication in prepared:
        for action, count in publication.plan.counts().items():
            total[action] += count
    refused = sum(len(publication.plan.refused) for publication in prepared)
    parts = [f"{total[action]} {would}{word}" for action, word in _DONE.items() if action != "unchanged"]
    say(", ".join([*parts, f"{total['unchanged']} unchanged", *([f"{refused} refused"] if refused else [])]))


def _object(publication: "Publication", done: frozenset[tuple[str, str, str]]) -> dict[str, object]:
    source, plan = publication.source, publication.plan
    steps = [
        {
            "name": step.name,
            "action": step.action.value,
            "note": step.note,
            "done": (source.target.name, publication.environment, step.name) in done,
        }
        for step in plan.steps
    ]
    return {
        "target": source.target.name,
        "environment": publication.environment,
        "to": publication.place,
        "server": publication.server,
        "commit": source.commit,
        "ref": source.ref,
        "steps": steps,
        "refused": [{"name": name, "reason": reason} for name, reason in plan.refused],
        "counts": plan.counts(),
        "drift": plan.is_drift,
    }
