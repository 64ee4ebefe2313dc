"""The rules of single dialects: names, limits, options, masks."""

import itertools
import json

import pytest

from gitseal.document.value import TypedValue, ValueType, text
from gitseal.errors import UsageError
from gitseal.render import (
    DIALECTS,
    Options,
    Refused,
    RenderedEntry,
    appends,
    dotenv,
    masks,
    options_of,
    render,
    takes_revisions,
)
from gitseal.render._env import records
from gitseal.scan.ordinary import is_ordinary
from tests.render import ports
from tests.render.values import awkward, fuzzed


def reasons(dialect: str, *entries: RenderedEntry, name: str = "app") -> dict[str, str]:
    try:
        render(dialect, entries, Options(name=name))
    except Refused as refused:
        return {refusal.name: refusal.reason for refusal in refused.refusals}
    return {}


def named(name: str, content: str = "x") -> RenderedEntry:
    return RenderedEntry((name,), text(content))


def test_options_of_each_dialect() -> None:
    assert {dialect: options_of(dialect) for dialect in DIALECTS if options_of(dialect)} == {
        "shell": ("export",),
        "python-dotenv": ("interpolate",),
        "k8s-secret": ("name", "namespace"),
    }
    assert [dialect for dialect in DIALECTS if appends(dialect)] == ["github-env"]


def test_every_option_is_some_dialects() -> None:
    of_callers = {option for dialect in DIALECTS for option in options_of(dialect)}
    assert of_callers == set(Options._fields) - {"revisions"}


def test_python_dotenv_without_interpolation_is_plain() -> None:
    entry = [named("A", "${B}")]
    assert render("python-dotenv", entry) == b'A="${:-$}{B}"\n'
    assert render("python-dotenv", entry, Options(interpolate=False)) == b'A="${B}"\n'


# --- GitHub


def test_a_delimiter_is_drawn_for_each_value() -> None:
    lines = render("github-env", [named("A"), named("B")]).decode().splitlines()
    assert lines[0].startswith("A<<ghadelimiter_")
    assert lines[0].removeprefix("A<<") == lines[2] != lines[5]
    assert len(lines[2]) == len("ghadelimiter_") + 32


def test_names_that_a_github_runner_keeps() -> None:
    names = ["NODE_OPTIONS", "node_options", "GITHUB_SHA", "GITHUB_TOKEN", "RUNNER_TEMP", "CI"]
    assert sorted(reasons("github-env", *map(named, names))) == [
        "GITHUB_SHA",
        "NODE_OPTIONS",
        "RUNNER_TEMP",
        "node_options",
    ]


def test_masks_are_one_for_each_line_of_a_sealed_value_that_run_would_redact() -> None:
    entries = [
        named("A", "fir5t-8x71\n\n \ns3cond 100%\r\nfir5t-8x71"),
        named("JSON", '{\n  "k": "f871b60d0617be19393b"\n}'),
        named("FLAG", "true"),
        named("MODE", "test"),
        RenderedEntry(("PLAIN",), text("info"), sealed=False),
        named("EMPTY", ""),
        RenderedEntry(("NULL",), TypedValue(ValueType.NULL, b"")),
        RenderedEntry(("PORT",), TypedValue(ValueType.INTEGER, b"8080")),
        named("TRICK", "::stop-commands::x%0A"),
    ]
    said = masks("github-env", entries, is_ordinary)
    assert said == (
        b'::add-mask::fir5t-8x71\n::add-mask::s3cond 100%25%0D\n::add-mask::  "k": "f871b60d0617be19393b"\n'
        b"::add-mask::::stop-commands::x%250A\n"
    )
    assert ports.github_masks(said.decode()) >= {"fir5t-8x71", "s3cond 100%", "::stop-commands::x%0A"}


def test_only_github_has_masks() -> None:
    assert [dialect for dialect in DIALECTS if masks(dialect, [named("A", "f871b60d0617be19393b")], is_ordinary)] == [
        "github-env"
    ]


# --- limits


def test_a_line_that_docker_takes() -> None:
    assert reasons("docker", named("A", "x" * 65_533)) == {}
    assert list(reasons("docker", named("A", "x" * 65_534))) == ["A"]
    assert list(reasons("docker", named("A", "é" * 32_767))) == ["A"]


def test_an_argument_that_linux_takes() -> None:
    def plain(size: int) -> RenderedEntry:
        return RenderedEntry(("A",), text("x" * size), sealed=False)

    assert reasons("docker-build", plain(131_069)) == {}
    assert list(reasons("docker-build", plain(131_070))) == ["A"]
    assert reasons("docker-build", named("A", "x" * 200_000)) == {}


def test_what_gitlab_has_room_for() -> None:
    assert reasons("gitlab-dotenv", named("A", "x" * 5_116)) == {}
    assert list(reasons("gitlab-dotenv", named("A", "x" * 5_117))) == ["A"]
    assert list(reasons("gitlab-dotenv", named("A", "x" * 3_000), named("B", "x" * 3_000), named("C"))) == ["B"]
    assert list(reasons("gitlab-dotenv", *(named(f"A{n}") for n in range(151)))) == ["A150"]


