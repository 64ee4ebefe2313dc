"""One environment of one target, from what is to be there to having put it there."""

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence

from gitseal.delivery.publishing import mark, mark_keys, planning, preconditions, values
from gitseal.delivery.publishing.grouped import listed
from gitseal.delivery.publishing.live_mark import with_live_mark
from gitseal.delivery.publishing.planning import MarkVerdict, Publisher, PublishPlan, PublishRules, PublishStep
from gitseal.delivery.publishing.record import PublishRecord
from gitseal.delivery.publishing.source import Source, past, way_to_all
from gitseal.delivery.publishing.standing import PlaceStanding, standing
from gitseal.delivery.publishing.values import Wanted
from gitseal.delivery.publishing.writing import write
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.identities import Keyring
from gitseal.project.belief import configured
from gitseal.records import NamedTuple
from gitseal.remote.failure import AGAIN, RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Edit, Outside, ProgramAnswer, Store, Whereabouts

_NO_SERVER = Whereabouts("", "")
AFTER_A_WRITE = "run the same again: it reads what is there, and writes what is missing"


class Publication(NamedTuple):
    """What is to be done at one place; nothing of it was done. `server` says for people where it is, if the policy does not.

    `record` has the marks of a store that keeps none, else it is None.
    """

    source: Source
    environment: str
    place: str
    server: str
    publisher: Publisher
    wanted: Wanted
    plan: PublishPlan
    store: Store
    record: PublishRecord | None

    def standing(self) -> PlaceStanding:
        """How the place stands."""
        return standing(self.source, self.plan)

    def remember(self) -> None:
        """Remembers of a record what proved itself, so that nobody puts an older one back unseen."""
        if self.record is not None:
            self.record.remember([step.name for step in self.plan.steps if step.verdict is MarkVerdict.OURS])

    def untold(self) -> Error | None:
        """The error for names that this clone cannot tell of; None if there are none."""
        whys = [(step.name, step.untold) for step in self.plan.steps if step.untold]
        if not whys:
            return None
        reason = whys[0][1]
        hint = f"fetch it: {way_to_all(self.source.repository)}"
        names = listed([name for name, why in whys if why == reason])
        is_here = "not in this clone" not in reason
        return Error(f"cannot tell of {names}: {reason}", "let somebody look who can open it" if is_here else hint)

    def __repr__(self) -> str:
        return f"Publication({self.source.target.name!r}, {self.environment!r}, …)"


class Halted(Error):
    """A store said no in the middle, and the next run completes it.

    `done`, `left` and `unclear` are names: what is there, what is not, and what nobody can tell of.
    """

    def __init__(self, message: str, cause: RemoteError, done: list[str], left: list[str], unclear: list[str]) -> None:
        super().__init__(message, AFTER_A_WRITE if cause.hint == AGAIN else cause.hint)
        self.done = done
        self.left = left
        self.unclear = unclear


def publications(
    source: Source, keyring: Keyring, outside: Outside, rules: PublishRules, environments: Collection[str] = ()
) -> Iterator[Publication]:
    """What a target's environments need, or these of them. The stores are read, and nothing is written.

    Raises Error for anything that the place cannot carry, before a store is asked for anything.
    """
    rules = rules._replace(prunes=rules.prunes or source.target.prune)
    chosen = environments or source.target.environments
    places = [(name, place) for name, place in source.target.places() if name in chosen]
    prepared = [(name, place, values.wanted(source, name, keyring)) for name, place in places]
    for _environment, place, wanted in prepared:
        preconditions.check_limits(source, place, wanted)
        preconditions.check_program(source, place)
        configured.check(source.repository, table.kind_of(place).scheme, outside.environ)
    for environment, place, wanted in prepared:
        try:
            yield _publication(source, (environment, place), wanted, keyring, outside, rules)
        except RemoteError as error:
            told = f"{source.target.name}, {environment}: {error.message}"
            raise RemoteError(told, error.hint, kind=error.kind) from None


