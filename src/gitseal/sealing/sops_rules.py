"""The rules of a repository of sops: which of them is for which file, and what of them the policy cannot say."""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from gitseal.errors import Error
from gitseal.exchange.sops import creation_rules
from gitseal.exchange.sops.creation_rules import CreationRule, CreationRules
from gitseal.files.reading import read_regular
from gitseal.git.repository import Repository
from gitseal.records import NamedTuple

_EMPTY = b"{}"


class FileRule(NamedTuple):
    """The rule that sops takes for a file, if there is one, its place, and the names that `.sops.yaml` gives to texts of keys."""

    number: int
    rule: CreationRule | None
    names: Mapping[str, str]


class SopsRules:
    """Each `.sops.yaml` that counts for some files. Paths are from the repository's top, which is empty."""

    def __init__(self, repository: Repository, folders: Collection[str]) -> None:
        """Reads those in `folders` and above. Raises Error for one that sops does not read either."""
        self._by_folder: dict[str, CreationRules] = {}
        self._used: set[tuple[str, int]] = set()
        self._told: dict[str, None] = {}
        every = {"" if one == os.curdir else one for start in folders for one in (start, *upward(start))}
        for folder in sorted(every):
            data = self._content(repository, _place(folder))
            if data is not None:
                self._by_folder[folder] = _parsed(data, _place(folder))

    def of(self, path: str) -> FileRule:
        """What sops takes for the file at a path."""
        folder = next((one for one in upward(path) if one in self._by_folder), None)
        if folder is None:
            return FileRule(0, None, {})
        of_folder = self._by_folder[folder]
        inside = path.removeprefix(f"{folder}/") if folder else path
        for number, rule in enumerate(of_folder.rules):
            if not rule.is_readable:
                self._tell(
                    f'the rule for "{rule.expression}" has an expression that gitseal does not try: each file that it or a later '
                    "rule may be for opens to whom the file itself names"
                )
                break
            if rule.matches(inside):
                self._used.add((folder, number))
                return FileRule(number, rule, of_folder.names)
        return FileRule(len(of_folder.rules), None, of_folder.names)

    def unsaid(self) -> Iterator[str]:
        """Sentences about what the policy cannot say, after all files were asked for."""
        yield from self._told
        for folder, of_folder in self._by_folder.items():
            place = _place(folder)
            for number, rule in enumerate(of_folder.rules):
                is_idle = (folder, number) not in self._used and rule.is_readable
                yield from (f"{place}: {words}" for words in _unsaid(rule, is_idle=is_idle))
            if of_folder.others:
                has = "has" if len(of_folder.others) == 1 else "have"
                yield f"{place}: {', '.join(of_folder.others)} {has} no counterpart"

    def _tell(self, words: str) -> None:
        self._told[words] = None

    def _content(self, repository: Repository, place: str) -> bytes | None:
        """The bytes of a `.sops.yaml`; None if there is none. A link is followed to a file that the repository has."""
        path = Path(repository.top) / place
        target = os.path.relpath(os.path.realpath(path), os.path.realpath(repository.top))
        try:
            if target == place:
                return read_regular(path)
            if os.path.lexists(path) and repository.git("ls-files", "-z", "--", f":(top,literal){target}"):
                return read_regular(os.path.realpath(path))
        except FileNotFoundError:
            return None
        if os.path.lexists(path):
            self._tell(f"{place}: it leads to no file of the repository, so its rules are not read")
            return _EMPTY
        return None


def upward(path: str) -> Iterator[str]:
    """The folders above a path, the nearest first."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _place(folder: str) -> str:
    return f"{folder}/{creation_rules.NAME}" if folder else creation_rules.NAME


def _parsed(data: bytes, place: str) -> CreationRules:
    try:
        return creation_rules.parse(data)
    except Error as error:
        raise Error(
            f'"{place}": {error.reason}', error.hint or "mend it first: sops reads no rule from it either"
        ) from None


def _unsaid(rule: CreationRule, *, is_idle: bool) -> Iterator[str]:
    what = f'the rule for "{rule.expression}"' if rule.expression else "the rule for every file"
    if is_idle:
        yield f"{what} is for no file that was moved"
    if rule.services:
        yield f"{what} has keys of {', '.join(rule.services)}, which the policy cannot name"
    if rule.services and not rule.recipients and not is_idle:
        yield f"{what} names nobody by a key that gitseal takes: whoever opens its files today stays in"
    if rule.is_shared:
        yield f"{what} shares a key among groups; here each recipient opens alone"
    if rule.others:
        yield f"{what} has {', '.join(rule.others)}, which gitseal does not look at"
    for selector in rule.selectors:
        yield f"{what} has {selector}; here what stands in clear now stays plain, and new names are sealed"
