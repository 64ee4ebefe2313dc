"""Actions secrets on a real Gitea. What a workflow would get is read from its database, by its own key."""

import base64
import hashlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Edit, Raced
from tests import programs
from tests.forge.conftest import Forge
from tests.stores.outside import outside, put

pytestmark = [pytest.mark.forge, pytest.mark.slow]
VALUES = {"A": b"one", "LINES": b"two\r\nlines \xc3\xa4\n", "BIG": b"x" * 65_536}


def variables(forge: Forge, who: str = "alice") -> Mapping[str, str]:
    return {"GITEA_SERVER_URL": f"http://127.0.0.1:{forge.port}", "GITEA_SERVER_TOKEN": forge.tokens[who]}


def opened(forge: Forge) -> dict[str, bytes]:
    """The secrets in the database, as modules/secret of Gitea opens them."""
    key = hashlib.sha256(b"for-a-test-only").digest()  # SECRET_KEY of its configuration

    def value(data: str) -> bytes:
        sealed = bytes.fromhex(data)
        decryptor = Cipher(AES(key), CFB(sealed[:16])).decryptor()
        return base64.b64decode(decryptor.update(sealed[16:]) + decryptor.finalize())

    with sqlite3.connect(f"file:{forge.top}/gitea.db?mode=ro", uri=True) as database:
        return {name: value(data) for name, data in database.execute("select name, data from secret")}


@pytest.fixture(params=["gitea:alice/secrets", "gitea:orgs/acme"])
def place(request: pytest.FixtureRequest, forge: Forge) -> str:
    forge.call("alice", "POST", "user/repos", name="secrets")
    forge.call("alice", "POST", "orgs", username="acme")
    return str(request.param)


def test_secrets_arrive_as_they_are_change_and_go(forge: Forge, place: str) -> None:
    store = table.open_store(place, outside(variables(forge)))
    put(store, **VALUES)
    assert opened(forge) == VALUES
    before = store.read()
    put(store, A=b"two")
    live = store.read()
    assert opened(forge) == VALUES | {"A": b"two"}
    assert {name: one.mark for name, one in live.items()} == {name: f"mark of {name}" for name in VALUES}
    # Another write leaves another mark, and so another version.
    store.write([Edit("A", SecretBytes(b"three"), "another mark", live["A"].version)])
    assert store.read()["A"].version != before["A"].version
    with pytest.raises(Raced):
        store.write([Edit("A", SecretBytes(b"four"), "m", live["A"].version)])
    with pytest.raises(Raced):
        store.write([Edit("A", SecretBytes(b"four"), "m", "")])
    for name, one in store.read().items():
        store.write([Edit(name, None, "", one.version)])
    assert opened(forge) == {}


def test_publish_by_the_command(forge: Forge, place: str, tmp_path: Path) -> None:
    environ = forge.environ | {**variables(forge)}
    top, there = tmp_path / "shop", "orgs/acme" if "orgs/" in place else "repos/alice/secrets"
    top.mkdir()

    def run(*words: str, status: int = 0) -> str:
        done = programs.run(*words, cwd=top, environ=environ)
        assert done.returncode == status, done.stderr
        return done.stderr

    def publish(*options: str) -> str:
        return run("gitseal", "publish", "--yes", "--accept-target", "shop", *options).splitlines()[-1]

    run("git", "init", "--quiet")
    run("gitseal", "init", "-e", "production", "--as", "alice")
    run("gitseal", "set", "-e", "production", "A=hush-one", "B=hush-two")
    with (top / ".secrets/policy.yaml").open("a") as policy:
        policy.write(f'publish:\n  shop: {{environments: [production], to: "{place}"}}\n')
    run("git", "add", ".")
    run("git", "commit", "--quiet", "--no-verify", "--message", "start")
    run("git", "config", "gitseal.trust", "main")
    assert publish() == "2 created, 0 changed, 0 removed, 0 left, 0 unchanged"
    assert opened(forge) == {"A": b"hush-one", "B": b"hush-two"}
    assert publish() == "0 created, 0 changed, 0 removed, 0 left, 2 unchanged"
    # By hand, and by the API, which empties what is left out of a call.
    forge.call("alice", "PUT", f"{there}/actions/secrets/A", data="by hand")
    forge.call("alice", "PUT", f"{there}/actions/secrets/THEIRS", data="theirs")
    assert "change  A: changed there by hand" in run("gitseal", "publish", "--check", status=1)
    run("gitseal", "unset", "-e", "production", "B")
    run("git", "commit", "--quiet", "--no-verify", "--all", "--message", "without B")
    assert publish("--prune") == "0 created, 1 changed, 1 removed, 1 left, 0 unchanged"
    assert opened(forge) == {"A": b"hush-one", "THEIRS": b"theirs"}
    for name in ("A", "THEIRS"):
        forge.call("alice", "DELETE", f"{there}/actions/secrets/{name}")


def test_all_pages_are_read(forge: Forge, place: str) -> None:
    store = table.open_store(place, outside(variables(forge)))
    path = "orgs/acme" if "orgs/" in place else "repos/alice/secrets"
    for number in range(51):
        assert forge.call("alice", "PUT", f"{path}/actions/secrets/N{number}", data="1")[0] == 201
    live = store.read()
    assert len(live) == 51
    for name, one in live.items():
        assert forge.call("alice", "DELETE", f"{path}/actions/secrets/{name}")[0] == 204, one


def test_whoever_may_not_is_told(forge: Forge, place: str) -> None:
    store = table.open_store(place, outside(variables(forge, "bob")))
    with pytest.raises(RemoteError, match=r"did not list the secrets of .*: the token may not do that"):
        store.read()
    for gone in ("gitea:alice/nothing", "gitea:orgs/nothing"):
        with pytest.raises(RemoteError, match="it is not there, or the token may not see it"):
            table.open_store(gone, outside(variables(forge))).read()
    bad = table.open_store(place, outside(dict(variables(forge)) | {"GITEA_SERVER_TOKEN": "hush"}))
    with pytest.raises(RemoteError, match=r"the token is not valid"):
        bad.read()


def test_what_our_limits_refuse_gitea_refuses_too(forge: Forge, place: str) -> None:
    path = "orgs/acme" if "orgs/" in place else "repos/alice/secrets"
    for name, value in {
        "1ST": "x",
        "GITEA_X": "x",
        "GITHUB_X": "x",
        "CI": "x",
        "A-B": "x",
        "A": "",
        "B": "x" * 65_537,
    }.items():
        assert list(table.refusals(place, {name: SecretBytes(value.encode())}))
        assert forge.call("alice", "PUT", f"{path}/actions/secrets/{name}", data=value)[0] in {400, 422}
