"""What a branch, a push or another clone can do about where values go: nothing. With a real remote and an empty store."""

import re
import shutil
from pathlib import Path

import pytest

from gitseal.cli.main import main
from gitseal.crypto.datakey import DataKey
from gitseal.delivery.publishing import planning
from gitseal.delivery.publishing.mark import Mark, make
from gitseal.delivery.publishing.publication import AFTER_A_WRITE
from gitseal.delivery.publishing.record import PublishRecord
from gitseal.delivery.publishing.recorded import Recorded
from gitseal.git.repository import Repository
from gitseal.hidden import SecretBytes
from gitseal.project.keys import Keys
from gitseal.remote.failure import AGAIN, RemoteError
from tests.attacks.world import NEEDLE, Clone, clone
from tests.stores.memory import TARGET, Team, team_with_memory


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Team:
    return team_with_memory(tmp_path, monkeypatch, capsys)


def test_a_yes_confirms_no_target_that_is_new_to_the_clone(team: Team, tmp_path: Path) -> None:
    assert team.publish()[0] == 1
    assert not team.memory.values()
    assert team.publish("--accept-target", "other")[0] == 2
    assert team.publish("--accept-target", "shop")[0] == 0
    assert team.memory.values() == {"A": NEEDLE.encode()}
    other = clone(team.hub, tmp_path / "other", team.alice.owner)
    status, said = team.publish(at=other)
    assert status == 1
    assert "this clone never published to shop" in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("memory:good", "memory:evil"),
        ('good"}', 'good", service: evil}'),
        (TARGET, TARGET.replace("[production]", "[production, development]").replace("good", "evil/{environment}")),
        (TARGET, TARGET.replace("{env", "{from: refs/heads/feature, env").replace("good", "evil")),
        (TARGET, f"{TARGET}\n  more: {TARGET.replace('good', 'evil')}"),
    ],
)
@pytest.mark.parametrize("is_pushed", [False, True])
def test_a_branch_decides_nothing(team: Team, old: str, new: str, is_pushed: bool) -> None:  # noqa: FBT001 - a case
    assert team.publish("--accept-target", "shop")[0] == 0
    team.alice.git("checkout", "--quiet", "-b", "feature")
    team.alice.policy(old, new)
    team.alice.commit("evil")
    if is_pushed:
        team.alice.push("feature")
    for names in ((), ("shop",), ("more",)):
        status, said = team.publish(*names, "--accept-target", "shop", "--accept-target", "more", "--rollback")
        assert status == (2 if "no target of this run" in said else 1), said
        status, said = team.publish(*names, "--accept-target", "shop", "--rollback")
        assert status == (2 if "no target of this run" in said else 1), said
    # What is checked out again and not committed decides nothing either.
    team.alice.git("checkout", "--quiet", "main")
    team.alice.policy(old, new)
    status, said = team.publish()
    assert status == 1
    assert "has changes that are not committed" in said
    assert [place for place in team.memory.places if "evil" in place] == []


@pytest.mark.parametrize("new", ["to: memory:evil", "prune: true, to: memory:good", "service: other, to: memory:good"])
def test_the_branch_of_a_target_decides_nothing_about_it(team: Team, new: str) -> None:
    team.alice.policy("environments: [production]", "from: refs/heads/release, environments: [production]")
    team.alice.commit("from release")
    team.alice.push("main")
    team.alice.git("checkout", "--quiet", "-b", "release")
    team.alice.push("release")
    assert team.publish("--accept-target", "shop")[0] == 0
    team.alice.policy(
        'to: "memory:good"', new.replace("memory:good", '"memory:good"').replace("memory:evil", '"memory:evil"')
    )
    team.alice.commit("evil")
    team.alice.push("release")
    status, said = team.publish("--accept-target", "shop", "--rollback")
    assert status == 1
    assert 'the policy of origin/release has "shop" otherwise than that of origin/main' in said
    assert [place for place in team.memory.places if "evil" in place] == []


def test_a_branch_of_a_fork_is_not_the_branch_that_a_target_names(team: Team, tmp_path: Path) -> None:
    team.alice.policy("environments: [production]", "from: refs/heads/release, environments: [production]")
    team.alice.commit("from release")
    team.alice.git("push", "--quiet", "origin", "HEAD:main", "HEAD:release")
    assert team.publish("--accept-target", "shop")[0] == 0
    team.alice.git("clone", "--quiet", "--bare", str(team.hub), str(tmp_path / "fork.git"))
    team.alice.git("remote", "add", "fork", str(tmp_path / "fork.git"))
    team.alice.set("production", "A", "evil")
    team.alice.commit("of a fork")
    team.alice.git("push", "--quiet", "fork", "HEAD:release")
    team.alice.git("switch", "--quiet", "-c", "release", "--track", "fork/release")
    status, said = team.publish()
    assert status == 1
    assert "origin/release does not have commit" in said
    assert team.memory.values() == {"A": NEEDLE.encode()}


