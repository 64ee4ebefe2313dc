"""What the tests of the Python API look at: values of every type, sealed and plain, and commits of them."""

from collections.abc import Mapping
from pathlib import Path

from gitseal.document.value import ValueType, checked, text
from gitseal.identities import Keyring
from gitseal.project.workspace import Workspace
from gitseal.usecases.init import Starter, init
from gitseal.usecases.set_ import set_values
from tests import world
from tests.programs import git

PASSWORD = "correct-horse-battery-staple"
TYPED = {
    "TEXT": checked(ValueType.TEXT, b"gr\xc3\xbc\xc3\x9fe\n"),
    "INTEGER": checked(ValueType.INTEGER, b"8080"),
    "FLOAT": checked(ValueType.FLOAT, b"1.50"),
    "BOOLEAN": checked(ValueType.BOOLEAN, b"true"),
    "NULL": checked(ValueType.NULL, b""),
    "BYTES": checked(ValueType.BYTES, b"\xff\x00\xfe"),
    "JSON": checked(ValueType.JSON, b'{"hosts": ["a", "b"], "depth": 1}'),
    "LIST": checked(ValueType.JSON, b"[1, 2]"),
}


class World(world.World):
    def policy(self, *lines: str) -> None:
        """Lines more in the policy."""
        path = self.top / ".secrets/policy.yaml"
        path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")

    def set_flat(self, values: Mapping[str, str]) -> None:
        """Values of production under names as they stand: `__` is no section in them."""
        set_values(
            Workspace(self.project, self.keyring),
            ["production"],
            {(name,): text(content) for name, content in values.items()},
        )

    def commit(self, tag: str = "") -> None:
        git(self.top, "add", "--all", "--force")
        git(self.top, "commit", "--quiet", "--message", "State")
        if tag:
            git(self.top, "tag", "--annotate", "--message", "A release", tag)


def start(top: Path, keyring: Keyring, recipient: str) -> World:
    """A new project of alice's, who holds the one identity of it."""
    init(top, keyring, ("production", "staging"), Starter("alice", "", recipient))
    return World(top, keyring)
