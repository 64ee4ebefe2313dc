"""The script of the page on rotation, against a real PostgreSQL: the new password logs in, and the old one does not."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import programs
from tests.attacks.world import person, start
from tests.docs.console import TOP, Peer
from tests.robustness import commands

PAGE = TOP / "docs/how-to/rotate-a-secret.md"
OLD = "the-old-password"


class Server:
    """A PostgreSQL of the test's own, reached by a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"PGHOST": str(folder), "PGUSER": "admin", "PGPASSWORD": "admin"}

    def asks(self, sql: str, **environ: str) -> subprocess.CompletedProcess[str]:
        command = ("psql", "--no-psqlrc", "--tuples-only", "--dbname=postgres")
        return programs.run(*command, cwd=self.folder, stdin=sql, environ={**self.environ, **environ})

    def takes(self, password: str) -> bool:
        return self.asks("SELECT 1;", PGUSER="app", PGPASSWORD=password).returncode == 0


@pytest.fixture
def server(peer: Peer) -> Iterator[Server]:
    # PostgreSQL refuses to run as root, and a socket's path has at most 107 bytes.
    initdb, pg_ctl, _ = (peer(name) for name in ("initdb", "pg_ctl", "psql"))
    as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    if as_user:
        peer("setpriv")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if as_user:
            shutil.chown(folder, "nobody", "nogroup")
        (folder / "admin").write_text("admin\n")
        (folder / "admin").chmod(0o644)
        data = folder / "data"
        options = ("--no-sync", "--username=admin", f"--pwfile={folder}/admin", "--auth=scram-sha-256")
        made = programs.run(*as_user, initdb, "--pgdata", data, *options, cwd=folder)
        assert made.returncode == 0, made.stderr
        settings = f"-F -c listen_addresses='' -c unix_socket_directories='{folder}' -c log_statement=none"
        began = subprocess.run(
            [
                *as_user,
                pg_ctl,
                "start",
                "--wait",
                "--silent",
                "--pgdata",
                data,
                "--options",
                settings,
                "--log",
                folder / "log",
            ],
            check=False,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert began.returncode == 0, (folder / "log").read_text()
        try:
            yield Server(folder)
        finally:
            programs.run(*as_user, pg_ctl, "stop", "--mode=immediate", "--pgdata", data, cwd=folder)
    finally:
        shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize("new", ["a-new-password", "quote ' and \\ backslash"])
def test_the_new_password_logs_in_and_the_old_one_does_not(server: Server, tmp_path: Path, new: str) -> None:
    found = re.search(r"<!-- file rotate-in-postgres -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    clone = start(tmp_path / "shop", person("alice"))
    clone.set("production", "DB_PASSWORD", OLD)
    script = clone.top / "rotate-in-postgres"
    script.write_text(found[1])
    script.chmod(0o755)
    made = server.asks(f"CREATE ROLE app LOGIN PASSWORD '{OLD}';")
    assert made.returncode == 0, made.stderr
    assert server.takes(OLD)

    line = ("rotate", "DB_PASSWORD", "-e", "production", "--", str(script))
    status, _, err = commands.run(clone, *line, stdin=new.encode(), more=server.environ)

    assert status == 0, err
    assert clone.get("production", "DB_PASSWORD") == new
    assert server.takes(new)
    assert not server.takes(OLD)
