"""A data key that the team replaced comes back, by whoever still holds it and may push: nothing is sealed under it again.

The clones differ in what they know: alice made the new key, bob stays a member and saw it, and a fresh clone knows nothing
but the trusted ref. None of them is fooled by how the old key came, where it lies or what hides its successor.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from gitseal.audit.check.claims import claims
from gitseal.audit.review.review import review
from gitseal.crypto.datakey import DataKey
from gitseal.document.header import HEADER
from gitseal.document.token import Stanza, Token
from gitseal.document.value import text, to_plaintext
from gitseal.errors import Damaged, Error, Unconfirmed
from gitseal.git.repository import Repository
from gitseal.project.belief.succession import token_of
from gitseal.project.belief.trust import Trust
from gitseal.project.finding import find
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.report.findings import NOTE, Finding
from gitseal.usecases.env import add_environment
from gitseal.usecases.recipient import remove_recipient
from gitseal.yamltext.editor import Put
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone, Person, clone, holds, own_key, put_key, write
from tests.programs import git
from tests.slow import slow_but

DAVE = "dave"


def _joined_and_left(team: Team, before_leaving: Callable[[Path], None]) -> tuple[bytes, DataKey]:
    """Dave was a member, and leaves. What he keeps: the file of his time, and its data key."""
    dave = team.people[DAVE]
    team.alice.add(dave, "team")
    team.alice.rekey()
    team.alice.commit("dave")
    before_leaving(team.alice.path("production"))
    team.alice.commit("style")
    old = team.alice.path("production").read_bytes()
    header = team.alice.read("production").header
    key = Trust(Workspace(team.alice.project, Clone(team.alice.top, dave).keyring)).open(
        header, "default", header.access["default"].key_id
    )
    assert key is not None
    team.alice.push()
    team.bob.pull()
    team.bob.set("production", "BEFORE", "value")
    team.bob.git("checkout", "--quiet", "--", ".secrets")
    remove_recipient(team.alice.project, DAVE)
    team.alice.rekey()
    team.alice.commit("dave left")
    team.alice.push()
    return old, key


def _brought_back(team: Team, old: bytes) -> None:
    """The file of before, key and all, without dave's own stanza: nothing is amiss with the policy."""
    place = team.mallory
    place.pull()
    path = place.path("production")
    path.write_bytes(old)
    write(place, "production", {}, [(HEADER, "access", "default", "stanzas", DAVE)])
    place.commit("fix production")
    place.push()


def _plain(_path: Path) -> None:
    """The header as gitseal writes it."""


def _spelt(name: bytes) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.write_bytes(path.read_bytes().replace(b"\ngitseal:", b"\n" + name + b":"))

    return change


SPELLINGS = {
    "as it is": _plain,
    "in quotes": _spelt(b'"gitseal"'),
    "in single quotes": _spelt(b"'gitseal'"),
    "with a blank": _spelt(b"gitseal "),
}


def _refuses(place: Clone, key: DataKey) -> None:
    before = place.path("production").read_bytes()
    for accept in ([], [key.key_id]):
        with pytest.raises(Error, match=r"was replaced earlier and has come back|is behind") as caught:
            place.set("production", "NEW", NEEDLE, accept)
        assert not isinstance(caught.value, Unconfirmed)
    assert place.path("production").read_bytes() == before
    place.commit()
    assert not holds(place)


@pytest.mark.parametrize("spelling", slow_but({"in quotes"}, SPELLINGS))
def test_a_replaced_key_does_not_come_back_however_the_header_is_spelt(
    team: Team, tmp_path: Path, spelling: Callable[[Path], None]
) -> None:
    old, key = _joined_and_left(team, spelling)
    _brought_back(team, old)
    fresh = clone(tmp_path / "origin.git", tmp_path / "fresh", team.people["bob"])
    for place in (team.alice, team.bob):
        place.pull()
    for place in (team.alice, team.bob, fresh):
        _refuses(place, key)


