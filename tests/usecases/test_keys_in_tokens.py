"""Values sealed offline to a key in a real token, opened by whoever has it and its PIN, and each way in which it says no."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests import programs
from tests.servers import softhsm
from tests.servers.softhsm import PIN, HsmToken, SoftHsm
from tests.slow import slow_but
from tests.templates import Templates

GET = ("get", "-e", "production", "A")
LOCKED, COUNT_LOW, FINAL_TRY = "0x40000", "0x10000", "0x20000"


class Deploy(NamedTuple):
    """A folder with a project that a token opens, the home of somebody who has an identity, and that of a job, which has none."""

    folder: Path
    token: HsmToken

    @property
    def top(self) -> Path:
        return self.folder / "top"

    def person(self, *words: str) -> str:
        done = programs.run(programs.GITSEAL, *words, cwd=self.top, environ=self._home("alice"))
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def with_token(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return programs.run(programs.GITSEAL, *words, cwd=self.top, environ=self.job | environ)

    @property
    def job(self) -> dict[str, str]:
        return self._home("job") | self.token.environ

    def _home(self, name: str) -> dict[str, str]:
        return {"HOME": str(self.folder / name), "XDG_CONFIG_HOME": ""}


def sealed_to(token: HsmToken, folder: Path, locator: str = "") -> Deploy:
    """A new project in a folder, whose environments are sealed to the key in a token."""
    made = Deploy(folder, token)
    for name in ("top", "alice", "job"):
        (folder / name).mkdir(parents=True)
    (folder / "key.pem").write_bytes(token.public)
    programs.git(made.top, "init", "-q")
    made.person("init", "-e", "development,production", "--as", "alice")
    public = ("--kms", locator or token.locator, "--public", str(folder / "key.pem"))
    made.person("recipient", "add", "deploy", *public, "--machine", "--open", "development,production", "--yes")
    made.person("set", "-e", "development", "A=other")
    made.person("set", "-e", "production", "A=hush")
    made.person("rekey", "--yes")
    programs.git(made.top, "add", "-A")
    programs.git(made.top, "commit", "-qm", "sealed")
    return made


@pytest.fixture
def hsm(new_soft_hsm: Callable[[], SoftHsm]) -> SoftHsm:
    return new_soft_hsm()


@pytest.fixture
def deploy(new_soft_hsm: Callable[[], SoftHsm], templates: Templates, tmp_path: Path) -> Deploy:
    """A project of one's own. The token is that of all tests: it is left without a wrong PIN, and as it is."""

    def build(folder: Path) -> HsmToken:
        token = new_soft_hsm().token("deploy")
        sealed_to(token, folder)
        return token

    return Deploy(tmp_path / "project", templates.copy("sealed to a token", tmp_path / "project", build))


def rsa_public() -> bytes:
    key = rsa.generate_private_key(65537, 2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert (done.returncode, done.stdout) == (1, ""), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert PIN not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_whoever_has_the_token_and_its_pin_opens(deploy: Deploy) -> None:
    assert deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN).stdout == "hush\n"


@pytest.mark.parametrize("end", slow_but({"\r\n"}, ["", "\n", "\r\n"]))
def test_the_pin_may_be_a_line_of_a_file(deploy: Deploy, tmp_path: Path, end: str) -> None:
    (tmp_path / "pin").write_text(f"{PIN}{end}", newline="")
    done = deploy.with_token("render", "-e", "production", GITSEAL_PKCS11_PIN_FILE=str(tmp_path / "pin"))
    assert (done.stdout, done.stderr) == ("A='hush'\n", "")


def test_no_program_that_gitseal_starts_gets_the_pin(deploy: Deploy) -> None:
    run = deploy.with_token("run", "-e", "production", "--", "env", GITSEAL_PKCS11_PIN=PIN, GITSEAL_PKCS11_PIN_FILE="x")
    assert "A=" in run.stdout
    assert "PKCS11_PIN" not in run.stdout + run.stderr


@pytest.mark.slow
def test_a_token_that_takes_the_padding_off_itself_opens(token_shim: Path, repo: Path, tmp_path: Path) -> None:
    module = next(filter(os.path.exists, softhsm.NSS), None) or pytest.skip(
        "NSS's module is in none of its usual places"
    )
    deploy = sealed_to(softhsm.nss_token(module, token_shim, tmp_path / "nss"), tmp_path / "project")
    assert deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN).stdout == "hush\n"
    refused(deploy.with_token(*GET, GITSEAL_PKCS11_PIN="wrong-pin"), "the PIN is wrong")


@pytest.mark.slow
def test_a_person_is_asked_for_the_pin_once_a_command(deploy: Deploy, token_shim: Path) -> None:
    shim = {"SHIM_MODULE": deploy.token.environ["GITSEAL_PKCS11_MODULE"], "GITSEAL_PKCS11_MODULE": str(token_shim)}
    both = typing(deploy, PIN, "diff", "development", "production")
    assert (both.count("PIN of the token"), "1 different" in both) == (1, True)
    typed = typing(deploy, PIN, "render", "-e", "production")
    assert f"token=deploy;serial={deploy.token.serial}" in typed
    assert "A='hush'" in typed
    assert PIN not in typed
    assert "whose last try" in typing(deploy, PIN, *GET, SHIM_FLAGS=FINAL_TRY, **shim)
    wrong = typing(deploy, "wrong-pin", *GET)
    assert wrong.count("PIN of the token") == 1
    assert "the PIN is wrong" in wrong
    assert "wrong-pin" not in wrong
    assert deploy.token.label in typing(deploy, PIN, *GET)  # and the token has forgotten the wrong one


