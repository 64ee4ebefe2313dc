"""`acts`: a review's findings and changes as the few acts that somebody did."""

from collections.abc import Iterable, Mapping, Sequence

from gitseal.report.causes import SIGNER
from gitseal.report.findings import NOTE, Finding
from gitseal.report.sentences import Sentence, joined, ours, sentence
from gitseal.review.acts import people, rules, values
from gitseal.review.acts.clusters import Cluster, clusters
from gitseal.review.acts.items import items
from gitseal.review.acts.words import MOST, Told, authors, clauses, names
from gitseal.review.counting import RANK
from gitseal.review.model import AccessChange, Act, ActRow, By, Review, Statement

# Signatures from the best to the worst; every other word is a bad one.
_SIGNED = ("good", "forge", "unchecked", "no")
_TOLD = 2


def acts(review: Review) -> tuple[Act, ...]:
    """The acts, worst first. Every finding of the review is in exactly one of them, and so is every change."""
    made: list[Cluster] = []
    unsigned: list[Cluster] = []
    for cluster in clusters(items(review)):
        is_of_signer = len(cluster.items) == 1 and _signs(cluster.findings)
        (unsigned if is_of_signer else made).append(cluster)
    alone = [_act(cluster, review) for cluster in made]
    # `sorted` keeps the order of acts that are equally bad: that of the review.
    return tuple(sorted(_by_signers(alone, unsigned), key=_badness))


def _badness(act: Act) -> tuple[int, int]:
    """Of what nobody was allowed to do, the worst first: what was done counts, not only that it was not allowed."""
    done = (RANK.get(finding.severity, 0) for finding in act.findings if not _signs([finding]))
    return RANK.get(act.severity, 0), min(done, default=len(RANK))


def _signs(findings: Sequence[Finding]) -> bool:
    return any(cause.kind == SIGNER for finding in findings for cause in finding.causes)


def _act(cluster: Cluster, review: Review) -> Act:
    told = _words(cluster, review)
    findings = cluster.findings
    severity = findings[0].severity if findings else NOTE
    return _made(severity, told, cluster.by, findings, rows=cluster.rows)


def _made(
    severity: str,
    told: Told,
    by: tuple[By, ...],
    findings: tuple[Finding, ...],
    parts: tuple[Act, ...] = (),
    rows: tuple[ActRow, ...] = (),
) -> Act:
    commits = tuple(dict.fromkeys(one.commit for one in by if one.commit))
    who = ", ".join(authors(by))
    return Act(severity, told.sentence, who, commits, _signed(by), findings, told.brief, parts, by, rows)


def _signed(by: Iterable[By]) -> str:
    """The word for the worst signature; empty if nothing is committed."""
    words = [one.signed for one in by if one.commit and one.signed]
    return max(words, key=lambda word: _SIGNED.index(word) if word in _SIGNED else len(_SIGNED), default="")


def _words(cluster: Cluster, review: Review) -> Told:
    """The sentence of the first kind that has one, and of each finding that it does not cover, its message."""
    told = rules.told(cluster) or people.told(cluster, review) or values.told(cluster, review)
    covers = told.covers if told is not None else frozenset[str]()
    messages = _messages(finding.message for finding in cluster.findings if finding.rule not in covers)
    if told is None:
        changed = [row.change.text for row in cluster.rows if isinstance(row.change, Statement)]
        messages = messages or _messages(changed) or [_of_stanzas(cluster)]
        return Told(clauses(messages), _brief(cluster, messages[0]))
    return told._replace(sentence=clauses((clauses((told.sentence, *messages)), told.tail), ". "))


def _brief(cluster: Cluster, message: Sentence) -> Sentence:
    """A message, with the file that it is about: what is said of a file in `.secrets` names what it is about by itself."""
    path = cluster.findings[0].path if cluster.findings and not cluster.places else ""
    is_own = ".secrets" in path.split("/") or path in message
    return message if is_own else sentence("{}: {}", path, message)


