"""A store that fails at any request, in any way: nothing is lost, what is told is so, and the next run ends right."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from gitseal.delivery.publishing.planning import Desired, Publisher, PublishPlan, PublishRules, plan
from gitseal.delivery.publishing.publication import Halted, Publication, carry_out
from gitseal.delivery.publishing.values import Wanted
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Outside, ProgramAnswer, Store
from tests.servers import faulty
from tests.servers.faulty import SLOW, Fault, Faulty, Moment
from tests.servers.openbao import Bao

if TYPE_CHECKING:
    from gitseal.delivery.outgoing import Outgoing
    from gitseal.delivery.publishing.source import Source

FILE = "f" + "1" * 32
BEFORE = {"CHANGED": b"old", "SAME": b"same", "GONE": b"gone"}
AFTER = {"CHANGED": b"new", "SAME": b"same", "CREATED": b"\xc3\xa4"}


class Told(NamedTuple):
    """What a run said: the names that are done, those that are not, and those of which nobody can tell."""

    done: set[str]
    left: set[str]
    unclear: set[str]


class Place:
    """A place in a store, reached directly and through a proxy that fails. `fresh` gives an address that nothing is at."""

    def __init__(
        self, proxy: Faulty, direct: Mapping[str, str], through: Mapping[str, str], fresh: Callable[[], str]
    ) -> None:
        self.proxy = proxy
        self.fresh = fresh
        self._direct, self._through = direct, through

    def store(self, place: str, *, directly: bool) -> Store:
        def start(*_: object) -> ProgramAnswer:
            raise AssertionError

        environ = self._direct if directly else self._through
        return table.open_store(place, Outside(environ, start, lambda _seconds: None, "/"))

    def values(self, place: str) -> dict[str, bytes]:
        live = self.store(place, directly=True).read()
        return {name: one.value.reveal() for name, one in live.items() if one.value is not None}

    def prepared(self, place: str, wanted: Mapping[str, bytes], number: int, *, directly: bool) -> Publication:
        desired = {name: Desired(SecretBytes(value), None) for name, value in wanted.items()}
        publisher = Publisher(FILE, "shop", f"{number:040x}")
        store = self.store(place, directly=directly)
        made = plan(publisher, desired, store.read(), lambda *_: None, PublishRules(prunes=True))
        assert not made.refused
        return Publication(
            source=cast("Source", None),  # nothing asks for it, nor for what does not go out
            environment="production",
            place=place,
            server="",
            publisher=publisher,
            wanted=Wanted(desired, cast("Outgoing", None), FILE),
            plan=made,
            store=store,
            record=None,
        )

    def publish(
        self, place: str, wanted: Mapping[str, bytes], number: int, *, directly: bool
    ) -> tuple[PublishPlan, Told]:
        made = self.prepared(place, wanted, number, directly=directly)
        done: set[str] = set()
        try:
            for names in carry_out(made):
                done.update(names)
        except Halted as halted:
            if set(halted.done) != done:
                raise AssertionError(halted.done) from None
            return made.plan, Told(done, set(halted.left), set(halted.unclear))
        return made.plan, Told(done, set(), set())


@pytest.fixture(scope="session")
def in_front_of_bao(bao: Bao) -> Iterator[Faulty]:
    with faulty.in_front_of(bao.address) as proxy:
        yield proxy


@pytest.fixture(params=["whole", "each"])
def place(request: pytest.FixtureRequest, bao: Bao, in_front_of_bao: Faulty) -> Place:
    form, counted = request.param, iter(range(10_000))

    def fresh() -> str:
        return f"vault:secret/faults/{request.node.name.encode().hex()[-80:]}-{next(counted)}{'/' if form == 'each' else ''}"

    through = {"VAULT_ADDR": in_front_of_bao.address, "VAULT_TOKEN": bao.token, "VAULT_CLIENT_TIMEOUT": "200ms"}
    return Place(in_front_of_bao, bao.environ, through, fresh)


def failed_run(place: Place, moment: Moment | None) -> str:
    """A publication that fails at a moment, held against the law; gives how it ended."""
    at = place.fresh()
    place.publish(at, BEFORE, 1, directly=True)
    place.proxy.begin(moment)
    try:
        _, told = place.publish(at, AFTER, 2, directly=False)
    except RemoteError:
        told = None
    finally:
        place.proxy.moment = None
    there = place.values(at)
    if told is None:
        assert there == BEFORE, "nothing was told, and something was done"
    else:
        assert told.done | told.left | told.unclear == {"CHANGED", "CREATED", "GONE"}
        assert len(told.done) + len(told.left) + len(told.unclear) == 3
        for name in told.done:
            assert there.get(name) == AFTER.get(name), f"{name} was told as done"
        for name in told.left:
            assert there.get(name) == BEFORE.get(name), f"{name} was told as not done"
    for name, value in there.items():
        assert value in {BEFORE.get(name), AFTER.get(name)}, f"{name} has what was never its value"
    assert there["SAME"] == b"same"
    _, again = place.publish(at, AFTER, 2, directly=False)
    assert not again.left | again.unclear
    assert place.values(at) == AFTER
    last, nothing = place.publish(at, AFTER, 2, directly=False)
    assert nothing == Told(set(), set(), set()), "the run after that writes"
    assert last.counts()["unchanged"] == 3
    if told is None:
        return "not begun"
    return "whole" if told.done == {"CHANGED", "CREATED", "GONE"} else "unclear" if told.unclear else "halted"


def requests(place: Place) -> list[str]:
    """The requests of a run in which nothing fails."""
    at = place.fresh()
    place.publish(at, BEFORE, 1, directly=True)
    place.proxy.begin(None)
    place.publish(at, AFTER, 2, directly=False)
    return place.proxy.requests


# What may have been done, and what comes of it.
QUICK = [fault for fault in Fault if fault not in SLOW]


@pytest.mark.parametrize("fault", QUICK)
def test_any_write_may_fail(place: Place, fault: Fault) -> None:
    writes = [number for number, line in enumerate(requests(place)) if not line.startswith(("GET", "LIST"))]
    assert writes
    ends = Counter(failed_run(place, Moment(fault, number)) for number in writes)
    # Another try or a look at what is there ends it right at once, unless the answer is one that comes again.
    assert set(ends) == {"whole"} or fault in {Fault.REDIRECT, Fault.EMPTY}, ends


@pytest.mark.slow
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("fault", list(Fault))
def test_any_request_may_fail(place: Place, fault: Fault, *, for_good: bool) -> None:
    count = len(requests(place))
    ends = Counter(failed_run(place, Moment(fault, number, for_good)) for number in range(count))
    print(f"{fault.name} at each of {count} requests: {dict(ends)}")
    if for_good and fault not in {Fault.TWICE, Fault.ANSWERED_TWICE}:
        assert "whole" not in ends
