"""`import`: values from a file of another format, into environments."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from gitseal import exchange
from gitseal.errors import Error, shell_quoted
from gitseal.exchange import Encrypted, Imported, ImportedValue, detect, foreign
from gitseal.exchange.foreign import ForeignSource, Opened, ToolKeys
from gitseal.exchange.parsing import parse_text
from gitseal.project.newcomers import Newcomers, newcomers
from gitseal.project.workspace import Workspace
from gitseal.recipients.protocol import Identity
from gitseal.report.plurals import plural
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.sealing.foreign_values import CommentLines, comment_lines, readable_comments, take
from gitseal.sealing.writing import change, preview
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

STANDARD_INPUT = "standard input"
"""The `source` of an import that comes from no file."""


class ImportResult(NamedTuple):
    """The result of an import: names by outcome, those that kept a reference as text, and those set twice in the file.

    `commands` are the names whose values a shell would run a command for, and `differing` those that readers of env files take
    for different texts.

    `comments` says how many lines of comments now stand above new names, and which were left out.

    `pointing` are the names whose values only say where another tool has them, `private_keys` those whose values open files
    that somebody sealed, and `masked` those that a tool did not show.

    Of files of other tools: `newcomers` are their recipients that the environments do not open to, and `notes` say what else is
    to know.
    """

    done: tuple[SetResult, ...]
    references: tuple[str, ...]
    duplicates: tuple[str, ...]
    comments: CommentLines = CommentLines()
    commands: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    newcomers: Newcomers = Newcomers((), is_named=False, unfit=0)
    notes: tuple[str, ...] = ()
    pointing: tuple[str, ...] = ()
    private_keys: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()

    @property
    def kept(self) -> str:
        """What became of the file's comments that now stand above new names; empty if there are none."""
        kept = sum(self.comments.kept.values())
        return f"{plural(kept, 'comment line')} kept, readable to everyone with the repository" if kept else ""

    @property
    def warnings(self) -> list[str]:
        """What a person should look at, beside the counts."""
        lists = {
            "set more than once, the last value counts": self.duplicates,
            "kept $(...) or `...` as text, where a shell would run a command": self.commands,
            "readers of env files differ on these values, so look at them": self.differing,
            "these values only say where 1Password or vals has them, which gitseal does not look up": self.pointing,
            "these values are masks, which a tool prints in the place of a value": self.masked,
            "these values are private keys, which open whatever is sealed for them with age or sops": self.private_keys,
            "these values still have a ${...}, which --expand resolves": self.references,
        }
        left = [
            f"{plural(sum(places.values()), 'comment line')} left out, {why}: {', '.join(places)}"
            for why, places in self.comments.left.items()
        ]
        unfit = self.newcomers.unfit
        if unfit:
            left.append(f"{plural(unfit, 'recipient')} of the file left out, of a kind that is not supported")
        return left + list(self.notes) + [f"{words}: {', '.join(names)}" for words, names in lists.items() if names]

    def count(self, outcome: Outcome) -> int:
        """The number of values with this outcome."""
        return sum(result.outcome is outcome for result in self.done)


class ImportFile(NamedTuple):
    """A file of one of the formats of `exchange`; `source` is its path, or names it in errors.

    Without a `format_name` its content and its name decide. `keys` open it if another tool sealed it. With `sealed_comments`
    the comments that are sealed there come along, for everybody to read.

    With `is_folder`, `source` is a folder in which each file is a value, and `trims` leaves out line ends as `value_folder` says.
    """

    data: bytes
    format_name: str = ""
    source: str = ""
    keys: ToolKeys = ToolKeys()
    sealed_comments: bool = False
    is_folder: bool = False
    trims: bool = False


def import_values(
    workspace: Workspace,
    environments: Sequence[str],
    file: ImportFile,
    *,
    plain: bool = False,
) -> ImportResult:
    """Sets all that one file holds; see `import_files`."""
    return import_files(workspace, environments, (file,), plain=plain)


