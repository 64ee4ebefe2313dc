"""Nobody gets more by a migration from sops than they have, whatever its rules, names and files say."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gitseal.document.value import text
from gitseal.exchange import ImportedValue
from gitseal.exchange.sops import exporting
from gitseal.git.repository import Repository
from gitseal.identities import discover
from gitseal.sealing import leaving_sops
from gitseal.sealing.leaving_sops import Migration
from gitseal.usecases import migrate
from tests.conftest import TOP

VECTORS = TOP / "tests/exchange/sops/vectors"
OWN = "age1htc90ugn33dlaw5ffqedwclqeuq0ssyatgzpesjke0a429zu6ekqelw5kp"
SSH = " ".join((VECTORS / "id_ed25519.pub").read_text().split()[:2])
MALLORY = "age1sxrms53khryca8x5jy5kw20lkzjwqk500kmfgkmrt7d6t7saxpjqwtyj4r"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def put(top: Path, **files: str) -> None:
    for path, vector in files.items():
        place = top / path.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(VECTORS / vector, place.with_suffix(Path(vector).suffix))


def planned(top: Path, rules: str = "", root: str = "", *, sealed_comments: bool = False) -> Migration:
    if rules:
        (top / ".sops.yaml").write_text(rules)
    keyring = discover({"GITSEAL_IDENTITY_FILE": str(VECTORS / "age.txt")}, VECTORS, None)
    return leaving_sops.plan(
        top / root, Repository(str(top)), keyring, "al", "al@example.com", sealed_comments=sealed_comments
    )


def opening(migration: Migration) -> dict[str, set[str]]:
    """The public keys that open each environment."""
    keys = {one.name: one.keys for one in migration.recipients}
    return {one.environment: {key for name in one.opens for key in keys[name]} for one in migration.moved}


@pytest.mark.parametrize("name", ["al", "AL", "bob", "team"])
def test_a_name_makes_nobody_somebody_else(top: Path, name: str) -> None:
    put(top, prod="types.yaml", dev="both.yaml")
    found = planned(
        top,
        f"creation_rules:\n  - path_regex: prod\n    age: {OWN}\n  - key_groups: [{{age: [&{name} {OWN}, {SSH}]}}]\n"
        f"  # {SSH} # {name}\n",
    )
    assert opening(found) == {"prod": {OWN}, "dev": {OWN, SSH}}
    assert all(len(one.keys) == 1 for one in found.recipients)
    found = planned(
        top, f"creation_rules:\n  - key_groups:\n      - age:\n        - {SSH} # {name}\n        - {OWN} # {name}\n"
    )
    assert opening(found) == {"prod": {OWN}, "dev": {OWN, SSH}}
    assert len({one.name.casefold() for one in found.recipients}) == len(found.recipients)


def test_two_folders_may_call_different_keys_the_same(top: Path) -> None:
    put(top, a__x="types.yaml", b__y="both.yaml")
    (top / "a/.sops.yaml").write_text(f"keys: [&dev {OWN}]\ncreation_rules: [{{age: *dev}}]\n")
    (top / "b/.sops.yaml").write_text(f"keys: [&dev {SSH}]\ncreation_rules: [{{age: *dev}}]\n")
    found = planned(top)
    assert opening(found) == {"x": {OWN}, "y": {SSH}}
    assert any('is called "dev" too' in words for words in found.unsaid)


@pytest.mark.parametrize(
    "rule",
    [
        f"age: '{OWN},{MALLORY}'",
        f"age: {MALLORY}\n    key_groups: [{{age: [{OWN}]}}]",
        f"path_regex: 'pro{{,1}}d'\n    age: {MALLORY}",
        f"path_regex: 'prod++'\n    age: {MALLORY}",
        f"path_regex: '(?=prod)'\n    age: {MALLORY}",
        f"path_regex: '^(a+)+$'\n    age: {MALLORY}",
    ],
)
def test_no_rule_lets_anybody_in(top: Path, rule: str) -> None:
    put(top, prod="types.yaml")
    assert opening(planned(top, f"creation_rules:\n  - {rule}\n")) == {"prod": {OWN}}


def test_who_opens_a_file_and_is_not_in_its_rule_is_left_out_and_told(top: Path) -> None:
    put(top, sub__prod="both.yaml")
    found = planned(top, f"creation_rules: [{{age: {OWN}}}]", root="sub")
    assert opening(found) == {"prod": {OWN}}
    assert any('"prod.yaml" opens to' in words and "whom its rule does not name" in words for words in found.unsaid)


def test_a_recipient_without_a_sealed_key_opens_nothing(top: Path) -> None:
    put(top, prod="types.yaml")
    text = (top / "prod.yaml").read_text()
    (top / "prod.yaml").write_text(
        text.replace("  age:\n", f'  age:\n        - recipient: {MALLORY}\n          enc: ""\n', 1)
    )
    found = planned(top)
    assert opening(found) == {"prod": {OWN}}
    assert any("has 1 recipient for whom no key is sealed there" in words for words in found.unsaid)


def test_a_link_to_rules_of_the_repository_counts_and_another_one_is_told(top: Path, tmp_path: Path) -> None:
    put(top, sub__prod="both.yaml", other__dev="both.yaml")
    (tmp_path / "outside.yaml").write_text(f"creation_rules: [{{age: {OWN}}}]")
    (top / "sub/.sops.yaml").symlink_to("../.sops.yaml")
    (top / "other/.sops.yaml").symlink_to(tmp_path / "outside.yaml")
    rules = f"creation_rules: [{{path_regex: ^prod, age: {OWN}}}]"
    (top / ".sops.yaml").write_text(rules)
    subprocess.run(["git", "-C", str(top), "add", "."], check=True)
    found = planned(top)
    assert opening(found) == {"prod": {OWN}, "dev": {OWN, SSH}}
    assert "other/.sops.yaml: it leads to no file of the repository, so its rules are not read" in found.unsaid
    subprocess.run(["git", "-C", str(top), "rm", "--quiet", "--cached", ".sops.yaml"], check=True)
    assert opening(planned(top))["prod"] == {OWN, SSH}


def test_a_rule_without_a_key_that_we_take_is_told(top: Path) -> None:
    put(top, prod="types.yaml")
    found = planned(top, "creation_rules: [{pgp: ABCDEF}]")
    assert opening(found) == {"prod": {OWN}}
    assert any("whoever opens its files today stays in" in words for words in found.unsaid)


def test_what_git_could_not_give_back_and_what_it_ignores_is_told(top: Path) -> None:
    put(top, prod="types.yaml", dev="both.yaml", test="both.yaml")
    (top / ".gitignore").write_text("test.yaml\n")
    subprocess.run(["git", "-C", str(top), "add", "prod.yaml"], check=True)
    found = planned(top)
    assert '"dev.yaml" is in no commit: what lies here is taken, and Git cannot give it back' in found.unsaid
    assert (
        '"prod.yaml" has changes that are in no commit: what lies here is taken, and Git cannot give it back'
        in found.unsaid
    )
    assert '"test.yaml" is a file of sops too, and Git ignores it: it is not moved' in found.unsaid


def test_a_value_that_was_sealed_twice_leaves_its_file_with_words_that_help(top: Path) -> None:
    put(top, prod="types.yaml")
    twice = [ImportedValue(("A",), text("$ANSIBLE_VAULT;1.1;AES256\n6134"), 0)]
    (top / "dev.yaml").write_bytes(exporting.export("sops-yaml", twice, (OWN,), "2026-01-02T03:04:05Z").content)
    ((path, reason, hint),) = planned(top).left
    assert path == "dev.yaml"
    assert "encrypted by ansible-vault" in reason
    # Words, and no command for the whole file, which would not open the value.
    assert "ansible-vault" in hint
    assert "| gitseal import" not in hint


def test_sealed_comments_stay_out_unless_they_are_wanted(top: Path) -> None:
    put(top, prod="encrypted_regex.yaml", types="types.yaml")
    clear = {line for one in planned(top).moved for item in one.imported.items for line in item.comments}
    wanted = planned(top, sealed_comments=True)
    every = {line for one in wanted.moved for item in one.imported.items for line in item.comments}
    assert clear < every
    assert any("sealed comment" in words and "everybody reads" in words for words in wanted.unsaid)


def test_values_that_no_mac_covers_are_told(top: Path) -> None:
    put(top, prod="mac_only_encrypted.yaml")
    assert any("no MAC covers them" in words for words in planned(top).unsaid)


def test_the_policy_has_each_key_once_and_holds_together(top: Path) -> None:
    put(top, prod="both.yaml", dev="both.yaml", types="types.yaml")
    text = migrate.policy(planned(top))
    assert text.count(OWN) == 1
    assert "email: al@example.com" in text
    assert "  team: [" in text