def test_the_way_out_of_a_key_that_was_brought_back_shuts_the_former_member_out(team: Team) -> None:
    old, key = _joined_and_left(team, _plain)
    current = team.alice.read("production").header.access["default"].key_id
    _brought_back(team, old)
    team.alice.pull()
    with pytest.raises(Error, match="has come back") as caught:
        team.alice.set("production", "NEW", NEEDLE)
    assert "gitseal rekey -e production" in caught.value.hint
    team.alice.rekey()
    access = team.alice.read("production").header.access["default"]
    assert access.key_id not in {key.key_id, current}
    assert access.succeeds is not None
    assert access.succeeds.key_id == current
    assert team.alice.set("production", "NEW", NEEDLE) == "created"
    team.alice.commit()
    team.alice.push()
    team.bob.pull()
    assert team.bob.set("production", "BOBS", "value") == "created"


@pytest.mark.parametrize("gap", slow_but({"moved"}, {"moved": False, "deleted and added later": True}))
def test_a_replaced_key_does_not_come_back_in_another_folder(team: Team, tmp_path: Path, *, gap: bool) -> None:
    """The history of the new place never had the key that replaced it."""
    old, key = _joined_and_left(team, _plain)
    place = team.mallory
    place.pull()
    place.git("mv", ".secrets", "svc-secrets")
    if gap:
        place.git("rm", "-r", "--quiet", "--cached", "svc-secrets")
        place.git("commit", "--quiet", "--all", "--message", "gone for now")
    (place.top / "svc").mkdir()
    (place.top / "svc-secrets").rename(place.top / "svc" / ".secrets")
    (place.top / "svc" / ".secrets" / "production.yaml").write_bytes(old)
    place.git("add", "--all")
    place.git("commit", "--quiet", "--message", "the service has its own folder")
    place.push()
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), str(tmp_path / "fresh"))
    for top, name in ((tmp_path / "fresh", "bob"), (team.alice.top, "alice"), (team.bob.top, "bob")):
        moved = _In(top, "svc", team.people[name])
        if top != tmp_path / "fresh":
            moved.pull()
        write(moved, "production", {}, [(HEADER, "access", "default", "stanzas", DAVE)])
        _refuses(moved, key)


class _In(Clone):
    """A clone of which only a folder is looked at."""

    def __init__(self, top: Path, folder: str, owner: Person) -> None:
        super().__init__(top, owner)
        self.folder = folder

    @property
    def project(self) -> Project:
        return find(self.top / self.folder)


def test_a_forced_push_of_the_trusted_ref_does_not_move_what_a_clone_believes(team: Team) -> None:
    _old, key = _joined_and_left(team, _plain)
    current = team.alice.read("production").header.access["default"].key_id
    team.alice.set("production", "NEW", "value")
    team.alice.git("checkout", "--quiet", "--", ".secrets")
    team.mallory.pull()
    team.mallory.git("reset", "--quiet", "--hard", "HEAD~")
    team.mallory.git("push", "--quiet", "--force", "origin", "HEAD:main")
    team.alice.git("fetch", "--quiet")
    team.alice.git("reset", "--quiet", "--hard", "origin/main")
    with pytest.raises(Error, match=r"has come back|is behind") as caught:
        team.alice.set("production", "NEW", NEEDLE)
    assert "gitseal rekey" in caught.value.hint
    team.alice.git("checkout", "--quiet", "HEAD@{1}")
    assert team.alice.read("production").header.access["default"].key_id == current
    assert team.alice.set("production", "NEW", "value") == "created"
    assert key.key_id != current


def test_a_former_member_cannot_prove_a_key_of_their_own(team: Team) -> None:
    """Dave held the old key, so he can forge a succession from it; the team's own went another way."""
    _old, key = _joined_and_left(team, _plain)
    team.mallory.pull()
    evil = own_key(team.mallory, "production")
    people = [team.people["alice"], team.people["bob"]]
    write(team.mallory, "production", put_key(evil, people, succeeds=token_of(key, evil.public)))
    team.infect(team.alice)
    _refuses(team.alice, evil)
    team.bob.pull()
    team.bob.pull("feature")
    _refuses(team.bob, evil)


