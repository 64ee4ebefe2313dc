"""Files where none belong: nested, tracked, linked, doubled, and a journal that someone else wrote."""

import json
import os
import shutil
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gitseal.audit.check.check import check
from gitseal.document import document
from gitseal.errors import Error, Unconfirmed
from gitseal.project.journal import journal_path
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone, holds, opens_any, own_key, put_key, write


def assert_refused(words: str, act: Callable[[], object]) -> None:
    with pytest.raises(Error, match=words):
        act()


def test_a_nested_folder_is_named_and_its_keys_are_confirmed(team: Team) -> None:
    """Whoever works in app/ would seal to what mallory brought there."""
    nested = Clone(team.mallory.top / "app", None)
    shutil.copytree(team.mallory.project.folder, nested.top / ".secrets")
    for environment in ("development", "production"):
        path = nested.top / ".secrets" / f"{environment}.yaml"
        path.write_bytes(document.create(environment).serialise())
    evil = own_key(nested, "production")
    write(nested, "production", put_key(evil, [team.people["alice"], team.people["bob"]]))
    team.infect(team.alice)
    inner = Clone(team.alice.top / "app", team.alice.owner)
    assert inner.project.shadowed == (team.alice.project.folder,)
    with pytest.raises(Unconfirmed, match=evil.key_id):
        inner.set("production", "NEW", NEEDLE)
    assert not opens_any(evil, inner, "production")
    team.alice.commit()
    assert not holds(team.alice)


def test_a_folder_above_the_repository_is_not_taken(team: Team, tmp_path: Path) -> None:
    shutil.copytree(team.mallory.project.folder, tmp_path / ".secrets")
    shutil.rmtree(team.alice.project.folder)
    with pytest.raises(Error, match=r'repository has "\.secrets", which is not in the working tree'):
        team.alice.set("production", "NEW", NEEDLE)


def test_a_tracked_local_file_is_told(team: Team) -> None:
    path = team.mallory.project.folder / "production.local.yaml"
    path.write_bytes(team.mallory.path("production").read_bytes())
    team.mallory.git("add", "--force", str(path))
    team.infect(team.alice)
    assert "local-tracked" in {finding.rule for finding in check(team.alice.project)}
    with pytest.raises(Error, match="cannot be the name of an environment"):
        team.alice.set("production.local", "NEW", NEEDLE)


def _environment(folder: Path) -> Path:
    return folder / "production.yaml"


def _policy(folder: Path) -> Path:
    return folder / "policy.yaml"


def _folder(folder: Path) -> Path:
    return folder


@pytest.mark.parametrize("which", [_environment, _policy, _folder])
def test_symbolic_links_are_refused(team: Team, which: Callable[[Path], Path], tmp_path: Path) -> None:
    """A link could point at another file of the victim's, or out of the repository."""
    path = which(team.mallory.project.folder)
    outside = tmp_path / "outside"
    path.rename(outside)
    path.symlink_to(outside)
    team.mallory.commit()
    team.mallory.push("feature")
    team.alice.pull("feature")
    assert os.path.islink(which(team.alice.top / ".secrets"))  # noqa: PTH114 - the folder may be the link
    before = outside.read_bytes() if outside.is_file() else {each: each.read_bytes() for each in outside.rglob("*.*")}
    assert_refused("symbolic link", lambda: team.alice.set("production", "NEW", NEEDLE))
    assert_refused("symbolic link", lambda: team.alice.get("production", "DB_URL"))
    after = outside.read_bytes() if outside.is_file() else {each: each.read_bytes() for each in outside.rglob("*.*")}
    assert after == before


def test_a_submodule_in_the_place_of_an_environment_is_refused(team: Team) -> None:
    path = team.alice.path("production")
    path.unlink()
    path.mkdir()
    assert_refused("not a regular file", lambda: team.alice.set("production", "NEW", NEEDLE))
    assert_refused("not a regular file", lambda: team.alice.get("production", "DB_URL"))


@pytest.mark.parametrize("name", ["Production.yaml", "PRODUCTION.yaml", "production.YAML", "Policy.yaml"])
def test_names_that_differ_in_case_alone_are_refused(team: Team, name: str) -> None:
    """Which of the two a colleague on another system gets is a matter of chance."""
    (team.mallory.project.folder / name).write_bytes(team.mallory.path("production").read_bytes())
    team.infect(team.alice)
    with pytest.raises(Error, match="differ only in the case"):
        team.alice.project.select(("production",))


# --- a journal in a clone that someone prepared


def _entry(environment: str, old: bytes, new: bytes) -> dict[str, str]:
    return {
        "file": environment,
        "old": sha256(old).hexdigest(),
        "new": sha256(new).hexdigest(),
        "data": b64encode(new).decode(),
    }


