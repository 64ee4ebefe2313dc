"""`gitseal rekey`."""

from gitseal.cli import declare, output, terminal
from gitseal.cli.options import accept_options, environment_option, json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import UsageError
from gitseal.sealing.rekeying.planning import Plan
from gitseal.sealing.rekeying.words import plan_words
from gitseal.sealing.writing import finish_interrupted
from gitseal.usecases import rekey
from gitseal.yamltext.reader import path_text


@declare.command("rekey")
@environment_option("Only these environments. By default: all.")
@declare.option("--dry-run", is_flag=True, help="Say what would change, and change nothing. No identity is needed.")
@declare.option(
    "--recover",
    "is_recovery",
    is_flag=True,
    help="Restore values that a merge left under a lost data key. It asks for each.",
)
@declare.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="With --recover: restore this name without asking; may repeat.",
)
@declare.option("--rotate", is_flag=True, help="Give every access group a new data key, even if nobody loses access.")
@declare.option("--yes", is_flag=True, help="Do not ask. New recipients still need --accept-recipient.")
@accept_options
@json_option
def command(
    session: Session,
    environments: tuple[str, ...],
    dry_run: bool,
    is_recovery: bool,
    names: tuple[str, ...],
    rotate: bool,
    yes: bool,
    accept: tuple[str, ...],
    as_json: bool,
) -> None:
    """Seal the files to the people that the policy names.

    It shows who gains access, who loses it, and which names move to another access group, and asks. Granting access changes no
    values. If anyone loses access, that access group gets a new data key and its values are sealed again. All files are written,
    or none. With --rotate every access group gets a new data key.

    --recover instead restores values that a merge left under a lost data key. It shows who set each one and when, and asks.

    Examples:
      gitseal rekey --dry-run
      gitseal rekey -e production --yes
    """
    chosen = session.all(environments)
    if is_recovery and rotate:
        raise UsageError("--recover and --rotate exclude each other", "give one of them")
    if is_recovery:
        from gitseal.cli.recovering import recover_values

        recover_values(session, chosen, names, accept, dry_run=dry_run)
        return
    if names:
        raise UsageError("--name goes with --recover", "choose environments with -e")
    if not dry_run:
        finish_interrupted(session.project)
    planned = rekey.plan(session.workspace, chosen, rotate=rotate)
    _show(planned, as_json=as_json, is_whole=not session.is_incomplete)
    if dry_run or planned.is_empty:
        return
    if not yes:
        chosen_words = "".join(f" -e {name}" for name in environments)
        again = f"gitseal rekey{chosen_words}{' --rotate' if rotate else ''} --yes"
        terminal.need_yes("changing who can open what", f"look at it with --dry-run, then: {again}", "Do this?")
    session.confirmed(
        accept,
        lambda workspace: rekey.apply(workspace, chosen, planned),
    )
    say(f"done: {', '.join(planned.environments)}")


def _show(planned: Plan, *, as_json: bool, is_whole: bool) -> None:
    if as_json:
        moves = [
            {
                "environment": planned_move.environment,
                "name": path_text(planned_move.name),
                "from": planned_move.old,
                "to": planned_move.new,
                "gained": planned_move.gained,
                "lost": planned_move.lost,
            }
            for planned_move in planned.moves
        ]
        output.as_json(
            {
                "groups": [group._asdict() for group in planned.groups],
                "moves": moves,
                "claims": [claim._asdict() for claim in planned.claims],
                "shallow": planned.shallow,
            }
        )
        return
    say(*plan_words(planned, is_whole=is_whole))
