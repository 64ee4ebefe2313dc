"""Fresh keys of every kind, made by the real tools; none is ever committed. Shared by the tests of this folder."""

import shutil
import subprocess
from pathlib import Path

import pytest


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not on this machine")


def make(folder: Path, *command: str) -> None:
    tool(command[0])
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode()


def openssl(folder: Path, line: str) -> None:
    make(folder, "openssl", *line.split())


def all_of_openssl(folder: Path) -> dict[str, Path]:
    """By kind: keys in PEM and DER, plain and encrypted."""
    openssl(folder, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem")
    openssl(folder, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa1024.pem")
    openssl(folder, "rsa -in rsa.pem -traditional -out rsa1.pem")
    openssl(folder, "rsa -in rsa.pem -traditional -aes128 -passout pass:abcdef -out rsa1-encrypted.pem")
    openssl(folder, "pkcs8 -topk8 -in rsa.pem -passout pass:abcdef -out encrypted.pem")
    openssl(folder, "pkcs8 -topk8 -in rsa.pem -passout pass:abcdef -outform DER -out encrypted.der")
    openssl(folder, "pkcs8 -topk8 -nocrypt -in rsa.pem -outform DER -out rsa8.der")
    openssl(folder, "rsa -in rsa.pem -traditional -outform DER -out rsa1.der")
    for curve in ("prime256v1", "secp384r1", "secp521r1", "secp256k1"):
        openssl(folder, f"ecparam -name {curve} -genkey -noout -out {curve}.pem")
        openssl(folder, f"ec -in {curve}.pem -outform DER -out {curve}.der")
        openssl(folder, f"pkcs8 -topk8 -nocrypt -in {curve}.pem -out {curve}-8.pem")
        openssl(folder, f"pkcs8 -topk8 -nocrypt -in {curve}.pem -outform DER -out {curve}-8.der")
    for kind in ("ed25519", "x25519", "ed448"):
        openssl(folder, f"genpkey -algorithm {kind} -out {kind}.pem")
        openssl(folder, f"genpkey -algorithm {kind} -outform DER -out {kind}.der")
    if shutil.which("keytool"):
        # It has parameters for DSA at hand; to find new ones takes openssl a quarter of a minute.
        key = (
            "-genkeypair -keyalg DSA -keysize 1024 -dname CN=x -storetype pkcs12 -storepass changeit -keystore dsa.p12"
        )
        make(folder, "keytool", *key.split())
        openssl(folder, "pkcs12 -in dsa.p12 -passin pass:changeit -nocerts -nodes -out dsa.pem")
        openssl(folder, "dsa -in dsa.pem -out dsa-old.pem")
        openssl(folder, "dsa -in dsa.pem -outform DER -out dsa-old.der")
        openssl(folder, "pkcs8 -topk8 -nocrypt -in dsa.pem -outform DER -out dsa.der")
    return {path.name: path for path in sorted(folder.iterdir())}


def public_of_openssl(folder: Path) -> dict[str, Path]:
    """What looks like keys and is none: public halves, certificates, requests, parameters."""
    openssl(folder, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out k")
    made = {
        "public.pem": "rsa -in k -pubout",
        "public.der": "rsa -in k -pubout -outform DER",
        "rsa-public.pem": "rsa -in k -RSAPublicKey_out",
        "rsa-public.der": "rsa -in k -RSAPublicKey_out -outform DER",
        "certificate.pem": "req -x509 -new -key k -subj /CN=x",
        "certificate.der": "req -x509 -new -key k -subj /CN=x -outform DER",
        "request.der": "req -new -key k -subj /CN=x -outform DER",
        "parameters.pem": "ecparam -name prime256v1 -param_enc explicit",
        "curve.pem": "ecparam -name prime256v1",
    }
    for name, line in made.items():
        openssl(folder, f"{line} -out {name}")
    openssl(folder, "pkcs12 -export -nokeys -in certificate.pem -passout pass:x -out trust.p12")
    return {name: folder / name for name in (*made, "trust.p12")}
