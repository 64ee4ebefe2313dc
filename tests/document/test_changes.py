"""What changed between two states of a file: examples, and laws against the whole document and against sums of steps."""

import itertools
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document import document, pieces
from gitseal.document.changes import Action, EntryChange, ValueState, changes, changes_of_merge
from gitseal.document.document import Document
from gitseal.errors import Error
from gitseal.yamltext.reader import path_text

KEYS = ["k" + digit * 32 for digit in "ab"]
HEAD = "gitseal:\n  version: 1\n  id: f{}\n  environment: production\n".format("0" * 32)
IDS = {person: f"r{digit * 32}" for person, digit in (("alice", "1"), ("bob", "2"), ("carol", "3"))}


def token(payload: str = "AAAA", *, kind: str = "s", group: str = "default", key: str = KEYS[0]) -> str:
    return f"ENC[v1,{kind},{group}:{key},{payload}]"


def sealed(**values: str) -> str:
    return "".join(f"{name}:\n  {value}\n\n" for name, value in values.items())


def access(
    *people: str, group: str = "default", key: str = KEYS[0], stanza: str = "AAAA", succeeds: bool = False
) -> str:
    text = f"    {group}:\n      key: {key}\n      public: gsp1{key}\n"
    text += f"      succeeds:\n        {token()}\n" if succeeds else ""
    text += "      stanzas:\n"
    return text + "".join(
        f"        {who}:\n          {IDS[who]}:\n            STANZA[v1,{key},{stanza}]\n\n" for who in people
    )


def file(body: str, *blocks: str) -> bytes:
    return (body + HEAD + ("  access:\n" + "".join(blocks) if blocks else "")).encode()


def words(found: tuple[EntryChange, ...]) -> list[str]:
    return [" ".join(filter(None, (each.action.value, each.name, each.access))) for each in found]


TWO = file(sealed(A=token(), B=token()), access("alice"))


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (TWO, []),
        (file(sealed(A=token(), B=token("BBBB")), access("alice")), ["changed B default"]),
        (file(sealed(A=token(), B=token(), C=token()), access("alice")), ["set C default"]),
        (file(sealed(B=token()), access("alice")), ["removed A default"]),
        (file("# why\n" + sealed(A=token(), B=token()), access("alice")), []),
        (file(sealed(A=token(), B=f'"{token()}"'), access("alice")), []),
        (file(sealed(A=token(kind="w"), B=token()), access("alice")), ["changed A default"]),
        (file(sealed(A=token(), B=token(group="pay")), access("alice")), ["resealed B pay"]),
        (file(sealed(A=token(), B="plain"), access("alice")), ["changed B"]),
        (file(sealed(A=token()) + "B:\n  X: 1\n  Z:\n    - 1\n", access("alice")), ["removed B default", "set B/X", "set B/Z"]),
        (file(sealed(A=token(), B=token()), access("alice", "bob")), ["granted bob default"]),
        (file(sealed(A=token(), B=token()), access("bob")), ["granted bob default", "revoked alice default"]),
        (file(sealed(A=token(), B=token()), access("alice", stanza="BBBB")), ["granted alice default"]),
        (file(sealed(A=token(), B=token()), access("alice"), access("bob", group="pay")), ["granted bob pay"]),
        (
            file(sealed(A=token(key=KEYS[1]), B=token("BBBB", key=KEYS[1])), access("alice", key=KEYS[1])),
            ["resealed A default", "resealed B default", "rekeyed default"],
        ),
        (file(sealed(A=token(), B=token())), ["revoked alice default"]),
        (None, ["removed A default", "removed B default", "revoked alice default"]),
        (b"", ["removed A default", "removed B default", "revoked alice default"]),
    ],
)  # fmt: skip
def test_what_changed(new: bytes | None, expected: list[str]) -> None:
    assert words(changes(TWO, new)) == expected


def test_what_is_said_of_a_value_and_of_a_key() -> None:
    new = file(sealed(A="plain", B=token(kind="w")), access("alice", key=KEYS[1], succeeds=True))
    a, b, rekeyed = changes(TWO, new)
    assert (a.before, a.after) == (ValueState("sealed", "default", KEYS[0]), ValueState("plain", "", ""))
    assert b.after == ValueState("write-only", "default", KEYS[0])
    assert rekeyed == EntryChange(Action.REKEYED, "", "default", succeeds=True)
    assert changes(None, TWO)[-1] == EntryChange(Action.GRANTED, "alice", "default", recipients=(IDS["alice"],))


def test_a_conflict_that_was_committed_counts_for_what_its_lines_show() -> None:
    ours, theirs = token("BBBB"), token("CCCC")
    conflict = TWO.replace(
        b"B:\n  " + token().encode(),
        f"<<<<<<< ours\nB:\n  {ours}\n=======\nB:\n  {theirs}\n\nC:\n  {theirs}\n>>>>>>> theirs".encode(),
    )
    assert words(changes(TWO, conflict)) == ["changed B default", "set C default", "malformed"]
    solved = file(sealed(A=token(), B=ours), access("alice"))
    assert words(changes(conflict, solved)) == ["changed B default", "removed C default", "malformed"]


