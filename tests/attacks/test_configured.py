"""Files that a commit brings say who we are to no service, however they are reached."""

import json
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


def _kubeconfig(**user: object) -> str:
    content = {
        "current-context": "shop",
        "contexts": [{"name": "shop", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://kube.example"}}],
        "users": [{"name": "u", "user": user}, {"name": "other", "user": {"tokenFile": "PATH"}}],
    }
    return json.dumps(content)


def _exec(*words: str) -> dict[str, object]:
    return {"apiVersion": "client.authentication.k8s.io/v1", "command": words[0], "args": words[1:]}


def _google(**source: object) -> str:
    return json.dumps({"type": "external_account", "credential_source": source})


IN_TURN = [
    ("AWS_CONFIG_FILE", "[default]\ncredential_process = PATH --json\n"),
    ("AWS_CONFIG_FILE", "[default]\ncredential_process = python3 'PATH'\n"),
    ("AWS_CONFIG_FILE", "[default]\nweb_identity_token_file = PATH\nrole_arn = arn:aws:iam::111122223333:role/x\n"),
    ("AWS_CONFIG_FILE", "[default]\nsource_profile = base\n[profile base]\ncredential_process = PATH\n"),
    ("AWS_SHARED_CREDENTIALS_FILE", "[default]\ncredential_process = PATH\n"),
    ("GOOGLE_APPLICATION_CREDENTIALS", _google(file="PATH")),
    ("GOOGLE_APPLICATION_CREDENTIALS", _google(executable={"command": "python3 PATH"})),
    ("GOOGLE_APPLICATION_CREDENTIALS", json.dumps({"source_credentials": {"credential_source": {"file": "PATH"}}})),
    ("KUBECONFIG", _kubeconfig(tokenFile="PATH")),
    ("KUBECONFIG", _kubeconfig(**{"client-certificate": "PATH", "client-key": "PATH"})),
    ("KUBECONFIG", _kubeconfig(exec=_exec("PATH"))),
    ("KUBECONFIG", _kubeconfig(exec=_exec("sh", "PATH"))),
]


@pytest.mark.parametrize(("variable", "content"), IN_TURN)
def test_nor_does_one_that_our_own_configuration_names(
    repo: Path, tmp_path: Path, places: dict[str, Path], variable: str, content: str
) -> None:
    repository = Repository(repo)
    service = NAMES.get(variable, "aws")
    config = tmp_path / "config"
    environ = {variable: str(config), "HOME": str(tmp_path / "home")}
    for name in ("tracked", "submodule", "outer"):
        config.write_text(content.replace("PATH", str(places[name])))
        with pytest.raises(Error, match=r"which .* names, says .* it is committed"):
            configured.check(repository, service, environ)
    config.write_text(content.replace("PATH", str(places["own"])))
    configured.check(repository, service, environ)


def test_a_profile_may_take_its_credentials_from_one_of_another_file(
    repo: Path, tmp_path: Path, places: dict[str, Path]
) -> None:
    (tmp_path / "config").write_text("[profile shop]\nsource_profile = base\n")
    (tmp_path / "shared").write_text(f"[base]\ncredential_process = {places['tracked']}\n")
    environ = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "shared")}
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        with pytest.raises(Error, match="it is committed"):
            configured.check(Repository(repo), "aws", environ | {name: "shop"})
    configured.check(Repository(repo), "aws", environ)


@pytest.mark.parametrize(
    ("variable", "content"),
    [
        ("AWS_CONFIG_FILE", "[profile other]\ncredential_process = PATH\n"),
        ("KUBECONFIG", _kubeconfig(token="t")),
        ("AWS_CONFIG_FILE", "\0["),
        ("GOOGLE_APPLICATION_CREDENTIALS", "[" * 9999),
        ("KUBECONFIG", "]"),
    ],
)
def test_what_is_not_in_use_or_cannot_be_read_refuses_nothing(
    repo: Path, tmp_path: Path, places: dict[str, Path], variable: str, content: str
) -> None:
    (tmp_path / "config").write_text(content.replace("PATH", str(places["tracked"])))
    environ = {variable: str(tmp_path / "config"), "HOME": str(tmp_path / "home")}
    configured.check(Repository(repo), NAMES[variable], environ)
