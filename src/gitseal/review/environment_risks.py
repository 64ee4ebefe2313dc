"""What of a changed environment a person has to look at: findings, worst first by severity, with who did it."""

from collections.abc import Iterator

from gitseal.document.changes import SEALED, WRITTEN_ONLY
from gitseal.document.header import HEADER
from gitseal.policy.near_misses import near_misses
from gitseal.policy.policy import ACCEPT, DEFAULT, REFUSE
from gitseal.report.findings import ERROR, WARNING, Finding
from gitseal.report.plurals import plural
from gitseal.review.environments import Ends, moved
from gitseal.review.model import PASSED, AccessChange, By, EnvironmentReview, KeyChange, NameChange
from gitseal.review.names import is_unsealed
from gitseal.review.saying import Risk
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_ACCESS = (HEADER, "access")


class _Finder:
    """Findings about one environment's file, each with the line it is about in the newer state."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends

    def __call__(self, risk: Risk, at: NamePath, message: str, by: tuple[By, ...] = ()) -> Finding:
        commit = by[-1].commit if by else ""
        return Finding(risk.rule, self._ends.path, self._ends.new.lines(at), message, risk.hint, risk.severity, commit)


def risks(ends: Ends, found: EnvironmentReview) -> Iterator[Finding]:
    """The risks in what changed. What `check` finds in the state itself is not said again."""
    finding = _Finder(ends)
    yield from _file(ends, found, finding)
    yield from _keys(found, finding)
    yield from _access(ends, found, finding)
    yield from _restored(found, finding)
    yield from _names(ends, found, finding)
    for name, was in moved(ends, found.names):
        message = f'"{name}" has the token that stood at "{path_text(was)}", where alone it opens'
        yield finding(Risk("value-moved", ERROR, f"gitseal set {name} -e {ends.name}"), tuple(name.split("/")), message)


def _file(ends: Ends, found: EnvironmentReview, finding: _Finder) -> Iterator[Finding]:
    old, new = ends.old, ends.new
    if old.id and new.id and old.id != new.id:
        message = f'"{ends.name}" is another file than it was: its id changed, so nothing of the old one opens in it'
        yield finding(Risk("file-replaced", ERROR, "see who did it with git log"), (HEADER, "id"), message)
    if found.state == "removed":
        message = f'the file of "{ends.name}" is gone, with {plural(len(old.values), "name")}'
        yield finding(Risk("environment-removed"), (), message)


def _keys(found: EnvironmentReview, finding: _Finder) -> Iterator[Finding]:
    for key in found.keys:
        what = _group(key.access, found.name)
        if key.before and key.after:
            yield _replaced(key, what, finding)
        elif key.after and found.state != "added":
            message = f"{what} is new, with a data key that nothing vouches for but who made it"
            yield finding(Risk("new-access-group"), (*_ACCESS, key.access), message, key.by)


def _replaced(key: KeyChange, what: str, finding: _Finder) -> Finding:
    at = (*_ACCESS, key.access)
    if key.succeeds:
        message = f"the data key of {what} was replaced by someone who held the old one; every value is sealed anew"
        return finding(Risk("data-key-replaced", hint="ask who did it whether they meant to"), at, message, key.by)
    message = f"the data key of {what} was replaced, and nothing shows that whoever did it held the old one"
    hint = "do not seal anything to it before a member says it is theirs"
    return finding(Risk("data-key-replaced", ERROR, hint), at, message, key.by)


def _access(ends: Ends, found: EnvironmentReview, finding: _Finder) -> Iterator[Finding]:
    replaced = {key.access for key in found.keys}
    for each in found.access:
        at = (*_ACCESS, each.access)
        what = _group(each.access, found.name)
        if each.passed:
            is_in_force = each.access in ends.new.keys and each.access not in replaced
            end = "its data key is still the same" if is_in_force else "its data key is in force no longer"
            message = f'"{each.who}" could open {what} for some commits between, and keeps what they fetched; {end}'
            severity = ERROR if is_in_force else WARNING
            yield finding(Risk("passing-access", severity, _anew(found.name)), at, message, each.by)
        elif each.gained:
            if found.state != "added":
                yield finding(Risk("access-gained"), at, _gained(each, what), each.by)
        elif each.access in ends.new.keys and each.access not in replaced:
            message = f'"{each.who}" was taken out of {what} under the same data key, which they keep'
            yield finding(Risk("removed-without-new-key", ERROR, _anew(found.name)), at, message, each.by)


def _anew(environment: str) -> str:
    return f"gitseal rekey -e {environment}"


def _gained(each: AccessChange, what: str) -> str:
    past = f" and {plural(each.past, 'value')} of the past" if each.past else ""
    opens = f"{plural(each.names, 'name')}{past}"
    if each.whole:
        return f'"{each.who}" can open {what}: {opens}'
    return f'"{each.who}" has a stanza for another key or a new one in {what}: {opens}'


def _restored(found: EnvironmentReview, finding: _Finder) -> Iterator[Finding]:
    for each in found.restored:
        since = f", which {each.superseded[:12]} had replaced" if each.superseded else ""
        if each.name:
            message = f'"{each.name}" has an old token back{since}'
            hint = "see what it was: git log -p; a value that was rotated out must not return"
            yield finding(Risk("value-restored", hint=hint), tuple(each.name.split("/")), message, each.by)
        else:
            message = f"{_group(each.access, found.name)} has an old data key back{since}"
            hint = "a retired key never comes back: take the file from before it did"
            yield finding(Risk("key-restored", ERROR, hint), (*_ACCESS, each.access), message, each.by)


def _names(ends: Ends, found: EnvironmentReview, finding: _Finder) -> Iterator[Finding]:
    for each in found.names:
        at = tuple(each.name.split("/"))
        if each.action == PASSED:
            continue
        if is_unsealed(each):
            message = f'"{each.name}" was sealed and stands plain: whoever has the repository reads it'
            yield finding(Risk("unsealed", hint=f"gitseal set {each.name} -e {found.name}"), at, message, each.by)
        if not each.by:
            message = f'"{each.name}" is not what it was, and no commit between changed it: a merge dropped a side'
            yield finding(Risk("dropped-by-merge", hint="see it with: git log -m -p"), at, message)
    yield from _brought(found, finding)
    came = [ends.new.names[each.name] for each in found.names if each.name in ends.new.names]
    for path, pattern, rule in near_misses(ends.policies[1], ends.name, came):
        message = f'"{path_text(path)}" looks like "{pattern}", which is for "{rule.access}", and is not covered by it'
        yield finding(Risk("dodges-rule", hint="name the section in the rule, or rename it"), path, message)


def _brought(found: EnvironmentReview, finding: _Finder) -> Iterator[Finding]:
    """Write-only values: who brought them cannot read what was there, or did not need to."""
    kinds = {each.name: each for each in found.names}
    for each in found.write_only:
        at = tuple(each.name.split("/"))
        if each.treatment != ACCEPT:
            verdict = "which the policy refuses" if each.treatment == REFUSE else "and waits for a member"
            severity = ERROR if each.treatment == REFUSE else WARNING
            message = f'"{each.name}" was brought in write-only, {verdict}'
            hint = f"once it is known to be right: gitseal absorb {each.name} -e {found.name}"
            yield finding(Risk("write-only", severity, hint), at, message, each.by)
        elif _is_downgraded(kinds[each.name]):
            message = f'"{each.name}" was set by a member, and was replaced write-only, as anyone with write access can'
            yield finding(Risk("write-only", hint="ask who did it"), at, message, each.by)


def _is_downgraded(change: NameChange) -> bool:
    return (
        change.before is not None
        and change.before.kind == SEALED
        and change.after is not None
        and (change.after.kind == WRITTEN_ONLY)
    )


def _group(access: str, environment: str) -> str:
    return f'"{environment}"' if access == DEFAULT else f'access group "{access}" of "{environment}"'
