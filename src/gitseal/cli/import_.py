"""`gitseal import`."""

import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from gitseal.cli import declare, import_counts, terminal
from gitseal.cli.options import accept_options, environment_option, replace_option
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import UsageError
from gitseal.exchange import IMPORTERS
from gitseal.exchange.foreign import FORMATS
from gitseal.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitseal.yamltext.tree import NamePath


@declare.command("import")
@declare.argument("sources", metavar="FILE... | FOLDER | -", nargs=-1, required=True, is_path=True, takes_dash=True)
@environment_option()
@declare.option(
    "--format",
    "format_name",
    choices=(*IMPORTERS, *FORMATS),
    help="The format of the files. Without it: by their content and names.",
)
@declare.option(
    "--key-file",
    "key_files",
    metavar="FILE",
    is_path=True,
    multiple=True,
    help="The private key or password of dotenvx, ejson or ansible-vault. Without it: where that tool looks.",
)
@declare.option("--dry-run", is_flag=True, help="Say what would change, name by name, and change nothing.")
@declare.option("--expand", is_flag=True, help="Resolve ${NAME} from the file itself and the environment variables.")
@declare.option("--trim", is_flag=True, help="From a folder: leave out the line end after a value of one line.")
@declare.option("--keep-comments", is_flag=True, help="Take sealed comments of sops too, for everybody to read.")
@declare.option("--plain", is_flag=True, help="Leave new names plain if a rule of the policy says so too.")
@replace_option
@accept_options
def command(
    session: Session,
    *,
    sources: tuple[str, ...],
    environments: tuple[str, ...],
    format_name: str | None,
    key_files: tuple[str, ...],
    dry_run: bool,
    expand: bool,
    trim: bool,
    keep_comments: bool,
    plain: bool,
    replace: bool,
    accept: tuple[str, ...],
) -> None:
    """Take all values of a file, a folder, another tool, or a backup.

    All values are set, or none. Dotenv values are taken as text, as they are written; gitseal names those that still have a
    ${...}. JSON and YAML also have types and sections. Several files must not give a name different values.

    gitseal knows another tool's file by its content. A file of sops (YAML, JSON, dotenv, INI or binary, with an age or SSH
    recipient) is refused if its MAC does not fit. The comments that it has in clear come along, those that are sealed only with
    --keep-comments. The policy stays as it is; the commands that let its recipients in are shown.

    Files of dotenvx, ejson and ansible-vault are opened with the key or password that the tool itself would use. Secrets of
    Kubernetes, and what Vault, AWS, Doppler, Infisical and 1Password print as JSON, are taken too; --format json takes JSON as it
    stands. docs/how-to/move-from-another-tool.md says more.

    In a folder each file is a value, byte for byte, by the name of the file, as in /run/secrets, a mounted Secret of Kubernetes,
    or the credentials of a systemd service. Dot files stay behind, and a link that leads outside of the folder is refused.

    A backup of gitseal export --encrypted tells what is in it, so leave out -e. Sealed files come back byte for byte, in
    an empty repository too, and never over others.

    Examples:
      gitseal import -e development .env
      gitseal import -e production common.env config.json --dry-run
      gitseal import -e production secrets.enc.yaml
      vault kv get -format=json secret/shop | gitseal import -e production -
      gitseal import -e production group_vars/prod.yml --key-file ~/.vault-password
      gitseal import -e production /run/secrets --trim
      gitseal import backup.age
    """
    if len(key_files) > 1:
        hint = "name the files of several passwords of ansible-vault in ANSIBLE_VAULT_IDENTITY_LIST"
        raise UsageError("--key-file is one file", hint)
    taking = _Taking(
        sources,
        format_name,
        key_files[0] if key_files else None,
        expand=expand,
        trim=trim,
        keep_comments=keep_comments,
        plain=plain,
        dry_run=dry_run,
        replace=replace,
    )
    _take(session, taking, environments, accept)


class _Taking(NamedTuple):
    """Files to import, and how."""

    sources: tuple[str, ...]
    format_name: str | None = None
    key_file: str | None = None
    expand: bool = False
    trim: bool = False
    keep_comments: bool = False
    plain: bool = False
    dry_run: bool = False
    replace: bool = False
    pulled: "Mapping[str, Mapping[NamePath, bytes]]" = MappingProxyType({})


def imported(
    session: Session,
    source: Path,
    environments: tuple[str, ...],
    accept: tuple[str, ...],
    pulled: "Mapping[str, Mapping[NamePath, bytes]]",
    *,
    replace: bool,
) -> None:
    """Imports one file and says what became of its values; `pulled` is as `import_files` has it, `replace` as `Workspace`."""
    _take(session, _Taking((str(source),), replace=replace, pulled=pulled), environments, accept)


def _take(session: Session, taking: _Taking, environments: tuple[str, ...], accept: tuple[str, ...]) -> None:
    from gitseal.cli import importing_backup
    from gitseal.exchange.foreign import ToolKeys
    from gitseal.recipients.dialogue import Dialogue
    from gitseal.recipients.sealed_file import is_sealed
    from gitseal.usecases.import_ import STANDARD_INPUT, ImportFile, import_files

    if taking.sources.count("-") > 1:
        raise UsageError("standard input is one file", "give - once")
    folders = {source for source in taking.sources if source != "-" and Path(source).is_dir()}
    if folders and taking.format_name:
        raise UsageError("a folder of values has no format", "leave out --format")
    if taking.trim and not folders:
        raise UsageError("--trim is for a folder of values", "leave out --trim")
    given = _read(Path(taking.key_file)) if taking.key_file else None
    # What was typed once serves a second time: the import is done again after a question about the policy.
    dialogue = Dialogue(terminal.ask_passphrase, passphrases=[])
    keys = ToolKeys(environ=session.environ, given=given, dialogue=dialogue)
    files = [
        ImportFile(b"", source=source, is_folder=True, trims=taking.trim)
        if source in folders
        else ImportFile(
            _read(Path(source)),
            taking.format_name or "",
            STANDARD_INPUT if source == "-" else source,
            keys if source == "-" else keys._replace(folder=str(Path(source).parent)),
            sealed_comments=taking.keep_comments,
        )
        for source in taking.sources
    ]
    if not environments and not taking.format_name and len(files) == 1 and is_sealed(files[0].data):
        importing_backup.take(session, files[0].data, files[0].source, accept, dry_run=taking.dry_run)
        return
    chosen = session.some(environments)
    result = session.confirmed(
        accept,
        lambda workspace: import_files(
            workspace._replace(replaces_unread=taking.replace),
            chosen,
            files,
            expand_with=session.environ if taking.expand else None,
            plain=taking.plain,
            dry_run=taking.dry_run,
            pulled=taking.pulled,
        ),
    )
    if taking.dry_run:
        for change in result.done:
            say(f"{change.environment}: {_WOULD[change.outcome.value]} {change.name}")
    import_counts.tell(result)
    if taking.dry_run:
        say("nothing was changed, because of --dry-run")


# What a dry run says for the words of `Outcome`.
_WOULD = {
    "created": "would create",
    "updated": "would update",
    "unchanged": "has the same value of",
    "written unseen": "would write, unseen,",
}


def _read(source: Path) -> bytes:
    if str(source) == "-":
        return sys.stdin.buffer.read()
    from gitseal.files.reading import read_named

    return read_named(source)
