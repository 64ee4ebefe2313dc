"""Values sealed offline to a key in a real OpenBao, opened by whoever may decrypt with it there and has no identity here."""

import json
import shutil
import socket
import subprocess
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import programs
from tests.servers.openbao import Bao
from tests.servers.scripted import send, server
from tests.stories import runner
from tests.templates import Templates

VECTORS = json.loads((Path(__file__).parents[1] / "recipients/kms-vectors.json").read_text())
CLOUD_KEY = VECTORS[0]["recipient"]


class Deploy(NamedTuple):
    """A project whose production a machine with a cloud key may open, and the environment of a job that has only a token."""

    top: Path
    bao: Bao
    name: str
    home: Path

    def token(self) -> str:
        return self.bao.token_for(f'path "transit/decrypt/{self.name}" {{ capabilities = ["update"] }}')

    def job(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """What a command gives in a job with this environment and no identity."""
        surroundings = {"HOME": str(self.home), "XDG_CONFIG_HOME": "", **environ}
        return programs.run(programs.GITSEAL, *words, cwd=self.top, environ=surroundings)

    def with_token(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return self.job(*words, **{"VAULT_ADDR": self.bao.address, "VAULT_TOKEN": self.token()} | environ)

    def person(self, *words: str, **environ: str) -> str:
        done = programs.run(programs.GITSEAL, *words, cwd=self.top, environ=environ)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def commit(self) -> None:
        programs.git(self.top, "add", "-A")
        programs.git(self.top, "commit", "-qm", "sealed")


def sealed_to(bao: Bao, name: str, folder: Path) -> Deploy:
    """A new project in a folder, whose production is sealed to a new key of this name."""
    (folder / "deploy.pem").write_bytes(bao.transit_key(name))
    for place in ("job", "repo"):
        (folder / place).mkdir()
    made = Deploy(folder / "repo", bao, name, folder / "job")
    programs.git(made.top, "init", "-q")
    made.person("init", "-e", "development,production", "--as", "alice")
    made.person("set", "-e", "production", "A=hush", "B=secret")
    public = ("--kms", f"vault:transit/keys/{name}@1", "--public", str(folder / "deploy.pem"))
    made.person("recipient", "add", "deploy", *public, "--machine", "--open", "production", "--yes")
    made.person("rekey", "--yes")
    made.commit()
    return made


@pytest.fixture
def deploy(bao: Bao, isolated: Path, tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """A project of one's own. The key is that of all tests: it is left as it is."""

    def build(folder: Path) -> None:
        sealed_to(bao, "deploy", folder)
        shutil.copytree(isolated / ".config", folder / "alice")

    templates.copy("sealed to a key service", tmp_path, build)
    shutil.copytree(tmp_path / "alice", isolated / ".config", dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path / "repo")
    return Deploy(tmp_path / "repo", bao, "deploy", tmp_path / "job")


def test_a_token_that_may_only_decrypt_renders(deploy: Deploy) -> None:
    done = deploy.with_token("render", "-e", "production")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "A='hush'\nB='secret'\n"


@pytest.mark.slow
def test_every_reader_opens_by_one_call_for_all_names_of_the_access_group(deploy: Deploy) -> None:
    def pass_on(request: BaseHTTPRequestHandler) -> None:
        headers = {"X-Vault-Token": request.headers["X-Vault-Token"]}
        there = urllib.request.Request(deploy.bao.address + request.path, asked.bodies[-1], headers)  # noqa: S310 - ours
        with urllib.request.urlopen(there) as answer:  # noqa: S310 - ours
            send(answer.read())(request)

    for words in ("render -e production", "run -e production -- true", "whoami"):
        with server(pass_on) as asked:
            deploy.with_token(*words.split(), VAULT_ADDR=asked.url)
        assert asked.requests == [f"POST /v1/transit/decrypt/{deploy.name}"], words
    assert deploy.with_token("get", "-e", "production", "A").stdout == "hush\n"
    assert deploy.with_token("run", "-e", "production", "--", "printenv", "A").stdout.endswith("\n")
    who = deploy.with_token("whoami")
    assert who.returncode == 0
    assert "production: default" in who.stdout
    assert f"vault:transit/keys/{deploy.name}@1: opens, by VAULT_TOKEN" in who.stderr


UNATTENDED = (
    "status", "check", "list -e production", "log", "recipient list", "doctor", "access", "due", "scan", "review HEAD..HEAD",
)  # fmt: skip


@pytest.mark.slow
def test_a_program_opens_values_in_the_same_way(deploy: Deploy) -> None:
    code = "import gitseal; print(gitseal.load('production')['A'].reveal())"
    here = {"HOME": str(deploy.home), "XDG_CONFIG_HOME": ""}
    environ = here | {"VAULT_ADDR": deploy.bao.address, "VAULT_TOKEN": deploy.token()}
    assert programs.run(sys.executable, "-c", code, cwd=deploy.top, environ=environ).stdout == "hush\n"
    denied = programs.run(sys.executable, "-c", code, cwd=deploy.top, environ=environ | {"VAULT_TOKEN": "hvs.no"})
    assert f"vault:transit/keys/{deploy.name}@1: the token is not valid" in denied.stderr


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "hvs." not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.slow
def test_every_way_to_be_refused_says_which_key_and_what_to_do(bao: Bao, repo: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    deploy = sealed_to(bao, "refused", tmp_path / "own")
    key, render = f"vault:transit/keys/{deploy.name}@1", ("render", "-e", "production")
    refused(deploy.with_token(*render, VAULT_TOKEN="hvs.wrong"), key, "may not", " token capabilities transit/decrypt/")
    other = bao.token_for('path "transit/decrypt/other" { capabilities = ["update"] }')
    refused(deploy.with_token(*render, VAULT_TOKEN=other), key, "may not")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        refused(
            deploy.with_token(*render, VAULT_ADDR=address), key, "cannot be reached", "VAULT_ADDR has the right host"
        )
    bao.call("POST", f"transit/keys/{deploy.name}/rotate", {})
    bao.call("POST", f"transit/keys/{deploy.name}/config", {"min_decryption_version": 2, "deletion_allowed": True})
    refused(deploy.with_token(*render), key, "disabled", "enabled again")
    bao.call("DELETE", f"transit/keys/{deploy.name}")
    refused(deploy.with_token(*render), key, "no such key", "deleted")
    # Nothing to sign in with: then it is nobody's key here.
    refused(deploy.job(*render), "GITSEAL_IDENTITY", f"  {key}: no address of Vault is set; set VAULT_ADDR to it")


@pytest.mark.slow
def test_an_identity_that_is_named_is_the_only_one(deploy: Deploy, tmp_path: Path) -> None:
    keygen = deploy.person("keygen", "-o", str(tmp_path / "other.txt"))
    assert keygen
    for words, environ in (
        (("--identity", str(tmp_path / "other.txt")), {}),
        ((), {"GITSEAL_IDENTITY_FILE": str(tmp_path / "other.txt")}),
    ):
        refused(deploy.with_token(*words, "get", "-e", "production", "A", **environ))


def test_an_identity_on_the_machine_opens_without_a_call(deploy: Deploy) -> None:
    # An address at which nobody listens would be told.
    done = programs.run(
        programs.GITSEAL, "get", "-e", "production", "A", cwd=deploy.top,
        environ={"VAULT_ADDR": "http://127.0.0.1:9", "VAULT_TOKEN": "x"},
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("hush\n", "", 0)


@pytest.mark.slow
def test_a_key_that_the_trusted_ref_lacks_is_not_asked_for_without_a_yes(
    deploy: Deploy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    programs.git(tmp_path, "clone", "-q", str(deploy.top), str(clone))
    there = deploy._replace(top=clone)
    assert there.with_token("get", "-e", "production", "A").stdout == "hush\n"
    # On a branch somebody puts another key, and seals to it.
    programs.git(deploy.top, "switch", "-qc", "other")
    (tmp_path / "evil.pem").write_bytes(deploy.bao.transit_key(f"{deploy.name}-evil"))
    public = ("--kms", f"vault:transit/keys/{deploy.name}-evil@1", "--public", str(tmp_path / "evil.pem"), "--yes")
    deploy.person("recipient", "replace-key", f"vault:transit/keys/{deploy.name}@1", *public)
    deploy.person("rekey", "--yes")
    deploy.commit()
    programs.git(clone, "fetch", "-q")
    programs.git(clone, "switch", "-q", "other")
    token = deploy.bao.token_for('path "transit/decrypt/*" { capabilities = ["update"] }')
    done = there.with_token("get", "-e", "production", "A", VAULT_TOKEN=token)
    refused(
        done,
        f"{deploy.name}-evil@1: the policy of origin/main lacks this key of deploy",
        "gitseal recipient add deploy",
    )
    assert "evil" in there.with_token("whoami", VAULT_TOKEN=token).stderr
    # The command of the hint is the yes, or a person's at a terminal; either is remembered.
    known = clone / ".git/gitseal/known"
    before = known.read_bytes() if known.exists() else None
    _, command, words = done.stderr.partition("gitseal recipient add")
    hint = f"{command}{words}".splitlines()[0]
    programs.run("sh", "-c", hint, cwd=clone, environ={"HOME": str(there.home), "XDG_CONFIG_HOME": ""})
    assert programs.git(clone, "status", "--porcelain") == ""
    assert there.with_token("get", "-e", "production", "A", VAULT_TOKEN=token).stdout == "hush\n"
    known.write_bytes(before) if before is not None else known.unlink()
    surroundings = {
        "HOME": str(there.home),
        "XDG_CONFIG_HOME": "",
        "VAULT_ADDR": deploy.bao.address,
        "VAULT_TOKEN": token,
    }
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    get = "gitseal get -e production A"
    runner.run(f"tty {get}\n> Ask it all the same\\?\n< yes\n> hush\n{get}\nstdout '^hush$'\n", clone)


@pytest.mark.slow
def test_what_needs_no_value_makes_no_call(deploy: Deploy) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        for words in UNATTENDED:
            done = deploy.with_token(*words.split(), VAULT_ADDR=address)
            assert done.returncode in {0, 1}, done.stderr
        # Nor do Git's hook and its diff, whose environment has a token as well.
        (deploy.top / "note.txt").write_text("hush and more words")
        environ = {"HOME": str(deploy.home), "XDG_CONFIG_HOME": "", "VAULT_ADDR": address, "VAULT_TOKEN": "x"}
        for git in (("add", "-A"), ("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x"), ("show",)):
            programs.run("git", *git, cwd=deploy.top, environ=environ)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_stanza_of_another_key_or_file_key_is_damaged_before_any_value_is_used(deploy: Deploy) -> None:
    path = deploy.top / ".secrets/production.yaml"
    text = path.read_text()
    # The stanza of the machine under another file's data key: what the service gives opens it, and the key id is another.
    deploy.person("set", "-e", "development", "A=plain")
    deploy.person("recipient", "add", "deploy", "--open", "development")
    deploy.person("rekey", "--yes")
    other = (deploy.top / ".secrets/development.yaml").read_text()

    def stanza(of: str) -> str:
        return of.partition("        deploy:")[2].partition("STANZA[")[2].partition("]")[0]

    path.write_text(text.replace(stanza(text).partition(",")[2].partition(",")[2], stanza(other).rpartition(",")[2]))
    refused(deploy.with_token("get", "-e", "production", "A"), "another key")


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param((), id="no cloud key", marks=pytest.mark.slow),
        pytest.param((CLOUD_KEY,), id="a cloud key beside an identity"),
    ],
)
def test_whoever_needs_no_key_service_loads_nothing_of_it(repo: Path, keys: tuple[str, ...]) -> None:
    deploy = Deploy(repo, Bao(""), "", repo)
    deploy.person("init", "-e", "production", "--as", "alice")
    deploy.person("set", "-e", "production", *(f"NAME_{number}=value{number}" for number in range(100)))
    for key in keys:
        deploy.person("recipient", "add", "deploy", key, "--machine", "--open", "production")
        deploy.person("rekey", "--yes")
    code = (
        "import sys\nfrom gitseal.cli.main import main\n"
        "sys.argv = ['gitseal', 'render', '-e', 'production']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "ours = ('gitseal.recipients.clouds', 'gitseal.recipients.kms', 'gitseal.remote', 'gitseal.identities.cloud_source',\n"
        "        'gitseal.project.belief')\n"
        "loaded = [name for name in sys.modules if name.startswith(ours)]\n"
        "assert not loaded, loaded\n"
        "assert not {'ssl', 'http.client', 'boto3', 'google', 'azure', 'pkcs11'} & set(sys.modules)\n"
    )  # fmt: skip
    done = programs.run(sys.executable, "-c", code, cwd=repo)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 100


@pytest.mark.slow
def test_the_public_half_is_fetched_shown_and_asked_about(bao: Bao, repo: Path) -> None:
    bao.transit_key("fetch-me")
    environ = bao.environ
    deploy = Deploy(repo, bao, "fetch-me", repo)
    deploy.person("init", "-e", "production", "--as", "alice")
    deploy.person("set", "-e", "production", "A=hush")
    add = ("recipient", "add", "deploy", "--kms", "vault:transit/keys/fetch-me", "--machine", "--open", "production")
    asked = programs.run(programs.GITSEAL, *add, cwd=repo, environ=environ)
    refused(
        asked, "vault:transit/keys/fetch-me@1 has this public half", "fingerprint SHA256:", "is new to this clone",
        "it comes from vault", "--accept-recipient",
    )  # fmt: skip
    assert "deploy" not in (repo / ".secrets/policy.yaml").read_text()
    assert "added deploy" in deploy.person(*add, "--yes", **environ)
    assert "vault:transit/keys/fetch-me@1:MII" in (repo / ".secrets/policy.yaml").read_text()
    # The next version takes its place, and both are one machine's.
    bao.call("POST", "transit/keys/fetch-me/rotate", {})
    renew = ("recipient", "replace-key", "vault:transit/keys/fetch-me@1", "--kms", "vault:transit/keys/fetch-me")
    assert "replaced a key of deploy" in deploy.person(*renew, "--yes", **environ)
    assert "fetch-me@2:MII" in (repo / ".secrets/policy.yaml").read_text()


@pytest.mark.slow
def test_a_key_that_cannot_be_fetched_changes_nothing(bao: Bao, repo: Path) -> None:
    deploy = Deploy(repo, bao, "none", repo)
    deploy.person("init", "-e", "production", "--as", "alice")
    policy = (repo / ".secrets/policy.yaml").read_bytes()
    bao.transit_key("unused")
    bao.call("POST", "transit/keys/sign", {"type": "ecdsa-p256"})
    reader = bao.token_for('path "transit/keys/other" { capabilities = ["read"] }')
    for locator, environ, words in (
        ("vault:transit/keys/none", {}, "there is no such key"),
        ("vault:transit/keys/sign", {}, "no public key that values can be sealed to"),
        ("vault:transit/keys/unused", {"VAULT_TOKEN": reader}, " token capabilities transit/keys/unused"),
        ("vault:transit/keys/unused", {"VAULT_ADDR": "http://vault.example.com:8200"}, "plain HTTP"),
        ("vault:transit/keys/unused", {"VAULT_ADDR": ""}, "set VAULT_ADDR"),
    ):
        add = ("recipient", "add", "deploy", "--kms", locator, "--machine", "--open", "production", "--yes")
        refused(programs.run(programs.GITSEAL, *add, cwd=repo, environ=bao.environ | environ), words)
    assert (repo / ".secrets/policy.yaml").read_bytes() == policy
