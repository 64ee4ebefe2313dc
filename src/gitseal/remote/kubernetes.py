"""A cluster of Kubernetes, as its kubeconfig lets us in: REST over verified TLS, with credentials that may end while we run."""

import json
from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gitseal.errors import os_reason
from gitseal.hidden import SecretBytes, UnshownDict
from gitseal.records import NamedTuple
from gitseal.remote.calling import Response, Server
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.kubeconfig import SIGN_IN, CredentialProgram, KubeContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

APPLY = "application/apply-patch+yaml"
_UNAUTHORIZED = 401
_NAME = "the cluster"

Run = Callable[[Sequence[str], Mapping[str, str]], SecretBytes]
"""What a program printed, given its words and variables of its own. Raises RemoteError if it failed."""


class _Credentials(NamedTuple):
    """What we prove to be us with: a token, a certificate with its key, or both."""

    token: SecretBytes
    certificate: bytes
    key: SecretBytes


class KubeCluster:
    """A cluster. Nothing is called, and no program started, before something is asked."""

    def __init__(
        self, context: KubeContext, environ: Mapping[str, str], run: Run, wait: Callable[[float], object]
    ) -> None:
        self._context = context
        self._environ = environ
        self._run = run
        self._wait = wait
        self._server: Server | None = None

    def __repr__(self) -> str:
        return f"KubeCluster({self._context.url!r})"

    def ask(
        self, method: str, path: str, content: object = None, *, reads: bool = False, kind: str = "application/json"
    ) -> Response:
        """See `Server.ask`. Credentials that are no longer taken are got anew, once."""
        is_new = self._server is None
        if self._server is None:
            self._server = self._signed_in()
        answer = self._server.ask(method, path, content, reads=reads, kind=kind)
        if answer.status == _UNAUTHORIZED and not is_new:
            # Nothing was done: nobody knew who asked. A person may have thought for longer than a token lasts.
            self._server = self._signed_in()
            answer = self._server.ask(method, path, content, reads=reads, kind=kind)
        return answer

    def _signed_in(self) -> Server:
        context = self._context
        token, certificate, key = self._credentials()
        headers = UnshownDict({"Accept": "application/json"})
        if token.reveal():
            headers["Authorization"] = f"Bearer {token.reveal().decode('ascii', 'replace')}"
        environ = dict(self._environ)
        if context.proxy:
            environ |= {"HTTPS_PROXY": context.proxy, "NO_PROXY": "", "no_proxy": ""}
        tls = context.tls._replace(certificate=certificate, key=key)
        return Server(_NAME, context.url, headers, self._wait, environ=environ, tls=tls).told_by("the kubeconfig")

    def _credentials(self) -> _Credentials:
        login = self._context.login
        own = _Credentials(login.token, login.certificate, login.key)
        if login.token_file:
            return own._replace(token=_of_file(login.token_file))
        return own if login.program is None else _given(login.program, self._run, self._context)


def identity(context: KubeContext) -> str:
    """A text that stays the same as long as it is the same cluster, whatever the context is called."""
    return " ".join([context.url, context.tls.server_name, *context.tls.authority.split()])


def _of_file(path: str) -> SecretBytes:
    try:
        return SecretBytes(Path(path).read_bytes().strip())
    except OSError as error:
        message = f"the token for {_NAME} cannot be read: {os_reason(error)}"
        raise RemoteError(message, SIGN_IN, kind=RemoteFailure.UNKNOWN_TO_IT) from None


def _given(program: CredentialProgram, run: Run, context: KubeContext) -> _Credentials:
    """What a program gives, by the protocol of `client.authentication.k8s.io`."""
    spec: dict[str, Any] = {"interactive": False}
    if program.is_told:
        spec["cluster"] = _told(context)
    question = {"apiVersion": program.version, "kind": "ExecCredential", "spec": spec}
    variables = {**program.variables, "KUBERNETES_EXEC_INFO": json.dumps(question)}
    try:
        answer = json.loads(run(program.command, variables).reveal(), object_hook=UnshownDict)
        status = answer["status"]
        texts = [status.get(key) or "" for key in ("token", "clientCertificateData", "clientKeyData")]
        token, certificate, key = (text.encode() for text in texts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = f'the program "{Path(program.command[0]).name}" of the kubeconfig gave no credentials'
        raise RemoteError(message, SIGN_IN, kind=RemoteFailure.UNKNOWN_TO_IT) from None
    return _Credentials(SecretBytes(token), certificate, SecretBytes(key))


def _told(context: KubeContext) -> "dict[str, str]":
    told = {"server": context.url}
    if context.tls.server_name:
        told["tls-server-name"] = context.tls.server_name
    if context.tls.authority:
        told["certificate-authority-data"] = b2a_base64(context.tls.authority.encode(), newline=False).decode("ascii")
    return told | ({"proxy-url": context.proxy} if context.proxy else {})
