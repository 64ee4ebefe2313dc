"""Acts about people, machines and forges: who joins and leaves, what they open, whose key has to be asked for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from gitseal.policy.policy import DEFAULT
from gitseal.recipients.cloud_text import is_cloud_key
from gitseal.report.causes import PERSON
from gitseal.report.sentences import NOTHING, Sentence, ours, sentence
from gitseal.review.acts.clusters import Cluster
from gitseal.review.acts.words import MOST, Told, clauses, named, names, opened, series
from gitseal.review.model import AccessChange, KeyChange, Review
from gitseal.review.rights_model import PersonChange, RightsChange
from gitseal.review.saying import short

# The rules that the sentence tells in other words; every other finding of the act is told by its own message.
_COVERED = frozenset(
    {
        "recipient-added",
        "recipient-key-added",
        "group-widened",
        "access-widened",
        "access-gained",
        "change-widened",
        "data-key-replaced",
        "forge-added",
    }
)
_NO_STANZA = "no-stanza"
_POLICY, _MANIFEST = "policy", "manifest"


class _Person(NamedTuple):
    """What became of one person. Those of whom the same is to be said share a clause."""

    is_new: bool
    is_gone: bool
    kind: str
    joined: tuple[str, ...]
    left: tuple[str, ...]
    gained: tuple["_Opens", ...]
    promised: tuple["_Opens", ...]
    may_open: tuple["_Opens", ...]
    kept: tuple["_Opens", ...]
    lost: tuple["_Opens", ...]
    may_change: tuple[str, ...]


class _Opens(NamedTuple):
    """What somebody opens in one environment: the access group, how many names, how many values of the past."""

    environment: str
    access: str
    amount: int
    past: int


def told(cluster: Cluster, review: Review) -> Told | None:
    """The act in words; None if it is about nobody in particular."""
    whom = list(dict.fromkeys(cause.subject for cause in cluster.causes if cause.kind == PERSON))
    folders = {folder for folder, _ in cluster.places}
    changes = {change.who: change for change in review.people if change.folder in folders}
    access: dict[str, list[tuple[str, AccessChange]]] = {}
    for row in cluster.rows:
        if isinstance(row.change, AccessChange):
            access.setdefault(row.change.who, []).append((row.environment, row.change))
    # Environments whose file does not let in yet whom the policy lets in.
    waiting = {PurePosixPath(finding.path).stem for finding in cluster.findings if finding.rule == _NO_STANZA}
    alike: dict[_Person, list[str]] = {}
    for who in whom:
        person = _person(changes.get(who), access.get(who, ()), waiting)
        if any(person[:2]) or any(person[3:]):
            alike.setdefault(person, []).append(who)
    keys = _keys(whom, changes)
    if not alike and not keys:
        return None
    said = [_clause(person, those) for person, those in alike.items()]
    if said and any(isinstance(row.change, KeyChange) and row.change.before for row in cluster.rows):
        said[-1] = sentence("{}, under new data keys now", said[-1])
    briefs = [_brief(person, those) for person, those in alike.items()]
    head = clauses([*said[: MOST + 1], ours(f"and {len(said) - MOST - 1} more") if len(said) > MOST + 1 else NOTHING])
    if not said:
        head = sentence("{} {} a new key", names(whom), _verb(whom, "has", "have"))
        briefs = [head]
    # A right that the policy gives and no stanza yet is told as such.
    covered = _COVERED | {_NO_STANZA} if any(person.promised for person in alike) else _COVERED
    return Told(head, clauses(briefs[: MOST + 1]), covered, keys)


def _person(
    change: PersonChange | None, access: Iterable[tuple[str, AccessChange]], waiting: Collection[str]
) -> _Person:
    gained: list[_Opens] = []
    kept: list[_Opens] = []
    lost: list[_Opens] = []
    for environment, one in access:
        opens = _Opens(environment, one.access, one.names, one.past or 0)
        if one.passed:
            continue  # its finding says whether the data key is still the same
        if one.gained:
            # Another key of somebody who opens it already gives nobody more.
            (gained if one.whole else kept).append(opens)
        else:
            lost.append(opens)
    rights = change.rights if change is not None else ()
    there = {opens.environment for opens in (*gained, *kept)}
    may_open = [opens for right in rights if right.file not in there for opens in _more(right)]
    may_change = tuple(right.file for right in rights if right.after.changes and not right.before.changes)
    return _Person(
        change is not None and change.state == "added",
        change is not None and change.state == "removed",
        change.kind if change is not None else "",
        change.joined if change is not None else (),
        change.left if change is not None else (),
        tuple(gained),
        tuple(opens for opens in may_open if opens.environment in waiting),
        tuple(opens for opens in may_open if opens.environment not in waiting),
        tuple(kept),
        tuple(lost),
        may_change,
    )


def _more(right: RightsChange) -> list[_Opens]:
    """What somebody may open now: the environment, or its access groups by name if they opened the others before."""
    added = sorted(set(right.after.opens) - set(right.before.opens))
    is_whole = DEFAULT in added or not right.before.opens
    return [_Opens(right.file, access, 0, 0) for access in ([DEFAULT] if added and is_whole else added)]


def _clause(person: _Person, who: Sequence[str]) -> Sentence:
    """`carol joins admins: opens production (6 names, 1 older value); may change the policy`."""

    def verb(one: str, many: str) -> Sentence:
        return _verb(who, one, many)

    does = [
        sentence("{} {}", verb("opens", "open"), _places(person.gained)) if person.gained else NOTHING,
        sentence("may open {}, and cannot yet", _bare(person.promised)) if person.promised else NOTHING,
        sentence("may open {}", _bare(person.may_open)) if person.may_open else NOTHING,
        sentence("{} {} with another key", verb("opens", "open"), _places(person.kept)) if person.kept else NOTHING,
        sentence("no longer {} {}", verb("opens", "open"), _bare(person.lost)) if person.lost else NOTHING,
        _may_change(person.may_change),
    ]
    head = _head(person, who)
    rest = clauses(does)
    if head == NOTHING:
        return sentence("{} {}", names(who), rest)
    return sentence("{}: {}", head, rest) if rest else head


def _head(person: _Person, who: Sequence[str]) -> Sentence:
    subject = names(who)
    if person.is_gone:
        return sentence("{} {}", subject, _verb(who, "leaves", "leave"))
    if person.joined:
        return sentence("{} {} {}", subject, _verb(who, "joins", "join"), names(person.joined))
    if person.left:
        return sentence("{} {} {}", subject, _verb(who, "leaves", "leave"), names(person.left))
    if person.is_new:
        kind = ours(f"a new {person.kind}" if len(who) == 1 else f"new {_plural(person.kind)}")
        return sentence("{} {} {}", subject, _verb(who, "is", "are"), kind)
    return NOTHING


def _plural(kind: str) -> str:
    return "people" if kind == "person" else f"{kind}s"


def _may_change(files: Sequence[str]) -> Sentence:
    """The policy first: whoever changes it can give themselves everything else."""
    if not files:
        return NOTHING
    policy_first = sorted(files, key=lambda file: (file != _POLICY, file))
    shown = [ours(f"the {file}") if file in {_POLICY, _MANIFEST} else named(file) for file in policy_first]
    return sentence("may change {}", _some(shown, "files"))


def _places(those: Sequence[_Opens]) -> Sentence:
    """`production (39 names, 1 older value) and development (empty)`: where most is opened comes first."""
    most_first = sorted(those, key=lambda opens: (-opens.amount - opens.past, opens.environment))
    shown = [sentence("{} ({})", _place(opens), opened(opens.amount, opens.past)) for opens in most_first]
    if len(shown) > MOST + 1:
        amount = sum(opens.amount for opens in most_first[MOST:])
        past = sum(opens.past for opens in most_first[MOST:])
        more = sentence("{} more environments ({})", len(shown) - MOST, opened(amount, past))
        shown = [*shown[:MOST], more]
    return series(shown)


def _bare(those: Sequence[_Opens]) -> Sentence:
    return _some([_place(opens) for opens in those], "environments")


def _some(shown: Sequence[Sentence], kind: str) -> Sentence:
    """The first of them, and how many more there are: one more is not worth a number."""
    return series([*shown[:MOST], ours(f"{len(shown) - MOST} more {kind}")] if len(shown) > MOST + 1 else shown)


def _place(opens: _Opens) -> Sentence:
    if opens.access == DEFAULT:
        return named(opens.environment)
    return sentence("{} in {}", named(opens.access), named(opens.environment))


def _keys(whom: Iterable[str], changes: Mapping[str, PersonChange]) -> Sentence:
    """Whose new keys somebody has to ask for. Nothing in a repository shows whose they are."""
    new = [(who, key) for who in whom if who in changes for key in changes[who].keys]
    if not new:
        return NOTHING
    if len(new) == 1:
        ((who, key),) = new
        if is_cloud_key(key):
            return sentence("Key {}: ask whoever runs the key service whether it is a key of theirs", short(key))
        return sentence("Key {}: ask {} whether it is theirs", short(key), named(who))
    shown = [sentence("{} ({})", short(key), named(who)) for who, key in new[:MOST]]
    more = [ours(f"{len(new) - MOST} more")] if len(new) > MOST else []
    return sentence("Keys {}: ask each of them whether it is theirs", series([*shown, *more]))


def _brief(person: _Person, who: Sequence[str]) -> Sentence:
    """`carol gains production`. Whoever may change the policy can give themselves all else, so that is never left out."""
    subject = names(who)
    policy = (_POLICY,) if _POLICY in person.may_change else ()
    and_policy = sentence(" and {}", _may_change(policy)) if policy else NOTHING
    if person.gained:
        most_first = sorted(person.gained, key=lambda opens: (-opens.amount - opens.past, opens.environment))
        return sentence("{} {} {}{}", subject, _verb(who, "gains", "gain"), _bare(most_first), and_policy)
    if person.lost:
        return sentence("{} {} {}{}", subject, _verb(who, "loses", "lose"), _bare(person.lost), and_policy)
    return _clause(person._replace(may_change=policy or person.may_change[:1]), who)


def _verb(who: Sequence[str], one: str, many: str) -> Sentence:
    return ours(one if len(who) == 1 else many)
