"""What becomes of a repository that has its secrets in files of sops: which environments, opened by whom. Nothing is written."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from gitseal import exchange
from gitseal.document.ciphertext import SOPS_FILE
from gitseal.errors import Error, shell_quoted
from gitseal.exchange import Encrypted, Imported, sops
from gitseal.exchange.sops import SopsFile
from gitseal.exchange.sops.creation_rules import CreationRule
from gitseal.exchange.sops.importing import MAX_YAML_BYTES
from gitseal.files.reading import LIMIT, read_regular
from gitseal.git import committing, index
from gitseal.git.repository import Repository
from gitseal.identities import Keyring
from gitseal.project.holder_names import HolderNames, comment_of
from gitseal.project.names_of_files import environment_names
from gitseal.project.newcomers import canonical
from gitseal.records import NamedTuple
from gitseal.report.plurals import plural
from gitseal.sealing.foreign_values import readable_comments
from gitseal.sealing.plain_source import can_be_plain
from gitseal.sealing.sops_rules import SopsRules
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class MovedFile(NamedTuple):
    """A file that becomes an environment. `plain` are its names that stand in clear, and stay so."""

    path: str
    environment: str
    imported: Imported
    opens: tuple[str, ...]
    plain: tuple[NamePath, ...]
    rule: int


class LeftFile(NamedTuple):
    """A file that stays with sops alone: the reason, and what helps."""

    path: str
    reason: str
    hint: str


class NamedRecipient(NamedTuple):
    """Somebody whom the policy names: their public keys, and the environments that they open. `email` is empty if unknown."""

    name: str
    email: str
    keys: tuple[str, ...]
    environments: tuple[str, ...]


class Migration(NamedTuple):
    """What a migration does. Nothing is done yet. `unsaid` are sentences about what the policy cannot say."""

    root: Path
    moved: tuple[MovedFile, ...]
    left: tuple[LeftFile, ...]
    recipients: tuple[NamedRecipient, ...]
    unsaid: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The files that nobody needs once their readers have moved."""
        return tuple(one.path for one in self.moved)


def plan(
    root: Path,
    repository: Repository,
    keyring: Keyring,
    own_name: str,
    own_email: str = "",
    *,
    sealed_comments: bool = False,
) -> Migration:
    """What a migration of a folder would do. Whoever holds the identities has `own_name` and `own_email`.

    Reads the files of sops that Git tracks or would add. With `sealed_comments`, comments that are sealed there come along, for
    everybody to read. Raises Error if there are no such files, or none that can be moved.
    """
    prefix = below(root, repository)
    paths = [os.fsdecode(path) for path in index.offered_below(repository.top, prefix) or []]
    sealed = list(_sops_files(root, paths))
    if not sealed:
        raise Error("no file here is one of sops", "start with an empty project: gitseal init")
    folders = {path.rpartition("/")[0] for path, _ in sealed}
    rules = SopsRules(repository, {str(PurePosixPath(prefix, folder)) for folder in folders})
    names = environment_names([path for path, _ in sealed])
    planner = _Planner(keyring, HolderNames(keyring, own_name), rules, prefix, sealed_comments=sealed_comments)
    files = [planner.planned(path, data, names.get(path, "")) for path, data in sealed]
    moved = [one for one in files if isinstance(one, MovedFile)]
    left = [one for one in files if isinstance(one, LeftFile)]
    if not moved:
        number, first = plural(len(sealed), "file"), left[0]
        raise Error(f'none of {number} of sops can be moved; "{first.path}": {first.reason}', first.hint)
    # In the order of the rules, as whoever reads both side by side expects it.
    moved.sort(key=lambda one: (one.rule, one.path))
    recipients = tuple(_recipients(planner.names.by_key, moved, {own_name: own_email}))
    uncommitted = _uncommitted(repository, prefix, {one.path for one in moved})
    unsaid = (*planner.names.told, *planner.unsaid, *uncommitted, *rules.unsaid(), *_ignored(root, repository, prefix))
    return Migration(root, tuple(moved), tuple(left), recipients, tuple(dict.fromkeys(unsaid)))


def _recipients(
    names: Mapping[str, str], moved: Sequence[MovedFile], emails: Mapping[str, str]
) -> Iterator[NamedRecipient]:
    """Those who open something; `names` are by their keys, `emails` by their names."""
    for key, name in names.items():
        environments = tuple(one.environment for one in moved if name in one.opens)
        if environments:
            yield NamedRecipient(name, emails.get(name, ""), (key,), environments)