def test_what_a_merge_changed_itself() -> None:
    ours = file(sealed(A=token("BBBB"), B=token()), access("alice", "bob"))
    theirs = file(sealed(A=token(), B=token("CCCC"), D=token()), access("alice"))
    clean = file(sealed(A=token("BBBB"), B=token("CCCC"), D=token()), access("alice", "bob"))
    assert changes_of_merge([ours, theirs], clean) == ()
    evil = file(sealed(A=token("EEEE"), B=token("CCCC"), D=token(), E=token()), access("alice", "bob", "carol"))
    assert words(changes_of_merge([ours, theirs], evil)) == [
        "changed A default",
        "set E default",
        "granted carol default",
    ]
    assert words(changes_of_merge([ours, theirs], None)) == [
        "removed A default",
        "removed B default",
        "revoked alice default",
    ]
    assert changes_of_merge([ours, theirs, clean], clean) == ()


def test_what_changed_is_told_without_cryptography() -> None:
    words = "import sys, gitseal.document.changes; sys.exit('cryptography' in sys.modules)"
    subprocess.run([sys.executable, "-c", words], check=True)


# Laws

NAMES = ["A", "B", "C", "S/A", "S/B", "T/U/A"]
scalars = st.sampled_from([
    token(), token("BBBB"), token("CCCC", key=KEYS[1]), token(kind="w"), f"'{token()}'", "1", '"1"', "text # why", "[]", "{}",
])  # fmt: skip
values = st.dictionaries(st.sampled_from(NAMES), scalars)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Sound files in the spellings that the grammar takes: values beside their names or below, sections, comments, CRLF."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    lines: list[str] = []
    open_sections: tuple[str, ...] = ()
    chosen = draw(values)
    top_order = draw(st.permutations("ABCST"))
    for name in sorted(chosen, key=lambda name: (top_order.index(name[0]), name)):
        *sections, last = name.split("/")
        for depth, section in enumerate(sections):
            if open_sections[: depth + 1] != tuple(sections[: depth + 1]):
                lines.append("  " * depth + f"{section}:")
        open_sections = tuple(sections)
        indent = "  " * len(sections)
        beside = chance.random() < 0.5
        quoted = last if chance.random() < 0.7 else f'"{last}"'
        lines += (
            [f"{indent}{quoted}: {chosen[name]}"] if beside else [f"{indent}{quoted}:", f"{indent}  {chosen[name]}"]
        )
        lines += chance.choice([[], [""], ["", f"{indent}# about"]])
    text = "\n".join([*lines, HEAD])
    return (text.replace("\n", "\r\n") if chance.random() < 0.2 else text).encode()


def of_entries(found: Document) -> dict[str, str]:
    texts = {}
    for entry in found.entries.values():
        node = entry.node
        texts[path_text(entry.path)] = entry.token.serialise() if entry.token else (node.source or repr(node.plain()))
    return texts


@pytest.mark.fuzz
@given(files(), files())
def test_names_are_those_in_which_the_whole_documents_differ(old: bytes, new: bytes) -> None:
    before, after = of_entries(document.parse(old)), of_entries(document.parse(new))
    expected = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    found = changes(old, new)
    assert {change.name for change in found} == expected
    for change in found:
        assert (change.action is Action.SET) == (change.name not in before)
        assert (change.action is Action.REMOVED) == (change.name not in after)
    assert changes(old, old) == ()


@pytest.mark.fuzz
@given(
    st.sampled_from([token(), token() + "=", token()[:-1], "x"]),
    st.text("A_9a\n: ", max_size=9),
    st.sampled_from(["", "\n", "\n\n", "# x\n"]),
)
def test_the_short_way_says_what_the_grammar_says(value: str, name: str, end: str) -> None:
    for written in (name, f"NAMES_{name}", "NAMES_9"):
        piece = f"{written}:\n  {value}\n{end}".encode()
        assert pieces.read(piece) == pieces.by_grammar(piece)


@pytest.mark.fuzz
@given(st.lists(files(), min_size=2, max_size=5))
def test_the_ends_name_nothing_that_the_steps_do_not(states: list[bytes]) -> None:
    steps = {change.name for old, new in itertools.pairwise(states) for change in changes(old, new)}
    assert {change.name for change in changes(states[0], states[-1])} <= steps


@pytest.mark.fuzz
@given(st.binary(max_size=200), files(), st.integers(0, 400), st.integers(0, 40))
def test_no_state_makes_it_raise_and_damage_is_said(junk: bytes, sound: bytes, at: int, length: int) -> None:
    damaged = sound[:at] + junk + sound[at + length :]
    found = changes(sound, damaged)
    changes(junk, sound)
    try:
        document.parse(damaged)
    except Error:
        return
    assert Action.MALFORMED not in {change.action for change in found}


@pytest.mark.fuzz
@given(files(), files(), files())
def test_a_merge_that_equals_a_parent_changed_nothing(one: bytes, two: bytes, three: bytes) -> None:
    assert changes_of_merge([one, two], one) == ()
    assert changes_of_merge([one, two], two) == ()
    named = {change.name for change in changes_of_merge([one, two], three)}
    assert named == {change.name for change in changes(one, three)} & {change.name for change in changes(two, three)}