def test_a_claim_that_is_no_proof_neither_helps_nor_harms(team: Team) -> None:
    """200 bytes as `succeeds` under the believed key's id, and a junk claim that the believed key came from an attacker's."""
    evil = own_key(team.mallory, "production")
    real = team.mallory.read("production").header.access["default"].key_id
    junk = Token.of("s", "default", real, bytes(200))
    write(team.mallory, "production", put_key(evil, [team.people["alice"]], succeeds=junk))
    team.infect(team.alice)
    with pytest.raises(Unconfirmed, match="nothing proves that it succeeds"):
        team.alice.set("production", "NEW", NEEDLE)
    team.alice.git("reset", "--quiet", "--hard", "origin/main")
    path = (HEADER, "access", "default", "succeeds")
    write(team.mallory, "production", {path: Put(Token.of("s", "default", evil.key_id, bytes(200)).serialise())})
    assert team.alice.set("production", "NEW", "value") == "created"


def test_a_branch_that_is_fetched_rotates_nothing_and_is_told(team: Team) -> None:
    """Dave joins on bob's branch. On main alice only grants carol; who could open it already is said until it is replaced."""
    _dave_joins(team)
    team.alice.git("fetch", "--quiet")
    before = team.alice.read("production").header.access["default"].key_id
    team.alice.policy("team: [alice, bob]", "team: [alice, bob, carol]")
    plan = team.alice.rekey()
    words = (
        "dave already opens production (origin/dave-joins, not merged); "
        "to shut dave out: gitseal rekey --rotate -e production"
    )
    assert words in [claim.words for claim in plan.claims]
    assert not any(group.new_key for group in plan.groups)
    assert team.alice.read("production").header.access["default"].key_id == before
    team.alice.commit("carol")
    repository = Repository(team.alice.top)
    assert words in _told(claims(team.alice.project, ["production"]).findings)
    assert words in _told(review(repository, "HEAD~1..HEAD").risks)
    # Where dave's stanza is in the file at hand, it is no news.
    assert words not in _told(review(repository, "main..origin/dave-joins").risks)
    # Also after the branch is gone: what it published is published.
    team.bob.git("push", "--quiet", "origin", ":dave-joins")
    team.alice.git("fetch", "--quiet", "--prune")
    team.alice.git("reflog", "expire", "--expire=now", "--all")
    assert words in [claim.words for claim in team.alice.plan().claims]
    assert words in _told(claims(team.alice.project, ["production"]).findings)
    rotated = team.alice.rotate()
    assert {group.environment for group in rotated.groups if group.new_key} == {"development", "production"}
    assert not [claim for claim in team.alice.plan().claims if claim.environment == "production"]
    assert not claims(team.alice.project, ["production"]).findings


def test_a_check_remembers_a_claim_as_a_rekey_does(team: Team) -> None:
    """A branch that was there during one `check` is told after it is gone; and a claim fails nothing."""
    _dave_joins(team)
    team.alice.git("fetch", "--quiet")
    told = _told(claims(team.alice.project, ["production"]).findings)
    assert [words.partition(" (")[0] for words in told] == ["dave already opens production"]
    team.alice.git("update-ref", "-d", "refs/remotes/origin/dave-joins")
    team.alice.git("reflog", "expire", "--expire=now", "--all")
    assert _told(claims(team.alice.project, ["production"]).findings) == told
    assert {finding.severity for finding in claims(team.alice.project, ["production"]).findings} == {NOTE}


