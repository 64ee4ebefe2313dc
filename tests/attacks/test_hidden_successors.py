"""A former member hides that their key was replaced, from clones that remember nothing: fresh ones, and those that only read.

Dave was a member and left. He keeps the file of his time and its data key, and somebody pushes for him.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.crypto.datakey import DataKey
from gitseal.document.header import HEADER
from gitseal.document.token import Stanza, Token
from gitseal.errors import Error, Unconfirmed
from gitseal.project.belief.trust import Trust
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.usecases.env import add_environment, remove_environment
from gitseal.usecases.recipient import remove_recipient
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone, clone, write
from tests.programs import git

DAVE = "dave"
BLOCK: NamePath = (HEADER, "access", "default")
_BACK = "has come back|is behind"


def _left(team: Team) -> tuple[bytes, DataKey, bytes]:
    """Dave joins and leaves. His file and key, and the file that came after."""
    team.alice.add(team.people[DAVE], "team")
    team.alice.rekey()
    team.alice.commit("dave")
    team.alice.push()
    old, header = team.alice.path("production").read_bytes(), team.alice.read("production").header
    dave = Clone(team.alice.top, team.people[DAVE])
    key = Trust(Workspace(dave.project, dave.keyring)).open(header, "default", header.access["default"].key_id)
    assert key is not None
    remove_recipient(team.alice.project, DAVE)
    team.alice.rekey()
    team.alice.commit("dave left")
    team.alice.push()
    team.mallory.pull()
    return old, key, team.alice.path("production").read_bytes()


def _bring_back(place: Clone, old: bytes) -> None:
    place.path("production").write_bytes(old)
    write(place, "production", {}, [(*BLOCK, "stanzas", DAVE)])
    place.commit("fix production")


def _spoilt_proof(_team: Team, key: DataKey) -> dict[NamePath, Put]:
    return {(*BLOCK, "succeeds"): Put(Token.of("s", "default", key.key_id, os.urandom(200)).serialise())}


def _spoilt_stanzas(team: Team, key: DataKey) -> dict[NamePath, Put]:
    people = [team.people["alice"], team.people["bob"]]
    paths: list[NamePath] = [(*BLOCK, "stanzas", each.name, recipient_id(each.recipient)) for each in people]
    return {path: Put(Stanza.of(key.key_id, os.urandom(200)).serialise(), own_line=True) for path in paths}


@pytest.mark.parametrize(
    ("is_new", "spoil"),
    [
        pytest.param(True, _spoilt_proof, id="proofs"),
        pytest.param(False, _spoilt_stanzas, id="stanzas", marks=pytest.mark.slow),
    ],
)
def test_spoilt_copies_that_are_older_by_their_dates_hide_no_successor(
    team: Team,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_new: bool,
    spoil: Callable[[Team, DataKey], dict[NamePath, Put]],
) -> None:
    """Thirty versions of a header that differ in what is spoilt, on a side branch that was merged with nothing of it."""
    old, key, new = _left(team)
    place = team.mallory
    place.git("checkout", "--quiet", "-b", "side", place.git("rev-list", "--max-parents=0", "HEAD").strip())
    with monkeypatch.context() as dated:
        for who in ("COMMITTER", "AUTHOR"):
            dated.setenv(f"GIT_{who}_DATE", "2001-01-01T00:00:00Z")
        for _ in range(30):
            place.path("production").write_bytes(new if is_new else old)
            write(place, "production", spoil(team, key))
            place.commit("side")
    spoilt = place.path("production").read_bytes()
    place.git("checkout", "--quiet", "main")
    place.git("merge", "--quiet", "--no-edit", "--strategy", "ours", "side")
    _bring_back(place, old if is_new else spoilt)
    place.push()
    fresh = clone(tmp_path / "origin.git", tmp_path / "fresh", team.people["bob"])
    with pytest.raises(Error, match=_BACK):
        fresh.set("production", "NEW", NEEDLE)


def test_who_cannot_open_the_key_that_came_back_is_asked(team: Team, tmp_path: Path) -> None:
    """Whoever has no identity, or joined later, cannot check the proof that it was replaced; that something says so is enough."""
    old, key, _new = _left(team)
    _bring_back(team.mallory, old)
    team.mallory.push()
    fresh = clone(tmp_path / "origin.git", tmp_path / "fresh", None)
    with pytest.raises(Unconfirmed, match="says that it replaced this one"):
        fresh.set("production", "NEW", NEEDLE)
    fresh.set("production", "NEW", NEEDLE, [key.key_id])
    fresh.set("production", "NEXT", NEEDLE)


def test_a_forced_push_does_not_move_a_clone_that_only_read(team: Team) -> None:
    old, _key, _new = _left(team)
    team.bob.pull()
    team.bob.get("production", "DB_URL")
    team.mallory.git("reset", "--quiet", "--hard", "HEAD~")
    _bring_back(team.mallory, old)
    team.mallory.git("push", "--quiet", "--force", "origin", "HEAD:main")
    team.bob.git("fetch", "--quiet")
    team.bob.git("reset", "--quiet", "--hard", "origin/main")
    for _ in range(2):  # the second time from what was kept of the first
        with pytest.raises(Error, match=_BACK):
            team.bob.set("production", "NEW", NEEDLE)


def test_another_file_in_mains_place_is_asked_about_by_who_knew_the_one_before(team: Team) -> None:
    """A key under another file id proves nothing either. A clone that knows none takes main's, as ever."""
    assert team.alice.set("production", "NEW", "value") == "created"
    team.alice.git("checkout", "--quiet", "--", ".secrets")
    place = team.mallory
    people = frozenset(team.people[name].recipient for name in ("alice", "bob"))
    remove_environment(place.project, "production")
    add_environment(Workspace(place.project, accepted=people), "production", ["team"])
    place.commit("tidy")
    place.push()
    team.alice.pull()
    key = team.alice.read("production").header.access["default"].key_id
    with pytest.raises(Unconfirmed, match="another file of that name"):
        team.alice.set("production", "NEW", NEEDLE)
    team.alice.set("production", "NEW", "value", [key])
    team.alice.set("production", "NEXT", "value")
    team.bob.pull()
    assert team.bob.set("production", "NEW", "value") == "created"


def test_a_partial_clone_works_and_fetches_nothing_for_history(team: Team, tmp_path: Path) -> None:
    """It sees no further than a shallow one, and is not refused for that."""
    _old, _key, _new = _left(team)
    origin = tmp_path / "origin.git"
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", origin.as_uri(), str(tmp_path / "partial"))
    place = Clone(tmp_path / "partial", team.people["bob"])
    before = place.git("rev-list", "--objects", "--all", "--missing=print", "--", ".secrets")
    assert "?" in before
    assert place.set("production", "NEW", "value") == "created"
    assert place.git("rev-list", "--objects", "--all", "--missing=print", "--", ".secrets") == before
