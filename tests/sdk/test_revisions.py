"""Environments of any revision, read by pygit2 and by the binary alike."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gitseal
from gitseal.git import objects
from gitseal.git.repository import Repository
from gitseal.recipients import x25519
from tests.sdk.world import World, start
from tests.world import keyring_of


@pytest.fixture(params=["pygit2", "git"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test below runs twice; what would fall to the other way fails instead."""
    name: str = request.param
    other = "_Binary" if name == "pygit2" else "_Library"

    def refuse(*_arguments: object) -> None:
        raise AssertionError(f"{other} was used")

    monkeypatch.setattr(objects, other, refuse)
    if name == "git":
        monkeypatch.setattr(objects, "_library", lambda *_arguments: None)
    return name


def test_a_tag_gives_what_was_released(world: World, way: str) -> None:
    world.set(TOKEN="released", api__KEY="k")
    world.commit("v1.2")
    world.set(TOKEN="newer", LATER="l")
    world.commit()
    world.set(TOKEN="not committed")

    released = gitseal.load("production", rev="v1.2")

    assert set(released) == {"TOKEN", "api/KEY"}
    assert released["TOKEN"].reveal() == "released"
    assert gitseal.load("production", rev="HEAD")["TOKEN"].reveal() == "newer"
    assert gitseal.load("production", rev="HEAD~1")["TOKEN"].reveal() == "released"
    assert gitseal.load("production")["TOKEN"].reveal() == "not committed"
    assert "v1.2:.secrets/production.yaml" in repr(released)


def test_an_abbreviated_commit_a_branch_and_the_reflog_are_revisions(world: World, way: str) -> None:
    world.set(TOKEN="t")
    world.commit()
    commit = Repository(world.top).commit("HEAD")
    assert commit

    for revision in (commit, commit[:9], "main", "refs/heads/main", "@{0}", "HEAD^{commit}"):
        assert gitseal.load("production", rev=revision)["TOKEN"].reveal() == "t"


def test_policy_and_environments_are_those_of_the_revision(world: World, way: str) -> None:
    world.set("staging", TOKEN="from staging")
    path = world.top / ".secrets/policy.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(
        before.replace("  production:\n", "  production:\n    aliases: [prod]\n    extends: staging\n"), "utf-8"
    )
    world.commit("extended")
    path.write_text(before, encoding="utf-8")
    (world.top / ".secrets/staging.yaml").unlink()
    world.commit()

    assert gitseal.load("prod", rev="extended")["TOKEN"].reveal() == "from staging"
    assert gitseal.load("staging", rev="extended")["TOKEN"].reveal() == "from staging"
    with pytest.raises(gitseal.Error, match='no environment "prod"'):
        gitseal.load("prod", rev="HEAD")
    assert list(gitseal.load(rev="HEAD")) == []


def test_a_folder_that_is_gone_is_still_in_its_revision(world: World, way: str) -> None:
    world.set(TOKEN="t")
    world.commit("v1")
    shutil.rmtree(world.top / ".secrets")
    below = world.top / "src"
    below.mkdir()

    assert gitseal.load("production", rev="v1", path=below)["TOKEN"].reveal() == "t"


def test_the_nearest_folder_of_the_revision_is_taken(world: World, way: str) -> None:
    world.set(TOKEN="of the top")
    world.commit("v1")
    service = world.top / "services/api"
    service.mkdir(parents=True)
    shutil.copytree(world.top / ".secrets", service / ".secrets")
    world.set(TOKEN="of the top still")
    world.commit("v2")

    assert gitseal.load("production", rev="v1", path=service)["TOKEN"].reveal() == "of the top"
    assert repr(gitseal.load("production", rev="v2", path=service)).startswith("Secrets(v2:services/api/.secrets/")


def test_overrides_of_this_machine_are_in_no_revision(world: World, way: str) -> None:
    world.set(TOKEN="t")
    (world.top / ".secrets/production.local.yaml").write_text("no sealed file\n", encoding="utf-8")
    world.commit("v1")

    assert gitseal.load("production", rev="v1")["TOKEN"].reveal() == "t"


