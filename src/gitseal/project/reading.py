"""An environment as readers get it: its own names over those it extends, and their values."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import bulk, document
from gitseal.document.document import Document, Entry
from gitseal.document.value import TypedValue
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.policy.layers import order, overlay
from gitseal.policy.policy import ACCEPT, DEFAULT, REFUSE
from gitseal.project import overrides
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath

if TYPE_CHECKING:
    from gitseal.crypto.datakey import DataKey
    from gitseal.resolve.references import Resolved


def check_reveal(project: Project, environment: str) -> None:
    """Raises Error if the policy keeps the environment's values off screens."""
    rule = project.policy.environments.get(environment)
    if rule is not None and not rule.reveal:
        raise Error(
            f"the policy says reveal: false for {environment}: its values are not shown",
            f"without them: gitseal list -e {environment}",
        )


class OpenedValues(NamedTuple):
    """Values by path in the order of the files.

    `pending` are those that wait for a member to take them over. `plain` are the paths whose values are not sealed.
    """

    values: dict[NamePath, TypedValue]
    pending: tuple[NamePath, ...] = ()
    plain: frozenset[NamePath] = frozenset()


class EffectiveEnvironment:
    """The names of an environment and of what it extends, with no key. `documents` are its files by layer, nearest first.

    This machine's own overrides come over all other layers, if the project takes them (`Project.shared` takes none).
    """

    def __init__(self, project: Project, environment: str) -> None:
        self.project = project
        self.environment = environment
        self.documents: dict[str, Document] = {}
        self._strict: dict[str, bool] = {}
        self._rules: dict[str, str] = {}
        project.check_listed(environment)
        rules = project.policy.environments
        chain = project.policy.chain(environment)
        protected = {name for name in chain if rules[name].protected}
        for layer in order(chain, protected):
            file = overrides.read(project, layer.environment) if layer.is_local else project.read(layer.environment)
            if file is None:
                continue
            rule = rules.get(layer.environment)
            self.documents[layer.name] = file
            self._rules[layer.name] = layer.environment
            takes_all = rule is not None and rule.write_only == ACCEPT
            # What a strict environment extends is strict for it: anyone could put a value there, and it would come through.
            self._strict[layer.name] = not layer.is_local and (any(self._strict.values()) or not takes_all)

    @property
    def layers(self) -> list[tuple[str, Mapping[NamePath, Entry]]]:
        """The entries of each layer, nearest first."""
        return [(name, file.entries) for name, file in self.documents.items()]

    @cached_property
    def entries(self) -> Mapping[NamePath, tuple[str, Entry]]:
        """The view that readers get: every path with its layer and its entry there."""
        return overlay(self.layers)

    @property
    def only_rows(self) -> Document | None:
        """The one document of an environment that is nothing but rows (see `document.bulk`), else None."""
        first, *others = self.documents.values()
        return first if first.rows is not None and not others else None

    def in_sections(self) -> list[NamePath]:
        """The names that lie in a section."""
        return [] if self.only_rows else [path for path in self.entries if len(path) > 1]

    def is_pending(self, path: NamePath) -> bool:
        """True for a write-only value in an environment that does not take such values as they come."""
        environment, entry = self.entries[path]
        if entry.token is None or entry.token.kind != WRITE_ONLY:
            return False
        return self._strict[environment]

    def is_replacement(self, path: NamePath) -> bool | None:
        """True if a pending value took the place of a member's, None if neither the files nor history can tell.

        The member's may be one of an environment that this one extends, or one that history has.
        """
        from gitseal.project import hiding, replaced  # hardly ever is a value pending

        layer = self.entries[path][0]
        names = list(self.documents)
        farther = [(self._rules[name], self.documents[name]) for name in names[names.index(layer) + 1 :]]
        if hiding.hides_a_members(self.project.policy, farther, path):
            return True
        return replaced.had_a_members(self.project, self._rules[layer], path)


