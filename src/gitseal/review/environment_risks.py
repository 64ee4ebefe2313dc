"""The risks in a changed environment: what a person has to look at, with who did it."""

from collections.abc import Iterator

from gitseal.document.changes import SEALED, WRITTEN_ONLY
from gitseal.document.header import HEADER
from gitseal.policy.near_misses import near_misses
from gitseal.policy.policy import DEFAULT
from gitseal.report.causes import ENVIRONMENT, KEY, MERGE, VALUE, Cause, answers, people
from gitseal.report.causes import rule as rule_cause
from gitseal.report.findings import ERROR, WARNING, Finding, FindingRule
from gitseal.report.hints import (
    NO_HINT,
    POLICY_OWNERS,
    REVIEWER,
    Hint,
    command,
    decision,
    give_value,
    history_of,
    pathspec,
)
from gitseal.report.pages import RISKS
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, ours, sentence
from gitseal.review.environments import Ends, moved
from gitseal.review.model import NO, PASSED, YES, AccessChange, By, EnvironmentReview, KeyChange, NameChange
from gitseal.review.names import is_unsealed
from gitseal.review.write_only_values import WRITE_ONLY, kept_out_of, member
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

# Also what the policy's own changes find: `policy/` imports from this folder, and nothing here from there.
ENVIRONMENT_REMOVED = FindingRule(
    "environment-removed", WARNING, "an environment's file, or its part of the policy, is gone", RISKS
)
REMOVED_WITHOUT_NEW_KEY = FindingRule(
    "removed-without-new-key",
    ERROR,
    "someone was taken out of an access group and keeps its data key, because the key is the same: `gitseal rekey`",
    RISKS,
)
DATA_KEY_REPLACED = FindingRule(
    "data-key-replaced",
    WARNING,
    "everything is sealed anew, by someone who held the old data key, or claims to; with an identity the review can tell",
    RISKS,
)
DATA_KEY_UNPROVEN = FindingRule(
    "data-key-replaced",
    ERROR,
    "nothing shows that the author held the old key: the new one may be a stranger's",
    RISKS,
)
KEY_RESTORED = FindingRule("key-restored", ERROR, "a data key that history had replaced is back", RISKS)
VALUE_RESTORED = FindingRule(
    "value-restored", WARNING, "a token that history had replaced is back, with its old value", RISKS
)
VALUE_MOVED = FindingRule(
    "value-moved", ERROR, "a token is at another name than the one it was sealed for; it opens at neither", RISKS
)
FILE_REPLACED = FindingRule(
    "file-replaced", ERROR, "the file has another id: nothing of the old one opens in it", RISKS
)
ACCESS_GAINED = FindingRule(
    "access-gained",
    WARNING,
    "somebody has a stanza who had none, or one for another key; the finding says how many names and older values it opens",
    RISKS,
)
PASSING_ACCESS = FindingRule(
    "passing-access",
    ERROR,
    "one commit let someone in, a later one took them out again, and the data key is the same",
    RISKS,
)
PASSED_ACCESS = FindingRule("passing-access", WARNING, "the same, and the data key is no longer in force", RISKS)
NEW_ACCESS_GROUP = FindingRule(
    "new-access-group",
    WARNING,
    "a new access group, with a data key that nothing vouches for yet",
    RISKS,
)
UNSEALED = FindingRule("unsealed", WARNING, "a sealed name is now plain", RISKS)
DODGES_RULE = FindingRule(
    "dodges-rule",
    WARNING,
    "a new name looks like one of a rule and the rule does not cover it: it differs in case, or is in a section",
    RISKS,
)
DROPPED_BY_MERGE = FindingRule(
    "dropped-by-merge",
    WARNING,
    "a name differs from BASE, and no commit changed it: a merge dropped BASE's side",
    RISKS,
)

_ACCESS = (HEADER, "access")


