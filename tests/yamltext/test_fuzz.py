"""Anything at all into the reader, in a child with little memory: a tree or a refusal with its line, in linear time."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests import fuzzing
from tests.slow import slow_but

TOP = Path(__file__).resolve().parent.parent.parent
MEMORY = 2**30
SECONDS = 600


def child(*args: str | Path) -> str:
    """The standard output of a Python that may use 1 GiB and some minutes; a failure fails the test."""
    done = subprocess.run(
        [sys.executable, *args],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(4))
def test_random_and_grammar_made_files(seed: int) -> None:
    count = 1_000

    for number in fuzzing.seeds(1):
        trees = int(child("-m", "tests.yamltext.bombs", str(count), str(seed + 4 * number)))
        fuzzing.tried(count - 1)

        # Too few trees would mean that only the refusals were tried.
        assert count / 20 < trees < count


# One unit, which is repeated; `{}` is the number of the repetition. Each is a file that breaks or stalls some parser.
BOMBS = {
    "names": "A{}: 1\n",
    "tokens": "A{}:\n  ENC[v1,s,default:k00112233445566778899aabbccddeeff,AAAA]\n\n",
    "one name": "A: 1\n",
    "dashes": "- ",
    "dashes on lines": "-\n",
    "brackets": "A{}: [",
    "brackets alone": "[",
    "braces": "{{a: ",
    "flow items": "a, ",
    "deep": " A:\n",
    "colons": ":",
    "quotes": "'",
    "double quotes": '"',
    "backslashes": "\\",
    "escapes": "\\n",
    "blanks": " ",
    "blank lines": "\n",
    "carriage returns": "\r\n",
    "comments": "# c\n",
    "hashes": " #",
    "tabs": "\t",
    "digits": "1",
    "digits and dashes": "1-",
    "underscores": "_",
    "stars": "*",
    "markers": "<<<<<<< x\n",
    "documents": "---\n",
    "accents": "é",
    "zero width": "\u200b",
    "stanzas": "STANZA[",
}
HEADS = ("", "A: ", 'A: "', "A: '", "A: [", "A:\n  ", "A: 1", "ENC[v1,s,a:k", "# ")

BOMBING = """
import sys, time
from gitseal.errors import Error
from gitseal.document import document
from gitseal.yamltext import reader

unit, size, timed, *heads = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "timed", *sys.argv[4:]

def work(head, size):
    count = max(1, size // len(unit))
    data = (head + "".join(unit.replace("{}", str(at)).replace("{{", "{") for at in range(count))).encode()
    start = time.process_time()
    for read in (reader.parse, lambda data: reader.parse(data, policy=True), document.parse):
        try:
            read(data)
        except Error:
            pass
    return time.process_time() - start

for head in heads:
    large = work(head, size)
    if timed and large > 0.2:
        # A tenth of the file is a tenth of the work, and a hundredth where time is quadratic.
        small = min(work(head, size // 10) for _ in range(3))
        assert large < 40 * small, (head, unit, small, large)
"""


@pytest.mark.fuzz
@pytest.mark.parametrize("bomb", slow_but({"deep", "brackets", "stanzas"}, list(BOMBS)))
def test_bombs(bomb: str) -> None:
    """Within the child's memory and time. Times are compared at full scale alone, where they are long enough to tell."""
    if not fuzzing.FUZZ:
        child("-c", BOMBING, BOMBS[bomb], "200000", "untimed", *HEADS)
    for head in fuzzing.some(HEADS, 0):
        child("-c", BOMBING, BOMBS[bomb], "1000000", "timed", head)
