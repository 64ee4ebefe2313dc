"""Two branches that edit neighbouring names merge by plain `git merge-file`: design table, 12 random files a row."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.document import document
from gitseal.document.document import Document
from gitseal.yamltext import editor
from gitseal.yamltext.editor import Put

HEADER = "gitseal"


def token(chance: random.Random) -> Put:
    payload = "".join(chance.choices("ABCDEFGHIJabcdefghij0123456789", k=80))
    return Put(f"ENC[v1,s,default:k{'0' * 32},{payload}]", own_line=True)


def edited(before: Document, puts: dict[str, Put], removes: tuple[str, ...] = ()) -> Document:
    tree = editor.edit(
        before.tree, {(name,): put for name, put in puts.items()}, [(name,) for name in removes], last=HEADER
    )
    return document.parse(tree.serialise())


def base(chance: random.Random) -> tuple[Document, list[str]]:
    names = sorted({"".join(chance.choices("ABCDEFGHIJKLMNOP", k=6)) for _ in range(chance.randint(6, 40))})
    return edited(document.create("production"), {name: token(chance) for name in names}), names


class Branches:
    """Two edits of one file around the names at `at` and after it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.base, self.names = base(self.chance)
        self.at = self.chance.randrange(len(self.names) - 2)
        self.one, self.two, self.three = self.names[self.at : self.at + 3]

    def set(self, *names: str) -> Document:
        return edited(self.base, {name: token(self.chance) for name in names})

    def unset(self, *names: str) -> Document:
        return edited(self.base, {}, names)


PAIRS: dict[str, Callable[[Branches], tuple[Document, Document]]] = {
    "change neighbours": lambda on: (on.set(on.one), on.set(on.two)),
    "change one, add right after it": lambda on: (on.set(on.one), on.set(on.one + "_A")),
    "change one, add right before it": lambda on: (on.set(on.two), on.set(on.one + "_A")),
    "remove one, change the next": lambda on: (on.unset(on.one), on.set(on.two)),
    "remove one, change the one before": lambda on: (on.unset(on.two), on.set(on.one)),
    "add in neighbouring gaps": lambda on: (on.set(on.one + "_A"), on.set(on.two + "_A")),
    "change many that alternate": lambda on: (on.set(*on.names[::2]), on.set(*on.names[1::2])),
}
CONFLICTS: dict[str, Callable[[Branches], tuple[Document, Document]]] = {
    "add two names in one gap": lambda on: (on.set(on.one + "_A"), on.set(on.one + "_B")),
    "remove two neighbours": lambda on: (on.unset(on.one), on.unset(on.two)),
    "change the same name": lambda on: (on.set(on.one), on.set(on.one)),
}


def merged(folder: Path, ours: Document, base: Document, theirs: Document) -> tuple[int, bytes]:
    """The number of conflicts, and the text."""
    for name, side in {"ours": ours, "base": base, "theirs": theirs}.items():
        (folder / name).write_bytes(side.serialise())
    done = subprocess.run(
        ["git", "merge-file", "-p", "ours", "base", "theirs"], cwd=folder, capture_output=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_clean(pair: Callable[[Branches], tuple[Document, Document]], tmp_path: Path) -> None:
    for seed in range(12):
        on = Branches(seed)
        one, two = pair(on)
        for ours, theirs in ((one, two), (two, one)):
            conflicts, text = merged(tmp_path, ours, on.base, theirs)
            assert conflicts == 0, text.decode()
            got = document.parse(text).tree.leaves()
            old, left, right = (side.tree.leaves() for side in (on.base, ours, theirs))
            every = old.keys() | left.keys() | right.keys()
            picked = {path: left.get(path) if left.get(path) != old.get(path) else right.get(path) for path in every}
            assert got == {path: value for path, value in picked.items() if value is not None}


@pytest.mark.parametrize("pair", CONFLICTS.values(), ids=CONFLICTS)
def test_conflicts(pair: Callable[[Branches], tuple[Document, Document]], tmp_path: Path) -> None:
    for seed in range(12):
        on = Branches(seed)
        one, two = pair(on)
        for ours, theirs in ((one, two), (two, one)):
            assert merged(tmp_path, ours, on.base, theirs)[0] > 0
