"""The decisions of one command about whom to believe when it seals or wraps (docs/format.md, section 7, and SECURITY.md).

age and HPKE do not say who encrypted: anyone who can commit could put a data key of their own, or a recipient, into a
file. So a data key is judged by `rule`, against what the trusted ref has; a recipient is used if it was typed in here, is
confirmed here or stands in the trusted ref's policy; and a person can say yes to either by its exact name. Reading asks
nothing.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import Scope
from gitseal.document.header import Header
from gitseal.errors import Error, Question, Unconfirmed
from gitseal.policy.policy import DEFAULT
from gitseal.project.belief import ways_out
from gitseal.project.belief.facts import headers
from gitseal.project.belief.judging import Judge, Judgement
from gitseal.project.belief.known import known_in
from gitseal.project.belief.losses import Losses
from gitseal.project.belief.rule import Standing
from gitseal.project.belief.trusted import TrustedState
from gitseal.project.workspace import Workspace
from gitseal.recipients.cloud_text import is_cloud_key, place_of
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient, recipient_id_of
from gitseal.yamltext.tree import NamePath

# A removal that nobody touched for longer than that many branches is no news.
_MOST_BRANCHES = 100


class Trust:
    """The beliefs of one command in a workspace.

    Questions are collected; `settle` raises them all at once, before anything is written. `remember` writes down what
    was met, after the files are in place.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._project, self._keyring, self._accept = workspace[:3]
        project = workspace.project
        self._known = known_in(project.git())
        self._trusted = TrustedState(project)
        self._judge = Judge(workspace, self._known, self._trusted)
        self._questions: dict[tuple[str, str], Question] = {}

    def judge(self, header: Header, group: str) -> Judgement:
        """The standing of a group's data key. Asks nobody and refuses nothing."""
        return self._judge.judge(header, group)

    def open(self, header: Header, group: str, key_id: str) -> DataKey | None:
        """A data key that a group has or had, by any stanza of it that history has; None if none opens."""
        return self._judge.open(header, group, key_id)

    def block(self, header: Header, group: str, key_id: str) -> Header | None:
        """The header as it was when a group had a data key, with that group alone; None if history has no such block."""
        return self._judge.block(header, group, key_id)

    def predecessor(self, header: Header, group: str) -> DataKey | None:
        """The data key under which a new one proves where it comes from. See `Judge.predecessor`."""
        return self._judge.predecessor(header, group)

    def key(self, header: Header, group: str) -> None:
        """Decides on the data key of an access group before anything is sealed under it.

        Raises Error for one that is behind the trusted ref, with the way out.
        """
        judged = self.judge(header, group)
        if judged.verdict.standing is Standing.BEHIND:
            raise self._refusal(header, group, judged)
        self._take(header, group, judged)

    def replaced_key(self, header: Header, group: str) -> None:
        """Decides on a data key whose values are about to be sealed under a new one: it may be behind, but not unknown."""
        judged = self.judge(header, group)
        if judged.verdict.standing is not Standing.BEHIND:
            self._take(header, group, judged)

    def source(self, header: Header, group: str, into: Iterable[Header] = ()) -> bool:
        """Decides on the data key of a value that is to be sealed anew. The file may have lost that key.

        True for one that seals. False for one that is behind, or that a key of `into` replaced: whoever held it, former
        members too, can have made the value, so a person has to choose it. One that this clone never met is asked about.
        """
        judged = self.judge(header, group)
        if judged.verdict.standing is Standing.ASK:
            self._take(header, group, judged)
        proofs, key = self._judge.proofs_of(header, group), header.access[group].key_id
        later = [head.access[group].key_id for head in into if group in head.access and head.id == header.id]
        return judged.seals and not any(proofs.succeeds(other, key) for other in later)

    def lost(self, header: Header, group: str) -> bool:
        """True if a file lost the data key of a group that it had: a new one would make what is sealed there stale."""
        if self._trusted.past(header, group).tip:
            return True
        memory = self._known.memory(header.scope(group))
        return group == DEFAULT and bool(memory.current or memory.met or memory.made or memory.accepted)

    def recipient(self, name: str, key: str, meaning: str) -> bool:
        """Decides on one public key of a person before a data key is wrapped for it; False if a person is to be asked.

        `meaning` says what a yes would open to it. What the trusted ref confirms is not remembered here, so that a
        recipient who is taken out there is new again.
        """
        canonical = parse_recipient(key).canonical
        recipient = recipient_id(canonical)
        if canonical in self._own:
            return True
        # A yes of before would outlive the trusted ref's: somebody who is taken out there would still be confirmed here.
        if canonical in self._trusted_keys(name):
            self._known.forget(recipient, name)
            return True
        if self._known.has_met(recipient, name) or self._accept & {key, canonical}:
            self._known.meet(recipient, name)
            return True
        # Last, for the keychain costs time.
        if any(identity.recipient == canonical for identity in self._keyring.everywhere()):
            return True
        # The text of a cloud key fills a screen, and the option has it whole.
        shown = place_of(canonical) if is_cloud_key(canonical) else canonical
        self._ask(
            Question(
                canonical,
                f"--accept-recipient '{canonical}'",
                f"{name} with the key {shown} is new to this clone: {meaning}",
            ),
            name,
        )
        return False

    def forget(self, name: str, recipient_id: str) -> None:
        """Takes the confirmation of a recipient back, which is then as new as any other."""
        self._known.forget(recipient_id, name)

    def forget_person(self, name: str) -> None:
        """Takes back the confirmations of all of a person's recipients."""
        self._known.forget_person(name)

    def is_plain(self, header: Header, path: NamePath) -> bool:
        """True if a person in this clone, or the trusted ref's policy, said that a name may be plain.

        The policy at hand is not enough: a branch could make a name plain before its value is set.
        """
        if self._known.is_plain(_plain_name(header, path)):
            return True
        policy = self._trusted.policy
        return policy is not None and policy.is_plain(header.environment, path)

    def let_plain(self, header: Header, path: NamePath) -> None:
        """Takes a person's word that a name may be plain."""
        self._known.let_plain(_plain_name(header, path))

    def confirm(self, name: str, key: str) -> None:
        """Takes a person's typing of a recipient in this clone as the confirmation of it."""
        self._known.meet(recipient_id_of(key), name)

    def made_here(self, header: Header, group: str) -> None:
        """Believes a data key that this very command made."""
        scope, access = header.scope(group), header.access[group]
        self._known.make(scope, access.key_id)
        if access.succeeds is not None:
            self._known.prove(scope, access.key_id, access.succeeds.key_id)
        self._known.keep_stanzas(scope, access)

    @cached_property
    def losses(self) -> Losses:
        """The people who could ever open a key, here and on other refs."""
        return Losses(self._project, self._trusted, self._known)

    def unmerged_removals(self, header: Header, group: str) -> list[str]:
        """A sentence about each person whom a branch of this clone removes, and who still opens a group here.

        Only for keys that this clone made: what others have on their branches is no news here.
        """
        scope, access = header.scope(group), header.access[group]
        proofs = self._judge.proofs_of(header, group)
        losses = []
        for made in sorted(self._known.memory(scope).made):
            kept = self._known.stanzas(scope, made)
            gone = sorted({name for name, recipient in access.wrapped() if recipient not in kept}) if kept else []
            branch = self._branch_with(header, group, made) if gone and proofs.succeeds(made, access.key_id) else ""
            if branch:
                who = ", ".join(gone)
                verb = "opens" if len(gone) == 1 else "open"
                losses.append(
                    f"{who} still {verb} {scope.environment} here: {branch}, which removes {who}, is not merged"
                )
        return losses

    def settle(self) -> None:
        """Raises Unconfirmed with everything that is still to be confirmed, Error if it could not be remembered."""
        if self._questions:
            raise Unconfirmed(tuple(self._questions.values()))
        self._known.check_writable()

    def remember(self) -> None:
        """Writes down what was met. The caller holds the lock."""
        self._known.save()
        self._trusted.save()

    def remember_claims(self) -> None:
        """Writes down who claims what, for the time after a branch is deleted. If that fails, it is told again the next time."""
        with suppress(Error, OSError):
            self.remember()

    def _take(self, header: Header, group: str, judged: Judgement) -> None:
        """Remembers a key that seals, and asks about any other."""
        scope, access = header.scope(group), header.access[group]
        if not judged.seals:
            about = judged.verdict.about
            self._ask(Question(about, f"--accept-key {about}", self._meaning(scope, judged)))
            return
        if judged.settled.current:
            self._known.settle(scope, judged.settled.current, self._trusted.short_commit)
        if access.key_id in self._accept:
            self._known.accept(scope, access.key_id, judged.settled.current)
        self._known.keep_stanzas(scope, access)

    def _meaning(self, scope: Scope, judged: Judgement) -> str:
        """The question about a data key, with what speaks against it."""
        about, settled = judged.verdict.about, judged.settled
        against = ""
        if settled.is_forked:
            against = (
                f", and {self._trusted.name} has had another key that succeeds the one this clone knows, "
                "from which it does not come"
            )
        elif about == settled.tip and settled.current:
            seen = self._known.seen_at(scope)
            against = (
                f", and nothing proves that it succeeds the one this clone knows: {self._trusted.name} had "
                f"{settled.current}{f' ({seen})' if seen else ''}, now has {about}"
            )
        elif judged.past.is_dropped:
            against = f", and {self._trusted.name} has taken the one before it out"
        elif settled.current:
            against = ", and nothing proves that it succeeds the one this clone knows"
        elif self._known.knows_another_file(scope) or self._trusts_another_file(scope):
            against = ", and it is in another file of that name than the one this clone knows"
        elif settled.tip:
            against = (
                f", and another that {self._trusted.name} has had says that it replaced this one, "
                "which no identity at hand can check"
            )
        elif not self._trusted.ref and self._project.git().remotes():
            against = ", and this clone trusts no branch of its remote yet, which is set up by: gitseal init"
        return (
            f'the data key {about} of access group "{scope.group}" in {scope.environment} is new to this clone{against}'
        )

    def _refusal(self, header: Header, group: str, judged: Judgement) -> Error:
        repository = self._project.git()
        head_seals = not repository.is_merging() and self._judge.head_seals(header, group)
        return ways_out.refusal(
            header.scope(group),
            judged.past,
            judged.settled,
            self._trusted,
            head_seals=head_seals,
            is_shallow=repository.is_shallow(),
        )

    def _branch_with(self, header: Header, group: str, key: str) -> str:
        """A branch whose file has a data key; empty if none has it any more."""
        path = self._project.relative(self._project.path(header.environment))
        for ref in self._project.git().branches()[:_MOST_BRANCHES]:
            data = self._project.git().file(ref, path)
            if any(group in there.access and there.access[group].key_id == key for there in headers(data or b"")):
                return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
        return ""

    def _ask(self, question: Question, name: str = "") -> None:
        # One key under two names is two questions: a yes to the one shown would count for both.
        self._questions[question.exact, name] = question

    @cached_property
    def _own(self) -> frozenset[str]:
        return frozenset(identity.recipient for identity in self._keyring.identities() if identity.recipient)

    def _trusted_keys(self, name: str) -> frozenset[str]:
        """The keys that the trusted ref's policy gives to this very person."""
        policy = self._trusted.policy
        if policy is None or name not in policy.recipients:
            return frozenset()
        return frozenset(parse_recipient(key).canonical for key in policy.recipients[name].keys)

    def _trusts_another_file(self, scope: Scope) -> bool:
        header = self._trusted.header(scope.environment)
        return header is not None and header.id != scope.file_id


def _plain_name(header: Header, path: NamePath) -> str:
    return "/".join((header.id, *path))