def _of_stanzas(cluster: Cluster) -> Sentence:
    """What is left to tell of somebody of whom nothing else is told: access that came and went between."""
    access = [(row.environment, row.change) for row in cluster.rows if isinstance(row.change, AccessChange)]
    who = names(change.who for _, change in access) or ours("somebody")
    where = names((environment for environment, _ in access), noun="environment") or ours("nothing")
    return sentence("the access of {} to {} changed between", who, where)


def _messages(those: Iterable[Sentence]) -> list[Sentence]:
    """The first of each form of message, and how many more are like it."""
    alike: dict[str, list[Sentence]] = {}
    for message in filter(None, dict.fromkeys(those)):
        alike.setdefault(message.form or message, []).append(message)
    shown = []
    for messages in alike.values():
        more = ours(f", and {len(messages) - 1} more like it") if len(messages) > 1 else ours("")
        shown.append(joined([messages[0], more], "") if len(messages) > 1 else messages[0])
    rest = sum(map(len, list(alike.values())[_TOLD + 1 :]))
    return [*shown[: _TOLD + 1], *([ours(f"and {rest} more")] if rest else [])]


def _by_signers(alone: Sequence[Act], unsigned: Sequence[Cluster]) -> list[Act]:
    """Puts the acts of those who were not allowed to do them under that fact, one for each person and what is wrong."""
    known = {by.commit: by for act in alone for by in act.by}
    groups: dict[tuple[str, ...], list[Cluster]] = {}
    for cluster in unsigned:
        groups.setdefault((cluster.findings[0].rule, *authors(_whose([cluster], known))[:1]), []).append(cluster)
    owners = {finding.commit: key for key, those in groups.items() for cluster in those for finding in cluster.findings}
    parts: dict[tuple[str, ...], list[Act]] = {key: [] for key in groups}
    others: list[Act] = []
    for act in alone:
        # The last commit decides if several people had a part in it.
        key = next((owners[commit] for commit in reversed(act.commits) if commit in owners), None)
        (parts[key] if key is not None else others).append(act)
    return [*(_together(those, parts[key], known) for key, those in groups.items()), *others]


def _whose(those: Iterable[Cluster], known: Mapping[str, By]) -> list[By]:
    """Who made the commits that findings are about."""
    commits = dict.fromkeys(finding.commit for cluster in those for finding in cluster.findings)
    return [known.get(commit, By(commit, signed="")) for commit in commits]


def _together(facts: Sequence[Cluster], parts: Sequence[Act], known: Mapping[str, By]) -> Act:
    """One act of what somebody was not allowed to do: a single one keeps its own sentence."""
    own = tuple(finding for cluster in facts for finding in cluster.findings)
    ranked = sorted(parts, key=lambda part: RANK.get(part.severity, 0))
    findings = (*own, *(finding for part in ranked for finding in part.findings))
    by = dict.fromkeys([*_whose(facts, known), *(by for part in parts for by in part.by)])
    ordered = tuple(sorted(by, key=lambda one: (not one.commit, one.when)))
    worst = min((finding.severity for finding in findings), key=lambda severity: RANK.get(severity, 0))
    if len(ranked) == 1:
        told = Told(ranked[0].sentence, ranked[0].brief)
        return _made(worst, told, ordered, findings, rows=ranked[0].rows)
    message = own[0].message
    if not ranked:
        more = ours(f", and {len(own) - 1} more like it") if len(own) > 1 else ours("")
        return _made(worst, Told(sentence("{}: {}{}", own[0].path, message, more), message), ordered, findings)
    who = names(authors(ordered)) or ours("somebody")
    briefs = [part.brief for part in ranked]
    rest = [ours(f"and {len(briefs) - MOST} more")] if len(briefs) > MOST + 1 else []
    done = clauses([*briefs[: MOST if rest else MOST + 1], *rest])
    told = Told(sentence("{} did what they are not allowed to do: {}", who, done), done)
    return _made(worst, told, ordered, findings, tuple(ranked))
