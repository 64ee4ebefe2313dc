"""Writes the vectors beside it, or with --check compares them with what it would write: exit 1 where they differ.

Run it as `python tests/vectors/make.py [--check]`. Nothing in it is random and nothing asks the clock, so that every
run gives the same bytes. A vector is a text: lines of `about:`, `identity:` and what is expected, a blank line, and
then the file itself, byte for byte.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"

if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent.parent))

from tests.vectors import good, grammar, precedence, refused_spellings, refused_values  # noqa: E402 - the line above makes it importable
from tests.vectors.build import Vector  # noqa: E402


def written(vector: Vector) -> bytes:
    head = [f"about: {vector.about}", f"identity: {vector.identity}", *vector.expect]
    return "\n".join(head).encode() + b"\n\n" + vector.file


def everything() -> dict[str, bytes]:
    """All vectors by the name of their file."""
    made: dict[str, bytes] = {}
    for vector in _vectors():
        name = f"{vector.name}.txt"
        if name in made:
            raise ValueError(f"two vectors are called {vector.name}")
        made[name] = written(vector)
    return made


def _vectors() -> Iterator[Vector]:
    for module in (good, refused_values, refused_spellings, precedence, grammar):
        yield from module.vectors()


def check() -> list[str]:
    """One line for each difference between the files and what would be written."""
    made = everything()
    there = {path.name: path.read_bytes() for path in FILES.iterdir()}
    return [
        *(f"{name}: missing" for name in made.keys() - there.keys()),
        *(f"{name}: not one that make.py makes" for name in there.keys() - made.keys()),
        *(f"{name}: differs" for name in made.keys() & there.keys() if made[name] != there[name]),
    ]


def main() -> int:
    if "--check" in sys.argv[1:]:
        differences = sorted(check())
        print("\n".join(differences) if differences else f"vectors: {len(everything())} are as they would be made")
        return 1 if differences else 0
    FILES.mkdir(exist_ok=True)
    for path in FILES.iterdir():
        path.unlink()
    for name, content in everything().items():
        (FILES / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
