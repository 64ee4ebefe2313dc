"""The command line's frame: the table of commands, and the one boundary that turns errors into words and a status.

Statuses: 0 done, 1 said no, 2 usage, 3 a bug, 130 interrupted.
"""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from gitseal.errors import Error, NotForYou

# The commands in the order of the help. Each lives in the module of the same name (`-` as `_`) and is loaded when called.
COMMANDS: dict[str, str] = {
    "keygen": "A new identity; prints its recipient.",
    "init": "A new .secrets folder, or a clone of one made ready.",
    "whoami": "Which identities are at hand and what they open.",
    "env": "Environments: add, list, rename, remove.",
    "set": "Set values.",
    "get": "Print one value.",
    "list": "List names, without values.",
    "unset": "Take names out.",
    "rename": "Give a name another one.",
    "copy": "Copy values to another environment.",
    "edit": "Edit an environment as plain YAML.",
    "absorb": "Take over write-only values.",
    "unseal": "Write a sealed value plain, where a rule says so.",
    "diff": "Compare two environments, or two states of one.",
    "render": "Write an environment as its consumer reads it.",
    "run": "Run a command with an environment set.",
    "template": "Resolve the references in any text file.",
    "explain": "Where a value comes from, and who gets it.",
    "import": "Take values from a dotenv, JSON or YAML file.",
    "sync": "A local .env pushed into an environment, or pulled out of it.",
    "recipient": "People and machines: add, remove, list.",
    "resolve": "Bring a conflict to its end, name by name.",
    "rekey": "Bring files to the policy: who gains, who loses.",
    "log": "Who set, changed or removed which name, and when.",
    "status": "What changed since the last recorded deploy.",
    "deployed": "Record what an environment was deployed from.",
    "check": "Hold policy, environments and Git's view against each other.",
    "review": "What a change means for secrets, and every risk in it.",
    "verify": "Hold the commits that change secrets against signatures.",
    "schema": "The JSON Schema of policy.yaml or manifest.yaml.",
    "doctor": "What is armed in this clone, and what mends the rest.",
    "hook": "Keep plaintext out of commits: Git's hooks.",
    "scan": "Look for plaintext in commits and in files.",
    "completion": "Completion for bash, zsh or fish.",
}

STATUS_USAGE, STATUS_BUG, STATUS_INTERRUPTED, STATUS_PIPE = 2, 3, 130, 141


class Commands(click.Group):
    """The group of all commands; a command's module is imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command of a name in the table, its module loaded now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"gitseal.cli.{module_name(cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The help's list, from the table alone: no command is loaded for it."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; for an unknown word the nearest command is named, and the word is not repeated."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from gitseal.policy.parser import nearest

            near = nearest(args[0], COMMANDS)
            raise click.UsageError(f"there is no such command{f'; {near}' if near else ''}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as above
        """Runs the command; where no identity served, every place that was tried is listed with its reason."""
        try:
            return super().invoke(ctx)
        except NotForYou:
            for place, outcome in ctx.obj.keyring.report():
                click.echo(f"  {place}: {outcome}", err=True)
            raise
        except BrokenPipeError:
            # click would end the process itself.
            raise _Unread from None


class _Unread(Exception):
    """Whoever reads standard output has gone."""


def module_name(command: str) -> str:
    """The module of a command: words that Python keeps for itself or its library get an underscore."""
    return {"import": "import_", "list": "list_", "set": "set_"}.get(command, command)


def _version(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import version

        click.echo(f"gitseal {version('gitseal')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "folder", metavar="DIR", help="Work as if started in DIR.")
@click.option("--identity", metavar="FILE", help="The only identity to use: an identity file or SSH private key.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
@click.pass_context
def cli(ctx: click.Context, folder: str | None, identity: str | None) -> None:
    """Keep a team's secrets in Git: names readable, each value sealed to those who may open it.

    An identity is taken from --identity, GITSEAL_IDENTITY (its text) or GITSEAL_IDENTITY_FILE, and where none of these is
    given from the usual places: see gitseal whoami.
    """
    from gitseal.cli.session import Session

    ctx.obj = Session(folder, identity)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit status."""
    # The process is short and keeps what it makes: looking for garbage takes a fifth of a large file's time.
    gc.disable()
    try:
        status = cli.main(args=arguments, prog_name="gitseal", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 - the boundary: nothing passes
        return outcome(error)
    except KeyboardInterrupt as error:
        return outcome(error)
    return status if isinstance(status, int) else 0


def outcome(error: BaseException) -> int:  # noqa: PLR0911 - one for each kind of end
    """Says what an exception means, and gives its status."""
    if isinstance(error, Error):
        return _say_no(error)
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        click.echo(f"gitseal: {error.message}", err=True)
        return STATUS_USAGE
    if isinstance(error, click.Abort | KeyboardInterrupt):
        click.echo("gitseal: interrupted", err=True)
        return STATUS_INTERRUPTED
    if isinstance(error, BrokenPipeError | _Unread):
        # Python must not complain about that when it flushes once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return STATUS_PIPE
    if isinstance(error, OSError):
        what = f'"{error.filename}"' if error.filename else "the output"
        reason = (error.strerror or "unknown").lower()
        return _say_no(Error(f"{what} cannot be read or written: {reason}", "mend that, and do it again"))
    # Whatever is left is a bug.
    return _bug(error)


def _say_no(error: Error) -> int:
    # A path or an argument in the words may hold line ends, or what steers a terminal.
    from gitseal.report.escaping import printable

    click.echo(f"gitseal: {printable(error.message)}", err=True)
    if error.hint:
        click.echo(f"  {printable(error.hint)}", err=True)
    return error.status


def _usage(error: click.UsageError) -> int:
    click.echo(f"gitseal: {_usage_words(error)}", err=True)
    path = error.ctx.command_path if error.ctx else "gitseal"
    click.echo(f"  see: {path} --help", err=True)
    return STATUS_USAGE


def _usage_words(error: click.UsageError) -> str:
    """What is wrong with the call, without the words that click quotes from it: one of them may be a value."""
    if isinstance(error, click.NoSuchOption):
        near = error.possibilities or ()
        return "there is no such option" + (f"; the nearest is {near[0]}" if near else "")
    if error.message.startswith("No such command"):
        return "there is no such command"
    if isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter):
        name = error.param.opts[0] if isinstance(error.param, click.Option) else "an argument"
        choices = error.param.type.choices if error.param and isinstance(error.param.type, click.Choice) else ()
        return f"{name} takes one of {', '.join(choices)}" if choices else f"{name} has a value that it cannot take"
    words = error.message.split(" (", maxsplit=1)[0] if "extra argument" in error.message else error.format_message()
    words = words.partition(". ")[0]  # click goes on with a list of choices, line by line
    return words[:1].lower() + words[1:].rstrip(".")


def _bug(error: BaseException) -> int:
    """A report to paste. Messages and values are left out: only places in the code and the kinds of errors."""
    import platform
    import traceback
    from importlib.metadata import version

    click.echo("gitseal: this is a bug in gitseal; please report it with these lines (they hold no values):", err=True)
    click.echo(f"  gitseal {version('gitseal')}, Python {platform.python_version()}, {platform.system()}", err=True)
    found: BaseException | None = error
    while found is not None:
        for frame in traceback.extract_tb(found.__traceback__):
            click.echo(f"  {frame.filename}:{frame.lineno} {frame.name}", err=True)
        click.echo(f"  {type(found).__name__}", err=True)
        found = found.__cause__
    return STATUS_BUG
