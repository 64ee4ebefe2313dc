"""Files that a commit brings say who we are to no service, however they are reached."""

from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.project.belief import configured
from tests import programs

NAMES = {
    "AWS_CONFIG_FILE": "aws-ssm",
    "GOOGLE_APPLICATION_CREDENTIALS": "gcp-secretmanager",
    "KUBECONFIG": "kubernetes",
}


@pytest.fixture
def places(repo: Path, tmp_path: Path) -> dict[str, Path]:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    programs.git(vendor, "init", "-q")
    (vendor / "file").write_text("theirs")
    programs.git(vendor, "add", "-A")
    programs.git(vendor, "commit", "-qm", "theirs")
    programs.git(repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(vendor), "vendor")
    (tmp_path / "own").write_text("mine")
    (repo / "tracked").write_text("ours")
    (repo / "link").symlink_to(tmp_path / "own")
    (repo / "folder").symlink_to("vendor")
    programs.git(repo, "add", "-A")
    programs.git(repo, "commit", "-qm", "one")
    (repo / "untracked").write_text("mine")
    (tmp_path / "outer").symlink_to(repo / "tracked")
    return {name: repo / name for name in ("tracked", "link", "untracked")} | {
        "submodule": repo / "vendor/file",
        "through": repo / "folder/file",
        "outer": tmp_path / "outer",
        "own": tmp_path / "own",
    }


@pytest.mark.parametrize("variable", NAMES)
def test_no_committed_file_says_who_we_are(repo: Path, places: dict[str, Path], variable: str) -> None:
    repository = Repository(repo)
    for name in ("tracked", "link", "submodule", "through", "outer"):
        with pytest.raises(Error, match="it is committed"):
            configured.check(repository, NAMES[variable], {variable: str(places[name])})
    for name in ("untracked", "own"):
        configured.check(repository, NAMES[variable], {variable: str(places[name])})