@pytest.mark.parametrize("revision", ["nowhere", "", "-h", "--all", "HEAD\0", "HEAD^{tree}", "HEAD:.secrets", "a" * 40])
def test_what_is_no_commit_is_refused(world: World, way: str, revision: str) -> None:
    world.commit()

    with pytest.raises(gitseal.Error, match="there is no commit"):
        gitseal.load("production", rev=revision)


def test_a_revision_without_secrets_says_so(world: World, way: str) -> None:
    subprocess.run(["git", "commit", "--quiet", "--allow-empty", "--message", "Before"], check=True)

    with pytest.raises(gitseal.Error, match=r"in HEAD there is no \.secrets"):
        gitseal.load("production", rev="HEAD")


def test_without_a_repository_there_are_no_revisions(tmp_path: Path) -> None:
    with pytest.raises(gitseal.Error, match="in no Git repository"):
        gitseal.load("production", rev="HEAD", path=tmp_path)


@pytest.mark.parametrize("name", ["production", "policy"])
def test_a_file_that_is_a_symlink_is_refused(world: World, way: str, name: str) -> None:
    path = world.top / f".secrets/{name}.yaml"
    path.rename(world.top / "elsewhere.yaml")
    path.symlink_to("../elsewhere.yaml")
    world.commit()

    with pytest.raises(gitseal.Error, match=f"{name}.yaml.* is a symbolic link in HEAD"):
        gitseal.load("production", rev="HEAD")


def test_a_folder_that_is_a_symlink_is_refused(world: World, way: str) -> None:
    (world.top / ".secrets").rename(world.top / "elsewhere")
    (world.top / ".secrets").symlink_to("elsewhere")
    world.commit()

    with pytest.raises(gitseal.Error, match="is a symbolic link"):
        gitseal.load("production", rev="HEAD")


@pytest.mark.parametrize("path", [".secrets", ".secrets/production.yaml"])
def test_a_submodule_is_refused(world: World, way: str, path: str) -> None:
    subprocess.run(["git", "commit", "--quiet", "--allow-empty", "--message", "Something"], check=True)
    commit = Repository(world.top).commit("HEAD")
    if path != ".secrets":
        world.commit()
    for command in (
        ["rm", "-r", "--quiet", "--cached", "--ignore-unmatch", path],
        ["update-index", "--add", "--cacheinfo", f"160000,{commit},{path}"],
        ["commit", "--quiet", "--message", "A submodule"],
    ):
        subprocess.run(["git", *command], check=True)

    with pytest.raises(gitseal.Error, match="is a submodule"):
        gitseal.load("production", rev="HEAD")


def test_a_folder_in_place_of_a_file_is_refused(world: World, way: str) -> None:
    path = world.top / ".secrets/production.yaml"
    path.unlink()
    path.mkdir()
    (path / "file").touch()
    world.commit()

    with pytest.raises(gitseal.Error, match="not a regular file"):
        gitseal.load("production", rev="HEAD")


def test_two_names_that_differ_in_case_are_refused(world: World, way: str) -> None:
    path = world.top / ".secrets/production.yaml"
    shutil.copy(path, path.with_name("Production.yaml"))
    if len(list(path.parent.glob("*roduction.yaml"))) != 2:
        pytest.skip("this file system knows no case")
    world.commit()

    with pytest.raises(gitseal.Error, match="differ only in the case"):
        gitseal.load("production", rev="HEAD")


def test_a_file_too_large_is_refused_before_it_is_read(world: World, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world.commit()
    monkeypatch.setattr(objects, "_LIMIT", 100)

    with pytest.raises(gitseal.Error, match="is larger than"):
        gitseal.load("production", rev="HEAD")


def test_a_malformed_file_is_named_with_its_revision(world: World, way: str) -> None:
    world.commit("good")
    (world.top / ".secrets/policy.yaml").write_text("version: 1\nnonsense: 1\n", encoding="utf-8")
    world.commit("bad")

    with pytest.raises(gitseal.Error, match=r"bad:\.secrets/policy\.yaml:2: "):
        gitseal.load("production", rev="bad")


def test_a_replace_ref_does_not_change_what_was_committed(world: World, way: str) -> None:
    world.set(TOKEN="committed")
    world.commit("v1")
    world.set(TOKEN="planted")
    world.commit("v2")
    subprocess.run(["git", "replace", "v1^{commit}", "v2^{commit}"], check=True)

    assert gitseal.load("production", rev="v1")["TOKEN"].reveal() == "committed"


def test_a_variable_that_aims_git_elsewhere_is_not_heeded(
    world: World, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.set(TOKEN="t")
    world.commit()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))

    assert gitseal.load("production", rev="HEAD")["TOKEN"].reveal() == "t"


