"""What becomes of a repository that has its secrets in files of sops: which environments, opened by whom. Nothing is written."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gitseal import exchange
from gitseal.errors import Error, shell_quoted
from gitseal.exchange import Encrypted, Imported, sops
from gitseal.exchange.sops import SopsFile, creation_rules
from gitseal.exchange.sops.creation_rules import CreationRule, CreationRules
from gitseal.files.reading import read_regular
from gitseal.git import index
from gitseal.git.repository import Repository
from gitseal.identities import Keyring
from gitseal.policy.names import is_principal_name
from gitseal.project.names_of_files import environment_names
from gitseal.project.newcomers import canonical, made_up_name
from gitseal.records import NamedTuple
from gitseal.report.plurals import plural
from gitseal.sealing.change import can_be_plain
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

TEAM = "team"
"""The group that a policy has for whoever opens most of the environments."""


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


def plan(root: Path, repository: Repository, keyring: Keyring, own_name: str, own_email: str = "") -> Migration:
    """What a migration of a folder would do. Whoever holds the identities has `own_name` and `own_email`.

    Reads the files of sops that Git tracks or would add. Raises Error if there are none, or none that can be moved.
    """
    paths = [os.fsdecode(path) for path in index.offered_below(repository.top, below(root, repository)) or []]
    sealed = list(_sops_files(root, paths))
    if not sealed:
        raise Error("no file here is one of sops", "start with an empty project: gitseal init")
    rules = {
        path.rpartition("/")[0]: _rules(root, path) for path in paths if path.rpartition("/")[2] == creation_rules.NAME
    }
    names = environment_names([path for path, _ in sealed])
    planner = _Planner(keyring, own_name, rules)
    files = [planner.planned(path, data, names.get(path, "")) for path, data in sealed]
    moved = [one for one in files if isinstance(one, MovedFile)]
    left = [one for one in files if isinstance(one, LeftFile)]
    if not moved:
        number, first = plural(len(sealed), "file"), left[0]
        raise Error(f'none of {number} of sops can be moved; "{first.path}": {first.reason}', first.hint)
    # In the order of the rules, as whoever reads both side by side expects it.
    moved.sort(key=lambda one: (one.rule, one.path))
    unsaid = [*planner.unsaid, *_unsaid(rules, planner.used)]
    return Migration(
        root, tuple(moved), tuple(left), planner.recipients(moved, {own_name: own_email}), tuple(dict.fromkeys(unsaid))
    )


class _Planner:
    """Goes through the files, and gathers whom it met and what the policy cannot say."""

    def __init__(self, keyring: Keyring, own_name: str, rules: Mapping[str, CreationRules]) -> None:
        self._keyring = keyring
        self._own = {one.recipient: own_name for one in keyring.identities() if one.recipient and own_name}
        self._rules = rules
        self._names: dict[str, str] = {}
        self.unsaid: list[str] = []
        self.used: set[tuple[str, int]] = set()

    def planned(self, path: str, data: bytes, environment: str) -> MovedFile | LeftFile:
        """What becomes of a file."""
        try:
            opened = self._opened(path, data, environment)
        except Encrypted as error:
            return LeftFile(path, error.reason, _way_out(error, path, environment))
        except Error as error:
            return LeftFile(path, error.reason, error.hint)
        number, rule, named = self._rule(path)
        opens = self._opens(path, opened, rule, named)
        if not opens:
            return LeftFile(path, "it has no age or SSH recipient of a kind that gitseal takes", "")
        return MovedFile(path, environment, opened.imported, opens, self._plain(path, data, opened), number)

    def _opened(self, path: str, data: bytes, environment: str) -> SopsFile:
        opened = sops.read(data, self._keyring.by_cost(), path)
        exchange.refuse_encrypted_values(opened.imported)
        if not opened.imported.items:
            raise Error("it holds no values", "remove it when nobody needs it")
        if not environment:
            raise Error(
                "its path gives no name for an environment that no other file has",
                f"give it one, such as web: gitseal env add web && gitseal import -e web {shell_quoted(path)}",
            )
        return opened

    def recipients(self, moved: Sequence[MovedFile], emails: Mapping[str, str]) -> tuple[NamedRecipient, ...]:
        """Everybody whom one of the environments opens to."""
        opening = {name: tuple(one.environment for one in moved if name in one.opens) for name in self._names.values()}
        keys = {name: tuple(key for key, holder in self._names.items() if holder == name) for name in opening}
        return tuple(
            NamedRecipient(name, emails.get(name, ""), keys[name], opened) for name, opened in opening.items() if opened
        )

    def _rule(self, path: str) -> tuple[int, CreationRule | None, Mapping[str, str]]:
        """The place of the rule that sops takes for a file, the rule, and the names that its file has for keys."""
        folder = next((one for one in _upward(path) if one in self._rules), None)
        if folder is None:
            return len(self._rules), None, {}
        of_folder = self._rules[folder]
        inside = path.removeprefix(f"{folder}/") if folder else path
        for number, rule in enumerate(of_folder.rules):
            if not rule.is_readable:
                self.unsaid.append(
                    f'the rule for "{rule.expression}" has an expression of Go that gitseal does not try: each file that it or a '
                    "later rule may be for opens to whom the file itself names"
                )
                break
            if rule.matches(inside):
                self.used.add((folder, number))
                return number, rule, of_folder.names
        return len(of_folder.rules), None, of_folder.names

    def _opens(
        self, path: str, opened: SopsFile, rule: CreationRule | None, named: Mapping[str, str]
    ) -> tuple[str, ...]:
        """The names of those whom the rule names, or else the file. What differs between the two is told."""
        of_file = self._known(opened.recipients, named)
        if opened.services:
            self.unsaid.append(
                f'"{path}" opens with keys of {", ".join(opened.services)} too, which the policy cannot name'
            )
        of_rule = self._known(rule.recipients, named) if rule is not None else {}
        if not of_rule:
            return tuple(sorted(of_file.values()))
        for key in of_file.keys() - of_rule.keys():
            self.unsaid.append(
                f'"{path}" opens to {of_file[key]} today, whom its rule does not name: they no longer open it here'
            )
        for key in of_rule.keys() - of_file.keys():
            self.unsaid.append(
                f'{of_rule[key]} does not open "{path}" today, but its rule names them: they open it here'
            )
        return tuple(sorted(set(of_rule.values())))

    def _known(self, keys: Sequence[str], named: Mapping[str, str]) -> dict[str, str]:
        """The names of the holders of these keys, by their keys; those that are no key of a kind we take are told."""
        known: dict[str, str] = {}
        for text in keys:
            key = canonical(text)
            if key is None:
                self.unsaid.append("a recipient of a kind that gitseal does not know is left out")
            else:
                known[key] = self._names.setdefault(
                    key, self._own.get(key) or _fit(named.get(text, "")) or _fit(_comment(text)) or made_up_name(key)
                )
        return known

    def _plain(self, path: str, data: bytes, opened: SopsFile) -> tuple[NamePath, ...]:
        """The names that stand in clear, and can here too. An empty text is never sealed by sops, so it says nothing."""
        values = {item.path: item.value for item in opened.imported.items}
        clear = [one.path for one in sops.look(data, path).names if one.is_plain and one.value.reveal()]
        fit = tuple(one for one in clear if can_be_plain(path_text(one), values[one]))
        if len(fit) < len(clear):
            sealed = plural(len(clear) - len(fit), "value")
            self.unsaid.append(f'{sealed} of "{path}" stood in clear and cannot be plain here: sealed')
        return fit


def _fit(words: str) -> str:
    """A name in the policy from what somebody called a key: the part before an @, without what a name cannot have."""
    name = "-".join(
        "".join(sign if sign.isalnum() or sign in "_.-" else " " for sign in words.partition("@")[0]).split()
    )
    return name if is_principal_name(name) and name != TEAM else ""


def _comment(key: str) -> str:
    """The comment behind an SSH key."""
    return key.partition(" ")[2].partition(" ")[2]


def _way_out(error: Encrypted, path: str, environment: str) -> str:
    command = error.cipher.command.format(shell_quoted(path))
    return f"{command} | gitseal import - --format {error.cipher.prints} -e {environment or 'production'}"


def _unsaid(rules: Mapping[str, CreationRules], used: set[tuple[str, int]]) -> Iterator[str]:
    for folder, of_folder in rules.items():
        place = f"{folder}/{creation_rules.NAME}" if folder else creation_rules.NAME
        for number, rule in enumerate(of_folder.rules):
            what = f'the rule for "{rule.expression}"' if rule.expression else "the rule for every file"
            if (folder, number) not in used and rule.is_readable:
                yield f"{place}: {what} is for no file that was moved"
            if rule.services:
                yield f"{place}: {what} has keys of {', '.join(rule.services)}, which the policy cannot name"
            if rule.is_shared:
                yield f"{place}: {what} shares a key among groups; here each recipient opens alone"
            for selector in rule.selectors:
                yield f"{place}: {what} has {selector}; here what stands in clear now stays plain, and new names are sealed"
        if of_folder.others:
            yield f"{place}: {', '.join(of_folder.others)} {'has' if len(of_folder.others) == 1 else 'have'} no counterpart"


def _sops_files(root: Path, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        try:
            data = read_regular(root / path)
        except (Error, OSError):
            continue  # gone, a link, or larger than any file of secrets
        if sops.is_sops_file(data):
            yield path, data


def _rules(root: Path, path: str) -> CreationRules:
    try:
        return creation_rules.parse(read_regular(root / path))
    except Error as error:
        raise Error(f'"{path}": {error.reason}', error.hint or "see what sops says: sops updatekeys FILE") from None


def _upward(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def below(root: Path, repository: Repository) -> str:
    """A folder as a path from the repository's top."""
    return os.path.relpath(root, repository.top)
