"""`plain`: names made plain together with the rule that says so, in one write."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gitseal.document import document
from gitseal.document.document import Entry
from gitseal.errors import Busy, Error, UsageError
from gitseal.files.reading import read_regular
from gitseal.policy.patterns import matches
from gitseal.policy.plain_rules import add_plain_rule
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.project.belief.trust import Trust
from gitseal.project.journal import POLICY
from gitseal.project.names import below, not_own, parse_name
from gitseal.project.workspace import Workspace
from gitseal.report.hints import ShellCommand
from gitseal.scan.no_secrets import looks_secret
from gitseal.sealing.change import Change
from gitseal.sealing.writing import commit, edited_policy, writing
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_DIFF_HEADER = 2


class PlainRequest(NamedTuple):
    """The names to be made plain, and where. `not_secret` are those that only look like a secret, as a person says.

    `everywhere`: the rule is for the environments to come too, so it lists none.
    """

    names: tuple[str, ...]
    environments: tuple[str, ...]
    everywhere: bool = False
    not_secret: tuple[str, ...] = ()

    def command(self, *options: str, names: Sequence[str] = (), environments: Sequence[str] = ()) -> str:
        """The command line of this request, with other names or environments and further options."""
        places = ",".join(environments) or ("all" if self.everywhere else ",".join(self.environments))
        known = [word for name in self.not_secret for word in ("--not-secret", name)]
        words = ("gitseal", "plain", *(names or self.names), "-e", places, *known, *options)
        return ShellCommand(words).as_text()


class PlainPlan(NamedTuple):
    """The plan for a request:  the names that become readable and those that have no value yet, as (environment, name).

    `policy` is the new text of policy.yaml, `policy_diff` the lines of it that change, each behind a `-` or `+`.
    """

    unsealed: tuple[tuple[str, str], ...]
    unset: tuple[tuple[str, str], ...]
    policy: bytes
    policy_diff: tuple[str, ...]

    @property
    def changes_nothing(self) -> bool:
        """True if a rule makes all the names plain already."""
        return not self.unsealed and not self.policy_diff


def plan(workspace: Workspace, request: PlainRequest) -> PlainPlan:
    """The changes that `make_plain` would make. Nothing is written.

    Raises UsageError for a pattern; Error if a name is sealed in a protected environment, if a rule seals it to an access
    group, or if it looks like a secret; NotForYou for a value that no identity at hand opens.
    """
    return _Edits(workspace, request).plan()


def make_plain(workspace: Workspace, request: PlainRequest, agreed: PlainPlan) -> None:
    """Writes policy and values, all or none. The caller has shown the plan to a person, who said yes.

    Raises what `plan` raises; Busy if what would be written is no longer what they agreed to.
    """
    with writing(workspace.project):
        edits = _Edits(workspace, request)
        if edits.plan() != agreed:
            raise Busy("the policy or the values changed in the meantime", "do it again")
        edits.write()


class _Edits:
    """One request in one state of the files."""

    def __init__(self, workspace: Workspace, request: PlainRequest) -> None:
        self.request = request
        self.project = workspace.project
        self.before = read_regular(self.project.policy_path)
        self.documents = {name: self.project.read(name) for name in request.environments}
        self.known = dict.fromkeys(path for file in self.documents.values() for path in file.entries)
        self.paths = self.meant()
        self.after = edited_policy(self.project, self.add_rules)
        # Sealing asks the policy that is about to be written.
        self.trust = Trust(workspace._replace(project=self.project.with_policy(self.after)))
        self.changes = {name: Change(file, self.trust) for name, file in self.documents.items()}

    def plan(self) -> PlainPlan:
        entries = list(self.entries())
        sealed = [(environment, entry) for environment, entry in entries if entry.token is not None]
        self.check_protected({environment for environment, _ in sealed})
        self.check_secrets(entries)
        return PlainPlan(
            tuple((environment, entry.name) for environment, entry in sealed),
            tuple(
                (environment, path_text(path))
                for environment, file in self.documents.items()
                for path in self.paths
                if path not in file.entries
            ),
            self.after,
            tuple(_changed_lines(self.before, self.after)),
        )

    def write(self) -> None:
        for environment, entry in self.entries():
            if entry.token is not None:
                self.changes[environment].unseal(entry)
        old: dict[str, bytes | None] = {name: file.serialise() for name, file in self.documents.items()}
        new = {name: change.result() for name, change in self.changes.items()}
        commit(self.trust, {**old, POLICY: self.before}, {**new, POLICY: self.after})

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """The values that the names have, by environment."""
        for environment, file in self.documents.items():
            yield from ((environment, file.entries[path]) for path in self.paths if path in file.entries)

    def meant(self) -> list[NamePath]:
        """The paths of the names; sections are what they hold. A name that no environment has is a new one."""
        paths: dict[NamePath, None] = {}
        for name in self.request.names:
            path = parse_name(name)
            if "*" in name:
                raise self.pattern_refused(name)
            there = below(path, self.known)
            if not there:
                self.check_new(path)
            paths.update(dict.fromkeys(there or [path]))
        return list(paths)

    def pattern_refused(self, pattern: str) -> Error:
        matched = [path_text(path) for path in self.known if matches(pattern, path)]
        hint = self.request.command(names=matched) if matched else "no name matches it there"
        return UsageError(f'"{pattern}" is a pattern, and would make names plain that nobody has seen yet', hint)

    def check_new(self, path: NamePath) -> None:
        """Raises Error for a name that some environment only inherits, or that is nearly one that is there."""
        for environment, file in self.documents.items():
            chain = self.project.policy.chain(environment)[1:]
            if any(below(path, self.project.read(base).entries) for base in chain if base in self.project.environments):
                raise not_own(self.project, path, environment, file.entries)

    def add_rules(self, text: PolicyEditor) -> None:
        policy = self.project.policy
        lacking: dict[tuple[str, ...], list[NamePath]] = {}
        for path in self.paths:
            places = tuple(name for name in self.documents if not policy.is_plain(name, path))
            for environment in places:
                self.check_unruled(environment, path)
            if places:
                lacking.setdefault(() if self.request.everywhere else places, []).append(path)
        for places, paths in lacking.items():
            add_plain_rule(text, paths, places, self.known)

    def check_unruled(self, environment: str, path: NamePath) -> None:
        rule = self.project.policy.rule(environment, path)
        if rule is not None:
            raise Error(
                f'a rule seals "{path_text(path)}" of {environment} to access group "{rule.access}"',
                "whoever may change the policy: take the name out of that rule first",
            )

    def check_protected(self, environments: Iterable[str]) -> None:
        protected = [name for name in environments if self.project.policy.environment(name).protected]
        if not protected:
            return
        others = [name for name in self.request.environments if name not in protected]
        hint = (
            self.request.command(environments=others) if others else "a value that was sealed there is for those alone"
        )
        raise Error(f"{', '.join(protected)} is protected: what is sealed there stays sealed", hint)

    def check_secrets(self, entries: Iterable[tuple[str, Entry]]) -> None:
        values: Mapping[str, list[bytes]] = {path_text(path): [b""] for path in self.paths}
        for environment, entry in entries:
            change = self.changes[environment]
            value = document.open_entry(change.document, entry, change.keys)
            values[entry.name].append(value.reveal())
        doubtful = [
            name
            for name, held in values.items()
            if name not in self.request.not_secret and any(looks_secret(name, value) for value in held)
        ]
        if doubtful:
            look = "looks like a secret" if len(doubtful) == 1 else "look like secrets"
            options = [word for name in doubtful for word in ("--not-secret", name)]
            raise Error(
                f"{', '.join(doubtful)} {look}, and everyone with the repository could read what is plain",
                f"if you know that {'it is' if len(doubtful) == 1 else 'they are'} not: {self.request.command(*options)}",
            )


def _changed_lines(before: bytes, after: bytes) -> Iterator[str]:
    old, new = (data.decode("utf-8", "replace").splitlines() for data in (before, after))
    for line in list(difflib.unified_diff(old, new, lineterm="", n=0))[_DIFF_HEADER:]:
        if not line.startswith("@@"):
            yield line
