"""`gitseal sync`."""

from pathlib import Path

from gitseal.cli import declare
from gitseal.cli.import_ import imported
from gitseal.cli.options import accept_options, environment_option
from gitseal.cli.render import RenderJob, rendered
from gitseal.cli.session import Session, say
from gitseal.delivery.request import Request
from gitseal.git.repository import Repository, find_top

_FILE = declare.argument("file", metavar="[FILE]", is_path=True, default=".env")


@declare.group("sync")
def command() -> None:
    """A local env file and an environment: push is import, pull is render -o."""


@command.command("pull")
@_FILE
@environment_option("The environment; may be left out where there is one.")
def pull(session: Session, file: str, environments: tuple[str, ...]) -> None:
    """Write an environment to FILE (.env) as dotenv, 0600, never where Git tracks it or would add it."""
    session.only_reads = True
    environment = session.one(environments)
    path = Path(file)
    rendered(session, RenderJob(environment, Request()), path)
    say(f'wrote {environment} to "{path}"')


@command.command("push")
@_FILE
@environment_option()
@accept_options
def push(
    session: Session,
    file: str,
    environments: tuple[str, ...],
    accept: tuple[str, ...],
) -> None:
    """Take the values of FILE (.env) into an environment, and warn where Git would take the file."""
    path = Path(file)
    imported(session, path, environments, None, accept)
    where = path.absolute()
    top = find_top(where.parent)
    if top is not None and Repository(top).would_add(where):
        say(f'gitseal: "{path}" is not ignored by Git; ignore it: echo /{where.relative_to(top)} >> .gitignore')
