"""The command line as click sees it: its help, its words for mistakes, and completion. Made from what the commands declare.

Nothing is declared here. A call that `parsing` takes never comes this way.
"""

from collections.abc import Callable, Sequence
from typing import Any

import click

from gitseal.cli import completing, declare
from gitseal.cli.declare import Argument, Command, Option, Parameter
from gitseal.cli.session import Session, say
from gitseal.cli.table import COMMANDS, PROGRAM, STATUS_INTERRUPTED, STATUS_USAGE

Run = Callable[[Command, Session, dict[str, Any]], int | None]

_COMPLETIONS = {declare.NAMES: completing.names, declare.ENVIRONMENTS: completing.environments}


def main(words: Sequence[str], run: Run) -> int:
    """Lets click read a command line and do what it asks for; `run` runs a command. Raises what click raises."""
    status = program(run).main(args=list(words), prog_name="gitseal", standalone_mode=False)
    return status if isinstance(status, int) else 0


def outcome(error: BaseException) -> int | None:
    """Says what an exception of click's means, and gives its status; None for any other."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        # Its message is the group's whole help, which is no mistake's one line.
        click.echo(error.format_message(), err=True)
        return STATUS_USAGE
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        say(f"gitseal: {error.message}")
        return STATUS_USAGE
    if isinstance(error, click.Abort):
        say("gitseal: interrupted")
        return STATUS_INTERRUPTED
    return None


def program(run: Run) -> click.Group:
    """The whole command line. A command's module is loaded when click asks for the command."""
    options = [_parameter(option) for option in PROGRAM.options]
    version = click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_version,
        help="Print the version.",
    )
    return _Program(
        PROGRAM,
        run,
        name=PROGRAM.name,
        callback=_begin,
        params=[*options, version],
        help=PROGRAM.help,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


class _Group(click.Group):
    """A declared group; its members become commands of click's when they are asked for."""

    def __init__(self, declared: declare.Group, run: Run, **settings: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(**settings)
        self._declared = declared
        self._run = run

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The declared order."""
        return list(self._declared.members)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command of a name, or None."""
        member = self._declared.find(cmd_name)
        if member is None:
            return None
        if isinstance(member, declare.Group):
            return _Group(member, self._run, name=member.name, help=member.help)
        return _command(member, self._run)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does. An unknown word is not repeated, since it may be a value: the nearest command is named."""
        members = self._declared.members
        if args and args[0] not in members and not args[0].startswith("-"):
            from gitseal.policy.fields import nearest

            near = nearest(args[0], members)
            raise click.UsageError(f"there is no such command{f'; {near}' if near else ''}", ctx)
        return super().resolve_command(ctx, args)


class _Program(_Group):
    """The outermost group: its help loads no command."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The list of the help, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _begin(folder: str | None, identity: str | None) -> None:
    click.get_current_context().obj = Session(folder, identity)


def _version(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import version

        click.echo(f"gitseal {version('gitseal')}")
        ctx.exit()


def _command(declared: Command, run: Run) -> click.Command:
    passing = {"ignore_unknown_options": True, "allow_interspersed_args": False} if declared.passes_on else {}
    return click.Command(
        declared.name,
        callback=lambda **values: run(declared, click.get_current_context().obj, values),
        params=[_parameter(parameter) for parameter in declared.parameters],
        help=declared.help,
        context_settings=passing,
    )


def _parameter(declared: Parameter) -> click.Parameter:
    settings: dict[str, Any] = {"metavar": declared.metavar, "required": declared.required}
    if declared.choices:
        settings["type"] = click.Choice(list(declared.choices))
    elif declared.is_path:
        settings["type"] = click.Path(allow_dash=declared.takes_dash)
    if declared.complete:
        settings["shell_complete"] = _COMPLETIONS[declared.complete]
    if isinstance(declared, Argument):
        if declared.default is not None and not declared.multiple:
            settings["default"] = declared.default
        return click.Argument([declared.name], nargs=declared.nargs, **settings)
    assert isinstance(declared, Option)  # noqa: S101 - there are two kinds
    settings |= {"help": declared.help, "envvar": declared.envvar, "show_default": declared.show_default or None}
    if declared.is_pair:
        spelled: tuple[str, ...] = ("/".join(declared.words),)
        settings["default"] = declared.default
    else:
        spelled = declared.words
        settings |= _flag(declared)
    return click.Option([*spelled, declared.name], multiple=declared.multiple, **settings)


def _flag(declared: Option) -> dict[str, Any]:
    if declared.flag_value is not None:
        return {"flag_value": declared.flag_value}
    if declared.is_flag:
        return {"is_flag": True}
    return {} if declared.default is None or declared.multiple else {"default": declared.default}


def _usage(error: click.UsageError) -> int:
    say(f"gitseal: {_usage_words(error)}")
    path = error.ctx.command_path if error.ctx else "gitseal"
    say(f"  see: {path} --help")
    return STATUS_USAGE


def _usage_words(error: click.UsageError) -> str:
    """The mistake in the call, without the words that click quotes from it: one of them may be a value."""
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
    words = words.partition(". Choose from:")[0]  # what follows is a list, line by line
    return words[:1].lower() + words[1:].rstrip(".")
