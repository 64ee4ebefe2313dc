"""The recipes that deploy without a secret: by linters, and GitLab's job by a real OpenBao that believes our tokens."""

import base64
import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from ruamel.yaml import YAML

from tests import programs
from tests.docs.console import TOP, Peer
from tests.servers.aws import REGION, AwsServer
from tests.servers.openbao import Bao

GITHUB, GITLAB = TOP / "examples/github-actions/deploy-by-oidc.yml", TOP / "examples/gitlab-deploy-by-oidc.yml"
PAGES = [TOP / f"docs/how-to/deploy-from-{ci}-by-oidc.md" for ci in ("github-actions", "gitlab-ci")]
JOBS = ("deploy-by-aws", "deploy-by-vault")


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def script_of(job: str) -> str:
    content = load(GITLAB)[job]
    return "\n".join(["set -eu", *content["before_script"], *content["script"]])


def test_linters_find_nothing_in_the_workflow(peer: Peer) -> None:
    peer("shellcheck")
    done = programs.run(peer("actionlint"), "-no-color", GITHUB, cwd=TOP, environ={})
    assert done.returncode == 0, done.stdout
    used = re.findall(r"uses: (.+)", GITHUB.read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used), used


@pytest.mark.parametrize("job", JOBS)
def test_linters_find_nothing_in_the_jobs_of_gitlab(job: str, tmp_path: Path, peer: Peer) -> None:
    (tmp_path / "job.sh").write_text("#!/bin/sh\n" + script_of(job), encoding="utf-8")
    done = programs.run(peer("shellcheck"), tmp_path / "job.sh", cwd=tmp_path, environ={})
    assert done.returncode == 0, done.stdout
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    done = programs.run(peer("check-jsonschema"), *schema, GITLAB, cwd=TOP, environ={})
    assert done.returncode == 0, done.stdout


def test_no_recipe_has_a_secret_and_the_job_that_github_vouches_for_may_do_nothing_else() -> None:
    assert load(GITHUB)["permissions"] == {}
    (job,) = load(GITHUB)["jobs"].values()
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    for path in (GITHUB, GITLAB):
        assert "secrets." not in path.read_text(encoding="utf-8")
        assert "GITSEAL_IDENTITY" not in path.read_text(encoding="utf-8")
    # Nothing is installed once there are credentials.
    steps = [step.get("name", "") for step in job["steps"]]
    assert steps.index("Install gitseal") < steps.index("Take the role")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_pages_tell_aws_is_json_and_names_one_subject(page: Path) -> None:
    blocks = re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    trust, may = map(json.loads, blocks)
    (statement,) = trust["Statement"]
    conditions = statement["Condition"]
    assert list(conditions) == ["StringEquals"]
    assert {name.rpartition(":")[2] for name in conditions["StringEquals"]} == {"aud", "sub"}
    assert "*" not in json.dumps(trust)
    (statement,) = may["Statement"]
    assert statement["Action"] == "kms:Decrypt"
    assert "*" not in json.dumps(may)