def _plant(place: Clone, *entries: dict[str, str]) -> Path:
    path = journal_path(place.project)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"version": 1, "files": entries}))
    return path


@pytest.mark.parametrize(
    "environment", ["../evil", "/etc/evil", "production/../../evil", "..", "x.local", "", "manifest", "allow", "all"]
)
def test_a_journal_writes_nowhere_but_to_environments(team: Team, environment: str, tmp_path: Path) -> None:
    data = team.alice.path("production").read_bytes()
    before = sorted(tmp_path.rglob("*"))
    planted = _plant(team.alice, _entry(environment, b"", data))
    files = {path: path.read_bytes() for path in team.alice.project.folder.rglob("*.*")}
    with pytest.raises(Error, match="is damaged"):
        team.alice.set("production", "NEW", NEEDLE)
    assert sorted(tmp_path.rglob("*")) == sorted({*before, planted, planted.parent})
    assert {path: path.read_bytes() for path in team.alice.project.folder.rglob("*.*")} == files


def test_a_journal_that_is_about_another_state_is_not_applied(team: Team) -> None:
    data = team.alice.path("production").read_bytes()
    _plant(team.alice, _entry("production", b"another state", data + b"\n# other\n"))
    with pytest.raises(Error, match="stopped half-way"):
        team.alice.set("production", "NEW", NEEDLE)
    assert team.alice.path("production").read_bytes() == data


def test_a_journal_cannot_bring_plaintext_or_another_environments_file(team: Team) -> None:
    data = team.alice.path("production").read_bytes()
    for other in (b"plain: text\n", team.alice.path("development").read_bytes(), b"\0"):
        _plant(team.alice, _entry("production", data, other))
        with pytest.raises(Error):
            team.alice.set("production", "NEW", NEEDLE)
        assert team.alice.path("production").read_bytes() == data


def test_a_key_that_came_by_a_journal_is_asked_about_like_any_other(team: Team) -> None:
    before = team.alice.path("production").read_bytes()
    evil = own_key(team.alice, "production")
    write(team.alice, "production", put_key(evil, [team.people["alice"], team.people["bob"]]))
    forged = team.alice.path("production").read_bytes()
    team.alice.path("production").write_bytes(before)
    _plant(team.alice, _entry("production", before, forged))
    with pytest.raises(Unconfirmed, match=evil.key_id):
        team.alice.set("production", "NEW", NEEDLE)
    assert not opens_any(evil, team.alice, "production")
    assert not holds(team.alice)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"files": 1}',
        b'{"files": [1]}',
        b'{"files": [{}]}',
        b"\xff",
        b"[" * 100_000,
        b'{"files": null}',
    ],
)
def test_a_damaged_journal_is_told_and_stops_nothing_halfway(team: Team, content: bytes) -> None:
    path = journal_path(team.alice.project)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    before = team.alice.path("production").read_bytes()
    with pytest.raises(Error, match="is damaged"):
        team.alice.set("production", "NEW", NEEDLE)
    assert team.alice.path("production").read_bytes() == before


def test_a_journal_that_is_a_link_is_not_followed(team: Team, tmp_path: Path) -> None:
    path = journal_path(team.alice.project)
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Error, match="symbolic link"):
        team.alice.set("production", "NEW", NEEDLE)


# --- known keys


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version": 1}',
        b"\xff",
        b"[" * 100_000,
        b'{"version": 1, "keys": 1, "recipients": {}, "plain": []}',
    ],
)
def test_damaged_known_keys_believe_nobody(team: Team, content: bytes) -> None:
    path = team.alice.top / ".git" / "gitseal" / "known"
    path.write_bytes(content)
    with pytest.raises(Error, match="is damaged"):
        team.alice.set("production", "NEW", NEEDLE)


def test_known_keys_hold_no_secret_and_are_private(team: Team) -> None:
    path = team.alice.top / ".git" / "gitseal" / "known"
    assert path.stat().st_mode & 0o077 == 0
    content: dict[str, Any] = json.loads(path.read_bytes())
    assert set(content) == {"version", "keys", "recipients", "plain"}
    assert team.people["alice"].identity not in path.read_text()


@pytest.mark.parametrize("policy", [b"", b"recipients: {}\n", b"\0"])
def test_a_journal_brings_no_policy_that_does_not_hold_together(team: Team, policy: bytes) -> None:
    before = team.alice.project.policy_path.read_bytes()
    _plant(team.alice, _entry("policy", before, policy))
    with pytest.raises(Error):
        team.alice.set("production", "NEW", NEEDLE)
    assert team.alice.project.policy_path.read_bytes() == before
