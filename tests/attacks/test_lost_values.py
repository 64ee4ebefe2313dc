"""Somebody with write access and no key tries to make a deploy lose a value, or take one of theirs, without a word of failure.

Deleting a name is open to everyone who can commit, and history shows it; these are the ways around the marks of a write-only
value: the deploy ends with an error wherever a member's value may have been, and whatever a tree has of history.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.check.check import check
from gitseal.delivery.request import Request
from gitseal.document.value import TypedValue, text
from gitseal.errors import Error
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.resolve.problems import Unmet
from gitseal.usecases.absorb import absorb
from gitseal.usecases.copy import copy_names
from gitseal.usecases.import_ import ImportFile, import_values
from gitseal.usecases.render import render
from gitseal.usecases.set_ import set_values
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath
from tests.attacks.conftest import Team
from tests.attacks.test_forged_values import FORGED, protect
from tests.attacks.world import Clone, put_value, write
from tests.programs import git

OPEN_NAMES = ("DB_*", "LOG_*", "db")
"""What alice can open: the names of `payments` are not hers."""


def deployed(place: Clone, *excepted: str) -> str:
    opened = OpenedEnvironment(place.project, "production", place.keyring)
    return render(opened, "json", Request(only=OPEN_NAMES, excepted=excepted)).content.decode()


def forged(team: Team, name: str = "DB_URL", environment: str = "production") -> dict[NamePath, Put]:
    public = team.mallory.read(environment).header.access["default"].public
    return put_value(public, name, text(FORGED))


def by_plumbing(team: Team) -> None:
    """The token as any program can make it: gitseal's own refusal is not asked."""
    write(team.mallory, "production", forged(team))
    team.infect(team.alice)


def removed_and_added(team: Team) -> None:
    write(team.mallory, "production", {}, [("DB_URL",)])
    team.mallory.commit("out")
    write(team.mallory, "production", forged(team))
    team.infect(team.alice)


def by_a_merge(team: Team) -> None:
    """A merge commit that has what neither side has."""
    team.mallory.git("switch", "--quiet", "-c", "side")
    (team.mallory.top / "README").write_text("harmless\n", encoding="utf-8")
    team.mallory.commit("harmless")
    team.mallory.git("switch", "--quiet", "main")
    team.mallory.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    write(team.mallory, "production", forged(team))
    team.infect(team.alice)


def long_ago(team: Team) -> None:
    """Other changes lie between the replacement and the deploy."""
    write(team.mallory, "production", forged(team))
    team.mallory.commit("first")
    write(team.mallory, "production", forged(team))
    team.infect(team.alice)
    team.alice.set("production", "DB_HOST", "db")
    team.alice.commit("innocent")


def after_the_folder_moved(team: Team) -> None:
    """History has the file elsewhere; its own id says that it is the same."""
    write(team.mallory, "production", forged(team))
    team.mallory.commit("forged")
    (team.mallory.top / "app").mkdir()
    team.mallory.git("mv", ".secrets", "app/.secrets")
    team.infect(team.alice)


def from_the_working_tree(team: Team) -> None:
    """Nothing is committed yet: HEAD still has what was there."""
    write(team.alice, "production", forged(team))


WAYS = (by_plumbing, removed_and_added, by_a_merge, long_ago, after_the_folder_moved, from_the_working_tree)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_members_value_is_not_lost_unsaid(team: Team, way: Callable[[Team], None]) -> None:
    protect(team)
    way(team)
    top = team.alice.top / "app" if way is after_the_folder_moved else team.alice.top
    place = Clone(top, team.people["alice"])
    with pytest.raises(Unmet, match='"DB_URL" stands where a member\'s value was') as refused:
        deployed(place)
    assert "gitseal absorb DB_URL -e production" in refused.value.hint
    assert FORGED not in deployed(place, "DB_URL"), "what was not asked for stops nothing"


def test_a_name_that_is_new_is_left_out(team: Team) -> None:
    protect(team)
    team.alice.set("production", "DB_HOST", "db")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    write(team.mallory, "production", forged(team, "DB_NEW"))
    team.infect(team.alice)
    assert "DB_NEW" not in deployed(team.alice)


def test_a_name_that_moved_to_another_section_is_what_deleting_is(team: Team) -> None:
    """A member's value cannot move: its token does not open there. What stands there instead is a new name that waits."""
    protect(team)
    token = team.mallory.read("production").entries[("DB_URL",)].token
    assert token is not None
    write(team.mallory, "production", {("db", "DB_URL"): Put(token.serialise(), own_line=True)}, [("DB_URL",)])
    team.infect(team.alice)
    with pytest.raises(Error, match="moved"):
        deployed(team.alice)


@pytest.mark.parametrize("name", ["DB_URL", "DB_HOST"])
def test_a_value_over_one_that_is_inherited(team: Team, name: str) -> None:
    """The name is new in its own file; but what the environment extends had it, and the consumer got that."""
    team.alice.set("development", "DB_HOST", "db")
    team.alice.policy("  production:\n", "  production:\n    protected: true\n    extends: development\n")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    assert '"DB_HOST": "db"' in deployed(team.alice)
    with pytest.raises(Error, match="has a member's value"):
        team.mallory.set("production", name, FORGED)
    write(team.mallory, "production", forged(team, name))
    team.infect(team.alice)
    with pytest.raises(Unmet, match="stands where a member's value was"):
        deployed(team.alice)


