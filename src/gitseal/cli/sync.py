"""`gitseal sync`."""

from pathlib import Path

from gitseal.cli import declare
from gitseal.cli.import_ import imported
from gitseal.cli.options import accept_options, environment_option, replace_option
from gitseal.cli.render import RenderJob, rendered
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.delivery.request import Request
from gitseal.errors import Error, NotForYou
from gitseal.git.ignoring import ignore_file
from gitseal.git.repository import Repository, find_top
from gitseal.render import Refused
from gitseal.report.hints import command as command_line
from gitseal.report.hints import path_word
from gitseal.yamltext.tree import NamePath

_FILE = declare.argument("file", metavar="[FILE]", is_path=True, default=".env")


@declare.group("sync")
def command() -> None:
    """Copy values between a local .env file and an environment.

    push takes the file into the environment, as import does. pull writes the environment to the file, as render -o does.

    Examples:
      gitseal sync push -e development
      gitseal sync pull -e development
    """


@command.command("pull")
@_FILE
@environment_option("The environment. Needed only if there are several.")
def pull(session: Session, file: str, environments: tuple[str, ...]) -> None:
    """Write an environment to FILE (.env) in dotenv format.

    The file has mode 0600. It is never written to a place that Git tracks or would add.

    Examples:
      gitseal sync pull -e development
    """
    session.only_reads = True
    environment = session.one(environments)
    path = Path(file)
    try:
        rendered(session, RenderJob(environment, Request()), path)
    except Refused as error:
        # The options of render that would help are none of sync's.
        again = command_line("gitseal render -e {} -o {}", environment, path_word(file)).as_text()
        raise Error(error.message, f"sync pull writes dotenv alone; {error.hint}, after: {again}") from None
    say(f'wrote {environment} to "{path}"')


@command.command("push")
@_FILE
@environment_option()
@replace_option
@accept_options
def push(
    session: Session,
    *,
    file: str,
    environments: tuple[str, ...],
    replace: bool,
    accept: tuple[str, ...],
) -> None:
    """Take the values of FILE (.env) into an environment.

    What pull would write is not taken back: this machine's own overrides, references, and values that the environment has from
    another one stay as they are. A warning says if Git would add the file.

    Examples:
      gitseal sync push -e development
    """
    path = Path(file)
    chosen = session.some(environments)
    pulled = {environment: _pulled(session, environment) for environment in chosen}
    imported(session, path, chosen, accept, pulled, replace=replace)
    where = path.parent.resolve() / path.name
    top = find_top(where.parent)
    if top is not None and Repository(top).would_add(where):
        say(f'gitseal: "{path}" is not ignored by Git; to ignore it: {ignore_file(top.resolve(), where)}')


def _pulled(session: Session, environment: str) -> dict[NamePath, bytes]:
    """The texts that pull would write; none for whoever cannot open the environment, and so never pulled it."""
    from gitseal.delivery.outgoing import outgoing

    try:
        going = outgoing(session.opened(environment), Request(allow_missing=True), with_sections=False)
    except NotForYou:
        return {}
    except Error as error:
        say(f"gitseal: every value of the file is set, for pull would not write {environment}: {error.message}")
        return {}
    return {entry.path: entry.value.reveal() for entry in going.entries}