def test_a_linked_worktree_has_its_own_head(world: World, way: str) -> None:
    world.set(TOKEN="first")
    world.commit("v1")
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", "../linked", "v1"], check=True)
    world.set(TOKEN="second")
    world.commit()

    assert gitseal.load("production", rev="HEAD", path=world.top.parent / "linked")["TOKEN"].reveal() == "first"
    assert gitseal.load("production", rev="main", path=world.top.parent / "linked")["TOKEN"].reveal() == "second"


def test_both_ways_see_the_same(world: World) -> None:
    world.set(TOKEN="t")
    (world.top / ".secrets/grün.txt").touch()
    (world.top / ".secrets/*").symlink_to("production.yaml")
    world.commit()
    library, binary = objects._library(world.top, "HEAD"), objects._Binary(world.top, "HEAD")
    assert library

    assert library.commit == binary.commit
    assert sorted(library.names(".secrets")) == sorted(binary.names(".secrets"))
    for path in (".secrets", ".secrets/production.yaml", ".secrets/*", ".secrets/grün.txt", "nowhere", ".secrets/a/b"):
        assert library.entry(path) == binary.entry(path)
    entry = binary.entry(".secrets/production.yaml")
    assert entry
    assert library.content(entry) == binary.content(entry) == (world.top / ".secrets/production.yaml").read_bytes()


@pytest.mark.parametrize("form", ["--object-format=sha256", "--ref-format=reftable"])
def test_repositories_that_only_the_binary_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    top = tmp_path / "repo"
    if subprocess.run(["git", "init", "--quiet", form, top], check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip(f"this git knows no {form}")
    monkeypatch.chdir(top)
    made = x25519.generate()
    text = made.text.reveal().decode()
    monkeypatch.setenv("GITSEAL_IDENTITY", text)
    world = start(top, keyring_of(text), made.recipient)
    world.set(TOKEN="released")
    world.commit("v1")
    world.set(TOKEN="newer")
    world.commit()
    assert objects._library(top, "v1") is None

    assert gitseal.load("production", rev="v1")["TOKEN"].reveal() == "released"


def test_without_pygit2_the_binary_serves(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set(TOKEN="t")
    world.commit()
    monkeypatch.setitem(sys.modules, "pygit2", None)

    assert gitseal.load("production", rev="HEAD")["TOKEN"].reveal() == "t"


def test_a_partial_clone_fetches_what_it_lacks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.set(TOKEN="released")
    world.commit("v1")
    world.set(TOKEN="newer")
    world.commit()
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], check=True)
    clone = world.top.parent / "clone"
    subprocess.run(["git", "clone", "--quiet", "--filter=blob:none", f"file://{world.top}", clone], check=True)
    missing = subprocess.run(
        ["git", "rev-list", "--objects", "--missing=print", "v1"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert "\n?" in missing.stdout

    assert gitseal.load("production", rev="v1", path=clone)["TOKEN"].reveal() == "released"


def test_a_file_whose_content_is_lost_is_an_error(world: World, way: str) -> None:
    world.commit()
    object_id = subprocess.check_output(["git", "rev-parse", "HEAD:.secrets/production.yaml"], text=True).strip()
    (world.top / ".git/objects" / object_id[:2] / object_id[2:]).unlink()

    with pytest.raises(gitseal.Error, match=r"lost|cannot show") as raised:
        gitseal.load("production", rev="HEAD")
    assert raised.value.hint
