"""A repository whose commits people sign, with real keys of ssh-keygen and gpg; what is sealed does not matter here."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import NamedTuple

from gitseal.audit.verify.verified import Verified
from gitseal.audit.verify.verify import verify
from gitseal.git.repository import Repository
from tests import programs

VERIFIES = "#!/bin/sh\nexec gitseal verify --pre-receive\n"
POLICY = ".secrets/policy.yaml"
PRODUCTION = ".secrets/production.yaml"

# alice may change everything, bob the base that production extends and staging, mallory nothing.
TEXT = """\
version: 1
recipients:
  alice:
    email: alice@example.com
    keys: [age1]
    signing: ["{alice}"]
  bob:
    email: Bob@Example.com
    keys: [age1]
    signing: ["{bob}"]
  hub:
    kind: forge
    email: noreply@hub.example
    signing: ["{hub}"]
groups:
  admins: [alice]
  backend: [alice, bob]
policy: {{change: [admins]}}
manifest: {{change: [backend]}}
environments:
  base: {{open: [backend], change: [backend]}}
  production: {{open: [admins], extends: base, change: [admins], protected: true}}
  staging: {{open: [backend], change: [backend]}}
  free: {{open: [backend]}}
"""


class Key(NamedTuple):
    """How somebody signs: the settings for Git, and what the policy has."""

    form: str
    key: str
    public: str


class Team:
    """One repository, and people who commit to it. `base` is its first commit; nothing before it is judged."""

    def __init__(self, top: Path, keys: dict[str, Key], *options: str) -> None:
        self.top = top
        self.keys = keys
        top.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *options)
        self.write(POLICY, self.policy())
        for name in ("base", "production", "staging", "free"):
            self.write(f".secrets/{name}.yaml", f"{name} 0\n")
        self.write(".secrets/manifest.yaml", "version: 1\n")
        self.write("code.py", "pass\n")
        self.base = self.commit("alice", sign=False)

    def moved(self, top: Path) -> "Team":
        """The same team in a copy of its repository."""
        team = copy(self)
        team.top = top
        return team

    def policy(self, **keys: str) -> str:
        return TEXT.format(**{name: key.public for name, key in self.keys.items()} | keys)

    def git(self, *arguments: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None) -> str:
        return programs.git(self.top, *arguments, stdin=stdin, environ=environ).removesuffix("\n")

    def write(self, path: str, text: str) -> None:
        (self.top / path).parent.mkdir(parents=True, exist_ok=True)
        (self.top / path).write_text(text)

    def commit(self, who: str, *options: str, sign: bool = True, key: str = "", **environ: str) -> str:
        """Everything as it lies there, committed by `who` and signed with `key`, by default their own."""
        self.git("add", "--all", "--force")
        return self.as_(
            who, "commit", "--quiet", "--allow-empty", "-m", "change", *options, sign=sign, key=key, **environ
        )

    def as_(self, who: str, *arguments: str, sign: bool = True, key: str = "", **environ: str) -> str:
        """A Git command that commits, as `who`; gives the new commit."""
        email = {"hub": "noreply@hub.example"}.get(who, f"{who}@example.com")
        name = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", who), ("EMAIL", email))
        }
        settings = ["-c", f"commit.gpgSign={'true' if sign else 'false'}"]
        if sign:
            settings += [
                "-c",
                f"gpg.format={self.keys[key or who].form}",
                "-c",
                f"user.signingKey={self.keys[key or who].key}",
            ]
        self.git(*settings, *arguments, environ=name | environ)
        return self.git("rev-parse", "HEAD")

    def change(self, who: str, path: str = PRODUCTION, *, sign: bool = True, key: str = "", **environ: str) -> str:
        """A commit that changes one file."""
        place = self.top / path
        self.write(path, (place.read_text() if place.is_file() else "") + f"# {path} by {who}\n")
        return self.commit(who, sign=sign, key=key, **environ)

    def raw(self, data: bytes) -> str:
        """A commit from its very bytes, checked out as `main`."""
        made = self.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=data)
        self.git("reset", "--quiet", "--hard", made)
        return made

    def bytes(self, commit: str = "HEAD") -> bytes:
        return subprocess.run(
            ["git", "cat-file", "commit", commit], cwd=self.top, capture_output=True, check=True
        ).stdout

    def verify(self, base: str = "", head: str = "HEAD") -> Verified:
        return verify(Repository(self.top), base or self.base, head)

    def rules(self, base: str = "", head: str = "HEAD") -> list[str]:
        return [finding.rule for finding in self.verify(base, head).findings]


class Server:
    """A bare repository with the hook, as a remote of the team's."""

    def __init__(self, team: Team, top: Path) -> None:
        self.team = team
        self.top = top

    @classmethod
    def new(cls, team: Team, top: Path) -> "Server":
        """An empty one."""
        team.git("init", "--quiet", "--bare", "--initial-branch=main", f"--object-format={_format(team)}", str(top))
        hook = top / "hooks/pre-receive"
        hook.write_text(VERIFIES)
        hook.chmod(0o755)
        return cls(team, top)

    def push(self, *arguments: str) -> str:
        """Pushes, and gives what the server said where it refused, else nothing."""
        done = programs.run("git", "push", "--quiet", self.top, *arguments, cwd=self.team.top)
        assert (done.returncode == 0) == ("pre-receive hook declined" not in done.stderr), done.stderr
        return done.stderr if done.returncode else ""

    def has(self, commit: str) -> bool:
        asked = subprocess.run(["git", "cat-file", "-e", commit], cwd=self.top, check=False, capture_output=True)
        return asked.returncode == 0


