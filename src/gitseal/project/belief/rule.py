"""The rule by which a data key is believed. It knows no Git, no files and no cryptography, so a test can try all of it.

C is the data key that the trusted ref's tip holds and this clone believes. A key seals if it is C or proves, step by
step, that it succeeds C. It is behind if the trusted ref went on from it. Everything else is a person's to answer.
"""

from collections.abc import Callable, Mapping
from enum import Enum

from gitseal.records import NamedTuple

Succeeds = Callable[[str, str], bool]
"""Says if the first key succeeds the second, in one step or several, each of them proved."""


class Standing(Enum):
    """The use of a key: it seals, it is behind (the branch has to follow the trusted ref first), or a person is asked."""

    SEALS = "seals"
    BEHIND = "behind"
    ASK = "ask"


class Past(NamedTuple):
    """The trusted ref's word on one access group of one file: its key at the tip, and all it ever held, oldest first.

    `tip` is empty if the tip has no such file or group.
    """

    tip: str = ""
    held: tuple[str, ...] = ()

    @property
    def is_dropped(self) -> bool:
        """True if the trusted ref had this access group once and has it no more."""
        return bool(self.held) and not self.tip


class Memory(NamedTuple):
    """This clone's memory of an access group.

    `current` is C. `made` are keys that this clone made. `accepted` has for each key that a person believed the C of that
    time: the answer lapses with it. `met` is what a clone of an older gitseal believed, with no word about why. `answers`
    are the yeses of this very command, which hold under whatever C there is.
    """

    current: str = ""
    made: frozenset[str] = frozenset()
    accepted: Mapping[str, str] = {}
    met: str = ""
    answers: frozenset[str] = frozenset()


class Settled(NamedTuple):
    """C as it is after this command's look. `tip` is set if the trusted ref's tip holds another key than C.

    `is_back`: a key that the trusted ref held replaced the tip's, so that one was brought back: by a revert, by a forced push,
    or by somebody who still holds it. `is_forked`: the tip's key comes from C, and another that the trusted ref held does
    so too. One of the two may be by somebody who was removed with the other, so C stays until a person has looked. With no
    C but a `tip`, its key is one that a person is asked about before the first use.
    """

    current: str
    tip: str = ""
    is_back: bool = False
    is_forked: bool = False


class KeyVerdict(NamedTuple):
    """The standing of a key. `about` is the key that the question is about: the trusted ref's own, if that changed."""

    standing: Standing
    about: str


def settle(past: Past, memory: Memory, succeeds: Succeeds, *, is_doubtful: bool = False) -> Settled:
    """Moves C forward: by proofs alone, through keys that the trusted ref holds, or by a yes to the key at its tip.

    If the first use `is_doubtful`, a person is asked before the tip's key is believed by a clone that knows none.
    """
    start = memory.current or _taken_over(past, memory, succeeds) or _first(past, memory, succeeds)
    if not start:
        return Settled("")
    if is_doubtful and not _knows_any(past, memory) and not _was_accepted(past.tip, "", memory):
        return Settled("", past.tip)
    ends = _ends(start, past, succeeds)
    current = _chosen(ends, past, memory)
    if past.tip not in {"", *ends} and any(succeeds(end, past.tip) for end in ends):
        # No yes accepts that: the one who has it may have been removed.
        return Settled(current or ends[-1], past.tip, is_back=True, is_forked=not current)
    if not current:
        return Settled(past.tip) if _was_accepted(past.tip, start, memory) else Settled(start, past.tip, is_forked=True)
    if not past.tip or past.tip == current or _was_accepted(past.tip, current, memory):
        return Settled(past.tip or current)
    return Settled(current, past.tip)


def decide(key: str, past: Past, memory: Memory, settled: Settled, succeeds: Succeeds) -> KeyVerdict:
    """The standing of a key. If several of these lines apply, the first one decides."""
    current = settled.current
    if past.is_dropped:
        return KeyVerdict(_when_dropped(key, past, memory, current), key)
    if current and not settled.is_forked and (key == current or succeeds(key, current)):
        return KeyVerdict(Standing.SEALS, key)
    # The trusted ref changed its key without a proof. A person decides about that key, not about the branch's that follows it.
    if settled.tip and not settled.is_back and (key == settled.tip or succeeds(key, settled.tip)):
        return KeyVerdict(Standing.ASK, settled.tip)
    # It is in the line of the trusted ref's keys, which went on without it. No yes helps: somebody may have been removed since.
    if key in past.held or any(succeeds(key, held) or succeeds(held, key) for held in (*past.held, current)):
        return KeyVerdict(Standing.BEHIND, key)
    # A group that the trusted ref never had is nobody's yet: whoever made it here may go on.
    if _was_accepted(key, current, memory) or (not past.held and _is_own(key, memory, succeeds)):
        return KeyVerdict(Standing.SEALS, key)
    return KeyVerdict(Standing.ASK, key)


def _ends(start: str, past: Past, succeeds: Succeeds) -> list[str]:
    """The keys that the trusted ref held, that prove to come from `start`, and that none of it goes on from."""
    line = [start, *(key for key in past.held if key != start and succeeds(key, start))]
    ends = [key for key in line if not any(other != key and succeeds(other, key) for other in line)]
    # No end at all is a circle: a member proved each of two keys by the other. The tip says which they use.
    return ends or [past.tip if past.tip in line else start]


def _chosen(ends: list[str], past: Past, memory: Memory) -> str:
    """The end to believe: the only one, or the one that this clone made or accepted; empty if that leaves a doubt."""
    # Two people replaced the same key at once. Each clone follows its own until the trusted ref has settled on one.
    own = [key for key in ends if key in memory.made or key in memory.accepted]
    if len(ends) == 1 or past.tip in own:
        return ends[0] if len(ends) == 1 else past.tip
    if len(own) == 1:
        return own[0]
    return "" if past.tip else ends[-1]


def _taken_over(past: Past, memory: Memory, succeeds: Succeeds) -> str:
    """The belief of an older gitseal becomes C, unless that was a branch's key which the trusted ref never had."""
    on_a_branch = past.tip and memory.met not in past.held and memory.met and succeeds(memory.met, past.tip)
    return past.tip if on_a_branch else memory.met


def _first(past: Past, memory: Memory, succeeds: Succeeds) -> str:
    """First use: the tip's key. But whoever made or accepted a key that the trusted ref had goes on from there."""
    own = [key for key in past.held if key in memory.made or key in memory.accepted]
    leads = not own or any(past.tip == key or succeeds(past.tip, key) for key in own)
    return past.tip if leads else own[-1]


def _knows_any(past: Past, memory: Memory) -> bool:
    """True if this clone has a word about the trusted ref's keys: what it believes, or made or accepted."""
    return bool(memory.current or memory.met) or any(key in memory.made or key in memory.accepted for key in past.held)


def _when_dropped(key: str, past: Past, memory: Memory, current: str) -> Standing:
    """The trusted ref took the file or the group out: its old keys with it, not those that this clone made since."""
    if key in past.held:
        return Standing.BEHIND
    own = key in memory.made or _was_accepted(key, current, memory)
    return Standing.SEALS if own else Standing.ASK


def _was_accepted(key: str, current: str, memory: Memory) -> bool:
    return key in memory.answers or memory.accepted.get(key) == current


def _is_own(key: str, memory: Memory, succeeds: Succeeds) -> bool:
    """True if this clone made or accepted the key, or one that it succeeds. It counts while no trusted ref has the group."""
    own = memory.made | memory.answers | memory.accepted.keys()
    return key in own or any(succeeds(key, other) for other in own)
