"""An edit changes the lines of its own names and nothing else, in files of every spelling."""

import difflib
from collections.abc import Mapping

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from gitseal.errors import Malformed
from gitseal.yamltext import editor, reader
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath, Tree
from tests.slow import slow_but
from tests.yamltext import documents
from tests.yamltext.requests import Request, expected, requests


def comments_above(tree: Tree, path: NamePath) -> int:
    """How many comment lines stand directly above a name."""
    first = tree.nodes[path].line
    while tree.is_comment(first - 1):
        first -= 1
    return tree.nodes[path].line - first


def touched(tree: Tree, paths: set[NamePath], comments: Mapping[NamePath, int]) -> set[int]:
    """The numbers of the lines of these names, and of as many comment lines above as `comments` says."""
    lines: set[int] = set()
    for path in paths & tree.nodes.keys():
        node = tree.nodes[path]
        lines.update(range(node.line - comments.get(path, 0), node.end))
    return lines


def sections_of(before: Tree, after: Tree) -> set[NamePath]:
    """Sections that an edit made or emptied: their name lines come and go with it."""
    return {*before.nodes} ^ {*after.nodes}


def kept(tree: Tree, lines: set[int], eol: str) -> list[str]:
    """What is neither blank nor of these lines. A last line without its line end is the same line with it."""
    ended = [*tree.lines[:-1], tree.lines[-1].removesuffix("\r") + eol]
    return [line for number, line in enumerate(ended) if number not in lines and not tree.is_blank(number)]


def runs(tree: Tree, lines: set[int]) -> dict[int, list[str]]:
    """The blank lines before each kept line, by its place among the kept; only where no touched line stands between."""
    found: dict[int, list[str]] = {}
    blanks: list[str] | None = []
    at = 0
    for number, line in enumerate(tree.lines):
        if number in lines:
            blanks = None
        elif tree.is_blank(number):
            if blanks is not None:
                blanks.append(line)
        else:
            if blanks is not None:
                found[at] = blanks
            blanks = []
            at += 1
    return found


