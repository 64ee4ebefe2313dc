"""`gitseal impact`."""

import sys

from gitseal.cli import declare, output, terminal
from gitseal.cli.session import Session
from gitseal.cli.table import STATUS_NOT_LOOKED
from gitseal.cli.talk import say
from gitseal.errors import Error, UsageError
from gitseal.files.reading import read_named
from gitseal.report.plurals import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.audit.impact.impact import Impact

_STDIN = "-"


@declare.command("impact", too_many="for a value that leaked: gitseal impact --value -")
@declare.option("--person", default="", metavar="PERSON", help="Somebody who left, or whose machine was taken.")
@declare.option("--key", default="", metavar="KEY", help="The public key of an identity that leaked.")
@declare.option("--commit", "revision", default="", metavar="COMMIT", help="A commit that was pushed by mistake.")
@declare.option("--value", metavar="-", help="A value that leaked, on standard input or typed unseen.")
@declare.option(
    "--file",
    "source",
    metavar="FILE",
    is_path=True,
    takes_dash=True,
    help="A file that leaked: an env file, a log, a dump.",
)
@declare.option("--format", "form", choices=["text", "json", "markdown", "html"], default="text", help="How to report.")
@declare.option("--json", "json_flag", is_flag=True, help="Short for --format json.")
def command(
    session: Session,
    *,
    person: str,
    key: str,
    revision: str,
    value: str | None,
    source: str | None,
    form: str,
    json_flag: bool,
) -> int:
    """Show which names a leak concerns, and what to do first.

    It shows each name with a value that leaked, of today or of any commit on any ref: since when and until when that value was
    in force, whether it was changed, who could open it then and now, and which services and lines of code use the name.

    What leaked is compared in every form that the hook looks for, with all values that your identity opens, and is never stored
    or printed. A common value counts if no letter or digit stands beside it. One below 8 bytes, or one word of configuration,
    counts if it is all that leaked, or if FILE gives it to its own name; one line says how many of those were not found.

    The status is 0 if there is something, and 1 if all was looked at and there is nothing. It is 2 if there is nothing and not
    all could be looked at, such as without the file, the commit or the identity. If values did not open or the clone is
    shallow, one line says so, and "complete" is false in JSON. This machine's own overrides (`set --local`) are not
    compared.

    Examples:
      gitseal impact --person alice
      gitseal impact --commit HEAD --format markdown
      printf %s "$LEAKED" | gitseal impact --value - --json
    """
    given = [person, key, revision, value is not None, source is not None]
    if sum(map(bool, given)) != 1:
        raise UsageError(
            "impact takes one of --person, --key, --commit, --value and --file", "for a value: gitseal impact --value -"
        )
    # Who asks `impact || echo clean` must not hear that of what nobody has looked at.
    session.only_reads = session.is_asked = True
    told = _told(session, person, key, revision, value, source)
    _print(told, "json" if json_flag else form)
    if told.only_whole:
        counted = plural(told.only_whole, "short or common value")
        say(f"gitseal: {counted} would only count as all that leaked, or where a leaked file gives it to its name")
    if not told.is_complete:
        say(_lacking(told))
    if told.values or told.keys:
        return 0
    return 1 if told.is_complete else STATUS_NOT_LOOKED


def _told(session: Session, person: str, key: str, revision: str, value: str | None, source: str | None) -> "Impact":
    from gitseal.usecases import impact

    project, keyring = session.project, session.keyring
    if person:
        return impact.of_person(project, keyring, person)
    if key:
        return impact.of_key(project, keyring, key)
    if revision:
        return impact.of_commit(project, keyring, revision)
    if source is not None:
        content = _standard_input() if source == _STDIN else read_named(source)
        return impact.of_file(project, keyring, content, "standard input" if source == _STDIN else source)
    if value != _STDIN:
        # It is not repeated: whoever wrote it there has shown it to enough programs.
        raise UsageError(
            "--value takes only -, because other programs see a command line and shells keep it",
            "give it on standard input, or type it unseen: gitseal impact --value -",
        )
    leaked = _standard_input()
    if not leaked.strip():
        raise Error("standard input has no value", "type it unseen: gitseal impact --value -")
    return impact.of_value(project, keyring, leaked)


def _standard_input() -> bytes:
    if sys.stdin is None:  # what Python makes of a closed one
        raise Error("there is no standard input", "leave it open, and run: gitseal impact --value -")
    if sys.stdin.isatty():
        return terminal.ask_value("what leaked").reveal()
    return sys.stdin.buffer.read()


def _lacking(told: "Impact") -> str:
    unopened = f"{plural(told.unopened, 'value')} did not open with the identities at hand" if told.unopened else ""
    shallow = "this clone is shallow; get the rest: git fetch --unshallow" if told.is_shallow else ""
    beside = (
        f'"{folder}" is a copy of this project with values of its own, and was not asked' for folder in told.beside
    )
    return f"gitseal: there may be more: {'; '.join(filter(None, (unopened, shallow, *beside)))}"


def _print(told: "Impact", form: str) -> None:
    from gitseal.audit.impact.impact_page import as_object, page_of

    if form == "json":
        output.as_json(as_object(told))
    else:
        output.page(page_of(told), form)
