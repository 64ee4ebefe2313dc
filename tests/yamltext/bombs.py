"""Random, grammar-made and hostile files for the reader: `python -m tests.yamltext.bombs COUNT SEED`, a child of test_fuzz.py.

It prints nothing and exits 0 where every file gave a tree that comes back byte for byte, or a refusal with a line.
No Hypothesis here: 100,000 files in seconds, each again by its seed.
"""

import random
import sys
from collections.abc import Callable

from gitseal.document import document
from gitseal.errors import Malformed, UnknownVersion
from gitseal.yamltext import reader
from tests.yamltext.documents import FLOWS, NAMES, SCALARS

HEADER = f"\ngitseal:\n  version: 1\n  id: f{'0' * 32}\n  environment: e\n"
GOOD = ("x", "a b", "1", "1.5", "true", '"q"', "'s'", "{}", "[]", "a:b", "null", "é")
PIECES = [
    *":-#'\"[]{},&*!|>%@`?\\\n\r\t ~=<",
    *("  ", "\n\n", ": ", "- ", "\n- ", "ENC[", "STANZA[v1,", "gitseal", "\ufeff", "\u2028", "\0"),
]


def noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(200))


def soup(chance: random.Random) -> bytes:
    return "".join(
        chance.choice(chance.choice([PIECES, NAMES, SCALARS, FLOWS])) for _ in range(chance.randrange(40))
    ).encode()


def made(chance: random.Random) -> bytes:
    """Lines of names, values, items and comments at all indentations, most of them as the grammar has them."""
    lines = []
    for number in range(chance.randrange(8)):
        indent = " " * chance.choice([0, 0, 0, 0, 0, 2, 2, 4, 1])
        name = chance.choice([f"N{number}", f"N{number}", chance.choice(NAMES)])
        value = chance.choice([*GOOD, "", chance.choice(SCALARS), chance.choice(FLOWS)])
        forms = [
            *[f"{name}: {value}"] * 4,
            f"{name}:",
            f"{name}:",
            f"- {value}",
            f"# {value}",
            value,
            f"- {name}: {value}",
            "",
        ]
        lines.append(indent + chance.choice(forms))
    eol = chance.choice(["\n", "\r\n"])
    return (eol.join(lines) + chance.choice(["", eol, HEADER])).encode()


def spoiled(chance: random.Random) -> bytes:
    """A good file with some bytes changed."""
    within = "".join(f"  A{at}:\n    x\n\n" for at in range(chance.randrange(1, 5)))
    below = "".join(f"B{at}: # c\n  '{at}'\n\n" for at in range(chance.randrange(5)))
    data = bytearray(f"s:\n{within}{below}{HEADER}".encode())
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data))
        piece = chance.choice(PIECES).encode() if chance.randrange(2) else chance.randbytes(1)
        data[at : at + chance.randrange(3)] = piece
    return bytes(data)


MAKERS: tuple[Callable[[random.Random], bytes], ...] = (noise, soup, made, spoiled)


def try_one(data: bytes, *, policy: bool) -> bool:
    """Whether the file has a tree. What is no refusal with a line comes out."""
    try:
        tree = reader.parse(data, policy=policy)
    except Malformed as error:
        if not error.message or not 1 <= error.line <= data.count(b"\n") + 1:
            raise ValueError("a refusal without its line") from error
        return False
    if tree.serialise() != data:
        raise ValueError("the tree does not come back")
    return True


def main(count: int, seed: int) -> None:
    trees = 0
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        data = chance.choice(MAKERS)(chance)
        try:
            trees += try_one(data, policy=bool(number % 2))
            document.parse(data)
        except (Malformed, UnknownVersion):
            pass
        except BaseException:
            print(f"file {number} of seed {seed}: {data!r}", file=sys.stderr)
            raise
    print(trees)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
