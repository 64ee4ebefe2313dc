"""`gitseal render`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gitseal import render as dialects
from gitseal.cli import output, selecting
from gitseal.cli.options import environment_option
from gitseal.cli.reading_log import note
from gitseal.cli.session import Session, is_terminal_output, say
from gitseal.delivery.outgoing import Outgoing
from gitseal.delivery.request import Request
from gitseal.errors import Error, UsageError
from gitseal.render import DIALECTS


@click.command("render")
@environment_option("The environment; may be left out where there is one.")
@click.option(
    "--format", "dialect", type=click.Choice(list(DIALECTS)), help="What reads the variables. Without it: dotenv."
)
@click.option(
    "-o", "--output", "target", metavar="FILE", type=click.Path(path_type=Path), help="Write here (0600, atomically)."
)
@click.option(
    "--files",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the service's files below DIR; the variables only with -o or --format.",
)
@click.option(
    "--check",
    "checked",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write nothing; say whether FILE is current, with --files those too.",
)
@click.option("--record", is_flag=True, help="Then record the deploy, as gitseal deployed does.")
@selecting.selecting
@click.option("--export", is_flag=True, help="shell: export each variable.")
@click.option("--no-interpolate", is_flag=True, help="python-dotenv: for a reader with interpolate=False.")
@click.option("--name", default="", metavar="NAME", help="k8s-secret: the name of the object.")
@click.option("--namespace", default="", metavar="NAME", help="k8s-secret: its namespace.")
@click.pass_obj
def command(
    session: Session,
    environments: tuple[str, ...],
    dialect: str | None,
    target: Path | None,
    folder: Path | None,
    checked: Path | None,
    record: bool,
    only: tuple[str, ...],
    excepted: tuple[str, ...],
    service: str,
    allow_missing: bool,
    no_local: bool,
    export: bool,
    no_interpolate: bool,
    name: str,
    namespace: str,
) -> None:
    """Write an environment exactly as its consumer reads it, or refuse by name what that format cannot carry.

    A file is written with mode 0600, and never where Git tracks it or would add it. A required name without a value, a
    value that breaks its type and a reference that leads nowhere stop it, with all of them named at once.
    """
    given = {"export": export, "interpolate": no_interpolate, "name": name, "namespace": namespace}
    _check_options(dialect or _DEFAULT, given)
    options = dialects.Options(export=export, interpolate=not no_interpolate, name=name, namespace=namespace)
    request = selecting.request(session, only, excepted, service, allow_missing=allow_missing)
    if folder is not None:
        from gitseal.delivery.service_files import with_files

        request = with_files(request, folder)
    environment = session.one(environments)
    if record:
        _check_record(session, environment, checked, local=not no_local)
    if checked is not None:
        _check_current(session, environment, dialect or _DEFAULT, checked, folder, request, options, local=not no_local)
    elif folder is not None and target is None and dialect is None:
        _files_alone(session, environment, folder, request, local=not no_local)
    else:
        rendered(session, environment, dialect or _DEFAULT, target, request, options, folder, local=not no_local)
    if record:
        from gitseal.cli import deployed

        deployed.record(session, environment)


_DEFAULT = "dotenv"


def rendered(
    session: Session,
    environment: str,
    dialect: str,
    target: Path | None,
    request: Request,
    options: dialects.Options = dialects.NO_OPTIONS,
    folder: Path | None = None,
    *,
    local: bool = True,
) -> None:
    """Renders to a file or to standard output, the files of the service below `folder`, and says what was left out."""
    from gitseal.delivery.targets import write
    from gitseal.usecases.render import render

    rule = session.project.policy.environments.get(environment)
    if target is None and is_terminal_output() and rule is not None and not rule.reveal:
        raise Error(
            f"the policy says reveal: false for {environment}: it is not rendered to a terminal", "give a file: -o FILE"
        )
    done = render(session.project, session.keyring, environment, dialect, request, options, local=local)
    note(session, "render", environment, done.going.names())
    if done.masks:
        # The runner takes commands from either stream, and the values go into the file alone.
        click.echo(done.masks.decode(), err=True, nl=False)
    with _placed(folder, done.going, target):
        if target is not None:
            write(target, done.content, append=dialects.appends(dialect))
    if target is None:
        output.write(done.content)
    selecting.tell(done.going)


@contextmanager
def _placed(folder: Path | None, going: Outgoing, beside: Path | None = None) -> Iterator[None]:
    """The files of the service, all written before the block and put in place after it."""
    if folder is None:
        yield
        return
    from gitseal.delivery import service_files

    with service_files.staged(folder, going.files, beside) as put:
        yield
        put()


def _files_alone(session: Session, environment: str, folder: Path, request: Request, *, local: bool) -> None:
    from gitseal.usecases.render import collect

    going = collect(session.project, session.keyring, environment, request, local=local)
    note(session, "render", environment, going.names())
    with _placed(folder, going):
        pass
    selecting.tell(going)


def _check_current(
    session: Session,
    environment: str,
    dialect: str,
    checked: Path,
    folder: Path | None,
    request: Request,
    options: dialects.Options,
    *,
    local: bool,
) -> None:
    from gitseal.usecases.render import is_current, render

    done = render(session.project, session.keyring, environment, dialect, request, options, local=local)
    files = f" --service {request.service} --files {folder}" if folder is not None else ""
    hint = f"write it again: gitseal render -e {environment} --format {dialect} -o {checked}{files}"
    if not is_current(checked, done.content):
        raise Error(f'"{checked}" is not what {environment} renders to now', hint)
    if folder is not None:
        from gitseal.delivery.service_files import outdated

        stale = ", ".join(f'"{folder / path}"' for path in outdated(folder, done.going.files))
        if stale:
            raise Error(f"not what {environment} gives {request.service} now: {stale}", hint)
    say(f'"{checked}" is up to date{f", and so are the files below {folder}" if files else ""}')


def _check_record(session: Session, environment: str, checked: Path | None, *, local: bool) -> None:
    """Raises Error, before anything is written, where the deploy could not be recorded as what it is."""
    from gitseal.usecases.deployed import check_committed

    if checked is not None:
        raise UsageError("--check deploys nothing that --record could record", "leave one of them out")
    check_committed(session.project, environment, local=local)


def _check_options(dialect: str, given: dict[str, object]) -> None:
    """Raises UsageError for an option of another format: it would be ignored without a word."""
    for option, value in given.items():
        if value and option not in dialects.options_of(dialect):
            raise UsageError(
                f"--{option.replace('interpolate', 'no-interpolate')} is not for --format {dialect}", "leave it out"
            )
