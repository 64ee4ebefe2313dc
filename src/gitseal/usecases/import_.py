"""`import`: values from a file of another format, into environments."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from gitseal import exchange
from gitseal.errors import Error, shell_quoted
from gitseal.exchange import Encrypted, Imported, ImportedValue, sops
from gitseal.exchange.parsing import parse_text
from gitseal.exchange.sops import SopsFile
from gitseal.identities import Keyring
from gitseal.project.newcomers import Newcomers, newcomers
from gitseal.project.workspace import Workspace
from gitseal.report.plurals import plural
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.sealing.foreign_values import readable_comments, take
from gitseal.sealing.writing import change, preview
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

STANDARD_INPUT = "standard input"
"""The `source` of an import that comes from no file."""


class ImportResult(NamedTuple):
    """The result of an import: names by outcome, those that kept a reference as text, and those set twice in the file.

    `commands` are the names whose values a shell would run a command for, and `differing` those that readers of env files take
    for different texts.

    `comments` counts the lines of comments that now stand above new names, `left_out` those that may hold a value.

    Of files of sops: `newcomers` are their recipients that the environments do not open to, `services` the kinds of their other
    keys, and `uncovered` the number of values that no MAC covers.
    """

    done: tuple[SetResult, ...]
    references: tuple[str, ...]
    duplicates: tuple[str, ...]
    comments: int = 0
    left_out: int = 0
    commands: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    newcomers: Newcomers = Newcomers((), is_named=False, unfit=0)
    services: tuple[str, ...] = ()
    uncovered: int = 0

    @property
    def kept(self) -> str:
        """What became of the file's comments that now stand above new names; empty if there are none."""
        kept = f"{plural(self.comments, 'comment line')} kept, readable to everyone with the repository"
        return kept if self.comments else ""

    @property
    def warnings(self) -> list[str]:
        """What a person should look at, beside the counts."""
        lists = {
            "set more than once, the last value counts": self.duplicates,
            "kept $(...) or `...` as text, where a shell would run a command": self.commands,
            "readers of env files differ on these values, so look at them": self.differing,
            "these values still have a ${...}, which --expand resolves": self.references,
        }
        left = [f"{plural(self.left_out, 'comment line')} left out, which may hold a value"] if self.left_out else []
        return left + self._sops_warnings + [f"{words}: {', '.join(names)}" for words, names in lists.items() if names]

    @property
    def _sops_warnings(self) -> list[str]:
        unfit = self.newcomers.unfit
        said = {
            f"{plural(self.uncovered, 'value')} stood in clear, and no MAC covers them: "
            "whoever could write the file could change them": self.uncovered,
            f"{plural(unfit, 'recipient')} of the file left out, of a kind that is not supported": unfit,
            f"the file opens with keys of {', '.join(self.services)} too, which are left out": len(self.services),
        }
        return [words for words, number in said.items() if number]

    def count(self, outcome: Outcome) -> int:
        """The number of values with this outcome."""
        return sum(result.outcome is outcome for result in self.done)


class ImportFile(NamedTuple):
    """A file of one of the formats of `exchange`; `source` names it in errors."""

    data: bytes
    format_name: str
    source: str = ""