def test_a_yes_holds_for_no_other_secrets_folder_of_the_repository(team: Team) -> None:
    assert team.publish("--accept-target", "shop")[0] == 0
    (team.alice.top / "pay").mkdir()
    shutil.copytree(team.alice.top / ".secrets", team.alice.top / "pay/.secrets")
    team.alice.commit("a project of its own")
    team.alice.push()
    for _ in range(2):
        status, said = team.publish(at=Clone(team.alice.top / "pay", team.alice.owner))
        assert status == 1
        assert "this clone never published to shop" in said
        assert team.publish()[0] == 0


@pytest.mark.parametrize("other", ["other", "development"])
def test_what_another_target_or_environment_put_there_is_not_ours(team: Team, other: str) -> None:
    environment = other if other == "development" else "production"
    team.alice.set(environment, "B", "of another")
    target = TARGET.replace("production", environment).replace("good", "moved")
    team.alice.policy(TARGET, TARGET.replace('good"', 'good", prune: true') + f"\n  {other}: {target}")
    team.alice.commit("two targets")
    team.alice.push()
    assert team.publish("--accept-target", "shop", "--accept-target", other)[0] == 0
    team.memory.places["good"] = team.memory.places["moved"]
    before = team.memory.values()
    status, said = team.publish("shop", "--adopt", "--prune")
    assert status == 1
    assert "is of another publisher" in said
    assert team.memory.values() == before


def test_a_merged_target_that_changed_is_asked_about_again(team: Team) -> None:
    assert team.publish("--accept-target", "shop")[0] == 0
    team.alice.policy("memory:good", "memory:elsewhere")
    team.alice.commit("merged")
    team.alice.push()
    status, said = team.publish()
    assert status == 1
    assert "shop is not what this clone published to before" in said
    assert not team.memory.values("elsewhere")
    assert team.publish("--accept-target", "shop")[0] == 0
    assert team.memory.values("elsewhere")


def test_a_ref_that_is_called_like_the_remotes_is_not_taken_for_it(team: Team) -> None:
    assert team.publish("--accept-target", "shop")[0] == 0
    team.alice.set("production", "A", "another needle")
    team.alice.commit("not pushed")
    team.alice.git("tag", "origin/main")
    team.alice.git("branch", "origin/main")
    team.alice.git("replace", team.alice.git("rev-parse", "refs/remotes/origin/main").strip(), "HEAD")
    status, said = team.publish()
    assert status == 1
    assert "does not have commit" in said
    assert team.memory.values() == {"A": NEEDLE.encode()}


def test_a_forced_push_takes_a_word(team: Team) -> None:
    assert team.publish("--accept-target", "shop")[0] == 0
    team.alice.set("production", "B", "forced")
    team.alice.git("commit", "--quiet", "--all", "--amend", "--message", "rewritten")
    team.alice.git("push", "--quiet", "--force", "origin", "HEAD:main")
    status, said = team.publish()
    assert status == 1
    assert "is no ancestor of" in said
    assert "B" not in team.memory.values()
    assert team.publish("--rollback")[0] == 0
    assert "B" in team.memory.values()


def test_a_record_goes_with_the_refs_and_without_it_nothing_is_overwritten(team: Team, tmp_path: Path) -> None:
    team.memory.keeps_marks = False
    status, said = team.publish("--accept-target", "shop")
    assert status == 0
    ref = "refs/gitseal/published/shop/production"
    assert f"for others to see: git push --force-with-lease={ref}: origin {ref}" in said
    other = clone(team.hub, tmp_path / "other", team.alice.owner)
    status, said = team.publish("--accept-target", "shop", at=other)
    assert status == 1
    assert f"fetch what others recorded: git fetch origin {ref}:{ref}" in said
    # The clone is armed: its hooks take the record for no plaintext.
    assert main(["-C", str(team.alice.top), "init"]) == 0
    assert (team.alice.top / ".git/hooks/pre-push").exists()
    team.alice.git("push", "--quiet", f"--force-with-lease={ref}:", "origin", ref)
    other.git("fetch", "--quiet", "origin", f"{ref}:{ref}")
    status, said = team.publish("--accept-target", "shop", at=other)
    assert (status, said.splitlines()[-1]) == (0, "0 created, 0 changed, 0 removed, 0 left, 1 unchanged")


