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
@click.option("--redact", is_flag=True, help="Replace sealed values in the command's output by [redacted:NAME].")
@click.argument("arguments", metavar="-- CMD [ARG...]", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def command(
    session: Session,
    environments: tuple[str, ...],
    only: tuple[str, ...],
    excepted: tuple[str, ...],
    redact: bool,
    arguments: tuple[str, ...],
) -> int:
    """Run a command with the environment set. This process becomes the command, so signals and status are its own.

    The command gets no identity variable. Names in sections are left out. With --redact gitseal stands between the command
    and its output; signals and the status pass, 128+n on signal n. Values under 8 bytes and ordinary words, numbers and
    dates are not replaced.
    """
    from gitseal.process.replacing import replace
    from gitseal.usecases.run import prepare

    environment = session.one(environments)
    prepared = prepare(session.project, session.keyring, environment, Selection(only, excepted), os.environb)
    left_out(prepared.sectioned, prepared.pending)
    sys.stdout.flush()
    sys.stderr.flush()
    if not redact:
        replace(arguments, prepared.environ)
    from gitseal.process import between
    from gitseal.scan.forms import all_forms

    return between.run(arguments, prepared.environ, all_forms(prepared.sealed), frozenset({1, 2}))
