"""dotenv in: cases as files, refusals, and agreement with python-dotenv but for a list of differences."""

import json
import re
import subprocess
from contextlib import suppress
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error, Malformed
from gitseal.exchange import Imported, expand, parse
from tests import growth

CASES = sorted((Path(__file__).parent / "cases").glob("*.env"))


def dotenv(content: str) -> Imported:
    return parse("dotenv", content.encode())


def values(imported: Imported) -> dict[str, str]:
    return {item.path[0]: item.value.reveal().decode() for item in imported.items}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
@pytest.mark.parametrize("feed", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_case(case: Path, feed: str, mark: str) -> None:
    """Beside each file: what it gives, whatever its line ends and with or without a byte order mark."""
    expected = json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))
    imported = dotenv(mark + case.read_text(encoding="utf-8").replace("\n", feed))
    items = [[*item.path, item.value.reveal().decode(), item.line] for item in imported.items]
    assert items == expected["items"]
    assert list(imported.references) == expected.get("references", [])
    assert list(imported.duplicates) == expected.get("duplicates", [])


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"A=1\nprivate\nB=2", 2, "no = after its name"),
        (b"A=1\nexport private", 2, "no = after its name"),
        (b"private key=1", 1, "no = after its name"),
        (b"\n\n=private", 3, "no name"),
        (b"export =private", 1, "no name"),
        (b"1private=x", 1, "cannot be a name"),
        (b"private+/x==", 1, "cannot be a name"),
        (b"'private'=x", 1, "cannot be a name"),
        (b"p" * 129 + b"=x", 1, "cannot be a name"),
        (b"A='private\nB=2", 1, "never closed"),
        (b'A=1\nB="private\\"', 2, "never closed"),
        (b"A=`private", 1, "never closed"),
        (b'A="x" private', 1, "after the value's closing quote"),
        (b"A='it'\\''s private'", 1, "after the value's closing quote"),
        (b"A='x'\nB='''private'''", 2, "after the value's closing quote"),
        (b"A=1\nKEY=-----BEGIN PRIVATE KEY-----\nprivate=\n", 2, "PEM"),
        (b"A=1\nB=private\xff", 2, "not UTF-8"),
        (b"A=1\nB=private\0", 2, "NUL"),
        ("A=private".encode("utf-16"), 1, "not UTF-8"),
    ],
)
def test_refused_with_the_line_and_without_the_text(content: bytes, line: int, words: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse("dotenv", content)
    assert caught.value.line == line
    assert words in caught.value.message
    error: BaseException | None = caught.value
    while error is not None:
        assert "private" not in repr(error) + repr(vars(error)) + getattr(error, "hint", "")
        assert not isinstance(error, UnicodeDecodeError)
        error = error.__cause__ or error.__context__


def test_a_value_shows_in_no_repr() -> None:
    assert "private" not in repr(dotenv("A=private\nA=private2\nB=$private"))


@pytest.mark.parametrize("content", ["A=1\nsops_version=3\nsops_mac=ENC[x]", "gitseal=1"])
def test_sealed_files_are_refused(content: str) -> None:
    with pytest.raises(Error, match=r"by sops|by gitseal"):
        dotenv(content)


@pytest.mark.parametrize(
    ("head", "piece", "tail"),
    [
        ("A=", " ", "x"),
        ("A=x", " ", "x"),
        ("A=", "${", ""),
        ('A="', "\\", ""),
        ("A='", "\n", ""),
        ("", " ", ""),
        ("", "\n", ""),
        ("", "#\n", ""),
        ("", "export ", ""),
        ("", "A", ""),
        ("A", " ", ""),
        ("A=", "$", ""),
    ],
)
def test_a_file_is_read_in_linear_time(head: str, piece: str, tail: str) -> None:
    growth.assert_linear(lambda size: partial(read, head + growth.repeated(piece, size) + tail))


def test_quotes_that_never_end_are_read_in_linear_time() -> None:
    growth.assert_linear(lambda size: partial(read, "\n".join(f'A{number}="' for number in range(size // 8))))


def read(content: str) -> None:
    with suppress(Malformed):
        dotenv(content)


# --- python-dotenv

# Each difference is on purpose: the text, what python-dotenv makes of it, what we make of it (None: refused), why.
DIFFERENCES = [
    (r"A='a\\b'", "a\\b", "a\\\\b", "single quotes are literal for bash, systemd, node, direnv"),
    (r"A='it\'s'", "it's", None, "the same; bash would read on into the next line, so it is refused"),
    (r'A="\$x"', "\\$x", "$x", "an escape for bash, systemd, compose, dotenvx"),
    (r'A="\`x"', "\\`x", "`x", "the same"),
    (r'A="\a\b\f\v"', "\a\b\f\v", "\\a\\b\\f\\v", "kept as written by every reader but python-dotenv"),
    (r'A="\'"', "'", "\\'", "the same"),
    ("A=`x y`", "`x y`", "x y", "node dotenv and dotenvx quote with backticks; a shell would run the text"),
    ("A", None, None, "skipped there, refused here"),
    ("A=1\nA B", "1", None, "the same"),
    ("'A'=1", "1", None, "no shell takes a quoted name"),
    ("A=-----BEGIN X-----", "-----BEGIN X-----", None, "the rest of the block would become names"),
]


@pytest.mark.parametrize(("content", "theirs", "ours", "why"), DIFFERENCES)
def test_the_differences_from_python_dotenv(content: str, theirs: str | None, ours: str | None, why: str) -> None:
    peer = pytest.importorskip("dotenv")
    assert peer.dotenv_values(stream=StringIO(content), interpolate=False).get("A") == theirs
    if ours is None:
        with pytest.raises(Malformed):
            dotenv(content)
    else:
        assert values(dotenv(content)) == {"A": ours}, why


# Without backslashes and backticks: they make the differences above.
TEXTS = st.lists(
    st.sampled_from(
        [
            *"AB_1.-=#'\"$x \t\n\r\f\x0b\x1c\x85\u00a0\u2028é😀\ufeff{}",
            *(
                "A=",
                "B=",
                "\nA=",
                "\nB='",
                '\nA="',
                "export ",
                "\nexport A=",
                " #",
                "\r\n",
                "= ",
                "\n#",
                "${A}",
                "'\n",
                '"\n',
            ),
        ]
    ),
    max_size=40,
).map("".join)

ESCAPED = st.lists(st.sampled_from([*"a'$#= \n", r"\n", r"\r", r"\t", r"\\", r"\"", r"\q", "\\ ", "${A}"])).map("".join)
LINES = st.one_of(
    ESCAPED.map(lambda content: f'A="{content}"'),
    ESCAPED.map(lambda content: "B='" + content.replace("\\", "").replace("'", "") + "' # c"),
    st.text("ab'\"$#=\\ \t.", max_size=8)
    .filter(lambda content: not content.lstrip().startswith(("'", '"')))
    .map("C={}".format),
    st.sampled_from(["", "# comment", "  D = x  # y", "export E=1"]),
)


@pytest.mark.fuzz
@given(TEXTS)
def test_any_text_is_read_as_by_python_dotenv_or_refused(content: str) -> None:
    _compare(content)


@pytest.mark.fuzz
@given(st.lists(LINES).map("\n".join))
def test_well_formed_lines_are_read_as_by_python_dotenv(content: str) -> None:
    assert _compare(content), "nothing here is to be refused"


def _compare(content: str) -> bool:
    """Whether we took the text; if so, equal to python-dotenv, else it dropped something too or took an unfit name."""
    parser = pytest.importorskip("dotenv.parser")
    # As from a file: with universal newlines.
    bindings = list(parser.parse_stream(StringIO(StringIO(content, newline=None).read())))
    theirs = {binding.key: binding.value for binding in bindings if binding.key is not None}
    try:
        ours = values(dotenv(content))
    except Malformed:
        assert not all(_kept(binding.key, binding.value, binding.original.string) for binding in bindings)
        return False
    assert ours == theirs
    return True


def _kept(name: str | None, value: str | None, original: str) -> bool:
    """Whether python-dotenv lost nothing of a statement, and its name is one of ours."""
    if name is None:
        return not original.strip() or original.strip().startswith("#")
    return value is not None and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", name) is not None


def test_comments_belong_to_the_value_below_them() -> None:
    content = '# Shop\n\n# Mail\nA=1 # hush behind\n  # Web\nB="x\n# hush within\ny" # hush\nC=\n# nobody\'s\n'
    comments = {item.path[0]: item.comments for item in dotenv(content).items}
    assert comments == {"A": ("# Shop", "", "# Mail"), "B": ("# Web",), "C": ()}
    assert dotenv("A=1 # of A\n\n# last\n# very last\n").below == ("# last", "# very last")


@pytest.mark.parametrize(
    "line",
    ["X=$(cat k)", 'X="$(id -un)"', "X=`date`", "X=a`date`", 'X="`date`"', r"X=\\$(id)", "export X=$(cat k)"],
)
def test_what_a_shell_would_run_is_named(line: str) -> None:
    assert dotenv(f"A=1\n{line}\n").commands == ("X",)


@pytest.mark.parametrize("line", ["X='$(id)'", r"X=\$(id)", r'X="\$(id)"', r'X="\`id\`"', "X=$", "X=(a)", "X='`'"])
def test_what_no_shell_would_run(line: str) -> None:
    assert dotenv(f"{line}\n").commands == ()


DIFFERING = [
    *(
        "X=abc#def",
        "X=# a comment",
        "X=#a",
        "X=m$$ypass",
        r"X=a\$b",
        'X="x"#y',
        "X='x'#y",
        "X=C:\\dir",
        "X=it's",
        'X=a"b"c',
        "export X=1; export Y=2",
        "X=1 && Y=2",
    ),
    *(r'X="a\tb"', r'X="a\\b"', r'X="a\"b"', r'X="a\$b"', r"X='a\\b'", r"X='a\'", "X=pa$1x", 'X="pa$?x"'),
]


@pytest.mark.parametrize("line", DIFFERING)
def test_what_readers_take_for_different_texts_is_named(line: str) -> None:
    assert dotenv(f"A=1\n{line}\n").differing == ("X",)


@pytest.mark.parametrize(
    "line",
    [
        "X=a",
        "X=",
        "X= # c",
        "X=a # c",
        "X='a#b $$ \"'",
        'X="a#b \'"',
        'X="a" # c',
        r'X="a\nb"',
        "X=$Y",
        "X=Server=db;Database=shop; or so",
        "X=a b=c/d:e",
        "X='a\nb'",
    ],
)
def test_what_readers_agree_on(line: str) -> None:
    assert dotenv(f"{line}\n").differing == ()


def test_a_value_that_is_expanded_keeps_its_comment() -> None:
    imported = expand(dotenv("A=1\n# of B\nB=${A}\n"), {})
    assert [(item.value.reveal(), item.comments) for item in imported.items] == [(b"1", ()), (b"1", ("# of B",))]


@pytest.mark.fuzz
@given(st.text(alphabet="ab #$'\"\\`()1{}nt=", max_size=8))
def test_where_nothing_is_said_python_dotenv_and_bash_read_the_same(source: str) -> None:
    """The law behind `differing` and `commands`: no difference is passed over. To bash an unquoted blank is an error instead."""
    peer = pytest.importorskip("dotenv")
    try:
        imported = dotenv(f"X={source}\n")
    except Malformed:
        return
    if imported.differing or imported.commands or imported.references:
        return
    content = values(imported)["X"]
    theirs = peer.dotenv_values(stream=StringIO(f"X={source}\n"), interpolate=False)
    assert theirs == {"X": content}
    # Only what is one word to bash, with no sign that it would take for its own.
    if re.fullmatch(r"[ab1nt={}]*|'[^']*'|\"[^\"\\\\]*\"", source):
        shown = subprocess.run(["bash", "-c", f'X={source}\nprintf %s "$X"'], capture_output=True, check=True, env={})
        assert shown.stdout.decode() == content
