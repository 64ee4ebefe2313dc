"""A migration gives exactly the values that sops had, and exactly those names stand in clear that did so there."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from gitseal.document.value import text
from gitseal.exchange import Imported, ImportedValue
from gitseal.project.project import Project
from gitseal.recipients import x25519
from gitseal.sealing.leaving_sops import Migration, MovedFile, NamedRecipient
from gitseal.usecases import migrate
from gitseal.yamltext.tree import NamePath
from tests.world import keyring_of

ENVIRONMENT = "production"
IDENTITY = x25519.generate()
KEYRING = keyring_of(IDENTITY.text.reveal().decode())


@pytest.fixture
def top(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def migrated(top: Path, values: Sequence[ImportedValue], plain: Sequence[NamePath]) -> Project:
    """A new project of values that were in one file of sops, of which the names in `plain` stood there in clear."""
    moved = MovedFile("s.yaml", ENVIRONMENT, Imported(tuple(values)), ("al",), tuple(plain), 0)
    migration = Migration(top, (moved,), (), (NamedRecipient("al", "", (IDENTITY.recipient,), (ENVIRONMENT,)),), ())
    return migrate.migrate(migration, KEYRING)


def clear_names(project: Project) -> set[NamePath]:
    return {path for path, entry in project.read(ENVIRONMENT).entries.items() if entry.token is None}


def test_a_sealed_name_with_the_word_of_a_clear_one_stays_sealed(top: Path) -> None:
    values = [
        ImportedValue(("host",), text("clear"), 0),
        ImportedValue(("db", "host"), text("hunter2"), 0),
        ImportedValue(("x", "db", "host"), text("hunter2"), 0),
    ]
    project = migrated(top, values, [("host",)])
    assert clear_names(project) == {("host",)}
    assert b"hunter2" not in project.source.read(project.file(ENVIRONMENT))
