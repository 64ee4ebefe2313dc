"""A real cluster as far as values are concerned: kube-apiserver with etcd, on ports of this machine, for one test session."""

import base64
import datetime as dt
import ipaddress
import json
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

ADMIN, DEPLOYER = "token-of-admin", "token-of-deployer"
_SECONDS = 60.0
_JSON = "application/json"
_MISSING = 404


class Cluster(NamedTuple):
    """A running cluster: its address, and the folder with its certificates (`ca.pem`, `admin.pem`, `admin.key`)."""

    address: str
    folder: Path

    def call(self, method: str, path: str, content: object = None, *, kind: str = _JSON, token: str = ADMIN) -> Any:
        """What the server answers to its administrator, without gitseal. Fails the test if it says no."""
        body = json.dumps(content).encode() if content is not None else None
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        request = urllib.request.Request(self.address + path, body, headers, method=method)  # noqa: S310 - ours
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        try:
            with urllib.request.urlopen(request, context=context) as answer:  # noqa: S310 - ours
                return json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()
            raise

    def knows(self, path: str, token: str) -> None:
        """Waits until a right that was just given counts: the server looks at such changes now and then."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            try:
                self.call("GET", path, token=token)
            except urllib.error.HTTPError as error:
                if error.code == _MISSING:
                    return
                time.sleep(0.02)
        raise AssertionError(path)

    def serves(self, path: str) -> None:
        """Waits until a kind of objects that was just defined is there."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            with suppress(urllib.error.HTTPError):
                self.call("GET", path)
                return
            time.sleep(0.02)
        raise AssertionError(path)

    def namespace(self, name: str) -> str:
        """A namespace, new if it is not there."""
        with suppress(urllib.error.HTTPError):
            self.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
        return name

    def config(self, *, at: str = "", **user: Any) -> str:
        """A kubeconfig for a user, a token of the administrator's without one, and a way there: the path of the file."""
        content = {
            "current-context": "tests",
            "clusters": [{"name": "c", "cluster": {"server": at or self.address, "certificate-authority": "ca.pem"}}],
            "contexts": [{"name": "tests", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": user or {"token": ADMIN}}],
        }
        path = self.folder / f"config-{abs(hash(json.dumps(content)))}"
        path.write_text(json.dumps(content))
        return str(path)


@contextmanager
def running(apiserver: str, etcd: str, folder: Path) -> Iterator[Cluster]:
    """A cluster as long as the block. It knows two tokens; only the administrator's may do anything so far."""
    _certificates(folder)
    (folder / "tokens").write_text(f'{ADMIN},admin,1,"system:masters"\n{DEPLOYER},deployer,2\n')
    store, peers, port = _free(), _free(), _free()
    words = [etcd, "--data-dir", str(folder / "etcd"), "--unsafe-no-fsync"]
    words += [f"--listen-client-urls=http://127.0.0.1:{store}", f"--advertise-client-urls=http://127.0.0.1:{store}"]
    words += [f"--listen-peer-urls=http://127.0.0.1:{peers}"]
    server = [
        apiserver,
        f"--etcd-servers=http://127.0.0.1:{store}",
        f"--secure-port={port}",
        "--bind-address=127.0.0.1",
    ]
    server += [
        "--authorization-mode=RBAC",
        f"--token-auth-file={folder / 'tokens'}",
        f"--client-ca-file={folder / 'ca.pem'}",
    ]
    server += [f"--tls-cert-file={folder / 'server.pem'}", f"--tls-private-key-file={folder / 'server.key'}"]
    server += ["--service-account-issuer=https://tests", f"--service-account-signing-key-file={folder / 'server.key'}"]
    server += [f"--service-account-key-file={folder / 'server.key'}", "--service-cluster-ip-range=10.0.0.0/24"]
    server += ["--disable-admission-plugins=ServiceAccount", f"--cert-dir={folder / 'own'}"]
    with (folder / "cluster.log").open("wb") as log:
        children = [subprocess.Popen(line, stdout=log, stderr=log) for line in (words, server)]
    cluster = Cluster(f"https://127.0.0.1:{port}", folder)
    try:
        _wait(cluster, children)
        yield cluster
    finally:
        for child in reversed(children):
            child.kill()
            child.wait()


def _wait(cluster: Cluster, children: list[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and all(child.poll() is None for child in children):
        try:
            # It is up before the roles that come with it are there.
            cluster.call("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/admin")
            cluster.call("GET", "/api/v1/namespaces/default")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((cluster.folder / "cluster.log").read_text(errors="replace")[-3000:])


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _certificates(folder: Path) -> None:
    """An authority, the server's certificate, and one of an administrator."""
    authority = ec.generate_private_key(ec.SECP256R1())
    name = _name("authority of the tests")
    _write(folder / "ca", _signed(name, authority, name, authority), authority)
    for file, subject in (("server", _name("server")), ("admin", _name("root", "system:masters"))):
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder / file, _signed(subject, key, name, authority), key)


def _name(common: str, organization: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    parts += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name(parts)


def _signed(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, by: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=subject == issuer, path_length=None), critical=True)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([here]), critical=False)
    return builder.sign(by, SHA256())


def _write(path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    path.with_suffix(".pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    path.with_suffix(".key").write_bytes(private)


def encoded(content: bytes) -> str:
    """Bytes as a kubeconfig and a Secret have them."""
    return base64.b64encode(content).decode("ascii")
