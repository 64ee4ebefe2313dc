"""What `gitseal publish` has in its hands, looked for wherever it may have got to; and what it says while somebody waits."""

import json
import os
import pty
import re
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import pytest

from gitseal.delivery.publishing.planning import PublishRules
from gitseal.delivery.publishing.publication import Halted, carry_out
from gitseal.document.value import text
from gitseal.errors import Error
from gitseal.project.names import parse_name
from gitseal.project.workspace import Workspace
from gitseal.stores.protocol import Outside, ProgramAnswer
from gitseal.usecases.publish import Wishes, prepare
from gitseal.usecases.set_ import set_values
from tests.attacks.world import files, objects
from tests.robustness import commands
from tests.robustness.publishing import DONE, LEFT, LINE, UNCLEAR, PublishWorld
from tests.robustness.watching import PARTS, Watch
from tests.servers.faulty import SLOW, Fault, Moment
from tests.slow import slow_but

# What makes libraries, Python and the clients of stores say more than they do by themselves.
LOUD = {
    "AWS_DEBUG": "1",
    "BOTO_LOG_LEVEL": "DEBUG",
    "VAULT_LOG_LEVEL": "trace",
    "DEBUG": "*",
    "GIT_TRACE": "1",
    "GIT_CURL_VERBOSE": "1",
    "PYTHONDEVMODE": "1",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONVERBOSE": "",
    "HTTPX_LOG_LEVEL": "trace",
}


@pytest.mark.parametrize("fault", slow_but({None}, [None, Fault.PAGE_AFTER]))
def test_no_value_and_no_token_shows_while_it_runs(publishing: PublishWorld, fault: Fault | None) -> None:
    publishing.proxy.begin(Moment(fault, 5, for_good=True) if fault is not None else None)
    parts = (*PARTS, publishing.token.encode())
    # Its own variables have the token, and those of Git: the clients of clouds are found by them.
    with Watch(("cmdline",), parts) as talk, Watch(("environ",)) as variables:
        child = commands.start(publishing.clone, *LINE, "--json", more=publishing.more | LOUD)
        out, err = child.communicate(timeout=60)
    assert child.returncode == (fault is not None), err
    assert talk.rounds
    assert not talk.found + variables.found
    assert not publishing.is_shown(out + err), err
    assert json.loads(out)[0]["target"] == "shop"
    assert not publishing.is_shown(files(publishing.clone.top).replace(_kept(publishing), b""))
    assert not publishing.is_shown(objects(publishing.clone.top))
    assert not list(publishing.temporary.iterdir())


def _kept(publishing: PublishWorld) -> bytes:
    """What the test itself wrote down."""
    return (publishing.clone.top / ".git" / "published.json").read_bytes()


BROKEN = {
    "a store's write": ("gitseal.stores.vault", "_Secret.write"),
    "a request": ("gitseal.remote.connection", "Connection._exchanged"),
    "an answer": ("gitseal.remote.calling", "Server._content"),
    "the plan": ("gitseal.delivery.publishing.planning", "plan"),
    "what became of it": ("gitseal.delivery.publishing.writing", "_settled"),
}


@pytest.mark.parametrize("broken", slow_but({"a store's write"}, BROKEN))
def test_a_bug_report_holds_no_value_and_no_token(publishing: PublishWorld, broken: tuple[str, str]) -> None:
    module, function = broken
    before = (
        f"import {module} as broken\n"
        f"def fail(*args, **named):\n"
        f"    raise RuntimeError(args, named, {PARTS[0].decode()!r}) from ValueError({publishing.token!r})\n"
        f"broken.{function} = fail"
    )
    publishing.proxy.begin(Moment(Fault.LOST, 5))
    status, out, err = publishing.publish(before)
    assert status == 3, err
    assert "this is a bug" in err
    told = {*DONE.findall(err), *LEFT.findall(err), *UNCLEAR.findall(err)}
    assert told == ({"CHANGED", "CREATED", "GONE"} if "  change  CHANGED" in err else set())
    assert not publishing.is_shown((out + err).encode()), err


