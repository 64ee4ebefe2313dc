"""A real Gitea on this machine, with people who sign, and one repository with the server's hook."""

import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import programs
from tests.attacks.verify.world import Key, ssh_key
from tests.servers.started import free_port

_PEOPLE = ("alice", "bob")
_CONFIGURATION = """\
RUN_MODE = prod
RUN_USER = {user}
WORK_PATH = {top}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {files}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = {top}/gitea.db
[repository]
ROOT = {top}/repositories
DEFAULT_BRANCH = main
[security]
INSTALL_LOCK = true
SECRET_KEY = for-a-test-only
INTERNAL_TOKEN = {token}
[service]
DISABLE_REGISTRATION = true
[cron]
ENABLED = false
[log]
MODE = file
LEVEL = warn
ROOT_PATH = {top}/log
"""


class Forge(NamedTuple):
    """A Gitea that listens. `tokens` let its people in."""

    program: str
    top: Path
    port: int
    tokens: dict[str, str]
    keys: dict[str, Key]

    def call(self, who: str, method: str, path: str, **fields: Any) -> tuple[int, Any]:
        """The status and answer of Gitea's API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Authorization": f"token {self.tokens[who]}", "Content-Type": "application/json"}
        try:
            connection.request(method, f"/api/v1/{path}", json.dumps(fields).encode() if fields else None, headers)
            answer = connection.getresponse()
            said = answer.read().decode(errors="replace")
        finally:
            connection.close()
        is_json = said and (answer.getheader("Content-Type") or "").startswith("application/json")
        return answer.status, json.loads(said) if is_json else said

    @property
    def environ(self) -> dict[str, str]:
        """A home for what fixtures of a module start: the one that each test gets is made after them."""
        home = self.top / "home"
        home.mkdir(exist_ok=True)
        path = os.pathsep.join([str(Path(programs.GITSEAL).parent), os.environ["PATH"]])
        return {"PATH": path, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}

    @property
    def repository(self) -> Path:
        return self.top / "repositories/alice/shop.git"

    def admin(self, *arguments: str) -> str:
        return _run(self.program, self.top, "admin", *arguments)


class Clone(NamedTuple):
    """Somebody's clone of the shop."""

    forge: Forge
    who: str
    top: Path

    def run(self, *command: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        done = programs.run(*command, cwd=self.top, environ=self.forge.environ)
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return done

    def git(self, *arguments: str) -> str:
        return self.run("git", *arguments).stdout.strip()

    def push(self, *arguments: str) -> str:
        """What was said if the push was refused, else nothing."""
        done = self.run("git", "push", "--no-verify", "origin", *arguments, ok=False)
        return done.stderr if done.returncode else ""

    def change(self, branch: str, environment: str, *values: str, sign: bool = True) -> None:
        """A new branch from main, with values set and committed."""
        self.git("fetch", "--quiet", "origin")
        self.git("checkout", "--quiet", "-B", branch, "refs/remotes/origin/main")
        self.run("gitseal", "set", "-e", environment, *values)
        self.git("commit", "--quiet", "--no-verify", "--all", "-m", branch, *(("-S",) if sign else ("--no-gpg-sign",)))

    def propose(self, branch: str) -> int:
        """Pushes a branch and opens a pull request for it; gives its number."""
        assert self.push(branch) == ""
        # Gitea answers a push before it has noticed the branch.
        for _ in range(60):
            if self.forge.call(self.who, "GET", f"repos/alice/shop/branches/{branch}")[0] == 200:
                break
            time.sleep(0.5)
        status, made = self.forge.call(
            self.who, "POST", "repos/alice/shop/pulls", head=branch, base="main", title=branch
        )
        assert status == 201, made
        return int(made["number"])

    def merge(self, number: int, style: str) -> bool:
        """Presses the button of a pull request. False if main stays where it was."""
        before = self.main()
        # Gitea looks at a new pull request by and by, and says 405 meanwhile.
        for _ in range(60):
            status, said = self.forge.call(self.who, "POST", f"repos/alice/shop/pulls/{number}/merge", Do=style)
            if status != 405 or "try again" not in str(said):
                break
            time.sleep(0.5)
        assert (status == 200) == (self.main() != before), said
        return status == 200

    def main(self) -> str:
        return self.git("ls-remote", "origin", "refs/heads/main").split("\t")[0]


def _run(program: str, top: Path, *arguments: str) -> str:
    done = subprocess.run(
        [program, "--config", str(top / "app.ini"), *arguments], cwd=top, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def forge(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    program = peer("gitea")
    top = tmp_path_factory.mktemp("forge")
    port, token = free_port(), "x" * 105
    # Its texts and pages, which `make peers` puts beside the folder of programs.
    files = Path(program).parent.parent / "gitea"
    if not files.is_dir():
        pytest.skip("gitea has no texts beside it: remove it, and `make peers HEAVY=1` builds it with them")
    user = (
        os.environ.get("USER")
        or subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    )
    (top / "app.ini").write_text(_CONFIGURATION.format(user=user, top=top, files=files, port=port, token=token))
    _run(program, top, "migrate")
    tokens = {}
    for who in _PEOPLE:
        options = ("--username", who, "--password", f"{who}-password-1", "--email", f"{who}@example.com")
        _run(program, top, "admin", "user", "create", *options, "--must-change-password=false")
        words = ("--username", who, "--scopes", "all", "--raw")
        tokens[who] = _run(program, top, "admin", "user", "generate-access-token", *words).split()[-1]
    running = subprocess.Popen(
        [program, "--config", str(top / "app.ini"), "web"],
        cwd=top,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        made = Forge(program, top, port, tokens, {who: ssh_key(top, who) for who in _PEOPLE})
        _await(made)
        yield made
    finally:
        running.terminate()
        running.wait()


def _await(forge: Forge) -> None:
    for _ in range(240):
        try:
            if forge.call("alice", "GET", "version")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise AssertionError((forge.top / "log/gitea.log").read_text())
