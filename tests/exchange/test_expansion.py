"""References resolved: bash and python-dotenv give the same wherever we give a value."""

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.exchange import expand, parse


def expanded(content: str, **environ: str) -> dict[str, str]:
    imported = expand(parse("dotenv", content.encode()), environ)
    assert imported.references == ()
    return {item.path[0]: item.value.reveal().decode() for item in imported.items}


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("A=1\nX=${A}", "1"),
        ("A=1\nX=$A/$A", "1/1"),
        ('A=1\nX="<${A}>"', "<1>"),
        ("A=1\nX='${A}'", "${A}"),
        ('A=1\nX="\\${A}"', "${A}"),
        ("X=${NO:-d e}", "d e"),
        ("X=${NO-d}", "d"),
        ("X=${NO-}", ""),
        ("A=\nX=${A-d}", ""),
        ("A=\nX=${A:-}", ""),
        ("X=${HOST}", "outside"),
        ("HOST=inside\nX=${HOST}", "inside"),
        ("X=${HOST}\nHOST=later", "outside"),
        ("A=1\nX=$A\nA=2", "1"),
        ("A=1\nA=2\nX=$A", "2"),
        ("X=1\nX=${X}2", "12"),
        ("HOST=$HOST:more\nX=$HOST", "outside:more"),
        ("A='$B'\nB=2\nX=$A", "$B"),
        ("a.b=1\nX=${a.b}", "1"),
        ("X=${:-$}{HOST}", "${HOST}"),  # the one way to write ${ for python-dotenv
        ("X=${:-x}", "x"),
        ("X=$$HOST", "$$HOST"),
        (r"X=\$HOST", "$HOST"),
        (r"X=pa\${HOST}x", "pa${HOST}x"),
        (r"X=\\$HOST", r"\\outside"),
        (r"X=\\\$HOST", r"\\$HOST"),
        (r"X=a\$HOST$HOST", "a$HOSToutside"),
        (r'X="\$HOST"', "$HOST"),
        (r"X='\$HOST'", r"\$HOST"),
        ("X='$(id)'", "$(id)"),
        (r'X="\$(id)"', "$(id)"),
    ],
)
def test_resolved(content: str, value: str) -> None:
    assert expanded(content, HOST="outside")["X"] == value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("X=${NO}", ('"X"', '"NO"')),
        ("X=$NO", ('"X"', '"NO"')),
        ("X=$LATER\nLATER=1", ('"X"', '"LATER"')),
        ("X=$X", ('"X"',)),
        ("X=${NO:?private}", ('"X"', '"NO"')),
        ("X=${NO:+private}", ('"X"', '"NO"')),
        ("X=${NO/private/}", ('"X"', '"NO"')),
        ("X=${}", ('"X"',)),
        ("X=${!NO}", ('"X"',)),
        ("X=${NO:-${private}}", ('"X"', '"NO"')),
        ("X=${NO:-$private}", ('"X"', '"NO"')),
        ("A=\nX=${A:-private}", ('"X"', '"A"')),
        ("X=$(private)", ('"X"', "command")),
        ('X="a $(private) b"', ('"X"', "command")),
        ("X=a`private`", ('"X"', "command")),
        ("X=`private`", ('"X"', "command")),
        ("X=$(private)\nX=1", ('"X"', "command")),
    ],
)
def test_refused(content: str, said: tuple[str, ...]) -> None:
    with pytest.raises(Error) as caught:
        expanded(content)
    assert all(word in caught.value.message for word in said)
    assert "private" not in caught.value.message + caught.value.hint


def test_growth_is_bounded() -> None:
    doubling = "A0=xxxxxxxxxxxxxxxx\n" + "".join(f"A{n}=${{A{n - 1}}}${{A{n - 1}}}\n" for n in range(1, 64))
    with pytest.raises(Error, match=r"bytes, more than|too large"):
        expanded(doubling)


def test_an_import_without_references_is_unchanged() -> None:
    imported = parse("yaml", b'a: {b: "${X}"}\nc: [1]\n')
    assert expand(imported, {}) == imported


PIECES = ["x", "-", "/", ".", "${A0}", "${A1}", "${A2}", "${HOST}", "${NO:-d}", "${NO:-}", "é"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_agrees_with_bash_and_python_dotenv(
    quote: str, peer: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dotenv = pytest.importorskip("dotenv")
    choose = random.Random(7)
    lines = ["A0=zero", "A1=one", "A2=two"]
    for number in range(1_000):
        name = choose.choice([f"V{number}", "A0", "A1", "A2"]) if number < 100 else f"V{number}"
        lines.append(f"{name}={quote}{''.join(choose.choices(PIECES, k=choose.randrange(1, 5)))}{quote}")
    file = tmp_path / "x.env"
    file.write_text("\n".join(lines), encoding="utf-8")
    ours = expanded("\n".join(lines), HOST="outside")
    monkeypatch.setenv("HOST", "outside")
    assert dotenv.dotenv_values(file) == ours
    done = subprocess.run(
        [peer("bash"), "--norc", "-c", 'set -a; . "$0"; exec env -0', str(file)],
        env={"PATH": os.environ["PATH"], "HOST": "outside", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    pairs = dict(pair.decode().split("=", 1) for pair in done.stdout.split(b"\0") if pair)
    assert {name: pairs.get(name) for name in ours} == ours
