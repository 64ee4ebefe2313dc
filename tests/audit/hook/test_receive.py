"""A server's pre-receive hook, armed by `hook install --server`: who may change what counts there too, not only plaintext."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import programs
from tests.slow import slow_but
from tests.templates import Templates

Git = Callable[..., str]

LISTS = """
policy: {change: [team]}
manifest: {change: [team]}
"""
PROTECTED = "    change: [team]\n    protected: true\n"


class Server:
    """A bare repository with the hook, and a clone in which `test` seals and signs."""

    def __init__(self, repo: Path, git: Git, folder: Path) -> None:
        self.repo = repo
        self.git = git
        self.top = folder / "server.git"
        self.key = folder / "key"

    def gitseal(self, *arguments: str) -> None:
        done = programs.run("gitseal", *arguments, cwd=self.repo)
        assert done.returncode == 0, done.stderr

    def policy(self, *, lists: str = LISTS, environment: str = PROTECTED) -> None:
        """Writes more into the policy that `init` made."""
        place = self.repo / ".secrets/policy.yaml"
        public = self.key.with_suffix(".pub").read_text().strip()
        signing = f'  test:\n    email: test@example.com\n    signing: ["{public}"]\n'
        text = place.read_text()
        text = text if "signing:" in text else text.replace("  test:\n", signing, 1)
        place.write_text(text.rstrip("\n") + "\n" + environment + lists)

    def change(self, *, sign: bool) -> str:
        """A new value, sealed and committed; nothing of it is plaintext."""
        self.gitseal("set", "-e", "production", "TOKEN", "--generate", "hex:16")
        return self.commit(sign=sign)

    def commit(self, *, sign: bool) -> str:
        settings = ["-c", f"user.signingKey={self.key}", "-c", "gpg.format=ssh", "-c", f"commit.gpgSign={sign}".lower()]
        self.git("add", "--all")
        self.git(*settings, "commit", "--quiet", "--allow-empty", "--no-verify", "-m", "change")
        return self.git("rev-parse", "HEAD").strip()

    def push(self, *arguments: str, **environ: str) -> tuple[bool, str]:
        """Whether the server took it, and all that was said."""
        done = programs.run("git", "push", "--no-verify", self.top, *arguments, cwd=self.repo, environ=environ)
        assert "this is a bug" not in done.stderr, done.stderr
        assert (done.returncode == 0) == ("pre-receive hook declined" not in done.stderr), done.stderr
        return done.returncode == 0, done.stderr

    def takes(self, *arguments: str) -> str:
        is_taken, said = self.push(*arguments)
        assert is_taken, said
        return said

    def refuses(self, *arguments: str) -> str:
        is_taken, said = self.push(*arguments)
        assert not is_taken, said
        return said


BUILD = """
ssh-keygen -q -t ed25519 -N "" -f key
git init --quiet --bare server.git && gitseal -C server.git hook install --server
git init --quiet repo && gitseal -C repo init -e production --as test
"""


@pytest.fixture
def server(repo: Path, git: Git, tmp_path: Path, isolated: Path, templates: Templates) -> Server:
    identity = Path(".config/gitseal/identity.txt")

    def build(folder: Path) -> bytes:
        subprocess.run(["bash", "-e", "-c", BUILD], cwd=folder, check=True, capture_output=True)
        return (isolated / identity).read_bytes()

    made = templates.copy("receiving", tmp_path, build)
    (isolated / identity).parent.mkdir(parents=True, exist_ok=True)
    (isolated / identity).write_bytes(made)
    return Server(repo, git, tmp_path)


def test_the_first_push_of_a_project(server: Server) -> None:
    """Nobody can have signed by a policy that comes with it: so it says, and takes it."""
    server.policy()
    server.change(sign=False)
    assert "nobody's signature could be asked for" in server.takes("main")


def test_the_first_push_of_anything_else(server: Server, git: Git) -> None:
    git("rm", "-rq", "--cached", "--ignore-unmatch", ".")
    (server.repo / "code").write_text("words\n")
    git("add", "code")
    git("commit", "--quiet", "--no-verify", "-m", "code")
    assert "signature" not in server.takes("main")


def test_who_signed_is_asked_though_nothing_is_plaintext(server: Server, git: Git) -> None:
    server.policy()
    server.change(sign=False)
    server.takes("main")
    bad = server.change(sign=False)
    said = server.refuses("main")
    assert ".secrets/production.yaml: unsigned: " in said
    assert "it takes the signature of test" in said
    assert "nothing was taken" in said
    assert "hook allow" not in said
    assert bad not in git("-C", str(server.top), "cat-file", "--batch-all-objects", "--batch-check")
    server.takes("main:refs/heads/topic")
    assert "unsigned" in server.refuses("main"), "another ref has the commit by now"
    git("reset", "--quiet", "--hard", "HEAD~1")
    server.change(sign=True)
    assert "gitseal" not in server.takes("main")


def test_plaintext_and_a_missing_signature_are_told_together(server: Server) -> None:
    server.policy()
    server.change(sign=False)
    server.takes("main")
    (server.repo / ".env").write_text("DB_PASSWORD=x9Kq27fLmWz81TtRbVc3\n")
    server.git("add", "--force", ".env")
    server.change(sign=False)
    said = server.refuses("main")
    assert ".env:1: env-file: " in said
    assert ".secrets/production.yaml: unsigned: " in said
    assert "hook allow" in said


@pytest.mark.parametrize("environment", slow_but({""}, ["", "    protected: true\n"]))
def test_a_project_without_lists_is_asked_for_nothing(server: Server, environment: str) -> None:
    """Its hook is there for plaintext; `verify` by name says what a protected environment lacks."""
    server.policy(lists="", environment=environment)
    server.change(sign=False)
    server.takes("main")
    old = server.change(sign=False)
    assert "gitseal" not in server.takes("main")
    server.change(sign=False)
    assert "gitseal" not in server.takes("main")
    server.git("reset", "--quiet", "--hard", old)
    assert "gitseal" not in server.takes("--force", "main")


@pytest.mark.slow
def test_a_first_list_is_asked_for_from_the_next_push_on(server: Server) -> None:
    server.policy(lists="", environment="")
    server.change(sign=False)
    server.takes("main")
    server.policy()
    server.commit(sign=False)
    server.takes("main")
    server.change(sign=False)
    assert "unsigned" in server.refuses("main")


def test_secrets_that_come_to_a_server_that_had_none(server: Server, git: Git) -> None:
    git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", "nothing")
    server.takes("main")
    server.policy()
    server.change(sign=False)
    said = server.takes("main")
    assert "no-policy: there was no policy before this" in said


@pytest.mark.slow
def test_the_default_branch_neither_goes_back_nor_away(server: Server, git: Git) -> None:
    """No new commit comes with that, so nothing that is scanned."""
    git("-C", str(server.top), "config", "receive.denyDeleteCurrent", "ignore")
    server.policy()
    first = server.change(sign=False)
    server.takes("main")
    server.change(sign=True)
    server.takes("main", "main:topic")
    assert "not-descendant" in server.refuses("--force", f"{first}:refs/heads/main")
    assert "not-descendant" in server.refuses(":main")
    server.takes("--force", f"{first}:refs/heads/topic")
    server.takes(":topic")


def test_a_merge_that_drops_a_change(server: Server, git: Git) -> None:
    """It brings no file of its own, as `git log` shows merges."""
    server.policy()
    first = server.change(sign=False)
    server.takes("main")
    git("branch", "old")
    server.change(sign=True)
    server.takes("main")
    git("checkout", "--quiet", "old")
    (server.repo / "code").write_text("words\n")
    git("add", "code")
    git("commit", "--quiet", "--no-verify", "-m", "code")
    git("merge", "--quiet", "--no-verify", "--strategy=ours", "--no-edit", "main")
    assert git("diff-tree", "-c", "--name-only", "--no-commit-id", "HEAD") == ""
    assert git("rev-parse", "HEAD:.secrets") == git("rev-parse", f"{first}:.secrets")
    assert "unsigned" in server.refuses("HEAD:main")


def _two_sides(server: Server, git: Git) -> None:
    """Two branches that each set a name of their own in one file, signed; main has the first."""
    server.policy()
    server.gitseal("set", "-e", "production", "FIRST=hush-one-1", "SECOND=hush-two-2")
    server.commit(sign=False)
    server.takes("main")
    git("branch", "side")
    server.gitseal("set", "-e", "production", "FIRST=hush-one-3")
    server.commit(sign=True)
    server.takes("main")
    git("checkout", "--quiet", "side")
    server.gitseal("set", "-e", "production", "SECOND=hush-two-4", "THIRD=hush-three-5")
    server.commit(sign=True)
    git("checkout", "--quiet", "main")


@pytest.mark.slow
def test_a_merge_by_a_forge_of_two_signed_sides(server: Server, git: Git, tmp_path: Path) -> None:
    """Nobody signs it, and nobody chose anything in it: it is just what the two sides give, made again by our code."""
    _two_sides(server, git)
    git("config", "--file", str(server.top / "config"), "merge.gitseal.driver", f"touch {tmp_path}/ran; false")
    git("merge", "--quiet", "--no-verify", "--no-edit", "side")
    assert git("log", "-1", "--format=%P").count(" ") == 1
    made = git("rev-parse", "HEAD").strip()
    for altered in ("FIRST", "SECOND"):
        server.gitseal("set", "-e", "production", f"{altered}=hush-other-6")
        git("commit", "--quiet", "--no-verify", "--amend", "--no-edit", "--all")
        assert "unsigned" in server.refuses("main"), altered
        git("reset", "--quiet", "--hard", made)
    server.takes("main")
    assert not (tmp_path / "ran").exists()


@pytest.mark.slow
def test_a_merge_that_keeps_one_side_of_the_file(server: Server, git: Git) -> None:
    """`-s ours` and an old state of the other side are no merge of the two."""
    _two_sides(server, git)
    git("merge", "--quiet", "--no-verify", "--no-edit", "-s", "ours", "side")
    assert "unsigned" in server.refuses("main")
    git("reset", "--quiet", "--hard", "HEAD~1")
    git("merge", "--quiet", "--no-verify", "--no-edit", "side")
    git("checkout", "side", "--", ".secrets/production.yaml")
    git("commit", "--quiet", "--no-verify", "--amend", "--no-edit", "--all")
    assert "unsigned" in server.refuses("main")


@pytest.mark.slow
def test_two_policies_merged_by_a_forge(server: Server, git: Git) -> None:
    """By structure. What opens something that neither side opened is for somebody to look at."""
    server.policy()
    policy = server.repo / ".secrets/policy.yaml"
    policy.write_text(policy.read_text().replace("groups:\n", "groups:\n  others: [test]\n"))
    server.change(sign=False)
    server.takes("main")
    start = git("rev-parse", "HEAD").strip()
    public = "age1sxrms53khryca8x5jy5kw20lkzjwqk500kmfgkmrt7d6t7saxpjqwtyj4r"

    git("checkout", "--quiet", "-b", "side")
    policy.write_text(policy.read_text().replace("recipients:\n", f"recipients:\n  zoe: {{keys: [{public}]}}\n\n"))
    server.commit(sign=True)
    git("checkout", "--quiet", "-b", "widens", start)
    new = policy.read_text().replace("recipients:\n", f"recipients:\n  zoe: {{keys: [{public}]}}\n\n")
    policy.write_text(new.replace("others: [test]", "others: [test, zoe]"))
    server.commit(sign=True)

    git("checkout", "--quiet", "main")
    policy.write_text(policy.read_text().replace("    open: [team]\n", "    open: [team, others]\n"))
    server.commit(sign=True)
    server.takes("main")
    git("merge", "--quiet", "--no-verify", "--no-edit", "side")
    server.takes("main")
    git("reset", "--quiet", "--hard", "HEAD~1")
    git("merge", "--no-verify", "--no-commit", "-s", "ours", "widens")
    both = git("show", "widens:.secrets/policy.yaml").replace("    open: [team]\n", "    open: [team, others]\n")
    policy.write_text(both)
    server.commit(sign=False)
    assert ".secrets/policy.yaml: unsigned" in server.refuses("--force", "HEAD:refs/heads/new", "HEAD:main")


@pytest.mark.slow
def test_what_a_push_of_code_loads(server: Server, git: Git) -> None:
    """A merge of what already exists is code too, unless it changes something."""
    server.policy()
    server.change(sign=False)
    server.takes("main")
    git("branch", "topic")
    for branch in ("main", "topic"):
        git("checkout", "--quiet", branch)
        (server.repo / branch).write_text("words\n")
        git("add", branch)
        git("commit", "--quiet", "--no-verify", "-m", "code")
    git("merge", "--quiet", "--no-verify", "--no-edit", "main")
    assert _loaded(server, "HEAD:main") == set()
    server.change(sign=True)
    assert _loaded(server, "HEAD:main") >= {"gitseal.audit.verify.verify", "gitseal.git.signatures"}


def _loaded(server: Server, *arguments: str) -> set[str]:
    """Modules of ours that verify and that this push loaded on the server."""
    is_taken, said = server.push(*arguments, PYTHONPROFILEIMPORTTIME="1")
    assert is_taken, said
    modules = {line.rpartition("|")[2].strip() for line in said.splitlines() if "import time:" in line}
    assert "gitseal.audit.hook.at_refs" in modules
    words = ("audit.verify.verify", "git.signatures", "git.commits", "crypto.sshsig")
    return modules & {f"gitseal.{word}" for word in words}
