"""A team with real clones, and someone who can commit but holds no key.

`Clone` is one person's clone, driven through the use-cases. The forging functions write what an attacker would: they
use the library's own pieces, without the checks that stand before them in the commands.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import PublicKey, Scope
from gitseal.document import document
from gitseal.document.document import Document
from gitseal.document.header import HEADER, public_text
from gitseal.document.token import Stanza, Token
from gitseal.document.value import TypedValue, text
from gitseal.errors import Error
from gitseal.identities import NO_IDENTITIES, Keyring
from gitseal.project.finding import find
from gitseal.project.names import parse_name
from gitseal.project.project import Project
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.sealing.rekeying.planning import Plan
from gitseal.usecases import rekey
from gitseal.usecases.get import get_value
from gitseal.usecases.init import Starter, init
from gitseal.usecases.recipient import add_recipient
from gitseal.usecases.set_ import set_values
from gitseal.yamltext import editor
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath
from tests.programs import git
from tests.world import keyring_of

# Long and unlike anything else, so that finding it anywhere means a leak.
NEEDLE = "needle-7d1c4e0b9a"


class Person(NamedTuple):
    """Someone with an identity of their own."""

    name: str
    identity: str
    recipient: str


def person(name: str) -> Person:
    made = x25519.generate()
    return Person(name, made.text.reveal().decode(), made.recipient)


class Clone:
    """One person's clone. Each call finds the project anew, as each command does."""

    def __init__(self, top: Path, owner: Person | None) -> None:
        self.top = top
        self.owner = owner

    @property
    def project(self) -> Project:
        return find(self.top)

    @property
    def keyring(self) -> Keyring:
        return keyring_of(self.owner.identity) if self.owner else NO_IDENTITIES

    def git(self, *arguments: str, ok: tuple[int, ...] = (0,)) -> str:
        return git(self.top, *arguments, ok=ok)

    def path(self, environment: str) -> Path:
        return self.project.path(environment)

    def read(self, environment: str) -> Document:
        return self.project.read(environment)

    def set(self, environment: str, name: str, value: str, accept: Iterable[str] = (), *, plain: bool = False) -> str:
        values = {parse_name(name): text(value)}
        done = set_values(Workspace(self.project, self.keyring, frozenset(accept)), (environment,), values, plain=plain)
        return done[0].outcome.value

    def get(self, environment: str, name: str) -> str:
        return get_value(OpenedEnvironment(self.project, environment, self.keyring), name).reveal().decode()

    def plan(self) -> Plan:
        return rekey.plan(Workspace(self.project, self.keyring), self.project.environments)

    def rekey(self, accept: Iterable[str] = ()) -> Plan:
        """`rekey --yes`."""
        project = self.project
        workspace = Workspace(project, self.keyring, frozenset(accept))
        planned = rekey.plan(workspace, project.environments)
        rekey.apply(workspace, project.environments, planned)
        return planned

    def rotate(self) -> Plan:
        """`rekey --rotate --yes`."""
        workspace = Workspace(self.project, self.keyring)
        planned = rekey.plan(workspace, self.project.environments, rotate=True)
        rekey.apply(workspace, self.project.environments, planned)
        return planned

    def add(self, added: Person, group: str) -> None:
        add_recipient(Workspace(self.project, self.keyring), added.name, (added.recipient,), groups=(group,))

    def policy(self, old: str, new: str) -> None:
        """Edits policy.yaml as a person with an editor does."""
        path = self.project.policy_path
        before = path.read_text()
        assert old in before, before
        path.write_text(before.replace(old, new, 1))

    def commit(self, message: str = "change") -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def push(self, branch: str = "main") -> None:
        self.git("push", "--quiet", "origin", f"HEAD:{branch}")

    def pull(self, branch: str = "main") -> None:
        self.git("pull", "--quiet", "--no-rebase", "--no-edit", "origin", branch)


def start(top: Path, owner: Person, environments: tuple[str, ...] = ("development", "production")) -> Clone:
    """A new repository with a new `.secrets`."""
    top.mkdir(parents=True, exist_ok=True)
    git(top, "init", "--quiet")
    made = Clone(top, owner)
    init(top, made.keyring, environments, Starter(owner.name, "", owner.recipient))
    return made


def clone(origin: Path, top: Path, owner: Person | None) -> Clone:
    git(origin.parent, "clone", "--quiet", str(origin), str(top))
    return Clone(top, owner)


def write(place: Clone, environment: str, puts: dict[NamePath, Put], removes: Iterable[NamePath] = ()) -> None:
    """Edits an environment's file with no check but the grammar's."""
    path = place.path(environment)
    before = document.parse(path.read_bytes())
    path.write_bytes(editor.edit(before.tree, puts, removes, last=HEADER).serialise())


def own_key(place: Clone, environment: str, group: str = "default") -> DataKey:
    """A data key of the attacker's own for a group of a file."""
    return DataKey.generate(place.read(environment).header.scope(group))


def put_key(key: DataKey, people: Iterable[Person], *, succeeds: Token | None = None) -> dict[NamePath, Put]:
    """The edits that make `key` the group's, wrapped for these people."""
    block: NamePath = (HEADER, "access", key.scope.group)
    puts = {
        (*block, "key"): Put(key.key_id, tight=True),
        (*block, "public"): Put(public_text(key.public), tight=True),
    }
    if succeeds is not None:
        puts[(*block, "succeeds")] = Put(succeeds.serialise(), own_line=True)
    return puts | put_stanzas(key, people)


def put_stanzas(key: DataKey, people: Iterable[Person]) -> dict[NamePath, Put]:
    puts: dict[NamePath, Put] = {}
    for each in people:
        stanza = Stanza.of(key.key_id, parse_recipient(each.recipient).wrap(key.reveal()))
        path = (HEADER, "access", key.scope.group, "stanzas", each.name, recipient_id(each.recipient))
        puts[path] = Put(stanza.serialise(), own_line=True)
    return puts


def put_value(key: DataKey | PublicKey, name: str, value: TypedValue) -> dict[NamePath, Put]:
    """A value under a key of the attacker's own, or under a public one."""
    path = parse_name(name)
    return {path: Put(document.seal(key, path, value).serialise(), own_line=True)}


def replaced_key(place: Clone, environment: str, people: Iterable[Person], group: str = "default") -> DataKey:
    """The whole block replaced by one of the attacker's, its stanzas for everyone who is listed."""
    evil = own_key(place, environment, group)
    write(place, environment, put_key(evil, people))
    return evil


def objects(top: Path) -> bytes:
    """Every Git object of a clone, loose and unreachable ones too, one after the other."""
    return subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered"], cwd=top, capture_output=True, check=True
    ).stdout


def files(top: Path) -> bytes:
    """Every file of a clone and of its Git directory (packed objects stay packed: `objects` has them open)."""
    return b"\n".join(path.read_bytes() for path in top.rglob("*") if path.is_file() and not path.is_symlink())


def holds(place: Clone, needle: str = NEEDLE) -> bool:
    """Whether a value stands readable anywhere in a clone: its files, its Git directory, its objects."""
    return needle.encode() in objects(place.top) + files(place.top)


def opens_any(key: DataKey, place: Clone, environment: str) -> bool:
    """Whether an attacker's data key opens any value in the file as it stands now."""
    found = document.parse(place.path(environment).read_bytes())
    for entry in found.entries.values():
        if entry.token is None:
            continue
        try:
            key.open(entry.token.kind, entry.path, entry.token.ciphertext())
        except Error:
            continue
        return True
    return False


def scope(place: Clone, environment: str, group: str = "default") -> Scope:
    return place.read(environment).header.scope(group)
