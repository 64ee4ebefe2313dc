"""A clone with a target in a real Vault, and `gitseal publish` as a process on it."""

import json
import re
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError

from gitseal.project.workspace import Workspace
from gitseal.usecases.unset import unset
from tests.attacks.world import Clone, person, start
from tests.robustness import commands
from tests.robustness.watching import NEEDLE, PARTS, SHM, shows
from tests.servers.faulty import Faulty
from tests.servers.openbao import Bao

_SECRET = PARTS[0].decode()
BEFORE = {"CHANGED": f"old {_SECRET}", "SAME": NEEDLE, "GONE": f"gone {_SECRET}"}
AFTER = {"CHANGED": f"new {_SECRET}", "SAME": NEEDLE, "CREATED": f"created {_SECRET}"}
LINE = ("publish", "shop", "--yes", "--prune", "--accept-target", "shop")
DONE = re.compile(r"^shop: (?:created|changed|removed) (\w+)$", re.MULTILINE)
LEFT = re.compile(r"^shop: not done: (\w+)$", re.MULTILINE)
UNCLEAR = re.compile(r"^shop: nobody can tell if it was done: (\w+)$", re.MULTILINE)
POLICY = 'path "secret/*" { capabilities = ["create", "read", "update", "delete", "list"] }'


def build(top: Path) -> Clone:
    made = start(top, person("alice"))
    made.policy(
        "environments:",
        'publish:\n  shop: {environments: [production], to: "vault:secret/clone/shop/"}\n\nenvironments:',
    )
    for name, value in BEFORE.items():
        made.set("production", name, value)
    made.commit("before")
    made.git("tag", "before")
    unset(Workspace(made.project, made.keyring), ("production",), ("GONE",))
    made.set("production", "CHANGED", AFTER["CHANGED"])
    made.set("production", "CREATED", AFTER["CREATED"])
    made.commit("after")
    return made


class PublishWorld:
    """A clone whose target is in a Vault of the test's own, behind a proxy that can fail."""

    def __init__(self, clone: Clone, bao: Bao, proxy: Faulty, temporary: Path) -> None:
        self.clone = clone
        self.token = bao.token_for(POLICY)
        self.bao = bao
        self.proxy = proxy
        self.temporary = temporary
        self.more = {
            "VAULT_ADDR": proxy.address,
            "VAULT_TOKEN": self.token,
            "VAULT_CLIENT_TIMEOUT": "500ms",
            "TMPDIR": str(temporary),
        }

    def fields(self) -> dict[str, dict[str, str]]:
        """What the server has, asked directly: the fields of each secret."""
        found = {}
        for name in self.bao.call("LIST", "secret/metadata/clone/shop")["keys"]:
            with suppress(HTTPError):  # what was removed
                found[name] = self.bao.call("GET", f"secret/data/clone/shop/{name}")["data"]
        return found

    def there(self) -> dict[str, str]:
        return {name: fields["value"] for name, fields in self.fields().items()}

    def begin(self) -> None:
        """Publishes the commit of before, and keeps what the server has of it; that of after is checked out then."""
        self.remove()
        self.clone.git("checkout", "--quiet", "before")
        status, _, err = self.publish()
        assert status == 0, err
        assert self.there() == BEFORE
        self._kept.write_text(json.dumps(self.fields()))
        self.clone.git("checkout", "--quiet", "main")

    @property
    def _kept(self) -> Path:
        return self.clone.top / ".git" / "published.json"

    def remove(self) -> None:
        with suppress(HTTPError):  # nothing was ever there
            for name in self.bao.call("LIST", "secret/metadata/clone/shop")["keys"]:
                self.bao.call("DELETE", f"secret/metadata/clone/shop/{name}")

    def reset(self) -> None:
        """What was published at the beginning."""
        self.remove()
        for name, fields in json.loads(self._kept.read_text()).items():
            self.bao.call("POST", f"secret/data/clone/shop/{name}", {"data": fields})
        self.proxy.begin(None)

    def publish(self, before: str = "") -> tuple[int, str, str]:
        status, out, err = commands.run(self.clone, *LINE, more=self.more, before=before)
        return status, out.decode(), err.decode()

    def is_shown(self, content: bytes) -> bool:
        """Whether a value or the token is in it, in any spelling."""
        return shows(content) or self.token.encode() in content

    def judge(self, told: str) -> None:
        """Holds what is there against what was told, and brings it to its end."""
        assert not self.is_shown(told.encode()), told
        there, done, left = self.there(), set(DONE.findall(told)), set(LEFT.findall(told))
        for name in done:
            assert there.get(name) == AFTER.get(name), told
        for name in left - done:
            assert there.get(name) == BEFORE.get(name), told
        assert all(value in {BEFORE.get(name), AFTER.get(name)} for name, value in there.items())
        assert there["SAME"] == BEFORE["SAME"]
        assert not list(self.temporary.iterdir())
        assert not list((self.clone.top / ".git").rglob("*.lock"))
        assert not [path for path in SHM.glob("gitseal-*") if not is_alive(path.name.split("-")[1])]
        self.proxy.begin(None)
        status, _, err = self.publish()
        assert status == 0, err
        assert self.there() == AFTER
        self.proxy.begin(None)
        status, _, err = self.publish()
        assert status == 0, err
        assert "0 created, 0 changed, 0 removed, 0 left, 3 unchanged" in err
        assert all(line.startswith(("GET", "LIST")) for line in self.proxy.requests)


def is_alive(process: str) -> bool:
    return Path("/proc", process).exists()
