"""Kubernetes' kubeconfig: which cluster, and who we are to it, found as kubectl finds it.

The files of KUBECONFIG, or `~/.kube/config`; without any the account of the pod that gitseal runs in. The first file that has an
entry decides it. Whatever would change the answer and is not understood here is refused, and never passed over.
"""

import os
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gitseal.errors import Error, os_reason
from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple
from gitseal.remote import addresses
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.tls import Tls

CONTEXT_VARIABLE = "GITSEAL_KUBE_CONTEXT"
_FILES_VARIABLE = "KUBECONFIG"
_POD = "/var/run/secrets/kubernetes.io/serviceaccount"
SIGN_IN = "see who you are to the cluster with: kubectl auth whoami"


class CredentialProgram(NamedTuple):
    """A program that prints credentials, in a version of the protocol. `is_told`: it has to hear for which cluster."""

    version: str
    command: tuple[str, ...]
    variables: Mapping[str, str]
    is_told: bool


class KubeLogin(NamedTuple):
    """How a cluster knows us: any of a token, the file of one that changes, a certificate with its key, a program."""

    token: SecretBytes
    token_file: str = ""
    certificate: bytes = b""
    key: SecretBytes = SecretBytes(b"")
    program: CredentialProgram | None = None


class KubeContext(NamedTuple):
    """A cluster and a login. `name` is empty in a pod. `proxy` is the one on the way there, if the cluster has one of its own."""

    name: str
    url: str
    tls: Tls
    proxy: str
    login: KubeLogin


def read(environ: Mapping[str, str], pod: str = _POD) -> KubeContext:
    """The context that GITSEAL_KUBE_CONTEXT names, or the current one. Raises Error if there is none, or it cannot be used.

    A person's kubeconfig may be read anywhere; one that is committed, the caller refuses.
    """
    paths = _paths(environ)
    if paths:
        return _Kubeconfig(paths).context(environ.get(CONTEXT_VARIABLE, ""))
    if environ.get(_FILES_VARIABLE, "").strip(os.pathsep):
        raise RemoteError(f"none of the files that {_FILES_VARIABLE} names is there", kind=RemoteFailure.UNKNOWN_TO_IT)
    if Path(pod, "token").exists() and environ.get("KUBERNETES_SERVICE_HOST"):
        return _of_pod(environ, pod)
    hint = f"set {_FILES_VARIABLE} to a kubeconfig, as for kubectl"
    raise RemoteError("nothing says which cluster of Kubernetes it is", hint, kind=RemoteFailure.UNKNOWN_TO_IT)


def named(environ: Mapping[str, str]) -> list[tuple[str, list[str], list[str]]]:
    """What the context names besides itself, by entry: the entry's words for messages, files, a program with its arguments.

    Raises Error as `read`.
    """
    paths = _paths(environ)
    return _Kubeconfig(paths).named(environ.get(CONTEXT_VARIABLE, "")) if paths else []


def _paths(environ: Mapping[str, str]) -> list[str]:
    listed = [path for path in environ.get(_FILES_VARIABLE, "").split(os.pathsep) if path]
    home = environ.get("HOME", "")
    return [path for path in listed or ([f"{home}/.kube/config"] if home else []) if Path(path).exists()]


def _of_pod(environ: Mapping[str, str], pod: str) -> KubeContext:
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ.get("KUBERNETES_SERVICE_PORT", "443")
    url = f"https://{f'[{host}]' if ':' in host else host}:{port}"
    # Kubernetes changes the token in the file while the pod runs.
    login = KubeLogin(SecretBytes(b""), token_file=f"{pod}/token")
    return KubeContext("", url, Tls(authority=_ascii(_file(f"{pod}/ca.crt"))), "", login)


class _ConfigEntry(NamedTuple):
    """An entry, how messages call it, and the folder of its file, which relative paths count from."""

    told: str
    content: dict[str, Any]
    folder: str

    def text(self, key: str) -> str:
        value = self.content.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise _unusable(f"{key} of {self.told} is no text")
        return value

    def path(self, key: str) -> str:
        path = self.text(key)
        return str(Path(self.folder, path)) if path else ""

    def content_of(self, key: str) -> bytes:
        """What stands in the entry as base64, or in the file that it names."""
        data = "".join(self.text(f"{key}-data").split())
        try:
            return a2b_base64(data, strict_mode=True) if data else _file(self.path(key)) if self.text(key) else b""
        except ValueError:
            raise _unusable(f"{key}-data of {self.told} is no base64") from None

    def refuse(self, reasons: Mapping[str, str]) -> None:
        for key, reason in reasons.items():
            if self.content.get(key):
                raise _unusable(f"{self.told} {reason} ({key})")


