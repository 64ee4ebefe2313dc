"""`gitseal publish`."""

from gitseal.cli import declare, output
from gitseal.cli.options import json_option
from gitseal.cli.session import Session
from gitseal.cli.table import STATUS_NOT_LOOKED
from gitseal.cli.talk import say
from gitseal.errors import Declined, Error, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitseal.cli import publish_words as words
    from gitseal.delivery.publishing.publication import Publication


@declare.command("publish")
@declare.argument("targets", metavar="[TARGET...]", nargs=-1)
@declare.option("--dry-run", is_flag=True, help="Only show what would be done.")
@declare.option(
    "--check", is_flag=True, help="Only say if what is there is right; the status is 1 if not, 2 if it cannot tell."
)
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
    done. gitseal shows by name what it would create, change, remove and leave, and asks; only what differs is
    written. The commit that is checked out has to be in the target's branch, as the remote has it, and nothing in .secrets may
    be uncommitted. Each value carries a mark by which gitseal knows it again; other values there are never removed. If no mark
    would tell which commit is live, one value is written again for its mark.

    The addresses and credentials of a store are those of its own tools. What each can carry: docs/reference/stores.md.

    Examples:
      gitseal publish --dry-run
      gitseal publish shop --yes
      gitseal publish --check
    """
    from gitseal.cli import publish_words as words
    from gitseal.cli.publishing import outside
    from gitseal.delivery.publishing.planning import PublishRules
    from gitseal.usecases.publish import Wishes, prepare
    from gitseal.usecases.publish import check as check_all

    if dry_run and check:
        raise UsageError("--dry-run and --check exclude each other", "give one of them")
    session.is_asked = dry_run or check
    writes = not dry_run and not check
    wishes = Wishes(targets, PublishRules(prune, adopt), writes, rollback, accept)
    looked = session.confirmed(
        accept, lambda workspace: prepare(workspace, outside(session, workspace.project), wishes)
    )
    prepared = [one.publication for one in looked if one.publication is not None]
    words.show(looked)
    done: dict[tuple[str, str, str], bool | None] = {}
    try:
        if writes:
            check_all(prepared, goes_back=rollback)
            _write(session, prepared, done, yes=yes)
    finally:
        # What was done is told, however it ends.
        words.count(looked, "" if writes else "would be ", done if writes else None)
        if as_json:
            output.as_json([words.looked_object(one, done) for one in looked])
    is_refused = any(publication.plan.refused for publication in prepared)
    if is_refused or (check and any(publication.plan.is_drift for publication in prepared)):
        return 1
    could_look = all(one.error is None and not (check and one.untold()) for one in looked)
    return 0 if could_look else STATUS_NOT_LOOKED


def _write(session: Session, prepared: "Sequence[Publication]", done: "words.Done", *, yes: bool) -> None:
    """Asks, writes, and adds what was written to `done`."""
    from gitseal.cli import publish_words as words
    from gitseal.cli import terminal
    from gitseal.cli.publishing import outside
    from gitseal.delivery.publishing.grouped import listed
    from gitseal.delivery.publishing.publication import carry_out
    from gitseal.usecases.publish import remember

    waiting = [publication for publication in prepared if words.changing(publication)]
    if waiting and not yes:
        if not terminal.can_ask():
            raise Error("nothing was written: nobody is here to say yes", "if that is what you want, add: --yes")
        if not terminal.confirm("Write this?"):
            raise Declined("nothing was written")
    remember(session.project, prepared, outside(session, session.project))
    words.say_regained(one for one in prepared if one not in waiting)
    for number, publication in enumerate(waiting):
        session.note_read("publish", publication.environment, words.changing(publication))
        written, under_way = 0, list[str]()
        try:
            for names in carry_out(publication, under_way):
                for name in names:
                    written += 1
                    done[words.key(publication, name)] = True
                    words.say_done(publication, name, written)
        except BaseException:  # a store that says no, Ctrl-C, or a bug: what was done and what not is told all the same
            done |= dict.fromkeys(words.key(publication, name) for name in under_way)
            words.say_undone(publication, done)
            for other in waiting[number + 1 :]:
                say(f"{words.who(other)}: not begun: {listed(words.changing(other))}")
            raise
        words.say_recorded(publication)
