"""`gitseal import` of a backup that `gitseal export --encrypted` wrote."""

from gitseal.cli import output, terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.report.plurals import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from gitseal.exchange.typed_values import KeptValue


def take(session: Session, file: bytes, label: str, accept: tuple[str, ...], *, dry_run: bool) -> None:
    """Opens a backup and takes back what is in it: sealed files, or values."""
    from gitseal.exchange import backup
    from gitseal.recipients import sealed_file

    content = sealed_file.open_file(file, session.keyring.by_cost(), terminal.ask_passphrase, label)
    taken = backup.unpack(content, label)
    if taken.files:
        _files(session, taken.files, dry_run=dry_run)
    else:
        _values(session, taken.values, accept, dry_run=dry_run)
    if dry_run:
        say("nothing was changed, because of --dry-run")


def _files(session: Session, files: dict[str, bytes], *, dry_run: bool) -> None:
    from gitseal.usecases.import_backup import restore_files
    from gitseal.usecases.init import existing, root_for

    present = existing(session.start)
    root: Path = present.root if present is not None else root_for(session.start)
    done = restore_files(root, present, files, dry_run=dry_run)
    if dry_run:
        for path in done.written:
            say(f"would write {path}")
        return
    for path in done.written:
        output.line(path)
    if done.unchanged:
        say(f"{plural(done.unchanged, 'file')} here already, the same byte for byte")
    if done.written:
        # Whoever knows a public key can make a backup that it opens.
        say(
            "a backup proves nothing about who made it: look at what it brings before you trust it",
            "  gitseal check && gitseal access && gitseal init",
        )


def _values(session: Session, values: "dict[str, list[KeptValue]]", accept: tuple[str, ...], *, dry_run: bool) -> None:
    from gitseal.cli import import_counts
    from gitseal.usecases.import_ import ImportResult
    from gitseal.usecases.import_backup import set_values

    done = session.confirmed(accept, lambda workspace: set_values(workspace, values, dry_run=dry_run))
    import_counts.tell(ImportResult(tuple(done), (), ()))
