"""`gitseal run`."""

import os
import sys
from contextlib import ExitStack

from gitseal.cli import declare, selecting
from gitseal.cli.options import environment_option, sops_option
from gitseal.cli.session import Session
from gitseal.delivery.request import Request
from gitseal.records import NamedTuple


class _RunJob(NamedTuple):
    """A command to run, and the part of an environment that it gets. `streams` are the descriptors whose output is redacted."""

    arguments: tuple[str, ...]
    environment: str
    request: Request
    streams: frozenset[int]
    pristine: bool


@declare.command("run", passes_on=True)
@environment_option("The environment. Needed only if there are several.")
@sops_option
@selecting.selecting
@declare.option(
    "--redact/--no-redact",
    default=None,
    help="Replace sealed values in the command's output by [redacted:NAME]. By default, if the output is no terminal.",
)
@declare.option("--files", is_flag=True, help="Put the service's files into memory, below the folder $GITSEAL_FILES.")
@declare.option(
    "--pristine",
    is_flag=True,
    help="Start from an empty environment. Keep only PATH, HOME, USER, TERM, TZ and the language.",
)
@declare.argument("arguments", metavar="-- CMD [ARG...]", nargs=-1, required=True)
def command(
    session: Session,
    *,
    environments: tuple[str, ...],
    request: Request,
    redact: bool | None,
    files: bool,
    pristine: bool,
    arguments: tuple[str, ...],
) -> int:
    """Run a command with an environment's values as variables.

    If the output goes to no terminal, gitseal replaces sealed values in it by [redacted:NAME], but not values under 8 bytes nor
    ordinary words, numbers and dates. If nothing needs redacting, gitseal becomes the command. Otherwise it forwards signals and
    returns the status, 128+n after signal n. The command gets no identity variable, and no names in sections. With --files,
    which needs --service, the files are removed when the command ends.

    Examples:
      gitseal run -e development -- npm start
      gitseal run -e production --only "DB_*" -- ./migrate.sh
    """
    session.only_reads = True
    job = _RunJob(arguments, session.one(environments), request, _streams(redact), pristine)
    with ExitStack() as stack:
        if files:
            from gitseal.delivery.service_files import with_files
            from gitseal.files.private import private_folder

            folder = stack.enter_context(private_folder(os.environ, in_memory=True))
            job = job._replace(request=with_files(request, folder))
        return _run(session, job)


def _run(session: Session, job: _RunJob) -> int:
    from gitseal.usecases.run import place_files, prepare

    inherited = {name: content for name, content in os.environb.items() if not job.pristine or name in _KEPT}
    prepared = prepare(session.opened(job.environment), job.request, inherited)
    session.note_read("run", job.environment, prepared.going.names())
    if job.request.files:
        place_files(job.request, prepared)
    selecting.tell(prepared.going)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    secrets = prepared.secrets() if job.streams else []
    streams = job.streams if secrets else frozenset()
    if not streams and not job.request.files:
        from gitseal.process.replacing import replace

        replace(job.arguments, prepared.environ)
    from gitseal.process import between

    return between.run(job.arguments, prepared.environ, secrets, streams)


def _streams(redact: bool | None) -> frozenset[int]:
    """The streams to redact: all or none if that was said, else those that are no terminals. Closed ones stay closed."""
    there = {1: sys.stdout, 2: sys.stderr}
    if redact is False:
        return frozenset()
    return frozenset(
        number for number, stream in there.items() if stream is not None and (redact or not stream.isatty())
    )


# Without these most programs do not find themselves, their terminal or their language.
_KEPT = frozenset({b"PATH", b"HOME", b"TERM", b"LANG", b"LC_ALL", b"TZ", b"USER"})
