"""Real PKCS#11 tokens in a folder: SoftHSM's, which decrypts RSA but no OAEP with SHA-256, and that of NSS, which does."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

PIN = "pin-84627"
_OFFICER = "officer-1"
_SHIM = Path(__file__).parent / "token_shim.c"

# Where distributions put them.
SOFTHSM = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/lib/pkcs11/libsofthsm2.so")
NSS = (
    "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
    "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
    "/usr/lib64/libsoftokn3.so",
)


class HsmToken(NamedTuple):
    """A token with one RSA key, `deploy` of id 1: how its module is found, and its public half in PEM."""

    label: str
    serial: str
    environ: dict[str, str]
    public: bytes

    @property
    def locator(self) -> str:
        """The key's whole name as gitseal writes it."""
        return f"pkcs11:token={self.label};serial={self.serial};id=%01"


class SoftHsm:
    """SoftHSM with a folder of its own; every token in it is seen at once, as if all were plugged in."""

    def __init__(self, program: str, module: str, folder: Path) -> None:
        folder.mkdir()
        (folder / "tokens").mkdir()
        settings = folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        self._program = program
        self._folder = folder
        self.environ = {"SOFTHSM2_CONF": str(settings), "GITSEAL_PKCS11_MODULE": module}

    def token(self, label: str, *, key_id: str = "01", size: int = 2048, pin: str = PIN) -> HsmToken:
        """A new token with a new key in it."""
        before = self._serials()
        self._run("--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", _OFFICER)
        (serial,) = self._serials() - before
        return HsmToken(label, serial, self.environ, self.key(serial, key_id=key_id, size=size, pin=pin))

    def _serials(self) -> set[str]:
        return set(re.findall(r"Serial number:\s+(\w+)", self._run("--show-slots")))

    def key(self, serial: str, name: str = "deploy", *, key_id: str = "01", size: int = 2048, pin: str = PIN) -> bytes:
        """The public half of a new key in the token of this serial number."""
        private = rsa.generate_private_key(65537, size)
        file = self._folder / "key.pem"
        file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self._run("--import", str(file), "--serial", serial, "--label", name, "--id", key_id, "--pin", pin, "--force")
        return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def _run(self, *words: str) -> str:
        done = subprocess.run([self._program, *words], env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def shim(compiler: str, folder: Path) -> Path:
    """The module of `token_shim.c`."""
    made = folder / "token_shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, _SHIM, "-ldl"], check=True)
    return made


_MAKE_IN_NSS = """
import sys, pkcs11
from pkcs11 import Attribute, KeyType
module, pin = sys.argv[1:]
token = pkcs11.lib(module).get_token(token_label="NSS Certificate DB")
with token.open(rw=True, so_pin="") as session:
    session.init_pin(pin)
with token.open(rw=True, user_pin=pin) as session:
    public, _private = session.generate_keypair(KeyType.RSA, 2048, id=b"\\1", label="deploy", store=True)
    print(public[Attribute.MODULUS].hex(), token.serial.decode())
"""


def nss_token(module: str, in_front: Path, folder: Path) -> HsmToken:
    """NSS's own token, through the shim."""
    folder.mkdir()
    parameters = f"configdir='sql:{folder}' certPrefix='' keyPrefix='' secmod='secmod.db' flags= updatedir=''"
    environ = {"SHIM_MODULE": module, "SHIM_PARAMETERS": parameters, "GITSEAL_PKCS11_MODULE": str(in_front)}
    words = [sys.executable, "-c", _MAKE_IN_NSS, str(in_front), PIN]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=True)
    modulus, serial = done.stdout.split()
    public = rsa.RSAPublicNumbers(65537, int(modulus, 16)).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return HsmToken("NSS%20Certificate%20DB", serial, environ, pem)
