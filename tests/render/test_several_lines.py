"""What the page of dialects says a reader does to a value of several lines is what the real reader does."""

import re
from pathlib import Path

import pytest

from gitseal.render import DIALECTS, options_of
from tests.render import readers
from tests.render.values import Values, carried

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/dialects.md"
TABLE = PAGE.read_text(encoding="utf-8").partition("## By reader")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in re.findall(r"^\| .*\|$", TABLE, re.MULTILINE)]
SEVERAL: Values = {"V_SEVERAL": "first\nADMIN=yes\nlast", "V_PEM": "-----BEGIN KEY-----\nab+/=\n-----END KEY-----\n"}
# The reader's name in the page, and here.
READERS = {
    "django-environ": "django-environ",
    "python-decouple": "decouple",
    "honcho (Procfile)": "honcho",
    "foreman (Procfile)": "foreman",
    "dotenv 2": "ruby dotenv 2",
    "phpdotenv (Laravel)": "phpdotenv",
    "symfony/dotenv": "symfony/dotenv",
    "godotenv": "godotenv",
    "direnv: `dotenv` in": "direnv",
}


def row(words: str) -> list[str]:
    (found,) = [cells for cells in ROWS if words in cells[0] and not cells[0].startswith("several")]
    return found


def test_every_format_of_the_page_is_one() -> None:
    for cells in ROWS[1:]:
        dialect, _, option = cells[1].strip("`").partition(" --")
        assert dialect in DIALECTS
        assert not option or option in options_of(dialect)


@pytest.mark.parametrize("words", READERS)
def test_what_a_reader_does_to_several_lines(words: str, tmp_path: Path) -> None:
    _, dialect, told = row(words)
    reader, path = readers.LINE_READERS[READERS[words]], tmp_path / "env"
    output, some = carried(dialect.strip("`"), SEVERAL)

    assert (some == SEVERAL) is told.startswith("carried")
    assert (some == {}) is told.startswith("refused")
    try:
        if some:
            path.write_bytes(output)
            assert reader(path) == SEVERAL
        else:
            # The file that `dotenv` would write: what the refusal is for.
            path.write_bytes(carried("dotenv", SEVERAL)[0])
            assert outcome(reader, path) in told
    except readers.Missing as missing:
        pytest.skip(str(missing))


def outcome(reader: readers.Reader, path: Path) -> str:
    try:
        read = reader(path)
    except AssertionError as failed:
        # django-environ goes on after a complaint.
        return (
            "the reader cuts" if "Invalid line: " in str(failed) and "(1, " not in str(failed) else "the reader fails"
        )
    assert read["ADMIN"] == "yes"
    assert read["V_SEVERAL"] == "'first"
    return "the reader cuts"
