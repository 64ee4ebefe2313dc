"""`Change`: edits to one environment, each value sealed to the access group that the policy gives it, or refused.

What refuses a value is in `refusals`, and what refuses an access group in `group_keys`.
"""

from collections.abc import Mapping
from enum import Enum

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import PublicKey
from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import ciphertext, document, edits
from gitseal.document.document import Document, Entry
from gitseal.document.header import Header
from gitseal.document.value import TypedValue
from gitseal.errors import Damaged, Error, Malformed, NotForYou, Stale
from gitseal.policy.policy import DEFAULT
from gitseal.project.belief.trust import Trust
from gitseal.records import NamedTuple
from gitseal.resolve import plain_texts
from gitseal.sealing import refusals
from gitseal.sealing.group_keys import GroupKeys
from gitseal.sealing.plain_source import plain_source
from gitseal.yamltext.editor import Put
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


class Outcome(Enum):
    """The result of setting a value. `UNSEEN`: it was written write-only, so nobody knows if it is new."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    UNSEEN = "written unseen"


class SetResult(NamedTuple):
    """The result for one name in one environment."""

    environment: str
    name: str
    outcome: Outcome
    is_empty: bool


class Change(GroupKeys):
    """Edits to one environment's document, collected; `result` gives the new bytes. Nothing is written here."""

    def put(self, path: NamePath, value: TypedValue, *, plain: bool = False) -> Outcome:
        """Sets a value.

        `plain` is the caller's word that a new name may be readable, if a rule says so too; a name that no rule makes
        plain is sealed all the same. The value is in the form that the name stores: what a person did not type for it comes
        through `stored_form`. Raises Error if the policy or the header stands against it.
        """
        entry = self.document.entries.get(path)
        refusals.check_place(self.document, path)
        if self.policy.is_plain(self.environment, path):
            return self._set_plain(path, value, entry, plain=plain)
        group = self.policy.group(self.environment, path)
        refusals.check_group(self.environment, entry, group)
        key = self.key(group)
        # Sealing is randomised: writing an equal value again would show a change in which nothing changed.
        if isinstance(key, DataKey) and entry is not None and self._is_equal(entry, value):
            return Outcome.UNCHANGED
        if not isinstance(key, DataKey):
            self._put_write_only(path, key, value)
            return Outcome.UNSEEN
        self.put_token(path, document.seal(key, path, value))
        return Outcome.UPDATED if entry is not None else Outcome.CREATED

    def set_named(
        self,
        path: NamePath,
        value: TypedValue,
        *,
        plain: bool = False,
        comments: tuple[str, ...] = (),
        rank: int = 0,
        below: tuple[str, ...] = (),
        untyped: bool = False,
    ) -> SetResult:
        """Sets a value as `put` does, and says of which name in which environment.

        `comments`, `below` and `rank` are for a name that is new: the lines above it and further down, and its place among the
        others that are. `untyped`: the value comes from a format without types, so a stored one that reads the same there keeps
        its type.
        Raises Error as `put` does, and for what another tool encrypted.
        """
        # Here and not in `put`: what is stored already has to move with its environment, whatever it is.
        ciphertext.refuse(path_text(path), value)
        outcome = self.put(path, self._of_stored_type(path, value) if untyped else value, plain=plain)
        if path in self.puts and path not in self.document.entries:
            self.puts[path] = self.puts[path]._replace(comments=comments, rank=rank, below=below)
        return SetResult(self.environment, path_text(path), outcome, not value.reveal())

    def stored_form(self, path: NamePath, value: TypedValue, *, was_plain: bool = False) -> TypedValue:
        """A value in the form in which a name stores it, so that it reads as the same text there.

        `was_plain`: the value is what stands in a file for a plain one. Its references stay where it is sealed, as mere text.
        """
        if self.policy.is_plain(self.environment, path):
            return value if was_plain else plain_texts.written_plain(value)
        return plain_texts.read_plain(value) if was_plain else value

    def set_write_only(self, path: NamePath, value: TypedValue) -> Outcome:
        """Sets a value and keeps it write-only, as it came. Raises Error as `put` does, and if the name is plain here."""
        if self.policy.is_plain(self.environment, path):
            raise refusals.would_unseal(self.environment, path)
        refusals.check_place(self.document, path)
        group = self.policy.group(self.environment, path)
        entry = self.document.entries.get(path)
        refusals.check_group(self.environment, entry, group)
        self._put_write_only(path, self.key(group), value)
        return Outcome.UPDATED if entry is not None else Outcome.CREATED

    def _put_write_only(self, path: NamePath, key: DataKey | PublicKey, value: TypedValue) -> None:
        """Every way by which a value that anybody could have written gets to a name comes through here.

        Raises Error if it would take the place of a member's unasked, where such values wait: a deploy would lose the member's.
        """
        if not self.trust.workspace.replaces_unread:
            refusals.check_replacing(self.project, self.document, path)
        self.put_token(path, document.seal(key, path, value, write_only=True))

    def carry(
        self, source: Document, keys: Mapping[str, DataKey], entry: Entry, path: NamePath, *, plain: bool = False
    ) -> SetResult:
        """Seals a stored value of another file here, at `path`. Nobody vouches for it who did not vouch for it there.

        A plain value that no rule allows there stays as it stands, and so unread. `plain` is as `put` has it. Raises Error if the
        value does not open, and as `put` does.
        """
        self.believe(source.header, entry)
        value = document.open_entry(source, entry, keys)
        # An environment that is being renamed is in the policy by its new name alone.
        there = source.header.environment
        rules = there if there in self.policy.environments else self.environment
        if self.is_vouched(entry, rules):
            outcome = self.put(path, self.stored_form(path, value, was_plain=entry.token is None), plain=plain)
        elif entry.token is not None:
            outcome = self.set_write_only(path, value)
        else:
            outcome = self._leave_plain(path, entry)
        return SetResult(self.environment, path_text(path), outcome, not value.reveal())

    def _leave_plain(self, path: NamePath, entry: Entry) -> Outcome:
        """Puts a plain value that nobody vouches for, trusted as little as before. Raises Error if it would replace a token."""
        refusals.check_place(self.document, path)
        before = self.document.entries.get(path)
        if before is not None and before.token is not None:
            raise Error(
                f'"{entry.name}" is plain, and no rule says so: anyone could have written it',
                f"set it instead: gitseal set {path_text(path)} -e {self.environment}",
            )
        if entry.node.items and not entry.node.source:
            raise Error(
                f'"{entry.name}" is a list, which has to be taken over by hand', "copy its lines in your editor"
            )
        self.puts[path] = Put(entry.node.source)
        return Outcome.UPDATED if before is not None else Outcome.CREATED

    def reseal(self, entry: Entry, path: NamePath, value: TypedValue) -> None:
        """Seals an opened value again at `path`, kept write-only if it was: only a person who sets or absorbs changes that."""
        refusals.check_place(self.document, path)
        if self.policy.is_plain(self.environment, path):
            if entry.token is not None:
                raise refusals.would_unseal(self.environment, path)
            # The source text and not the value: a number keeps the spelling that it had.
            self.puts[path] = Put(entry.node.source)
            return
        key = self.key(self.policy.group(self.environment, path))
        value = self.stored_form(path, value, was_plain=entry.token is None)
        if self.is_vouched(entry, self.environment):
            self.put_token(path, document.seal(key, path, value))
        else:
            self._put_write_only(path, key, value)

    def take_over(self, entry: Entry, value: TypedValue) -> None:
        """Seals a write-only value as the caller's own. Raises NotForYou if the caller is no member, Error as `put` does."""
        refusals.check_place(self.document, entry.path)
        if self.policy.is_plain(self.environment, entry.path):
            raise refusals.would_unseal(self.environment, entry.path)
        group = self.policy.group(self.environment, entry.path)
        refusals.check_group(self.environment, entry, group)
        key = self.key(group)
        if not isinstance(key, DataKey):
            raise refusals.cannot_absorb(entry.name)
        self.put_token(entry.path, document.seal(key, entry.path, value))

    def believe(self, header: Header, entry: Entry) -> None:
        """Decides on the data key that a value is sealed with, before the value is sealed again as if a member had set it.

        Reading asks nothing; but what was read from a data key of an attacker's own must not come out as a member's value.
        """
        if entry.token is not None and entry.token.group in header.access:
            self.trust.key(header, entry.token.group)

    def unseal(self, entry: Entry) -> None:
        """Writes a sealed value plain, as a rule of the policy says. Raises Error if none does or the place is protected."""
        if not self.policy.is_plain(self.environment, entry.path):
            raise Error(
                f'no rule makes "{entry.name}" plain',
                f"if it is no secret, write rule and value at once: gitseal plain {entry.name} -e {self.environment}",
            )
        if self.policy.environment(self.environment).protected:
            raise Error(
                f"{self.environment} is protected: what is sealed there stays sealed",
                f"set it anew: gitseal unset {entry.name}",
            )
        # Remembered in this clone, so that a rule that a branch adds later does not do the same unasked.
        self.trust.let_plain(self.document.header, entry.path)
        value = self.stored_form(entry.path, document.open_entry(self.document, entry, self.keys))
        self.puts[entry.path] = Put(plain_source(entry.name, value))

    def result(self) -> bytes:
        """The new bytes. Raises Error if a name stands in the way of a section or the other way round."""
        try:
            after = edits.edited(self.document, self.puts, self.removes, self.renames)
        except ValueError as error:
            raise Error(f"{self.environment}: {error}", f"look at: gitseal list -e {self.environment}") from None
        for group in self.made:
            self.trust.made_here(after.header, group)
        return after.serialise()

    def _set_plain(self, path: NamePath, value: TypedValue, entry: Entry | None, *, plain: bool) -> Outcome:
        if entry is not None and entry.token is not None:
            raise refusals.would_unseal(self.environment, path)
        if entry is not None and document.plain_value(entry) == value:
            return Outcome.UNCHANGED
        header = self.document.header
        if not plain and (entry is None or not self.trust.is_plain(header, path)):
            raise Error(
                f'a rule makes "{path_text(path)}" plain: everyone with the repository could read it',
                f"if that is right: gitseal set {path_text(path)} -e {self.environment} --plain",
            )
        if plain:
            self.trust.let_plain(header, path)
        self.puts[path] = Put(plain_source(path_text(path), value))
        return Outcome.UPDATED if entry is not None else Outcome.CREATED

    def is_vouched(self, entry: Entry, environment: str) -> bool:
        """True if somebody stands behind a stored value: a member who sealed it, or a rule that makes it plain there.

        This is the one place that decides it, for every command that seals what is stored already. Anyone who can commit can
        write a plain value, so one that no rule allows is sealed as write-only: a member has to take it over.
        """
        if entry.token is not None:
            return entry.token.kind != WRITE_ONLY
        return self.policy.is_plain(environment, entry.path)

    def _is_equal(self, entry: Entry, value: TypedValue) -> bool:
        return self._sealed_by_a_member(entry) == value

    def _sealed_by_a_member(self, entry: Entry) -> TypedValue | None:
        if entry.token is None or entry.token.kind == WRITE_ONLY:
            return None
        try:
            return document.open_entry(self.document, entry, self.keys)
        # What does not open is replaced by what is set now, which is the way out of it.
        except (Stale, Damaged, Malformed):
            return None

    def _of_stored_type(self, path: NamePath, value: TypedValue) -> TypedValue:
        """The stored value if it reads the same as text, else the value itself."""
        entry = self.document.entries.get(path)
        if entry is None:
            return value
        try:
            stored = document.plain_value(entry) if entry.token is None else self._sealed_by_a_member(entry)
        except (NotForYou, Malformed):
            return value
        return stored if stored is not None and stored.reveal() == value.reveal() else value


def new_environment(trust: Trust, name: str) -> bytes:
    """The bytes of a new environment without values, its own data key wrapped for whom the policy names."""
    change = Change(document.create(name), trust)
    change.new_group(DEFAULT)
    return change.result()
