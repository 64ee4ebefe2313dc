"""A file of sops as an environment of ours, in memory: what reads projects reads such files by the same code.

Its values are sealed again, under a data key that only this process has. Nothing of it is written, and no policy, manifest or
override of a project has any say in it.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.digest import sha256_hex
from gitseal.document import document, edits
from gitseal.document.header import HEADER, public_text
from gitseal.exchange import sops
from gitseal.exchange.sops import SopsName
from gitseal.identities import NO_IDENTITIES, Keyring
from gitseal.policy.policy import DEFAULT
from gitseal.project.project import FOLDER, Project
from gitseal.project.sops_files import environment_name, read_file
from gitseal.recipients.protocol import Identity
from gitseal.yamltext import scalars
from gitseal.yamltext.editor import Put
from gitseal.yamltext.reader import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gitseal.document.token import Token
    from gitseal.document.value import TypedValue
    from gitseal.identities.keyring import Stanzas
    from gitseal.yamltext.tree import NamePath

    StrPath = str | os.PathLike[str]

_NOBODY = "reader"
# The point of age's own documentation; nothing is sealed to it.
_NO_KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
_FINGERPRINT_DIGITS = 12


class SeenName(NamedTuple):
    """What shows of a name without a key: whether its value stands in clear, and the fingerprint of what stands there sealed."""

    is_plain: bool
    fingerprint: str


class Mirror(NamedTuple):
    """A project with one environment, which has the name of the file, and what opens it. `names` is by name."""

    project: Project
    keyring: Keyring
    environment: str
    names: dict[str, SeenName]


def read(start: "Path", words: str, identities: "Callable[[], Iterable[Identity]] | None") -> Mirror:
    """The file that words name from a folder, as `sops_files.read_file` takes them; without identities its names alone."""
    data = read_file(start, words)
    return mirrored(data, words, identities()) if identities is not None else mirrored_names(data, words)


def mirrored(data: bytes, path: str, identities: Iterable[Identity]) -> Mirror:
    """A file of sops with its values. `path` names it in messages. Raises Error as `sops.read` does."""
    file = sops.read(data, identities, path)
    values = {item.path: item.value for item in file.imported.items}
    return _mirror(path, values, sops.look(data, path).names)


def mirrored_names(data: bytes, path: str) -> Mirror:
    """A file of sops with its names alone, for whoever has no key. Raises Malformed."""
    names = sops.look(data, path).names
    return _mirror(path, {one.path: one.value for one in names}, names)._replace(keyring=NO_IDENTITIES)


def _mirror(path: str, values: "Mapping[NamePath, TypedValue]", names: Sequence[SopsName]) -> Mirror:
    environment = environment_name(path)
    empty = document.create(environment)
    key = DataKey.generate(empty.header.scope(DEFAULT))
    puts = {**own_header(key), **puts_of({name: document.seal(key, name, value) for name, value in values.items()})}
    files = {
        "policy.yaml": policy_text(environment, {}),
        f"{environment}.yaml": edits.edited(empty, puts).serialise(),
    }
    seen = {path_text(one.path): SeenName(one.is_plain, "" if one.is_plain else _fingerprint(one)) for one in names}
    return Mirror(Project("", None, source=MemoryFiles(files)), HeldKey(key), environment, seen)


class HeldKey(Keyring):
    """Opens everything under one data key that is in memory, and nothing else."""

    def __init__(self, key: DataKey) -> None:
        super().__init__(())
        self._key = key

    def unwrap(self, _stanzas: "Stanzas", _group: str = "") -> bytes | None:
        """The data key."""
        return self._key.reveal()


def own_header(key: DataKey) -> "dict[NamePath, Put]":
    """The part of a header that names a data key, which is wrapped for nobody."""
    block = (HEADER, "access", key.scope.group)
    return {(*block, "key"): Put(key.key_id, tight=True), (*block, "public"): Put(public_text(key.public), tight=True)}


def puts_of(tokens: "Mapping[NamePath, Token]") -> "dict[NamePath, Put]":
    """Tokens in their order."""
    return {path: Put(token.serialise(), own_line=True, rank=rank) for rank, (path, token) in enumerate(tokens.items())}


def policy_text(environment: str, people: "Mapping[str, str]") -> bytes:
    """A policy of one environment, open to people with these keys; to a machine without a key if there are none."""
    people = people or {_NOBODY: _NO_KEY}
    recipients = "".join(f"  {name}:\n    keys: [{scalars.serialise(key)}]\n" for name, key in people.items())
    rule = f"    open: [{', '.join(people)}]\n"
    return f"version: 1\nrecipients:\n{recipients}environments:\n  {scalars.serialise(environment)}:\n{rule}".encode()


def _fingerprint(name: SopsName) -> str:
    return sha256_hex(name.value.reveal())[:_FINGERPRINT_DIGITS]


class MemoryFiles:
    """The files of a `.secrets` folder that is nowhere."""

    is_working_tree = False

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def name(self, relative: str) -> str:
        """The name of a file in the folder."""
        return relative.removeprefix(f"{FOLDER}/")

    def names(self, _folder: "StrPath") -> list[str]:
        """The names in the folder."""
        return list(self._files)

    def read(self, path: "StrPath") -> bytes:
        """A file's bytes."""
        name = os.path.basename(path)
        if name not in self._files:
            raise FileNotFoundError(path)
        return self._files[name]

    def is_tracked(self, _path: "StrPath") -> bool:
        """False: Git knows nothing of it."""
        return False

    def attributes(self, _path: str, _names: tuple[str, ...]) -> dict[str, str] | None:
        """None: Git knows nothing of it."""
        return None
