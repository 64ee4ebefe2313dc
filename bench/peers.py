"""What gitseal is compared with: a Python that starts, sops and age on the same values."""

import functools
import json
import shutil
import subprocess
from pathlib import Path

from bench.timing import Command
from bench.world import PYTHON, Missing, World, middle, tool, values

SOPS_LIMIT = 300.0
"""Seconds that sops gets for one command."""


def imports(world: World, *modules: str) -> Command:
    """A Python that only imports."""
    return Command(lambda _: [PYTHON, "-c", f"import {', '.join(modules)}"], world.folder)


def start(world: World) -> Command:
    """A Python that does nothing."""
    return _other(world, PYTHON, "-c", "pass")


def bare(world: World) -> Command:
    """A Python that loads what `get` cannot do without and ends."""
    return _other(world, PYTHON, "-c", "import cryptography.cobblestone, pyrage")


@functools.cache
def sealed_by_sops(world: World, names: int) -> Path:
    """The same values in one YAML file sealed by sops to the same recipient."""
    sops = tool("sops")
    plain = world.folder / f"plain-{names}.yaml"
    plain.write_text("".join(f"{n}: {json.dumps(v)}\n" for n, v in values(names).items()), encoding="utf-8")
    try:
        sealed = world.run([sops, "encrypt", "--age", world.recipient, plain.name], world.folder, SOPS_LIMIT)
    except subprocess.TimeoutExpired:
        raise Missing(f"sops did not seal {names:,} values within {SOPS_LIMIT:.0f} s") from None
    path = world.folder / f"sops-{names}.yaml"
    path.write_text(sealed, encoding="utf-8")
    return path


@functools.cache
def sealed_by_age(world: World, names: int) -> Path:
    """The same values as one dotenv file sealed whole by age to the same recipient."""
    age = tool("age")
    plain, path = world.folder / f"plain-{names}.env", world.folder / f"age-{names}.env"
    plain.write_text("".join(f"{name}='{value}'\n" for name, value in values(names).items()), encoding="utf-8")
    world.run([age, "-r", world.recipient, "-o", str(path), str(plain)], world.folder)
    return path


def sops(world: World, names: int) -> Command:
    """What `render` does, by sops."""
    return _other(world, tool("sops"), "-d", str(sealed_by_sops(world, names)))


def sops_extract(world: World, names: int) -> Command:
    """What `get` does, by sops."""
    return _other(world, tool("sops"), "-d", "--extract", f'["{middle(names)}"]', str(sealed_by_sops(world, names)))


def sops_set(world: World, names: int) -> Command:
    """What `set_one` does, by sops."""
    path = str(scratch_of_sops(world, names))
    return Command(lambda run: [tool("sops"), "set", path, f'["{middle(names)}"]', f'"run{run}"'], world.folder)


def sops_rotate(world: World, names: int) -> Command:
    """What `rekey` does, by sops: a new data key, and every value sealed again."""
    return _other(world, tool("sops"), "rotate", "--in-place", str(scratch_of_sops(world, names)))


@functools.cache
def scratch_of_sops(world: World, names: int) -> Path:
    """A copy of the file that sops sealed, to be changed at will."""
    path = world.folder / f"scratch-{names}.yaml"
    shutil.copy(sealed_by_sops(world, names), path)
    return path


def age(world: World, names: int) -> Command:
    """The same content, opened whole by age."""
    return _other(world, tool("age"), "-d", "-i", str(world.identity), str(sealed_by_age(world, names)))


def _other(world: World, *argv: str) -> Command:
    return Command(lambda _: list(argv), world.folder)
