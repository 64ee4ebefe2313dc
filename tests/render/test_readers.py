"""What was rendered is read back by the real readers as the same text, or was refused (promise P7)."""

import ctypes
import ctypes.util
import json
import os
import random
import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest

from gitseal.document.value import Kind, Value, text
from gitseal.render import Entry, Refused, render

AWKWARD: dict[str, str] = json.loads((Path(__file__).parent / "awkward.json").read_text(encoding="utf-8"))
NODE_MODULES = Path(__file__).resolve().parents[2] / ".peers/node_modules"
FUZZED = 2_000
ROUNDS = max(1, hypothesis.settings().max_examples // 1_000)

Reader = Callable[[Path], dict[str, str]]
Peer = Callable[[str], str]

PIECES = [
    *"'\"`$\\{}()[]#=!~*?;&|<>^%@:,.-+_/ \t\n\r",
    *"abnrtvf0179éß😀\u00a0\x85\u2028\ufeff\u200b\x01\x1b\x7f\x0b\x0c",
    *("${A}", "${", "$A", "$(", "$$", "\\n", "\\\\", "\\'", "''", '""', " #", "\n#", "\nB=", "export ", "\n\n", "\r\n"),
]


def fuzzed(seed: int) -> dict[str, str]:
    choose = random.Random(seed)
    return {f"V{number:05}": "".join(choose.choices(PIECES, k=choose.randrange(9))) for number in range(FUZZED)}


def awkward() -> dict[str, str]:
    return {f"V_{name}": content for name, content in AWKWARD.items()}


def carried(dialect: str, values: dict[str, str], *, export: bool = False) -> tuple[bytes, dict[str, str]]:
    """The file for all values that the dialect does not refuse, and these values."""
    try:
        return render(
            dialect, [Entry((name,), text(content)) for name, content in values.items()], export=export
        ), values
    except Refused as refused:
        missing = {refusal.name for refusal in refused.refusals}
        return carried(
            dialect, {name: content for name, content in values.items() if name not in missing}, export=export
        )


def differences(read: dict[str, str], values: dict[str, str]) -> dict[str, tuple[str, str | None]]:
    return {name: (content, read.get(name)) for name, content in values.items() if read.get(name) != content}


# --- the readers: a file in, what they make of it out; names that begin with V are ours


def _environment(command: list[str], path: Path) -> dict[str, str]:
    done = subprocess.run([*command, str(path)], env={"PATH": os.environ["PATH"]}, capture_output=True, check=True)
    assert not done.stderr, done.stderr[:200]
    pairs = (pair.decode().split("=", 1) for pair in done.stdout.split(b"\0") if pair)
    return {name: content for name, content in pairs if name.startswith("V")}


def sourced(shell: list[str]) -> Reader:
    return lambda path: _environment([*shell, "-c", 'set -a; . "$0"; exec env -0'], path)


def evaluated(shell: list[str]) -> Reader:
    return lambda path: _environment([*shell, "-c", 'eval "$(cat "$0")"; exec env -0'], path)


def python_dotenv(path: Path) -> dict[str, str]:
    dotenv = pytest.importorskip("dotenv")
    return {name: content or "" for name, content in dotenv.dotenv_values(path).items()}


def node_dotenv(path: Path) -> dict[str, str]:
    script = "console.log(JSON.stringify(require('dotenv').parse(require('fs').readFileSync(process.argv[1]))))"
    return _node(["-e", script, str(path)])


def node_env_file(path: Path) -> dict[str, str]:
    return _node([f"--env-file={path}", "-e", "console.log(JSON.stringify(process.env))"])


def _node(arguments: list[str]) -> dict[str, str]:
    paths = os.pathsep.join([os.environ.get("NODE_PATH", ""), str(NODE_MODULES)])
    done = subprocess.run(
        ["node", *arguments],
        env={"PATH": os.environ["PATH"], "NODE_PATH": paths},
        capture_output=True,
        check=False,
    )
    if b"Cannot find module 'dotenv'" in done.stderr:
        pytest.skip("node's dotenv is not in NODE_PATH or .peers/node_modules: npm install dotenv")
    assert done.returncode == 0, done.stderr[:200]
    read: dict[str, str] = json.loads(done.stdout)
    return read


def systemd(path: Path) -> dict[str, str]:
    """What a unit's EnvironmentFile= is read with."""
    found = sorted(Path("/usr/lib").glob("**/systemd/libsystemd-shared-*.so"))
    if not found:
        pytest.skip("systemd's shared library is not on this machine")
    library = ctypes.CDLL(str(found[-1]))
    lines = ctypes.POINTER(ctypes.c_char_p)()
    assert library.load_env_file(None, str(path).encode(), ctypes.byref(lines)) == 0
    read = {}
    for number in range(1_000_000):
        line = lines[number]
        if line is None:
            break
        name, content = line.decode().split("=", 1)
        read[name] = content
    return read


SHELLS = {"bash": ["bash", "--norc"], "dash": ["dash"], "zsh": ["zsh", "-f"]}
OTHERS: dict[str, tuple[str | None, Reader]] = {
    "python-dotenv": (None, python_dotenv),
    "node dotenv": ("node", node_dotenv),
    "node --env-file": ("node", node_env_file),
    "systemd": (None, systemd),
}
DOTENV_READERS = OTHERS | {name: (name, sourced(command)) for name, command in SHELLS.items()}


def check(reader: Reader, dialect: str, values: dict[str, str], tmp_path: Path, *, export: bool = False) -> int:
    """Render, read, compare; gives how many values were carried."""
    output, kept = carried(dialect, values, export=export)
    path = tmp_path / "rendered.env"
    path.write_bytes(output)
    wrong = differences(reader(path), kept)
    assert not wrong, f"{len(wrong)} of {len(kept)}: {dict(list(wrong.items())[:5])}"
    return len(kept)


@pytest.mark.parametrize("name", DOTENV_READERS)
def test_dotenv_awkward(name: str, peer: Peer, tmp_path: Path) -> None:
    tool, reader = DOTENV_READERS[name]
    if tool:
        peer(tool)
    check(reader, "dotenv", awkward(), tmp_path)


@pytest.mark.fuzz
@pytest.mark.parametrize("name", DOTENV_READERS)
def test_dotenv_fuzzed(name: str, peer: Peer, tmp_path: Path) -> None:
    tool, reader = DOTENV_READERS[name]
    if tool:
        peer(tool)
    for seed in range(ROUNDS):
        assert check(reader, "dotenv", fuzzed(seed), tmp_path) > FUZZED / 2


@pytest.mark.fuzz
@pytest.mark.parametrize("export", [False, True])
@pytest.mark.parametrize("name", SHELLS)
def test_shell(name: str, *, export: bool, peer: Peer, tmp_path: Path) -> None:
    peer(name)
    # Without `export` nothing reaches the environment of a shell that only evaluates.
    read = evaluated if export else sourced
    for seed in range(ROUNDS):
        values = awkward() | fuzzed(seed)
        assert check(read(SHELLS[name]), "shell", values, tmp_path, export=export) == len(values)


def test_awkward_values_that_dotenv_refuses() -> None:
    """The list may only grow shorter: each of these is wrong in at least one of the readers."""
    _, kept = carried("dotenv", awkward())
    assert sorted(set(AWKWARD) - {name.removeprefix("V_") for name in kept}) == [
        "all_quotes",
        "backslash_quote",
        "both_quotes",
        "cr",
        "crlf",
        "dollar_brace",
        "dollar_default",
        "line_like_quote",
        "noncharacter",
        "single_and_dollar",
        "trailing_backslash",
        "two_backslashes",
        "two_trailing_feeds",
    ]


# --- the typed dialects


def _json_values(values: dict[str, str]) -> list[Entry]:
    entries = []
    for name, content in values.items():
        entries.append(Entry((name,), text(content)))
        nested = json.dumps([content, {content: [1, -2.5e10, True, None, content]}])
        entries.append(Entry(("section", name), Value(Kind.JSON, nested.encode())))
    return entries


def _expected(values: dict[str, str]) -> dict[str, object]:
    section = {name: [content, {content: [1, -2.5e10, True, None, content]}] for name, content in values.items()}
    return values | {"section": section}


def _yaml_readers() -> dict[str, Callable[[str], object]]:
    def ruamel_12(content: str) -> object:
        from ruamel.yaml import YAML

        return YAML(typ="safe", pure=True).load(content)

    def ruamel_11(content: str) -> object:
        from ruamel.yaml import YAML

        reader = YAML(typ="safe", pure=True)
        reader.version = (1, 1)
        return reader.load(content)

    def yaml12(content: str) -> object:
        return pytest.importorskip("yaml12").parse_yaml(content)

    def pyyaml(content: str) -> object:
        return pytest.importorskip("yaml").safe_load(StringIO(content))

    return {reader.__name__: reader for reader in (ruamel_12, ruamel_11, yaml12, pyyaml)}


@pytest.mark.fuzz
@pytest.mark.parametrize("reader", _yaml_readers().values(), ids=_yaml_readers())
def test_yaml(reader: Callable[[str], object]) -> None:
    values = awkward() | dict(list(fuzzed(1).items())[:700])
    kept = {name: content for name, content in values.items() if len(content) < 400}
    assert reader(render("yaml", _json_values(kept)).decode()) == _expected(kept)


@pytest.mark.fuzz
def test_json() -> None:
    for seed in range(ROUNDS):
        values = awkward() | fuzzed(seed)
        assert json.loads(render("json", _json_values(values))) == _expected(values)


NUMBERS = SimpleNamespace(
    integers=["0", "-1", "8080", "9007199254740993"],
    floats=["1.5", "1.50", "-0.0", "1e5", "1E-5", "-2.5e+10", "12e0", "0.1"],
)


@pytest.mark.parametrize("reader", _yaml_readers().values(), ids=_yaml_readers())
def test_yaml_types(reader: Callable[[str], object]) -> None:
    entries = [Entry((f"I{n}",), Value(Kind.INTEGER, i.encode())) for n, i in enumerate(NUMBERS.integers)]
    entries += [Entry((f"F{n}",), Value(Kind.FLOAT, f.encode())) for n, f in enumerate(NUMBERS.floats)]
    entries += [Entry(("B",), Value(Kind.BOOLEAN, b"true")), Entry(("N",), Value(Kind.NULL, b""))]
    entries += [Entry(("INF",), Value(Kind.FLOAT, b"-.inf"))]
    expected: dict[str, object] = {f"I{n}": int(i) for n, i in enumerate(NUMBERS.integers)}
    expected |= {f"F{n}": float(f) for n, f in enumerate(NUMBERS.floats)}
    expected |= {"B": True, "N": None, "INF": float("-inf")}
    read = reader(render("yaml", entries).decode())
    assert read == expected
    assert isinstance(read, dict)
    assert {name: type(content) for name, content in read.items()} == {n: type(e) for n, e in expected.items()}


@pytest.mark.parametrize("reader", _yaml_readers().values(), ids=_yaml_readers())
def test_yaml_names_that_are_words_of_yaml_1_1(reader: Callable[[str], object]) -> None:
    names = ["y", "N", "Yes", "NO", "on", "Off", "true", "FALSE", "null", "_1", "e1", "a.b-c", "A"]
    read = reader(render("yaml", [Entry((name,), text("v")) for name in names]).decode())
    assert read == dict.fromkeys(names, "v")


@pytest.mark.parametrize("name", ["ruamel_12", "ruamel_11", "pyyaml"])
def test_yaml_bytes(name: str) -> None:
    content = bytes(range(256))
    read = _yaml_readers()[name](render("yaml", [Entry(("K",), Value(Kind.BYTES, content))]).decode())
    assert read == {"K": content}
