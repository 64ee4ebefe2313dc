"""`gitseal export`."""

from gitseal.cli import declare, terminal
from gitseal.cli.options import accept_recipient_option, environment_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error, UsageError
from gitseal.report.plurals import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from gitseal.usecases.export import Seal

_FORMATS = ("sops-yaml", "sops-json", "sops-dotenv")


@declare.command("export")
@declare.option("--encrypted", is_flag=True, help="Write a backup: an age file, which age opens without gitseal.")
@declare.option("--format", "form", choices=_FORMATS, help="Write a file of sops, for those who may open all of it.")
@declare.option(
    "--to",
    "recipients",
    multiple=True,
    metavar="RECIPIENT",
    help="Who opens it: age1..., age1pq1..., or an SSH key; may repeat.",
)
@declare.option("--passphrase", "behind", is_flag=True, help="Put it behind a passphrase, which is asked for twice.")
@declare.option("-o", "--output", "target", metavar="FILE", is_path=True, help="Write here (0600); never over a file.")
@declare.option("--values", is_flag=True, help="Back up the opened values instead of the sealed files.")
@environment_option("The environment of a sops file. With --values: only these; a comma list or all; may repeat.")
@declare.option(
    "--except",
    "excepted",
    multiple=True,
    metavar="GLOB",
    help="With --format: no names that match; may repeat.",
    complete=declare.NAMES,
)
@accept_recipient_option
def command(
    session: Session,
    *,
    encrypted: bool,
    form: str | None,
    recipients: tuple[str, ...],
    behind: bool,
    target: str | None,
    values: bool,
    environments: tuple[str, ...],
    excepted: tuple[str, ...],
    accept: tuple[str, ...],
) -> None:
    """Write a backup that age opens without gitseal, or a file of sops.

    The backup is an age file with a tar in it: the sealed files, which still need their own identities, or with --values the
    values themselves, in JSON. gitseal import FILE takes it back, in an empty repository too.

    With --format it is a file that sops opens and edits, sealed for the age and SSH keys of those who may open every value in
    it. What the environment inherits is in it, and references are resolved.

    Examples:
      gitseal export --encrypted --to age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p -o backup.age
      gitseal export --encrypted --to "$(cat ~/.ssh/id_ed25519.pub)" -o ~/backup.age
      gitseal export --encrypted --to "$(cat ~/.ssh/id_ed25519.pub)" --values -e production -o ~/values.age
      gitseal export -e production --format sops-yaml -o production.enc.yaml
    """
    if form is not None:
        _sops(
            session, form, environments, excepted, target, accept, others=(encrypted, values, behind, bool(recipients))
        )
        return
    if excepted or accept:
        raise UsageError("--except and --accept-recipient go with --format", "leave them out of a backup")
    if not encrypted:
        raise UsageError(
            "an export is a backup, and says so: --encrypted; or a file of sops: --format",
            "to write values for a program: gitseal render; a backup: gitseal export --encrypted --passphrase -o backup.age",
        )
    if target is None:
        raise UsageError("a backup goes into a file", "name it with -o")
    if environments and not values:
        raise UsageError("a backup of sealed files has all environments", "leave out -e, or add --values")
    from pathlib import Path

    from gitseal.usecases.export import check_target

    place = Path(target)
    check_target(place, values=values)
    seal = _sealing(recipients, target, behind=behind)
    if values:
        _values(session, seal, place, environments)
    else:
        _files(session, seal, place)


def _sops(
    session: Session,
    form: str,
    environments: tuple[str, ...],
    excepted: tuple[str, ...],
    target: str | None,
    accept: tuple[str, ...],
    *,
    others: tuple[bool, ...],
) -> None:
    if any(others):
        raise UsageError(
            "a file of sops is sealed for those whom the policy lets open the environment, and is no backup",
            "leave out --encrypted, --values, --to and --passphrase",
        )
    from gitseal.cli import exporting_sops
    from gitseal.delivery.request import Request

    request = Request(excepted=excepted, variables=session.environ, allow_missing=True)
    exporting_sops.give(session, session.one(environments), request, form, target, accept)


def _files(session: Session, seal: "Seal", place: "Path") -> None:
    from gitseal.usecases.export import export_sealed

    files = export_sealed(session.committed_project, seal, place)
    say(
        f'wrote {plural(len(files), "sealed file")} to "{place}"; values in it open with the identities that they have now'
    )


def _values(session: Session, seal: "Seal", place: "Path", environments: tuple[str, ...]) -> None:
    from gitseal.usecases.export import export_values, names, values_of

    session.only_reads = True
    values = values_of(session.project, session.all(environments), session.keyring)
    for environment, several in values.items():
        session.note_read("export", environment, names(several))
    export_values(values, seal, place)
    count = plural(sum(map(len, values.values())), "value")
    say(f'wrote {count} of {", ".join(values)} to "{place}"; whoever opens it reads them')


def _sealing(recipients: tuple[str, ...], target: str, *, behind: bool) -> "Seal":
    """How the file is sealed. Raises Error, before anything is read, for recipients that cannot be."""
    from gitseal.recipients import sealed_file

    if recipients and behind:
        raise UsageError("a file has recipients or a passphrase, not both", "leave out --to or --passphrase")
    if recipients:
        keys = sealed_file.recipient_keys(recipients)
        return lambda content: sealed_file.seal(content, keys)
    if not behind:
        from gitseal.report.hints import command as shell
        from gitseal.report.hints import path_word

        way = shell("gitseal export --encrypted --passphrase -o {}", path_word(target)).as_text()
        raise UsageError("who opens the backup?", f"give recipients with --to; or choose a passphrase: {way}")
    passphrase = terminal.ask_new_passphrase("passphrase for the backup")
    if passphrase is None:
        raise Error("a passphrase is typed at a terminal", "run the command in one, or give recipients with --to")
    return lambda content: sealed_file.seal_behind(content, passphrase.reveal())
