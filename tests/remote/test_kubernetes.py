"""Signing in to a cluster: tokens that change, programs that print them, and what becomes of them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.remote.kubeconfig import CredentialProgram, KubeContext, KubeLogin
from gitseal.remote.kubernetes import APPLY, KubeCluster, identity
from gitseal.remote.tls import Tls
from tests.servers.scripted import Asked, in_turn, send, server

VERSION = "client.authentication.k8s.io/v1"


def context(asked: Asked | None, login: KubeLogin) -> KubeContext:
    return KubeContext("x", asked.url if asked is not None else "https://a.example", Tls(), "", login)


def never(_command: Sequence[str], _variables: Mapping[str, str]) -> SecretBytes:
    raise AssertionError


def cluster(made: KubeContext, run: object = never) -> KubeCluster:
    return KubeCluster(made, {}, run, lambda _seconds: None)  # type: ignore[arg-type]


def test_a_token_that_changes_in_its_file_is_read_again_when_it_is_no_longer_taken(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    with server(in_turn(send(b"{}"), send(b"{}", 401), send(b"{}"))) as asked:
        shop = cluster(context(asked, KubeLogin(SecretBytes(b""), token_file=str(file))))
        assert shop.ask("GET", "/a", reads=True).status == 200
        file.write_text("second\n")
        assert shop.ask("PATCH", "/a", {}, kind=APPLY).status == 200
    assert [headers["Authorization"] for headers in asked.headers] == ["Bearer first", "Bearer first", "Bearer second"]
    assert asked.headers[2]["Content-Type"] == "application/apply-patch+yaml"


def test_new_credentials_that_are_not_taken_are_not_asked_for_again() -> None:
    with server(send(b"{}", 401)) as asked:
        assert cluster(context(asked, KubeLogin(SecretBytes(b"hush")))).ask("GET", "/a", reads=True).status == 401
    assert len(asked.requests) == 1


def test_a_program_hears_which_cluster_it_is_and_gives_a_token() -> None:
    heard: list[tuple[Sequence[str], Mapping[str, str]]] = []

    def run(command: Sequence[str], variables: Mapping[str, str]) -> SecretBytes:
        heard.append((command, variables))
        return SecretBytes(json.dumps({"kind": "ExecCredential", "status": {"token": "hush"}}).encode())

    program = CredentialProgram(VERSION, ("sign-in", "x"), {"AWS_PROFILE": "shop"}, is_told=True)
    with server(send(b"{}")) as asked:
        made = context(asked, KubeLogin(SecretBytes(b""), program=program))
        shop = cluster(made._replace(tls=Tls(authority="pem")), run)
        assert not heard
        shop.ask("GET", "/a")
    assert asked.headers[0]["Authorization"] == "Bearer hush"
    (command, variables) = heard[0]
    assert command == ("sign-in", "x")
    assert variables["AWS_PROFILE"] == "shop"
    assert json.loads(variables["KUBERNETES_EXEC_INFO"]) == {
        "apiVersion": VERSION,
        "kind": "ExecCredential",
        "spec": {"interactive": False, "cluster": {"server": asked.url, "certificate-authority-data": "cGVt"}},
    }
    assert "hush" not in repr(shop)


@pytest.mark.parametrize(
    "printed", [b"", b"hush", b"[]", b'{"status": null}', b'{"status": {"token": 1}}', b"[" * 100_000]
)
def test_what_is_no_credential_is_told_and_not_quoted(printed: bytes) -> None:
    program = CredentialProgram(VERSION, ("/opt/sign-in",), {}, is_told=False)
    shop = cluster(context(None, KubeLogin(SecretBytes(b""), program=program)), lambda *_: SecretBytes(printed))
    with pytest.raises(RemoteError, match='the program "sign-in" of the kubeconfig gave no credentials') as refused:
        shop.ask("GET", "/a")
    assert refused.value.kind is RemoteFailure.UNKNOWN_TO_IT
    assert "hush" not in f"{refused.value} {refused.value.hint}"


def test_a_cluster_stays_the_same_by_any_name_and_is_another_with_another_authority() -> None:
    made = context(None, KubeLogin(SecretBytes(b"")))
    one = made._replace(tls=Tls(authority="-----BEGIN\nabc\n-----END\n"))
    assert identity(one) == identity(one._replace(name="other", tls=Tls(authority="-----BEGIN\nabc\n-----END")))
    for other in (one._replace(url="https://b.example"), one._replace(tls=Tls(authority="xyz")), made):
        assert identity(one) != identity(other)
