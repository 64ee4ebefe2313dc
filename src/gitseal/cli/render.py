"""`gitseal render`."""

from collections.abc import Iterator
from contextlib import contextmanager

from gitseal import render as dialects
from gitseal.cli import declare, output, selecting
from gitseal.cli.options import environment_option, sops_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say, say_text
from gitseal.delivery.request import Request
from gitseal.errors import Error, UsageError
from gitseal.records import NamedTuple
from gitseal.render import DIALECTS

TYPE_CHECKING = False
if TYPE_CHECKING:  # loaded by what makes one
    from pathlib import Path

    from gitseal.delivery.outgoing import Outgoing

_DEFAULT = "dotenv"


class RenderJob(NamedTuple):
    """A request to render: an environment, the part of it that is asked for, and how it is written.

    `folder` is where the files of the service go, if they are asked for.
    """

    environment: str
    request: Request
    dialect: str = _DEFAULT
    options: dialects.Options = dialects.NO_OPTIONS
    folder: "Path | None" = None


@declare.command("render")
@environment_option("The environment. Needed only if there are several.")
@sops_option
@declare.option(
    "--format", "dialect", choices=tuple(DIALECTS), help="The format, by the program that reads it. By default: dotenv."
)
@declare.option("-o", "--output", "target", metavar="FILE", is_path=True, help="Write here (0600, atomically).")
@declare.option(
    "--files",
    "folder",
    metavar="DIR",
    is_path=True,
    help="Write the service's files below DIR; the variables only with -o or --format.",
)
@declare.option(
    "--check",
    "checked",
    metavar="FILE",
    is_path=True,
    help="Write nothing; say if FILE is up to date, and with --files the files too.",
)
@declare.option("--record", is_flag=True, help="Afterwards record the deploy, as gitseal deployed does.")
@selecting.selecting
@declare.option("--export", is_flag=True, help="shell: export each variable.")
@declare.option("--no-interpolate", is_flag=True, help="python-dotenv: for a reader with interpolate=False.")
@declare.option("--name", default="", metavar="NAME", help="k8s-secret: the name of the object.")
@declare.option("--namespace", default="", metavar="NAME", help="k8s-secret: its namespace.")
def command(
    session: Session,
    *,
    environments: tuple[str, ...],
    dialect: str | None,
    target: str | None,
    folder: str | None,
    checked: str | None,
    record: bool,
    request: Request,
    export: bool,
    no_interpolate: bool,
    name: str,
    namespace: str,
) -> int:
    """Write an environment in the format that a program reads.

    If the format cannot carry a value, gitseal refuses and names it. It also stops if a required name has no value, if a value
    does not have its declared type, or if a reference leads nowhere; it names all of these at once. A file is written with mode
    0600, and never to a place that Git tracks or would add. With --check the status is 0 if FILE is up to date, 1 if not, and 2
    if nobody can tell.

    Examples:
      gitseal render -e production --format dotenv -o .env
      gitseal render -e production --format json | jq -r .DATABASE_URL
      gitseal render -e production --format dotenv --check .env
    """
    session.only_reads, session.is_asked = True, checked is not None
    given = {"export": export, "interpolate": no_interpolate, "name": name, "namespace": namespace}
    _check_options(dialect or _DEFAULT, given)
    options = dialects.Options(export=export, interpolate=not no_interpolate, name=name, namespace=namespace)
    below, checked_file, file = _path(folder), _path(checked), _path(target)
    if below is not None:
        from gitseal.delivery.service_files import with_files

        request = with_files(request, below)
    job = RenderJob(session.one(environments), request, dialect or _DEFAULT, options, below)
    if record:
        _check_record(session, job, checked)
    if checked_file is not None:
        return _checked(session, job, checked_file)
    if below is not None and file is None and dialect is None:
        _files_alone(session, job)
    else:
        rendered(session, job, file)
    if record:
        from gitseal.cli import deployed

        deployed.record(session, job.environment)
    return 0


def _path(word: str | None) -> "Path | None":
    if word is None:
        return None
    from pathlib import Path  # 3 ms, and most renderings go to standard output

    return Path(word)