class _Planner:
    """Goes through the files, and gathers whom it met and what the policy cannot say. Rules are by folders from the top."""

    def __init__(
        self,
        keyring: Keyring,
        names: HolderNames,
        rules: SopsRules,
        prefix: str,
        *,
        sealed_comments: bool,
    ) -> None:
        self._keyring = keyring
        self._rules = rules
        self._prefix = prefix
        self._sealed_comments = sealed_comments
        self.names = names
        self.unsaid: list[str] = []

    def planned(self, path: str, data: bytes, environment: str) -> MovedFile | LeftFile:
        """What becomes of a file."""
        try:
            opened = self._opened(path, data, environment)
        except Encrypted as error:
            command = error.cipher.command.format(shell_quoted(path))
            ways = f"{command} | gitseal import - --format {error.cipher.prints} -e {environment or 'production'}"
            # A value that is sealed once more in a file of sops is opened by no command for the file.
            return LeftFile(path, error.reason, ways if error.cipher == SOPS_FILE else error.hint)
        except Error as error:
            return LeftFile(path, error.reason, error.hint)
        number, rule, names = self._rules.of(str(PurePosixPath(self._prefix, path)))
        opens = self._opens(path, opened, rule, _by_key(names))
        if not opens:
            return LeftFile(
                path,
                "nobody opens it today whom its rule names too, by a key that gitseal takes",
                f"bring the file to its rule first: sops updatekeys {shell_quoted(path)}",
            )
        self.unsaid += self._of_content(path, opened)
        return MovedFile(path, environment, opened.imported, opens, self._plain(path, data, opened), number)

    def _of_content(self, path: str, opened: SopsFile) -> Iterator[str]:
        """What does not come along, or is to be looked at."""
        if opened.keyless:
            recipients = plural(len(opened.keyless), "recipient")
            yield f'"{path}" has {recipients} for whom no key is sealed there: they open it neither there nor here'
        if opened.uncovered:
            yield f'{plural(opened.uncovered, "value")} of "{path}" stood in clear, and no MAC covers them: look at them'
        if opened.sealed_comments:
            kept = "which everybody reads then" if self._sealed_comments else "left out; --keep-comments takes them"
            yield f'"{path}" has {plural(opened.sealed_comments, "sealed comment")}, {kept}'
        if opened.unopened_comments:
            yield f'{plural(opened.unopened_comments, "sealed comment")} of "{path}" did not open: left out'
        doubtful = sum(readable_comments(opened.imported).doubtful.values())
        if doubtful:
            yield f'{plural(doubtful, "comment line")} of "{path}" may hold a value: left out'

    def _opened(self, path: str, data: bytes, environment: str) -> SopsFile:
        opened = sops.read(data, self._keyring.by_cost(), path, sealed_comments=self._sealed_comments)
        exchange.refuse_encrypted_values(opened.imported)
        if not opened.imported.items:
            raise Error("it holds no values", "remove it when nobody needs it")
        if not environment:
            raise Error(
                "its path gives no name for an environment that no other file has",
                "give it another path, or import it into an environment of its own",
            )
        return opened

    def _opens(
        self, path: str, opened: SopsFile, rule: CreationRule | None, named: Mapping[str, str]
    ) -> tuple[str, ...]:
        """The names of those whom the file opens to today, without those whom its rule does not name. Nobody is let in."""
        of_file = self._keys(opened.recipients)
        if opened.services:
            kinds = ", ".join(opened.services)
            self.unsaid.append(f'"{path}" opens with keys of {kinds} too, which the policy cannot name')
        of_rule = self._keys(rule.recipients) if rule is not None else {}
        stays = {key: text for key, text in of_file.items() if not of_rule or key in of_rule}
        names = {key: self.names.of(key, named.get(key, ""), comment_of(text)) for key, text in stays.items()}
        for key, text in of_file.items():
            if key not in stays:
                name = self.names.of(key, named.get(key, ""), comment_of(text))
                self.unsaid.append(
                    f'"{path}" opens to {name} today, whom its rule does not name: they do not open it here'
                )
        for key, text in of_rule.items():
            if key not in of_file:
                name = self.names.of(key, named.get(key, ""), comment_of(text))
                self.unsaid.append(
                    f'the rule of "{path}" names {name}, who does not open it today: they do not open it here'
                )
        return tuple(sorted(names.values()))

    def _keys(self, texts: Sequence[str]) -> dict[str, str]:
        """The keys, as the policy has them, with their texts; those that are no key of a kind we take are told."""
        keys = {key: text for text in texts if (key := canonical(text)) is not None}
        if any(canonical(text) is None for text in texts):
            self.unsaid.append("a recipient of a kind that gitseal does not know is left out")
        return keys

    def _plain(self, path: str, data: bytes, opened: SopsFile) -> tuple[NamePath, ...]:
        """The names that stand in clear, and can here too. An empty text is never sealed by sops, so it says nothing."""
        values = {item.path: item.value for item in opened.imported.items}
        clear = [one.path for one in sops.look(data, path).names if one.is_plain and one.value.reveal()]
        fit = tuple(one for one in clear if can_be_plain(path_text(one), values[one]))
        if len(fit) < len(clear):
            sealed = plural(len(clear) - len(fit), "value")
            self.unsaid.append(f'{sealed} of "{path}" stood in clear and cannot be plain here: sealed')
        return fit


def _by_key(names: Mapping[str, str]) -> dict[str, str]:
    """Names that a file gives to texts of keys, by the keys."""
    return {key: name for text, name in names.items() if (key := canonical(text)) is not None}


def _uncommitted(repository: Repository, prefix: str, moved: Collection[str]) -> Iterator[str]:
    """What Git could not give back of the files that are moved."""
    for one in committing.uncommitted_paths(repository, "" if prefix == os.curdir else prefix):
        path = os.path.relpath(one.path, prefix)
        if path in moved:
            state = "is in no commit" if one.is_new else "has changes that are in no commit"
            yield f'"{path}" {state}: what lies here is taken, and Git cannot give it back'


def _ignored(root: Path, repository: Repository, prefix: str) -> Iterator[str]:
    paths = [os.fsdecode(path) for path in index.ignored_below(repository.top, prefix) or []]
    # A build may leave large ones, and no file of secrets is.
    for path, _ in _sops_files(root, paths, MAX_YAML_BYTES):
        yield f'"{path}" is a file of sops too, and Git ignores it: it is not moved'


def _sops_files(root: Path, paths: Sequence[str], limit: int = LIMIT) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            data = read_regular(root / path, limit)
        except (Error, OSError):
            continue  # gone, a link, or larger than any file of secrets
        if sops.is_sops_file(data):
            yield path, data


def below(root: Path, repository: Repository) -> str:
    """A folder as a path from the repository's top."""
    return os.path.relpath(root, repository.top)
