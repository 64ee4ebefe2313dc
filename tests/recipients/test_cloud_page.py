"""The page of Python in docs/how-to/open-with-a-cloud-key.md gives the data key of each vector."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import programs
from tests.recipients import oaep
from tests.servers.openbao import Bao

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs/how-to/open-with-a-cloud-key.md").read_text()
VECTORS = json.loads((Path(__file__).parent / "kms-vectors.json").read_text())


def block(file: str, page: str) -> str:
    found = re.search(rf"<!-- file {file} -->\n```python\n(.*?)```", page, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["recipient"].rpartition(":")[0])
def test_the_page_opens_a_stanza(vector: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "unwrap.py").write_text(block("unwrap.py", PAGE))
    (tmp_path / "stanza").write_bytes(base64.b64decode(vector["stanza"]))

    def unwrap(word: str, stdin: bytes = b"") -> bytes:
        command = [sys.executable, "unwrap.py", word, "stanza"]
        return subprocess.run(command, cwd=tmp_path, input=stdin, capture_output=True, check=True).stdout

    body = base64.b64decode(unwrap("body"), validate=False)
    file_key = oaep.unsealed(body, int(vector["modulus"], 16), int(vector["private exponent"], 16))
    assert unwrap("open", base64.b64encode(file_key)).hex() == vector["data key"]


def test_the_key_services_own_command_line_and_the_pages_open_a_value(bao: Bao, repo: Path) -> None:
    """What docs/how-to/open-with-a-cloud-key.md and recover-without-gitseal.md say, with no gitseal from the commit on."""
    bao.transit_key("deploy", 4096)

    def run(*words: str) -> str:
        done = programs.run(*words, cwd=repo, environ=bao.environ | {"BAO_ADDR": bao.address, "BAO_TOKEN": bao.token})
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(programs.GITSEAL, "init", "-e", "production", "--as", "alice")
    run(programs.GITSEAL, "set", "-e", "production", "A=hush")
    add = ("--kms", "vault:transit/keys/deploy", "--machine", "--group", "team", "--yes")
    run(programs.GITSEAL, "recipient", "add", "deploy", *add)
    run(programs.GITSEAL, "rekey", "--yes")
    (repo / "unwrap.py").write_text(block("unwrap.py", PAGE))
    recover = (TOP / "docs/how-to/recover-without-gitseal.md").read_text()
    (repo / "recover.py").write_text(block("recover.py", recover))
    commands = re.search(r"```sh\n(sed -n .*?)```", PAGE, re.DOTALL)
    assert commands
    run("bash", "-c", f"set -eo pipefail\n{commands[1].replace('python3', sys.executable)}")
    assert len((repo / "data.key").read_bytes()) == 32
    assert run(sys.executable, "recover.py", ".secrets/production.yaml", "A", "data.key").strip() == "hush"