def test_a_forged_record_hides_no_change(team: Team) -> None:
    team.memory.keeps_marks = False
    assert team.publish("--accept-target", "shop")[0] == 0
    store = team.memory.places["good"]
    store.put("A", b"evil")
    record = PublishRecord(Repository(team.alice.top), "shop", "production", ("memory:good", ""))
    record.names["A"] = record.names["A"]._replace(version=store.read()["A"].version)
    record.begin([], {})
    status, said = team.publish("--check")
    assert status == 1
    assert planning.NOT_PROVEN in said
    assert team.publish()[0] == 1
    assert team.memory.values() == {"A": b"evil"}
    assert team.publish("--adopt")[0] == 0
    assert team.memory.values() == {"A": NEEDLE.encode()}


def test_a_memory_that_proves_nothing_is_replaced_by_one_adoption(team: Team) -> None:
    """Whatever spoilt it counts in place of the record, so the hint says what ends that."""
    team.memory.keeps_marks = False
    assert team.publish("--accept-target", "shop")[0] == 0
    memory = team.alice.top / ".git/gitseal/records"
    known = memory.read_text()
    proof = re.findall("[0-9a-f]{64}", known)[-1]
    memory.write_text(known.replace(proof, "0" * 64))
    status, said = team.publish()
    assert status == 1
    assert planning.NOT_PROVEN in said
    assert said.splitlines()[-1].endswith("to take them over, once: --adopt")
    assert team.publish("--adopt")[0] == 0
    assert team.publish()[1].splitlines()[-1] == "0 created, 0 changed, 0 removed, 0 left, 1 unchanged"


def test_a_program_that_nobody_accepted_is_not_started_and_hides_no_other_target(team: Team) -> None:
    started = team.alice.top / "started"
    team.alice.policy(TARGET, f'{TARGET}\n  tool: {{environments: [production], to: "exec:touch {started}"}}')
    team.alice.commit("a program")
    team.alice.push()
    assert team.publish("shop", "--accept-target", "shop")[0] == 0
    for option in ("--check", "--dry-run"):
        status, said = team.publish(option)
        assert (status, started.exists()) == (2, False)
        assert "shop: production to memory:good" in said
        assert "tool, production: this clone never published to tool: all names of production to exec:touch" in said
        assert "if that is right, add: --accept-target tool" in said
        assert said.splitlines()[-1].endswith("1 unchanged, 1 that could not be looked at")
    # Drift of the others is told by the status all the same.
    team.memory.places["good"].put("A", b"by hand")
    assert team.publish("--check")[0] == 1
    # Who writes has to say yes to all of it first.
    status, said = team.publish()
    assert (status, team.memory.values(), started.exists()) == (1, {"A": b"by hand"}, False)


