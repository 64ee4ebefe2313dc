"""`gitseal run`."""

import os
import sys

import click

from gitseal.cli import selecting
from gitseal.cli.options import environment_option
from gitseal.cli.session import Session


@click.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@environment_option("The environment; may be left out where there is one.")
@selecting.selecting
@click.option("--redact", is_flag=True, help="Replace sealed values in the command's output by [redacted:NAME].")
@click.option(
    "--pristine",
    is_flag=True,
    help="Start from an empty environment, but for PATH, HOME, USER, TERM, TZ and the language.",
)
@click.argument("arguments", metavar="-- CMD [ARG...]", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def command(
    session: Session,
    environments: tuple[str, ...],
    only: tuple[str, ...],
    excepted: tuple[str, ...],
    service: str,
    allow_missing: bool,
    no_local: bool,
    redact: bool,
    pristine: bool,
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
    request = selecting.request(session, only, excepted, service, allow_missing=allow_missing)
    inherited = {name: content for name, content in os.environb.items() if not pristine or name in _KEPT}
    prepared = prepare(session.project, session.keyring, environment, request, inherited, local=not no_local)
    selecting.tell(prepared.going)
    sys.stdout.flush()
    sys.stderr.flush()
    if not redact:
        replace(arguments, prepared.environ)
    from gitseal.process import between
    from gitseal.scan.forms import all_forms

    return between.run(arguments, prepared.environ, all_forms(prepared.sealed), frozenset({1, 2}))


# Without these most programs do not find themselves, their terminal or their language.
_KEPT = frozenset({b"PATH", b"HOME", b"TERM", b"LANG", b"LC_ALL", b"TZ", b"USER"})
