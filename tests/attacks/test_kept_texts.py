"""A text that an edit could not apply: sealed to its author, and to no key that someone slipped in."""

import pytest

from gitseal.document.token import parse_token
from gitseal.errors import Error
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.sealing import saved_edit
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone, holds, replaced_key

TEXT = f"NEW: {NEEDLE}\n".encode()


def _keep(place: Clone) -> None:
    saved_edit.keep(Workspace(place.project, place.keyring), place.read("production"), TEXT)


def test_it_is_sealed_to_its_author_alone(team: Team) -> None:
    """It holds values of every group that the author opens: no other member of one of them reads it."""
    _keep(team.alice)
    lines = saved_edit.path(team.alice.project, "production").read_text().split("\n\n")[0].split("\n")
    assert [line.split(" ")[0] for line in lines[1:]] == [recipient_id(team.people["alice"].recipient)]
    assert saved_edit.load(Workspace(team.alice.project, team.alice.keyring), "production")[0] == TEXT
    bob = Clone(team.alice.top, team.people["bob"])
    with pytest.raises(Error, match="no identity at hand opens"):
        saved_edit.load(Workspace(bob.project, bob.keyring), "production")
    assert not holds(team.alice)


def test_an_injected_data_key_does_not_open_it(team: Team) -> None:
    """The edit was refused because of that key; what was typed must not go to it on the way out."""
    evil = replaced_key(team.mallory, "production", [team.people["alice"], team.people["bob"]])
    team.infect(team.alice)
    _keep(team.alice)
    token = parse_token(saved_edit.path(team.alice.project, "production").read_text().split("\n")[0], 1)
    assert token is not None
    assert token.key_id != evil.key_id
    with pytest.raises(Error):
        evil.open(token.kind, ("gitseal", "edit"), token.ciphertext())


def test_each_worktree_has_its_own(team: Team) -> None:
    """They share the Git directory: a text of one must neither replace nor be applied to what another has."""
    _keep(team.alice)
    other = team.alice.top.parent / "linked"
    team.alice.git("worktree", "add", "--quiet", str(other))
    linked = Clone(other, team.alice.owner)
    assert not saved_edit.exists(linked.project, "production")
    _keep(linked)
    assert saved_edit.path(linked.project, "production") != saved_edit.path(team.alice.project, "production")


def test_a_large_text_comes_back(team: Team) -> None:
    """A text of many values may be larger than any single value."""
    large = b"x" * (9 * 2**20)
    saved_edit.keep(Workspace(team.alice.project, team.alice.keyring), team.alice.read("production"), large)
    assert saved_edit.load(Workspace(team.alice.project, team.alice.keyring), "production")[0] == large
