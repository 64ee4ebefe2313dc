"""What a publication will do, name by name, from what is wanted and what is there. It asks nothing and writes nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence

from gitseal.delivery.publishing import mark
from gitseal.delivery.publishing.mark import Mark
from gitseal.delivery.publishing.recorded import Recorded
from gitseal.hidden import SecretBytes
from gitseal.records import Enum, NamedTuple
from gitseal.stores.protocol import Edit, Live

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.crypto.composed_key import MarkKey


class Desired(NamedTuple):
    """A value that a store is to have, and the key of its mark; None if the publisher has no data key for it."""

    value: SecretBytes
    key: "MarkKey | None"


class Publisher(NamedTuple):
    """Who publishes: the file id of the environment, the target's name, and the commit.

    `former` are ids of files of ours that published there before: of an environment that is gone. `others` are
    the other targets of the policy: what one of them put there is not ours.
    """

    file_id: str
    target: str
    commit: str
    former: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def mark_of(self, name: str, desired: Desired) -> Mark:
        """The mark of a value."""
        return mark.make(Mark(self.file_id, self.target, self.commit, "", ""), name, *desired)


class MarkVerdict(Enum):
    """What the mark of a live value shows.

    OURS: the value is what we put there at the mark's commit. BY_HAND: it is another one, or the mark is. UNPROVEN: the
    commit is not here, or does not open. UNMARKED: it was never put there by `publish`, or anybody could have made its mark,
    or its entry in the record: then the commit counts for nothing. FOREIGN: another publisher's.
    """

    OURS = "ours"
    BY_HAND = "changed there"
    UNPROVEN = "unproven"
    UNMARKED = "unmarked"
    FOREIGN = "foreign"


class PublishAction(Enum):
    """What a publication does with a name."""

    CREATE = "create"
    CHANGE = "change"
    REMOVE = "remove"
    LEAVE = "leave"
    SAME = "unchanged"


class PublishStep(NamedTuple):
    """One name: what is done with it, why in words if that does not go without saying, and the version that is there now.

    `commit` is the one that put what is there, empty if none of ours did. `is_gone`: the value there is ours, and the environment
    has the name no more. `untold`: why this clone cannot tell whose value is there, empty if it can. `is_keyed`: its mark was
    made with a data key. `marks_again`: an unchanged value is written once more, for its mark.
    """

    name: str
    action: PublishAction
    note: str = ""
    version: str = ""
    verdict: MarkVerdict | None = None
    commit: str = ""
    is_gone: bool = False
    untold: str = ""
    is_keyed: bool = False
    marks_again: bool = False

    @property
    def is_written(self) -> bool:
        """True if a value is written under the name."""
        return self.action in _WRITTEN or self.marks_again


class PublishPlan(NamedTuple):
    """The steps, sorted by name; `refused` are names that stop it, each with the reason.

    `is_foreign`: another publisher writes there.
    """

    steps: tuple[PublishStep, ...]
    refused: tuple[tuple[str, str], ...] = ()
    is_foreign: bool = False

    def edits(self, desired: Mapping[str, Desired], publisher: Publisher) -> list[Edit]:
        """What is to be written, in the order of the steps; removals last, so that a stop in between leaves more and not less."""
        written: list[Edit] = []
        for step in self.steps:
            if step.is_written:
                wanted = desired[step.name]
                written.append(Edit(step.name, wanted.value, publisher.mark_of(step.name, wanted).text(), step.version))
        removed = (step for step in self.steps if step.action is PublishAction.REMOVE)
        return [*written, *(Edit(step.name, None, "", step.version) for step in removed)]

    def counts(self) -> dict[str, int]:
        """How many names each action has, in the order in which they are told."""
        return {action.value: sum(step.action is action for step in self.steps) for action in PublishAction}

    @property
    def is_drift(self) -> bool:
        """True if what is there is not what this publication wants there."""
        return bool(self.refused) or any(
            not step.untold and (step.action in _DRIFT or step.is_gone) for step in self.steps
        )


_WRITTEN = (PublishAction.CREATE, PublishAction.CHANGE)
_DRIFT = (PublishAction.CREATE, PublishAction.CHANGE, PublishAction.REMOVE)
BY_HAND = "changed there by hand"
NEVER_OURS = "never put there by gitseal"
_NO_PROOF = "its mark proves nothing here"

KeyAt = Callable[[Mark, str], "MarkKey | None"]
"""The key that a mark names, if a mark of this name and commit has that key, and it opens here; else None."""


class PublishRules(NamedTuple):
    """What a person or the policy allowed: names that are gone are removed, unmarked values are taken over."""

    prunes: bool = False
    adopts: bool = False


class Seen(NamedTuple):
    """One name as a store has it, with what was recorded of it; `recorded` is None if the store keeps its marks itself."""

    name: str
    live: Live
    recorded: Recorded | None
    known: Mark | None


def plan(
    publisher: Publisher,
    desired: Mapping[str, Desired],
    live: Mapping[str, Live],
    key_at: KeyAt,
    rules: PublishRules,
    held: Collection[str] = (),
    records: Mapping[str, Recorded] | None = None,
) -> PublishPlan:
    """The steps from `live` to `desired`. `held` are names that are in the environment and do not go out now: they stay.

    A value that is there without our mark is not overwritten unless `rules` adopt it, and never removed. A mark of another
    publisher anywhere in the place stops all of it. With `records` the marks are those, whatever the store says.
    """
    steps: list[PublishStep] = []
    refused: list[tuple[str, str]] = []
    is_foreign = False
    for name in sorted({*desired, *live}):
        if name not in live:
            steps.append(PublishStep(name, PublishAction.CREATE))
            continue
        recorded = records.get(name, Recorded("")) if records is not None else None
        known = mark.parse(live[name].mark if recorded is None else recorded.mark)
        seen, wanted = Seen(name, live[name], recorded, known), desired.get(name)
        verdict = judge(publisher, seen, wanted, key_at)
        if verdict is MarkVerdict.FOREIGN:
            assert known is not None  # noqa: S101 - only a mark is foreign
            is_foreign = True
            refused.append((name, f"is of another publisher: target {known.target}, file {known.publisher}"))
        elif wanted is None:
            steps.append(_unwanted(name, seen.live, verdict, rules, is_held=name in held))
        elif verdict is MarkVerdict.UNMARKED and not rules.adopts:
            refused.append((name, NOT_OURS if known is None else NOT_PROVEN))
        else:
            steps.append(_wanted(seen, wanted, verdict, key_at))
        is_believed = known is not None and verdict is not MarkVerdict.UNMARKED
        if known is not None and is_believed and steps and steps[-1].name == name:
            steps[-1] = steps[-1]._replace(commit=known.commit, is_keyed=bool(known.key))
    return PublishPlan(tuple(steps), tuple(refused), is_foreign)


NOT_OURS = "is there already, and gitseal did not put it there"
NOT_PROVEN = "is there already, and nothing here proves that gitseal put it there"


def judge(publisher: Publisher, seen: Seen, wanted: Desired | None, key_at: KeyAt) -> MarkVerdict:
    """What the mark of a live value shows about it."""
    known = seen.known
    if known is None:
        return MarkVerdict.UNMARKED
    is_known = known.publisher == publisher.file_id or known.publisher in publisher.former
    is_ours = is_known and known.target not in publisher.others
    key = key_at(known, seen.name) if known.key and is_ours else None
    if seen.recorded is not None:
        # Whoever can push the record's ref can write anything into it, also an entry of another publisher.
        return _by_record(seen, seen.recorded, key)
    if not is_ours:
        return MarkVerdict.FOREIGN
    if not known.key:
        return _by_digest(seen, known, wanted)
    return _by_value(seen, known, wanted, key) if key is not None else MarkVerdict.UNPROVEN


def _by_digest(seen: Seen, known: Mark, wanted: Desired | None) -> MarkVerdict:
    """The verdict by a mark that needs no key: anybody can make it, so nothing is overwritten or removed because of one."""
    if wanted is None or not known.proves(seen.name, wanted.value, None):
        return MarkVerdict.UNMARKED
    is_there = seen.live.value == wanted.value if seen.live.value is not None else wanted.key is None
    return MarkVerdict.OURS if is_there else MarkVerdict.UNMARKED


def _by_value(seen: Seen, known: Mark, wanted: Desired | None, key: "MarkKey") -> MarkVerdict:
    """The verdict by what the store keeps beside the mark."""
    if seen.live.value is not None:
        return MarkVerdict.OURS if known.proves(seen.name, seen.live.value, key) else MarkVerdict.BY_HAND
    # The store gives no value back. A mark that proves the wanted one says that it was put there, and no other can be tried.
    is_wanted = wanted is not None and known.proves(seen.name, wanted.value, key)
    return MarkVerdict.OURS if is_wanted else MarkVerdict.UNPROVEN


def _by_record(seen: Seen, recorded: Recorded, key: "MarkKey | None") -> MarkVerdict:
    """The verdict by what was recorded: the version of the store is all that tells of a write by somebody else."""
    if not recorded.is_proven(seen.name, key):
        return MarkVerdict.UNMARKED
    if not recorded.version:
        return MarkVerdict.UNPROVEN
    return MarkVerdict.OURS if recorded.version == seen.live.version else MarkVerdict.BY_HAND


def _is_equal(seen: Seen, wanted: Desired, verdict: MarkVerdict, key_at: KeyAt) -> bool:
    """True if what is there is the wanted value, as far as the store or its mark can tell."""
    if seen.live.value is not None:
        return seen.live.value == wanted.value
    if verdict is not MarkVerdict.OURS or seen.known is None:
        return False
    key = key_at(seen.known, seen.name) if seen.known.key else None
    return seen.known.proves(seen.name, wanted.value, key)


def _wanted(seen: Seen, wanted: Desired, verdict: MarkVerdict, key_at: KeyAt) -> PublishStep:
    name, live = seen.name, seen.live
    is_equal = _is_equal(seen, wanted, verdict, key_at)
    if is_equal and verdict is MarkVerdict.OURS:
        return PublishStep(name, PublishAction.SAME, "", live.version, verdict)
    notes = {
        MarkVerdict.BY_HAND: BY_HAND if not is_equal else "its mark was changed there",
        MarkVerdict.UNPROVEN: _NO_PROOF,
        MarkVerdict.UNMARKED: "taken over",
    }
    return PublishStep(name, PublishAction.CHANGE, notes.get(verdict, ""), live.version, verdict)


def _unwanted(name: str, live: Live, verdict: MarkVerdict, rules: PublishRules, *, is_held: bool) -> PublishStep:
    if is_held:
        return PublishStep(name, PublishAction.LEAVE, "waits for a member to take it over", live.version, verdict)
    if verdict is MarkVerdict.UNMARKED:
        return PublishStep(name, PublishAction.LEAVE, NEVER_OURS, live.version, verdict)
    if verdict is not MarkVerdict.OURS:
        why = BY_HAND if verdict is MarkVerdict.BY_HAND else _NO_PROOF
        return PublishStep(
            name, PublishAction.LEAVE, f"no longer in the environment, and not removed: {why}", live.version, verdict
        )
    if rules.prunes:
        return PublishStep(name, PublishAction.REMOVE, "", live.version, verdict, is_gone=True)
    note = "no longer in the environment; --prune removes it"
    return PublishStep(name, PublishAction.LEAVE, note, live.version, verdict, is_gone=True)


def of_ours(steps: Sequence[PublishStep]) -> list[PublishStep]:
    """Those whose names we put there, as far as their marks say."""
    return [step for step in steps if step.verdict in _OURS]


_OURS = (MarkVerdict.OURS, MarkVerdict.BY_HAND, MarkVerdict.UNPROVEN)


def live_commits(steps: Sequence[PublishStep]) -> list[str]:
    """The commits that put what is there, each once."""
    return list(dict.fromkeys(step.commit for step in steps if step.commit))