def _publication(
    source: Source,
    goes: tuple[str, str],
    wanted: Wanted,
    keyring: Keyring,
    outside: Outside,
    rules: PublishRules,
) -> Publication:
    """What one environment needs at its place, by what is there."""
    environment, place = goes
    store, server = table.open_store(place, _hiding(outside, wanted)), table.whereabouts(place, outside)
    told, identity = server if server is not None else _NO_SERVER
    record = None
    if not store.keeps_marks:
        record = PublishRecord(source.repository, source.target.name, environment, (place, identity))
    keys = mark_keys.KeysAt(source, environment, keyring, wanted.values)
    with outside.asking():
        live = store.read()
    records = record.against(live) if record is not None else None
    texts = (one.mark for one in (records if records is not None else live).values())
    former = keys.former(filter(None, map(mark.parse, texts)), wanted.file_id)
    others = frozenset(target.name for target in source.project.policy.publish) - {source.target.name}
    publisher = Publisher(wanted.file_id, source.target.name, source.commit, former, others)
    plan = planning.plan(publisher, wanted.values, live, keys, rules, wanted.going.held, records)
    marks = {name: one.mark for name, one in (records if records is not None else live).items()}
    plan = plan._replace(steps=tuple(_untold(step, marks, keys) for step in plan.steps))
    plan = with_live_mark(plan, wanted.values, source.commit, past(source, environment))
    return Publication(source, environment, place, told, publisher, wanted, plan, store, record)


def _untold(step: PublishStep, marks: Mapping[str, str], keys: mark_keys.KeysAt) -> PublishStep:
    """A step with the reason if this clone cannot tell whose the value is: that is no drift."""
    known = mark.parse(marks.get(step.name, "")) if step.verdict is MarkVerdict.UNPROVEN else None
    why = keys.why_none(known, step.name) if known is not None and known.key else ""
    return step._replace(untold=why, note=f"cannot tell: {why}") if why else step


def carry_out(publication: Publication, under_way: list[str] | None = None) -> Iterator[list[str]]:
    """Writes what the plan says, and gives the names after each write. Raises Halted if the store says no.

    `under_way` has the names that are being written, so that whoever is interrupted knows of which nobody can tell.
    """
    under_way = under_way if under_way is not None else []
    edits = publication.plan.edits(publication.wanted.values, publication.publisher)
    if not edits:
        return
    batches = [edits] if publication.store.is_whole else [[edit] for edit in edits]
    if publication.record is not None:
        keys = {name: desired.key for name, desired in publication.wanted.values.items()}
        publication.record.begin(edits, keys)
    done: list[Edit] = []
    for number, batch in enumerate(batches):
        under_way[:] = _names(batch)
        outcome = write(publication.store, batch)
        under_way[:] = _names(outcome.unclear)
        done += outcome.done
        if outcome.done:
            yield _names(outcome.done)
        if outcome.failure is not None:
            left = [*outcome.left, *(edit for rest in batches[number + 1 :] for edit in rest)]
            with contextlib.suppress(RemoteError):
                _record(publication, done, left)
            told = f"{publication.source.target.name}, {publication.environment}: {outcome.failure.message}"
            raise Halted(told, outcome.failure, _names(done), _names(left), _names(outcome.unclear))
    _record(publication, done, [])


def _names(edits: Sequence[Edit]) -> list[str]:
    return [edit.name for edit in edits]


def _record(publication: Publication, done: Sequence[Edit], untouched: Sequence[Edit]) -> None:
    """Notes the versions that the store has now. Raises RemoteError if it does not say: then the next run writes again."""
    if publication.record is not None:
        publication.record.end(done, untouched, publication.store.read() if done else {})


def _hiding(outside: Outside, wanted: Wanted) -> Outside:
    """The outside, whose programs show none of the values, also if they are only started to read."""
    ours = [(name, desired.value.reveal()) for name, desired in wanted.values.items()]

    def start(
        command: Sequence[str],
        message: SecretBytes,
        secrets: Sequence[tuple[str, bytes]],
        variables: Mapping[str, str],
        folder: str,
    ) -> ProgramAnswer:
        return outside.start(command, message, [*secrets, *ours], variables, folder)

    return outside._replace(start=start)
