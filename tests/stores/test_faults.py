"""A store that fails at any request, in any way: nothing is lost, what is told is so, and the next run ends right."""

import logging
import os
from binascii import b2a_base64
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple, cast
from unittest.mock import patch

import pytest
from _pytest.mark.structures import ParameterSet

from gitseal.delivery.publishing.planning import Desired, Publisher, PublishPlan, PublishRules, plan
from gitseal.delivery.publishing.publication import Halted, Publication, carry_out
from gitseal.delivery.publishing.record import PublishRecord
from gitseal.delivery.publishing.values import Wanted
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Store
from tests.servers import github as github_server
from tests.servers import gitlab as gitlab_server
from tests.servers import google_cloud
from tests.servers.faulty import SLOW, Fault, Moment
from tests.stores.behind_faults import HEAVY, KINDS, Behind
from tests.stores.outside import outside
from tests.stores.publishing import KEY

if TYPE_CHECKING:
    from gitseal.delivery.outgoing import Outgoing
    from gitseal.delivery.publishing.source import Source

FILE = "f" + "1" * 32
BEFORE = {"CHANGED": b"of-before", "SAME": b"of-always", "GONE": b"of-the-past"}
AFTER = {"CHANGED": b"of-after", "SAME": b"of-always", "CREATED": b"new-\xc3\xa4\xc3\xb6\xc3\xbc"}


# As they are, and in base64; tokens of the stand-ins among them.
SECRETS = [
    *(
        form
        for value in {*BEFORE.values(), *AFTER.values()}
        for form in (value.decode(), b2a_base64(value).decode()[:-3])
    ),
    *(github_server.TOKEN, gitlab_server.TOKEN, google_cloud.TOKEN, "hush-access-key"),
]
SOURCE = "/src/gitseal/"


class Told(NamedTuple):
    """What a run said: the names that are done, those that are not, and those of which nobody can tell."""

    done: set[str]
    left: set[str]
    unclear: set[str]