class OpenedEnvironment(EffectiveEnvironment):
    """An environment with the identities that open its values.

    A plain value that no rule makes plain is not read: it is a damaged token, or someone put it there who had no key. An
    environment that does not take write-only values as they come takes nothing else either that anyone with write access
    could have put there: no value in another access group than the policy's, none by way of what it extends.
    """

    def __init__(self, project: Project, environment: str, keyring: Keyring) -> None:
        super().__init__(project, environment)
        self._keys = {name: Keys(file.header, keyring) for name, file in self.documents.items()}

    def open(self, path: NamePath) -> TypedValue:
        """One value. Raises Error if it is not to be had, a write-only value that nobody took over included."""
        environment, entry = self.entries[path]
        if self.is_pending(path):
            raise self._pending(environment, entry)
        if entry.token is None or self._strict[environment]:
            self._check(environment, entry)
        return document.open_entry(self.documents[environment], entry, self._keys[environment])

    def open_all(self, wanted: Callable[[NamePath], bool] | None = None) -> OpenedValues:
        """The values that `wanted` names (None: all). Raises Error for the first that does not open."""
        values = self._in_bulk() if wanted is None else None
        if values is not None:
            return OpenedValues(values)
        values = {}
        pending: list[NamePath] = []
        plain: set[NamePath] = set()
        for path, (environment, entry) in self.entries.items():
            if wanted is not None and not wanted(path):
                continue
            if entry.token is not None and entry.token.kind == WRITE_ONLY and self.is_pending(path):
                pending.append(path)
            else:
                if entry.token is None or self._strict[environment]:
                    self._check(environment, entry)
                if entry.token is None:
                    plain.add(path)
                values[path] = document.open_entry(self.documents[environment], entry, self._keys[environment])
        return OpenedValues(values, tuple(pending), frozenset(plain))

    def _in_bulk(self) -> dict[NamePath, TypedValue] | None:
        """All values in one pass, or None if that is not possible: then the careful way opens them, or says why not."""
        rows = self.only_rows
        if rows is None or rows.rows is None:
            return None
        ((layer, keys),) = self._keys.items()
        # The careful way looks at each value and names the first that is wrong.
        if self._strict[layer] and not self._in_their_groups(layer, rows.rows):
            return None
        return bulk.open_rows(rows.header, rows.rows, keys)

    def _in_their_groups(self, layer: str, rows: Sequence[bulk.Row]) -> bool:
        """True if every value is sealed to the access group that the policy gives its name."""
        policy, environment = self.project.policy, self._rules[layer]
        if not policy.rules:
            return all(row[2] == DEFAULT for row in rows)
        return all(row[2] == policy.group(environment, (row[0],)) for row in rows)

    def key_of(self, path: NamePath) -> "DataKey | None":
        """The data key that a name's value is sealed under; None for a plain value, and if no identity opens it."""
        layer, entry = self.entries[path]
        return self._keys[layer].get(entry.token.group) if entry.token is not None else None

    @property
    def own_keys(self) -> Keys:
        """The data keys of the environment's own file that the identities at hand open."""
        return self._keys[self.environment]

    def look_up(self, path: NamePath) -> "Resolved | None":
        """The stored value that a reference to a name gets, and if it is plain. None if there is no value."""
        from gitseal.resolve.references import Resolved  # few environments have references

        if path not in self.entries or self.is_pending(path):
            return None
        return Resolved(self.open(path), self.entries[path][1].token is None)

    def _check(self, environment: str, entry: Entry) -> None:
        """Raises Error for a value that its place does not vouch for."""
        policy = self.project.policy
        if entry.token is None:
            if not policy.is_plain(self._rules[environment], entry.path):
                raise Error(
                    f'"{entry.name}" is plain in {environment}, and no rule says so: anyone could have put it there',
                    f"see who it was with git log, then: gitseal set {entry.name} -e {environment}",
                )
        elif entry.token.group != policy.group(self._rules[environment], entry.path):
            raise Error(
                f'"{entry.name}" is sealed to access group "{entry.token.group}" in {environment}, which is not the policy\'s',
                f"see who brought it with git log, then: gitseal rekey -e {environment}",
            )

    def _pending(self, environment: str, entry: Entry) -> Error:
        rule = self.project.policy.environments.get(environment)
        if rule is None or rule.write_only != REFUSE:
            return Error(
                f'"{entry.name}" was brought in by someone who cannot read {environment}, and no member has taken it over',
                f"see who it was with git log, then: gitseal absorb {entry.name} -e {environment}",
            )
        return Error(
            f'"{entry.name}" is write-only, which the policy refuses in {environment}',
            f"set it anew: gitseal set {entry.name} -e {environment}",
        )
