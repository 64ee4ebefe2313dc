"""`gitseal env`."""

from gitseal.cli import declare, output, terminal
from gitseal.cli.options import accept_options, json_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import shell_quoted


@declare.group("env")
def command() -> None:
    """Add, list, rename or remove environments.

    Each environment is one sealed file in .secrets.

    Examples:
      gitseal env list
      gitseal env add staging
    """


@command.command("add")
@declare.argument("name")
@declare.option(
    "--open", "opened_to", multiple=True, metavar="NAME", help="A group or recipient that may open it; may repeat."
)
@accept_options
def add(
    session: Session,
    name: str,
    opened_to: tuple[str, ...],
    accept: tuple[str, ...],
) -> None:
    """Add an environment.

    Without --open, it opens to the groups and people that every other environment opens to.

    Examples:
      gitseal env add staging
      gitseal env add production-eu --open team --open alice
    """
    from gitseal.usecases.env import add_environment

    people = tuple(part for given in opened_to for part in given.split(",") if part)
    session.confirmed(
        accept,
        lambda workspace: add_environment(workspace, name, people),
    )
    output.line(session.project.relative(session.project.path(name)))


@command.command("list")
@json_option
def list_(session: Session, as_json: bool) -> None:
    """List the environments, who opens them, and what they extend.

    Examples:
      gitseal env list
      gitseal env list --json
    """
    from gitseal.usecases.env import list_environments

    session.all(())  # says which of them cannot be seen here
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


@command.command("remove")
@declare.argument("name", complete=declare.ENVIRONMENTS)
@declare.option("--yes", is_flag=True, help="Do not ask.")
def remove(session: Session, name: str, yes: bool) -> None:
    """Remove an environment: its file and its rule in the policy.

    It asks first. Git's history keeps the file.

    Examples:
      gitseal env remove staging --yes
    """
    from gitseal.usecases.env import remove_environment

    if not yes:
        hint = f"if you mean it: gitseal env remove {shell_quoted(name)} --yes"
        terminal.need_yes(f'removing "{name}"', hint, f"Remove the environment {name} with all its values?")
    remove_environment(session.project, name)
    say(f"removed {name}")


@command.command("rename")
@declare.argument("old", complete=declare.ENVIRONMENTS)
@declare.argument("new")
@accept_options
def rename(session: Session, old: str, new: str, accept: tuple[str, ...]) -> None:
    """Rename an environment.

    This seals every value again, because a value is bound to its environment. It needs an identity that opens all of them.

    Examples:
      gitseal env rename staging preview
    """
    from gitseal.policy.layers import LOCAL
    from gitseal.usecases.env import rename_environment

    overrides = session.project.folder / f"{old}{LOCAL}.yaml"
    session.confirmed(
        accept,
        lambda workspace: rename_environment(workspace, old, new),
    )
    if overrides.exists():
        say(
            f'gitseal: this machine\'s overrides of {old} do not move with it, and lie in "{overrides}"',
            f"  give {new} the values that you need there, with gitseal set --local, and delete that file",
        )
    say(f"renamed {old} to {new}")