# Runs a command on a terminal of its own, and types a PIN each time that it asks for one.
_TYPING = """
import os, pty, sys
pin, *command = sys.argv[1:]
child, terminal = pty.fork()
if not child:
    os.execv(command[0], command)
shown, asked = b"", 0
try:
    while data := os.read(terminal, 65536):
        shown += data
        if shown.endswith(b": ") and shown.count(b"PIN of the token") > asked:
            asked += 1
            os.write(terminal, pin.encode() + b"\\n")
except OSError:
    pass
os.waitpid(child, 0)
sys.stdout.write(shown.decode())
"""


def typing(deploy: Deploy, pin: str, *words: str, **environ: str) -> str:
    """What somebody at a terminal sees, who types this whenever a PIN is asked for."""
    command = (sys.executable, "-c", _TYPING, pin, programs.GITSEAL, *words)
    return programs.run(*command, cwd=deploy.top, environ=deploy.job | environ).stdout


def test_a_wrong_pin_is_given_once(deploy: Deploy) -> None:
    refused(deploy.with_token(*GET, GITSEAL_PKCS11_PIN="wrong-pin"), "the PIN is wrong")
    refused(deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN), "was given a wrong PIN before")
    typing(deploy, PIN, *GET)  # and the token has forgotten the wrong one


@pytest.mark.slow
def test_no_pin_is_given_after_a_wrong_one(deploy: Deploy, token_shim: Path, tmp_path: Path) -> None:
    shim = {"SHIM_MODULE": deploy.token.environ["GITSEAL_PKCS11_MODULE"], "GITSEAL_PKCS11_MODULE": str(token_shim)}
    logins = tmp_path / "logins"

    def tries(*words: str, **environ: str) -> tuple[int, str]:
        logins.unlink(missing_ok=True)
        done = deploy.with_token(*words, **shim, SHIM_LOG=str(logins), **environ)
        return (logins.read_text().count("login") if logins.exists() else 0), done.stderr

    # Two environments, which one command opens.
    both = ("diff", "development", "production")
    assert tries(*GET, GITSEAL_PKCS11_PIN=PIN)[0] == 1
    number, told = tries(*both, GITSEAL_PKCS11_PIN="wrong-pin")
    assert number == 1, told
    # The next command does not give it either, nor the right one: a script cannot know.
    for pin in ("wrong-pin", PIN):
        number, told = tries(*GET, GITSEAL_PKCS11_PIN=pin)
        assert number == 0
        assert "was given a wrong PIN before" in told
    assert "A='hush'" in typing(deploy, PIN, "render", "-e", "production")
    assert tries(*GET, GITSEAL_PKCS11_PIN=PIN)[0] == 1
    # No more is tried with a token that says that it is locked, or that the next wrong one locks it.
    for flag, words in ((LOCKED, "the token is locked"), (FINAL_TRY, "a wrong PIN before")):
        number, told = tries(*GET, GITSEAL_PKCS11_PIN=PIN, SHIM_FLAGS=flag)
        assert number == 0
        assert words in told
    number, told = tries(*GET, GITSEAL_PKCS11_PIN=PIN, SHIM_LOGIN="0xa4")
    assert (number, "the token is locked" in told) == (1, True)


@pytest.mark.slow
def test_the_pin_of_a_variable_goes_to_no_token_if_another_may_want_it(
    hsm: SoftHsm, repo: Path, tmp_path: Path
) -> None:
    first, second = hsm.token("deploy", pin="another-pin"), hsm.token("personal")
    deploy = sealed_to(first, tmp_path / "project")
    (deploy.folder / "key.pem").write_bytes(second.public)
    public = ("--kms", second.locator, "--public", str(deploy.folder / "key.pem"))
    deploy.person("recipient", "add", "person", *public, "--machine", "--open", "production", "--yes")
    deploy.person("rekey", "--yes")
    programs.git(deploy.top, "commit", "-qam", "sealed to both")
    both = (f"token=deploy;serial={first.serial}", f"token=personal;serial={second.serial}")
    refused(deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN), "which of these tokens its PIN is for", *both)
    # Neither of them was given a PIN, so nothing says that one was wrong.
    assert "wrong PIN" not in deploy.with_token("whoami", GITSEAL_PKCS11_PIN=PIN).stdout
    # A PIN that is wrong for one of them says nothing about the other.
    typed = typing(deploy, PIN, "render", "-e", "production")
    assert (typed.count("PIN of the token"), "A='hush'" in typed) == (2, True), typed


