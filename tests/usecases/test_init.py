"""What `init` writes for editors: schemas, and the lines that name them, which our own edits keep."""

import json
import re
from pathlib import Path

import pytest

from gitseal.policy import schema
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.usecases.env import add_environment, remove_environment, rename_environment
from gitseal.usecases.recipient import add_recipient, remove_recipient
from tests.world import World, start


def named_schema(file: Path) -> Path:
    """The schema that a language server takes for the file: the path in its comment, from the file's own folder."""
    found = re.search(r"^#\s+yaml-language-server\s*:.*\$schema=(\S+)", file.read_text(), re.MULTILINE)
    assert found is not None
    return file.parent / found[1]


@pytest.mark.parametrize("name", schema.FILES)
def test_both_files_name_a_schema_that_is_there(repo: Path, name: str) -> None:
    start(repo)
    found = named_schema(repo / f".secrets/{name}.yaml")
    assert json.loads(found.read_text()) == schema.of(name)


def test_edits_of_the_policy_keep_the_line(repo: Path) -> None:
    world: World = start(repo)
    add_recipient(Workspace(world.project, world.keyring), "bob", [x25519.generate().recipient], groups=["team"])
    remove_recipient(world.project, "bob")
    add_environment(Workspace(world.project, world.keyring), "staging", [])
    rename_environment(Workspace(world.project, world.keyring), "staging", "stage")
    remove_environment(world.project, "stage")
    assert named_schema(repo / ".secrets/policy.yaml").is_file()


def test_a_gitignore_in_another_encoding_gets_its_lines(repo: Path) -> None:
    before = "café\n".encode("latin-1")
    (repo / ".gitignore").write_bytes(before)
    start(repo)
    assert (repo / ".gitignore").read_bytes().startswith(before)