def _format(team: Team) -> str:
    return "sha1" if len(team.base) == 40 else "sha256"


def branch(team: Team, name: str, start: str = "") -> None:
    team.git("checkout", "--quiet", "-b", name, start or team.base)


def signature(team: Team, payload: bytes, who: str = "alice", namespace: str = "git") -> bytes:
    return subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", team.keys[who].key],
        input=payload, capture_output=True, check=True,
    ).stdout  # fmt: skip


def with_field(payload: bytes, field: str, signed: bytes) -> bytes:
    head, _, message = payload.partition(b"\n\n")
    lines = signed.rstrip(b"\n").replace(b"\n", b"\n ")
    return head + b"\n" + field.encode() + b" " + lines + b"\n\n" + message


def unsigned(team: Team) -> bytes:
    """The bytes of alice's unsigned commit that changes production."""
    team.change("alice", sign=False)
    return team.bytes()


def own_field(team: Team) -> str:
    return "gpgsig" if len(team.base) == 40 else "gpgsig-sha256"


def ssh_key(folder: Path, name: str, kind: str = "ed25519") -> Key:
    place = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", str(place)], check=True)
    return Key("ssh", str(place), place.with_suffix(".pub").read_text().strip())


def gpg_key(name: str, *algorithm: str) -> Key:
    """A key in the caller's GNUPGHOME."""
    gpg(
        "--quick-gen-key",
        "--passphrase",
        "",
        f"{name} <{name}@example.com>",
        *(algorithm or ("ed25519", "sign", "never")),
    )
    return Key("openpgp", fingerprint(name), fingerprint(name))


def fingerprint(name: str) -> str:
    listed = gpg("--list-keys", "--with-colons", f"{name}@example.com").decode()
    return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))


def gpg(*arguments: str, stdin: bytes = b"") -> bytes:
    done = subprocess.run(
        ["gpg", "--batch", "--yes", "--quiet", *arguments], input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def gpg_home(setenv: Callable[[str, str], None]) -> Iterator[Path]:
    """A GNUPGHOME of its own. Its path is short: gpg-agent's socket has to fit into 108 bytes."""
    home = Path(tempfile.mkdtemp(prefix="g", dir="/tmp"))
    setenv("GNUPGHOME", str(home))
    try:
        yield home
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)
