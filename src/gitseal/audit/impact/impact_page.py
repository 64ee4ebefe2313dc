"""What a leak concerns, as a page for people and as an object for programs. Neither has a value."""

from collections.abc import Iterator

from gitseal.audit.exposure.exposed import Changed
from gitseal.audit.exposure.state_words import SHALLOW, STATES, moment_text, on_day, short_ref
from gitseal.audit.impact.impact import EVERYBODY, PART, PLAIN, SEALED, VALUE, Impact, ImpactedName
from gitseal.report.page.model import Page, PageTable
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, joined, listed, ours, sentence

_WHY = {
    VALUE: ours("it leaked"),
    PART: ours("a part of it leaked"),
    SEALED: ours("its token was published"),
    PLAIN: ours("was plain"),
    "opened": ours("could open it"),
    "committed": ours("set it"),
}
_HEAD = (
    "Name",
    "Environment",
    "Owner",
    "State",
    "First known since",
    "Until",
    "Why",
    "Where",
    "Services",
    "Stores",
    "Code",
)


def page_of(told: Impact) -> Page:
    """The page: what needs a new value first, as boxes to check."""
    rotate = [value for value in told.values if value.changed is not Changed.YES]
    done = [value for value in told.values if value.changed is Changed.YES]
    return Page(
        "What a leak concerns",
        (_lead(told, len(rotate)),),
        (
            PageTable(ours("Give these a new value"), _HEAD, tuple(map(_row, rotate)), is_checklist=True),
            PageTable(ours("Have a new value since"), _HEAD, tuple(map(_row, done))),
            PageTable(
                ours("Who could open it when it was in force, and who can open the value of today"),
                ("Name", "Environment", "Then", "Now"),
                tuple(map(_people, told.values)),
            ),
            PageTable(
                ours("Data keys that the commit gave away"),
                ("Environment", "Access group", "To"),
                tuple(tuple(sentence("{}", text) for text in key) for key in told.keys),
            ),
        ),
        tuple(_notes(told)),
    )


def _lead(told: Impact, to_change: int) -> Sentence:
    if not told.values:
        template = (
            "{}: no value of ours." if told.is_complete else "{}: no value of ours, as far as it could be looked at."
        )
        return sentence(template, told.subject)
    counts = ours(plural(len(told.values), "name")), ours(str(to_change))
    return sentence("{}: values of {}. To change: {}.", told.subject, *counts)


def _row(value: ImpactedName) -> tuple[Sentence, ...]:
    return (
        sentence("{}", value.name),
        sentence("{}", value.environment),
        sentence("{}", value.owner) if value.owner else NOTHING,
        STATES[value.changed],
        on_day(value.since.when),
        on_day(value.until.when) if value.until is not None else NOTHING,
        joined([*(_WHY[why] for why in value.why), *_only(value)]),
        listed(value.places, "{}"),
        listed(value.services, "{}"),
        listed(dict.fromkeys(store.place for store in value.stores), "{}"),
        listed(value.code, "{}"),
    )


def _only(value: ImpactedName) -> Iterator[Sentence]:
    if value.refs:
        yield sentence("{} only", listed(map(short_ref, value.refs), "{}"))


def _people(value: ImpactedName) -> tuple[Sentence, ...]:
    everybody = (ours(EVERYBODY),) if value.is_plain else ()
    then = joined([*everybody, listed(value.opened_then, "{}")] if value.opened_then else everybody)
    return (
        sentence("{}", value.name),
        sentence("{}", value.environment),
        then,
        listed(value.opens_now, "{}"),
    )


def _notes(told: Impact) -> Iterator[Sentence]:
    ordinary = [value.name for value in told.values if value.is_ordinary]
    if ordinary:
        yield sentence("Short or common, so equality may be chance: {}.", listed(dict.fromkeys(ordinary), "{}"))
    if any(value.changed is Changed.UNKNOWN for value in told.values):
        yield ours(
            "Whether a value that was sealed anew is another one can only be seen with an identity that opens both."
        )
    if told.unopened:
        yield ours(f"{plural(told.unopened, 'value')} of history did not open here and took no part in this.")
    for folder in told.beside:
        yield sentence("{} is a copy of this project with people and values of its own: ask there too.", folder)
    if told.is_shallow:
        yield SHALLOW


def as_object(told: Impact) -> dict[str, object]:
    """The same for programs."""
    return {
        "subject": told.subject,
        "values": [_object(value) for value in told.values],
        "keys": [key._asdict() for key in told.keys],
        "unopened": told.unopened,
        "only_whole": told.only_whole,
        "beside": list(told.beside),
        "complete": told.is_complete,
    }


def _object(value: ImpactedName) -> dict[str, object]:
    until = value.until
    return {
        "environment": value.environment,
        "name": value.name,
        "why": list(value.why),
        "where": list(value.places),
        "since": moment_text(value.since),
        "commit": value.since.commit,
        "refs": list(value.refs),
        "until": moment_text(until) if until is not None else None,
        "until_commit": until.commit if until is not None else "",
        "changed": value.changed.value,
        "owner": value.owner,
        "opened_then": list(value.opened_then),
        "opens_now": list(value.opens_now),
        "plain": value.is_plain,
        "ordinary": value.is_ordinary,
        "services": list(value.services),
        "stores": [store._asdict() for store in value.stores],
        "code": list(value.code),
    }
