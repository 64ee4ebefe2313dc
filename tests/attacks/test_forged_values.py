"""A protected environment takes no value that anyone with write access could have put there.

Where write-only values are accepted, forging is what write-only means; these tests are about everywhere else.
"""

import pytest

from gitseal.delivery.request import Request
from gitseal.document.value import text
from gitseal.errors import Error, Unconfirmed
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.resolve.problems import Unmet
from gitseal.usecases.absorb import absorb
from gitseal.usecases.copy import copy_names
from gitseal.usecases.env import rename_environment
from gitseal.usecases.rename import rename
from gitseal.usecases.render import render
from gitseal.yamltext.editor import Put
from tests.attacks.conftest import Team
from tests.attacks.world import Clone, own_key, put_key, put_value, write

FORGED = "postgres://mallory"


def protect(team: Team) -> None:
    team.alice.policy("  production:\n", "  production:\n    protected: true\n")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()


def assert_refused(place: Clone, words: str) -> None:
    with pytest.raises(Error, match=words):
        place.get("production", "DB_URL")


def rendered(place: Clone) -> bytes:
    only = Request(only=("DB_*",))
    return render(OpenedEnvironment(place.project, "production", place.keyring), "dotenv", only).content


def test_a_write_only_value_waits_for_a_member(team: Team) -> None:
    protect(team)
    public = team.mallory.read("production").header.access["default"].public
    write(team.mallory, "production", put_value(public, "DB_URL", text(FORGED)))
    team.infect(team.alice)
    assert_refused(team.alice, "no member has taken it over")
    with pytest.raises(Unmet, match="stands where a member's value was"):
        rendered(team.alice)
    team.alice.rekey()
    assert_refused(team.alice, "no member has taken it over")
    absorb(Workspace(team.alice.project, team.alice.keyring), "production", ("DB_URL",))
    assert team.alice.get("production", "DB_URL") == FORGED


def test_a_plain_value_that_no_rule_makes_plain_is_not_read(team: Team) -> None:
    """The simplest forgery of all needs no key and no tool."""
    protect(team)
    write(team.mallory, "production", {("DB_URL",): Put(FORGED)})
    team.infect(team.alice)
    assert_refused(team.alice, "is plain in production, and no rule says so")
    with pytest.raises(Error, match="no rule says so"):
        rendered(team.alice)


def test_rekey_does_not_turn_a_plain_value_into_a_members(team: Team) -> None:
    """It is sealed, and waits as what anyone brings in does."""
    protect(team)
    write(team.mallory, "production", {("DB_URL",): Put(FORGED)})
    team.infect(team.alice)
    team.alice.rekey()
    assert_refused(team.alice, "no member has taken it over")


def _under_a_key_of_her_own(team: Team, environment: str) -> str:
    """A block for a group that the policy does not have, wrapped for alice, and a sealed value in it."""
    evil = own_key(team.mallory, environment, "deploy")
    puts = put_key(evil, [team.people["alice"], team.people["bob"]])
    write(team.mallory, environment, puts | put_value(evil, "DB_URL", text(FORGED)))
    return evil.key_id


def test_a_value_under_a_data_key_of_an_attackers_own_is_not_read(team: Team) -> None:
    protect(team)
    _under_a_key_of_her_own(team, "production")
    team.infect(team.alice)
    assert_refused(team.alice, 'access group "deploy" in production, which is not the policy')


def test_no_command_turns_it_into_a_members_value(team: Team) -> None:
    """Every command that opens a value to seal it anew decides on the key that it opened it with."""
    evil = _under_a_key_of_her_own(team, "development")
    team.infect(team.alice)
    place, none = team.alice, frozenset[str]()
    assert place.get("development", "DB_URL") == FORGED, "where write-only is accepted, reading asks nothing"
    before = {path: path.read_bytes() for path in place.project.folder.rglob("*.*")}
    for act in (
        place.rekey,
        lambda: copy_names(Workspace(place.project, place.keyring, none), "development", "production", ("DB_URL",)),
        lambda: rename(Workspace(place.project, place.keyring, none), ("development",), "DB_URL", "OTHER_URL"),
    ):
        with pytest.raises(Unconfirmed, match=evil):
            act()
    with pytest.raises(Error):
        rename_environment(Workspace(place.project, place.keyring, none), "development", "dev")
    assert {path: path.read_bytes() for path in place.project.folder.rglob("*.*")} == before


def test_what_a_protected_environment_extends_is_held_to_the_same(team: Team) -> None:
    """A base that takes anyone's values would be a way around."""
    team.alice.policy("  production:\n", "  production:\n    protected: true\n    extends: development\n")
    team.alice.set("development", "DB_HOST", "db")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    public = team.mallory.read("development").header.access["default"].public
    write(team.mallory, "development", put_value(public, "DB_HOST", text("mallory's")))
    write(team.mallory, "development", {("DB_PORT",): Put("1")})
    team.infect(team.alice)
    with pytest.raises(Error, match="no member has taken it over"):
        team.alice.get("production", "DB_HOST")
    with pytest.raises(Error, match="no rule says so"):
        team.alice.get("production", "DB_PORT")
    assert team.alice.get("development", "DB_HOST") == "mallory's"


def test_what_the_policy_says_to_refuse_is_refused(team: Team) -> None:
    team.alice.policy("  production:\n", "  production:\n    write_only: refuse\n")
    team.alice.commit()
    team.alice.push()
    team.carol.pull()
    with pytest.raises(Error, match="takes no write-only values"):
        team.carol.set("production", "DB_URL", "carol's")
