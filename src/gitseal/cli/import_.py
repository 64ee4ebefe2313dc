"""`gitseal import`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gitseal.cli import declare
from gitseal.cli.options import accept_options, environment_option
from gitseal.cli.session import Session, say
from gitseal.errors import Error, os_reason
from gitseal.exchange import IMPORTERS, detect
from gitseal.report.plurals import plural

if TYPE_CHECKING:
    from gitseal.usecases.import_ import ImportResult


@declare.command("import")
@declare.argument("source", metavar="FILE | -", is_path=True, takes_dash=True)
@environment_option()
@declare.option("--format", "format_name", choices=IMPORTERS, help="The file's format. Without it: by its name.")
@declare.option("--expand", is_flag=True, help="Resolve ${NAME} from the file and the environment variables.")
@declare.option("--plain", is_flag=True, help="Let new names stand readable, where a rule of the policy says so too.")
@accept_options
def command(
    session: Session,
    source: str,
    environments: tuple[str, ...],
    format_name: str | None,
    expand: bool,
    plain: bool,
    accept: tuple[str, ...],
) -> None:
    """Take all values of dotenv, JSON or YAML files.

    All values are set, or none. Dotenv values are taken as text, as they are written; gitseal names those that still have a
    ${...}. JSON and YAML also have types and sections. With several files, no name may be in two of them.

    Examples:
      gitseal import -e development .env
      gitseal import -e production common.env config.json --dry-run
      kubectl get secret app -o json | jq .data | gitseal import -e production --format json -
    """
    imported(session, Path(source), environments, format_name, accept, expand=expand, plain=plain)


def imported(
    session: Session,
    source: Path,
    environments: tuple[str, ...],
    format_name: str | None,
    accept: tuple[str, ...],
    *,
    expand: bool = False,
    plain: bool = False,
) -> None:
    """Imports a file and says what became of its values."""
    from gitseal.usecases.import_ import STANDARD_INPUT, import_values

    chosen = session.some(environments)
    data = _read(source)
    counts = session.confirmed(
        accept,
        lambda workspace: import_values(
            workspace,
            chosen,
            data,
            format_name or detect(source.name),
            expand_with=session.environ if expand else None,
            plain=plain,
            source=STANDARD_INPUT if str(source) == "-" else str(source),
        ),
    )
    tell(counts)


def tell(counts: "ImportResult") -> None:
    """Says what became of a file's values and comments."""
    from gitseal.sealing.change import Outcome

    words = [
        f"{counts.count(outcome)} {outcome.value}" for outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)
    ]
    unseen = counts.count(Outcome.UNSEEN)
    say(", ".join([*words, *([f"{unseen} {Outcome.UNSEEN.value}"] if unseen else [])]))
    if counts.comments:
        say(f"{plural(counts.comments, 'comment line')} kept, readable to everyone with the repository")
    if counts.left_out:
        say(f"gitseal: {plural(counts.left_out, 'comment line')} left out, which may hold a value")
    if counts.duplicates:
        say(f"gitseal: set twice in the file, the last one counts: {', '.join(counts.duplicates)}")
    if counts.references:
        say(f"gitseal: kept ${{...}} as text, resolve with --expand: {', '.join(counts.references)}")


def _read(source: Path) -> bytes:
    if str(source) == "-":
        return sys.stdin.buffer.read()
    try:
        return source.read_bytes()
    except OSError as error:
        raise Error(f'"{source}" cannot be read: {os_reason(error)}', f"look at: ls -l {source}") from None