class Place:
    """Places in a kind of store, reached directly and through a proxy that fails, and the records of what is published there."""

    def __init__(self, name: str, behind: Behind, repository: Repository) -> None:
        self.name = name
        self.proxy = behind.proxy
        self.fresh = behind.fresh
        self._behind = behind
        self._repository = repository
        self._direct: dict[str, Store] = {}

    def store(self, place: str, *, directly: bool) -> Store:
        """A new one through the proxy, as each command has it; directly the same one again: AWS's SDK begins slowly."""
        if not directly:
            return self._opened(place, directly=False)
        if place not in self._direct:
            self._direct[place] = self._opened(place, directly=True)
        return self._direct[place]

    def _opened(self, place: str, *, directly: bool) -> Store:
        environ = self._behind.direct if directly else self._behind.through
        # AWS's SDK reads the variables of the process, when it makes a client.
        with patch.dict(os.environ, environ):
            return table.open_store(place, outside(environ))

    def values(self, place: str) -> dict[str, bytes]:
        if self._behind.there is not None:
            return self._behind.there(place)
        live = self.store(place, directly=True).read()
        return {name: one.value.reveal() for name, one in live.items() if one.value is not None}

    def prepared(self, place: str, wanted: Mapping[str, bytes], number: int, *, directly: bool) -> Publication:
        desired = {name: Desired(SecretBytes(value), KEY) for name, value in wanted.items()}
        publisher = Publisher(FILE, "shop", f"{number:040x}")
        store = self.store(place, directly=directly)
        record = None
        if not store.keeps_marks:
            record = PublishRecord(self._repository, "shop", place.encode().hex(), (place, ""))
        names = record.names if record is not None else None
        made = plan(publisher, desired, store.read(), lambda *_: KEY, PublishRules(prunes=True), (), names)
        assert not made.refused
        return Publication(
            # Nothing asks for more of it, nor for what does not go out.
            source=cast("Source", SimpleNamespace(target=SimpleNamespace(name="shop"))),
            environment="production",
            place=place,
            server="",
            publisher=publisher,
            wanted=Wanted(desired, cast("Outgoing", None), FILE),
            plan=made,
            store=store,
            record=record,
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
            check_locals(halted)
            if set(halted.done) != done:
                raise AssertionError(halted.done) from None
            return made.plan, Told(done, set(halted.left), set(halted.unclear))
        except RemoteError:
            # All was written, and the versions that it has now could not be read: the next run writes again.
            assert made.record is not None
        return made.plan, Told(done, set(), set())


# They have no version by which another try would be safe, or no mark by which a write is known.
TELL_LESS = {"github", "gitlab"}
# Nothing says how long their clients wait, so no test waits for them.
PATIENT = {*KINDS} - {"vault, whole", "vault, each"}


@pytest.fixture
def place(
    request: pytest.FixtureRequest, repo: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[Place]:
    # Everything that any library logs, as with the debug switches of the clouds' own programs.
    caplog.set_level(logging.NOTSET)
    with KINDS[request.param](request) as behind:
        yield Place(request.param, behind, Repository(repo))
    logged = "\n".join(record.getMessage() for record in caplog.get_records("call"))
    assert not any(secret in logged for secret in SECRETS)


def check_locals(error: Error) -> None:
    """Error reports of many programs come with the locals of each frame: none of gitseal's has a value or a token."""
    trace = error.__traceback__
    while trace is not None:
        if SOURCE in trace.tb_frame.f_code.co_filename:
            shown = repr([repr(value) for name, value in trace.tb_frame.f_locals.items() if name != "environ"])
            for secret in SECRETS:
                assert secret not in shown, f"{trace.tb_frame.f_code.co_qualname}: {shown}"
        trace = trace.tb_next
    assert not any(secret in f"{error} {error.hint}" for secret in SECRETS)


def failed_run(place: Place, moment: Moment | None) -> str:
    """A publication that fails at a moment, held against the law; gives how it ended."""
    at = place.fresh()
    place.publish(at, BEFORE, 1, directly=True)
    place.proxy.begin(moment)
    try:
        _, told = place.publish(at, AFTER, 2, directly=False)
    except RemoteError as error:
        check_locals(error)
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
    assert there["SAME"] == BEFORE["SAME"]
    _, again = place.publish(at, AFTER, 2, directly=False)
    assert not again.left | again.unclear
    assert place.values(at) == AFTER
    # No fault is left to find on the way, and a store that is there already spares an SDK's slow start.
    last, nothing = place.publish(at, AFTER, 2, directly=True)
    assert nothing == Told(set(), set(), set()), "the run after that writes"
    assert last.counts()["unchanged"] == 3
    if told is None:
        return "not begun"
    return "whole" if told.done == {"CHANGED", "CREATED", "GONE"} else "unclear" if told.unclear else "halted"


_requests: dict[str, list[str]] = {}


def requests(place: Place) -> list[str]:
    """The requests of a run in which nothing fails, which are the same for each fault."""
    if place.name not in _requests:
        at = place.fresh()
        place.publish(at, BEFORE, 1, directly=True)
        place.proxy.begin(None)
        place.publish(at, AFTER, 2, directly=False)
        _requests[place.name] = place.proxy.requests
    return _requests[place.name]


def _skip_what_cannot_be_told(place: Place, fault: Fault) -> None:
    if place.name in PATIENT and fault in SLOW:
        pytest.skip("it waits too long")
    if place.name == "google" and fault is Fault.EMPTY:
        pytest.skip("it is what Google itself answers to a removal")


READS = ("GET", "LIST", "POST Get", "POST List", "POST Describe", "POST BatchGet")
# Vault has all of them for everybody; what the others say is another matter for each.
QUICK = {Fault.LOST, Fault.PAGE, Fault.EMPTY}


def _is_told_most(kind: str, fault: Fault) -> bool:
    return kind.startswith("vault") or fault in QUICK


# What an answer means is the same in all services of AWS. This kind has the faults by which writes differ.
ELSEWHERE = {
    "aws-secretsmanager, each": {
        Fault.REFUSED,
        Fault.NOT_READY,
        Fault.BROKEN,
        Fault.BROKEN_AFTER,
        Fault.CUT,
        Fault.REDIRECT,
    }
}


def _cases() -> Iterator[ParameterSet]:
    """Each kind of store with each fault, once and for good, by the marks of the kind."""
    for kind, fault, for_good in product(KINDS, Fault, [False, True]):
        if (_is_told_most(kind, fault) or not for_good) and fault not in ELSEWHERE.get(kind, ()):
            name = f"{kind}-{fault.name}{'-for good' if for_good else ''}"
            yield pytest.param(kind, fault, for_good, id=name, marks=HEAVY.get(kind, ()))


def check_writes(place: Place, fault: Fault, ends: Iterable[str]) -> None:
    """Another try or a look at what is there ends it right at once, if the store says enough, and not the same each time."""
    may_halt = {Fault.REDIRECT, Fault.EMPTY} | ({Fault.TWICE} if place.name in {"aws-ssm", "google"} else set())
    assert {*ends} == {"whole"} or place.name in TELL_LESS or fault in may_halt, ends


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        pytest.param(kind, fault, id=f"{kind}-{fault.name}")
        for kind, fault in product(sorted(KINDS.keys() - HEAVY.keys()), Fault)
        if _is_told_most(kind, fault) and fault not in SLOW
    ],
    indirect=["place"],
)
def test_any_write_may_fail(place: Place, fault: Fault) -> None:
    _skip_what_cannot_be_told(place, fault)
    writes = [number for number, line in enumerate(requests(place)) if not line.startswith(READS)]
    assert writes
    check_writes(place, fault, [failed_run(place, Moment(fault, number)) for number in writes])


@pytest.mark.slow
@pytest.mark.parametrize(("place", "fault", "for_good"), [*_cases()], indirect=["place"])
def test_any_request_may_fail(place: Place, fault: Fault, *, for_good: bool) -> None:
    _skip_what_cannot_be_told(place, fault)
    lines = requests(place)
    ends = [failed_run(place, Moment(fault, number, for_good)) for number in range(len(lines))]
    print(f"{fault.name} at each of {len(lines)} requests: {dict(Counter(ends))}")
    if not for_good:
        if fault not in SLOW:
            writes = [end for end, line in zip(ends, lines, strict=True) if not line.startswith(READS)]
            check_writes(place, fault, writes)
    elif fault not in {Fault.TWICE, Fault.ANSWERED_TWICE}:
        assert {*ends} != {"whole"}
