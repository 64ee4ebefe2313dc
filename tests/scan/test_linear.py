"""No scanner of hostile bytes takes more than linear time: each is given its own marks again and again, begun and never ended."""

from collections.abc import Callable
from functools import partial

import pytest

from gitseal.scan import compose, pragmas
from gitseal.scan.env_values import assignments
from gitseal.scan.parts import parts
from gitseal.scan.team import Owner, Team
from gitseal.scan.unescaped import unescaped
from gitseal.scan.windows import Window
from tests import growth
from tests.slow import slow_but

PIECES = [" ", '"', '\\"', "'", "{", ":", "=", "#", 'A="\n', "\n", "declare -", "a", '{"\\']
HEADS = ["", "{", "declare -", "services:\n  a:\n    env_file: a"]


def _env(text: str) -> object:
    return list(assignments(text))


def _compose(text: str) -> object:
    return list(compose.env_files(b"compose.yml", text.encode()))


def _pragmas(text: str) -> object:
    return pragmas.allows("env-file", text.encode(), text.encode())


SCANNERS = {"env": _env, "compose": _compose, "pragmas": _pragmas}
CASES = {f"{name}: {head}": (scanner, head) for name, scanner in SCANNERS.items() for head in HEADS}
# The heads that lead each scanner furthest.
QUICK = {"env: {", f"compose: {HEADS[-1]}", "pragmas: "}


def on(
    scanner: Callable[[str], object], head: str, piece: str, end: str = "b"
) -> Callable[[int], Callable[[], object]]:
    return lambda size: partial(scanner, head + growth.repeated(piece, size) + end)


@pytest.mark.parametrize("case", slow_but(QUICK, CASES))
def test_a_piece_again_and_again(case: tuple[Callable[[str], object], str]) -> None:
    scanner, head = case
    for piece in PIECES:
        growth.assert_linear(on(scanner, head, piece))


@pytest.mark.parametrize(
    "piece",
    slow_but(
        {'{"\\', "export export "}, ['{"\\', '\\"', 'A="\n', '{"A":', '"a\\"', "declare -a", "export export ", "=\\\n"]
    ),
)
@pytest.mark.parametrize("head", ["", "{", 'A="'])
def test_two_marks_in_turn_in_an_env_file(head: str, piece: str) -> None:
    growth.assert_linear(on(_env, head, piece))


def _window(text: str) -> Window:
    return Window(text.encode(), 0, len(text), 1, at_start=False, view=0)


@pytest.mark.parametrize("piece", ["%41", "\\x41", "&#65;", "&amp;", "0x41,", "\\'", "\\", "%", "&", "\\\n", "%41 \n"])
def test_escapes_are_undone_in_linear_time(piece: str) -> None:
    growth.assert_linear(on(lambda text: list(unescaped(_window(text))), "", piece))


@pytest.mark.parametrize(
    "piece", ["Xk29fKdm39' + '20dkslKQ", "'Xk29fKdm39", "Xk29fKdm3920dkslKQ", '"\'`"', "20dkslKQ\n"]
)
def test_values_that_are_put_together_are_found_in_linear_time(piece: str) -> None:
    team = Team([(Owner("production", "KEY"), b"Xk29fKdm3920dkslKQ")])
    growth.assert_linear(on(lambda text: team.places(_window(text)), "x = ", piece))


@pytest.mark.parametrize("piece", ["://", "://a:b@", "a=b;", "?a=", "[", '{"a":', "&", "%41"])
def test_parts_are_read_in_linear_time(piece: str) -> None:
    growth.assert_linear(on(lambda text: parts(text.encode()), "", piece))


def test_json_is_read_by_its_fields_and_lists() -> None:
    text = '{"A": "x\\"y", "B": 12, "c": {"D": "e"}, "F" : "g", "H": [1], "I": "j'
    assert [(each.name, each.value) for each in assignments(text)] == [
        ("A", 'x\\"y'),
        ("B", "12"),
        ("D", "e"),
        ("F", "g"),
        ("H", "1"),
    ]