def test_what_is_not_there_is_said(
    deploy: Deploy, hsm: SoftHsm, new_soft_hsm: Callable[[], SoftHsm], tmp_path: Path
) -> None:
    pin = {"GITSEAL_PKCS11_PIN": PIN}
    key = deploy.token.locator
    refused(deploy.with_token(*GET), key, "the PIN of the token is not at hand", "GITSEAL_PKCS11_PIN_FILE")
    refused(
        deploy.with_token(*GET, GITSEAL_PKCS11_PIN_FILE=str(tmp_path / "none")),
        "GITSEAL_PKCS11_PIN_FILE cannot be read",
    )
    refused(deploy.with_token(*GET, **pin, GITSEAL_PKCS11_MODULE="libsofthsm2.so"), "no whole path")
    refused(deploy.with_token(*GET, **pin, GITSEAL_PKCS11_MODULE="/nowhere/x.so"), "is not there")
    (tmp_path / "text.so").write_text("text")
    refused(deploy.with_token(*GET, **pin, GITSEAL_PKCS11_MODULE=str(tmp_path / "text.so")), "is no PKCS#11 module")
    # Without a module it is nobody's key here.
    refused(deploy.with_token(*GET, **pin, GITSEAL_PKCS11_MODULE=""), "GITSEAL_IDENTITY")
    # Another token is in the reader.
    other = new_soft_hsm()
    there = other.token("other")
    done = deploy.with_token(*GET, **pin, **other.environ)
    refused(done, key, "there is no such token here", f"token=other;serial={there.serial}")


@pytest.mark.slow
def test_a_key_that_is_not_in_the_token_or_another_one_is_told(hsm: SoftHsm, repo: Path, tmp_path: Path) -> None:
    token = hsm.token("deploy", key_id="02")
    deploy = sealed_to(token, tmp_path / "project")
    refused(deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN), "the token has no RSA key of that name")
    hsm.key(token.serial, "another", key_id="01")
    refused(deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN), "there is another key of that name now", "replace-key")
    hsm.key(token.serial, "third", key_id="01")
    refused(deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN), "several keys of that name")


@pytest.mark.slow
def test_two_tokens_of_one_label_are_told_apart_by_their_serial_numbers(
    hsm: SoftHsm, repo: Path, tmp_path: Path
) -> None:
    token = hsm.token("deploy")
    deploy = sealed_to(token, tmp_path / "project", "pkcs11:token=deploy;id=%01")
    assert deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN).stdout == "hush\n"
    hsm.token("deploy", key_id="02")
    refused(deploy.with_token(*GET, GITSEAL_PKCS11_PIN=PIN), "several tokens have that name", f"serial={token.serial}")


def test_a_missing_package_is_told_with_the_command_that_installs_it(deploy: Deploy) -> None:
    code = (
        "import sys\nsys.modules['pkcs11'] = None\nfrom gitseal.cli.main import main\n"
        f"sys.argv = {['gitseal', *GET]!r}\nsys.exit(main())\n"
    )
    environ = deploy.job | {"GITSEAL_PKCS11_PIN": PIN}
    done = programs.run(sys.executable, "-c", code, cwd=deploy.top, environ=environ)
    refused(done, "needs the package python-pkcs11", "-m pip install python-pkcs11")


@pytest.mark.slow
def test_the_public_half_is_fetched_without_a_pin_and_the_name_made_whole(deploy: Deploy) -> None:
    def add(name: str, locator: str) -> str:
        words = ("recipient", "add", name, "--kms", locator, "--machine", "--yes")
        return deploy.with_token(*words).stderr

    # As p11tool prints it.
    model = f"model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial={deploy.token.serial};token=deploy"
    for given in (
        f"{model};id=%01;object=deploy;type=public",
        f"{model};object=deploy",
        "token=deploy;object=deploy;type=cert",
    ):
        assert f"{deploy.token.locator} has this public half" in add("other", f"pkcs11:{given}")
    # What is whole stays as it is: the same key may be in another token, too.
    assert "pkcs11:token=deploy;id=%01 has this public half" in add("other", "pkcs11:token=deploy;id=%01")
    for given in (
        f"token=deploy;id=%01?module-path={deploy.top}/x.so",
        "token=deploy;id=%01;pin-value=1234",
        "slot-id=0;id=%01",
    ):
        words = ("recipient", "add", "other", "--kms", f"pkcs11:{given}", "--yes")
        refused(deploy.with_token(*words), "this is not how a key of a PKCS#11 token is named")


@pytest.mark.slow
def test_a_key_service_without_a_pin_is_asked_before_a_token(deploy: Deploy) -> None:
    (deploy.folder / "other.pem").write_bytes(rsa_public())
    public = ("--kms", "vault:transit/keys/deploy@1", "--public", str(deploy.folder / "other.pem"))
    deploy.person("recipient", "add", "zed", *public, "--machine", "--open", "production", "--yes")
    deploy.person("rekey", "--yes")
    programs.git(deploy.top, "commit", "-qam", "sealed to both")
    told = typing(deploy, PIN, "whoami")
    assert told.index("\n  vault:transit") < told.index("\n  pkcs11:token")
    assert typing(deploy, PIN, *GET).endswith("hush\r\n")
