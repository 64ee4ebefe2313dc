"""Awkward values, sealed by the real tools (`make peers`), come in as they are."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitseal.exchange import foreign
from gitseal.exchange.foreign import ForeignSource, ToolKeys

AWKWARD = {
    "plain": "hush",
    "spaces": "  hush  ",
    "lines": "hush\nb\n",
    "signs": "hush'\"`#=;&|<>(){}[]*?!~%^,:",
    "unicode": "hûsh ключ 🔑 \u200b",
    "long": "hush" * 5_000,
    "json": '{"hush": [1, null]}',
    "looks_sealed": "encrypted:hush",
    "number": "0123",
}


def run(folder: Path, *command: str, given: str = "", **variables: str) -> None:
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", **variables}
    done = subprocess.run(
        command, cwd=folder, env=environ, input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def read(path: Path, keys: ToolKeys) -> Mapping[str, str]:
    opened = foreign.read(path.read_bytes(), ForeignSource(str(path), "", keys))
    assert opened is not None
    return {"/".join(item.path): item.value.reveal().decode() for item in opened.imported.items}


def test_ejson(peer: Callable[[str], str], tmp_path: Path) -> None:
    ejson = peer("ejson")
    keys = tmp_path / "keys"
    keys.mkdir()
    run(tmp_path, ejson, "keygen", "-w", EJSON_KEYDIR=str(keys))
    (public,) = (key.name for key in keys.iterdir())
    file = tmp_path / "s.ejson"
    file.write_text(json.dumps({"_public_key": public, **AWKWARD}))
    run(tmp_path, ejson, "encrypt", str(file), EJSON_KEYDIR=str(keys))
    assert "hush" not in file.read_text()
    assert read(file, ToolKeys(environ={"EJSON_KEYDIR": str(keys)})) == AWKWARD


@pytest.mark.slow
def test_ansible_vault(peer: Callable[[str], str], tmp_path: Path) -> None:
    vault = peer("ansible-vault")
    password = tmp_path / "password"
    password.write_text("hush pass\n")
    file = tmp_path / "vars.yml"
    file.write_text(json.dumps(AWKWARD, ensure_ascii=False))
    run(tmp_path, vault, "encrypt", "--vault-password-file", str(password), str(file))
    assert read(file, ToolKeys(given=password.read_bytes())) == AWKWARD


@pytest.mark.slow
def test_dotenvx(peer: Callable[[str], str], tmp_path: Path) -> None:
    dotenvx, node = peer("dotenvx"), Path(peer("node")).parent
    file = tmp_path / ".env"
    wanted = {name: AWKWARD[name] for name in ("signs", "unicode", "number")}
    for name, value in wanted.items():
        run(
            tmp_path, dotenvx, "set", name, "-f", str(file), "--no-armor", "--no-native", "--", value,
            PATH=f"{node}:/usr/bin:/bin",
        )  # fmt: skip
    with file.open("a") as end:
        end.write("CUT=hush-a#b\n")
    run(tmp_path, dotenvx, "encrypt", "-f", str(file), "--no-armor", "--no-native", PATH=f"{node}:/usr/bin:/bin")
    assert "hush" not in file.read_text()
    assert read(file, ToolKeys(folder=str(tmp_path))) == {**wanted, "CUT": "hush-a"}
