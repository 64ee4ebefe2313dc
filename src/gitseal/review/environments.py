"""One environment compared between two states: names, access, data keys, and values that are back."""

from typing import NamedTuple

from gitseal.document.changes import WRITTEN_ONLY
from gitseal.document.sealed_under import older
from gitseal.policy.policy import MACHINE, PENDING, Policy
from gitseal.review.access import access, keys
from gitseal.review.model import PASSED, EnvironmentReview, NameChange, Restored, WriteOnly
from gitseal.review.names import names
from gitseal.review.restored import Superseded
from gitseal.review.state import CommitStep, EnvironmentFile
from gitseal.yamltext.tree import NamePath


class Ends(NamedTuple):
    """An environment's file at both ends of the range, with the policy at each."""

    folder: str
    name: str
    path: str
    old: EnvironmentFile
    new: EnvironmentFile
    policies: tuple[Policy, Policy]


def environment(ends: Ends, steps: tuple[CommitStep, ...], past: Superseded | None) -> EnvironmentReview | None:
    """The changes, or None if there are none. `past` is None if history was not looked at."""
    old, new = ends.old, ends.new
    if old.data == new.data and not steps:
        return None
    names_changed = names(old.data, new.data, steps)
    is_there = [end.data is not None for end in (old, new)]
    state = {(False, True): "added", (True, False): "removed"}.get((is_there[0], is_there[1]), "changed")
    settings = [policy.environments.get(ends.name) for policy in ends.policies]
    who = access(old, new, steps, _machines(ends))
    if past is not None:
        who = tuple(change._replace(past=_past_values(change.access, ends, past)) for change in who)
    listed = {new.names[change.name] for change in names_changed if change.name in new.names}
    return EnvironmentReview(
        ends.folder,
        ends.name,
        ends.path,
        state,
        any(rule.protected for rule in settings if rule is not None),
        names_changed,
        who,
        keys(old, new, steps),
        _write_only(ends, names_changed),
        _restored(ends, names_changed, past) if past is not None else (),
        len(new.values) - len(listed),
        new.is_sound,
    )


def sought(ends: Ends) -> tuple[set[str], set[str]]:
    """The questions to history: tokens and key ids that are new, and the data keys that someone gained or lost."""
    old, new = ends.old, ends.new
    wanted = {text for text in new.tokens if old.values.get(new.tokens[text]) != text}
    wanted |= {key for group, key in new.keys.items() if old.keys.get(group) != key}
    groups = {holder.access for holder in new.holders ^ old.holders}
    return wanted, {state.keys[group] for group in groups for state in (old, new) if group in state.keys}


def _machines(ends: Ends) -> set[str]:
    return {
        name for policy in ends.policies for name, principal in policy.recipients.items() if principal.kind == MACHINE
    }


def _past_values(group: str, ends: Ends, past: Superseded) -> int:
    """The number of values that the group's data key opens and that are only in history."""
    state = ends.new if group in ends.new.keys else ends.old
    key = state.keys.get(group, "")
    return older(past.sealed.get(key, frozenset()), state.data or b"", key)


def _write_only(ends: Ends, names_changed: tuple[NameChange, ...]) -> tuple[WriteOnly, ...]:
    """Values that came in the range without reading, as they stand now."""
    settings = ends.policies[1].environments.get(ends.name)
    treatment = settings.write_only if settings is not None else PENDING
    return tuple(
        WriteOnly(change.name, change.access, treatment, change.by)
        for change in names_changed
        if change.action != PASSED and change.after is not None and change.after.kind == WRITTEN_ONLY
    )


def _restored(ends: Ends, names_changed: tuple[NameChange, ...], past: Superseded) -> tuple[Restored, ...]:
    by = {change.name: change.by for change in names_changed}
    values = {name: ends.new.values[path] for name, path in ends.new.names.items() if name in by}
    back = [
        Restored(name, _group(text), past.superseded[text], by[name])
        for name, text in sorted(values.items())
        if text in past.superseded and ends.old.values.get(ends.new.names[name]) != text
    ]
    changed = keys(ends.old, ends.new, ())
    return (
        *back,
        *(Restored("", key.access, past.superseded[key.after]) for key in changed if key.after in past.superseded),
    )


def _group(token: str) -> str:
    return token.split(",")[2].partition(":")[0]


def moved(ends: Ends, names_changed: tuple[NameChange, ...]) -> list[tuple[str, NamePath]]:
    """Names whose token stood at another name before: it opens at neither."""
    tokens = ends.old.tokens
    values = ((change.name, ends.new.values.get(ends.new.names.get(change.name, ()), "")) for change in names_changed)
    was = ((name, tokens.get(text)) for name, text in values)
    return [(name, path) for name, path in was if path is not None and path != ends.new.names[name]]
