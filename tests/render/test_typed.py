"""The dialects that keep types and trees, read back by parsers of their own languages."""

import base64
import json
import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from gitseal.document.value import TypedValue, ValueType, text
from gitseal.render import Options, RenderedEntry, render
from tests.render import readers
from tests.render.values import all_fuzzed, awkward


def _json_values(values: dict[str, str]) -> list[RenderedEntry]:
    entries = []
    for name, content in values.items():
        entries.append(RenderedEntry((name,), text(content)))
        nested = json.dumps([content, {content: [1, -2.5e10, True, None, content]}])
        entries.append(RenderedEntry(("section", name), TypedValue(ValueType.JSON, nested.encode())))
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
    for some in all_fuzzed():
        values = awkward() | dict(list(some.items())[:700])
        kept = {name: content for name, content in values.items() if len(content) < 400}
        assert reader(render("yaml", _json_values(kept)).decode()) == _expected(kept)


@pytest.mark.fuzz
def test_json() -> None:
    for some in all_fuzzed():
        values = awkward() | some
        assert json.loads(render("json", _json_values(values))) == _expected(values)


NUMBERS = SimpleNamespace(
    integers=["0", "-1", "8080", "9007199254740993"],
    floats=["1.5", "1.50", "-0.0", "1e5", "1E-5", "-2.5e+10", "12e0", "0.1"],
)


@pytest.mark.parametrize("reader", _yaml_readers().values(), ids=_yaml_readers())
def test_yaml_types(reader: Callable[[str], object]) -> None:
    entries = [
        RenderedEntry((f"I{n}",), TypedValue(ValueType.INTEGER, i.encode())) for n, i in enumerate(NUMBERS.integers)
    ]
    entries += [
        RenderedEntry((f"F{n}",), TypedValue(ValueType.FLOAT, f.encode())) for n, f in enumerate(NUMBERS.floats)
    ]
    entries += [
        RenderedEntry(("B",), TypedValue(ValueType.BOOLEAN, b"true")),
        RenderedEntry(("N",), TypedValue(ValueType.NULL, b"")),
    ]
    entries += [RenderedEntry(("INF",), TypedValue(ValueType.FLOAT, b"-.inf"))]
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
    read = reader(render("yaml", [RenderedEntry((name,), text("v")) for name in names]).decode())
    assert read == dict.fromkeys(names, "v")


@pytest.mark.parametrize("name", ["ruamel_12", "ruamel_11", "pyyaml"])
def test_yaml_bytes(name: str) -> None:
    content = bytes(range(256))
    read = _yaml_readers()[name](render("yaml", [RenderedEntry(("K",), TypedValue(ValueType.BYTES, content))]).decode())
    assert read == {"K": content}


# --- TOML: what it lacks is null


def _toml_readers() -> dict[str, Callable[[Path], object]]:
    return {"Python": lambda path: tomllib.loads(path.read_bytes().decode()), "Go": readers.printed("read-toml")}


def _read(reader: Callable[[Path], object], path: Path, output: bytes) -> object:
    path.write_bytes(output)
    try:
        return reader(path)
    except readers.Missing as missing:
        pytest.skip(str(missing))


@pytest.mark.fuzz
@pytest.mark.parametrize("reader", _toml_readers().values(), ids=_toml_readers())
def test_toml(reader: Callable[[Path], object], tmp_path: Path) -> None:
    for some in all_fuzzed():
        entries, expected, section = [], dict[str, object](), dict[str, object]()
        for name, content in (awkward() | some).items():
            nested = [content, {content: [1, -2.5e10, True, {}, [], content]}]
            entries += [
                RenderedEntry((name,), text(content)),
                RenderedEntry(("api", "v1.0", name), TypedValue(ValueType.JSON, json.dumps(nested).encode())),
            ]
            expected[name], section[name] = content, nested
        expected["api"] = {"v1.0": section}
        assert _read(reader, tmp_path / "toml", render("toml", entries)) == expected


@pytest.mark.parametrize("reader", _toml_readers().values(), ids=_toml_readers())
def test_toml_types(reader: Callable[[Path], object], tmp_path: Path) -> None:
    entries = [
        RenderedEntry((f"I{n}",), TypedValue(ValueType.INTEGER, i.encode())) for n, i in enumerate(NUMBERS.integers)
    ]
    entries += [
        RenderedEntry((f"F{n}",), TypedValue(ValueType.FLOAT, f.encode())) for n, f in enumerate(NUMBERS.floats)
    ]
    entries += [
        RenderedEntry(("B",), TypedValue(ValueType.BOOLEAN, b"true")),
        RenderedEntry(("N",), TypedValue(ValueType.NULL, b"")),
    ]
    expected: dict[str, object] = {f"I{n}": int(i) for n, i in enumerate(NUMBERS.integers)}
    expected |= {f"F{n}": float(f) for n, f in enumerate(NUMBERS.floats)}
    assert _read(reader, tmp_path / "toml", render("toml", entries)) == expected | {"B": True}


# --- a Secret of Kubernetes: any bytes


@pytest.mark.fuzz
def test_secret(tmp_path: Path) -> None:
    entries = [
        RenderedEntry(("y",), TypedValue(ValueType.BYTES, bytes(range(256)))),
        RenderedEntry(("a-b.c",), text("")),
        RenderedEntry(("1",), text("é")),
    ]
    manifest = render("k8s-secret", entries, Options(name="1.5", namespace="true"))
    secret = _read(lambda path: json.loads(readers.run(["read-kubernetes", str(path)])), tmp_path / "secret", manifest)
    assert isinstance(secret, dict)
    assert secret["metadata"]["name"] == "1.5"
    assert secret["metadata"]["namespace"] == "true"
    assert secret["type"] == "Opaque"
    found = {name: base64.b64decode(content or "") for name, content in secret["data"].items()}
    assert found == {"y": bytes(range(256)), "a-b.c": b"", "1": "é".encode()}
    assert (
        _read(
            readers.READERS["k8s-secret"]["kubernetes"], tmp_path / "none", render("k8s-secret", [], Options(name="a"))
        )
        == {}
    )
