"""`gitseal scan`."""

import os
import sys
from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.session import Session, say
from gitseal.errors import Error, UsageError
from gitseal.report.formats import FORMATS
from gitseal.report.plurals import plural

if TYPE_CHECKING:  # loaded by the command
    from gitseal.audit.scan.commits import Progress


@declare.command("scan")
@declare.option("--history", is_flag=True, help="Every commit that any branch or tag leads to.")
@declare.option("--staged", is_flag=True, help="What the next commit would bring, as the hook sees it.")
@declare.option("--format", "form", choices=FORMATS, default="text", help="How findings are written.")
@declare.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@declare.argument("what", metavar="[BASE..HEAD | PATH...]", nargs=-1)
def command(session: Session, history: bool, staged: bool, form: str, as_json: bool, what: tuple[str, ...]) -> None:
    """Look for plaintext in files and in commits.

    It finds what the hook blocks: in the files that Git tracks, in the commits of BASE..HEAD, or with --history in all commits.
    Each finding is one line with its commit, and tells whether the file still has it. The status is 1 if there is a finding. If
    an identity is at hand, gitseal also looks for the team's own values; it asks for no passphrase.

    Examples:
      gitseal scan
      gitseal scan HEAD~1..HEAD
      gitseal scan --history
    """
    from gitseal.audit.scan import commits
    from gitseal.audit.scan import staged as scan_staged
    from gitseal.git.repository import Repository, find_top
    from gitseal.report import formats

    if history + staged + bool(what) > 1:
        raise UsageError("--history, --staged and a range exclude each other", "see: gitseal scan --help")
    top = find_top(session.start)
    if top is None:
        raise Error(f'"{session.start}" is in no Git repository', "go to one, or give it with: gitseal -C DIR scan")
    repository = session.listen_to(Repository(top))
    ranges = [word for word in what if ".." in word and not (session.start / word).exists()]
    if staged:
        scanned = scan_staged.scan_staged(repository, session.keyring)
    elif history or ranges:
        if len(what) > 1:
            raise UsageError("one range at a time", "see: gitseal scan --help")
        wanted = commits.history(repository) if history else commits.between(repository, ranges[0])
        scanned = commits.scan_commits(repository, wanted, session.keyring, _progress(), past=True)
    else:
        prefix = session.start.relative_to(top)
        paths = [os.fsencode(os.path.normpath(prefix / word)) for word in what or (".",)]
        scanned = scan_staged.scan_tracked(repository, session.keyring, paths)
    for note in scanned.notes:
        say(f"gitseal: {note}")
    if scanned.findings or as_json or form != "text":
        output.text(formats.write(scanned.findings, "json" if as_json else form).rstrip("\n") + "\n")
    if scanned.findings:
        raise Error(f"scan found {plural(len(scanned.findings), 'thing')} in {plural(scanned.files, 'file')}", "")
    say(f"nothing in plaintext in {plural(scanned.files, 'file')}")


def _progress() -> "Progress | None":
    """A line that is written over, for a person who waits."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        sys.stderr.write(f"\r{done} of {plural(total, 'commit')}" + ("\n" if done == total else ""))
        sys.stderr.flush()

    return tell