def rendered(session: Session, job: RenderJob, target: "Path | None") -> None:
    """Renders to a file or to standard output, places the files of the service, and says what was left out.

    Raises Error, and writes nothing, if something that is asked for cannot go out as it is asked for.
    """
    from gitseal.usecases.render import render

    rule = session.project.policy.environments.get(job.environment)
    if target is None and output.is_terminal() and rule is not None and not rule.reveal:
        raise Error(
            f"the policy says reveal: false for {job.environment}: it is not rendered to a terminal",
            "give a file: -o FILE",
        )
    done = render(session.opened(job.environment), job.dialect, job.request, job.options)
    session.note_read("render", job.environment, done.going.names())
    if done.masks:
        # The runner takes commands from either stream, and the values go into the file alone.
        say_text(done.masks.decode().removesuffix("\n") + "\n")
    with _placed(job.folder, done.going, target):
        if target is not None:
            from gitseal.delivery.targets import write

            write(target, done.content, append=dialects.appends(job.dialect))
    if target is None:
        output.write_bytes(done.content)
    for remark in done.remarks:
        say(f"gitseal: {remark}")
    selecting.tell(done.going)


@contextmanager
def _placed(folder: "Path | None", going: "Outgoing", beside: "Path | None" = None) -> Iterator[None]:
    """The files of the service, all written before the block and put in place after it."""
    if folder is None:
        yield
        return
    from gitseal.delivery import service_files

    with service_files.staged(folder, going.files, beside) as put:
        yield
        put()


def _files_alone(session: Session, job: RenderJob) -> None:
    from gitseal.usecases.render import collect

    going = collect(session.opened(job.environment), job.request)
    session.note_read("render", job.environment, going.names())
    with _placed(job.folder, going):
        pass
    selecting.tell(going)


def _checked(session: Session, job: RenderJob, checked: "Path") -> int:
    """Says if what was written is up to date: 0 if it is, 1 if not."""
    from gitseal.usecases.render import is_current, render

    done = render(session.opened(job.environment), job.dialect, job.request, job.options)
    differs = ""
    if not is_current(checked, done.content):
        differs = f'"{checked}" is not what {job.environment} renders to now'
    elif job.folder is not None:
        from gitseal.delivery.service_files import outdated

        stale = ", ".join(f'"{job.folder / path}"' for path in outdated(job.folder, done.going.files))
        differs = f"not what {job.environment} gives {job.request.service} now: {stale}" if stale else ""
    if differs:
        say(f"gitseal: {differs}", f"  write it again: {_rewriting(job, checked, without_local=session.is_shared)}")
        return 1
    say(f'"{checked}" is up to date{f", and so are the files below {job.folder}" if job.folder is not None else ""}')
    return 0


def _rewriting(job: RenderJob, checked: "Path", *, without_local: bool) -> str:
    """The command that writes the same part of the environment again, and no more."""
    from gitseal.report.hints import command as shell
    from gitseal.report.hints import path_word

    given: list[tuple[str, str]] = [("-e", job.environment), ("--format", job.dialect)]
    given += [("--only", pattern) for pattern in job.request.only]
    given += [("--except", pattern) for pattern in job.request.excepted]
    given += [("--service", job.request.service), ("--name", job.options.name), ("--namespace", job.options.namespace)]
    given += [
        ("-o", path_word(str(checked))),
        ("--files", path_word(str(job.folder)) if job.folder is not None else ""),
    ]
    flags = {
        "--allow-missing": job.request.allow_missing,
        "--no-local": without_local,
        "--export": job.options.export,
        "--no-interpolate": not job.options.interpolate,
    }
    pairs = [pair for pair in given if pair[1]]
    template = " ".join(["gitseal render", *(f"{option} {{}}" for option, _ in pairs), *filter(flags.get, flags)])
    return shell(template, *(value for _, value in pairs)).as_text()


def _check_record(session: Session, job: RenderJob, checked: str | None) -> None:
    """Raises Error, before anything is written, if the deploy could not be recorded as what it is."""
    from gitseal.usecases.deployed import check_committed

    if checked is not None:
        raise UsageError("--check deploys nothing that --record could record", "leave one of them out")
    check_committed(session.project, job.environment)


def _check_options(dialect: str, given: dict[str, object]) -> None:
    """Raises UsageError for an option of another format: it would be ignored without a word."""
    for option, value in given.items():
        if value and option not in dialects.options_of(dialect):
            raise UsageError(
                f"--{option.replace('interpolate', 'no-interpolate')} is not for --format {dialect}", "leave it out"
            )
