"""Acts about values, data keys and whole environments."""

from collections.abc import Iterable, Sequence

from gitseal.document.changes import PLAIN, WRITTEN_ONLY
from gitseal.policy.policy import ACCEPT, DEFAULT, REFUSE
from gitseal.report.causes import ENVIRONMENT
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, ours, sentence
from gitseal.review.acts.clusters import Cluster
from gitseal.review.acts.words import MOST, Told, clauses, named, names, series, subject
from gitseal.review.model import (
    ADDED,
    CHANGED,
    MOVED,
    NO,
    PASSED,
    REMOVED,
    RESEALED,
    EnvironmentReview,
    KeyChange,
    NameChange,
    Review,
)

# What happened to names, in the order in which it is told.
_WORDS = {
    ADDED: "added",
    CHANGED: "changed",
    REMOVED: "removed",
    MOVED: "moved to another access group",
    RESEALED: "sealed anew",
    PASSED: "changed between and as before",
}
_BY_WRITE_ONLY = frozenset({"write-only"})
_KEY_RULES = frozenset({"data-key-replaced", "new-access-group"})

_Change = tuple[str, NameChange]


def changes(cluster: Cluster) -> list[_Change]:
    """The names that the act changed, each with its environment."""
    return [(row.environment, row.change) for row in cluster.rows if isinstance(row.change, NameChange)]


def told(cluster: Cluster, review: Review) -> Told | None:
    """The act in words; None if it changed no value, data key or whole environment."""
    keys = [(row.environment, row.change) for row in cluster.rows if isinstance(row.change, KeyChange)]
    whole = _whole(cluster, review)
    if whole:
        return _environments(whole)
    if keys:
        return _keys(keys, changes(cluster))
    if not changes(cluster):
        return None
    rules = {finding.rule for finding in cluster.findings}
    return _written(cluster, review) if "write-only" in rules else _names(changes(cluster))


def _names(those: Sequence[_Change]) -> Told:
    """`SEARCH_KEY and SEARCH_URL added and OLD_KEY removed in staging`."""
    said = sentence_of_names(those)
    return Told(said, said)


def sentence_of_names(those: Iterable[_Change]) -> Sentence:
    """What happened to names, those of the same environments together."""
    places: dict[tuple[str, str], list[str]] = {}
    for environment, change in those:
        places.setdefault((change.name, _what(change)), []).append(environment)
    together: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for (name, what), environments in places.items():
        where = tuple(sorted(set(environments)))
        together.setdefault(where, {}).setdefault(what, []).append(name)
    parts = []
    for where, by_word in together.items():
        words = sorted(by_word, key=_order)
        verbs = [sentence("{} {}", names(sorted(by_word[word])), ours(word)) for word in words]
        parts.append(sentence("{} in {}", series(verbs), names(where, noun="environment")))
    more = [ours(f"and more in {len(parts) - MOST} other environments")] if len(parts) > MOST else []
    return clauses([*parts[:MOST], *more])


def in_short(those: Iterable[NameChange]) -> Sentence:
    """The same without the environments: `SMTP_PASSWORD changed and SEARCH_KEY added`."""
    by_word: dict[str, list[str]] = {}
    for change in those:
        by_word.setdefault(_what(change), []).append(change.name)
    words = sorted(by_word, key=_order)
    return series([sentence("{} {}", names(sorted(by_word[word]), noun="value"), ours(word)) for word in words])


def _what(change: NameChange) -> str:
    kinds = [value.kind if value is not None else "" for value in (change.before, change.after)]
    if change.action != PASSED and kinds[1] == PLAIN and kinds[0] not in {"", PLAIN}:
        return "made plain"
    if change.action == CHANGED and change.value_changed == NO:
        return "sealed again with the same value"
    return _WORDS.get(change.action, change.action)


def _order(word: str) -> int:
    words = list(_WORDS.values())
    return words.index(word) if word in words else -1


