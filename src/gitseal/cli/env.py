"""`gitseal env`."""

import click

from gitseal.cli import output, terminal
from gitseal.cli.options import accept_options, complete_environment, json_option
from gitseal.cli.session import Session, say
from gitseal.errors import Error


@click.group("env")
def command() -> None:
    """Environments: one sealed file each."""


@command.command("list")
@json_option
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """List the environments, who may open them, and what they extend."""
    from gitseal.usecases.env import list_environments

    rows = list_environments(session.project)
    if as_json:
        output.as_json([row._asdict() for row in rows])
        return
    head = ("ENVIRONMENT", "NAMES", "OPEN TO", "EXTENDS", "ALIASES", "PROTECTED")
    output.table(
        head,
        (
            (
                row.environment,
                str(row.names),
                ", ".join(row.open),
                row.extends,
                ", ".join(row.aliases),
                "yes" if row.protected else "",
            )
            for row in rows
        ),
    )


@command.command("add")
@click.argument("name")
@click.option(
    "--open", "opened_to", multiple=True, metavar="NAME", help="A group or recipient that may open it; may repeat."
)
@accept_options
@click.pass_obj
def add(
    session: Session,
    name: str,
    opened_to: tuple[str, ...],
    accept_keys: tuple[str, ...],
    accept_recipients: tuple[str, ...],
) -> None:
    """Make an environment. Without --open it is open to those whom all other environments agree on."""
    from gitseal.usecases.env import add_environment

    people = tuple(part for given in opened_to for part in given.split(",") if part)
    session.confirmed(
        (*accept_keys, *accept_recipients),
        lambda accept: add_environment(session.project, session.keyring, accept, name, people),
    )
    click.echo(session.project.relative(session.project.path(name)))


@command.command("rename")
@click.argument("old", shell_complete=complete_environment)
@click.argument("new")
@accept_options
@click.pass_obj
def rename(
    session: Session, old: str, new: str, accept_keys: tuple[str, ...], accept_recipients: tuple[str, ...]
) -> None:
    """Give an environment another name. Every value is opened and sealed anew: a value is bound to its environment."""
    from gitseal.usecases.env import rename_environment

    session.confirmed(
        (*accept_keys, *accept_recipients),
        lambda accept: rename_environment(session.project, session.keyring, accept, old, new),
    )
    say(f"renamed {old} to {new}")


@command.command("remove")
@click.argument("name", shell_complete=complete_environment)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(session: Session, name: str, yes: bool) -> None:
    """Take an environment out: its file and its rule. Git's history keeps what was there."""
    from gitseal.usecases.env import remove_environment

    if not yes:
        if not terminal.can_ask():
            raise Error(f'removing "{name}" needs a yes', f"if you mean it: gitseal env remove {name} --yes")
        if not terminal.confirm(f"Remove the environment {name} with all its values?"):
            raise click.Abort
    remove_environment(session.project, name)
    say(f"removed {name}")
