"""`gitseal publish` as a process: at any request the server fails or the run is killed, and the next run ends right."""

import signal
from collections import Counter
from typing import NamedTuple

import pytest

from tests.robustness import commands
from tests.robustness.publishing import DONE, LEFT, LINE, UNCLEAR, PublishWorld
from tests.servers.faulty import Fault, Moment
from tests.slow import slow_but


def requests(publishing: PublishWorld) -> int:
    publishing.reset()
    status, _, err = publishing.publish()
    assert status == 0, err
    return len(publishing.proxy.requests)


@pytest.mark.parametrize("for_good", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["once", "for good"])
@pytest.mark.parametrize("fault", slow_but({Fault.LOST}, list(Fault)))
def test_the_server_fails_at_any_request(publishing: PublishWorld, fault: Fault, *, for_good: bool) -> None:
    count = requests(publishing)
    ends: Counter[int] = Counter()
    # tests/stores/test_faults.py has each request, for what is under the command.
    for number in {False: (count - 1,), True: (0, count - 2)}[for_good]:
        publishing.reset()
        publishing.proxy.begin(Moment(fault, number, for_good))
        status, out, err = publishing.publish()
        assert status in {0, 1}, err
        assert out == ""
        assert "Traceback" not in err
        publishing.judge(err)
        ends[status] += 1
    print(f"{fault.name} at each of {count} requests: {dict(ends)}")


class Stop(NamedTuple):
    """When a run is killed, by what: with the request of a number on its way, which the server gets or not."""

    number: int
    signal: signal.Signals
    does_it: bool


def killed(publishing: PublishWorld, stop: Stop) -> tuple[int, str]:
    """The status and the talk of a run that is killed while it waits for an answer."""
    publishing.proxy.begin(Moment(Fault.LATE if stop.does_it else Fault.SILENT, stop.number))
    child = commands.start(publishing.clone, *LINE, more=publishing.more | {"VAULT_CLIENT_TIMEOUT": "60s"})
    try:
        assert publishing.proxy.is_holding.wait(20)
        child.send_signal(stop.signal)
        out, err = child.communicate(timeout=20)
    finally:
        commands.end(child)
    assert out == b""
    return child.returncode, err.decode()


@pytest.mark.parametrize(
    ("signal_", "does_it", "everywhere"),
    [
        (signal.SIGKILL, True, False),
        pytest.param(signal.SIGINT, False, False, marks=pytest.mark.slow),
        *(
            pytest.param(one, does_it, True, marks=pytest.mark.slow)
            for one in (signal.SIGKILL, signal.SIGINT)
            for does_it in (False, True)
        ),
    ],
)
def test_killed_at_any_request(
    publishing: PublishWorld, signal_: signal.Signals, *, does_it: bool, everywhere: bool
) -> None:
    count = requests(publishing)
    # Between them, the two cases of a signal stop at each request.
    for number in range(does_it, count, 2) if everywhere else (count - 2,):
        publishing.reset()
        status, err = killed(publishing, Stop(number, signal_, does_it))
        assert status == -signal_ or (status == 130 and signal_ == signal.SIGINT), err
        assert "Traceback" not in err
        if signal_ == signal.SIGINT and number >= count - 4:
            told = {*DONE.findall(err), *LEFT.findall(err), *UNCLEAR.findall(err)}
            assert told == {"CHANGED", "CREATED", "GONE"}, err
        publishing.judge(err)
