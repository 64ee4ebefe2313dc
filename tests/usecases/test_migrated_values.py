"""A migration gives exactly the values that sops had, and exactly those names stand in clear that did so there."""

import itertools
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gitseal.document import ciphertext
from gitseal.document.value import TypedValue, text
from gitseal.exchange import Imported, ImportedValue
from gitseal.project.project import Project
from gitseal.project.reading import OpenedEnvironment
from gitseal.recipients import x25519
from gitseal.sealing.leaving_sops import Migration, MovedFile, NamedRecipient
from gitseal.sealing.plain_source import can_be_plain
from gitseal.usecases import migrate
from gitseal.usecases.get import get_value
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath
from tests.exchange.sops.documents import MARKED, items
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


@pytest.mark.parametrize("beginning", ["ENC[", "ENC[AES]", "STANZA[", "STANZA[x]"])
def test_a_text_that_begins_as_a_sealed_value_is_never_plain(beginning: str) -> None:
    """In a file it would be a damaged token, and nobody could open the rest."""
    assert not can_be_plain("a", text(beginning))
    assert can_be_plain("a", text(f" {beginning}"))


# No shrinking: each example makes a project.
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(values=items(), marked=st.lists(MARKED, min_size=4, max_size=12), data=st.data())
def test_each_value_reads_as_it_did(
    top: Path, values: list[ImportedValue], marked: list[str], data: st.DataObject
) -> None:
    values = [*values, *(ImportedValue((f"m{number}",), text(one), 0) for number, one in enumerate(marked))]
    # The plan leaves a file with one of these to sops.
    values = [item for item in values if ciphertext.of_value(item.value) is None]
    fit = [item.path for item in values if can_be_plain(path_text(item.path), item.value)]
    plain = data.draw(st.sets(st.sampled_from(fit)))
    root = next(top / str(number) for number in itertools.count() if not (top / str(number)).exists())
    root.mkdir()
    project = migrated(root, values, sorted(plain))
    assert clear_names(project) == plain
    opened = OpenedEnvironment(project, ENVIRONMENT, KEYRING)
    for item in values:
        assert _same(get_value(opened, path_text(item.path)), item.value), item.path


def _same(one: TypedValue, other: TypedValue) -> bool:
    return one.kind is other.kind and one.reveal() == other.reveal()