def issued(key: RSAPrivateKey, **claims: object) -> str:
    """A token as GitLab issues one for a job."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    now = int(time.time())
    usual: dict[str, object] = {"iss": "https://gitlab.example.com", "aud": "https://vault.example.com"}
    usual |= {"iat": now, "nbf": now - 5, "exp": now + 300}
    head, body = {"alg": "RS256", "typ": "JWT"}, usual | claims
    text = ".".join(part(json.dumps(content).encode()) for content in (head, body))
    return f"{text}.{part(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


@pytest.fixture(scope="module")
def gitlab_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
def vault(bao: Bao, gitlab_key: RSAPrivateKey) -> Bao:
    """One that was told to believe our GitLab, as the page says."""
    if "jwt/" not in bao.call("GET", "sys/auth"):
        bao.call("POST", "sys/auth/jwt", {"type": "jwt"})
        public = gitlab_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        bao.call("POST", "auth/jwt/config", {"jwt_validation_pubkeys": [public]})
        page = PAGES[1].read_text(encoding="utf-8")
        policy, role = (re.search(rf"<<'{end}'\n(.*?)\n{end}\n", page, re.DOTALL) for end in ("POLICY", "ROLE"))
        assert policy
        assert role
        bao.call("PUT", "sys/policies/acl/shop-deploy", {"policy": policy[1]})
        bao.call("POST", "auth/jwt/role/shop-deploy", json.loads(role[1]))
    return bao


GOOD = {
    "project_id": "1234567",
    "ref": "main",
    "ref_type": "branch",
    "environment": "production",
    "sub": "project_path:acme/shop:ref_type:branch:ref:main",
}


def runner(repo: Path, job: Path, key: str, environ: Mapping[str, str]) -> Path:
    """The working tree of a job, as a runner fetches it: one commit, on no branch. The key opens its values."""
    add = f"recipient add deploy --kms {key} --machine --open production --yes"
    for words in ("init -e production --as alice", "set -e production URL=postgres://hush", add, "rekey --yes"):
        done = programs.run("gitseal", *words.split(), cwd=repo, environ=environ)
        assert done.returncode == 0, done.stderr
    (repo / "deploy.sh").write_text('#!/bin/sh\nprintf %s "$URL" >../deployed\n')
    (repo / "deploy.sh").chmod(0o755)
    programs.git(repo, "add", ".")
    programs.git(repo, "commit", "--quiet", "--no-verify", "-m", "shop")
    job.mkdir()
    programs.git(job, "init", "--quiet")
    programs.git(job, "remote", "add", "origin", str(repo))
    programs.git(job, "fetch", "--quiet", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main")
    programs.git(job, "checkout", "--quiet", "--detach", "refs/remotes/origin/main")
    return job


def run_job(name: str, job: Path, environ: Mapping[str, str]) -> tuple[int, str, str]:
    """The status, what was printed, and what was deployed. No identity of the person's is at hand, and nothing is installed."""
    script = re.sub(r"^python3 -I -m venv .*$", ":", script_of(name), flags=re.MULTILINE)
    deployed, home = job.parent / "deployed", job.parent / "home"
    deployed.unlink(missing_ok=True)
    home.mkdir(exist_ok=True)
    own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    done = programs.run("sh", "-c", script, cwd=job, environ=own | dict(environ))
    assert "hush" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr, deployed.read_text() if deployed.exists() else ""


@pytest.mark.slow
def test_the_job_for_vault_opens_the_values_with_nothing_but_its_token(
    vault: Bao, repo: Path, tmp_path: Path, gitlab_key: RSAPrivateKey
) -> None:
    vault.transit_key("shop")
    job = runner(repo, tmp_path / "job", "vault:transit/keys/shop", vault.environ)

    def deploy(token: str) -> tuple[int, str, str]:
        environ = {"VAULT_ADDR": vault.address, "VAULT_ROLE": "shop-deploy", "VAULT_ID_TOKEN": token}
        return run_job("deploy-by-vault", job, environ)

    status, printed, deployed = deploy(issued(gitlab_key, **GOOD))
    assert (status, deployed) == (0, "postgres://hush"), printed
    # Another branch, project or environment gets no token, and neither does one whom GitLab does not vouch for.
    changes = ({"ref": "feature"}, {"project_id": "7"}, {"environment": "x"}, {"ref_type": "tag"}, {"aud": "https://x"})
    for change in changes:
        assert deploy(issued(gitlab_key, **GOOD | change))[::2] == (22, "")
    assert deploy(issued(generate_private_key(65537, 2048), **GOOD))[2] == ""


@pytest.mark.slow
def test_the_job_for_aws_opens_the_values_with_nothing_but_its_token(
    ministack: AwsServer, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ministack.client("kms").create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    job = runner(repo, tmp_path / "job", f"aws:{made['KeyMetadata']['Arn']}", ministack.environ)
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    token = tmp_path / "token"
    environ = {
        "AWS_ENDPOINT_URL": ministack.address,
        "AWS_REGION": REGION,
        "AWS_ROLE_ARN": "arn:aws:iam::000000000000:role/shop-deploy",
        "AWS_ROLE_SESSION_NAME": "gitlab-1",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
    }
    # ministack believes every token; that it is asked at all is the library's doing, and enough for it.
    status, printed, deployed = run_job("deploy-by-aws", job, environ | {"AWS_ID_TOKEN": "head.body.signature"})
    assert (status, deployed) == (0, "postgres://hush"), printed
    assert (token.read_text(), token.stat().st_mode & 0o777) == ("head.body.signature", 0o600)
    # Without a token there are no credentials.
    assert run_job("deploy-by-aws", job, environ | {"AWS_ROLE_ARN": "", "AWS_ID_TOKEN": "x"})[2] == ""
