"""`gitseal render`."""

from pathlib import Path

import click

from gitseal.cli import output
from gitseal.cli.options import complete_name, environment_option
from gitseal.cli.session import Session, is_terminal_output, say
from gitseal.errors import Error
from gitseal.render import DIALECTS


@click.command("render")
@environment_option("The environment; may be left out where there is one.")
@click.option(
    "--format", "dialect", type=click.Choice(list(DIALECTS)), default="dotenv", show_default=True, help="What reads it."
)
@click.option(
    "-o", "--output", "target", metavar="FILE", type=click.Path(path_type=Path), help="Write here (0600, atomically)."
)
@click.option(
    "--only", multiple=True, metavar="GLOB", help="Only names that match; may repeat.", shell_complete=complete_name
)
@click.option(
    "--except",
    "excepted",
    multiple=True,
    metavar="GLOB",
    help="No names that match; may repeat.",
    shell_complete=complete_name,
)
@click.option("--export", is_flag=True, help="With --format shell: export each variable.")
@click.pass_obj
def command(
    session: Session,
    environments: tuple[str, ...],
    dialect: str,
    target: Path | None,
    only: tuple[str, ...],
    excepted: tuple[str, ...],
    export: bool,
) -> None:
    """Write an environment exactly as its consumer reads it, or refuse by name what that format cannot carry.

    A file is written with mode 0600, and never where Git tracks it or would add it.
    """
    rendered(session, session.one(environments), dialect, target, only, excepted, export=export)


def rendered(
    session: Session,
    environment: str,
    dialect: str,
    target: Path | None,
    only: tuple[str, ...] = (),
    excepted: tuple[str, ...] = (),
    *,
    export: bool = False,
) -> None:
    """Renders to a file or to standard output, and says what was left out."""
    from gitseal.usecases.render import Selection, render, write

    rule = session.project.policy.environments.get(environment)
    if target is None and is_terminal_output() and rule is not None and not rule.reveal:
        raise Error(
            f"the policy says reveal: false for {environment}: it is not rendered to a terminal", "give a file: -o FILE"
        )
    done = render(session.project, session.keyring, environment, dialect, Selection(only, excepted), export=export)
    if target is None:
        output.write(done.content)
    else:
        write(target, done.content)
    left_out(done.sectioned, done.pending)


def left_out(sectioned: int, pending: tuple[str, ...]) -> None:
    """Says which names did not go out, and why."""
    if sectioned:
        say(
            f"gitseal: left out {sectioned} {'name' if sectioned == 1 else 'names'} in sections; json and yaml carry them"
        )
    if pending:
        say(
            f"gitseal: left out {', '.join(pending)}: write-only, and no member has taken them over; see: gitseal absorb --help"
        )
