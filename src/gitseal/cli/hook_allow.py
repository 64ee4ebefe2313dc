"""`gitseal hook allow`."""

from gitseal.cli import declare, terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import say, say_text
from gitseal.errors import UsageError, shell_quoted
from gitseal.report.hints import pathspec


@declare.command("allow")
@declare.argument("paths", metavar="PATH...", nargs=-1, required=True)
@declare.option(
    "--reason", default="", metavar="WHY", help="Why it may stay, for all to read; asked for on a terminal."
)
def command(session: Session, paths: tuple[str, ...], reason: str) -> None:
    """Allow what the hook finds in a staged file.

    The entry in .secrets/allow.yaml covers exactly this content of the file. gitseal looks at the file as it is staged, not at
    the one in the working tree. If there is no finding, there is nothing to allow. Stage the entry too: then it takes effect.

    Examples:
      gitseal hook allow test/example.pem --reason "a test key that opens nothing"
    """
    from gitseal.report import formats
    from gitseal.report.hints import NO_HINT
    from gitseal.usecases.hook_allow import allow

    if not reason and not terminal.can_ask():
        raise UsageError("an allowance needs a reason", "say why with --reason")
    reason = reason or terminal.ask_line("Why may it stay? Everybody can read this")
    files: dict[str, None] = {}
    for path in paths:
        outcome = allow(session.start, path, session.keyring, reason)
        allowed = [finding._replace(hint=NO_HINT) for finding in outcome.findings]
        say_text(
            ("allowed: " if outcome.is_new else "already allowed: ")
            + formats.write(allowed, "text").rstrip("\n")
            + "\n"
        )
        if outcome.is_new:
            files[outcome.file] = None
    if files:
        say(f"stage it: git add -- {' '.join(shell_quoted(pathspec(file)) for file in files)}")
