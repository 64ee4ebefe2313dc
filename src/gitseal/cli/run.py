"""`gitseal run`."""

import os
import sys

import click

from gitseal.cli.options import complete_name, environment_option
from gitseal.cli.render import left_out
from gitseal.cli.session import Session
from gitseal.usecases.render import Selection


@click.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@environment_option("The environment; may be left out where there is one.")
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
@click.argument("arguments", metavar="-- CMD [ARG...]", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def command(
    session: Session,
    environments: tuple[str, ...],
    only: tuple[str, ...],
    excepted: tuple[str, ...],
    arguments: tuple[str, ...],
) -> None:
    """Run a command with the environment set. This process becomes the command, so signals and status are its own.

    The command gets no identity variable. Names in sections are left out.
    """
    from gitseal.process.replacing import replace
    from gitseal.usecases.run import prepare

    environment = session.one(environments)
    prepared = prepare(session.project, session.keyring, environment, Selection(only, excepted), os.environb)
    left_out(prepared.sectioned, prepared.pending)
    sys.stdout.flush()
    sys.stderr.flush()
    replace(arguments, prepared.environ)
