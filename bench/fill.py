"""Fills the empty environments of a repository by the library: one `gitseal import` for each of 300 takes minutes."""

from pathlib import Path

from gitseal.document import document
from gitseal.document.value import text
from gitseal.identities import discover
from gitseal.project.finding import find
from gitseal.project.keys import Keys


def fill(top: Path, identity: Path, wanted: dict[str, dict[str, str]]) -> None:
    """Seals the values of each environment by name, as a member with this identity does; nothing may be in it yet."""
    project, keyring = find(top), discover({"GITSEAL_IDENTITY_FILE": str(identity)}, top, None)
    for environment, values in wanted.items():
        empty = project.read(environment)
        (group,) = empty.header.access
        key = Keys(empty.header, keyring)[group]
        blocks = (
            f"{name}:\n  {document.seal(key, (name,), text(value)).serialise()}\n\n" for name, value in values.items()
        )
        before, header, after = empty.serialise().partition(b"gitseal:\n")
        project.path(environment).write_bytes(before + "".join(blocks).encode() + header + after)
