"""Which cluster a kubeconfig means, and who we are there, as kubectl reads it; and what is refused."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote import kubeconfig
from gitseal.remote.failure import RemoteError


def write(
    path: Path, *, context: str = "", server: str = "https://a.example:6443", user: Any = None, **cluster: Any
) -> Path:
    """A kubeconfig with the cluster, user and context `x`."""
    content: dict[str, Any] = {
        "clusters": [{"name": "x", "cluster": {"server": server, **cluster}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
        "users": [{"name": "x", "user": user if user is not None else {"token": "hush"}}],
    }
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(json.dumps(content | ({"current-context": context} if context else {})))
    return path


def test_the_current_context_of_the_file_at_home_or_of_those_that_are_named(tmp_path: Path) -> None:
    write(tmp_path / ".kube/config", context="x")
    home = kubeconfig.read({"HOME": str(tmp_path)})
    assert (home.name, home.url, home.login.token) == ("x", "https://a.example:6443", SecretBytes(b"hush"))
    assert "hush" not in repr(home)
    other = write(tmp_path / "other", context="x", server="https://b.example/")
    assert kubeconfig.read({"HOME": str(tmp_path), "KUBECONFIG": str(other)}).url == "https://b.example"


def test_of_several_files_the_first_that_has_an_entry_decides_it(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a"), write(tmp_path / "b", context="y", server="https://b.example")
    content = json.loads(second.read_text())
    content["contexts"].append({"name": "y", "context": {"cluster": "z", "user": "x"}})
    content["clusters"].append({"name": "z", "cluster": {"server": "https://z.example"}})
    second.write_text(json.dumps(content))
    environ = {"KUBECONFIG": f"{tmp_path / 'none'}:{first}:{second}"}
    assert kubeconfig.read(environ).url == "https://z.example"
    assert kubeconfig.read(environ | {"GITSEAL_KUBE_CONTEXT": "x"}).url == "https://a.example:6443"


def test_paths_count_from_their_own_file(tmp_path: Path) -> None:
    user = {"client-certificate": "c.pem", "client-key": "c.key", "tokenFile": "t"}
    path = write(tmp_path / "deep/config", context="x", user=user, **{"certificate-authority": "ca.pem"})
    for name in ("c.pem", "c.key", "ca.pem"):
        (tmp_path / "deep" / name).write_text(name)
    read = kubeconfig.read({"KUBECONFIG": str(path)})
    assert read.tls.authority == "ca.pem"
    assert (read.login.certificate, read.login.key) == (b"c.pem", SecretBytes(b"c.key"))
    assert read.login.token_file == str(tmp_path / "deep/t")
    data = {"certificate-authority-data": base64.b64encode(b"inline").decode(), "tls-server-name": "n"}
    read = kubeconfig.read({"KUBECONFIG": str(write(path, context="x", **data))})
    assert (read.tls.authority, read.tls.server_name) == ("inline", "n")


def test_a_program_for_credentials(tmp_path: Path) -> None:
    program = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "./bin/sign-in",
        "args": ["--for", "x"],
        "env": [{"name": "AWS_PROFILE", "value": "shop"}],
        "provideClusterInfo": True,
    }
    path = write(tmp_path / "config", context="x", user={"exec": program})
    read = kubeconfig.read({"KUBECONFIG": str(path)}).login.program
    assert read is not None
    assert read.command == (str(tmp_path / "bin/sign-in"), "--for", "x")
    assert (read.variables, read.is_told) == ({"AWS_PROFILE": "shop"}, True)


def test_in_a_pod_its_account_counts_if_there_is_no_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hush")
    (tmp_path / "ca.crt").write_text("authority")
    environ = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"}
    pod = kubeconfig.read(environ, str(tmp_path))
    assert (pod.name, pod.url, pod.tls.authority) == ("", "https://[fd00::1]:6443", "authority")
    assert pod.login.token_file == f"{tmp_path}/token"
    # A runner in one cluster that deploys to another must not fall back to its own.
    path = write(tmp_path / "config", context="x")
    assert kubeconfig.read(environ | {"KUBECONFIG": str(path)}, str(tmp_path)).url == "https://a.example:6443"
    with pytest.raises(RemoteError, match="none of the files that KUBECONFIG names is there"):
        kubeconfig.read(environ | {"KUBECONFIG": str(tmp_path / "missing")}, str(tmp_path))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"insecure-skip-tls-verify": True}, "does not have the server prove what it is"),
        ({"server": "http://a.example"}, "has no https:// address"),
        ({"server": "https://somebody:hush@a.example"}, "has no https:// address"),
        ({"server": 1}, "is no text"),
        ({"certificate-authority-data": "hush!"}, "is no base64"),
        ({"user": {"username": "a", "password": "hush"}}, "has a password"),
        ({"user": {"token": "hush", "as": "admin"}}, "acts as somebody else"),
        ({"user": {"auth-provider": {"name": "oidc"}}}, "use exec"),
        ({"user": {"token": "hush\nX-Other: 1"}}, "characters that no token has"),
        (
            {"user": {"exec": {"command": "x", "apiVersion": "client.authentication.k8s.io/v1alpha1"}}},
            "no command of a version",
        ),
        ({"user": {"exec": "hush"}}, "no command of a version"),
        ({"context": ""}, "no context is current"),
        ({"context": "y"}, 'there is no context "y"'),
        ({"certificate-authority": "missing.pem"}, "cannot be read"),
    ],
)
def test_what_cannot_be_done_as_kubectl_would_is_refused(changed: dict[str, Any], told: str, tmp_path: Path) -> None:
    path = write(tmp_path / "config", **({"context": "x"} | changed))
    with pytest.raises(Error, match=told) as refused:
        kubeconfig.read({"KUBECONFIG": str(path)})
    assert "hush" not in f"{refused.value} {refused.value.hint}"


@pytest.mark.parametrize(
    "content", ["", "[]", "a: [", "token: hush\ntoken: hush", "&a [*a", "!!python/object:os.system {}", "\0"]
)
def test_what_is_no_kubeconfig_is_told_and_not_quoted(content: str, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(content)
    with pytest.raises(Error, match="the kubeconfig cannot be used") as refused:
        kubeconfig.read({"KUBECONFIG": str(path)})
    assert "hush" not in f"{refused.value} {refused.value.hint}"


def test_nothing_that_says_which_cluster(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="nothing says which cluster"):
        kubeconfig.read({"HOME": str(tmp_path)}, str(tmp_path))
