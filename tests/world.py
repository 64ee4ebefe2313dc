"""A project on the disk for tests that call the use-cases themselves."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from gitseal.document.value import TypedValue, text
from gitseal.files import atomic
from gitseal.identities import Keyring, discover
from gitseal.project.finding import find
from gitseal.project.names import parse_name
from gitseal.project.project import Project
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.sealing.change import SetResult
from gitseal.usecases.get import get_value
from gitseal.usecases.init import Starter, init
from gitseal.usecases.set_ import set_values


class World(NamedTuple):
    """A repository's project as alice sees it; each use finds it anew, as each command does."""

    top: Path
    keyring: Keyring

    @property
    def project(self) -> Project:
        return find(self.top)

    def set(self, environments: str = "production", /, **values: str | TypedValue) -> list[SetResult]:
        """Sets values in environments, apart by commas; `__` in a name stands for the `/` after a section."""
        chosen = tuple(environments.split(","))
        given = {
            parse_name(name.replace("__", "/")): text(value) if isinstance(value, str) else value
            for name, value in values.items()
        }
        return set_values(Workspace(self.project, self.keyring), chosen, given)

    def get(self, name: str, environment: str = "production") -> str:
        return get_value(OpenedEnvironment(self.project, environment, self.keyring), name).reveal().decode()

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.top / ".secrets").glob("*.yaml"))}


def keyring_of(identity: str) -> Keyring:
    return discover({"GITSEAL_IDENTITY": identity}, Path("/nowhere"), None)


def start(top: Path, *environments: str) -> World:
    """A new project of alice's; without names: development and production."""
    made = x25519.generate()
    keyring = keyring_of(made.text.reveal().decode())
    init(top, keyring, environments or ("development", "production"), Starter("alice", "", made.recipient))
    return World(top, keyring)


class Crash(BaseException):
    """The process ends here: nothing that catches errors sees it."""


def crash_at(number: int, write: Callable[..., None] = atomic.write) -> Callable[..., None]:
    """An `atomic.write` that ends the process before its write of that number, counted from 1."""
    count = 0

    def counting(path: Path, data: bytes, *, private: bool = False) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Crash
        write(path, data, private=private)

    return counting
