"""Judging one data key: the rule, over what the trusted ref has, what this clone remembers, and what can be proved."""

from gitseal.crypto.datakey import DataKey
from gitseal.document.header import Header
from gitseal.errors import NotForYou
from gitseal.project.belief import rule
from gitseal.project.belief.facts import headers
from gitseal.project.belief.known import Known
from gitseal.project.belief.proofs import Opener, Proofs
from gitseal.project.belief.rule import KeyVerdict, Memory, Past, Settled, Standing
from gitseal.project.belief.trusted import TrustedState
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from gitseal.crypto.public_key import Scope

    T = TypeVar("T")


class Judgement(NamedTuple):
    """A verdict about one data key, with what it rests on."""

    verdict: KeyVerdict
    settled: Settled
    past: Past

    @property
    def seals(self) -> bool:
        """True if values may be sealed under the key."""
        return self.verdict.standing is Standing.SEALS


class Judge:
    """Judges the data keys of a workspace, each once. What is proved on the way is remembered in `known`."""

    def __init__(self, workspace: Workspace, known: Known, trusted: TrustedState) -> None:
        self._project, self._keyring, self._accept = workspace[:3]
        self._known = known
        self._trusted = trusted
        self._proofs: dict[Scope, Proofs] = {}
        self._judged: dict[tuple[Scope, str], Judgement] = {}

    def judge(self, header: Header, group: str) -> Judgement:
        """The standing of a group's data key. Asks nobody and refuses nothing."""
        scope, key = header.scope(group), header.access[group].key_id
        proofs = self.proofs_of(header, group)
        if (scope, key) not in self._judged:
            judged = self._judged_by(proofs, header, group)
            # The proof may lie on a branch of somebody else's. To look for it is slow, and most keys need none.
            if not judged.seals and not proofs.has_looked_everywhere:
                proofs.look_everywhere()
                judged = self._judged_by(proofs, header, group)
            self._judged[scope, key] = judged
        return self._judged[scope, key]

    def predecessor(self, header: Header, group: str) -> DataKey | None:
        """The data key under which a new one proves where it comes from: C, so that every clone that believes C can follow.

        It is not the branch's own key: a squash would lose that step. None if the group has no key yet. Raises NotForYou if
        no identity at hand opens it.
        """
        has_key = group in header.access
        current = self.judge(header, group).settled.current if has_key else self._current(header, group)
        proofs = self.proofs_of(header, group)
        key = self.open(header, group, current) if current else None
        # A newcomer may open the branch's key and not C, which was wrapped before they came. The step by way of it holds too.
        if key is None and has_key and (not current or self.judge(header, group).seals):
            key = proofs.open(header.access[group].key_id)
        if key is None and has_key:
            raise NotForYou(
                f'access group "{group}" in {header.environment} has to be opened as {self._trusted.name} has it, '
                "and no identity at hand does",
            )
        return key

    def open(self, header: Header, group: str, key_id: str) -> DataKey | None:
        """A data key that a group has or had, by any stanza of it that history has; None if none opens."""
        proofs = self.proofs_of(header, group)
        return _first_or_everywhere(proofs, lambda: proofs.open(key_id))

    def block(self, header: Header, group: str, key_id: str) -> Header | None:
        """The header as it was when a group had a data key, with that group alone; None if history has no such block."""
        proofs = self.proofs_of(header, group)
        access = _first_or_everywhere(proofs, lambda: proofs.access(key_id))
        return header._replace(access={group: access}) if access is not None else None

    def head_seals(self, header: Header, group: str) -> bool:
        """True if the file of HEAD has a key that seals, so that only the working tree is behind."""
        path = self._project.relative(self._project.path(header.environment))
        data = self._project.git().file("HEAD", path)
        at_head = (there for there in headers(data or b"") if there.id == header.id and group in there.access)
        return any(self.judge(there, group).seals for there in at_head)

    def proofs_of(self, header: Header, group: str) -> Proofs:
        """The succession of a group's keys, with the claim of this header too."""
        scope = header.scope(group)
        if scope not in self._proofs:
            opener = Opener(self._project.git(), self._keyring, self._known)
            self._proofs[scope] = Proofs(scope, opener, lambda: self._trusted.everywhere)
            self._proofs[scope].add_rows((*self._trusted.earlier, *self._trusted.rows))
        self._proofs[scope].add_header(header)
        return self._proofs[scope]

    def _judged_by(self, proofs: Proofs, header: Header, group: str) -> Judgement:
        scope, key = header.scope(group), header.access[group].key_id
        past = self._trusted.past(header, group)
        memory = self._known.memory(scope)._replace(answers=self._accept)
        settled = self._settled(proofs, scope, past, memory)
        return Judgement(rule.decide(key, past, memory, settled, proofs.succeeds), settled, past)

    def _settled(self, proofs: Proofs, scope: "Scope", past: Past, memory: Memory) -> Settled:
        is_first = not memory.current and not memory.met
        # A file with an id of its own in the place of one that is known here is as new as any key. And whoever cannot open the
        # tip's key cannot see that it was brought back, so a mere claim is enough to ask.
        is_doubtful = is_first and (
            self._known.knows_another_file(scope) or proofs.may_be_replaced(past.tip, past.held)
        )
        return rule.settle(past, memory, proofs.succeeds, is_doubtful=is_doubtful)

    def _current(self, header: Header, group: str) -> str:
        """C of a group that the file at hand has no key of."""
        scope = header.scope(group)
        memory, past = self._known.memory(scope), self._trusted.past(header, group)
        return self._settled(self.proofs_of(header, group), scope, past, memory).current


def _first_or_everywhere(proofs: Proofs, find: "Callable[[], T | None]") -> "T | None":
    """The thing looked for in the trusted ref's history, else in all refs: that takes longer, and is rarely needed."""
    there = find()
    if there is None and not proofs.has_looked_everywhere:
        proofs.look_everywhere()
        there = find()
    return there
