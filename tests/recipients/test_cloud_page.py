"""The page of Python in docs/how-to/open-with-a-cloud-key.md gives the data key of each vector."""

import base64
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from gitseal.recipients import kms
from gitseal.recipients.clouds.locators import PROVIDERS, Provider
from tests import programs
from tests.recipients import oaep
from tests.servers.aws import AwsServer
from tests.servers.openbao import Bao

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs/how-to/open-with-a-cloud-key.md").read_text()
VECTORS = json.loads((Path(__file__).parent / "kms-vectors.json").read_text())


def block(file: str, page: str) -> str:
    found = re.search(rf"<!-- file {file} -->\n```python\n(.*?)```", page, re.DOTALL)
    assert found
    return found[1]


class Page(NamedTuple):
    """A folder with `unwrap.py` of the page and a stanza."""

    folder: Path

    def unwrap(self, word: str, stdin: bytes = b"") -> bytes:
        command = [sys.executable, "unwrap.py", word, "stanza"]
        return subprocess.run(command, cwd=self.folder, input=stdin, capture_output=True, check=True).stdout

    def body(self) -> bytes:
        return base64.b64decode(self.unwrap("body"), validate=False)

    def data_key(self, file_key: bytes) -> bytes:
        return self.unwrap("open", base64.b64encode(file_key))


@pytest.fixture
def page_with(tmp_path: Path) -> Callable[[bytes], Page]:
    def write(stanza: bytes) -> Page:
        (tmp_path / "unwrap.py").write_text(block("unwrap.py", PAGE))
        (tmp_path / "stanza").write_bytes(stanza)
        return Page(tmp_path)

    return write


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["recipient"].rpartition(":")[0])
def test_the_page_opens_a_stanza(vector: dict[str, str], page_with: Callable[[bytes], Page]) -> None:
    page = page_with(base64.b64decode(vector["stanza"]))
    file_key = oaep.unsealed(page.body(), int(vector["modulus"], 16), int(vector["private exponent"], 16))
    assert page.data_key(file_key).hex() == vector["data key"]


def test_awss_own_sdk_and_the_page_open_a_stanza(ministack: AwsServer, page_with: Callable[[bytes], Page]) -> None:
    client = ministack.client("kms")
    arn = client.create_key(KeyUsage="ENCRYPT_DECRYPT", KeySpec="RSA_2048")["KeyMetadata"]["Arn"]
    public = client.get_public_key(KeyId=arn)["PublicKey"]
    page = page_with(kms.compose("aws", arn, public).wrap(b"k" * 32))
    # The words that the page gives to AWS's command line are those of its API.
    for word in ("--encryption-algorithm RSAES_OAEP_SHA_256", "--query Plaintext"):
        assert word in PAGE
    answer = client.decrypt(KeyId=arn, EncryptionAlgorithm="RSAES_OAEP_SHA_256", CiphertextBlob=page.body())
    assert page.data_key(answer["Plaintext"]) == b"k" * 32


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda provider: provider.name)
def test_the_page_says_first_where_each_key_service_is_told(provider: Provider) -> None:
    extras = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    extra = f"`{provider.name}`" if provider.name in extras else "none"
    row = rf"^\| \[.+\]\(.+\) \| `{provider.name}:[^`]+` \| {extra} \|$"
    assert re.search(row, PAGE.partition("\n## ")[0], re.MULTILINE)


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
