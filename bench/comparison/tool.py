"""What a tool is to the comparison: its commands. The works are in `works`, the tools in `tools/`."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from bench.world import Missing, World

Words = list[str]
PLAIN = "plain.env"
"""The env file that lies in a folder before a tool takes it in."""


def sh(script: str) -> Words:
    """A line of shell, for what takes several commands."""
    return ["sh", "-ec", script]


def assignments(out: bytes) -> dict[str, str]:
    """NAME=VALUE lines of values that need no quotes, quoted or not, with or without `export`."""
    pairs = (line.removeprefix("export ").partition("=") for line in out.decode().splitlines() if "=" in line)
    return {name: value.strip("'\"") for name, _, value in pairs if not name.startswith("#")}


def members(out: bytes) -> dict[str, str]:
    """The members of a JSON object but those that begin with `_`, which ejson leaves alone."""
    return {name: str(value) for name, value in json.loads(out).items() if not name.startswith("_")}


class Person(NamedTuple):
    """Somebody else who joins and leaves: their age identity and recipient."""

    identity: Path
    recipient: str


class Store(NamedTuple):
    """How a tool keeps names in a file of a repository. Every command is run at the repository's top.

    A string in place of a command is the reason why there is none.
    """

    file: str
    """Where the values lie, for sizes and history."""
    init: Callable[[World, Path], None]
    """Makes a new repository ready."""
    load: Callable[[World], Words]
    """Takes in PLAIN, as the tool does it or, if it cannot, as its user would."""
    get: Callable[[World, str], Words]
    render: Callable[[World], Words]
    set: Callable[[World, str, str], Words]
    add: Callable[[World, Person], Words] | str
    """The person becomes able to open everything."""
    remove: Callable[[World, Person], Words] | str
    """The person does not open what comes from now on."""
    log: Callable[[World, str], Words] | str
    """The commits that changed a name."""
    read: Callable[[bytes], dict[str, str]] = assignments
    no_import: str = ""
    """Why the tool itself cannot take in an env file."""
    as_person: Callable[[Person], Mapping[str, str]] = lambda _: {}
    """The environment in which the commands are that person's."""
    get_as_person: Callable[[World, str], Words] | None = None
    """How the person gets a value, if not by `get` in that environment."""


class Tool(NamedTuple):
    """A column of the table.

    `pin` is its variable in tools/peers, or "" if the distribution's version is taken. `version` is the command that tells
    its version, or nothing if a build from its module tells none or an old one: then it is the pin.
    """

    name: str
    program: str
    pin: str
    version: tuple[str, ...]
    store: Store | str
    hook: Callable[[World, Path, list[str]], Words] | str
    """Looks at what is staged in the repository: some files, whose paths it gets."""
    history: Callable[[World], Words] | str
    """Looks for plaintext in all commits."""
    env: Callable[[World], Mapping[str, str]] = lambda _: {}


def need(tool: Tool) -> None:
    """Raises `Missing` unless the tool is there."""
    if shutil.which(tool.program) is None:
        raise Missing("not found")