# What kubectl does and this does not; ignored, it would be another cluster, another person, or an unproven server.
_CLUSTER_REFUSED = {
    "insecure-skip-tls-verify": "does not have the server prove what it is",
}
_USER_REFUSED = {
    "as": "acts as somebody else, which gitseal does not",
    "as-groups": "acts as somebody else, which gitseal does not",
    "as-uid": "acts as somebody else, which gitseal does not",
    "auth-provider": "has a way to sign in that Kubernetes gave up: use exec",
    "username": "has a password, which Kubernetes gave up: use a token",
}
_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")


class _Kubeconfig:
    """The files of a kubeconfig, as one."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._contents = [(_parsed(path), str(Path(path).absolute().parent)) for path in paths]

    def context(self, wanted: str) -> KubeContext:
        """The context of that name, the current one without a name."""
        name, cluster, user = self._entries(wanted)
        cluster.refuse(_CLUSTER_REFUSED)
        user.refuse(_USER_REFUSED)
        authority = _ascii(cluster.content_of("certificate-authority"))
        tls = Tls(authority=authority, server_name=cluster.text("tls-server-name"))
        url = cluster.text("server").rstrip("/")
        parts = addresses.split(url)
        if parts is None or (parts.scheme != "https" and not addresses.is_loopback(parts.hostname or "")):
            raise _unusable(f"{cluster.told} has no https:// address")
        return KubeContext(name, url, tls, cluster.text("proxy-url"), _login(user))

    def named(self, wanted: str) -> list[tuple[str, list[str], list[str]]]:
        """See the function."""
        _name, cluster, user = self._entries(wanted)
        content = user.content.get("exec")
        program = list(_program(user, content).command) if content else []
        files = [user.path(key) for key in ("tokenFile", "client-certificate", "client-key")]
        authority = cluster.path("certificate-authority")
        return [(cluster.told, [authority] if authority else [], []), (user.told, [*filter(None, files)], program)]

    def _entries(self, wanted: str) -> "tuple[str, _ConfigEntry, _ConfigEntry]":
        """The name of the context, its cluster and its user."""
        current = (content.get("current-context") for content, _folder in self._contents)
        name = wanted or next((one for one in current if isinstance(one, str) and one), "")
        if not name:
            raise _unusable("no context is current", "choose one of these: kubectl config get-contexts")
        context = self._entry("context", name)
        return name, self._entry("cluster", context.text("cluster")), self._entry("user", context.text("user"))

    def _entry(self, kind: str, name: str) -> _ConfigEntry:
        for content, folder in self._contents:
            entries = content.get(f"{kind}s")
            for entry in entries if isinstance(entries, list) else []:
                if isinstance(entry, dict) and entry.get("name") == name and isinstance(entry.get(kind), dict):
                    return _ConfigEntry(f'{kind} "{name}"', entry[kind], folder)
        hint = f"these are there: kubectl config get-{kind}s" if kind != "user" else "see it with: kubectl config view"
        raise _unusable(f'there is no {kind} "{name}"', hint)


def _login(user: _ConfigEntry) -> KubeLogin:
    certificate, key = user.content_of("client-certificate"), user.content_of("client-key")
    token = user.text("token")
    if not token.isascii() or not (token.isprintable() or not token):
        raise _unusable(f"the token of {user.told} has characters that no token has")
    login = KubeLogin(SecretBytes(token.encode()), user.path("tokenFile"), certificate, SecretBytes(key))
    program = user.content.get("exec")
    return login if token or login.token_file or not program else login._replace(program=_program(user, program))


def _program(user: _ConfigEntry, content: object) -> CredentialProgram:
    entry = _ConfigEntry(f"exec of {user.told}", content if isinstance(content, dict) else {}, user.folder)
    version, command = entry.text("apiVersion"), entry.text("command")
    if version not in _VERSIONS or not command:
        raise _unusable(f"{entry.told} has no command of a version that gitseal knows: {', '.join(_VERSIONS)}")
    entry_arguments, variables = entry.content.get("args") or [], entry.content.get("env") or []
    try:
        words = tuple(str(word) for word in entry_arguments)
        given = {str(one["name"]): str(one["value"]) for one in variables}
    except (TypeError, KeyError):
        raise _unusable(f"{entry.told} has arguments or variables that are none") from None
    program = str(Path(entry.folder, command)) if "/" in command else command
    return CredentialProgram(version, (program, *words), given, bool(entry.content.get("provideClusterInfo")))


def _parsed(path: str) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(_file(path))
    except (YAMLError, ValueError, RecursionError):
        # Its words may quote a token.
        raise _unusable(f'"{path}" is no YAML') from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise _unusable(f'"{path}" is no kubeconfig')
    return content


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Error(
            f'"{path}" cannot be read: {os_reason(error)}', "see what is configured: kubectl config view"
        ) from None


def _ascii(content: bytes) -> str:
    try:
        return content.decode("ascii")
    except UnicodeDecodeError:
        raise _unusable("the certificate of the cluster's authority is not in PEM") from None


def _unusable(what: str, hint: str = SIGN_IN) -> Error:
    return Error(f"the kubeconfig cannot be used: {what}", hint)
