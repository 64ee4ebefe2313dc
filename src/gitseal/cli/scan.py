"""`gitseal scan`."""

import os
import sys
from typing import TYPE_CHECKING

from gitseal.cli import declare, output
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error, UsageError
from gitseal.report.formats import FORMATS
from gitseal.report.plurals import plural

if TYPE_CHECKING:  # loaded by the command
    from collections.abc import Sequence

    from gitseal.audit.scan.commits import Progress
    from gitseal.audit.scan.scanned import Scanned
    from gitseal.git.repository import Repository


@declare.command("scan")
@declare.option("--history", is_flag=True, help="Every commit that any branch or tag leads to.")
@declare.option("--staged", is_flag=True, help="What the next commit would bring, as the hook sees it.")
@declare.option("--format", "form", choices=FORMATS, default="text", help="The format of the findings.")
@declare.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@declare.argument("what", metavar="[BASE..HEAD | PATH...]", nargs=-1)
def command(session: Session, history: bool, staged: bool, form: str, as_json: bool, what: tuple[str, ...]) -> None:
    """Look for plaintext in files and in commits.

    It finds what the hook blocks: in the files that Git tracks, in the commits of BASE..HEAD, or with --history in all commits,
    their messages and all refs. Each finding is one line with its commit, and tells whether the file still has it. If an
    identity is at hand, gitseal also looks for the team's own values; it asks for no passphrase.

    One line counts what it could not look into. The status is 1 if there is a finding, if Git tracks nothing at a PATH, and
    if a shallow clone lacks a part of the history that was asked for.

    Examples:
      gitseal scan
      gitseal scan HEAD~1..HEAD
      gitseal scan --history
    """
    if history + staged + bool(what) > 1:
        raise UsageError("--history, --staged and a range exclude each other", "give one of them")
    repository = session.any_repository()
    ranges = [word for word in what if _is_range(session, word)]
    if len(what) > 1 and ranges:
        raise UsageError("one range at a time", "scan them one after the other")
    if history or ranges:
        scanned = _commits(session, repository, ranges[0] if ranges else "")
    else:
        scanned = _files(session, repository, what, staged=staged)
    _write(scanned, "json" if as_json else form)
    looked_at = plural(scanned.files, "file")
    if scanned.commits:
        looked_at = f"{plural(scanned.commits, 'commit')} with {looked_at}"
    if scanned.findings:
        raise Error(f"scan found {plural(len(scanned.findings), 'thing')} in {looked_at}", "")
    if history and repository.is_shallow():
        raise Error(
            f"nothing in plaintext in {looked_at}, and the rest of history is not here", "git fetch --unshallow"
        )
    say(f"nothing in plaintext in {looked_at}")


def _write(scanned: "Scanned", form: str) -> None:
    from gitseal.report import formats

    for note in scanned.notes:
        say(f"gitseal: {note}")
    if scanned.unseen:
        say(f"gitseal: not looked into: {'; '.join(note.message for note in scanned.unseen)}")
    if scanned.findings or form != "text":
        output.text(formats.write(scanned.findings, form, scanned.unseen).rstrip("\n") + "\n")


def _is_range(session: Session, word: str) -> bool:
    """True for BASE..HEAD; a path may have two points in it too, and no ref's name begins or ends with a slash."""
    parts = word.split("..")
    return (
        len(parts) > 1
        and not (session.start / word).exists()
        and not any(part.startswith("/") or part.endswith("/") for part in parts)
        and bool(word.strip("."))
    )


def _commits(session: Session, repository: "Repository", words: str) -> "Scanned":
    from gitseal.audit.scan import commits
    from gitseal.audit.scan.unseen import UnseenFiles

    wanted = commits.between(repository, words) if words else commits.history(repository)
    unseen = UnseenFiles()
    return commits.scan_commits(repository, wanted, session.keyring, _progress(), past=True, unseen=unseen)


def _files(session: Session, repository: "Repository", names: "Sequence[str]", *, staged: bool) -> "Scanned":
    """Looks at files of the index; in a bare repository, which has none, at those of HEAD."""
    from gitseal.audit.scan.chosen import chosen
    from gitseal.audit.scan.policy import of_index
    from gitseal.audit.scan.staged import committed_files, scan_files, scan_staged
    from gitseal.audit.scan.unseen import UnseenFiles
    from gitseal.git.repository import is_bare_folder
    from gitseal.git.staged import tracked

    is_bare = is_bare_folder(repository.folder)
    if staged and is_bare:
        raise Error("a bare repository has no index in which anything could be staged", "gitseal scan --history")
    if staged:
        return scan_staged(repository, session.keyring, unseen=UnseenFiles())
    files, state = committed_files(repository) if is_bare else (tracked(repository), of_index)
    start = os.fspath(session.start)
    if names or start != repository.folder:
        files = chosen(repository, files, start, names or (".",))
    return scan_files(repository, files, session.keyring, state, UnseenFiles())


def _progress() -> "Progress | None":
    """A line that is written over, for a person who waits."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int, total: int) -> None:
        sys.stderr.write(f"\r{done} of {plural(total, 'commit')}" + ("\n" if done == total else ""))
        sys.stderr.flush()

    return tell
