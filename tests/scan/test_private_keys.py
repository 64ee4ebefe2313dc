"""Keys of the real tools are found in every wrapping; markers without a key, and public halves, are not."""

import base64
import json
import struct
import subprocess
import textwrap
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan.private_keys import RULE
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob
from tests.scan.keys import all_of_openssl, make, openssl, public_of_openssl, tool


def found(content: bytes, path: bytes = b"docs/some.thing") -> list[str]:
    return [each.message for each in scan_blob(path, 0o100644, [content], Rules()) if each.rule == RULE]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in all_of_openssl(tmp_path_factory.mktemp("keys")).items()}


def wrappings(pem: str) -> dict[str, str]:
    lines = pem.strip().split("\n")
    return {
        "as it is": pem,
        "CRLF": pem.replace("\n", "\r\n"),
        "indented in YAML": "key: |\n" + textwrap.indent(pem, "    "),
        "JSON": json.dumps({"private_key": pem}),
        "JSON in JSON": json.dumps(json.dumps({"private_key": pem})),
        "Python strings": "KEY = (\n" + "\n".join(f'    "{line}\\n"' for line in lines) + "\n)\n",
        "Java strings": " +\n".join(f'    "{line}\\n"' for line in lines),
        "PHP strings": " .\n".join(f"    '{line}'" for line in lines),
        "one line, escaped": "KEY=" + "\\n".join(lines),
        "a comment": "\n".join(f"# {line}" for line in lines),
        "a C comment": "\n".join(f" * {line}" for line in lines),
        "quoted mail": "\n".join(f"> {line}" for line in lines),
        "a diff": "\n".join(f"+{line}" for line in lines),
        "one line of blanks": " ".join(lines),
        "base64": base64.b64encode(pem.encode()).decode(),
        "base64 wrapped": base64.encodebytes(pem.encode()).decode(),
        "base64 of something longer": base64.b64encode(b"a: 1\nkey: " + pem.encode()).decode(),
        "UTF-16": pem,
    }


def test_every_key_of_openssl_is_found(made: dict[str, bytes]) -> None:
    assert [name for name, content in made.items() if not found(content)] == []


def test_every_key_is_found_in_every_wrapping(made: dict[str, bytes]) -> None:
    missed = []
    for name, content in made.items():
        if name.endswith(".pem"):
            for how, text in wrappings(content.decode()).items():
                encoded = text.encode("utf-16") if how == "UTF-16" else text.encode()
                if not found(b"before\n" + encoded + b"\nafter\n" if how != "UTF-16" else encoded):
                    missed.append((name, how))
    assert missed == []


def test_der_is_found_in_base64_without_pem(made: dict[str, bytes]) -> None:
    missed = []
    for name, content in made.items():
        if name.endswith(".der"):
            line = base64.b64encode(content)
            hows = (line, base64.encodebytes(content), b'key = "' + line + b'"', b"key=" + line + b"\n")
            missed += [(name, how[:60]) for how in hows if not found(how)]
    assert missed == []


def test_what_is_public_is_none(tmp_path: Path) -> None:
    alarms = []
    for name, path in public_of_openssl(tmp_path).items():
        content = path.read_bytes()
        for how in (content, base64.b64encode(content), base64.encodebytes(content)):
            alarms += [(name, message) for message in found(how)]
    assert alarms == []


def test_openssh(tmp_path: Path) -> None:
    for kind, more in (("ed25519", []), ("ecdsa", []), ("rsa", ["-b", "1024"])):
        for phrase in ("", "a passphrase"):
            name = f"{kind}{len(phrase)}"
            make(tmp_path, "ssh-keygen", "-q", "-t", kind, *more, "-N", phrase, "-f", name)
            assert found((tmp_path / name).read_bytes()) == ["an OpenSSH private key stands here"]
            assert found((tmp_path / f"{name}.pub").read_bytes()) == []