class _RiskFinder:
    """Makes findings about one environment's file, each with the line that it is about in the newer state."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends

    def __call__(
        self,
        rule: FindingRule,
        at: NamePath,
        message: Sentence,
        hint: Hint = NO_HINT,
        by: tuple[By, ...] = (),
        *,
        causes: tuple[Cause, ...] = (),
    ) -> Finding:
        commit = by[-1].commit if by else ""
        # A reviewer stands at the top, and the project may lie below.
        there = hint.below(self._ends.folder.rpartition("/")[0])
        return rule.at(self._ends.path, self._ends.new.lines(at), message, there, commit=commit, causes=causes)

    def of(
        self, rule: FindingRule, name: str, message: Sentence, hint: Hint = NO_HINT, by: tuple[By, ...] = ()
    ) -> Finding:
        """A finding about the value of one name."""
        return self(rule, tuple(name.split("/")), message, hint, by, causes=(Cause(VALUE, name, self._ends.name),))


def risks(ends: Ends, environment: EnvironmentReview) -> Iterator[Finding]:
    """The risks in what changed. Those that `check` finds in the newer state are not repeated."""
    finding = _RiskFinder(ends)
    yield from _file(ends, environment, finding)
    yield from _keys(ends, environment, finding)
    yield from _access(ends, environment, finding)
    yield from _restored(ends, environment, finding)
    yield from _names(ends, environment, finding)
    for name, was in moved(ends, environment.names):
        message = sentence('"{}" has the token that stood at "{}", where alone it opens', name, path_text(was))
        yield finding.of(VALUE_MOVED, name, message, _set(name, ends.name))


def _set(name: str, environment: str) -> Hint:
    return give_value(name, environment)


def _file(ends: Ends, environment: EnvironmentReview, finding: _RiskFinder) -> Iterator[Finding]:
    old, new = ends.old, ends.new
    cause = (Cause(ENVIRONMENT, "", ends.name),)
    if old.id and new.id and old.id != new.id:
        template = '"{}" is another file than it was: its id changed, so nothing of the old one opens in it'
        hint = decision(REVIEWER, "ask who did it", command("git log -- {}", pathspec(ends.path)))
        yield finding(FILE_REPLACED, (HEADER, "id"), sentence(template, ends.name), hint, causes=cause)
    if environment.state == "removed":
        names = ours(plural(len(old.values), "name"))
        message = sentence('the file of "{}" is gone, with {}', ends.name, names)
        yield finding(ENVIRONMENT_REMOVED, (), message, causes=cause)


def _keys(ends: Ends, environment: EnvironmentReview, finding: _RiskFinder) -> Iterator[Finding]:
    for key in environment.keys:
        what = _group(key.access, environment.name)
        cause = Cause(KEY, key.access, environment.name)
        if key.before and key.after:
            # A new key after somebody left is part of their leaving, if whoever made it held the old one.
            left = [change.who for change in environment.access if not change.gained and change.access == key.access]
            yield _replaced(key, what, finding, (cause, *(people(left) if key.succeeds and key.proved != NO else ())))
        elif key.after and environment.state != "added":
            old, new = ends.policies
            of_rules = [
                rule_cause(rule.names) for rule in new.rules if rule.access == key.access and rule not in old.rules
            ]
            message = sentence("{} is new, with a data key that nothing vouches for but who made it", what)
            yield finding(NEW_ACCESS_GROUP, (*_ACCESS, key.access), message, by=key.by, causes=(cause, *of_rules))


def _replaced(key: KeyChange, what: Sentence, finding: _RiskFinder, causes: tuple[Cause, ...]) -> Finding:
    at = (*_ACCESS, key.access)
    message = sentence("the data key of {} was replaced{}", what, ours(key.maker))
    if key.succeeds and key.proved != NO:
        message = sentence("{}; every value is sealed anew", message)
        asks = "ask who did it whether they meant to"
        checks = "; a review with an identity that opens the old key checks the claim"
        hint = decision(REVIEWER, asks if key.proved == YES else asks + checks)
        return finding(DATA_KEY_REPLACED, at, message, hint, key.by, causes=causes)
    hint = decision(REVIEWER, "ask a member whether it is theirs, before anybody seals anything to it")
    return finding(DATA_KEY_UNPROVEN, at, message, hint, key.by, causes=causes)


def _access(ends: Ends, environment: EnvironmentReview, finding: _RiskFinder) -> Iterator[Finding]:
    replaced = {key.access for key in environment.keys}
    anew = decision(member(environment.name), NOTHING, command("gitseal rekey -e {}", environment.name))
    for change in environment.access:
        at = (*_ACCESS, change.access)
        what = _group(change.access, environment.name)
        who = people((change.who,))
        is_in_force = change.access in ends.new.keys and change.access not in replaced
        if change.passed:
            end = ours("its data key is still the same" if is_in_force else "its data key is no longer in force")
            template = '"{}" could open {} for some commits between, and keeps what they fetched; {}'
            message = sentence(template, change.who, what, end)
            rule = PASSING_ACCESS if is_in_force else PASSED_ACCESS
            yield finding(rule, at, message, anew, change.by, causes=who)
        elif change.gained:
            if environment.state != "added":
                yield finding(ACCESS_GAINED, at, _gained(change, what), by=change.by, causes=who)
        elif is_in_force:
            message = sentence('"{}" was taken out of {} under the same data key, which they keep', change.who, what)
            yield finding(REMOVED_WITHOUT_NEW_KEY, at, message, anew, change.by, causes=who)


def _gained(change: AccessChange, what: Sentence) -> Sentence:
    past = f" and {plural(change.past, 'older value')}" if change.past else ""
    opens = ours(f"{plural(change.names, 'name')}{past}")
    if change.whole:
        return sentence('"{}" can open {}: {}', change.who, what, opens)
    return sentence('"{}" has a stanza for another key or a new one in {}: {}', change.who, what, opens)


def _restored(ends: Ends, environment: EnvironmentReview, finding: _RiskFinder) -> Iterator[Finding]:
    for back in environment.restored:
        since = sentence(", which {} had replaced", back.superseded[:12]) if back.superseded else NOTHING
        if back.name:
            message = sentence('"{}" has an old token back{}', back.name, since)
            look = command("git log --patch -- {}", pathspec(ends.path))
            hint = decision(REVIEWER, "a value that was rotated out must not return; see what it was", look)
            yield finding.of(VALUE_RESTORED, back.name, message, hint, back.by)
        else:
            message = sentence("{} has an old data key back{}", _group(back.access, environment.name), since)
            hint = decision(REVIEWER, "a retired key never comes back: take the file from before it did")
            cause = Cause(KEY, back.access, environment.name)
            yield finding(KEY_RESTORED, (*_ACCESS, back.access), message, hint, back.by, causes=(cause,))


def _names(ends: Ends, environment: EnvironmentReview, finding: _RiskFinder) -> Iterator[Finding]:
    for change in environment.names:
        if change.action == PASSED:
            continue
        if is_unsealed(change):
            message = sentence('"{}" was sealed and is plain: whoever has the repository reads it', change.name)
            # The same name that a rule makes plain now is the same act.
            causes = (Cause(VALUE, change.name, environment.name), *answers((change.name,), environment.name))
            at, hint = tuple(change.name.split("/")), _set(change.name, environment.name)
            yield finding(UNSEALED, at, message, hint, change.by, causes=causes)
        if not change.by:
            template = '"{}" is not what it was, and no commit between changed it: a merge dropped a side'
            hint = decision(REVIEWER, "see which merge it was", history_of(ends.path))
            causes = (Cause(MERGE, "", environment.name), Cause(VALUE, change.name, environment.name))
            at = tuple(change.name.split("/"))
            yield finding(DROPPED_BY_MERGE, at, sentence(template, change.name), hint, causes=causes)
    yield from _brought(ends, environment, finding)
    came = [ends.new.names[change.name] for change in environment.names if change.name in ends.new.names]
    for path, pattern, rule in near_misses(ends.policies[1], ends.name, came):
        template = '"{}" looks like "{}", which is for "{}", and is not covered by it'
        message = sentence(template, path_text(path), pattern, rule.access)
        yield finding.of(
            DODGES_RULE, path_text(path), message, decision(POLICY_OWNERS, "name the section in the rule, or rename it")
        )


def _brought(ends: Ends, environment: EnvironmentReview, finding: _RiskFinder) -> Iterator[Finding]:
    """Write-only values: whoever brought them cannot read what was there, or did not need to."""
    changes = {change.name: change for change in environment.names}
    policy = ends.policies[1]
    for value in environment.write_only:
        kept_out = kept_out_of(policy, environment.name) if environment.name in policy.environments else None
        if kept_out is not None:
            yield finding.of(
                kept_out.rule, value.name, kept_out.message(value.name), kept_out.hint(value.name), value.by
            )
        elif _is_downgraded(changes[value.name]):
            template = '"{}" was set by a member, and was replaced write-only, as anyone with write access can'
            message = sentence(template, value.name)
            yield finding.of(WRITE_ONLY, value.name, message, decision(REVIEWER, "ask who did it"), value.by)


def _is_downgraded(change: NameChange) -> bool:
    return (
        change.before is not None
        and change.before.kind == SEALED
        and change.after is not None
        and (change.after.kind == WRITTEN_ONLY)
    )


def _group(access: str, environment: str) -> Sentence:
    if access == DEFAULT:
        return sentence('"{}"', environment)
    return sentence('access group "{}" of "{}"', access, environment)
