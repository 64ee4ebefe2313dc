"""The answers of a merged policy or manifest against those of both sides: nothing is widened that neither side widened.

Each entry may be merged rightly and the whole be wrong: one side takes bob out of a group, the other names bob in a list.
So for each question that a policy answers, the people in the merged answer are compared with those that the sides give. Who
was there before and is gone on one side stays out; nobody comes in whom no side let in.
"""

from collections.abc import Iterator, Mapping

from gitseal.policy.approvals import needed_approvals
from gitseal.policy.beside import meet_beside
from gitseal.policy.merging.decisions import rule_changes
from gitseal.policy.merging.values import Path, numbered, rule_key
from gitseal.policy.patterns import overlap
from gitseal.policy.policy import Policy, Rule
from gitseal.policy.who_may_change import changers
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.policy.manifest import Manifest

_Set = frozenset[str]
# Everybody who reads the repository, and everybody who writes to it.
_ANYBODY = "anybody"
# Pairs of names that are compared for one environment; beyond that a person looks at the rules.
_MOST_PAIRS = 100_000


class Concern(NamedTuple):
    """An answer of the merge that no side gave: in words, and the entries that can be the cause, the likeliest first."""

    words: str
    places: tuple[tuple[Path, ...], ...]


def expected(base: _Set, ours: _Set, theirs: _Set) -> _Set:
    """The merge of three sets: what both kept, and what each side added."""
    return (base & ours & theirs) | (ours - base) | (theirs - base)


class _Wrong(NamedTuple):
    """The people in a merged answer against one side's word, those in it by nobody's, and those out of it against both."""

    taken: _Set
    unheard: _Set
    lost: _Set

    @property
    def everyone(self) -> _Set:
        return self.taken | self.unheard | self.lost

    def words(self, verb: str, what: str) -> str:
        if self.taken:
            return f"{_names(self.taken)} would {verb} {what}, which one side took away"
        if self.unheard:
            return f"{_names(self.unheard)} would {verb} {what}, which neither side says"
        return f"{_names(self.lost)} would not {verb} {what} any more, which neither side says"


def _wrong(base: _Set, ours: _Set, theirs: _Set, merged: _Set) -> _Wrong:
    against = merged - expected(base, ours, theirs)
    return _Wrong(against & base, against - base, (base & ours & theirs) - merged)


def policy_concern(base: Policy | None, ours: Policy, theirs: Policy, merged: Policy) -> Concern | None:
    """The first answer of a merged policy that neither side gave."""
    return next(_policy_concerns([PolicyAnswers(side) for side in (base, ours, theirs, merged)]), None)


def manifest_concern(
    base: "Manifest | None", ours: "Manifest", theirs: "Manifest", merged: "Manifest"
) -> Concern | None:
    """The first service of a merged manifest that gets what neither side gives it."""
    views = [_views(side) if side is not None else {} for side in (base, ours, theirs, merged)]
    for service in views[-1]:
        before, here, there, now = (view.get(service, frozenset()) for view in views)
        if _wrong(before, here, there, now).everyone:
            return Concern(f"service {service} would get what neither side gives it", ((("services",),),))
    return None


def _views(manifest: "Manifest") -> dict[str, _Set]:
    """The names that each service gets, its imports followed. The parser has refused cycles."""
    known: dict[str, _Set] = {}

    def view(name: str) -> _Set:
        if name not in known:
            service = manifest.services[name]
            own = {f"section {name}", *(f"include {pattern}" for pattern in service.include)}
            own |= {f"env {key} {value!r}" for key, value in service.env.items()}
            own |= {f"file {file.path} {file.secret} {file.decode} {file.mode}" for file in service.files}
            known[name] = frozenset(own).union(*(view(imported) for imported in service.imports))
        return known[name]

    return {name: view(name) for name in manifest.services}


