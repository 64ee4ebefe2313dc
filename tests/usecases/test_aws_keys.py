"""Values sealed offline to a key in AWS KMS, opened by a job that has AWS's credentials and no identity."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import programs
from tests.servers.aws import AwsServer


@pytest.fixture
def sealed(ministack: AwsServer, repo: Path, tmp_path: Path) -> str:
    """The ARN of the key that a machine has in the repository's policy."""
    client = ministack.client("kms")
    arn: str = client.create_key(KeyUsage="ENCRYPT_DECRYPT", KeySpec="RSA_3072")["KeyMetadata"]["Arn"]
    (tmp_path / "deploy.der").write_bytes(client.get_public_key(KeyId=arn)["PublicKey"])
    public = ("--kms", f"aws:{arn}", "--public", str(tmp_path / "deploy.der"))
    for words in (
        ("init", "-e", "production", "--as", "alice"),
        ("set", "-e", "production", "A=hush", "B=secret"),
        ("recipient", "add", "deploy", *public, "--machine", "--open", "production", "--yes"),
        ("rekey", "--yes"),
    ):
        done = programs.run(programs.GITSEAL, *words, cwd=repo)
        assert done.returncode == 0, done.stderr
    programs.git(repo, "add", "-A")
    programs.git(repo, "commit", "-qm", "sealed")
    return arn


def job(repo: Path, tmp_path: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "job").mkdir(exist_ok=True)
    return programs.run(
        programs.GITSEAL, *words, cwd=repo, environ={"HOME": str(tmp_path / "job"), "XDG_CONFIG_HOME": "", **environ}
    )


@pytest.mark.slow
def test_credentials_alone_render(ministack: AwsServer, sealed: str, repo: Path, tmp_path: Path) -> None:
    done = job(repo, tmp_path, "render", "-e", "production", **ministack.environ)
    assert (done.stdout, done.stderr, done.returncode) == ("A='hush'\nB='secret'\n", "", 0)
    who = job(repo, tmp_path, "whoami", **ministack.environ)
    assert f"aws:{sealed}: opens, by AWS_ACCESS_KEY_ID" in who.stderr
    assert "hush" not in who.stdout + who.stderr


@pytest.mark.slow
def test_every_way_to_be_refused_says_which_key(ministack: AwsServer, sealed: str, repo: Path, tmp_path: Path) -> None:
    for environ, words in (
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "cannot be reached"),
        ({"AWS_ENDPOINT_URL_KMS": "http://192.0.2.1"}, "plain HTTP"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_PROFILE": "nobody"}, "profile"),
    ):
        done = job(repo, tmp_path, "render", "-e", "production", **ministack.environ | environ)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"aws:{sealed}" in done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    # Nothing to sign in with: then it is nobody's key here.
    assert "GITSEAL_IDENTITY" in job(repo, tmp_path, "render", "-e", "production").stderr


@pytest.mark.slow
def test_without_the_library_it_is_said_what_to_install(
    ministack: AwsServer, sealed: str, repo: Path, tmp_path: Path
) -> None:
    (tmp_path / "without/botocore").mkdir(parents=True)
    (tmp_path / "without/botocore/__init__.py").write_text("raise ImportError")
    environ = ministack.environ | {"PYTHONPATH": str(tmp_path / "without")}
    done = job(repo, tmp_path, "render", "-e", "production", **environ)
    assert f"aws:{sealed}: AWS needs the package botocore, which is not installed" in done.stderr
    assert f"{sys.executable} -P -m pip install botocore" in done.stderr


@pytest.mark.slow
def test_the_public_half_is_fetched_by_an_alias(ministack: AwsServer, sealed: str, repo: Path) -> None:
    client = ministack.client("kms")
    arn = client.create_key(KeyUsage="ENCRYPT_DECRYPT", KeySpec="RSA_2048")["KeyMetadata"]["Arn"]
    client.create_alias(AliasName="alias/fetched", TargetKeyId=arn)
    alias = f"aws:{arn.rpartition(':')[0]}:alias/fetched"
    add = ("recipient", "add", "other", "--kms", alias, "--machine", "--yes")
    done = programs.run(programs.GITSEAL, *add, cwd=repo, environ=ministack.environ)
    assert done.returncode == 0, done.stderr
    assert f"gitseal-kms:aws:{arn}:MII" in (repo / ".secrets/policy.yaml").read_text()
