"""The laws of entries, on single steps: coverage, neutrality, and that nothing which means something is called neutral."""

from collections.abc import Callable, Collection
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.document import pieces
from gitseal.errors import Error
from gitseal.policy import allow, manifest_parser, parser
from gitseal.policy.manifest import EMPTY
from gitseal.policy.policy import RuleList
from gitseal.resolve import services
from gitseal.review.entries.entries_of import Context, StepEntries
from gitseal.review.entries.entry import ABSENT, PathState, Step
from gitseal.review.manifest_changes import manifest_changes
from gitseal.review.model import Statement
from gitseal.review.policy.changes import NO_POLICY, policy_changes
from gitseal.review.saying import lines_of
from gitseal.yamltext.tree import NamePath
from tests.growth import assert_linear
from tests.review.entries.files import ENVIRONMENTS, NAMES, PATHS, edited, made

PLACES: list[NamePath] = [*((name,) for name in NAMES), *(("api", name) for name in NAMES)]
SEEDS = st.integers(0, 2**32)
KINDS = st.sampled_from(sorted(PATHS))


def statements(path: str, before: bytes | None, after: bytes | None) -> list[Statement]:
    try:
        if path.endswith("policy.yaml"):
            old = parser.parse(before) if before is not None else NO_POLICY
            new = parser.parse(after) if after is not None else NO_POLICY
            return policy_changes(old, new, dict.fromkeys(ENVIRONMENTS, PLACES), path, lines_of(after))
        manifests = [manifest_parser.parse(data) if data is not None else EMPTY for data in (before, after)]
        return manifest_changes(manifests[0], manifests[1], PLACES, path, lines_of(after))
    except Error:
        return []


CONTEXT = Context(statements, lambda _path: False, lambda _path: False)


def step(kind: str, before: bytes | None, after: bytes | None, modes: tuple[str, str] = ("100644", "100644")) -> Step:
    states = [
        PathState(mode, data) if data is not None else ABSENT for mode, data in zip(modes, (before, after), strict=True)
    ]
    return Step("c" * 40, PATHS[kind], states[0], states[1])


def pair(kind: str, seed: int) -> tuple[bytes, bytes]:
    random = Random(seed)
    before = made(kind, random)
    return before, edited(before, kind, random)


def numbers(ranges: Collection[tuple[int, int]]) -> list[int]:
    return [number for start, end in ranges for number in range(start, end)]


def test_a_comment_that_gives_editors_another_schema_is_no_comment_like_others() -> None:
    own = b"# yaml-language-server: $schema=schema/policy.json\nversion: 1\n"
    foreign = own.replace(b"schema/policy.json", b"https://example.com/x.json")
    rules = [
        [entry.classified.rule for entry in StepEntries(step("policy", *pair_), CONTEXT).entries]
        for pair_ in ((own, foreign), (foreign, own), (own, own + b"# why\n"))
    ]
    assert rules == [["schema-changed"], [""], [""]]


def test_a_policy_with_other_line_ends_or_quotes_in_its_rules_says_the_same() -> None:
    before = b"version: 1\nrules:\n  - names: [A]\n    plain: true\n  - names: [B]\n    plain: true\n"
    for after in (before.replace(b"\n", b"\r\n"), before.replace(b"[A]", b'["A"]')):
        entries = StepEntries(step("policy", before, after), CONTEXT).entries
        assert entries
        assert all(entry.classified.is_neutral for entry in entries)


@pytest.mark.fuzz
@given(KINDS, SEEDS)
def test_coverage(kind: str, seed: int) -> None:
    """Each changed line is in exactly one entry, and all entries together make the newer file of the older one."""
    before, after = pair(kind, seed)
    found = StepEntries(step(kind, before, after), CONTEXT)
    left = []
    for side, data in ((0, before), (1, after)):
        those = [number for entry in found.entries for number in numbers((entry.before, entry.after)[side])]
        assert len(those) == len(set(those)), "a line is in two entries"
        lines = data.split(b"\n")
        assert set(those) <= set(range(1, len(lines) + 1))
        left.append([line for number, line in enumerate(lines, 1) if number not in set(those)])
    assert left[0] == left[1], "a line that is in no entry changed"
    assert found.applied(lambda _entry: True).data == after
    assert found.applied(lambda _entry: False).data == before
    assert bool(found.entries) == (before != after)


@pytest.mark.fuzz
@given(KINDS, SEEDS)
def test_neutrality(kind: str, seed: int) -> None:
    """With only those entries made that are called neutral, the file means what it meant."""
    before, after = pair(kind, seed)
    found = StepEntries(step(kind, before, after), CONTEXT)
    made_ = found.applied(lambda entry: entry.classified.is_neutral).data
    assert made_ is not None
    assert meaning(kind, made_) == meaning(kind, before)
    if found.entries and all(entry.classified.is_neutral for entry in found.entries):
        assert meaning(kind, after) == meaning(kind, before)