def import_values(
    workspace: Workspace,
    environments: Sequence[str],
    data: bytes,
    format_name: str,
    *,
    expand_with: Mapping[str, str] | None = None,
    plain: bool = False,
    source: str = "",
) -> ImportResult:
    """Sets all that one file holds; see `import_files`."""
    files = (ImportFile(data, format_name, source),)
    return import_files(workspace, environments, files, expand_with=expand_with, plain=plain)


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

    A file of sops shows by its content, whatever its format is said to be. An identity of the workspace opens it.

    Raises Error, with nothing written, if a file does not parse, a value is refused, or two files give a name two values.
    """
    sealed = [_opened(file, environments, workspace.keyring) for file in files]
    every_imported = [
        _checked(opened.imported if opened else _read(file, environments), file, environments, expand_with)
        for file, opened in zip(files, sealed, strict=True)
    ]
    imported = _together(files, every_imported)
    # Dotenv has no types: what it reads as before is no change of the type that somebody gave a value.
    untyped = {
        item.path
        for file, one, opened in zip(files, every_imported, sealed, strict=True)
        if (opened.format_name if opened else file.format_name) == "dotenv"
        for item in one.items
    }
    comments = readable_comments(imported)

    def action(edit: Change) -> list[SetResult]:
        before = pulled.get(edit.environment, {})
        return take(edit, imported.items, comments, plain=plain, untyped=untyped, pulled=before)

    results = (preview if dry_run else change)(workspace, environments, action)
    done = tuple(done for environment_results in results.values() for done in environment_results)
    created = {result.name for result in done if result.outcome is Outcome.CREATED}
    new = [item for item in imported.items if path_text(item.path) in created]
    kept = sum(bool(line) for item in new for line in comments.get(item.path, ()))
    there = sum(bool(line) for item in new for line in item.comments)
    opened_files = [one for one in sealed if one]
    return ImportResult(
        done,
        imported.references,
        imported.duplicates,
        kept,
        there - kept,
        imported.commands,
        imported.differing,
        newcomers(workspace.project.policy, environments, [key for one in opened_files for key in one.recipients]),
        tuple(dict.fromkeys(words for one in opened_files for words in one.services)),
        sum(one.uncovered for one in opened_files),
    )


def refuse_different(files: Sequence[ImportFile]) -> None:
    """Raises Error if two files that go to one environment give a name different values."""
    _together(files, [parse_text(file.format_name, file.data, file.source) for file in files])


def _opened(file: ImportFile, environments: Sequence[str], keyring: Keyring) -> SopsFile | None:
    """What is in a file of sops; None for any other file."""
    if not sops.is_sops_file(file.data):
        return None
    try:
        return sops.read(file.data, keyring.by_cost(), file.source)
    except Encrypted as error:
        raise Error(error.message, _way_out(error, file.source, file.format_name, environments)) from None


def _read(file: ImportFile, environments: Sequence[str]) -> Imported:
    try:
        return parse_text(file.format_name, file.data, file.source)
    except Encrypted as error:
        raise Error(error.message, _way_out(error, file.source, file.format_name, environments)) from None


def _checked(
    imported: Imported, file: ImportFile, environments: Sequence[str], expand_with: Mapping[str, str] | None
) -> Imported:
    """What was read, expanded. Raises Error if it has no values, or one that is ciphertext."""
    try:
        exchange.refuse_encrypted_values(imported)
    except Encrypted as error:
        raise Error(error.message, _way_out(error, file.source, file.format_name, environments)) from None
    # Nothing comes in when the command before a pipe has failed, and a shell tells only the status of the last one.
    if not imported.items:
        raise Error(
            f"{file.source or 'the file'} holds no values", "look at what was to be imported; nothing was changed"
        )
    return imported if expand_with is None else exchange.expand(imported, expand_with)


def _way_out(encrypted: Encrypted, source: str, format_name: str, environments: Sequence[str]) -> str:
    """The command that decrypts a file and imports what comes out; in words, if there is no file or no single command."""
    cipher = encrypted.cipher
    if not cipher.command or source in {"", STANDARD_INPUT}:
        return cipher.advice
    printed = cipher.command.format(shell_quoted(source))
    return f"{printed} | gitseal import - --format {cipher.prints or format_name} -e {','.join(environments)}"


def _together(files: Sequence[ImportFile], every_imported: Sequence[Imported]) -> Imported:
    """The values of all files as those of one. Raises Error for a name that two of them give different values."""
    items: dict[NamePath, ImportedValue] = {}
    origins: dict[NamePath, str] = {}
    for file, imported in zip(files, every_imported, strict=True):
        for item in imported.items:
            before = items.setdefault(item.path, item)
            if before.value != item.value:
                raise Error(
                    f'"{path_text(item.path)}" has different values in "{origins[item.path]}" and "{file.source}"',
                    "decide which one is right, and take the other out of its file or import one file after the other",
                )
            origins.setdefault(item.path, file.source)
    return Imported(
        tuple(items.values()),
        tuple(dict.fromkeys(name for imported in every_imported for name in imported.references)),
        tuple(dict.fromkeys(name for imported in every_imported for name in imported.duplicates)),
        tuple(value for imported in every_imported for value in imported.overridden),
    )
