"""A refusal is minimal: no text at all that could stand for the value is read as the value, in the company of others.

Every text up to some length is given to the real parser; no value that a dialect refuses may be among the results.
"""

import base64
import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from gitseal.render import dotenvx, node_dotenv, node_env_file
from gitseal.render._shape import CannotCarry
from tests.render import readers
from tests.slow import slow_but

LENGTH = 5
# Quotes, the escape, what it makes with a letter, comments, line ends, blanks, references.
ALPHABETS = ["'\"`\\n\n# a", "'\"`\\r\r\n#", "'\"`\\$\ra"]
# Each value is encoded without a look at its neighbours, so the company is as bad as it gets: a quote that is left open
# finds one of its kind at the end of a line.
ENUMERATE = """
const [, signs, length] = process.argv, found = new Set();
const before = `P='1'\\n`, after = `A='\\n1'\\nB="\\n2"\\nC=\\`\\n3\\`\\n`;
const whole = (read) => read.P === '1' && read.A === '\\n1' && read.B === '\\n2' && read.C === '\\n3';
const visit = (raw, left) => {
  let read = {};
  try { read = parse(before + 'K=' + raw + '\\n' + after) } catch {}
  if (whole(read) && Object.keys(read).length === 5) found.add(read.K);
  if (left) for (const sign of signs) visit(raw + sign, left - 1);
};
visit('', Number(length));
console.log(JSON.stringify([...found]));
"""
PARSERS = {
    "node-dotenv": (node_dotenv.encode, "const {parse} = require('dotenv');", "dotenv"),
    "node-env-file": (node_env_file.encode, "const {parseEnv: parse} = require('util');", ""),
    "dotenvx": (dotenvx.encode, "const {parse} = require('@dotenvx/dotenvx');", "@dotenvx/dotenvx"),
}


@pytest.mark.fuzz
@pytest.mark.parametrize("signs", ALPHABETS)
@pytest.mark.parametrize("dialect", slow_but(PARSERS.keys() - {"dotenvx"}, list(PARSERS)))
def test_no_text_carries_what_is_refused(dialect: str, signs: str, tmp_path: Path) -> None:
    encode, load, package = PARSERS[dialect]
    if package and not (readers.NODE_MODULES / package).is_dir():
        pytest.skip(f"npm's {package} is not in .peers/node: `make peers` fetches it")
    command = ["node", "--no-warnings", "-e", load + ENUMERATE, signs, str(LENGTH)]
    try:
        reachable = set(json.loads(readers.run(command, NODE_PATH=str(readers.NODE_MODULES))))
    except readers.Missing as missing:
        pytest.skip(str(missing))
    refused = set()
    for length in range(LENGTH):
        for chosen in itertools.product(signs, repeat=length):
            try:
                encode("".join(chosen))
            except CannotCarry:
                refused.add("".join(chosen))
    assert refused or dialect == "node-dotenv"
    assert len(reachable) > 1_000
    assert sorted(refused & reachable) == []


def read(reader: readers.Reader, path: Path, content: bytes) -> dict[str, str] | None:
    """What the reader makes of it; None where it takes offence."""
    path.write_bytes(content)
    try:
        return reader(path)
    except readers.Missing as missing:
        pytest.skip(str(missing))
    except AssertionError:
        return None


@pytest.mark.parametrize("quoted", ["\ufdd0", "'\uffff'", '"\U0010ffff"', '"a\\\ufffe"'])
def test_systemd_takes_no_noncharacter(quoted: str, tmp_path: Path) -> None:
    assert read(readers.systemd, tmp_path / "env", f"V=1\nV_={quoted}\n".encode()) in ({}, {"V": "1"}, None)


def test_docker_takes_no_longer_line_and_no_other_end(tmp_path: Path) -> None:
    docker, path = readers.printed("read-docker"), tmp_path / "env"
    assert read(docker, path, b"V=" + b"x" * 65_533 + b"\nA=1\n") == {"V": "x" * 65_533, "A": "1"}
    assert read(docker, path, b"V=" + b"x" * 65_534 + b"\nA=1\n") is None
    assert read(docker, path, b"V=x\r\nA=1\n") == {"V": "x", "A": "1"}


def test_a_secret_holds_no_more(tmp_path: Path) -> None:
    for size, fits in ((2**20, True), (2**20 + 1, False)):
        data = base64.b64encode(b"x" * size).decode()
        manifest = f'apiVersion: v1\nkind: Secret\nmetadata: {{name: "a"}}\ndata: {{"A": "{data}"}}\n'
        found = read(readers.READERS["k8s-secret"]["kubernetes"], tmp_path / "secret", manifest.encode())
        assert (found is not None) is fits


@pytest.mark.slow
def test_terraform_composes_letters(tmp_path: Path) -> None:
    content = b'{"revisions": {}, "secrets": {"A": "e\\u0301"}}'
    for name, terraform in readers.READERS["terraform"].items():
        assert read(terraform, tmp_path / name, content) == {"A": "\u00e9"}


def test_linux_takes_no_longer_argument() -> None:
    if sys.platform != "linux":
        pytest.skip("the limit is Linux's")
    assert subprocess.run(["true", "A=" + "x" * 131_069], check=True).returncode == 0
    with pytest.raises(OSError, match="too long"):
        subprocess.run(["true", "A=" + "x" * 131_070], check=False)
