"""A program that this machine's own settings name is never one that a commit brought, however its command is spelt."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gitseal.delivery.publishing.outside import outside
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.project.belief import configured
from gitseal.project.project import Project
from gitseal.remote import azure, google
from gitseal.remote.aws import Aws
from gitseal.remote.calling import Patience
from gitseal.stores import table
from tests import programs

# Each of these runs `tools/creds.sh` if it starts in the repository.
SPELLINGS = [
    "./tools/creds.sh",
    'sh -c "tools/creds.sh prod"',
    'env X=1 sh -c "exec ./tools/creds.sh prod"',
    "env --chdir=tools ./creds.sh",
    f"{sys.executable} -m tools.creds",
    'sh -c "creds.sh"',
    'sh -c "linked-creds.sh"',
    'sh -c "cd $OLDPWD; tools/creds.sh"',
]


@pytest.fixture
def ran(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is there if the repository's program ran. The person has every way into the repository on PATH."""
    trace = tmp_path / "ran"
    planted = repo / "tools/creds.sh"
    planted.parent.mkdir()
    planted.write_text(f"#!/bin/sh\ntouch {trace}\necho '{{}}'\n")
    planted.chmod(0o755)
    (repo / "tools/linked-creds.sh").symlink_to("creds.sh")
    for name in ("az", "azd", "gcloud", "pwsh"):
        (repo / name).symlink_to("tools/creds.sh")
    (repo / "tools/creds.py").write_text(f"import os; os.system('{planted}')\n")
    (tmp_path / "bin").symlink_to(repo / "tools")
    programs.git(repo, "add", "-A")
    programs.git(repo, "commit", "-qm", "one")
    monkeypatch.chdir(repo)
    ways = ("tools", ".", "", str(repo / "tools"), str(tmp_path / "bin"))
    monkeypatch.setenv("PATH", os.pathsep.join([*ways, os.environ["PATH"]]))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([".", str(repo)]))
    monkeypatch.setenv("OLDPWD", str(repo))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return trace


def _tried(repo: Path, service: str, start: Callable[[], object]) -> None:
    """As each command does it: first it is looked at what a commit decides, and then the service is asked."""
    # Whether that fails, and why, is another matter.
    with suppress(Error):
        configured.check(Repository(repo), service, os.environ)
        start()


def _account() -> str:
    return Aws(os.environ, "eu-central-1", lambda _: None, Patience(5, 1)).account()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_profile_of_aws_runs_it(
    repo: Path, tmp_path: Path, ran: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    config = tmp_path / "config"
    config.write_text(f"[profile shop]\ncredential_process = {spelling}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "shop")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    _tried(repo, "aws-ssm", _account)
    assert not ran.exists()


@pytest.mark.parametrize("words", [["sh", "-c", "tools/creds.sh prod"], ["sh", "-c", "creds.sh"], ["creds.sh"]])
def test_no_user_of_a_kubeconfig_runs_it(
    repo: Path, tmp_path: Path, ran: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    exec_entry = {"apiVersion": "client.authentication.k8s.io/v1", "command": words[0], "args": words[1:]}
    content = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [
            {"name": "u", "user": {"exec": {**exec_entry, "env": [{"name": "PATH", "value": os.environ["PATH"]}]}}}
        ],
    }
    (tmp_path / "config").write_text(json.dumps(content))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    (repo / ".secrets").mkdir()
    way = outside(Project(repo, Repository(repo)), os.environ, lambda _: None, {})
    _tried(repo, "kubernetes", lambda: table.open_store("kubernetes:shop/env", way).read())
    assert not ran.exists()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_credentials_of_google_run_it(
    repo: Path, tmp_path: Path, ran: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    content = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"executable": {"command": spelling}},
    }
    (tmp_path / "config").write_text(json.dumps(content))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "config"))
    monkeypatch.setenv("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1")
    _tried(repo, "gcp-secretmanager", lambda: google.connect(google.SECRETS, os.environ, lambda _: None))
    assert not ran.exists()


@pytest.mark.parametrize("is_absolute", [False, True])
def test_nor_do_the_programs_that_libraries_start_by_themselves(
    repo: Path,
    tmp_path: Path,
    ran: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_absolute: bool,  # noqa: FBT001 - a case
) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join([str(repo) if is_absolute else ".", os.environ["PATH"]]))
    person = {"type": "authorized_user", "client_id": "1", "client_secret": "hush", "refresh_token": "hush"}
    (tmp_path / "config").write_text(json.dumps(person))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    (tmp_path / "application_default_credentials.json").write_text(json.dumps(person))
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "dev")
    for service, start in (
        ("gcp-secretmanager", lambda: google.connect(google.SECRETS, os.environ, lambda _: None)),
        ("azure-keyvault", lambda: azure.connect("myvault", os.environ, lambda _: None)),
    ):
        _tried(repo, service, start)
        assert not ran.exists()


@pytest.mark.parametrize("header", ['[profile "shop"]', "[profile  shop]", "[profile 'shop']", "[profile\tshop]"])
def test_a_profile_is_read_as_the_sdk_reads_it(repo: Path, tmp_path: Path, ran: Path, header: str) -> None:
    environ = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_PROFILE": "shop"}
    named = (
        f"credential_process = {repo}/tools/creds.sh",
        f"web_identity_token_file = {repo}/tools/creds.sh",
        f"data_path = /nowhere:{repo}/tools",
        "source_profile = base",
    )
    for setting in named:
        base = f'[profile "base"]\ncredential_process = {repo}/tools/creds.sh\n'
        (tmp_path / "config").write_text(f"{base}{header}\n{setting}\n")
        with pytest.raises(Error, match="it is committed"):
            configured.check(Repository(repo), "aws-ssm", environ)
    assert not ran.exists()


def test_a_persons_own_program_runs_wherever_it_lies(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment of Python lies in the repository, too, and no commit has it."""
    own = repo / ".venv/bin/own-creds"
    own.parent.mkdir(parents=True)
    own.write_text(
        f'#!/bin/sh\npwd >{tmp_path}/ran\necho \'{{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "hush"}}\'\n'
    )
    own.chmod(0o755)
    monkeypatch.chdir(repo)
    monkeypatch.setenv("PATH", f"{own.parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "config").write_text("[profile shop]\ncredential_process = own-creds --json\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "shop")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    _tried(repo, "aws-ssm", _account)
    assert (tmp_path / "ran").read_text() == "/\n"
