"""allow.yaml: what is read, what is refused with its line, and that one more entry changes nothing else."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error, Malformed, UnknownVersion
from gitseal.policy.allow import NONE, Allowed, add, parse

A, B = "a" * 64, "0123456789" * 6 + "1234"
HAND_WRITTEN = f"""\
# looked at in May
version: 1
allowed:
  # the test server's
  - {{path: tests/server.key, sha256: {A}, reason: made for the tests}}   # ok
  - path: "zoo/.env"
    sha256: "{B}"
    reason: 'a port, and no secret'
""".encode()

PATHS = st.one_of(
    st.sampled_from(
        [
            b"a",
            b"tests/a b",
            b"caf\xe9",
            b"\xff",
            b'"q"',
            b'"',
            b"a\nb",
            b"- x",
            b"{a: b}",
            b"#",
            b"\xe2\x80\xae",
            b"*",
            b"a\\b",
        ]
    ),
    st.binary(min_size=1, max_size=12).filter(lambda path: b"\0" not in path and not path.startswith(b"/")),
).filter(lambda path: {b"", b".", b".."}.isdisjoint(path.split(b"/")))
REASONS = st.text(min_size=1, max_size=30).filter(
    lambda reason: reason.strip() != "" and not any(0xD800 <= ord(c) < 0xE000 for c in reason)
)
ENTRIES = st.builds(Allowed, PATHS, st.sampled_from([A, B, "1" * 64, "1e" + "3" * 62]), REASONS)


def test_what_people_write() -> None:
    found = parse(HAND_WRITTEN)
    assert found.hashes(b"tests/server.key") == {A}
    assert found.hashes(b"zoo/.env") == {B}
    assert found.hashes(b"server.key") == NONE.hashes(b"zoo/.env") == frozenset()
    assert [entry.reason for entry in found.entries] == ["made for the tests", "a port, and no secret"]
    assert parse(b"version: 1\n").entries == parse(b"version: 1\nallowed: []\n").entries == ()


ONE = f"path: a, sha256: {A}, reason: b"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("allowed: []\n", 1, "version"),
        (f"version: 1\nallowed:\n  - {{path: a, sha256: {A}}}\n", 3, "no reason"),
        (f"version: 1\nallowed:\n  - {{path: a, sha256: {A}, reason: ' '}}\n", 3, "no reason"),
        (f"version: 1\nallowed:\n  - {{sha256: {A}, reason: b}}\n", 3, "no path"),
        ("version: 1\nallowed:\n  - {path: a, reason: b}\n", 3, "no sha256"),
        ("version: 1\nallowed:\n  - {path: a, sha256: abc, reason: b}\n", 3, "64"),
        (f"version: 1\nallowed:\n  - {{path: a, sha256: {A.upper()}, reason: b}}\n", 3, "64"),
        (f"version: 1\nallowed:\n\n  - {{path: ../a, sha256: {A}, reason: b}}\n", 4, "relative"),
        (f"version: 1\nallowed:\n  - {{path: /a, sha256: {A}, reason: b}}\n", 3, "relative"),
        (f"version: 1\nallowed:\n  - {{{ONE}, rule: x}}\n", 3, "no field"),
        (f"version: 1\nallowed: {{{ONE}}}\n", 2, "list"),
        ("version: 1\nallowed:\n  - a\n", 3, "mapping"),
        (f'version: 1\nallowed:\n  - {{path: "\\"a\\\\q\\"", sha256: {A}, reason: b}}\n', 3, "escape"),
        ("version: 1\nallow: []\n", 2, "no field"),
        ("<<<<<<< ours\nversion: 1\n", 1, "conflict"),
    ],
)
def test_what_is_refused(text: str, line: int, words: str) -> None:
    with pytest.raises(Malformed, match=words) as refused:
        parse(text.encode())
    assert refused.value.line == line


def test_other_versions_are_refused() -> None:
    with pytest.raises(UnknownVersion):
        parse(b"version: 2\n")


def test_a_reason_is_needed() -> None:
    with pytest.raises(Error, match="reason"):
        add(b"", Allowed(b"a", A, "  "))


def test_the_first_entry_makes_the_file() -> None:
    text = add(b"", Allowed(b"tests/a.key", A, "made for the tests"))
    assert text.decode().splitlines()[1:] == [
        "version: 1",
        "allowed:",
        f'  - {{path: "tests/a.key", sha256: "{A}", reason: "made for the tests"}}',
    ]


def test_an_entry_takes_its_place_and_all_else_stays() -> None:
    after = add(HAND_WRITTEN, Allowed(b"tests/a.key", B, "new"))
    line = f'  - {{path: "tests/a.key", sha256: "{B}", reason: "new"}}\n'.encode()
    assert after == HAND_WRITTEN.replace(b"allowed:\n", b"allowed:\n" + line)
    assert add(HAND_WRITTEN, Allowed(b"zzz", B, "new")).startswith(HAND_WRITTEN)
    assert add(HAND_WRITTEN, Allowed(b"zoo/.env", B, "again")) == HAND_WRITTEN
    assert b'\r\n  - {path: "a"' in add(HAND_WRITTEN.replace(b"\n", b"\r\n"), Allowed(b"a", B, "new"))


@pytest.mark.parametrize(
    "text",
    [
        "version: 1",
        "version: 1\n",
        "version: 1\nallowed:\n",
        "version: 1\nallowed: []\n",
        "version: 1\nallowed: null # none\n",
        f"version: 1\nallowed: [{{{ONE}}}]",
        f"allowed:\n- {{{ONE}}}\nversion: 1\n",
    ],
)
def test_any_shape_of_the_list_takes_an_entry(text: str) -> None:
    before = parse(text.encode()).entries
    new = Allowed(b"b", B, "new")
    after = add(text.encode(), new)
    assert sorted(parse(after).entries) == sorted((*before, new))
    assert add(after, new) == after


@pytest.mark.fuzz
@given(st.lists(ENTRIES, max_size=6))
def test_any_entries_come_back(entries: list[Allowed]) -> None:
    text = b""
    expected: dict[tuple[object, ...], Allowed] = {}
    for entry in entries:
        before = text.split(b"\n")
        text = add(text, entry)
        expected.setdefault(entry[:2], entry)
        if text and before != [b""]:
            assert [line for line in text.split(b"\n") if line in before] == before
    if entries:
        found = parse(text).entries
        assert sorted(found) == sorted(expected.values())
        assert [entry.path for entry in found] == sorted(entry.path for entry in found)
        for entry in entries:
            assert entry.sha256 in parse(text).hashes(entry.path)


def merged(folder: Path, base: bytes, ours: bytes, theirs: bytes, *options: str) -> bytes | None:
    for name, content in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(content)
    done = subprocess.run(
        ["git", "merge-file", "-p", *options, "ours", "base", "theirs"], cwd=folder, capture_output=True, check=False
    )
    return done.stdout if done.returncode == 0 else None


def test_entries_of_two_branches_merge_line_by_line(tmp_path: Path) -> None:
    base = b""
    for path in (b"b", b"f", b"m", b"t"):
        base = add(base, Allowed(path, A, f"old {path.decode()}"))
    places = [b"a", b"c", b"g", b"n", b"z"]
    for one in places:
        for other in places:
            ours, theirs = add(base, Allowed(one, B, "ours")), add(base, Allowed(other + b"x", B, "theirs"))
            found = merged(tmp_path, base, ours, theirs)
            if one != other:
                assert found is not None
            # In one gap Git cannot know the order; either serves, and `merge=union` takes both.
            found = found or merged(tmp_path, base, ours, theirs, "--union")
            assert found is not None
            assert len(parse(found).entries) == len({*parse(ours).entries, *parse(theirs).entries})
