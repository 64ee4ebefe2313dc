"""`gitseal sync`."""

from pathlib import Path

import click

from gitseal.cli.import_ import imported
from gitseal.cli.options import accept_options, environment_option
from gitseal.cli.render import rendered
from gitseal.cli.session import Session, say
from gitseal.delivery.request import Request
from gitseal.git.repository import Repository, find_top

_FILE = click.argument("file", metavar="[FILE]", type=click.Path(path_type=Path), default=".env")


@click.group("sync")
def command() -> None:
    """A local env file and an environment: push is import, pull is render -o."""


@command.command("push")
@_FILE
@environment_option()
@accept_options
@click.pass_obj
def push(
    session: Session,
    file: Path,
    environments: tuple[str, ...],
    accept_keys: tuple[str, ...],
    accept_recipients: tuple[str, ...],
) -> None:
    """Take the values of FILE (.env) into an environment, and warn where Git would take the file."""
    imported(session, file, environments, None, (*accept_keys, *accept_recipients))
    top = find_top(file.absolute().parent)
    if top is not None and Repository(top).would_add(file.absolute()):
        say(
            f'gitseal: "{file}" is not ignored by Git; ignore it: echo /{file.absolute().relative_to(top)} >> .gitignore'
        )


@command.command("pull")
@_FILE
@environment_option("The environment; may be left out where there is one.")
@click.pass_obj
def pull(session: Session, file: Path, environments: tuple[str, ...]) -> None:
    """Write an environment to FILE (.env) as dotenv, 0600, never where Git tracks it or would add it."""
    environment = session.one(environments)
    rendered(session, environment, "dotenv", file, Request())
    say(f'wrote {environment} to "{file}"')
