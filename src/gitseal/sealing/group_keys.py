"""`GroupKeys`: the data keys that a change seals with, and the edits that make, replace and wrap them.

The refusals here are those of docs/format.md, section 7, that are about access groups: a header that knows more recipients
than the policy, a group whose data key the file has lost, a recipient whom nobody has confirmed.
"""

from collections.abc import Mapping

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import PublicKey
from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import bulk, document
from gitseal.document.document import Document, Entry
from gitseal.document.header import HEADER, public_text, succession_path
from gitseal.document.token import Stanza, Token
from gitseal.document.value import TypedValue
from gitseal.errors import Error, NotForYou, Stale
from gitseal.policy.policy import DEFAULT, REFUSE
from gitseal.project.belief import succession
from gitseal.project.belief.trust import Trust
from gitseal.project.key_holders import holders
from gitseal.project.keys import Keys
from gitseal.recipients.kinds import parse_recipient
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath


class GroupKeys:
    """The access groups of one document that is being edited. `puts` and `removes` collect the edits; nothing is written."""

    def __init__(self, before: Document, trust: Trust) -> None:
        self.project, keyring = trust.workspace[:2]
        self._dialogue = keyring.dialogue
        self.document = before
        self.environment = before.header.environment
        self.policy = self.project.policy
        self.keys = Keys(before.header, keyring)
        self.trust = trust
        self.puts: dict[NamePath, Put] = {}
        self.removes: list[NamePath] = []
        self.renames: dict[NamePath, NamePath] = {}
        self.made: set[str] = set()
        self._sealing: dict[str, DataKey | PublicKey] = {}

    def remove(self, path: NamePath) -> None:
        """Takes a name or a section out."""
        self.removes.append(path)

    def put_token(self, path: NamePath, token: Token) -> None:
        """Writes a token where the name has its value."""
        self.puts[path] = Put(token.serialise(), own_line=True)

    def key(self, group: str) -> DataKey | PublicKey:
        """The key to seal with for an access group: its data key, or its public key if no identity opens it.

        A group that the file does not have yet is made, for whom the policy names. Raises Error if the header wraps it
        for someone whom the policy does not name, or if the environment takes no write-only values.
        """
        # Decided once for a change, however many values it seals.
        if group not in self._sealing:
            access = self.document.header.access.get(group)
            self._sealing[group] = self._existing(group) if access is not None else self._missing(group)
        return self._sealing[group]

    def opened_key(self, group: str, way_out: str = "", *, replaced: bool = False) -> DataKey:
        """The data key of an access group, believed and opened. Raises NotForYou if no identity at hand opens it.

        One that is about to be `replaced` may be behind the trusted ref. `way_out` is the hint; without one, it names those
        who could do it.
        """
        header = self.document.header
        (self.trust.replaced_key if replaced else self.trust.key)(header, group)
        key = self.keys.get(group)
        if key is None:
            raise NotForYou(
                f'access group "{group}" in {self.environment} is needed for this, and no identity at hand opens it',
                way_out or f"ask one of: {', '.join(header.access[group].stanzas) or 'nobody is left'}",
            )
        return key

    def use(self, group: str, key: DataKey) -> None:
        """Makes `key` the one that this change seals with from here on."""
        self._sealing[group] = key

    def _opened(self, entry: Entry) -> TypedValue:
        try:
            return document.open_entry(self.document, entry, self.keys)
        except Stale as error:
            raise Stale(
                error.message, f"bring back what lost its data key: gitseal rekey --recover -e {self.environment}"
            ) from None
        except Error as error:
            raise type(error)(
                error.message, f"a new data key needs every value: set or unset {entry.name} first"
            ) from None

    def _existing(self, group: str) -> DataKey | PublicKey:
        self.trust.key(self.document.header, group)
        # A recipient whom the policy does not name could read whatever is sealed from here on.
        self._check_recipients(group)
        self.project.git().notes += self.trust.unmerged_removals(self.document.header, group)
        key = self.keys.get(group)
        if key is not None:
            return key
        if self.policy.environment(self.environment).write_only == REFUSE:
            raise NotForYou(
                f'no identity at hand opens access group "{group}" in {self.environment}, '
                "and the policy takes no write-only values there",
            )
        return self.document.header.access[group].public

    def _missing(self, group: str) -> DataKey:
        """A new group's data key. Raises Error if the file lost one: a new one would lose what is sealed with that.

        A branch may take a group out and bring it in again while the trusted ref has it all along. Nothing is sealed to it here
        by then, and whoever opens the trusted ref's key makes one that follows it. The default group never goes out.
        """
        header = self.document.header
        is_lost = self.trust.lost(header, group)
        if is_lost and group != DEFAULT:
            is_lost = self.trust.predecessor(header, group) is None
        if is_lost or group in self.document.groups_in_use():
            raise Error(
                f'{self.environment} has lost the data key of access group "{group}"',
                f"take the header from the commit before: git log -p -- .secrets/{self.environment}.yaml",
            )
        return self.new_group(group)

    def new_group(self, group: str) -> DataKey:
        """A new data key for an access group, wrapped for everyone whom the policy names; written with the other edits."""
        key = DataKey.generate(self.document.header.scope(group))
        # A group that the trusted ref took out and that comes again: whoever held its last key follows by the proof.
        before = self.trust.predecessor(self.document.header, group)
        self.made.add(group)
        self._put_key(key, before)
        self.wrap(key, self.recipients(group), f"it would open the new access group {group} in {self.environment}")
        return key

    def replace_key(self, group: str, old: DataKey, leaving: set[NamePath], meaning: str) -> None:
        """A new data key for the group; every value that stays is sealed again under it.

        The proof of its origin is written under the trusted key, which is not `old` if that is behind.
        `leaving` are names that the caller sees to. Raises Error for a value that stays and does not open.
        """
        new = DataKey.generate(old.scope)
        before = self.trust.predecessor(self.document.header, group) or old
        block: NamePath = (HEADER, "access", group)
        recipients = self.recipients(group)
        self._put_key(new, before)
        self.wrap(new, recipients, meaning)
        kept = {name for name, _ in recipients}
        # A person who keeps no stanza loses their whole section: an empty one would be left behind otherwise.
        for name, recipient in self.document.header.access[group].wrapped():
            if (name, recipient) not in recipients:
                self.remove((*block, "stanzas", name, recipient) if name in kept else (*block, "stanzas", name))
        self._seal_anew(new, leaving)
        self.use(group, new)
        self.made.add(group)

    def _put_key(self, key: DataKey, before: DataKey | None) -> None:
        """What an access group's header says of a new data key: id, public half, and the proof that it follows `before`."""
        group = key.scope.group
        block = (HEADER, "access", group)
        self.puts[(*block, "key")] = Put(key.key_id, tight=True)
        self.puts[(*block, "public")] = Put(public_text(key.public), tight=True)
        if before is not None:
            self.put_token(succession_path(group), succession.token_of(before, key.public))

    def _seal_anew(self, new: DataKey, leaving: set[NamePath]) -> None:
        """Seals the values of the new key's access group with it, except those that leave."""
        group, here = new.scope.group, self.document
        rows = [row for row in here.rows or () if row[2] == group and (row[0],) not in leaving]
        # Ten thousand values are opened and sealed in one pass; whatever is not of that shape goes one by one below.
        values = bulk.open_rows(here.header, rows, self.keys)
        if values:
            named = ((path[0], value) for path, value in values.items())
            for path, token in zip(values, bulk.seal(new, named), strict=True):
                self.put_token(path, token)
            return
        for path, entry in here.entries.items():
            if entry.token is not None and entry.token.group == group and path not in leaving:
                is_write_only = entry.token.kind == WRITE_ONLY
                self.put_token(path, document.seal(new, path, self._opened(entry), write_only=is_write_only))

    def wrap(self, key: DataKey, recipients: Mapping[tuple[str, str], str], meaning: str) -> None:
        """Wraps a data key for recipients (by name and recipient id), each of them decided on first."""
        for (name, recipient), text in recipients.items():
            # Not even in memory before a yes: a plugin's recipient starts a program that gets the data key.
            if not self.trust.recipient(name, text, meaning):
                continue
            stanza = Stanza.of(key.key_id, parse_recipient(text).wrap(key.reveal(), self._dialogue))
            self.puts[(HEADER, "access", key.scope.group, "stanzas", name, recipient)] = Put(
                stanza.serialise(), own_line=True
            )

    def recipients(self, group: str) -> dict[tuple[str, str], str]:
        """The public keys that the policy gives to an access group, by name and recipient id.

        Raises Error if the policy has no such group here, or none of its people has a key.
        """
        public_keys = holders(self.policy, self.policy.open_to(self.environment, group) or ())
        if not public_keys:
            raise Error(
                f'nobody who may open access group "{group}" in {self.environment} has a key',
                "whoever changes the policy gives one of them a key with gitseal recipient add",
            )
        return public_keys

    def _check_recipients(self, group: str) -> None:
        allowed = self.recipients(group)
        for name, recipient in self.document.header.access[group].wrapped():
            if (name, recipient) not in allowed:
                raise Error(
                    f'"{name}" can open access group "{group}" in {self.environment} with the key {recipient}, '
                    "which the policy does not give them",
                    f"see who gains and loses what: gitseal rekey -e {self.environment} --dry-run",
                )
