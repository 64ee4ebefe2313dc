"""Which places are tried in which order, what is said of each, and that nothing is read or asked without need."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gitseal.errors import Damaged, Error, Malformed
from gitseal.identities import Keyring, default_path, discover
from gitseal.identities.keyring import MAX_BLIND
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.protocol import Tier
from tests.recipients.conftest import PASSPHRASE, behind_passphrase

KEY = bytes(range(32))


class Pair(NamedTuple):
    private: bytes
    public: str

    @property
    def stanzas(self) -> dict[str, list[bytes]]:
        recipient = parse_recipient(self.public)
        return {recipient_id(recipient.canonical): [recipient.wrap(KEY)]}

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.private)
        path.chmod(0o600)
        return path


def age() -> Pair:
    key = pyrage.x25519.Identity.generate()
    return Pair(f"{key}\n".encode(), str(key.to_public()))


def ssh(*, locked: bool = False) -> Pair:
    key = ed25519.Ed25519PrivateKey.generate()
    lock = BestAvailableEncryption(PASSPHRASE) if locked else NoEncryption()
    return Pair(
        key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, lock),
        key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
    )


def never(prompt: str) -> bytes:
    raise AssertionError(prompt)


def places(keyring: Keyring) -> list[str]:
    return [place for place, _ in keyring.report()]


def test_with_nothing_at_all_every_place_is_named(tmp_path: Path) -> None:
    keyring = discover({}, tmp_path, never)
    assert keyring.unwrap(age().stanzas) is None
    sops = "~/Library/Application Support/sops" if sys.platform == "darwin" else "~/.config/sops"
    assert keyring.report() == [
        ("GITSEAL_IDENTITY", "not set"),
        ("GITSEAL_IDENTITY_FILE", "not set"),
        ("~/.config/gitseal/identity.txt", "no such file"),
        ("SOPS_AGE_KEY", "not set"),
        ("SOPS_AGE_KEY_FILE", "not set"),
        (f"{sops}/age/keys.txt", "no such file"),
        ("~/.ssh/id_ed25519", "no such file"),
        ("~/.ssh/id_rsa", "no such file"),
        ("the keychain", "there is no keychain without a desktop session (DBUS_SESSION_BUS_ADDRESS is not set)"),
    ]
    assert not keyring.warnings


def test_the_order_of_the_usual_places(tmp_path: Path) -> None:
    config = tmp_path / "xdg"
    keys = [age() for _ in range(4)]
    keys[0].write(config / "gitseal" / "identity.txt")
    keys[2].write(tmp_path / "sops.txt")
    keys[3].write(config / "sops" / "age" / "keys.txt")
    ed = ssh()
    ed.write(tmp_path / ".ssh" / "id_ed25519")
    environ = {
        "XDG_CONFIG_HOME": str(config),
        "SOPS_AGE_KEY": keys[1].private.decode(),
        "SOPS_AGE_KEY_FILE": str(tmp_path / "sops.txt"),
    }
    keyring = discover(environ, tmp_path, never)
    expected = [*(key.public for key in keys), ed.public]
    assert [identity.recipient for identity in keyring.identities()] == expected
    assert [identity.label for identity in keyring.identities()][:2] == ["~/xdg/gitseal/identity.txt", "SOPS_AGE_KEY"]
    for pair in (*keys, ed):
        assert keyring.unwrap(pair.stanzas) == KEY
    assert keyring.report()[2] == ("~/xdg/gitseal/identity.txt", f"holds {keys[0].public}")


def test_the_ssh_key_that_sops_is_given_is_tried_before_the_usual_ones(tmp_path: Path) -> None:
    key, usual = ssh(), ssh()
    key.write(tmp_path / "key")
    usual.write(tmp_path / ".ssh" / "id_ed25519")
    keyring = discover({"SOPS_AGE_SSH_PRIVATE_KEY_FILE": str(tmp_path / "key")}, tmp_path, never)
    assert [identity.recipient for identity in keyring.identities()] == [key.public, usual.public]
    assert f"SOPS_AGE_SSH_PRIVATE_KEY_FILE ({tmp_path / 'key'})" in places(keyring)


def test_each_named_identity_is_the_only_one(tmp_path: Path) -> None:
    usual, file, text, option = age(), age(), age(), age()
    usual.write(tmp_path / ".config" / "gitseal" / "identity.txt")
    file.write(tmp_path / "file.txt")
    option.write(tmp_path / "option.txt")
    environ = {"SOPS_AGE_KEY": usual.private.decode(), "GITSEAL_IDENTITY_FILE": str(tmp_path / "file.txt")}
    keyring = discover(environ, tmp_path, never)
    assert [identity.recipient for identity in keyring.identities()] == [file.public]
    environ["GITSEAL_IDENTITY"] = text.private.decode()
    keyring = discover(environ, tmp_path, never)
    assert [identity.recipient for identity in keyring.identities()] == [text.public]
    assert places(keyring) == ["GITSEAL_IDENTITY"]
    keyring = discover(environ, tmp_path, never, tmp_path / "option.txt")
    assert [identity.recipient for identity in keyring.identities()] == [option.public]
    assert keyring.unwrap(usual.stanzas) is None
    assert keyring.unwrap(option.stanzas) == KEY
    assert places(keyring) == [str(tmp_path / "option.txt")]


def test_a_variable_may_hold_an_ssh_key(tmp_path: Path) -> None:
    pair = ssh()
    for text in (pair.private.decode(), pair.private.decode().rstrip("\n")):
        assert discover({"GITSEAL_IDENTITY": text}, tmp_path, never).unwrap(pair.stanzas) == KEY


def test_an_empty_variable_is_not_an_identity_and_is_said(tmp_path: Path) -> None:
    keyring = discover({"GITSEAL_IDENTITY": "", "GITSEAL_IDENTITY_FILE": "", "SOPS_AGE_KEY": ""}, tmp_path, never)
    pair = age()
    pair.write(tmp_path / ".config" / "gitseal" / "identity.txt")
    assert keyring.unwrap(pair.stanzas) == KEY
    said = dict(keyring.report())
    assert {said[name] for name in ("GITSEAL_IDENTITY", "GITSEAL_IDENTITY_FILE", "SOPS_AGE_KEY")} == {"set, but empty"}


@pytest.mark.parametrize("how", ["option", "file", "text", "missing"])
def test_a_broken_named_identity_is_an_error(how: str, tmp_path: Path) -> None:
    age().write(tmp_path / ".config" / "gitseal" / "identity.txt")
    broken = Pair(b"AGE-SECRET-KEY-1HUNTER2", "").write(tmp_path / "broken.txt")
    keyring = {
        "option": lambda: discover({}, tmp_path, never, broken),
        "file": lambda: discover({"GITSEAL_IDENTITY_FILE": str(broken)}, tmp_path, never),
        "text": lambda: discover({"GITSEAL_IDENTITY": "AGE-SECRET-KEY-1HUNTER2"}, tmp_path, never),
        "missing": lambda: discover({}, tmp_path, never, tmp_path / "nothing.txt"),
    }[how]()
    for _ in range(2):
        with pytest.raises(Error) as caught:
            keyring.unwrap(age().stanzas)
    assert {"missing": "nothing.txt", "option": "broken.txt"}.get(how, "GITSEAL_IDENTITY") in caught.value.message
    assert caught.value.hint
    with pytest.raises(Error):
        list(discover({}, tmp_path, never, broken).identities())
    for shown in (
        caught.value.message,
        caught.value.hint,
        repr(keyring),
        repr(keyring.sources),
        repr(keyring.report()),
    ):
        assert "HUNTER2" not in shown


def test_a_broken_usual_file_is_reported_and_the_next_one_serves(tmp_path: Path) -> None:
    (tmp_path / ".config" / "gitseal" / "identity.txt").mkdir(parents=True)
    Pair(b"hunter2", "").write(tmp_path / ".ssh" / "id_ed25519")
    pair = ssh()
    pair.write(tmp_path / ".ssh" / "id_rsa")
    keyring = discover({}, tmp_path, never)
    assert keyring.unwrap(pair.stanzas) == KEY
    said = dict(keyring.report())
    assert said["~/.config/gitseal/identity.txt"] == "not a regular file"
    assert said["~/.ssh/id_ed25519"] == 'line 1 of "~/.ssh/id_ed25519" is not an identity'


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    pair = age()
    pair.write(tmp_path / ".config" / "gitseal" / "identity.txt").chmod(0)
    keyring = discover({}, tmp_path, never)
    assert keyring.unwrap(pair.stanzas) is None
    assert dict(keyring.report())["~/.config/gitseal/identity.txt"] == "permission denied"


def test_nothing_is_read_before_and_after_it_is_needed(tmp_path: Path) -> None:
    pair = age()
    keyring = discover({}, tmp_path, never)
    pair.write(tmp_path / ".config" / "gitseal" / "identity.txt")
    (tmp_path / ".ssh" / "id_ed25519").mkdir(parents=True)
    assert keyring.unwrap(pair.stanzas) == KEY
    assert [outcome for place, outcome in keyring.report() if ".ssh" in place] == ["not tried"] * 2


def test_a_file_is_read_once(tmp_path: Path) -> None:
    pair = age()
    file = pair.write(tmp_path / ".config" / "gitseal" / "identity.txt")
    keyring = discover({}, tmp_path, never)
    assert keyring.unwrap(pair.stanzas) == KEY
    file.unlink()
    assert keyring.unwrap(pair.stanzas) == KEY


def test_a_file_that_others_reach_is_a_warning(tmp_path: Path) -> None:
    pair = age()
    path = pair.write(tmp_path / ".config" / "gitseal" / "identity.txt")
    path.chmod(0o644)
    keyring = discover({}, tmp_path, never)
    assert not keyring.warnings
    assert keyring.unwrap(pair.stanzas) == KEY
    (warning,) = keyring.warnings
    assert warning.endswith(f"chmod 600 {path}")


def test_a_symlink_is_fine(tmp_path: Path) -> None:
    pair = age()
    target = pair.write(tmp_path / "elsewhere.txt")
    (tmp_path / ".config" / "gitseal").mkdir(parents=True)
    (tmp_path / ".config" / "gitseal" / "identity.txt").symlink_to(target)
    assert discover({}, tmp_path, never).unwrap(pair.stanzas) == KEY


def test_a_plain_identity_serves_before_anyone_is_asked(tmp_path: Path) -> None:
    locked, plain = ssh(locked=True), ssh()
    locked.write(tmp_path / ".config" / "gitseal" / "identity.txt")
    plain.write(tmp_path / ".ssh" / "id_rsa")
    keyring = discover({}, tmp_path, never)
    assert keyring.unwrap(locked.stanzas | plain.stanzas) == KEY
    assert keyring.unwrap(age().stanzas) is None


def test_a_passphrase_is_asked_for_once_in_a_run(tmp_path: Path) -> None:
    locked = ssh(locked=True)
    locked.write(tmp_path / ".ssh" / "id_ed25519")
    asked: list[str] = []

    def ask(prompt: str) -> bytes:
        asked.append(prompt)
        return PASSPHRASE

    keyring = discover({}, tmp_path, ask)
    assert [keyring.unwrap(locked.stanzas) for _ in range(3)] == [KEY] * 3
    assert asked == ['passphrase for "~/.ssh/id_ed25519"']


def test_a_passphrase_that_opened_one_file_is_tried_on_the_next_before_anybody_is_asked(tmp_path: Path) -> None:
    mine, other = age(), ssh(locked=True)
    Pair(behind_passphrase(mine.private), "").write(tmp_path / ".config" / "gitseal" / "identity.txt")
    Pair(behind_passphrase(age().private), "").write(tmp_path / ".config" / "sops" / "age" / "keys.txt")
    other.write(tmp_path / ".ssh" / "id_ed25519")
    asked: list[str] = []

    def ask(prompt: str) -> bytes:
        asked.append(prompt)
        return PASSPHRASE

    keyring = discover({}, tmp_path, ask)
    assert [keyring.unwrap(pair.stanzas) for pair in (mine, other, age(), mine)] == [KEY, KEY, None, KEY]
    assert asked == ['passphrase for "~/.config/gitseal/identity.txt"']
    assert PASSPHRASE.decode() not in repr(keyring.dialogue)


def test_where_nobody_can_be_asked_it_is_reported_or_an_error(tmp_path: Path) -> None:
    locked = ssh(locked=True)
    file = locked.write(tmp_path / ".ssh" / "id_ed25519")
    keyring = discover({}, tmp_path, None)
    assert keyring.unwrap(locked.stanzas) is None
    assert "behind a passphrase" in dict(keyring.report())["~/.ssh/id_ed25519"]
    with pytest.raises(Error, match="behind a passphrase"):
        discover({}, tmp_path, None, file).unwrap(locked.stanzas)


def test_a_pub_file_keeps_an_old_key_from_asking(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    lock = BestAvailableEncryption(PASSPHRASE)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    pair = Pair(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, lock), public)
    pair.write(tmp_path / ".ssh" / "id_rsa")
    (tmp_path / ".ssh" / "id_rsa.pub").write_text(public + " me@laptop\n", encoding="utf-8")
    assert discover({}, tmp_path, never).unwrap(ssh().stanzas) is None
    assert discover({}, tmp_path, lambda _: PASSPHRASE).unwrap(pair.stanzas) == KEY
    (tmp_path / ".ssh" / "id_rsa.pub").unlink()
    assert discover({}, tmp_path, lambda _: PASSPHRASE).unwrap(pair.stanzas) == KEY


def test_a_sealed_identity_file_is_the_last_resort(tmp_path: Path) -> None:
    mine, plain = age(), ssh()
    Pair(behind_passphrase(mine.private), "").write(tmp_path / ".config" / "gitseal" / "identity.txt")
    plain.write(tmp_path / ".ssh" / "id_ed25519")
    assert discover({}, tmp_path, never).unwrap(mine.stanzas | plain.stanzas) == KEY
    keyring = discover({}, tmp_path, lambda _: PASSPHRASE)
    assert keyring.unwrap(mine.stanzas) == KEY
    assert keyring.unwrap(age().stanzas) is None


def test_a_broken_stanza_of_ones_own_is_said_only_where_nothing_else_opens(tmp_path: Path) -> None:
    pair = age()
    pair.write(tmp_path / ".config" / "gitseal" / "identity.txt")
    ((name, (good,)),) = pair.stanzas.items()
    damaged = good[:-1] + bytes([good[-1] ^ 1])
    keyring = discover({}, tmp_path, never)
    assert keyring.unwrap({name: [b"YWdlL", damaged, good]}) == KEY
    with pytest.raises(Damaged):
        keyring.unwrap({name: [damaged]})
    with pytest.raises(Malformed):
        keyring.unwrap({name: [b"YWdlL"]})
    assert keyring.unwrap({"r0": [b"YWdlL", damaged]}) is None
    ((_, (foreign,)),) = age().stanzas.items()
    assert keyring.unwrap({name: [foreign]}) is None
    assert "made for another key" in dict(keyring.report())["~/.config/gitseal/identity.txt"]


def test_a_plugin_is_tried_on_foreign_types_first_and_on_64_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bytes] = []

    class Blind:
        label, recipient, tier = "blind", None, Tier.PLUGIN

        def wants(self, recipient_id: str) -> bool:
            return bool(recipient_id)

        def unwrap(self, stanza: bytes) -> None:
            tried.append(stanza)

    native = age().stanzas
    toy = b"age-encryption.org/v1\n-> toy\n\n--- " + b"A" * 43 + b"\n" + bytes(64)
    Pair(b"AGE-SECRET-KEY", "").write(tmp_path / "identity.txt")
    monkeypatch.setattr("gitseal.recipients.identity_file.parse_identities", lambda *_, **__: [Blind()])
    keyring = discover({}, tmp_path, never, tmp_path / "identity.txt")
    assert keyring.unwrap({**native, "r1": [b"broken"], "r2": [toy]}) is None
    assert tried == [toy, *next(iter(native.values()))]
    tried.clear()
    assert keyring.unwrap({f"r{number}": [toy] for number in range(200)}) is None
    assert len(tried) == MAX_BLIND


def test_a_plugin_that_is_missing_is_reported_and_an_error_where_named(tmp_path: Path) -> None:
    identity = "AGE-PLUGIN-NOWHERE-1" + "QQQQ"
    recipient = age()
    with pytest.raises(Error):
        discover({"GITSEAL_IDENTITY": identity}, tmp_path, never).unwrap(recipient.stanzas)
    sound = str(pyrage.plugin.Identity.default_for_plugin("nowhere"))
    with pytest.raises(Error, match='"age-plugin-nowhere" is not installed'):
        discover({"GITSEAL_IDENTITY": sound}, tmp_path, never).unwrap(recipient.stanzas)
    both = f"{sound}\n{recipient.private.decode()}"
    assert discover({"GITSEAL_IDENTITY": both}, tmp_path, never).unwrap(recipient.stanzas) == KEY
    keyring = discover({"SOPS_AGE_KEY": sound}, tmp_path, never)
    assert keyring.unwrap(recipient.stanzas) is None
    assert dict(keyring.report())["SOPS_AGE_KEY"] == '"age-plugin-nowhere" is not installed'


def test_the_default_path(tmp_path: Path) -> None:
    assert default_path({}, tmp_path) == tmp_path / ".config/gitseal/identity.txt"
    assert default_path({"XDG_CONFIG_HOME": "/etc/x"}, tmp_path) == Path("/etc/x/gitseal/identity.txt")
    for ignored in ("", "relative"):
        assert default_path({"XDG_CONFIG_HOME": ignored}, tmp_path) == tmp_path / ".config/gitseal/identity.txt"


def test_the_same_file_is_tried_once(tmp_path: Path) -> None:
    path = tmp_path / ".ssh" / "id_ed25519"
    keyring = discover({"SOPS_AGE_KEY_FILE": str(path)}, tmp_path, never)
    assert "~/.ssh/id_ed25519" not in places(keyring)
    assert f"SOPS_AGE_KEY_FILE ({path})" in places(keyring)


def test_no_repr_shows_a_key(tmp_path: Path) -> None:
    pair = age()
    keyring = discover({"GITSEAL_IDENTITY": pair.private.decode()}, tmp_path, never)
    assert keyring.unwrap(pair.stanzas) == KEY
    source = keyring.sources[0]
    for part in (keyring, source, *(getattr(source, name) for name in source.__slots__), list(keyring.identities())):
        assert "SECRET" not in repr(part)


@pytest.mark.parametrize("kind", ["age", "file", "ssh"])
@pytest.mark.parametrize(
    "name", ["--identity", "GITSEAL_IDENTITY_FILE", "SOPS_AGE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"]
)
def test_a_key_in_place_of_its_path_is_shown_to_nobody(tmp_path: Path, name: str, kind: str) -> None:
    pair = ssh() if kind == "ssh" else age()
    text = pair.private.decode() if kind != "age" else pair.private.decode().strip()
    text = f"# created today\n{text}" if kind == "file" else text
    option = text if name == "--identity" else None
    keyring = discover({} if option else {name: text}, tmp_path, never, option)
    words = f"{name} holds an identity, not the path of one"
    if name.startswith("SOPS_"):
        assert keyring.unwrap(pair.stanzas) is None
        assert (name, words) in keyring.report()
    else:
        with pytest.raises(Error) as caught:
            keyring.unwrap(pair.stanzas)
        assert caught.value.message == words
        assert caught.value.hint == "give the identity itself in GITSEAL_IDENTITY"
    secret = pair.private.decode().splitlines()[-2 if kind == "ssh" else -1]
    assert secret not in repr(keyring) + repr(keyring.report()) + repr(keyring.sources)
    assert keyring.cache_key("test") is None