@pytest.mark.parametrize("fault", slow_but({Fault.LOST, Fault.EMPTY}, [fault for fault in Fault if fault not in SLOW]))
def test_the_locals_of_an_error_show_no_value_and_no_token(publishing: PublishWorld, fault: Fault) -> None:
    """Error reports of many programs come with the locals of each frame."""
    shown: list[str] = []
    for number in (2, 5):
        publishing.reset()
        publishing.proxy.begin(Moment(fault, number, for_good=True))
        try:
            _in_process(publishing)
        except (Error, Halted) as error:
            captured = traceback.TracebackException.from_exception(error, capture_locals=True)
            shown += captured.format()
    assert not publishing.is_shown("".join(shown).encode()), "".join(shown)


def _in_process(publishing: PublishWorld) -> None:
    def start(*_: object) -> ProgramAnswer:
        raise AssertionError

    clone = publishing.clone
    outside = Outside(publishing.more, start, lambda _seconds: None, str(clone.top), {})
    workspace = Workspace(clone.project, clone.keyring, frozenset({"shop"}))
    wishes = Wishes(("shop",), PublishRules(prunes=True), writes=True)
    for looked in prepare(workspace, outside, wishes):
        assert looked.publication is not None
        for _ in carry_out(looked.publication):
            pass


SPY = """#!/bin/sh
# Keeps what it was given beside its input, apart from that: arguments and variables.
{ printf '%s\\0' "$0" "$@"; env -0; tr '\\0' '\\n' < "/proc/$PPID/cmdline"; } >> "$SEEN"
cat > /dev/null
"""


def test_a_program_gets_values_on_its_input_and_no_identity_at_all(publishing: PublishWorld, tmp_path: Path) -> None:
    clone, seen = publishing.clone, tmp_path / "seen"
    spy = clone.top / "deploy" / "spy.sh"
    spy.parent.mkdir()
    spy.write_text(SPY)
    spy.chmod(0o755)
    clone.policy("vault:secret/clone/shop/", "exec:deploy/spy.sh production")
    clone.commit("to a program")
    assert clone.owner is not None
    status, _, err = commands.run(clone, *LINE, more={"SEEN": str(seen), "SOPS_AGE_KEY": clone.owner.identity})
    assert status == 0, err
    content = seen.read_bytes()
    assert b"\0production\0" in content
    assert b"PATH=" in content
    assert b"AGE-SECRET-KEY" not in content
    assert not publishing.is_shown(content)


# --- many names, and a server that has had enough


def _set(publishing: PublishWorld, count: int) -> dict[str, str]:
    clone = publishing.clone
    names = {f"NAME_{number}": f"value {number}" for number in range(count)}
    given = {parse_name(name): text(value) for name, value in names.items()}
    set_values(Workspace(clone.project, clone.keyring), ("production",), given)
    clone.commit("many")
    return names


@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_many_names_and_a_server_that_throttles(publishing: PublishWorld, count: int) -> None:
    """Every third request is one too many; each is waited for and asked again, on one connection."""
    names = _set(publishing, count)
    publishing.proxy.begin(Moment(Fault.THROTTLED, 0, every=3))
    status, _, err = publishing.publish("import time\ntime.sleep = lambda seconds: None")
    assert status == 0, err
    assert publishing.proxy.connections == 1
    assert len(publishing.proxy.requests) > (count + 3) * 4 / 3
    assert {name: value for name, value in publishing.there().items() if name in names} == names
    for name in names:
        assert f"shop: created {name}\n" in err


def test_progress_is_told_on_a_terminal(publishing: PublishWorld) -> None:
    publishing.proxy.throttled = (429, {"Retry-After": "2"}, b"")
    publishing.proxy.begin(Moment(Fault.THROTTLED, 4))
    shown = _on_terminal(publishing)
    assert "\r\nshop: changed CHANGED (1 of 3)\r\n" in shown
    assert "shop: created CREATED (2 of 3)\r\n" in shown
    assert "shop: removed GONE (3 of 3)\r\n" in shown
    assert re.search(r"^waiting [23] seconds: the store asks for that\r$", shown, re.MULTILINE)
    assert not publishing.is_shown(shown.encode())


def _on_terminal(publishing: PublishWorld) -> str:
    """What a person sees."""
    ours, its = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", commands.MAIN, *LINE],
        cwd=publishing.clone.top,
        env=commands.environ(publishing.clone, **publishing.more),
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    shown = b""
    # Linux ends the reading with an error when the last process has closed its side.
    with suppress(OSError):
        while content := os.read(ours, 65536):
            shown += content
    os.close(ours)
    assert child.wait(20) == 0, shown
    return shown.decode()
