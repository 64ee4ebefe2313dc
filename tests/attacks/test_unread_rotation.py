"""Whoever cannot read a name rotates it only if the manifest says how to generate it, and never takes a value out of a deploy."""

from typing import NamedTuple

import pytest

from gitseal.errors import Error
from gitseal.project.workspace import Workspace
from gitseal.resolve.problems import Unmet
from gitseal.sealing.rotating import NewValue
from gitseal.usecases.absorb import absorb
from gitseal.usecases.rotate import Job, begin, rotate
from tests import programs
from tests.attacks.conftest import Team
from tests.attacks.test_forged_values import protect
from tests.attacks.test_lost_values import deployed

MANIFEST = """version: 1
secrets:
  DB_URL: {generate: "hex:32", required: []}
  DB_PAIR: {generate: ed25519, required: []}
  DB_HOST: {required: []}
"""
PATH = ("DB_URL",)


@pytest.fixture
def shop(team: Team) -> Team:
    protect(team)
    team.alice.project.manifest_path.write_text(MANIFEST, encoding="utf-8")
    team.alice.set("production", "DB_HOST", "db")
    team.alice.set("production", "DB_PAIR", "a key, it is thought")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    return team


def unread(team: Team) -> Workspace:
    return Workspace(team.mallory.project, team.mallory.keyring)


def test_a_generated_value_waits_and_stops_a_deploy_until_a_member_absorbs_it(shop: Team) -> None:
    rotate(unread(shop), ("production",), PATH, NewValue("hex:32"))
    shop.infect(shop.alice)
    with pytest.raises(Unmet, match="stands where a member's value was"):
        deployed(shop.alice)
    absorb(Workspace(shop.alice.project, shop.alice.keyring), "production", ["DB_URL"])
    assert len(shop.alice.get("production", "DB_URL")) == 64


class Refused(NamedTuple):
    name: str
    kind: str
    keeps_previous: bool
    words: str


@pytest.mark.parametrize(
    "case",
    [
        Refused("DB_HOST", "hex:32", keeps_previous=False, words="does not say how to generate it"),
        Refused("DB_URL", "uuid", keeps_previous=False, words="says to generate it by hex:32"),
        Refused("DB_PAIR", "ed25519", keeps_previous=False, words="is a key pair"),
        Refused("DB_URL", "hex:32", keeps_previous=True, words="kept by somebody who can read it"),
    ],
    ids=lambda case: f"{case.name}-{case.kind}",
)
def test_what_takes_somebody_who_reads_is_refused(shop: Team, case: Refused) -> None:
    before = shop.mallory.path("production").read_bytes()
    with pytest.raises(Error, match=case.words):
        rotate(unread(shop), ("production",), (case.name,), NewValue(case.kind), keeps_previous=case.keeps_previous)
    assert shop.mallory.path("production").read_bytes() == before


def test_the_way_out_generates_what_was_asked_for(shop: Team) -> None:
    with pytest.raises(Error) as refused:
        rotate(unread(shop), ("production",), ("DB_HOST",), NewValue("hex:32"))
    line = refused.value.hint.removeprefix("if any random value will do: ")
    assert line == "gitseal set DB_HOST -e production --generate hex:32 --replace"
    done = programs.run(*line.split(), cwd=shop.mallory.top)
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, "production: written unseen DB_HOST")


def test_no_provider_is_told_a_value_by_somebody_who_cannot_read_the_old_one(shop: Team) -> None:
    job = Job(("production",), PATH, NewValue("hex:32"), keeps_previous=False, is_resumed=False)
    with pytest.raises(Error):
        begin(unread(shop), job)


def test_a_member_rotates_as_before(shop: Team) -> None:
    rotate(Workspace(shop.alice.project, shop.alice.keyring), ("production",), ("DB_HOST",), NewValue("hex:32"))
    assert len(shop.alice.get("production", "DB_HOST")) == 64
