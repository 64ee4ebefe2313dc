"""Compares the stanzas of two states of an environment: who gained access, who lost it, and by whose commits."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from gitseal.document.changes import Action
from gitseal.review.model import AccessChange, By, KeyChange
from gitseal.review.state import CommitStep, EnvironmentFile, Holder


def access(
    old: EnvironmentFile, new: EnvironmentFile, steps: Sequence[CommitStep], machines: Collection[str]
) -> tuple[AccessChange, ...]:
    """Stanzas that came and went, people before machines, who gained before who lost.

    A stanza that one commit added and a later one removed is included: whoever fetched between has it.
    """
    came, went = new.holders - old.holders, old.holders - new.holders
    granted = {holder for step in steps for holder in _holders(step, Action.GRANTED)}
    passed = granted - new.holders - old.holders
    changed = [
        *_changes(came, (new, old), steps, machines, Action.GRANTED),
        *_changes(went, (old, new), steps, machines, Action.REVOKED),
        *(change._replace(passed=True) for change in _changes(passed, (new, old), steps, machines, Action.GRANTED)),
    ]
    return tuple(sorted(changed, key=lambda change: (change.is_machine, not change.gained, change.who, change.access)))


def _changes(
    those: Iterable[Holder],
    sides: tuple[EnvironmentFile, EnvironmentFile],
    steps: Sequence[CommitStep],
    machines: Collection[str],
    action: Action,
) -> Iterator[AccessChange]:
    """One change for each person and access group. The first side has the stanzas, the other does not."""
    has, lacks = sides
    others = {(holder.who, holder.access) for holder in lacks.holders}
    by_person: dict[tuple[str, str], list[str]] = {}
    for holder in sorted(those):
        by_person.setdefault((holder.who, holder.access), []).append(holder.recipient)
    for (who, group), recipients in by_person.items():
        meant = {Holder(group, who, recipient) for recipient in recipients}
        yield AccessChange(
            who,
            who in machines,
            group,
            gained=action is Action.GRANTED,
            whole=(who, group) not in others,
            recipients=tuple(recipients),
            names=len(has.sealed.get(group, ())),
            by=tuple(step.by for step in steps if meant.intersection(_holders(step, action))),
        )


def _holders(step: CommitStep, action: Action) -> Iterator[Holder]:
    for change in step.changes:
        if change.action is action:
            for recipient in change.recipients:
                yield Holder(change.access, change.name, recipient)


def keys(old: EnvironmentFile, new: EnvironmentFile, steps: Sequence[CommitStep]) -> tuple[KeyChange, ...]:
    """Access groups whose data key is another one, is new, or is gone.

    A key counts as the successor of another if every commit that replaced one left a succession, and the last succession is
    sealed under a key that the group had. Only an identity could open it and be sure.
    """
    differing = []
    for group in sorted({*old.keys, *new.keys}):
        before, after = old.keys.get(group, ""), new.keys.get(group, "")
        if before != after:
            replaced = list(_replaced(steps, group))
            proves = all(succeeds for _, succeeds in replaced) and new.succeeds(group) not in {"", after}
            # Of a single step it is known which key it has to be.
            succeeds = proves and (len(replaced) > 1 or new.succeeds(group) == before)
            differing.append(KeyChange(group, before, after, bool(before) and succeeds, _by(steps, group)))
    return tuple(differing)


def _replaced(steps: Iterable[CommitStep], group: str) -> Iterator[tuple[By, bool]]:
    for step in steps:
        for change in step.changes:
            if change.action is Action.REKEYED and change.access == group:
                yield step.by, change.succeeds


def _by(steps: Sequence[CommitStep], group: str) -> tuple[By, ...]:
    """Those who replaced the key; for a group that is new or gone, those who granted or revoked its stanzas."""
    changers = [by for by, _ in _replaced(steps, group)]
    if not changers:
        meant = {Action.GRANTED, Action.REVOKED}
        changers = [step.by for step in steps if any(c.action in meant and c.access == group for c in step.changes)]
    return tuple(dict.fromkeys(changers))