def test_a_value_in_what_a_protected_environment_extends(team: Team) -> None:
    team.alice.set("development", "DB_HOST", "db")
    team.alice.policy("  production:\n", "  production:\n    protected: true\n    extends: development\n")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    with pytest.raises(Error, match="has a member's value"):
        team.mallory.set("development", "DB_HOST", FORGED)
    write(team.mallory, "development", forged(team, "DB_HOST", "development"))
    team.infect(team.alice)
    with pytest.raises(Unmet, match='"DB_HOST" stands where a member\'s value was'):
        deployed(team.alice)


def exported(place: Clone, top: Path) -> None:
    """Files without a repository, as in an image or a tarball."""
    shutil.copytree(place.top, top, ignore=shutil.ignore_patterns(".git"))


def shallow(place: Clone, top: Path) -> None:
    git(top.parent, "clone", "--quiet", "--depth", "1", f"file://{place.top}", str(top))


def in_another_repository(place: Clone, top: Path) -> None:
    """The repository around the files has history, and none of these files."""
    exported(place, top)
    git(top, "init", "--quiet")
    git(top, "commit", "--quiet", "--allow-empty", "--message", "nothing of this")


@pytest.mark.parametrize("tree", [exported, shallow, in_another_repository], ids=lambda tree: tree.__name__)
@pytest.mark.parametrize("name", ["DB_URL", "DB_NEW"])
def test_without_history_nothing_is_taken_for_new(
    team: Team, tmp_path: Path, name: str, tree: Callable[[Clone, Path], None]
) -> None:
    protect(team)
    write(team.mallory, "production", forged(team, name))
    team.infect(team.alice)
    team.alice.git("commit", "--quiet", "--allow-empty", "--message", "later")
    tree(team.alice, tmp_path / "tree")
    place = Clone(tmp_path / "tree", team.people["alice"])
    with pytest.raises(Unmet, match=f'"{name}" waits for a member to absorb it, and no history here tells') as refused:
        deployed(place)
    assert f"--except {name}" in refused.value.hint
    assert FORGED not in deployed(place, name)


def test_no_command_replaces_a_members_value_unread_unless_it_is_asked_to(team: Team) -> None:
    protect(team)
    before = team.mallory.path("production").read_bytes()
    unread = Workspace(team.mallory.project, team.mallory.keyring)
    values: dict[NamePath, TypedValue] = {("DB_URL",): text(FORGED)}
    with pytest.raises(Error, match="has a member's value") as refused:
        set_values(unread, ("production",), values)
    assert refused.value.hint.endswith("gitseal set DB_URL -e production --replace")
    with pytest.raises(Error, match="has a member's value"):
        import_values(unread, ("production",), ImportFile(f"DB_URL={FORGED}\n".encode()))
    assert team.mallory.path("production").read_bytes() == before
    set_values(unread._replace(replaces_unread=True), ("production",), values)
    # What waits already can be corrected by anyone.
    set_values(unread, ("production",), {("DB_URL",): text("corrected")})
    assert team.mallory.path("production").read_bytes() != before


def test_a_copy_does_not_replace_a_members_value_by_one_that_nobody_vouches_for(team: Team) -> None:
    """Whoever copies holds every key, and the value comes from somebody who holds none."""
    protect(team)
    write(team.mallory, "development", forged(team, environment="development"))
    team.infect(team.alice)
    holder = Workspace(team.alice.project, team.alice.keyring)
    with pytest.raises(Error, match="has a member's value"):
        copy_names(holder, "development", "production", ["DB_URL"])
    copy_names(holder._replace(replaces_unread=True), "development", "production", ["DB_URL"])
    with pytest.raises(Unmet, match="stands where a member's value was"):
        deployed(team.alice)
    absorb(holder, "production", ["DB_URL"])
    assert FORGED in deployed(team.alice)


def test_where_values_are_accepted_nothing_is_asked(team: Team) -> None:
    team.mallory.set("production", "DB_URL", FORGED)
    team.infect(team.alice)
    assert FORGED in deployed(team.alice)


SETTINGS = {
    "pending": "    write_only: pending\n",
    "refuse": "    write_only: refuse\n",
    "protected": "    protected: true\n",
    "protected, accepted": "    protected: true\n    write_only: accept\n",
}


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_what_each_setting_does_is_what_the_page_on_roles_says(team: Team, setting: str) -> None:
    team.alice.policy("  production:\n", f"  production:\n{SETTINGS[setting]}")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    with pytest.raises(Error, match="takes no write-only values" if setting == "refuse" else "has a member's value"):
        team.mallory.set("production", "DB_URL", FORGED)
    write(team.mallory, "production", forged(team))
    team.infect(team.alice)
    found = [finding.severity for finding in check(team.alice.project) if finding.rule == "write-only"]
    if setting == "protected, accepted":
        assert FORGED in deployed(team.alice)
        assert not found
        return
    with pytest.raises(Unmet, match="stands where a member's value was"):
        deployed(team.alice)
    assert found == ["warning" if setting == "pending" else "error"]
