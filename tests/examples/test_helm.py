"""The example for Helm, with the real Helm: alone, and against a real API server."""

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples.project import HUSH, Project, start
from tests.servers.kube import Cluster, encoded

MANIFEST = "version: 1\nservices:\n  shop:\n    include: [DATABASE_PASSWORD, PORT]\n"
ANNOTATION = "example.com/revisions"
pytestmark = pytest.mark.slow


@pytest.fixture
def project(repo: Path, peer: Callable[[str], str]) -> Project:
    peer("helm")
    return start(repo, "helm", {"DATABASE_PASSWORD": HUSH, "PORT": "1000000"}, MANIFEST)


def annotation(cluster: Cluster, namespace: str) -> str:
    made = cluster.call("GET", f"/apis/apps/v1/namespaces/{namespace}/deployments/shop")
    found: str = made["spec"]["template"]["metadata"]["annotations"][ANNOTATION]
    return found


@pytest.mark.cluster
def test_a_release_has_the_values_and_pods_are_replaced_if_one_changed(project: Project, cluster: Cluster) -> None:
    cluster.namespace("helm")
    environ = {"KUBECONFIG": cluster.config()}
    upgrade = ("./upgrade.sh", "--namespace", "helm")
    secret = "/api/v1/namespaces/helm/secrets/"
    project.done(*upgrade, **environ)
    assert cluster.call("GET", f"{secret}shop-env")["data"] == {
        "DATABASE_PASSWORD": encoded(HUSH.encode()),
        "PORT": encoded(b"1000000"),
    }
    first = annotation(cluster, "helm")
    project.done(*upgrade, **environ)
    assert annotation(cluster, "helm") == first
    project.gitseal("set", "-e", "production", "DATABASE_PASSWORD", stdin="other")
    project.done(*upgrade, **environ)
    assert annotation(cluster, "helm") != first
    # The page says so: Helm's record has the values of each release.
    record = cluster.call("GET", f"{secret}sh.helm.release.v1.shop.v1")["data"]["release"]
    release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(record))))
    assert release["config"]["secrets"]["DATABASE_PASSWORD"] == HUSH
    assert project.holds_plaintext() == []
    refused = project.run(*upgrade, **environ, GITSEAL_IDENTITY="x")
    assert refused.returncode == 1
    assert cluster.call("GET", f"{secret}shop-env")["data"]["DATABASE_PASSWORD"] == encoded(b"other")


def test_nothing_is_made_without_values(project: Project) -> None:
    for values in ("{}", '{"secrets": {"A": "1"}}'):
        (project.folder / "given.json").write_text(values, encoding="utf-8")
        refused = project.run("helm", "template", "shop", "shop", "--values", "given.json")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "use upgrade.sh" in refused.stderr


def test_helm_finds_nothing_to_say_about_the_chart(project: Project) -> None:
    rendered = project.done("gitseal", "render", "--service", "shop", "--format", "helm")
    (project.folder / "given.json").write_text(rendered, encoding="utf-8")
    assert "0 chart(s) failed" in project.done("helm", "lint", "--strict", "shop", "--values", "given.json")
