"""`gitseal run`."""

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack

import click

from gitseal.cli import selecting
from gitseal.cli.options import environment_option
from gitseal.cli.reading_log import note
from gitseal.cli.session import Session
from gitseal.delivery.request import Request


@click.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@environment_option("The environment; may be left out where there is one.")
@selecting.selecting
@click.option(
    "--redact/--no-redact",
    default=None,
    help="Replace sealed values in the command's output by [redacted:NAME]. Without either: where it is no terminal.",
)
@click.option("--files", is_flag=True, help="Put the service's files into memory, below the folder $GITSEAL_FILES.")
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
    redact: bool | None,
    files: bool,
    pristine: bool,
    arguments: tuple[str, ...],
) -> int:
    """Run a command with the environment set; its output, where it goes to no terminal, has sealed values redacted.

    The command gets no identity variable. Names in sections are left out. Where nothing is to be redacted this process
    becomes the command; else signals and the status pass, 128+n on signal n. Values under 8 bytes and ordinary words,
    numbers and dates are not redacted. With --files, which needs --service, the files are removed when the command ends.
    """
    environment = session.one(environments)
    request = selecting.request(session, only, excepted, service, allow_missing=allow_missing)
    inherited = {name: content for name, content in os.environb.items() if not pristine or name in _KEPT}
    with ExitStack() as stack:
        if files:
            from gitseal.delivery.service_files import with_files
            from gitseal.files.private import private_folder

            request = with_files(request, stack.enter_context(private_folder(os.environ, in_memory=True)))
        return _run(session, environment, request, inherited, arguments, _streams(redact), local=not no_local)


def _run(
    session: Session,
    environment: str,
    request: Request,
    inherited: Mapping[bytes, bytes],
    arguments: tuple[str, ...],
    streams: frozenset[int],
    *,
    local: bool,
) -> int:
    from gitseal.usecases.run import place_files, prepare

    prepared = prepare(session.project, session.keyring, environment, request, inherited, local=local)
    note(session, "run", environment, prepared.going.names())
    if request.files:
        place_files(request, prepared)
    selecting.tell(prepared.going)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    forms = prepared.forms() if streams else {}
    if not forms:
        streams = frozenset()
    if not streams and not request.files:
        from gitseal.process.replacing import replace

        replace(arguments, prepared.environ)
    from gitseal.process import between

    return between.run(arguments, prepared.environ, forms, streams)


def _streams(redact: bool | None) -> frozenset[int]:
    """The streams to redact: all or none where that was said, else those that are no terminals. Closed ones stay closed."""
    there = {1: sys.stdout, 2: sys.stderr}
    if redact is False:
        return frozenset()
    return frozenset(
        number for number, stream in there.items() if stream is not None and (redact or not stream.isatty())
    )


# Without these most programs do not find themselves, their terminal or their language.
_KEPT = frozenset({b"PATH", b"HOME", b"TERM", b"LANG", b"LC_ALL", b"TZ", b"USER"})
