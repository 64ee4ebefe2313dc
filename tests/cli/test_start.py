"""What the commands that people wait for load: each module here costs every run of them its import."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.templates import Templates

SEALED = ".secrets/production.yaml"
# What Python starts with, and what regular expressions, named tuples and the kinds of values bring in.
ALWAYS = frozenset(
    ["builtins", "encodings", "genericpath", "gitseal", "marshal", "site", "sitecustomize", "usercustomize"]
)
ALWAYS |= {"abc", "codecs", "gc", "io", "os", "posix", "posixpath", "stat", "sys", "time", "zipimport"}
FOR_TEXT = frozenset(["collections", "contextlib", "copyreg", "enum", "functools", "itertools", "keyword", "operator"])
FOR_TEXT |= {"re", "reprlib", "types"}
FOR_TUPLES = FOR_TEXT | {"binascii", "typing", "warnings"}
# Nobody can avoid these once a value is opened.
FOR_VALUES = FOR_TUPLES | {"cryptography", "importlib", "pyrage"}
# pathlib brings in the others.
FOR_PATHS = frozenset(["errno", "fnmatch", "importlib", "ipaddress", "ntpath", "pathlib", "urllib"])
FOR_WRITING = FOR_PATHS | {
    "base64",
    "bisect",
    "fcntl",
    "hashlib",
    "hmac",
    "json",
    "math",
    "platform",
    "random",
    "secrets",
}
FOR_WRITING |= {"select", "string", "struct", "threading", "uuid"}
HOT: dict[str, tuple[list[str], frozenset[str]]] = {
    "get": (["get", "A"], FOR_VALUES),
    "render": (["render"], FOR_VALUES),
    "run": (["run", "--no-redact", "--", "true"], FOR_VALUES | {"signal"}),
    "list": (["list"], FOR_VALUES | {"fcntl", "select", "string"}),
    "check": (["check"], FOR_VALUES | {"fcntl", "select", "string"}),
    "set": (["set", "A=2"], FOR_VALUES | FOR_WRITING),
    "textconv": (["driver", "textconv", SEALED], FOR_TEXT),
    # Not even `re`: it takes longer than a merge.
    "merge": (["driver", "merge", "base", "ours", "theirs"], frozenset(["binascii", "select"])),
    "hook": (["hook", "run", "pre-commit"], FOR_TEXT | {"binascii", "fcntl", "importlib", "select", "warnings"}),
}
RUN = """
import os, sys
from gitseal.cli import dispatch
def report():
    ours = {name.partition(".")[0] for name in sys.modules}
    os.write(3, " ".join(sorted(name for name in ours if not name.startswith("_"))).encode())
def execvpe(*_):
    report()
    os._exit(0)
os.execvpe = os.execve = execvpe
dispatch(sys.argv[1:])
report()
"""


IDENTITY = ".config/gitseal/identity.txt"
BUILD = f"""
git init --quiet
gitseal init -e production --as test && gitseal set A=1 B=1 C=1 && cp {SEALED} base
gitseal set A=2 && mv {SEALED} ours && cp base {SEALED}
gitseal set C=2 && cp {SEALED} theirs
"""


@pytest.fixture
def sealed(tmp_path: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch, templates: Templates) -> Path:
    def build(folder: Path) -> bytes:
        subprocess.run(["bash", "-e", "-c", BUILD], cwd=folder, check=True, capture_output=True)
        return (isolated / IDENTITY).read_bytes()

    top = tmp_path / "repo"
    identity = templates.copy("start", top, build)
    (isolated / IDENTITY).parent.mkdir(parents=True, exist_ok=True)
    (isolated / IDENTITY).write_bytes(identity)
    monkeypatch.chdir(top)
    return top


@pytest.mark.parametrize("command", HOT)
def test_a_command_that_people_wait_for_loads_no_more_than_this(command: str, sealed: Path, tmp_path: Path) -> None:
    words, allowed = HOT[command]
    told = tmp_path / "modules"
    # By a shell, since descriptor 3 is where the child reports: its output may be gone by then.
    line = f'exec "$0" -c "$1" {" ".join(words)} 3> "$2"'
    done = subprocess.run(
        ["sh", "-c", line, sys.executable, RUN, str(told)], cwd=sealed, check=False, capture_output=True
    )

    loaded = frozenset(told.read_text().split())
    assert "gitseal" in loaded, done.stderr
    assert loaded - ALWAYS <= allowed, f"not budgeted: {sorted(loaded - ALWAYS - allowed)}"
    assert not any(name in loaded for name in ("click", "subprocess", "dataclasses", "inspect"))
