"""Identity sources: every form, passphrases asked for as late and as seldom as can be, no key ever shown."""

import base64
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.recipients.dialogue import NOBODY, Dialogue
from gitseal.recipients.identity_file import parse_identities
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.protocol import Identity, Tier
from gitseal.recipients.x25519 import generate
from tests.recipients.conftest import behind_passphrase
from tests.slow import slow_but

KEY = bytes(range(32))
PASSPHRASE = b"correct horse"


class Person:
    """Gives the answers in turn, and counts."""

    def __init__(self, *answers: bytes | SecretBytes | None) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, prompt: str) -> bytes | SecretBytes | None:
        self.asked.append(prompt)
        return self.answers[len(self.asked) - 1]


def only(identities: list[Identity]) -> Identity:
    (identity,) = identities
    return identity


def wrapped(pair: Any) -> bytes:
    return parse_recipient(pair.public).wrap(KEY)


FORMS = [
    "x25519",
    "ssh-ed25519",
    "ssh-ed25519 locked",
    "ssh-rsa",
    "ssh-rsa locked",
    "ssh-rsa pem",
    "ssh-rsa pem locked",
    "ssh-rsa pkcs8 locked",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", slow_but({b"\r\n"}, [b"\n", b"\r\n", b""]))
def test_every_form_opens_its_stanza(form: str, ending: bytes, pairs: dict[str, Any]) -> None:
    person = Person(SecretBytes(PASSPHRASE))
    text = pairs[form].private.strip().replace(b"\n", ending or b"\n") + ending
    identity = only(parse_identities(text, Dialogue(person), "me"))
    assert not person.asked
    assert identity.unwrap(wrapped(pairs[form])) == KEY
    assert identity.unwrap(wrapped(pairs[form])) == KEY
    assert person.asked == (['passphrase for "me"'] if "locked" in form else [])
    assert identity.recipient == pairs[form].public
    assert identity.label == "me"


@pytest.mark.parametrize("form", ["ssh-ed25519 locked", "ssh-rsa locked"])
def test_a_locked_ssh_key_knows_itself_and_asks_only_for_its_own(form: str, pairs: dict[str, Any]) -> None:
    person = Person()
    identity = only(parse_identities(pairs[form].private, Dialogue(person), "me"))
    assert (identity.recipient, identity.tier) == (pairs[form].public, Tier.LOCKED)
    assert identity.wants(recipient_id(pairs[form].public))
    for other in ("x25519", "ssh-ed25519", "ssh-rsa"):
        assert identity.unwrap(wrapped(pairs[other])) is None
    assert not person.asked


def test_a_pem_key_knows_itself_from_the_pub_file(pairs: dict[str, Any]) -> None:
    pair, person = pairs["ssh-rsa pem locked"], Person(PASSPHRASE)
    public = f"{pair.public} me@laptop\n".encode()
    identity = only(parse_identities(pair.private, Dialogue(person), "me", public=public))
    assert (identity.recipient, identity.tier) == (pair.public, Tier.LOCKED)
    assert identity.unwrap(wrapped(pairs["ssh-rsa locked"])) is None
    assert not person.asked
    assert identity.unwrap(wrapped(pair)) == KEY


def test_halves_that_do_not_belong_together_are_refused(pairs: dict[str, Any]) -> None:
    pair, other = pairs["ssh-rsa pem locked"], pairs["ssh-rsa locked"]
    identity = only(parse_identities(pair.private, Dialogue(Person(PASSPHRASE)), "me", public=other.public.encode()))
    with pytest.raises(Error, match="belong together"):
        identity.unwrap(wrapped(other))


def test_a_pem_key_alone_is_tried_last(pairs: dict[str, Any]) -> None:
    pair, person = pairs["ssh-rsa pem locked"], Person(PASSPHRASE)
    identity = only(parse_identities(pair.private, Dialogue(person), "me"))
    assert (identity.recipient, identity.tier, identity.wants("any")) == (None, Tier.SEALED, True)
    assert identity.unwrap(wrapped(pairs["x25519"])) is None
    assert not person.asked
    assert identity.unwrap(wrapped(pair)) == KEY
    assert (identity.recipient, identity.wants("any")) == (pair.public, False)


@pytest.mark.parametrize("form", [form for form in FORMS if "locked" in form])
def test_what_was_opened_asks_nobody_any_more(form: str, pairs: dict[str, Any]) -> None:
    identity = only(parse_identities(pairs[form].private, Dialogue(Person(PASSPHRASE)), "me"))
    before = identity.tier
    assert identity.unwrap(wrapped(pairs[form])) == KEY
    assert (before is not Tier.PLAIN, identity.tier) == (True, Tier.PLAIN)


def test_a_plugin_in_a_sealed_file_still_asks(pairs: dict[str, Any]) -> None:
    text = pairs["x25519"].private + b"\nAGE-PLUGIN-TOY-1QQQSYQCYQ5RQWZQFV87F5X\n"
    identity = only(parse_identities(behind_passphrase(text), Dialogue(Person(PASSPHRASE)), "me"))
    assert identity.unwrap(wrapped(pairs["x25519"])) == KEY
    assert identity.tier is Tier.PLUGIN


@pytest.mark.parametrize("form", ["binary", "armored"])
def test_a_sealed_identity_file_asks_once_and_then_knows_itself(
    form: str, pairs: dict[str, Any], sealed: dict[str, bytes]
) -> None:
    person = Person(PASSPHRASE)
    identity = only(parse_identities(sealed[form], Dialogue(person), "me"))
    assert (identity.recipient, identity.tier, identity.wants("any")) == (None, Tier.SEALED, True)
    assert not person.asked
    assert identity.unwrap(wrapped(pairs["ssh-rsa"])) is None
    assert identity.unwrap(wrapped(pairs["x25519"])) == KEY
    assert person.asked == ['passphrase for "me"']
    assert (identity.recipient, identity.tier, identity.wants("any")) == (pairs["x25519"].public, Tier.PLAIN, False)


def test_the_real_age_seals_what_we_open(peer: Callable[[str], str], pairs: dict[str, Any], tmp_path: Path) -> None:
    # age -p wants a terminal, so the way round: the real age opens the key that our sealed file gave.
    file = tmp_path / "key"
    file.write_bytes(pairs["x25519"].private)
    done = subprocess.run(
        [peer("age"), "-d", "-i", file], input=wrapped(pairs["x25519"]), capture_output=True, check=True
    )
    assert done.stdout == KEY


@pytest.mark.slow
def test_ssh_keygen_makes_what_we_open(peer: Callable[[str], str], tmp_path: Path) -> None:
    # The usual 3072 bits of RSA take a second to find.
    for kind, size in (("ed25519", "256"), ("rsa", "2048")):
        file = tmp_path / kind
        words = PASSPHRASE.decode()
        command = [peer("ssh-keygen"), "-q", "-t", kind, "-b", size, "-N", words, "-C", "me@laptop", "-f", str(file)]
        subprocess.run(command, check=True)
        public = (tmp_path / f"{kind}.pub").read_text(encoding="utf-8")
        identity = only(parse_identities(file.read_bytes(), Dialogue(Person(PASSPHRASE)), "me"))
        assert identity.unwrap(parse_recipient(public).wrap(KEY)) == KEY


LOCKED = ["ssh-ed25519 locked", "ssh-rsa pem locked"]


@pytest.mark.parametrize("form", LOCKED)
def test_a_person_has_three_tries(form: str, pairs: dict[str, Any]) -> None:
    person = Person(b"wrong", SecretBytes(b""), PASSPHRASE)
    identity = only(parse_identities(pairs[form].private, Dialogue(person), "me"))
    assert identity.unwrap(wrapped(pairs[form])) == KEY
    assert person.asked[1:] == [f'passphrase for "me" (wrong; try {number} of 3)' for number in (2, 3)]


@pytest.mark.parametrize("form", [*LOCKED, "binary"])
@pytest.mark.parametrize(
    ("answers", "asked", "words"),
    [
        ((b"a", b"b", b"\xff"), 3, "is wrong"),
        ((b"a", None), 2, "is wrong"),
        ((b"a", b"a"), 2, "is wrong"),
        ((None,), 1, "behind a passphrase"),
    ],
)
def test_no_right_answer_is_an_error_that_is_remembered(
    form: str,
    answers: tuple[bytes | None, ...],
    asked: int,
    words: str,
    pairs: dict[str, Any],
    sealed: dict[str, bytes],
) -> None:
    person = Person(*answers)
    source = sealed[form] if form in sealed else pairs[form].private
    stanza = wrapped(pairs["x25519" if form in sealed else form])
    identity = only(parse_identities(source, Dialogue(person), "me"))
    for _ in range(2):
        with pytest.raises(Error, match=words):
            identity.unwrap(stanza)
    assert len(person.asked) == asked


def test_without_a_way_to_ask_it_is_behind_a_passphrase(pairs: dict[str, Any], sealed: dict[str, bytes]) -> None:
    for source, pair in (
        (pairs["ssh-ed25519 locked"].private, pairs["ssh-ed25519 locked"]),
        (sealed["binary"], pairs["x25519"]),
    ):
        with pytest.raises(Error, match='"me" is behind a passphrase') as caught:
            only(parse_identities(source, NOBODY, "me")).unwrap(wrapped(pair))
        assert caught.value.hint


def test_several_identities_in_one_file(pairs: dict[str, Any]) -> None:
    other = generate()
    text = b"# mine\n\n  " + pairs["x25519"].private + b"\t\r\n#another\r\n" + other.text.reveal()
    assert [identity.recipient for identity in parse_identities(text, NOBODY, "me")] == [
        pairs["x25519"].public,
        other.recipient,
    ]


@pytest.mark.slow
def test_a_file_sealed_by_age_opens(pairs: dict[str, Any]) -> None:
    source = pyrage.passphrase.encrypt(pairs["x25519"].private, PASSPHRASE.decode())
    assert only(parse_identities(source, Dialogue(Person(PASSPHRASE)), "me")).unwrap(wrapped(pairs["x25519"])) == KEY


def test_a_sealed_file_may_hold_several(pairs: dict[str, Any]) -> None:
    other = generate()
    source = behind_passphrase(pairs["x25519"].private + other.text.reveal())
    identity = only(parse_identities(source, Dialogue(Person(PASSPHRASE)), "me"))
    assert identity.unwrap(parse_recipient(other.recipient).wrap(KEY)) == KEY
    assert identity.recipient is None
    assert identity.wants(recipient_id(pairs["x25519"].public))
    assert not identity.wants("another")


SECRET_LINE = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----\n"
BROKEN = {
    "empty": (b"", "no identity"),
    "comments alone": (b"# public key: age1x\n", "no identity"),
    "a recipient": (b"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj", "line 1"),
    "a mistyped identity": (SECRET_LINE[:-1].encode() + b"Q", "not a whole age identity"),
    "lower case": (SECRET_LINE.lower().encode(), "line 1"),
    "two on a line": (f"{SECRET_LINE} {SECRET_LINE}".encode(), "not a whole age identity"),
    "literal backslash n": (f"# me\\n{SECRET_LINE}".encode(), "no identity"),
    "the third line": (f"#\n{SECRET_LINE}\nhunter2\n".encode(), "line 3"),
    "a broken plugin identity": (b"AGE-PLUGIN-TOY-1QQQQ", "plugin identity"),
    "a broken post-quantum identity": (b"AGE-SECRET-KEY-PQ-1QQQQ", "not a whole age identity"),
    "NUL and bytes": (b"\0\xff\xfe", "line 1"),
    "too large": (b"#" * (1024 * 1024 + 1), "too large"),
    "an empty ssh key": (OPENSSH % b"", "damaged"),
    "an ssh key that is no base64": (OPENSSH % b"!", "damaged"),
    "an ssh key that is cut": (OPENSSH % b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU", "damaged"),
    "a PEM key that is cut": (b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "damaged"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_sources_are_named_and_never_quoted(name: str) -> None:
    content, reason = BROKEN[name]
    with pytest.raises(Error, match=reason) as caught:
        parse_identities(content, NOBODY, "the place")
    shown = "".join(traceback.format_exception(caught.value))
    assert "the place" in shown
    assert caught.value.hint
    for secret in ("AGE-SECRET-KEY-1G", "GFPYYSJ", "gfpyysj", "hunter2"):
        assert secret not in caught.value.message + caught.value.hint
        assert secret not in shown


@pytest.mark.parametrize(
    ("kind", "bits"), [("ecdsa", "256"), ("rsa", "1024"), pytest.param("rsa", "4104", marks=pytest.mark.slow)]
)
def test_ssh_keys_that_cannot_be_recipients_say_what_works(
    kind: str, bits: str, peer: Callable[[str], str], tmp_path: Path
) -> None:
    file = tmp_path / "key"
    subprocess.run([peer("ssh-keygen"), "-q", "-t", kind, "-b", bits, "-N", "", "-f", str(file)], check=True)
    with pytest.raises(Error, match='"me"') as caught:
        parse_identities(file.read_bytes(), NOBODY, "me")
    assert "2048 to 4096 bits" in caught.value.hint


@pytest.mark.parametrize("cipher", ["chacha20-poly1305@openssh.com", "aes128-ctr"])
def test_a_key_under_an_unsupported_cipher_says_how_to_change_it(
    cipher: str, peer: Callable[[str], str], tmp_path: Path
) -> None:
    file = tmp_path / "key"
    command = [peer("ssh-keygen"), "-q", "-t", "ed25519", "-Z", cipher, "-N", "12345"]
    subprocess.run([*command, "-f", str(file)], check=True)
    identity = only(parse_identities(file.read_bytes(), Dialogue(Person(b"12345")), "me"))
    with pytest.raises(Error, match="cipher") as caught:
        identity.unwrap(parse_recipient((tmp_path / "key.pub").read_text(encoding="utf-8")).wrap(KEY))
    assert "ssh-keygen -p" in caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize("cipher", ["aes256-gcm@openssh.com", "aes256-cbc", "aes256-ctr"])
def test_ciphers_of_openssh(cipher: str, peer: Callable[[str], str], tmp_path: Path) -> None:
    file = tmp_path / "key"
    subprocess.run(
        [peer("ssh-keygen"), "-q", "-t", "ed25519", "-Z", cipher, "-N", "12345", "-f", str(file)], check=True
    )
    identity = only(parse_identities(file.read_bytes(), Dialogue(Person(b"wrong", b"12345")), "me"))
    stanza = parse_recipient((tmp_path / "key.pub").read_text(encoding="utf-8")).wrap(KEY)
    assert identity.unwrap(stanza) == KEY


def test_an_identity_file_sealed_to_a_key_is_told_apart(pairs: dict[str, Any]) -> None:
    source = pyrage.encrypt(b"x", [pyrage.x25519.Recipient.from_str(pairs["x25519"].public)])
    with pytest.raises(Error, match="sealed to a key"):
        only(parse_identities(source, Dialogue(Person(PASSPHRASE)), "me")).unwrap(wrapped(pairs["x25519"]))


def test_a_damaged_sealed_file_says_so(sealed: dict[str, bytes], pairs: dict[str, Any]) -> None:
    with pytest.raises(Error, match="damaged"):
        only(parse_identities(sealed["binary"][:-1], Dialogue(Person(PASSPHRASE)), "me")).unwrap(
            wrapped(pairs["x25519"])
        )


@pytest.mark.parametrize("form", [*FORMS, "binary"])
def test_no_repr_shows_a_key(form: str, pairs: dict[str, Any], sealed: dict[str, bytes]) -> None:
    source = sealed[form] if form in sealed else pairs[form].private
    identity = only(parse_identities(source, Dialogue(Person(PASSPHRASE)), "me"))

    def shown() -> str:
        parts = [getattr(identity, name) for name in vars(type(identity))["__slots__"]]
        return " ".join(repr(part) for part in [identity, *parts])

    texts = shown()
    name = "x25519" if form in sealed else form
    identity.unwrap(wrapped(pairs[name]))
    texts += shown()
    assert "SECRET" not in texts
    assert "PRIVATE" not in texts
    assert "horse" not in texts
    # Some lines of an SSH private key hold its public half, which may be shown.
    private = [line for line in source.decode("latin-1").split() if len(line) > 30 and line not in pairs[name].public]
    assert private
    assert not [line for line in private if line in texts]


def test_a_key_on_which_the_library_panics_is_damaged(pairs: dict[str, Any]) -> None:
    lines = pairs["ssh-rsa"].private.strip().split(b"\n")
    blob = base64.b64decode(b"".join(lines[1:-1]))
    modulus = base64.b64decode(pairs["ssh-rsa"].public.split()[1])[-256:]
    before, clear, rest = blob.partition(modulus)
    # The second time the modulus stands in the private part: a zero written in 257 bytes.
    changed = base64.encodebytes(before + clear + rest.replace(modulus, bytes(256))).strip()
    source = b"\n".join([lines[0], changed, lines[-1]])
    with pytest.raises(Error, match="damaged SSH private key"):
        only(parse_identities(source, NOBODY, "me")).unwrap(wrapped(pairs["ssh-rsa"]))


@given(st.binary(max_size=300), st.sampled_from([b"", b"AGE-SECRET-KEY-1", b"AGE-PLUGIN-", b"openssh-key-v1\0"]))
def test_anything_is_identities_or_an_error(tail: bytes, start: bytes) -> None:
    content = OPENSSH % base64.b64encode(start + tail) if start.startswith(b"openssh") else start + tail
    try:
        found = parse_identities(content, NOBODY, "me")
    except Error:
        return
    assert found


@pytest.mark.parametrize("armored", [False, True])
def test_a_passphrase_that_takes_more_work_than_age_does_is_refused_before_the_work(*, armored: bool) -> None:
    sealed = behind_passphrase(b"AGE-SECRET-KEY-1...").replace(b" 8\n", b" 23\n", 1)
    if armored:
        lines = base64.encodebytes(sealed).replace(b"\n", b"")
        body = b"\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
        sealed = b"-----BEGIN AGE ENCRYPTED FILE-----\n" + body + b"\n-----END AGE ENCRYPTED FILE-----\n"
    identity = only(parse_identities(sealed, Dialogue(Person(PASSPHRASE)), "key.txt"))
    # With the work it would end as a damaged file, after a minute.
    with pytest.raises(Error, match=r'"key\.txt" asks for 2\^23 steps of scrypt'):
        identity.unwrap(parse_recipient(str(pyrage.x25519.Identity.generate().to_public())).wrap(KEY))
