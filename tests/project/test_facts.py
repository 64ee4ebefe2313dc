"""What history says about data keys: by the grammar in any spelling, and the same with a cache, without, or with a broken one."""

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import Scope
from gitseal.document.header import public_text
from gitseal.git.repository import Repository
from gitseal.project.belief.facts import Fact, facts
from gitseal.project.belief.facts_cache import KeyRow
from gitseal.project.belief.history import KeyHistory
from tests.programs import git

FILE_ID = "f" + "1" * 32
KEYS = [DataKey(Scope(FILE_ID, "production", "default"), bytes([number]) * 32) for number in range(1, 7)]


def header(number: int, name: str = "gitseal") -> bytes:
    """A header with one of six data keys; the even ones say that they succeed the one before."""
    key = KEYS[number]
    succeeds = f"      succeeds:\n        ENC[v1,s,default:{KEYS[number - 1].key_id},AAAA]\n" if number % 2 else ""
    return (
        f"{name}:\n  version: 1\n  id: {FILE_ID}\n  environment: production\n  access:\n    default:\n"
        f"      key: {key.key_id}\n      public: {public_text(key.public)}\n{succeeds}"
    ).encode()


def fact(number: int) -> Fact:
    return Fact(FILE_ID, "default", KEYS[number].key_id, KEYS[number - 1].key_id if number % 2 else "", "")


@pytest.mark.parametrize("name", ["gitseal", '"gitseal"', "'gitseal'", "gitseal "])
@pytest.mark.parametrize("before", [b"", b"# a comment\n\nA:\n  value\n\n", b"'x': 1\n\"y\": 2\n", b"gitseals: 1\n"])
@pytest.mark.parametrize(
    "after", [b"", b"\nZ: 1\n", b"# the end\n\n", b"\n<<<<<<< a\nB: 1\n=======\nB: 2\n>>>>>>> b\n"]
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_header_is_what_the_grammar_says(name: str, before: bytes, after: bytes, line_end: bytes) -> None:
    """Wherever it stands, also if the rest of the file is a conflict."""
    version = (before + header(1, name) + after).replace(b"\n", line_end)
    assert _unworded(facts(version)) == [fact(1)]


@hypothesis.given(st.binary(max_size=200) | st.text(alphabet="gitseal:\"' \n#-{}[]", max_size=80).map(str.encode))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    facts(data)
    facts(data + header(0) + data)
    facts(b"\n".join((data, header(0), data)))


def test_a_header_that_claims_a_key_id_which_is_not_its_own_says_nothing() -> None:
    assert facts(header(0).replace(KEYS[0].key_id.encode(), KEYS[1].key_id.encode())) == ()


def _unworded(found: Iterable[Fact]) -> list[Fact]:
    return [each._replace(wording="") for each in found]


def test_two_wordings_of_the_same_keys_are_two_facts() -> None:
    (one,), (other,) = facts(header(1)), facts(header(1).replace(b"AAAA]", b"AAAB]"))
    assert one != other
    assert _unworded([one]) == _unworded([other])


# --- the cache


def _said(found: Iterable[KeyRow]) -> list[Fact]:
    return _unworded(row.fact for row in found)


def rows(top: Path, tip: str) -> tuple[KeyRow, ...]:
    history = KeyHistory(Repository(top))
    found = history.of_ref("refs/heads/main", tip, ".secrets")
    history.save()
    return found


def commit(top: Path, number: int, folder: str = ".secrets") -> str:
    path = top / folder / "production.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header(number))
    return _git(top, "add", "-A") + _git(top, "commit", "-q", "--allow-empty", "-m", str(number))


def _git(top: Path, *words: str) -> str:
    return git(top, *words).strip()


@pytest.mark.fuzz
@hypothesis.settings(max_examples=8, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), print_blob=True)
@hypothesis.given(
    st.lists(st.tuples(st.sampled_from(["commit", "back", "side", "look"]), st.integers(0, 5)), max_size=8)
)
def test_cached_facts_are_those_that_are_read_anew(place: Callable[[], Path], steps: list[tuple[str, int]]) -> None:
    """Over commits, forced moves of the tip and merges, with a look in between at any time."""
    top = place()
    commit(top, 0)
    for name, number in steps:
        if name == "commit":
            commit(top, number)
        elif name == "back":
            subprocess.run(
                ["git", "reset", "-q", "--hard", f"HEAD~{number}"], cwd=top, check=False, capture_output=True
            )
        elif name == "side":
            _git(top, "checkout", "-q", "-b", "side")
            commit(top, number)
            _git(top, "checkout", "-q", "-")
            commit(top, (number + 1) % len(KEYS))
            _git(top, "merge", "-q", "-s", "ours", "-m", "merge", "side")
            _git(top, "branch", "-q", "-D", "side")
        else:
            rows(top, _git(top, "rev-parse", "HEAD"))
    tip = _git(top, "rev-parse", "HEAD")
    cached = rows(top, tip)
    assert rows(top, tip) == cached
    (top / ".git" / "gitseal" / "facts").unlink()
    assert {row.fact for row in rows(top, tip)} == {row.fact for row in cached}


@pytest.fixture
def place(tmp_path: Path, isolated: Path) -> Callable[[], Path]:
    numbers = iter(range(10**6))

    def make() -> Path:
        top = tmp_path / str(next(numbers))
        top.mkdir()
        _git(top, "init", "-q")
        return top

    return make


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-10],
        lambda data: data.replace(b'"facts":[[', b'"facts":[], "x":[['),
        lambda data: b"0" * 64 + data[64:],
        lambda data: data[:64] + b"\n[]",
        lambda data: b"[" * 100_000,
    ],
)
def test_a_damaged_cache_counts_as_none(place: Callable[[], Path], damage: Callable[[bytes], bytes]) -> None:
    top = place()
    commit(top, 0)
    commit(top, 1)
    tip = _git(top, "rev-parse", "HEAD")
    expected = rows(top, tip)
    path = top / ".git" / "gitseal" / "facts"
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(damage(path.read_bytes()))
    assert rows(top, tip) == expected
    assert _said(expected) == [fact(0), fact(1)]


def test_nothing_is_walked_while_the_tip_stays(place: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    top = place()
    commit(top, 0)
    tip = _git(top, "rev-parse", "HEAD")
    expected = rows(top, tip)
    monkeypatch.setenv("PATH", "")
    assert rows(top, tip) == expected


def test_what_lay_elsewhere_before_the_folder_came_counts(place: Callable[[], Path]) -> None:
    """Moved in one commit, and gone for one in between."""
    top = place()
    commit(top, 0, "old/.secrets")
    commit(top, 1, "old/.secrets")
    _git(top, "rm", "-q", "-r", "old")
    _git(top, "commit", "-q", "-m", "gone")
    commit(top, 2)
    assert _said(rows(top, _git(top, "rev-parse", "HEAD"))) == [fact(0), fact(1), fact(2)]
