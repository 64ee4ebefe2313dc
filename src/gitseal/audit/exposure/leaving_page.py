"""The report on somebody who leaves, as a page for people and as an object for programs."""

from collections.abc import Iterator, Sequence

from gitseal.audit.exposure.exposed import Changed, ExposedName, Reason
from gitseal.audit.exposure.leaving import Leaving
from gitseal.audit.exposure.machines import MachineInReach
from gitseal.audit.exposure.state_words import NOT_COMMITTED, SHALLOW, STATES, moment_text, on_day, short_ref
from gitseal.audit.exposure.stores import StoreOfName
from gitseal.report.page.model import Page, PageTable
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, joined, listed, ours, sentence

_REASONS = {
    Reason.OPENED: ours("could open it"),
    Reason.COMMITTED: ours("set it"),
    Reason.PLAIN: ours("was plain"),
}


def page_of(told: Leaving) -> Page:
    """The report as a page. What is to be done comes first, as boxes to check."""
    head = ("Name", "Environment", "Owner", "Known since", "Why", "State", "Shown by")
    to_change = PageTable(
        ours("Give these a new value"),
        head,
        tuple(_row(value, STATES[value.changed]) for value in told.to_change),
        is_checklist=True,
    )
    changed = PageTable(
        ours("Have a new value since"), head, tuple(_row(value, _since(value)) for value in told.changed)
    )
    plain = PageTable(
        ours("Plain: everybody with the repository reads these"),
        head,
        tuple(
            _row(value, STATES[value.changed] if value.changed is not Changed.YES else _since(value))
            for value in told.plain
        ),
    )
    machines = PageTable(
        ours("Machines whose identity they may have had: make a new one if so"),
        ("Machine", "Opens", "In a group with them"),
        tuple(_machine(machine) for machine in told.machines if not machine.cloud_keys),
        is_checklist=True,
    )
    cloud_keys = PageTable(
        ours(
            "Cloud keys with which they may have been able to decrypt: see in the key service who may, and take it from them"
        ),
        ("Key", "Machine", "Opens"),
        tuple(row for machine in told.machines for row in _cloud_keys(machine)),
        is_checklist=True,
    )
    tips = PageTable(
        ours("Refs on which they can still open what is sealed there"),
        ("Ref", "Environments"),
        tuple(
            (sentence("{}", short_ref(tip.ref)), listed(tip.environments, "{}"))
            for tip in told.tips
            if not tip.is_pending
        ),
        is_checklist=True,
    )
    stores = PageTable(
        ours("Stores that have these: publish there once the values are new"),
        ("Store", "Target", "Environment", "Names"),
        tuple(_store(store, values) for store, values in told.to_publish.items()),
        is_checklist=True,
    )
    return Page(
        "What somebody who leaves knows",
        tuple(_lead(told)),
        (to_change, stores, tips, cloud_keys, machines, changed, plain),
        tuple(_notes(told)),
    )


def _lead(told: Leaving) -> Iterator[Sentence]:
    name = told.holder.name
    known = [value for value in told.values if value.reasons != (Reason.PLAIN,)]
    if not known:
        yield sentence(
            "{} could open no value, and set none."
            if told.is_complete
            else "{} could open no value and set none, as far as history is here.",
            name,
        )
        return
    counts = ours(plural(len(known), "name")), ours(str(len(told.to_change)))
    yield sentence("{} knows values of {}. To change: {}.", name, *counts)
    others = sorted(told.holder.names - {name})
    if others:
        yield sentence("Earlier names with the same key: {}.", listed(others, "{}"))


def _row(value: ExposedName, state: Sentence) -> tuple[Sentence, ...]:
    return (
        sentence("{}", value.name),
        sentence("{}", value.environment),
        sentence("{}", value.owner) if value.owner else NOTHING,
        on_day(value.since.when),
        joined([_REASONS[reason] for reason in value.reasons]),
        state,
        sentence("{} only", listed(map(short_ref, value.refs), "{}")) if value.refs else ours("history"),
    )


def _since(value: ExposedName) -> Sentence:
    return (
        sentence("changed {}", on_day(value.changed_at.when))
        if value.changed_at.commit
        else ours(f"changed, {NOT_COMMITTED}")
    )


def _store(store: StoreOfName, values: Sequence[ExposedName]) -> tuple[Sentence, ...]:
    names = listed(dict.fromkeys(value.name for value in values), "{}")
    return (sentence("{}", store.place), sentence("{}", store.target), sentence("{}", store.environment), names)


def _machine(machine: MachineInReach) -> tuple[Sentence, ...]:
    return (sentence("{}", machine.name), listed(machine.environments, "{}"), listed(machine.groups, "{}"))


def _cloud_keys(machine: MachineInReach) -> Iterator[tuple[Sentence, ...]]:
    for place in machine.cloud_keys:
        yield (sentence("{}", place), sentence("{}", machine.name), listed(machine.environments, "{}"))


def _notes(told: Leaving) -> Iterator[Sentence]:
    for tip in told.tips:
        if tip.is_pending:
            template = "Until what lies here is committed, {} opens {} on {}."
            yield sentence(template, told.holder.name, listed(tip.environments, "{}"), short_ref(tip.ref))
    if any(value.refs for value in told.values):
        yield sentence(
            "What only a branch, a reflog or a stash shows is a claim: whether a stanza there opens, only {} can tell.",
            told.holder.name,
        )
    if any(value.changed is Changed.UNKNOWN for value in told.to_change):
        yield ours(
            "A value that was only sealed anew is the same value. If the same commit also set it, it may be another one."
        )
    for folder in told.beside:
        yield sentence("{} is a copy of this project with people and values of its own: ask there too.", folder)
    if told.is_partial:
        yield sentence(
            "This clone is partial, and Git could not fetch what it left out; with the remote at hand: `git fetch --refetch`"
        )
    elif told.is_shallow:
        yield SHALLOW


def as_object(told: Leaving) -> dict[str, object]:
    """The report for programs."""
    holder = told.holder
    return {
        "name": holder.name,
        "names": sorted(holder.names),
        "recipients": sorted(holder.recipients),
        "values": [_value_object(value) for value in told.values],
        "machines": [
            {
                "name": one.name,
                "environments": list(one.environments),
                "groups": list(one.groups),
                "cloud_keys": list(one.cloud_keys),
            }
            for one in told.machines
        ],
        "refs": [
            {"ref": tip.ref, "environments": list(tip.environments), "pending": tip.is_pending} for tip in told.tips
        ],
        "stores": [
            {**store._asdict(), "names": list(dict.fromkeys(value.name for value in values))}
            for store, values in told.to_publish.items()
        ],
        "beside": list(told.beside),
        "complete": told.is_complete,
    }


def _value_object(value: ExposedName) -> dict[str, object]:
    return {
        "environment": value.environment,
        "name": value.name,
        "why": [reason.value for reason in value.reasons],
        "since": moment_text(value.since),
        "commit": value.since.commit,
        "values": value.values,
        "changed": value.changed.value,
        "changed_at": moment_text(value.changed_at),
        "owner": value.owner,
        "refs": list(value.refs),
        "claim": bool(value.refs),
    }