def test_what_a_secret_has_room_for() -> None:
    assert reasons("k8s-secret", named("A", "x" * 2**20)) == {}
    assert list(reasons("k8s-secret", named("A", "x" * 2**20), named("B", ""), named("C"))) == ["C"]


# --- Kubernetes


@pytest.mark.parametrize("name", ["", "App", "a_b", "-a", "a.", "a" * 254, 'a"\nb', "a\n"])
def test_names_that_no_secret_can_have(name: str) -> None:
    with pytest.raises(UsageError):
        render("k8s-secret", [], Options(name=name))


@pytest.mark.parametrize("namespace", ["A", "a.b", "a" * 64, "a\n"])
def test_names_that_no_namespace_can_have(namespace: str) -> None:
    with pytest.raises(UsageError):
        render("k8s-secret", [], Options(name="app", namespace=namespace))


def test_keys_of_a_secret() -> None:
    names = ["a-b.c", "..a", ".", "é", "a b", "a" * 254]
    assert list(reasons("k8s-secret", *map(named, names))) == ["..a", ".", "é", "a b", "a" * 254]


# --- names that readers keep for themselves


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("dotenv", "UID"),
        ("dotenv", "USERNAME"),
        ("dotenv", "__proto__"),
        ("shell", "path"),
        ("fish", "status"),
        ("node-dotenv", "__proto__"),
        ("dotenvx", "constructor"),
        ("dotenvx", "__proto__"),
    ],
)
def test_names_that_a_reader_keeps(dialect: str, name: str) -> None:
    assert list(reasons(dialect, named(name))) == [name]


def test_dotenvx_would_decrypt() -> None:
    assert list(reasons("dotenvx", named("A", "encrypted:abc"), named("B", " encrypted:abc"))) == ["A"]


# --- revisions


def test_the_dialects_with_a_revision_beside_each_value() -> None:
    entries = [
        named("A", "1"),
        RenderedEntry(("s", "PORT"), TypedValue(ValueType.FLOAT, b"1.50")),
        RenderedEntry(("NULL",), TypedValue(ValueType.NULL, b"")),
    ]
    options = Options(revisions={("A",): 7, ("s", "PORT"): 8, ("NULL",): 9})
    secrets = {"A": "1", "s/PORT": "1.50"}
    assert json.loads(render("terraform", entries, options)) == {"revisions": {"A": 7, "s/PORT": 8}, "secrets": secrets}
    assert json.loads(render("helm", entries, options)) == {"revisions": {"A": "7", "s/PORT": "8"}, "secrets": secrets}
    assert [dialect for dialect in DIALECTS if takes_revisions(dialect)] == ["terraform", "helm"]
    assert json.loads(render("terraform", [])) == json.loads(render("helm", [])) == {"revisions": {}, "secrets": {}}


# --- TOML


def test_numbers_that_toml_does_not_know() -> None:
    entries = [
        RenderedEntry(("A",), TypedValue(ValueType.INTEGER, b"9223372036854775807")),
        RenderedEntry(("B",), TypedValue(ValueType.INTEGER, b"-9223372036854775808")),
        RenderedEntry(("C",), TypedValue(ValueType.INTEGER, b"9223372036854775808")),
        RenderedEntry(("D",), TypedValue(ValueType.INTEGER, b"1" * 5_000)),
        RenderedEntry(("E",), TypedValue(ValueType.FLOAT, b"1e400")),
        RenderedEntry(("F",), TypedValue(ValueType.JSON, b"[9223372036854775808]")),
        RenderedEntry(("G",), TypedValue(ValueType.JSON, b'{"a": [null]}')),
        RenderedEntry(("H",), TypedValue(ValueType.JSON, b"[" * 100 + b"]" * 100)),
        RenderedEntry(("I",), TypedValue(ValueType.JSON, b'"\\ud800"')),
    ]
    assert list(reasons("toml", *entries)) == ["C", "D", "E", "F", "G", "H", "I"]


def test_toml_knows_infinities() -> None:
    entries = [
        RenderedEntry((name,), TypedValue(ValueType.FLOAT, content))
        for name, content in (("A", b"-.inf"), ("B", b".nan"))
    ]
    assert render("toml", entries) == b"A = -inf\nB = nan\n"


# --- dotenv, all at once


def test_what_is_written_at_once_is_what_is_written_one_by_one() -> None:
    """Of one value, of two, and of all that the short way takes together."""
    values = list({**fuzzed(1), **awkward()}.values())
    for one, other in itertools.pairwise(values):
        both = [named("A", one), named("B", other)]
        for some in (
            both,
            both[:1],
            [named("_", one)],
            [*both, both[0]],
            [*both, RenderedEntry(("s", "C"), text(one))],
        ):
            at_once = dotenv._at_once(some)
            assert not at_once or at_once == records(some, dotenv.record)
    easy = [named(f"N{n}", value) for n, value in enumerate(values) if dotenv._at_once([named("A", value)])]
    assert len(easy) > 100
    assert dotenv._at_once(easy) == records(easy, dotenv.record)