def assert_own_lines_only(before: Tree, after: Tree, request: Request) -> None:
    named = request.named() | sections_of(before, after)
    moved = {old: comments_above(before, old) for old in request.renames}
    old = touched(before, named, moved)
    new = touched(after, named, {request.renames[name]: count for name, count in moved.items()})
    eol = "\r" if before.lines[0].endswith("\r") else ""
    assert kept(before, old, eol) == kept(after, new, eol)
    old_runs, new_runs = runs(before, old), runs(after, new)
    for place in old_runs.keys() & new_runs.keys():
        assert old_runs[place] == new_runs[place], f"blank lines changed before {kept(before, old, eol)[place]!r}"


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A file, half of the time with a header at its end."""
    text = draw(documents.good())
    try:
        return reader.parse(text + draw(st.sampled_from([b"", b"\ngitseal:\n  version: 1\n  id: f1\n"])))
    except Malformed:
        reject()


@pytest.mark.fuzz
@given(data=st.data())
def test_random_edits(data: st.DataObject) -> None:
    before = data.draw(trees())
    request = data.draw(requests(before))

    after = editor.edit(
        before, request.puts, request.removes, request.renames, last=data.draw(st.sampled_from(["", "gitseal"]))
    )

    assert after.leaves() == expected(before, request)
    assert reader.parse(after.serialise()).root.plain() == after.root.plain()
    assert_own_lines_only(before, after, request)


@pytest.mark.parametrize("eol", slow_but({b"\n"}, [b"\n", b"\r\n"]))
def test_ten_thousand_names(eol: bytes) -> None:
    names = [f"NAME_{at:05}" for at in range(10_000)]
    before = reader.parse(b"".join(f"{name}:\n  ENC[{name}]\n\n".encode().replace(b"\n", eol) for name in names))
    request = Request(
        {("NAME_05000",): Put("new", own_line=True), ("NAME_07000_A",): Put("x", own_line=True)}, [("NAME_09000",)], {}
    )

    after = editor.edit(before, request.puts, request.removes, request.renames)

    assert_own_lines_only(before, after, request)
    out = [line for line in difflib.unified_diff(before.lines, after.lines, n=0, lineterm="") if line[0] in "+-"][2:]
    end = eol.decode().removesuffix("\n")
    assert out == [
        f"-  ENC[NAME_05000]{end}",
        f"+  new{end}",
        f"+NAME_07000_A:{end}",
        f"+  x{end}",
        f"+{end}",
        f"-NAME_09000:{end}",
        f"-  ENC[NAME_09000]{end}",
        f"-{end}",
    ]


CASES = {
    "a value keeps its comment": (b"A: old # why\nB: 1\n", {("A",): Put("new")}, b"A: new # why\nB: 1\n"),
    "a value on its own line keeps its indentation and comment": (
        b"A: # up\n      old  # why\n",
        {("A",): Put("new", own_line=True)},
        b"A: # up\n      new  # why\n",
    ),
    "a short value becomes a sealed one": (
        b"A: old\nB: 1\n",
        {("A",): Put("ENC", own_line=True)},
        b"A:\n  ENC\nB: 1\n",
    ),
    "a new name takes its alphabetical place": (
        b"A:\n  1\n\nC:\n  3\n",
        {("B",): Put("2", own_line=True)},
        b"A:\n  1\n\nB:\n  2\n\nC:\n  3\n",
    ),
    "in an unsorted file it goes to the end": (b"C: 3\n\nA: 1\n", {("B",): Put("2")}, b"C: 3\n\nA: 1\n\nB: 2\n"),
    "before the first name its comment stays with that": (
        b"# of B\nB: 2\n",
        {("A",): Put("1")},
        b"A: 1\n\n# of B\nB: 2\n",
    ),
    "the header stays last": (
        b"gitseal:\n  v: 1\n",
        {("Z",): Put("1", own_line=True)},
        b"Z:\n  1\n\ngitseal:\n  v: 1\n",
    ),
    "no final newline": (b"A: 1", {("B",): Put("2")}, b"A: 1\n\nB: 2"),
    "no final newline, CRLF": (b"A: 1\r\nB: 2", {("B",): Put("3"), ("C",): Put("4")}, b"A: 1\r\nB: 3\r\n\r\nC: 4"),
    "the section's own indentation": (
        b"api:\n    A: 1\n",
        {("api", "B"): Put("2", own_line=True)},
        b"api:\n    A: 1\n\n    B:\n      2\n",
    ),
    "a new section": (b"B: 1\n", {("a", "X"): Put("1", own_line=True)}, b"B: 1\n\na:\n  X:\n    1\n"),
    "an empty file": (b"", {("A",): Put("1")}, b"A: 1\n"),
    "an empty section": (b"A: {}\n", {("A",): Put("1")}, b"A: 1\n"),
    "an empty section on its own line keeps its comment": (
        b"A: # up\n  {} # why\nB:\n  [] # too\n",
        {("A",): Put("1", own_line=True), ("B",): Put("2")},
        b"A: # up\n  1 # why\nB:\n  2 # too\n",
    ),
    "a list": (b"A: # why\n  - 1\n  - 2\nB: 1\n", {("A",): Put("ENC", own_line=True)}, b"A: # why\n  ENC\nB: 1\n"),
}


@pytest.mark.parametrize(("before", "puts", "after"), CASES.values(), ids=CASES)
def test_puts(before: bytes, puts: dict[NamePath, Put], after: bytes) -> None:
    assert editor.edit(reader.parse(before), puts, last="gitseal").serialise() == after


REMOVALS = {
    "with one blank line": (b"A: 1\n\nB: 2\n\nC: 3\n", ("B",), b"A: 1\n\nC: 3\n"),
    "the first": (b"A: 1\n\nB: 2\n", ("A",), b"B: 2\n"),
    "the last": (b"A: 1\n\nB: 2\n", ("B",), b"A: 1\n"),
    "the last without a newline": (b"A: 1\r\nB: 2", ("B",), b"A: 1"),
    "the only": (b"A: 1\n", ("A",), b""),
    "a comment above stays": (b"# one\nA: 1\n\n# two\nB: 2\n", ("A",), b"# one\n\n# two\nB: 2\n"),
    "the last name of a section": (b"A: 1\n\ns:\n  B: 1\n\nZ: 1\n", ("s", "B"), b"A: 1\n\nZ: 1\n"),
    "a section": (b"A: 1\n\ns:\n  # in\n  B: 1\n\n  C: 1\n\nZ: 1\n", ("s",), b"A: 1\n\nZ: 1\n"),
}


@pytest.mark.parametrize(("before", "path", "after"), REMOVALS.values(), ids=REMOVALS)
def test_removals(before: bytes, path: NamePath, after: bytes) -> None:
    assert editor.edit(reader.parse(before), removes=[path]).serialise() == after


def test_a_renamed_name_takes_its_comment_along() -> None:
    before = reader.parse(b"# of A\nA:\n  1\n\nB:\n  2\n")

    after = editor.edit(before, {("C",): Put("9", own_line=True)}, renames={("A",): ("C",)})

    assert after.serialise() == b"B:\n  2\n\n# of A\nC:\n  9\n"


def test_a_section_that_loses_all_names_and_gets_another_stays_with_its_comments() -> None:
    before = reader.parse(b"s: # kept\n  # of nobody\n\n  A: 1\n\nZ: 1\n")

    after = editor.edit(before, {("s", "B"): Put("2")}, removes=[("s", "A")])

    assert after.serialise() == b"s: # kept\n  # of nobody\n\n  B: 2\n\nZ: 1\n"


def test_an_edit_of_the_last_name_above_another_sections_new_name() -> None:
    before = reader.parse(b"B: 1\ns:\n  B: 1\nD: 1\n")

    after = editor.edit(before, {("s", "C"): Put("2"), ("D",): Put("3")})

    assert after.serialise() == b"B: 1\ns:\n  B: 1\n\n  C: 2\n\nD: 3\n"


@pytest.mark.parametrize("path", [("A", "B"), ("A", "B", "C")])
def test_a_value_is_no_section(path: NamePath) -> None:
    with pytest.raises(ValueError, match="is a value, not a section"):
        editor.edit(reader.parse(b"A: 1\n"), {path: Put("1")})


def test_a_section_is_no_value() -> None:
    with pytest.raises(ValueError, match="not the old tree"):
        editor.edit(reader.parse(b"A:\n  B: 1\n"), {("A",): Put("1")})


def test_what_is_not_there_is_not_removed() -> None:
    with pytest.raises(KeyError):
        editor.edit(reader.parse(b"A: 1\n"), removes=[("B",)])


def test_new_names_bring_comments_and_stand_by_rank_in_an_empty_section() -> None:
    puts = {
        ("A",): Put("one", rank=2, comments=("# last", "", "# above")),
        ("B",): Put("two", rank=1),
        ("C", "D"): Put("three", rank=3, comments=("# inner", "", "# more")),
    }
    after = editor.edit(reader.parse(b"# head\n\nheader: x\n"), puts, last="header").serialise().decode()
    assert after == (
        "# head\n\nB: two\n\n# last\n\n# above\nA: one\n\nC:\n  # inner\n\n  # more\n  D: three\n\nheader: x\n"
    )


def test_a_new_name_brings_what_stands_further_down() -> None:
    puts: dict[NamePath, Put] = {("A", "B"): Put("one", own_line=True, below=("# nobody's", "", "# last"))}
    after = editor.edit(reader.parse(b"header: x\n"), puts, last="header").serialise().decode()
    assert after == "A:\n  B:\n    one\n\n# nobody's\n\n# last\n\nheader: x\n"


def test_a_sorted_section_stays_sorted_whatever_the_rank() -> None:
    puts: dict[NamePath, Put] = {("B",): Put("two", rank=9), ("C",): Put("three", rank=1)}
    assert (
        editor.edit(reader.parse(b"A: one\n\nD: four\n"), puts).serialise()
        == b"A: one\n\nB: two\n\nC: three\n\nD: four\n"
    )