class PolicyAnswers:
    """The answers of one policy; without a policy there is nobody anywhere."""

    def __init__(self, policy: Policy | None) -> None:
        self.policy = policy
        rules = policy.rules if policy is not None else ()
        keys = numbered(rule_key(rule.names, rule.environments) for rule in rules)
        self.rules: dict[str, Rule] = dict(zip(keys, rules, strict=True))
        self.people: _Set = frozenset(policy.recipients) if policy is not None else frozenset()
        self._members: dict[tuple[str, ...], _Set] = {}

    def members(self, names: tuple[str, ...]) -> _Set:
        """The people that names of people and groups stand for."""
        assert self.policy is not None  # noqa: S101 - names come from it
        if names not in self._members:
            self._members[names] = frozenset(self.policy.members(names))
        return self._members[names]

    def openers(self, environment: str, key: str | None, everybody: _Set) -> _Set:
        """The people who read a name that this rule decides on, or no rule."""
        if self.policy is None or environment not in self.policy.environments:
            return frozenset()
        if key is None:
            return self.members(self.policy.environments[environment].open)
        return everybody if self.rules[key].plain else self.members(self.rules[key].open)

    def approvals(self, file: str) -> int:
        """The number of approvals that a change of a file takes, by its stem."""
        return needed_approvals(self.policy, file) if self.policy is not None else 0

    def changers(self, file: str, everybody: _Set) -> _Set:
        """The people who change a file, by its stem."""
        if self.policy is None:
            return frozenset()
        allowed = changers(self.policy, file)
        return everybody if allowed is None else allowed


def _policy_concerns(sides: list[PolicyAnswers]) -> Iterator[Concern]:
    merged = sides[-1]
    assert merged.policy is not None  # noqa: S101 - the caller hands over a policy
    everybody = frozenset({_ANYBODY}).union(*(side.people for side in sides))
    for environment in merged.policy.environments:
        yield from _reading(sides, environment, everybody)
    lists = (("policy",), ("manifest",), *(("environments", name, "change") for name in merged.policy.environments))
    for file in ("policy", "manifest", *merged.policy.environments):
        wrong = _wrong(*(side.changers(file, everybody) for side in sides))
        if wrong.everyone:
            yield Concern(wrong.words("change", file), (lists, *_causes(sides, wrong.everyone), (("environments",),)))
        if merged.approvals(file) < _asked(*(side.approvals(file) for side in sides[:-1])):
            words = f"fewer people would have to approve a change of {file} than one side says"
            yield Concern(words, (lists, (("environments",),)))
    yield from _publishing(sides)


def _publishing(sides: list[PolicyAnswers]) -> Iterator[Concern]:
    """Targets that send an environment where neither side sends it, or where one side no longer does."""
    ways = [_ways(side.policy) for side in sides]
    for name, now in ways[-1].items():
        before, here, there = (side.get(name, frozenset()) for side in ways[:-1])
        wrong = _wrong(before, here, there, now)
        if wrong.taken or wrong.unheard:
            yield Concern(f"target {name} would publish as neither side says", ((("publish", name),),))


def _ways(policy: Policy | None) -> dict[str, _Set]:
    """By target each environment with all that is decided of its way."""
    return {
        target.name: frozenset(
            f"{environment} to {place} for {target.service} from {target.source} {target.prune}"
            for environment, place in target.places()
        )
        for target in (policy.publish if policy is not None else ())
    }


def _asked(base: int, ours: int, theirs: int) -> int:
    """The approvals that a merge asks for: what one side alone changed, and the stricter if both did."""
    return theirs if ours == base else ours if theirs == base else max(ours, theirs)


def _reading(sides: list[PolicyAnswers], environment: str, everybody: _Set) -> Iterator[Concern]:
    for keys in _deciding(sides, environment):
        if keys is None:
            yield Concern(f"too many rules of {environment} were changed to compare who reads what", ((("rules",),),))
            return
        wrong = _wrong(*(side.openers(environment, key, everybody) for side, key in zip(sides, keys, strict=True)))
        if wrong.everyone:
            rules = [("rules", key) for key in keys if key is not None]
            own = [("environments", environment, "open")] if None in keys else []
            what = " or ".join(dict.fromkeys(f"{key} in {environment}" if key else environment for key in keys))
            yield Concern(wrong.words("open", what), ((*own, *rules), *_causes(sides, wrong.everyone)))


