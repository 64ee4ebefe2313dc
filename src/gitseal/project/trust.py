"""Whom this clone believes when it seals or wraps (docs/format.md, section 7, and SECURITY.md).

age and HPKE do not say who encrypted: anyone who can commit could put a data key of their own, or a recipient, into a
file. So a key or recipient is used only if it was made here, is known here, is unchanged from the trusted ref, succeeds
a known key by proof, or a person says yes to it by its exact name. Reading asks nothing.
"""

from functools import cached_property

from gitseal.crypto.public_key import Scope
from gitseal.document import document
from gitseal.document.header import Access, Header
from gitseal.errors import Error, Malformed, Question, Unconfirmed, UnknownVersion
from gitseal.policy import parser
from gitseal.policy.policy import DEFAULT, Policy
from gitseal.project import history, succession
from gitseal.project.known_keys import Known
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.yamltext.tree import NamePath


class Trust:
    """The decisions of one command in a workspace.

    Questions are collected; `settle` raises them all at once, before anything is written. `remember` writes down what
    was met, after the files are in place.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._project, self._keyring, self._accept = workspace
        self._known = Known(workspace.project.git().common_dir() / "gitseal" / "known")
        self._questions: dict[str, Question] = {}
        self._trusted_headers: dict[str, Header | None] = {}

    def key(self, header: Header, group: str) -> None:
        """Decides on the data key of an access group before anything is sealed under it.

        Raises Error for one that was retired: it never comes back.
        """
        access = header.access[group]
        scope = header.scope(group)
        accepted = self._known.accepted(scope)
        if self._known.is_retired(scope, access.key_id):
            if accepted in history.blocks(self._project, header, group):
                raise Error(
                    f'the data key of access group "{group}" in {header.environment} was replaced earlier and has come back',
                    f"see who brought it: git log -p -- .secrets/{header.environment}.yaml",
                )
            # What replaced it was never committed or staged: that rekey was undone in this clone.
            self._known.restore(scope, access)
            accepted = access.key_id
        if (
            accepted == access.key_id
            or access.key_id in self._accept
            or self._succeeds(header, group, accepted)
            or (not accepted and self._is_trusted(scope, access.key_id))
        ):
            self._known.accept(scope, access)
        else:
            self._ask(Question(access.key_id, f"--accept-key {access.key_id}", self._meaning(scope, access, accepted)))

    def source(self, header: Header, group: str) -> bool:
        """Decides on a data key that a value is sealed with which is to be sealed anew, and whose key the file may have lost.

        True if it is believed, or proves that it succeeds one that was. False for one that was retired: whoever held it,
        former members too, can have made the value, so a person has to choose it. One that this clone never met is asked for.
        """
        access, scope = header.access[group], header.scope(group)
        accepted = self._known.accepted(scope)
        if self._known.is_retired(scope, access.key_id):
            return False
        if (
            access.key_id in {accepted, *self._accept}
            or self._succeeds(header, group, accepted)
            or self._is_trusted(scope, access.key_id)
            or self._succeeds_retired(header, group)
        ):
            return True
        self._ask(Question(access.key_id, f"--accept-key {access.key_id}", self._meaning(scope, access, accepted)))
        return False

    def _succeeds_retired(self, header: Header, group: str) -> bool:
        """True if a key proves that it succeeds a retired one: two branches replaced the same key, and one of them won."""
        scope = header.scope(group)
        before = history.blocks(self._project, header, group)
        return any(
            succession.leads_back(
                self._project, header, group, succession.Believed(key_id, access.by_recipient()), self._keyring
            )
            for key_id, access in before.items()
            if self._known.is_retired(scope, key_id)
        )

    def _meaning(self, scope: Scope, access: Access, accepted: str) -> str:
        """What a person is to know before they believe a data key, with what speaks against it."""
        against = ""
        if accepted:
            against = ", and nothing proves that it succeeds the one this clone knows"
        elif self._known.knows_another_file(scope) or self._trusts_another_file(scope):
            against = ", and it is in another file of that name than the one this clone knows"
        return (
            f'the data key {access.key_id} of access group "{scope.group}" in {scope.environment} is new to this clone'
            f"{against}"
        )

    def recipient(self, name: str, key: str, meaning: str) -> bool:
        """Decides on one public key of a person before a data key is wrapped for it; False if a person is to be asked.

        `meaning` says what a yes would open to it. What the trusted ref confirms is not remembered here, so that a
        recipient who is taken out there is new again.
        """
        canonical = parse_recipient(key).canonical
        found = recipient_id(canonical)
        if canonical in self._own:
            return True
        if canonical in self._trusted_keys(name):
            self._known.forget(found, name)
            return True
        if self._known.has_met(found, name) or self._accept & {key, canonical}:
            self._known.meet(found, name)
            return True
        self._ask(
            Question(
                canonical,
                f"--accept-recipient '{canonical}'",
                f"{name} with the key {canonical} is new to this clone: {meaning}",
            )
        )
        return False

    def forget(self, name: str, recipient_id: str) -> None:
        """Takes the confirmation of a recipient back, who is then as new as anyone else."""
        self._known.forget(recipient_id, name)

    def forget_person(self, name: str) -> None:
        """Takes back the confirmations of all of a person's recipients."""
        self._known.forget_person(name)

    def lost(self, header: Header, group: str) -> bool:
        """True if a file that has no data key for a group had one: a new one would make what is sealed there stale."""
        scope = header.scope(group)
        if not self._known.accepted(scope):
            return False
        trusted = self._trusted_header(scope.environment)
        return group == DEFAULT or (trusted is not None and trusted.id == header.id and group in trusted.access)

    def is_plain(self, header: Header, path: NamePath) -> bool:
        """True if a name may stand plain by a person's word in this clone, or by the trusted ref's policy.

        The policy at hand is not enough: a branch could make a name plain before its value is set.
        """
        if self._known.is_plain(_plain_name(header, path)):
            return True
        policy = self._trusted_policy
        return policy is not None and policy.is_plain(header.environment, path)

    def let_plain(self, header: Header, path: NamePath) -> None:
        """Takes a person's word that a name may stand plain."""
        self._known.let_plain(_plain_name(header, path))

    def confirm(self, name: str, key: str) -> None:
        """Takes a person's typing of a recipient in this clone as the confirmation of it."""
        self._known.meet(recipient_id(parse_recipient(key).canonical), name)

    def made_here(self, header: Header, group: str) -> None:
        """Believes a data key that this very command made."""
        self._known.accept(header.scope(group), header.access[group])

    def settle(self) -> None:
        """Raises Unconfirmed with everything that is still to be confirmed, Error if it could not be remembered."""
        if self._questions:
            raise Unconfirmed(tuple(self._questions.values()))
        self._known.check_writable()

    def remember(self) -> None:
        """Writes down what was met. The caller holds the lock."""
        self._known.save()

    def _ask(self, question: Question) -> None:
        self._questions[question.exact] = question

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(identity.recipient for identity in self._keyring.identities() if identity.recipient)

    @cached_property
    def _ref(self) -> str:
        return self._project.git().trusted_ref()

    @cached_property
    def _trusted_policy(self) -> Policy | None:
        data = self._trusted_file("policy")
        try:
            return parser.parse(data) if data is not None else None
        except (Malformed, UnknownVersion):
            return None

    def _trusted_keys(self, name: str) -> frozenset[str]:
        """The keys that the trusted ref's policy gives to this very person."""
        policy = self._trusted_policy
        if policy is None or name not in policy.recipients:
            return frozenset()
        return frozenset(parse_recipient(key).canonical for key in policy.recipients[name].keys)

    def _trusted_header(self, environment: str) -> Header | None:
        if environment not in self._trusted_headers:
            self._trusted_headers[environment] = self._read_trusted_header(environment)
        return self._trusted_headers[environment]

    def _read_trusted_header(self, environment: str) -> Header | None:
        data = self._trusted_file(environment)
        if data is None:
            return None
        # Mostly the file has not changed since, and was read already.
        known = self._project.known(environment, data)
        try:
            return (known or document.parse(data)).header
        except (Malformed, UnknownVersion):
            return None

    def _trusted_file(self, stem: str) -> bytes | None:
        if not self._ref:
            return None
        path = self._project.relative(self._project.folder / f"{stem}.yaml")
        return self._project.git().file(self._ref, path)

    def _trusts_another_file(self, scope: Scope) -> bool:
        header = self._trusted_header(scope.environment)
        return header is not None and header.id != scope.file_id

    def _is_trusted(self, scope: Scope, key_id: str) -> bool:
        header = self._trusted_header(scope.environment)
        if header is None or header.id != scope.file_id or scope.group not in header.access:
            return False
        return header.access[scope.group].key_id == key_id

    def _succeeds(self, header: Header, group: str, accepted: str) -> bool:
        """True if the header proves that its key succeeds one that this clone believes, and that this caller held."""
        scope = header.scope(group)
        believed = succession.Believed(accepted, self._known.stanzas(scope))
        if not accepted:
            trusted = self._trusted_header(header.environment)
            if trusted is None or trusted.id != header.id or group not in trusted.access:
                return False
            believed = succession.Believed(trusted.access[group].key_id, trusted.access[group].by_recipient())
        return succession.leads_back(self._project, header, group, believed, self._keyring)


def _plain_name(header: Header, path: NamePath) -> str:
    return "/".join((header.id, *path))