def import_files(
    workspace: Workspace,
    environments: Sequence[str],
    files: Sequence[ImportFile],
    *,
    expand_with: Mapping[str, str] | None = None,
    plain: bool = False,
    dry_run: bool = False,
    pulled: Mapping[str, Mapping[NamePath, bytes]] = MappingProxyType({}),
) -> ImportResult:
    """Sets all that the files hold, or with `dry_run` only tells what that would change.

    New names come in the order of the files, each below the comments that it has there, if these hold no value.
    `expand_with` resolves references, with these variables for what a reference's own file does not set. `pulled` are the texts
    that such a file got from each environment: a value that still is so was not changed by anybody, and stays as it is stored.

    A file that another tool sealed shows by its content. Its keys and the workspace's identities open it.

    Raises Error, with nothing written, if a file does not parse, a value is refused, or two files give a name two values.
    """
    every_opened = [_opened(file, environments, workspace.keyring.by_cost) for file in files]
    every_imported = [
        _checked(opened.imported, file, environments, expand_with)
        for file, opened in zip(files, every_opened, strict=True)
    ]
    imported = _together([file.source for file in files], every_imported)
    # Without types in its format, what a file has as before is no change of the type that somebody gave a value.
    untyped = {item.path for opened in every_opened if opened.is_untyped for item in opened.imported.items}
    comments = readable_comments(imported)
    told = CommentLines()

    def action(edit: Change) -> list[SetResult]:
        nonlocal told
        before = pulled.get(edit.environment, {})
        results = take(edit, imported.items, comments, plain=plain, untyped=untyped, pulled=before)
        told = told.with_those_of(comment_lines(edit, comments))
        return results

    results = (preview if dry_run else change)(workspace, environments, action)
    done = tuple(done for environment_results in results.values() for done in environment_results)
    recipients = [key for opened in every_opened for key in opened.recipients]
    return ImportResult(
        done,
        imported.references,
        imported.duplicates,
        told,
        imported.commands,
        imported.differing,
        newcomers(workspace.project.policy, environments, recipients),
        tuple(dict.fromkeys(note for opened in every_opened for note in opened.notes)),
        imported.pointing,
        imported.private_keys,
        imported.masked,
    )


def refuse_different(every_imported: Sequence[Imported], sources: Sequence[str]) -> None:
    """Raises Error if two files that go to one environment give a name different values."""
    _together(sources, every_imported)


def _opened(file: ImportFile, environments: Sequence[str], identities: Callable[[], Iterable[Identity]]) -> Opened:
    """What is in a file, of another tool or of a format that is no tool's own, or in a folder."""
    if file.is_folder:
        from gitseal.exchange.foreign import value_folder

        return value_folder.read(file.source, trims=file.trims)
    try:
        keys = file.keys._replace(identities=identities)
        source = ForeignSource(file.source, file.format_name, keys, sealed_comments=file.sealed_comments)
        opened = foreign.read(file.data, source)
        if opened is None:
            ordinary = _ordinary(file)
            return Opened(parse_text(ordinary, file.data, file.source), ordinary == "dotenv")
    except Encrypted as error:
        raise Error(error.message, _way_out(error, file, environments)) from None
    # No command for the file opens a value that was sealed once more before its tool sealed it.
    exchange.refuse_encrypted_values(opened.imported)
    return opened


def _ordinary(file: ImportFile) -> str:
    """The format of a file that no other tool sealed."""
    return file.format_name or detect(file.source)


def _checked(
    imported: Imported, file: ImportFile, environments: Sequence[str], expand_with: Mapping[str, str] | None
) -> Imported:
    """What was read, expanded. Raises Error if it has no values, or one that is ciphertext."""
    try:
        exchange.refuse_encrypted_values(imported)
    except Encrypted as error:
        place = file.source if file.is_folder else ""
        raise Error(error.message, _way_out(error, file, environments), place=place) from None
    # Nothing comes in when the command before a pipe has failed, and a shell tells only the status of the last one.
    if not imported.items:
        raise Error(
            f"{file.source or 'the file'} holds no values", "look at what was to be imported; nothing was changed"
        )
    return imported if expand_with is None else exchange.expand(imported, expand_with)


def _way_out(encrypted: Encrypted, file: ImportFile, environments: Sequence[str]) -> str:
    """The command that decrypts a file and imports what comes out; in words, if there is no file or no single command."""
    cipher = encrypted.cipher
    if not cipher.command or file.is_folder or file.source in {"", STANDARD_INPUT}:
        return encrypted.hint
    printed = cipher.command.format(shell_quoted(file.source))
    return f"{printed} | gitseal import - --format {cipher.prints or _ordinary(file)} -e {','.join(environments)}"


def _together(sources: Sequence[str], every_imported: Sequence[Imported]) -> Imported:
    """The values of all files as those of one. Raises Error for a name that two of them give different values."""
    items: dict[NamePath, ImportedValue] = {}
    origins: dict[NamePath, str] = {}
    for source, imported in zip(sources, every_imported, strict=True):
        for item in imported.items:
            before = items.setdefault(item.path, item)
            if before.value != item.value:
                raise Error(
                    f'"{path_text(item.path)}" has different values in "{origins[item.path]}" and "{source}"',
                    "decide which one is right, and take the other out of its file or import one file after the other",
                )
            origins.setdefault(item.path, source)
    return Imported(
        tuple(items.values()),
        tuple(dict.fromkeys(name for imported in every_imported for name in imported.references)),
        tuple(dict.fromkeys(name for imported in every_imported for name in imported.duplicates)),
        tuple(value for imported in every_imported for value in imported.overridden),
        tuple(line for imported in every_imported for line in imported.below),
    )
