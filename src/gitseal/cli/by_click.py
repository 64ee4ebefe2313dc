"""The command line as click sees it: its help, its words for mistakes, and completion. Made from what the commands declare.

Nothing is declared here. A call that `parsing` takes never comes this way.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import click
from click.formatting import HelpFormatter

from gitseal.cli import completing, declare, mistakes, parsing
from gitseal.cli.declare import Argument, Command, Option, Parameter
from gitseal.cli.session import Session
from gitseal.cli.table import PROGRAM, SECTIONS, STATUS_INTERRUPTED, STATUS_USAGE
from gitseal.cli.talk import say

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
        callback=_begin,
        params=[*options, version],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


class _Help:
    """The help of a command or group: words that are wrapped, options, and examples that are not."""

    epilog: str | None

    def format_epilog(self, _context: click.Context, formatter: HelpFormatter) -> None:
        """The examples, line by line as they were declared."""
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.splitlines():
                    formatter.write(f"  {line}\n")


class _Command(_Help, click.Command):
    """A declared command."""

    declared: Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does. A word that belongs after `--` is one too many before it, and every mistake knows its command."""
        words = list(args)  # click takes them out
        try:
            left = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if not ctx.resilient_parsing and parsing.misses_dashes(self.declared, words):
            ctx.fail("Got unexpected extra argument")  # click's own words for it
        return left


class _Group(_Help, click.Group):
    """A declared group; its members become commands of click's when they are asked for."""

    def __init__(self, declared: declare.Group, run: Run, **settings: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(name=declared.name, **_help(declared), **settings)
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
        return _Group(member, self._run) if isinstance(member, declare.Group) else _command(member, self._run)

    def format_commands(self, ctx: click.Context, formatter: HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Each command of the group with the first sentence of its help, whole."""
        members = ((name, self._declared.find(name)) for name in self._declared.members)
        with formatter.section("Commands"):
            formatter.write_dl([(name, first_sentence(member.help)) for name, member in members if member is not None])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; and `help set` is `set --help`, in any group."""
        members = self._declared.members
        if args and args[0] == "help" and "help" not in members:
            args = [*args[1:], "--help"]
        if args[0] == "--help":
            click.echo(ctx.get_help())
            ctx.exit()
        if args[0] not in members and not args[0].startswith("-"):
            raise mistakes.unknown_command(args, members, ctx)
        return super().resolve_command(ctx, args)


class _Program(_Group):
    """The outermost group: its help is in sections, and loads no command."""

    def format_commands(self, ctx: click.Context, formatter: HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The list of the help, from the table."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))


def first_sentence(words: str | None) -> str:
    """The sentence that says what a command does, for a list of commands."""
    paragraph = " ".join((words or "").strip().partition("\n\n")[0].split())
    sentence, stop, _ = paragraph.partition(". ")
    return sentence + "." if stop else paragraph


def _help(declared: Command | declare.Group) -> dict[str, Any]:
    """The help as click takes it: the words, and the examples apart."""
    words, _, examples = inspect.cleandoc(declared.help or "").partition("\nExamples:\n")
    return {"help": words.rstrip(), "epilog": inspect.cleandoc(examples)}


def _begin(folder: str | None, identity: str | None) -> None:
    click.get_current_context().obj = Session(folder, identity)


def _version(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        from gitseal import installation

        click.echo(f"gitseal {installation.version()}")
        ctx.exit()


def _command(declared: Command, run: Run) -> click.Command:
    passing = {"ignore_unknown_options": True, "allow_interspersed_args": False} if declared.passes_on else {}
    made = _Command(
        declared.name,
        callback=lambda **values: run(declared, click.get_current_context().obj, values),
        params=[_parameter(parameter) for parameter in declared.parameters],
        context_settings=passing,
        **_help(declared),
    )
    made.declared = declared
    return made


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
    say(f"gitseal: {mistakes.usage_words(error)}")
    say(f"  {mistakes.help_line(error)}")
    return STATUS_USAGE
