"""No scanner of hostile bytes takes more than linear time: each is given its own marks again and again, begun and never ended."""

from collections.abc import Callable
from functools import partial

import pytest

from gitseal.scan import compose, pragmas
from gitseal.scan.env_values import assignments
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


@pytest.mark.parametrize("piece", ['{"\\', '\\"', 'A="\n', '{"A":', '"a\\"', "declare -a", "export export ", "=\\\n"])
@pytest.mark.parametrize("head", ["", "{", 'A="'])
def test_two_marks_in_turn_in_an_env_file(head: str, piece: str) -> None:
    growth.assert_linear(on(_env, head, piece))


def test_json_is_read_by_its_fields_and_lists() -> None:
    text = '{"A": "x\\"y", "B": 12, "c": {"D": "e"}, "F" : "g", "H": [1], "I": "j'
    assert [(each.name, each.value) for each in assignments(text)] == [
        ("A", 'x\\"y'),
        ("B", "12"),
        ("D", "e"),
        ("F", "g"),
        ("H", "1"),
    ]
