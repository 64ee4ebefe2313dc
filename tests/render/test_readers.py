"""What was rendered is read back by the real readers as the same text, or was refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.render import DIALECTS, Options, remarks
from tests.render import readers
from tests.render.values import AWKWARD, Values, all_fuzzed, awkward, batches, carried, entries, needed

# What each dialect refuses of the awkward values. The lists may only grow shorter; tests/render/test_minimal.py and
# docs/decisions/0011-what-dialects-decline.md say why they are not.
REFUSED = {
    "dotenv": "all_quotes all_quotes_cr all_quotes_feed all_quotes_first all_quotes_hash backslash_quote "
    "blank_trailing_backslash both_quotes cr crlf dollar_brace dollar_default feed_trailing_backslash line_like_quote "
    "noncharacter single_and_dollar trailing_backslash two_backslashes two_trailing_feeds",
    "dotenv-line": "all_quotes all_quotes_cr all_quotes_feed all_quotes_first all_quotes_hash backslash_n backslash_quote "
    "blank_trailing_backslash both_quotes cr crlf dollar_brace dollar_default feed feed_trailing_backslash form_feed "
    "inner_feed leading_feed line_like_assignment line_like_comment line_like_quote line_separator many_lines nel "
    "noncharacter pem single_and_dollar trailing_backslash trailing_feed two_backslashes two_trailing_feeds vertical_tab "
    "windows wrapped_double",
    "systemd": "noncharacter",
    "docker": "all_quotes_cr all_quotes_feed crlf feed feed_trailing_backslash inner_feed leading_feed "
    "line_like_assignment line_like_comment line_like_quote many_lines pem trailing_feed two_trailing_feeds",
    "gitlab-dotenv": "all_quotes_cr all_quotes_feed blank blank_trailing_backslash crlf feed feed_trailing_backslash "
    "form_feed inner_feed leading_blank leading_feed line_like_assignment line_like_comment line_like_quote many_lines "
    "only_tab pem percent percent_encoded percent_name trailing_blank trailing_feed two_trailing_feeds vertical_tab",
    "node-dotenv": "all_quotes_hash blank_trailing_backslash feed_trailing_backslash",
    "node-env-file": "all_quotes_cr all_quotes_feed all_quotes_first all_quotes_hash cr crlf",
    "dotenv-expand": "all_quotes_cr all_quotes_feed all_quotes_first all_quotes_hash blank_trailing_backslash cr crlf "
    "feed_trailing_backslash",
    "dotenvx": "blank_trailing_backslash feed_trailing_backslash",
    "powershell": "empty",
    "terraform": "combining",
}
DIALECTS_AND_READERS = [(dialect, name) for dialect, found in readers.READERS.items() for name in found]


def check(dialect: str, reader: readers.Reader, values: Values, path: Path, asked: Options | None = None) -> Values:
    """Renders, reads, compares; gives the values that were carried. Values are plain where that puts them in the output."""
    kept: Values = {}
    for batch in batches(dialect, values):
        output, some = carried(dialect, batch, asked or needed(dialect), sealed=dialect != "docker-build")
        path.write_bytes(output)
        try:
            read = reader(path)
        except readers.Missing as missing:
            pytest.skip(str(missing))
        wrong = {name: (content, read.get(name)) for name, content in some.items() if read.get(name) != content}
        assert not wrong, f"{len(wrong)} of {len(some)}: {dict(list(wrong.items())[:5])}"
        kept |= some
    return kept


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rendered.env"


def test_every_dialect_has_readers() -> None:
    assert set(readers.READERS) == set(DIALECTS)


@pytest.mark.parametrize(("dialect", "name"), DIALECTS_AND_READERS)
def test_awkward(dialect: str, name: str, path: Path) -> None:
    kept = check(dialect, readers.READERS[dialect][name], awkward(), path)
    assert sorted(set(AWKWARD) - {key.removeprefix("V_") for key in kept}) == REFUSED.get(dialect, "").split()


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize(("dialect", "name"), DIALECTS_AND_READERS)
def test_fuzzed(dialect: str, name: str, path: Path) -> None:
    for values in all_fuzzed():
        kept = check(dialect, readers.READERS[dialect][name], values, path)
        assert len(kept) > len(values) / 3


VARIANTS: dict[str, tuple[str, readers.Reader, Options]] = {
    f"{name}, export": ("shell", readers.evaluated(*command), Options(export=True))
    for name, command in readers.SHELLS.items()
} | {"python-dotenv, literal": ("python-dotenv", readers.python_dotenv(interpolate=False), Options(interpolate=False))}


@pytest.mark.fuzz
@pytest.mark.parametrize("variant", VARIANTS)
def test_options(variant: str, path: Path) -> None:
    dialect, reader, asked = VARIANTS[variant]
    for some in all_fuzzed():
        values = awkward() | some
        assert len(check(dialect, reader, values, path, asked)) == len(values)


@pytest.mark.parametrize("reader", readers.SHELLS)
def test_plain_values_and_names_of_sealed_ones_for_docker_build(
    reader: str, peer: Callable[[str], str], path: Path
) -> None:
    """The line, as a shell takes it apart, holds no sealed value."""
    peer(reader)
    from gitseal.document.value import text
    from gitseal.render import RenderedEntry, render

    path.write_bytes(
        render(
            "docker-build",
            [RenderedEntry(("A",), text("it's\n$x"), sealed=False), RenderedEntry(("B",), text("private"))],
        )
    )
    output = readers.run([*readers.SHELLS[reader], "-c", 'eval "printf \'%s\\0\' $(cat "$0")"', str(path)])
    assert output == b"--build-arg\0A=it's\n$x\0--secret\0id=B,env=B\0"


@pytest.mark.parametrize(("dialect", "program"), [("docker", "read-docker"), ("compose", "read-compose")])
def test_names_that_only_containers_have(dialect: str, program: str, peer: Callable[[str], str], path: Path) -> None:
    peer(program)
    values = {"aws.sqs.base-url": "http://h", "KC_LOG-LEVEL": "it's $x", "a-.b": "", "PLAIN": "1"}
    output, carried_values = carried(dialect, values)
    path.write_bytes(output)

    assert carried_values == values
    assert readers.READERS[dialect][{"docker": "docker CLI", "compose": "compose-go"}[dialect]](path) == values
    assert carried(dialect, {"-a": "1", ".a": "1", "a b": "1", "a=b": "1", "é": "1"})[1] == {}
    assert remarks(dialect, entries(values)) == (
        "aws.sqs.base-url, KC_LOG-LEVEL, a-.b: the program in the container gets such a name, and a shell there cannot say it",
    )
    assert remarks(dialect, entries({"PLAIN": "1"})) == remarks("dotenv", entries(values)) == ()
