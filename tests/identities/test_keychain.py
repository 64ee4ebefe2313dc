"""Identities in the system's keychain: a real Secret Service under a D-Bus of its own, if the machine has one."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.backends.SecretService
import keyring.core
import pytest

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.identities import discover, keychain
from gitseal.recipients import x25519
from gitseal.usecases.keygen import keygen_into_keychain
from tests import programs

BUS = "DBUS_SESSION_BUS_ADDRESS"
PASSWORD = b"hush the login"


class Desktop:
    """A session bus with GNOME's Secret Service on it, and what a process in that session has in its environment."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "run").mkdir(mode=0o700)
        self._environ = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_RUNTIME_DIR": f"{home}/run"}
        bus = ("dbus-daemon", "--session", "--nofork", "--print-address=1")
        self._bus = subprocess.Popen(
            bus, env=self._environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._bus.stdout is not None
        self.settings = {BUS: self._bus.stdout.readline().strip(), "XDG_RUNTIME_DIR": f"{home}/run"}
        self.log_in()

    def log_in(self) -> None:
        """Starts the keychain, open."""
        self._daemon = subprocess.Popen(
            ("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"),
            env={**self._environ, **self.settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(PASSWORD)
        self._daemon.stdin.close()
        self._in_session("while s.Collection(s.dbus_init()).is_locked(): pass")

    def lock(self) -> None:
        self._in_session("s.Collection(s.dbus_init()).lock()")

    def log_out(self) -> None:
        self._daemon.send_signal(signal.SIGTERM)
        self._daemon.wait(timeout=20)

    def end(self) -> None:
        self.log_out()
        self._bus.send_signal(signal.SIGTERM)
        self._bus.wait(timeout=20)

    def _in_session(self, code: str) -> None:
        # The daemon needs a moment until it is on the bus.
        waiting = """
import secretstorage as s
while True:
    try:
        s.Collection(s.dbus_init())
        break
    except s.SecretStorageException:
        pass
"""
        words = [sys.executable, "-c", f"{waiting}\n{code}"]
        subprocess.run(words, env={**self._environ, **self.settings}, check=True, timeout=20)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    for program in ("dbus-daemon", "gnome-keyring-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine: `make peers` installs it if it can")
    made = Desktop(tmp_path_factory.mktemp("desktop"))
    yield made
    made.end()


@pytest.fixture
def desktop(started: Desktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A desktop session with an open keychain in which nothing is gitseal's; this process is in it."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in started.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    yield started
    if keyring.get_password(keychain.SERVICE, keychain.ENTRY) is not None:
        keyring.delete_password(keychain.SERVICE, keychain.ENTRY)


def gitseal(*words: str, status: int = 0, **changes: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        ["gitseal", *words], check=False, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**os.environ, **changes},
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return done


@pytest.mark.keychain
@pytest.mark.slow
def test_an_identity_in_the_keychain_serves_and_lies_nowhere_else(
    desktop: Desktop, repo: Path, isolated: Path, tmp_path: Path
) -> None:
    made = gitseal("keygen", "--keychain")
    recipient = made.stdout.strip()
    gitseal("init", "-e", "production", "--as", "alice")
    gitseal("set", "A=hush-and-long-enough-4711")
    assert gitseal("get", "A").stdout == "hush-and-long-enough-4711\n"
    assert f"{recipient}\n  from the keychain, alice in the policy\n" in gitseal("whoami").stdout
    assert "1 at hand (the keychain), in the policy as alice" in gitseal("doctor", status=1).stdout
    secret = keyring.get_password(keychain.SERVICE, keychain.ENTRY)
    assert secret is not None
    assert secret.startswith("AGE-SECRET-KEY-1")
    files = [path for top in (isolated, tmp_path, desktop.home) for path in top.rglob("*") if path.is_file()]
    assert any(path.name.endswith(".keyring") for path in files)
    assert not [path for path in files if secret.encode() in path.read_bytes()]
    # The hook opens what the team has with it, and finds that again: its cache is sealed with this identity.
    (repo / "code.py").write_text("password = 'hush-and-long-enough-4711'\n", encoding="utf-8")
    programs.git(repo, "add", "--all")
    for _ in range(2):
        assert "code.py:1" in gitseal("hook", "run", "pre-commit", status=1).stderr
    assert (repo / ".git/gitseal/team-filter").exists()


@pytest.mark.keychain
@pytest.mark.slow
def test_a_locked_keychain_is_told_and_nothing_waits_for_a_window(desktop: Desktop, repo: Path) -> None:
    gitseal("keygen", "--keychain")
    gitseal("init", "-e", "production", "--as", "alice")
    gitseal("set", "A=hush")
    desktop.lock()
    assert gitseal("get", "A", status=1).stderr.splitlines()[1:] == [
        "  the keychain is locked; unlock it at the desktop, in its program for passwords, and run the command again"
    ]
    assert "the keychain: the keychain is locked" in gitseal("whoami", status=1).stderr
    assert "the keychain is locked" in gitseal("keygen", "--keychain", status=1).stderr
    desktop.log_out()
    desktop.log_in()
    assert gitseal("get", "A").stdout == "hush\n"


class Watch:
    """The names of what this process did that others could see: programs started, variables set, files opened to be written."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.is_on = False
        sys.addaudithook(self._hook)

    def _hook(self, event: str, args: tuple[object, ...]) -> None:
        if not self.is_on:
            return
        if event in {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "os.putenv"}:
            self.seen.append(event)
        elif event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
            self.seen.append(f"{event} {args[0]!r}")


@pytest.mark.keychain
def test_a_second_identity_joins_the_first_and_passes_no_program_variable_or_file(
    desktop: Desktop, isolated: Path
) -> None:
    assert keyring.get_keyring() is not None  # its modules are compiled now
    watch = Watch()
    watch.is_on = True
    recipients = [keygen_into_keychain(os.environ, is_post_quantum=pq) for pq in (False, True)]
    held = discover(os.environ, isolated, None)
    assert [identity.recipient for identity in held.everywhere()] == recipients
    watch.is_on = False
    assert not [what for what in watch.seen if "__pycache__" not in what]
    assert recipients[1].startswith("age1pq1")
    assert held.unattended().unwrap({}) is None


@pytest.mark.keychain
def test_what_the_entry_holds_is_never_lost(desktop: Desktop) -> None:
    keyring.set_password(keychain.SERVICE, keychain.ENTRY, "something of another program")
    with pytest.raises(Error, match='line 1 of "the keychain" is not an identity'):
        keygen_into_keychain(os.environ)
    assert keyring.get_password(keychain.SERVICE, keychain.ENTRY) == "something of another program"


@pytest.mark.keychain
def test_a_locked_keychain_without_an_entry_of_ours_stands_in_nobodys_way(desktop: Desktop, isolated: Path) -> None:
    desktop.lock()
    held = discover(os.environ, isolated, None)
    assert held.unwrap({"r0": [b"YWdlL"]}) is None
    assert held.failure() is None
    assert dict(held.report())["the keychain"] == "the keychain is locked"
    desktop.log_out()
    desktop.log_in()


def test_the_keychain_is_not_loaded_if_a_file_serves(
    repo: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gitseal("init", "-e", "production", "--as", "alice")
    loaded = _planted(tmp_path, monkeypatch)
    gitseal("set", "A=hush")
    gitseal("get", "A")
    programs.git(repo, "add", "--all")
    gitseal("hook", "run", "pre-commit")
    assert not loaded.exists()
    (isolated / ".config/gitseal/identity.txt").rename(tmp_path / "moved")
    gitseal("get", "A", status=1)
    assert loaded.exists()


def _planted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of keyring's name, and the file that it leaves when it is loaded."""
    package = folder / "planted"
    package.mkdir()
    (package / "keyring.py").write_text(
        f"open({str(folder / 'loaded')!r}, 'w').close()\nraise ImportError\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(package))
    monkeypatch.setenv(BUS, "unix:path=/nowhere")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    return folder / "loaded"


def test_without_the_package_the_error_has_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(Error, match="needs the package keyring") as caught:
        keygen_into_keychain(os.environ)
    assert caught.value.hint == f"install it: {sys.executable} -P -m pip install keyring"


class Plaintext:
    """As keyrings.alt has one, which keyring chooses if the machine has nothing else. Nobody may come as far as asking it."""


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (Plaintext, "Plaintext, which keyring is set to, is no keychain of the system and may keep plain text"),
        (keyring.backends.null.Keyring, "the keychain is turned off in keyring's settings"),
        (keyring.backends.fail.Keyring, "there is no keychain that can be reached from here"),
        (lambda: _chain(Plaintext), "there is no keychain that can be reached from here"),
    ],
)
def test_a_keychain_that_is_not_the_systems_is_refused(
    chosen: Callable[[], Any], words: str, monkeypatch: pytest.MonkeyPatch, isolated: Path
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", chosen())
    environ = {BUS: "unix:path=/nowhere"}
    with pytest.raises(Error, match=words):
        keygen_into_keychain(environ)
    held = discover(environ, isolated, None)
    assert held.unwrap({}) is None
    assert words in dict(held.report())["the keychain"]


def _chain(*links: Callable[[], Any]) -> Any:
    """keyring's own chain with these links; not viable, or keyring would offer it to the other tests."""
    content = {"backends": [link() for link in links], "viable": False}
    return type("Chain", (keyring.backends.chainer.ChainerBackend,), content)()


@pytest.mark.keychain
def test_of_a_chain_only_the_systems_link_is_used(desktop: Desktop) -> None:
    chain = _chain(Plaintext, keyring.backends.SecretService.Keyring)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring.core, "_keyring_backend", chain)
        keygen_into_keychain(os.environ)
        assert keychain.read(os.environ, may_ask=False).reveal().startswith(b"AGE-SECRET-KEY-1")


def test_a_setting_turns_the_keychain_off_unread() -> None:
    environ = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", BUS: "unix:path=/nowhere"}
    with pytest.raises(Error, match="the keychain is turned off by PYTHON_KEYRING_BACKEND"):
        keychain.read(environ, may_ask=True)


def test_a_server_without_a_desktop_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(Error, match="there is no keychain without a desktop session") as caught:
        keychain.add({}, SecretBytes(x25519.generate().text.reveal()))
    assert "gitseal keygen -o ~/.config/gitseal/identity.txt" in caught.value.hint