_Deciding = tuple[str | None, str | None, str | None, str | None]


def _deciding(sides: list[PolicyAnswers], environment: str) -> Iterator[_Deciding | None]:
    """The rules that decide on a name in base, ours, theirs and merge, for every name; None for the environment itself.

    A rule that one side added or removed decides in its stead of one that it overlaps. Two such changes of both sides never
    meet in a name: that was a conflict before. So no name has more than these combinations.
    """
    base, ours, theirs, merged = (
        {key: rule for key, rule in side.rules.items() if rule.holds_in(environment)} for side in sides
    )
    yield None, None, None, None
    for key in merged:
        if key in base and key in ours and key in theirs:
            yield key, key, key, key
    here, there = rule_changes(base, ours), rule_changes(base, theirs)
    every = {**base, **ours, **theirs}
    if (
        sum(len(every[key].names) for key in here | there) * sum(len(rule.names) for rule in every.values())
        > _MOST_PAIRS
    ):
        yield None
        return
    for before, after in _replaced(base, ours, here - there):
        if _has(theirs, before) and _has(merged, after):
            yield before, after, before, after
    for before, after in _replaced(base, theirs, there - here):
        if _has(ours, before) and _has(merged, after):
            yield before, before, after, after
    for before, after in _replaced(base, ours, here & there):
        if _has(theirs, after) and _has(merged, after):
            yield before, after, after, after


def _has(rules: Mapping[str, Rule], key: str | None) -> bool:
    return key is None or key in rules


def _replaced(
    base: Mapping[str, Rule], side: Mapping[str, Rule], changes: set[str]
) -> Iterator[tuple[str | None, str | None]]:
    """Pairs of the rule that decided before and the one that can decide now, at least one of them changed.

    The first match wins: a rule that is still there decides unless one above it does, and none was above the one that did.
    """
    at_first = {key: number for number, key in enumerate((*base, None))}
    at_last = {key: number for number, key in enumerate((*side, None))}
    gone = [(before, after) for before in at_first if before in changes for after in at_last]
    come = [(before, after) for after in at_last if after in changes for before in at_first if before not in changes]
    for before, after in gone + come:
        is_first = at_first[before] <= at_first.get(after, len(base)) and at_last[after] <= at_last.get(
            before, len(side)
        )
        # What stands beside a name has that name's rule, wherever in the order it is (`RuleList.first`).
        if (is_first and _meet(base, before, side, after)) or _meet_beside(base, before, side, after):
            yield before, after


def _meet(base: Mapping[str, Rule], before: str | None, side: Mapping[str, Rule], after: str | None) -> bool:
    if before is None or after is None:
        return True
    return any(overlap(one, other) for one in base[before].names for other in side[after].names)


def _meet_beside(base: Mapping[str, Rule], before: str | None, side: Mapping[str, Rule], after: str | None) -> bool:
    """True if one of the two covers a name that stands beside one that the other covers."""
    if before is None or after is None:
        return False
    return meet_beside(base[before].names, side[after].names)


def _causes(sides: list[PolicyAnswers], people: _Set) -> tuple[tuple[Path, ...], ...]:
    """The groups that hold one of these people in some state, then the people themselves."""
    groups = {
        name
        for side in sides
        if side.policy is not None
        for name, members in side.policy.groups.items()
        if people & set(members)
    }
    return tuple(("groups", name) for name in sorted(groups)), tuple(("recipients", name) for name in sorted(people))


def _names(people: _Set) -> str:
    shown = sorted(people - {_ANYBODY}) if people != {_ANYBODY} else [_ANYBODY]
    most = 5
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")