def test_only_after_a_write_that_was_tried_the_next_run_is_said_to_write_the_rest(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RemoteError("it is not ready", AGAIN)

    assert team.publish("--accept-target", "shop")[0] == 0
    team.alice.set("production", "A", "second")
    team.alice.commit("second")
    team.alice.push()
    store = team.memory.places["good"]
    for method, hint in (("write", f"{AFTER_A_WRITE}\n"), ("read", f"{AGAIN}\n")):
        with monkeypatch.context() as patched:
            patched.setattr(store, method, fail)
            assert hint in team.publish()[1]


def test_a_record_is_pushed_over_no_other_and_gets_what_it_lacks_after_a_fetch(team: Team) -> None:
    team.memory.keeps_marks = False
    ref, hub = "refs/gitseal/published/shop/production", str(team.hub)
    assert team.publish("--accept-target", "shop")[0] == 0
    team.alice.git("push", "--quiet", f"--force-with-lease={ref}:", "origin", ref)
    team.alice.set("production", "A", "second")
    team.alice.commit("second")
    team.alice.push()
    pushes = re.compile(r"git (push --force-with-lease=.*)")
    mine = pushes.findall(team.publish()[1])
    # Somebody else recorded in between: another blob, that says of A what it said before.
    older = team.alice.git("-C", hub, "cat-file", "blob", ref)
    (team.alice.top / "older").write_text(f"{older}\n")
    blob = team.alice.git("-C", hub, "hash-object", "-w", str(team.alice.top / "older")).strip()
    team.alice.git("-C", hub, "update-ref", ref, blob)
    team.alice.git(*mine[0].split(), ok=(1,))
    team.alice.git("fetch", "--quiet", "origin", f"{ref}:{ref}")
    status, said = team.publish()
    assert (status, "the record lacks what this clone saw last of A" in said) == (0, True)
    team.alice.git(*pushes.findall(said)[0].split())
    assert team.alice.git("-C", hub, "rev-parse", ref) == team.alice.git("rev-parse", ref)
    assert "the record lacks" not in team.publish("--check")[1]


@pytest.mark.parametrize("what", ["put back", "taken away", "spoilt"])
def test_a_record_that_was_put_back_or_spoilt_is_noticed_by_a_clone_that_saw_a_newer_one(team: Team, what: str) -> None:
    team.memory.keeps_marks = False
    ref = "refs/gitseal/published/shop/production"
    assert team.publish("--accept-target", "shop")[0] == 0
    older = team.alice.git("rev-parse", ref).strip()
    for value in ("second", "third"):
        team.alice.set("production", "A", value)
        team.alice.commit(value)
    team.alice.push()
    assert team.publish()[0] == 0
    newest = team.alice.git("rev-parse", ref).strip()
    if what == "spoilt":
        record = PublishRecord(Repository(team.alice.top), "shop", "production", ("memory:good", ""))
        record.names["A"] = record.names["A"]._replace(proof="0" * 64)
        record.begin([], {})
    else:
        team.alice.git("update-ref", *(["-d", ref] if what == "taken away" else [ref, older]))
    said = "shop: the record lacks what this clone saw last of A, and still counts"
    for options in (("--check",), ("--dry-run",)):
        status, told = team.publish(*options)
        assert (status, said in told, told.splitlines()[-1].endswith("1 unchanged")) == (0, True, True)
    team.alice.git("checkout", "--quiet", "HEAD~1")
    status, told = team.publish()
    assert (status, "is no ancestor of" in told, team.memory.values()) == (1, True, {"A": b"third"})
    team.alice.git("checkout", "--quiet", "main")
    # The next run puts the newest record back, for others to fetch.
    status, told = team.publish()
    assert (status, "for others to see: git push" in told) == (0, True)
    assert team.alice.git("rev-parse", ref).strip() == newest
    # What somebody changed there is no more as this clone saw it.
    team.memory.places["good"].put("A", b"by hand")
    assert team.publish("--check")[0] == 1


def test_an_environment_that_was_renamed_keeps_its_place(team: Team) -> None:
    assert team.publish("--accept-target", "shop")[0] == 0
    assert main(["env", "rename", "production", "live"]) == 0
    team.alice.commit("renamed")
    team.alice.push()
    counted = "0 created, 0 changed, 0 removed, 0 left, 1 unchanged"
    for end in (", 1 of these marked again", ""):
        status, said = team.publish("--accept-target", "shop")
        assert (status, said.splitlines()[-1]) == (0, counted + end)


@pytest.mark.parametrize("keeps_marks", [True, False])
def test_an_older_commit_brings_nothing_back_that_a_newer_one_removed(team: Team, keeps_marks: bool) -> None:  # noqa: FBT001 - a case
    team.memory.keeps_marks = keeps_marks
    team.alice.set("production", "EXTRA", "revoked")
    team.alice.commit("with EXTRA")
    team.alice.push()
    assert team.publish("--accept-target", "shop")[0] == 0
    assert main(["unset", "-e", "production", "EXTRA"]) == 0
    team.alice.commit("without EXTRA")
    team.alice.push()
    status, said = team.publish("--prune")
    assert (status, "shop: marked again A" in said) == (0, True)
    head = team.alice.git("rev-parse", "HEAD").strip()
    assert main(["status", "-e", "production", "--published"]) == 0
    team.alice.git("checkout", "--quiet", "HEAD~1")
    status, said = team.publish()
    assert (status, f"has values of commit {head[:12]}, which is no ancestor of" in said) == (1, True)
    assert team.memory.values() == {"A": NEEDLE.encode()}
    assert team.publish("--rollback")[0] == 0
    assert "EXTRA" in team.memory.values()
    # Once that is live, it is what a run without the word compares with.
    assert team.publish()[1].splitlines()[-1] == "0 created, 0 changed, 0 removed, 0 left, 2 unchanged"


def test_a_late_job_for_an_older_commit_does_not_overtake_a_newer_one(team: Team, tmp_path: Path) -> None:
    assert team.publish("--accept-target", "shop")[0] == 0
    for value in ("in between", NEEDLE):
        team.alice.set("production", "A", value)
        team.alice.commit(value[:2])
    team.alice.push()
    late = clone(team.hub, tmp_path / "late", team.alice.owner)
    late.git("checkout", "--quiet", "HEAD~1")
    assert team.publish()[0] == 0
    status, said = team.publish("--accept-target", "shop", at=late)
    assert (status, "to go back on purpose, give --rollback" in said) == (1, True)
    assert team.memory.values() == {"A": NEEDLE.encode()}


def test_a_commit_that_leaves_alone_what_is_published_writes_nothing(team: Team) -> None:
    assert team.publish("--accept-target", "shop")[0] == 0
    version = team.memory.places["good"].read()["A"].version
    (team.alice.top / "README").write_text("nothing of .secrets")
    team.alice.set("development", "OTHER", "of another environment")
    team.alice.commit("elsewhere")
    team.alice.push()
    status, said = team.publish()
    assert (status, said.splitlines()[-1]) == (0, "0 created, 0 changed, 0 removed, 0 left, 1 unchanged")
    assert team.memory.places["good"].read()["A"].version == version


def test_a_composed_text_in_one_object_tells_as_well_which_commit_is_live(team: Team) -> None:
    team.memory.is_whole = True
    text = 'version: 1\nservices:\n  api:\n    env: {URL: "https://${secret:A}@${secret:HOST}/"}\n'
    (team.alice.top / ".secrets" / "manifest.yaml").write_text(text)
    team.alice.policy(TARGET, TARGET.replace("{env", "{service: api, env"))
    team.alice.set("production", "HOST", "one")
    team.alice.commit("composed")
    team.alice.push()
    assert team.publish("--accept-target", "shop")[0] == 0
    before = team.memory.values()
    for value in ("two", "one"):
        team.alice.set("production", "HOST", value)
        team.alice.commit(value)
    team.alice.push()
    assert "shop: marked again URL" in team.publish()[1]
    team.alice.git("checkout", "--quiet", "HEAD~1")
    status, said = team.publish()
    assert (status, "which is no ancestor of" in said, team.memory.values()) == (1, True, before)


def real_key(place: Clone, environment: str) -> DataKey:
    """The data key of an environment, as whoever opens it has it."""
    return Keys(place.read(environment).header, place.keyring)["default"]


def forge(place: Clone, version: str, key: DataKey, unsigned: Mark) -> None:
    """Somebody who has that key, and pushes refs, says in the record that we put OPS there."""
    record = PublishRecord(Repository(place.top), "shop", "production", ("memory:good", ""))
    text = make(unsigned, "OPS", SecretBytes(b"anything"), key).text()
    bound = ("shop", "production", "memory:good", "")
    record.names["OPS"] = Recorded(text, version, "", bound).proven("OPS", key)
    record.begin([], {})


@pytest.mark.parametrize("is_merged", [False, True])
def test_no_key_of_another_environment_makes_what_is_there_ours(team: Team, is_merged: bool) -> None:  # noqa: FBT001 - a case
    team.memory.keeps_marks = False
    assert team.publish("--accept-target", "shop")[0] == 0
    forger, publisher = real_key(team.alice, "development"), ""
    if is_merged:
        # A pull request that changes nothing as a whole, and has an environment of its author's in between.
        team.alice.git("checkout", "--quiet", "-b", "side")
        assert main(["env", "add", "zz"]) == 0
        team.alice.commit("X")
        forger, publisher = real_key(team.alice, "zz"), team.alice.read("zz").header.id
        side = team.alice.git("rev-parse", "HEAD").strip()
        team.alice.git("revert", "--no-edit", "HEAD")
        team.alice.git("checkout", "--quiet", "main")
        team.alice.git("merge", "--quiet", "--no-ff", "--message", "merged", "side")
        team.alice.push()
        team.alice.git("checkout", "--quiet", side)
    store = team.memory.places["good"]
    store.put("OPS", b"theirs")
    forging = team.alice.git("rev-parse", "HEAD").strip()
    team.alice.git("checkout", "--quiet", "main")
    for named in {team.alice.read("production").header.id, publisher or team.alice.read("development").header.id}:
        unsigned = Mark(named, "shop", forging, "", "")
        forge(team.alice, store.read()["OPS"].version, forger, unsigned)
        status, said = team.publish("--prune")
        assert (status, "leave   OPS: never put there by gitseal" in said) == (0, True), said
        team.alice.set("production", "OPS", "ours")
        team.alice.commit("OPS")
        team.alice.push()
        status, said = team.publish()
        assert (status, planning.NOT_PROVEN in said, team.memory.values()["OPS"]) == (1, True, b"theirs"), said
        team.alice.git("reset", "--quiet", "--hard", "HEAD~1")
        team.alice.git("push", "--quiet", "--force", "origin", "HEAD:main")