def test_an_environment_that_the_policy_does_not_list_hides_nobody_elses_claims(team: Team) -> None:
    """Anybody can put a file beside the others. Nobody opens it, and what is said of the others is said."""
    _dave_joins(team)
    team.alice.git("fetch", "--quiet")
    folder = team.alice.project.folder
    policy = (folder / "policy.yaml").read_bytes()
    add_environment(Workspace(team.alice.project, team.alice.keyring), "stray", [])
    (folder / "policy.yaml").write_bytes(policy)
    (folder / "broken.yaml").write_bytes(b"{")
    told = claims(team.alice.project, ["stray", "broken", "production"])
    assert [words.partition(" (")[0] for words in _told(told.findings)] == ["dave already opens production"]
    assert not told.notes


def test_what_hinders_the_look_for_claims_is_told_and_stops_nothing(team: Team) -> None:
    known = team.alice.top / ".git" / "gitseal" / "known"
    known.parent.mkdir(exist_ok=True)
    known.write_text("no JSON")
    looked = claims(team.alice.project, ["production"])
    assert not looked.findings
    assert "not looked at" in looked.notes[0]


def test_a_header_that_main_broke_is_not_told_as_taken_out(team: Team) -> None:
    """The key's history is there, and the tip's file cannot be read: nothing was removed, so nobody has to look for who did."""
    team.bob.git("checkout", "--quiet", "-b", "work")
    whole = team.mallory.path("production").read_bytes()
    team.mallory.path("production").write_bytes(whole.replace(b"\n  version:", b"\n  version: [", 1))
    team.mallory.commit("a header that is broken")
    team.mallory.push()
    team.bob.git("fetch", "--quiet")
    with pytest.raises(Error, match="origin/main has that file with a header that cannot be read") as refusal:
        team.bob.set("production", "NEW", NEEDLE)
    assert refusal.value.hint.endswith("git log refs/remotes/origin/main -- .secrets/production.yaml")
    team.mallory.git("revert", "--no-edit", "HEAD")
    team.mallory.push()
    team.bob.git("fetch", "--quiet")
    assert team.bob.set("production", "NEW", "value") == "created"


def _told(findings: Iterable[Finding]) -> list[str]:
    return [finding.message for finding in findings if finding.rule == "unmerged-access"]


def _dave_joins(team: Team) -> None:
    team.bob.git("checkout", "--quiet", "-b", "dave-joins")
    team.bob.add(team.people[DAVE], "team")
    team.bob.rekey()
    team.bob.commit("dave joins")
    team.bob.push("dave-joins")


# --- a stanza whose key is not the header's


def test_a_stanza_that_holds_another_key_is_used_for_nothing(team: Team) -> None:
    """One stanza replaced under the honest key id, and a value sealed under it as a member's: reading takes neither."""
    header = team.mallory.read("development").header
    real = header.access["default"].key_id
    forged = DataKey(header.scope("default"), bytes(range(32)), real)
    recipient = team.people["alice"].recipient
    stanza = Stanza.of(real, parse_recipient(recipient).wrap(forged.reveal()))
    token = Token.of("s", "default", real, forged.seal(("DB_URL",), to_plaintext(text("mallory's own"))))
    write(
        team.mallory,
        "development",
        {
            (HEADER, "access", "default", "stanzas", "alice", recipient_id(recipient)): Put(
                stanza.serialise(), own_line=True
            ),
            ("DB_URL",): Put(token.serialise(), own_line=True),
        },
    )
    team.infect(team.alice)
    with pytest.raises(Damaged, match="holds another key than the group's"):
        team.alice.get("development", "DB_URL")


# --- what a clone remembers


def test_the_known_keys_of_an_older_gitseal_are_taken_over_and_a_locked_clone_is_free(team: Team) -> None:
    """Version 1: a rekey on a branch had retired main's key for good, and the branch is deleted."""
    before = team.alice.read("production").header.access["default"].key_id
    team.alice.git("checkout", "--quiet", "-b", "dave-leaves")
    team.alice.policy("[alice, bob]", "[alice]")
    team.alice.rekey()
    team.alice.commit("bob leaves")
    header = team.alice.read("production").header
    access = header.access["default"]
    _write_version_1(team.alice, "/".join(header.scope("default")), access.key_id, [before])
    team.alice.git("checkout", "--quiet", "main")
    assert team.alice.set("production", "NEW", "hotfix") == "created"
    team.alice.git("checkout", "--quiet", "--force", "dave-leaves")
    assert team.alice.set("production", "NEW", "value") == "created"
    team.alice.git("checkout", "--quiet", "--force", "main")
    team.alice.git("branch", "--quiet", "-D", "dave-leaves")
    assert team.alice.set("production", "NEW", "hotfix") == "created"
    content = json.loads((team.alice.top / ".git" / "gitseal" / "known").read_bytes())
    assert content["version"] == 2
    assert content["keys"]["/".join(header.scope("default"))]["current"] == before