def _written(cluster: Cluster, review: Review) -> Told:
    """`Bob set SEARCH_KEY in production without being able to read it; it waits for a member`."""
    written = [pair for pair in changes(cluster) if pair[1].after is not None and pair[1].after.kind == WRITTEN_ONLY]
    treatments = {
        (environment.name, value.name): value.treatment
        for environment in review.environments
        for value in environment.write_only
    }
    treated = {treatments.get((environment, change.name), "") for environment, change in written}
    those = sorted({change.name for _, change in written})
    where = names(sorted({environment for environment, _ in written}), noun="environment")
    who, it = subject(cluster.by), ours("it" if len(those) == 1 else "them")
    is_one = len(those) == 1
    if treated == {ACCEPT}:
        whose = ours("a member's value" if is_one else "members' values")
        said = sentence("{} replaced {} in {}, {}, without being able to read {}", who, names(those), where, whose, it)
        return Told(said, sentence("{} replaced {} unread", who, names(those)), _BY_WRITE_ONLY)
    then = (
        "the policy refuses such values"
        if REFUSE in treated
        else f"{'it waits' if is_one else 'they wait'} for a member"
    )
    said = sentence("{} set {} in {} without being able to read {}; {}", who, names(those), where, it, ours(then))
    return Told(said, sentence("{} set {} unread", who, names(those)), _BY_WRITE_ONLY)


def _keys(keys: Sequence[tuple[str, KeyChange]], those: Sequence[_Change]) -> Told:
    """What became of the data keys of environments."""
    replaced = [(environment, key) for environment, key in keys if key.before and key.after]
    new = [(environment, key) for environment, key in keys if not key.before]
    gone = [(environment, key) for environment, key in keys if not key.after]
    said: list[Sentence] = []
    for maker in dict.fromkeys(key.maker for _, key in replaced):
        places = [_of(environment, key) for environment, key in replaced if key.maker == maker]
        were = ours("data key of" if len(places) == 1 else "data keys of")
        was = ours("was replaced" if len(places) == 1 else "were replaced")
        said.append(sentence("the {} {} {}{}", were, _series(places), was, ours(maker)))
    if new:
        said.append(
            sentence("{} {} new", _series([_of(*pair) for pair in new]), ours("is" if len(new) == 1 else "are"))
        )
    if gone:
        said.append(
            sentence("{} {} gone", _series([_of(*pair) for pair in gone]), ours("is" if len(gone) == 1 else "are"))
        )
    anew = sum(change.action == RESEALED for _, change in those)
    others = [pair for pair in those if pair[1].action != RESEALED]
    brief = said[0]
    if anew:
        said.append(ours(f"{plural(anew, 'value')} sealed anew"))
    if others:
        said.append(sentence_of_names(others))
    return Told(clauses(said), brief, _KEY_RULES)


def _of(environment: str, key: KeyChange) -> Sentence:
    if key.access == DEFAULT:
        return named(environment)
    return sentence("access group {} of {}", named(key.access), named(environment))


def _series(places: Sequence[Sentence]) -> Sentence:
    if len(places) <= MOST + 1:
        return series(places)
    return series([*places[:MOST], ours(f"{len(places) - MOST} more")])


def _whole(cluster: Cluster, review: Review) -> list[EnvironmentReview]:
    """The environments that came or went as a whole by this act."""
    mine = {(folder, cause.environment) for folder, cause in cluster.places if cause.kind == ENVIRONMENT}
    return [
        environment
        for environment in review.environments
        if environment.state != "changed" and (environment.folder, environment.name) in mine
    ]


def _environments(those: Sequence[EnvironmentReview]) -> Told:
    """`staging is a new environment with 12 names, open to alice and bob`; or that it is gone."""
    said, briefs = [], []
    for state, one, many in (
        ("added", "is a new environment", "are new environments"),
        ("removed", "is gone", "are gone"),
    ):
        mine = [environment for environment in those if environment.state == state]
        if not mine:
            continue
        brief = sentence(
            "{} {}", names(environment.name for environment in mine), ours(one if len(mine) == 1 else many)
        )
        amount = sum(len(environment.names) for environment in mine)
        holders = sorted({change.who for environment in mine for change in environment.access if change.gained})
        open_to = sentence(", open to {}", names(holders)) if holders and state == "added" else NOTHING
        briefs.append(brief)
        holding = ours(f", with {plural(amount, 'name')}") if amount else NOTHING
        said.append(sentence("{}{}{}", brief, holding, open_to))
    return Told(clauses(said), clauses(briefs), frozenset({"environment-removed"}))
