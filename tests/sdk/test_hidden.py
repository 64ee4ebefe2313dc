"""No value shows where nobody asked for it."""

import copy
import json
import logging
import os
import pickle
import pprint
import traceback
import warnings
from collections.abc import Callable

import pytest

import gitseal
from tests.sdk.world import PASSWORD, World


@pytest.fixture
def hidden(world: World, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Everything that the API hands out, the lazy ones after they were used."""
    monkeypatch.setenv("GITSEAL_ENV", "production")
    world.set(TOKEN=PASSWORD)
    secrets = gitseal.load("production")
    declared = gitseal.secret("TOKEN")
    assert secrets["TOKEN"].reveal() == declared() == PASSWORD
    return [secrets, secrets["TOKEN"], declared, gitseal.secret("OTHER", default=PASSWORD), dict(secrets)]


SHOWN: dict[str, Callable[[object], str]] = {
    "repr": repr,
    "str": str,
    "format": lambda each: f"{each}",
    "format with width": lambda each: f"{each!s:>40}",
    "percent": lambda each: "%s %r" % (each, each),  # noqa: UP031 - as logging does it
    "pprint": pprint.pformat,
    "json with repr": lambda each: json.dumps(each, default=repr),
    "dir": lambda each: repr([getattr(each, name, None) for name in dir(each)]),
    "log": lambda each: logging.LogRecord("n", 0, "p", 0, "%s %r", (each, each), None).getMessage(),
}


@pytest.mark.parametrize("way", SHOWN)
def test_a_value_does_not_show(hidden: list[object], way: str) -> None:
    for each in hidden:
        shown = SHOWN[way](each)

        assert PASSWORD not in shown
        assert shown


def test_a_format_with_width_is_no_way_around(hidden: list[object]) -> None:
    assert f"{hidden[1]:>40}" == "Value(TOKEN, …)"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_is_pickled(hidden: list[object], protocol: int) -> None:
    for each in hidden:
        with pytest.raises(TypeError, match="is not pickled or copied"):
            pickle.dumps(each, protocol)


def test_nothing_is_copied(hidden: list[object]) -> None:
    for each in hidden:
        with pytest.raises(TypeError, match="is not pickled or copied"):
            copy.deepcopy(each)


def test_objects_have_no_dictionary_that_a_reporter_could_walk(hidden: list[object]) -> None:
    for each in hidden[:-1]:
        with pytest.raises(TypeError):
            vars(each)


def full(error: BaseException) -> str:
    """All that a report of an error can show: every frame with its variables, causes and contexts included."""
    seen: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None:
            shown = traceback.TracebackException.from_exception(each, capture_locals=True)
            seen += [*shown.format(), repr(each), repr(each.args), repr(vars(each))]
            waiting += [each.__cause__, each.__context__]
    return "".join(seen)


def frames(error: BaseException) -> set[str]:
    return {frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)}


@pytest.mark.parametrize("wanted", [int, float, bool, dict, list])
def test_a_refused_conversion_shows_no_value(hidden: list[object], wanted: type) -> None:
    secrets = hidden[0]
    assert isinstance(secrets, gitseal.Secrets)
    declared: gitseal.Secret[object] = gitseal.secret("TOKEN", type=wanted)

    for ask in (lambda: secrets["TOKEN"].reveal(wanted), declared):
        with pytest.raises(gitseal.Error) as raised:
            ask()

        assert PASSWORD not in full(raised.value)
        assert "TOKEN" in full(raised.value)


def test_what_fails_below_leaves_no_frames(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames below hold keys and plaintext in their variables; only this floor's own are left."""
    from gitseal.document import document

    def fail(plaintext: bytes) -> object:
        raise gitseal.Error("the content is not of its type") from ValueError(plaintext)

    world.set(TOKEN=PASSWORD)
    secrets = gitseal.load("production")
    monkeypatch.setattr(document, "from_plaintext", fail)

    with pytest.raises(gitseal.Error, match="not of its type") as raised:
        secrets["TOKEN"].reveal()

    shown = full(raised.value)
    assert PASSWORD not in shown
    assert os.environ["GITSEAL_IDENTITY"].splitlines()[1] not in shown
    assert all("/sdk/" in name for name in frames(raised.value))


def test_a_report_in_the_manner_of_cgitb_calls_nothing(hidden: list[object]) -> None:
    """It shows the attributes that the line names: a property would have been read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        cgitb = pytest.importorskip("cgitb", reason="Python 3.13 has it no more")
    token = hidden[1]

    with pytest.raises(AttributeError) as raised:
        token.reveal.nonsense  # type: ignore[attr-defined] # noqa: B018

    report = cgitb.text((raised.type, raised.value, raised.tb))
    assert "token.reveal" in report
    assert PASSWORD not in report


def test_the_bug_of_a_program_shows_only_what_the_program_took(hidden: list[object]) -> None:
    secrets, token, declared, *_ = hidden

    with pytest.raises(RuntimeError) as raised:
        raise RuntimeError(f"{secrets} {token} {declared}")

    assert "declared = Secret(TOKEN, …)" in full(raised.value)
    assert PASSWORD not in full(raised.value)