def test_an_older_gitseals_memory_of_mains_own_key_still_counts(team: Team, tmp_path: Path) -> None:
    """It believed what main had; main is pushed back to before that: the older key does not come back with the upgrade."""
    old, key = _joined_and_left(team, _plain)
    header = team.alice.read("production").header
    _write_version_1(team.alice, "/".join(header.scope("default")), header.access["default"].key_id, [key.key_id])
    _brought_back(team, old)
    team.alice.pull()
    _refuses(team.alice, key)


def _write_version_1(place: Clone, scope: str, accepted: str, retired: list[str]) -> None:
    path = place.top / ".git" / "gitseal" / "known"
    content = json.loads(path.read_bytes())
    entry = {"accepted": accepted, "retired": retired, "stanzas": {}}
    path.write_text(json.dumps({**content, "version": 1, "keys": {scope: entry}}))


def test_a_yes_lapses_when_the_believed_key_changes(team: Team) -> None:
    """Somebody said yes to an unproven key on a branch; main then rekeys, and the branch is behind no more than before."""
    evil = own_key(team.mallory, "production")
    write(team.mallory, "production", put_key(evil, [team.people["alice"], team.people["bob"]]))
    team.infect(team.alice)
    assert team.alice.set("production", "NEW", "value", [evil.key_id]) == "created"
    team.alice.git("checkout", "--quiet", "--", ".secrets")
    assert team.alice.set("production", "NEW", "value") == "created"
    team.alice.git("checkout", "--quiet", "--", ".secrets")
    team.bob.policy("[alice, bob]", "[alice, bob, carol]")
    team.bob.rekey()
    team.bob.policy("[alice, bob, carol]", "[alice, bob]")
    team.bob.rekey()
    team.bob.commit("carol came and went")
    team.bob.push()
    team.alice.git("fetch", "--quiet")
    with pytest.raises(Unconfirmed, match="is new to this clone") as caught:
        team.alice.set("production", "NEW", NEEDLE)
    assert evil.key_id in caught.value.hint


def test_without_an_identity_a_new_key_of_the_trusted_ref_is_asked_about_once(team: Team) -> None:
    """Nothing can be proved there. Write-only setting goes on after the answer."""
    place = Clone(team.carol.top, None)
    assert place.set("production", "NEW", "value") == "written unseen"
    place.git("checkout", "--quiet", "--", ".secrets")
    team.alice.policy("[alice, bob]", "[alice, bob, dave]")
    team.alice.policy("groups:", f"  dave: {{keys: [{team.people['dave'].recipient}]}}\n\ngroups:")
    team.alice.rekey([team.people["dave"].recipient])
    team.alice.policy("[alice, bob, dave]", "[alice, bob]")
    team.alice.rekey()
    team.alice.commit("dave came and went")
    team.alice.push()
    place.pull()
    new = place.read("production").header.access["default"].key_id
    with pytest.raises(Unconfirmed, match=r"origin/main had k[0-9a-f]* \([0-9a-f]{12}\), now has") as caught:
        place.set("production", "NEW", "value")
    assert f"--accept-key {new}" in caught.value.hint
    assert place.set("production", "NEW", "value", [new]) == "written unseen"
    place.git("checkout", "--quiet", "--", ".secrets")
    assert place.set("production", "AGAIN", "value") == "written unseen"
