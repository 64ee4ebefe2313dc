"""The examples run: the demo on a copy that leaves nothing behind, the deploy job up to a server that answers."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import programs
from tests.docs.console import TOP

IDENTITY = TOP / "examples/demo-identity.txt"
# What the sealed files of this repository hold, as made by examples/make-secrets.sh.
STRIPE_KEY = "sk_live_made-up-for-the-demo"


def run(*command: str | Path, cwd: Path = TOP, **environ: str) -> subprocess.CompletedProcess[str]:
    return programs.run(*command, cwd=cwd, environ=environ)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as a fresh clone has it, as far as the examples need it, with all that is not committed yet."""
    top = tmp_path / "clone"
    top.mkdir()
    subprocess.run(
        ["cp", "-R", TOP / ".secrets", TOP / ".gitattributes", TOP / ".gitignore", TOP / "examples", top], check=True
    )
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "All"]):
        subprocess.run(["git", *command], cwd=top, check=True)
    return top


@pytest.mark.slow
def test_the_demo_leaves_its_clone_and_the_temporary_folder_clean(copy: Path, tmp_path: Path, isolated: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = sorted(isolated.rglob("*"))

    done = run("bash", "examples/demo.sh", cwd=copy, TMPDIR=str(scratch))

    assert done.returncode == 0, done.stdout + done.stderr
    assert run("git", "status", "--porcelain", cwd=copy).stdout == ""
    assert list(scratch.iterdir()) == []
    assert sorted(isolated.rglob("*")) == before


@pytest.mark.slow
def test_the_demo_shows_what_it_should(copy: Path) -> None:
    shown = run("bash", "examples/demo.sh", cwd=copy).stdout
    diff = shown.partition("$ git diff")[2].partition("\n# ")[0].splitlines()

    assert [line[:8] for line in diff if line.startswith(("+", "-")) and line[:3] not in {"+++", "---"}] == [
        "-  ENC[v",
        "+  ENC[v",
    ]
    assert shown.count("(status 1)") == 4
    assert "gitseal render" in shown
    assert "no identity at hand opens" in shown


@pytest.mark.slow
def test_the_demo_heeds_nothing_of_who_runs_it(copy: Path, isolated: Path) -> None:
    (isolated / ".gitconfig").write_text(
        "[commit]\n\tgpgSign = true\n[user]\n\tsigningKey = nobody\n", encoding="utf-8"
    )

    done = run("bash", "examples/demo.sh", cwd=copy, GITSEAL_IDENTITY="no identity", GITSEAL_ENV="development")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_secrets_open_with_the_public_identity_and_are_as_they_should_be() -> None:
    identity = str(IDENTITY)

    got = run("gitseal", "get", "-e", "production", "STRIPE_SECRET_KEY", GITSEAL_IDENTITY_FILE=identity)

    assert got.stdout == f"{STRIPE_KEY}\n"
    for environment in ("development", "production"):
        rendered = run("gitseal", "render", "-e", environment, "--format", "json", GITSEAL_IDENTITY_FILE=identity)
        assert rendered.returncode == 0, rendered.stderr
        assert json.loads(rendered.stdout)["JWT_SIGNING_KEY"].startswith("-----BEGIN PRIVATE KEY-----\n")
    assert run("gitseal", "check").returncode == 0


def test_the_public_identity_says_that_it_is() -> None:
    text = IDENTITY.read_text(encoding="utf-8")

    assert text.startswith("# PUBLIC")
    assert "protects nothing" in text


def test_a_deploy_starts_what_answers(copy: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environ = {**os.environ, "GITSEAL_IDENTITY": IDENTITY.read_text(encoding="utf-8"), "PORT": port}
    log = tmp_path / "log"

    with (
        log.open("w") as output,
        subprocess.Popen(["examples/deploy.sh"], cwd=copy, env=environ, stdout=output, stderr=output) as job,
    ):
        try:
            answer = answer_of(f"http://127.0.0.1:{port}/health", job)
        finally:
            job.send_signal(signal.SIGTERM)
            status = job.wait(timeout=30)

    assert "STRIPE_SECRET_KEY" in json.loads(answer)["settings"]
    assert status == 128 + signal.SIGTERM
    assert STRIPE_KEY not in log.read_text(encoding="utf-8")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2)


def answer_of(url: str, job: subprocess.Popen[bytes]) -> bytes:
    """What the server says as soon as it is up; it has half a minute."""
    for _ in range(120):
        assert job.poll() is None, "the job ended"
        try:
            with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - a constant scheme
                content: bytes = response.read()
                return content
        except urllib.error.URLError:
            time.sleep(0.25)
    raise AssertionError("no answer")


@pytest.mark.parametrize("identity", ["", "AGE-SECRET-KEY-1NONSENSE"])
def test_a_deploy_without_a_good_identity_starts_nothing(copy: Path, identity: str) -> None:
    done = run("bash", "examples/deploy.sh", cwd=copy, GITSEAL_IDENTITY=identity)

    assert done.returncode == 1
    assert "is up" not in done.stdout
    assert "NONSENSE" not in done.stdout + done.stderr


def test_a_deploy_of_what_does_not_check_starts_nothing(copy: Path) -> None:
    path = copy / ".secrets/production.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("SMTP_PORT:", "SMTP_HOST:"), encoding="utf-8")

    done = run("bash", "examples/deploy.sh", cwd=copy, GITSEAL_IDENTITY=IDENTITY.read_text(encoding="utf-8"))

    assert done.returncode == 1
    assert "SMTP_HOST" in done.stdout + done.stderr
