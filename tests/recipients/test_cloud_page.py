"""The page of Python in docs/how-to/open-with-a-cloud-key.md gives the data key of each vector."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recipients import oaep

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs/how-to/open-with-a-cloud-key.md").read_text()
VECTORS = json.loads((Path(__file__).parent / "kms-vectors.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["recipient"].rpartition(":")[0])
def test_the_page_opens_a_stanza(vector: dict[str, str], tmp_path: Path) -> None:
    block = re.search(r"<!-- file unwrap.py -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    assert block
    (tmp_path / "unwrap.py").write_text(block[1])
    (tmp_path / "stanza").write_bytes(base64.b64decode(vector["stanza"]))

    def unwrap(word: str, stdin: bytes = b"") -> bytes:
        command = [sys.executable, "unwrap.py", word, "stanza"]
        return subprocess.run(command, cwd=tmp_path, input=stdin, capture_output=True, check=True).stdout

    body = base64.b64decode(unwrap("body"), validate=False)
    file_key = oaep.unsealed(body, int(vector["modulus"], 16), int(vector["private exponent"], 16))
    assert unwrap("open", base64.b64encode(file_key)).hex() == vector["data key"]