@pytest.mark.fuzz
@given(KINDS, SEEDS)
def test_what_changes_the_meaning_is_in_an_entry_that_says_so(kind: str, seed: int) -> None:
    before, after = pair(kind, seed)
    found = StepEntries(step(kind, before, after), CONTEXT)
    if meaning(kind, before) != meaning(kind, after):
        assert any(not entry.classified.is_neutral for entry in found.entries)


@pytest.mark.parametrize("kind", sorted(PATHS))
def test_files_that_come_and_go_and_their_modes(kind: str) -> None:
    data = made(kind, Random(7))
    for before, after in ((None, data), (data, None)):
        found = StepEntries(step(kind, before, after), CONTEXT)
        (entry,) = found.entries
        assert not entry.classified.is_neutral
        assert found.applied(lambda _entry: True).data == after
    for modes in (("100644", "100755"), ("100644", "120000"), ("120000", "100644"), ("100644", "160000")):
        found = StepEntries(step(kind, data, data, modes), CONTEXT)
        assert any(entry.classified.rule for entry in found.entries), modes
        assert found.applied(lambda _entry: True).mode == modes[1]


def meaning(kind: str, data: bytes) -> Any:
    """What a file says: what gitseal and Git read in it. The bytes themselves if they cannot be read."""
    try:
        return _MEANINGS[kind](data)
    except Error:
        return data


def _sealed(data: bytes) -> Any:
    """The scalars; those outside the header in their order, for `render` writes them so."""
    read = pieces.by_grammar(data)
    return (read.scalars, [path for path in read.scalars if path[0] != "gitseal"]) if read.is_sound else data


def _policy(data: bytes) -> Any:
    policy = parser.parse(data)
    opened = {
        (name, group): policy.open_to(name, group)
        for name in policy.environments
        for group in ("default", *(rule.access for rule in policy.rules))
    }
    answers = {
        (name, path): (policy.is_plain(name, path), policy.group(name, path))
        for name in policy.environments
        for path in PLACES
    }
    return _sorted(policy._replace(rules=RuleList())), opened, answers


def _sorted(value: Any) -> Any:
    """A value in which the order of lists that are sets does not count."""
    if isinstance(value, dict):
        return {name: _sorted(part) for name, part in sorted(value.items())}
    if hasattr(value, "_fields"):
        return tuple(_sorted(part) for part in value)
    if isinstance(value, tuple):
        return sorted(map(repr, value))
    return value


def _manifest(data: bytes) -> Any:
    manifest = manifest_parser.parse(data)
    views = {name: _view(manifest, name) for name in manifest.services}
    declared = {path: _sorted(declaration._replace(line=0)) for path, declaration in manifest.secrets.items()}
    return sorted(declared.items()), views


def _view(manifest: Any, name: str) -> Any:
    try:
        return [(path, source.path, source.template) for path, source in services.view(manifest, name, PLACES).items()]
    except Error as error:
        return error.message


def _lines(data: bytes) -> Any:
    return [line.strip() for line in data.split(b"\n") if line.strip() and not line.strip().startswith(b"#")]


_MEANINGS: dict[str, Callable[[bytes], Any]] = {
    "sealed": _sealed,
    "policy": _policy,
    "manifest": _manifest,
    "allow": lambda data: sorted(allow.parse(data).entries),
    "attributes": _lines,
    "modules": _lines,
    "foreign": lambda data: data,
}


@pytest.mark.parametrize("kind", ["sealed", "policy", "attributes"])
def test_hostile_bytes_take_linear_time(kind: str) -> None:
    def names(size: int) -> tuple[bytes, bytes]:
        lines = [f"A{number}: x".encode() for number in range(size // 8)]
        return b"\n".join(lines), b"\n".join(reversed(lines))

    def same(size: int) -> tuple[bytes, bytes]:
        return b"\n" * size, b"# x\n" * (size // 4)

    for make in (names, same):

        def work(size: int, make: Any = make) -> Any:
            before, after = make(size)
            return lambda: StepEntries(step(kind, before, after), CONTEXT).entries

        assert_linear(work)


def test_a_policy_of_many_people_takes_linear_time() -> None:
    def policy(size: int, key: str) -> bytes:
        people = [f"p{number}" for number in range(size // 60)]
        listed = "".join(f"  {person}: {{keys: [age1{key}{person}]}}\n" for person in people)
        grouped = "".join(f"    - {person}\n" for person in people)
        environments = "environments:\n  production: {open: [team]}\n"
        return f"version: 1\nrecipients:\n{listed}groups:\n  team:\n{grouped}{environments}".encode()

    def work(size: int) -> Any:
        before, after = policy(size, "a"), policy(size, "b")
        return lambda: (
            StepEntries(step("policy", before, after), CONTEXT).entries,
            StepEntries(step("policy", policy(60, "a"), after), CONTEXT).entries,
        )

    assert_linear(work)