def test_pgp(tmp_path: Path) -> None:
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    gpg = [tool("gpg"), "--homedir", str(home), "--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
    try:
        subprocess.run([*gpg, "--quick-gen-key", "a@example.com", "ed25519"], check=True, capture_output=True)
        secret = subprocess.run([*gpg, "--armor", "--export-secret-keys"], check=True, capture_output=True).stdout
        public = subprocess.run([*gpg, "--armor", "--export"], check=True, capture_output=True).stdout
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)

    assert found(secret) == ["a PGP private key stands here"]
    with_header = secret.replace(b"\n\n", b"\nVersion: GnuPG v2\nComment: mine, not yours\n\n", 1)
    assert found(with_header) == ["a PGP private key stands here"]
    assert found(public) == []


def test_age(tmp_path: Path) -> None:
    make(tmp_path, "age-keygen", "-o", "id.txt")
    content = (tmp_path / "id.txt").read_bytes()
    identity = content.split(b"\n")[-2]

    assert found(content) == ["an age identity stands here"]
    assert found(b"SOPS_AGE_KEY=" + identity.lower() + b"\n") == ["an age identity stands here"]
    assert found(b'{"key":"' + identity + b'\\n"}') == ["an age identity stands here"]
    wrong = identity[:-1] + (b"Q" if identity[-1:] != b"Q" else b"P")
    assert found(wrong) == []
    assert found(identity[:40]) == []


def bech32(prefix: str, payload: bytes) -> bytes:
    """BIP 173's encoder, which the code under test does not have."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{byte:08b}" for byte in payload)
    bits += "0" * (-len(bits) % 5)
    data = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    check = 1
    for value in [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + data + [0] * 6:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> bit & 1 else 0
    check ^= 1
    data += [check >> 5 * (5 - n) & 31 for n in range(6)]
    return (prefix + "1" + "".join(alphabet[value] for value in data)).encode()


def test_age_of_other_kinds() -> None:
    hybrid = bech32("age-secret-key-pq-", bytes(range(32)))
    plugin = bech32("age-plugin-yubikey-", bytes(range(9)))
    for text in (hybrid, plugin):
        assert len(found(text)) == 1
        assert len(found(b"# " + text.upper() + b"\n")) == 1
    assert found(b"run: age-plugin-yubikey --identity > id.txt") == []
    assert found(b"age-plugin-yubikey-1.2.3.tar.gz") == []


@pytest.mark.slow
def test_key_stores(tmp_path: Path, made: dict[str, bytes]) -> None:
    (tmp_path / "k").write_bytes(made["rsa.pem"])
    openssl(tmp_path, "req -x509 -new -key k -subj /CN=x -out c")
    openssl(tmp_path, "pkcs12 -export -inkey k -in c -passout pass:changeit -out k.p12")
    openssl(tmp_path, "pkcs12 -export -keypbe NONE -certpbe NONE -inkey k -in c -passout pass:x -out n.p12")
    for name in ("k.p12", "n.p12"):
        store = (tmp_path / name).read_bytes()
        for content in (store, base64.b64encode(store), base64.encodebytes(store)):
            assert len(found(content, name.encode())) == 1
    # Two JVMs; the other kind has the same shape behind another magic, which the next test makes up.
    common = ["-storetype", "jks", "-storepass", "changeit", "-noprompt"]
    key = ["-genkeypair", "-keyalg", "RSA", "-dname", "CN=x", "-alias", "a", "-keypass", "changeit"]
    make(tmp_path, "keytool", *key, "-keystore", "key.jks", *common)
    make(tmp_path, "keytool", "-importcert", "-file", "c", "-alias", "b", "-keystore", "trust.jks", *common)
    store, trust = (tmp_path / "key.jks").read_bytes(), (tmp_path / "trust.jks").read_bytes()
    assert len(found(store)) == len(found(base64.b64encode(store))) == 1
    assert found(trust) == found(base64.b64encode(trust)) == []


def test_a_key_behind_certificates_in_a_java_store_is_found() -> None:
    def entry(tag: int, content: bytes) -> bytes:
        return struct.pack(">IH", tag, 1) + b"a" + bytes(8) + content

    certificate = struct.pack(">H", 5) + b"X.509" + struct.pack(">I", 900) + bytes(900)
    # Of JCEKS the tag does not tell a private key from a secret one.
    for magic, what in (("feedfeed", "a private key"), ("cececece", "a key")):
        head = bytes.fromhex(f"{magic} 00000002 00000065")
        words = [f"a Java key store with {what} stands here"]
        assert found(head + entry(2, certificate) * 100 + entry(1, b"...")) == words
        assert found(head + entry(2, certificate) * 101) == []


def test_putty() -> None:
    head = "PuTTY-User-" + "Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 2\nAAAA\nBBBB\n"
    assert found((head + "Private-Lines: 1\nAAAA\nPrivate-MAC: 00\n").encode()) == ["a PuTTY private key stands here"]
    assert found(b"a file begins with PuTTY-User-Key-File-2: and a type") == []


def test_json_web_keys() -> None:
    def word(seed: int, size: int) -> str:
        return base64.urlsafe_b64encode(sha256(bytes([seed])).digest() * 8).decode()[:size]

    public = {"kty": "EC", "crv": "P-256", "x": word(1, 43), "y": word(2, 43)}
    for private in ({**public, "d": word(3, 43)}, {"d": word(3, 342), "n": word(4, 342), "kty": "RSA", "e": "AQAB"}):
        for text in (
            json.dumps(private),
            json.dumps(private, indent=2),
            json.dumps(json.dumps({"keys": [private, public]})),
        ):
            assert found(text.encode()) == ["a private key as a JSON Web Key stands here"]
    for other in (public, {"kty": "oct", "k": word(5, 43)}, {**public, "d": "..."}, {**public, "d": "x" * 43}):
        assert found(json.dumps({"keys": [other]}).encode()) == []


BEGIN, END = "-----BEGIN ", "-----END "
MARKERS = [f"{kind}PRIVATE KEY-----" for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")]
MARKERS.append("PGP PRIVATE KEY BLOCK-----")


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize(
    "text",
    [
        "if line == '{0}': return parse(lines)",
        "`{0}` is what the first line says, and {1} the last one",
        '"{0}\\n" + base64.b64encode(key.private_bytes()).decode() + "\\n{1}"',
        "{0}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC...\n{1}",
        "{0}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n...\n{1}",
        "{0}\n<the key's base64, of at least sixtyfourcharacters, goesherewithoutblanks>\n{1}",
        "{0}\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n{1}",
        "{0}\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n{1}",
        "{0}\nfoo\n{1}",
        "{0}\n{1}",
        "{0}",
        "r'{0}[\\s\\S]*{1}'",
        "{0} followed by the words of a longer sentence that goes on and on without any punctuation for a good while",
    ],
)
def test_a_marker_without_a_key_is_none(marker: str, text: str) -> None:
    content = text.format(BEGIN + marker, END + marker)
    assert found(content.encode()) == []
    assert found(base64.b64encode(content.encode())) == []


@pytest.mark.fuzz
@given(st.integers(0, 200), st.integers(0, 5), st.sampled_from([b"\n", b"x", b" ", b"\0"]))
def test_a_key_is_found_wherever_it_stands(before: int, blanks: int, filler: bytes) -> None:
    body = base64.encodebytes(bytes(range(7, 200))).decode()
    text = f"{BEGIN}PRIVATE KEY-----\n{' ' * blanks}{body}{END}PRIVATE KEY-----\n".encode()
    (one,) = scan_blob(b"f", 0o100644, [filler * before + text], Rules())
    assert one.line == 1 + (before if filler == b"\n" else 0)


def test_no_pragma_lifts_a_key(made: dict[str, bytes]) -> None:
    first, rest = made["ed25519.pem"].split(b"\n", 1)
    for words in (b"# gitseal: allow it is a test", b"# gitleaks:allow", b"# pragma: allowlist secret"):
        assert found(words + b"\n" + first + b" " + words + b"\n" + rest) or found(first + b"\n" + rest + words)
        body = base64.b64encode(made["ed25519.der"])
        assert len(found(b"key = " + body + b" " + words + b"\n")) == 1
