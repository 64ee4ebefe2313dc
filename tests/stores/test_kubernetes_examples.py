"""The examples for clusters: what a cluster takes, what Argo CD's plugin prints, and what the publisher may and does."""

import subprocess
import urllib.error
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests import programs
from tests.conftest import PEERS, TOP
from tests.servers.kube import Cluster, encoded

EXAMPLES = TOP / "examples"
PUBLISHER = EXAMPLES / "kubernetes/publisher.yaml"
PATHS = {
    "ServiceAccount": "/api/v1/namespaces/shop/serviceaccounts",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings",
    "CronJob": "/apis/batch/v1/namespaces/shop/cronjobs",
    "Deployment": "/apis/apps/v1/namespaces/argocd/deployments",
}
STRICT = "?dryRun=All&fieldValidation=Strict"
# As much of Argo CD as the patch needs.
REPO_SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server, namespace: argocd}
spec:
  selector: {matchLabels: {app: repo-server}}
  template:
    metadata: {labels: {app: repo-server}}
    spec:
      containers: [{name: argocd-repo-server, image: argocd}]
      volumes: [{name: var-files, emptyDir: {}}, {name: plugins, emptyDir: {}}]
"""


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def objects() -> dict[str, dict[str, Any]]:
    """The publisher's, by their kinds."""
    return {one["kind"]: one for one in documents(PUBLISHER)}


def patched(kubectl: str, folder: Path) -> dict[str, dict[str, Any]]:
    """What an installation of Argo CD becomes with the example's component, by kinds."""
    subprocess.run(["cp", "-R", EXAMPLES / "argocd", folder / "gitseal"], check=True)
    (folder / "argocd.yaml").write_text(REPO_SERVER)
    (folder / "kustomization.yaml").write_text("resources: [argocd.yaml]\ncomponents: [gitseal]\n")
    done = programs.run(kubectl, "kustomize", folder, cwd=folder)
    assert done.returncode == 0, done.stderr
    return {one["kind"]: one for one in yaml.safe_load_all(done.stdout)}


@pytest.fixture
def project(repo: Path, git: Callable[..., str]) -> Path:
    """A project whose policy publishes to the Secret of the example."""

    def gitseal(*words: str, stdin: str = "") -> None:
        done = programs.run(programs.GITSEAL, *words, cwd=repo, stdin=stdin)
        assert done.returncode == 0, done.stderr

    gitseal("init", "-e", "production", "--as", "alice")
    with (repo / ".secrets/policy.yaml").open("a") as policy:
        policy.write('publish:\n  shop: {environments: [production], to: "kubernetes:shop/env"}\n')
    gitseal("set", "-e", "production", "DATABASE_URL", stdin="hush: 'one'\n")
    git("add", "-A")
    git("commit", "-qm", "start")
    return repo


@pytest.mark.slow
def test_argos_plugin_prints_the_manifests_and_one_secret_or_nothing(project: Path) -> None:
    (plugin,) = documents(EXAMPLES / "argocd/plugin.yaml")
    words = [*plugin["spec"]["generate"]["command"], *plugin["spec"]["generate"]["args"]]
    (project / "deploy").mkdir()
    (project / "deploy/a.yaml").write_text("kind: ConfigMap\nmetadata: {name: a}")
    (project / "deploy/b.yaml").write_text("kind: Service\n---\nkind: Deployment\n")
    (project / "key").write_text("kind: Secret\n")
    (project / "deploy/c.yaml").symlink_to(project / "key")
    # Argo CD hands over the files, and Git's folder only sometimes.
    subprocess.run(["rm", "-rf", project / ".git"], check=True)

    def generated(**environ: str) -> subprocess.CompletedProcess[str]:
        given = {"ARGOCD_ENV_SECRET": "env", "ARGOCD_APP_NAMESPACE": "shop", **environ}
        return programs.run(*words, cwd=project / "deploy", environ=given)

    made = generated(ARGOCD_ENV_ENVIRONMENT="production")
    assert made.returncode == 0, made.stderr
    *others, secret = (one for one in yaml.safe_load_all(made.stdout) if one is not None)
    assert [one["kind"] for one in others] == ["ConfigMap", "Service", "Deployment"]
    assert secret["metadata"] == {"name": "env", "namespace": "shop"}
    assert secret["data"] == {"DATABASE_URL": encoded(b"hush: 'one'\n")}
    for failing in (
        {"ARGOCD_ENV_ENVIRONMENT": "staging"},
        {},
        {"ARGOCD_ENV_ENVIRONMENT": "production", "GITSEAL_IDENTITY": "x"},
    ):
        failed = generated(**failing)
        assert failed.returncode != 0
        assert failed.stdout == ""


def test_the_applications_variables_are_those_that_the_plugin_reads() -> None:
    (plugin,), (application,) = (documents(EXAMPLES / f"argocd/{name}.yaml") for name in ("plugin", "application"))
    used = application["spec"]["source"]["plugin"]
    assert used["name"] == plugin["metadata"]["name"]
    for variable in used["env"]:
        assert f"$ARGOCD_ENV_{variable['name']}" in plugin["spec"]["generate"]["args"][0]


def test_the_plugins_container_is_put_beside_argos_repo_server(peer: Callable[[str], str], tmp_path: Path) -> None:
    made = patched(peer("kubectl"), tmp_path)
    spec = made["Deployment"]["spec"]["template"]["spec"]
    assert {container["name"] for container in spec["containers"]} == {"argocd-repo-server", "gitseal"}
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    mounted = {mount["name"] for container in spec["containers"] for mount in container.get("volumeMounts", [])}
    assert mounted <= volumes.keys()
    assert volumes["gitseal-plugin"]["configMap"]["name"] == made["ConfigMap"]["metadata"]["name"]
    assert made["ConfigMap"]["data"] == {"plugin.yaml": (EXAMPLES / "argocd/plugin.yaml").read_text()}


def test_flux_runs_what_the_publisher_needs_first() -> None:
    repository, secrets, shop = documents(EXAMPLES / "flux/shop.yaml")
    assert [one["kind"] for one in (repository, secrets, shop)] == ["GitRepository", "Kustomization", "Kustomization"]
    assert shop["spec"]["dependsOn"] == [{"name": secrets["metadata"]["name"]}]
    for one in (secrets, shop):
        assert one["spec"]["sourceRef"] == {"kind": "GitRepository", "name": repository["metadata"]["name"]}


@pytest.mark.cluster
@pytest.mark.slow
def test_a_cluster_takes_every_object_of_the_examples(
    cluster: Cluster, made: Mapping[str, Any], peer: Callable[[str], str], tmp_path: Path
) -> None:
    cluster.namespace("argocd")
    deployment = patched(peer("kubectl"), tmp_path)["Deployment"]
    for one in (objects()["CronJob"], deployment):
        cluster.call("POST", PATHS[one["kind"]] + STRICT, one)
    deployment["spec"]["template"]["spec"]["containers"][0]["volumeMount"] = []
    with pytest.raises(urllib.error.HTTPError):
        cluster.call("POST", PATHS["Deployment"] + STRICT, deployment)


@pytest.mark.cluster
@pytest.mark.slow
def test_a_cluster_with_flux_and_argo_takes_their_objects(cluster: Cluster) -> None:
    crds = sorted((PEERS / "crds").glob("*.yaml"))
    if not crds:
        pytest.skip("the definitions of Flux and Argo CD are not in .peers/crds: `make peers` fetches them")
    for path in crds:
        (crd,) = documents(path)
        cluster.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd)
    for one in (*documents(EXAMPLES / "flux/shop.yaml"), *documents(EXAMPLES / "argocd/application.yaml")):
        cluster.namespace(one["metadata"]["namespace"])
        group, plural = f"/apis/{one['apiVersion']}", one["kind"].lower().replace("repository", "repositorie") + "s"
        place = f"{group}/namespaces/{one['metadata']['namespace']}/{plural}"
        cluster.serves(place)
        cluster.call("POST", place + STRICT, one)
        one["spec"]["unheard-of"] = 1
        with pytest.raises(urllib.error.HTTPError):
            cluster.call("POST", place + STRICT, one)


@pytest.mark.slow
def test_flux_builds_what_it_would_apply(peer: Callable[[str], str], tmp_path: Path) -> None:
    """By Flux's own command, without a cluster: the publisher, and no Secret."""
    flux = peer("flux")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/publisher.yaml").write_bytes(PUBLISHER.read_bytes())
    words = [
        *("build", "kustomization", "shop-secrets", "--namespace", "flux-system", "--dry-run"),
        "--path",
        "secrets",
    ]
    done = programs.run(flux, *words, "--kustomization-file", EXAMPLES / "flux/shop.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    built = list(filter(None, yaml.safe_load_all(done.stdout)))
    assert {one["kind"] for one in built} == {
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "CronJob",
    }


@pytest.mark.cluster
@pytest.mark.slow
def test_the_publisher_publishes_with_the_rights_of_its_role_and_no_others(
    cluster: Cluster, made: Mapping[str, Any], project: Path, isolated: Path, tmp_path: Path
) -> None:
    (container,) = objects()["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    token = cluster.call("POST", f"{PATHS['ServiceAccount']}/publisher/token", {"spec": {"audiences": []}})
    config = cluster.config(token=token["status"]["token"])
    cluster.knows("/api/v1/namespaces/shop/secrets/env", token["status"]["token"])
    identity = isolated / ".config/gitseal/identity.txt"

    def publish(home: str) -> subprocess.CompletedProcess[str]:
        environ = {"HOME": str(tmp_path / home), "REPOSITORY": str(project), "GITSEAL_IDENTITY_FILE": str(identity)}
        (tmp_path / home).mkdir()
        return programs.run(
            *container["command"], *container["args"], cwd=tmp_path, environ=environ | {"KUBECONFIG": config}
        )

    first = publish("first")
    assert first.returncode == 0, first.stderr
    assert cluster.call("GET", "/api/v1/namespaces/shop/secrets/env")["data"] == {
        "DATABASE_URL": encoded(b"hush: 'one'\n")
    }
    assert publish("second").stderr.endswith("0 created, 0 changed, 0 removed, 0 left, 1 unchanged\n")
    policy = project / ".secrets/policy.yaml"
    policy.write_text(policy.read_text().replace("shop/env", "shop/other"))
    programs.git(project, "commit", "-qam", "elsewhere")
    refused = publish("third")
    assert refused.returncode == 1
    assert "did not read the Secret shop/other" in refused.stderr


@pytest.fixture(scope="module")
def made(cluster: Cluster) -> dict[str, Any]:
    """The publisher's rights in a namespace `shop`, as the example has them."""
    cluster.namespace("shop")
    kept = {kind: one for kind, one in objects().items() if kind != "CronJob"}
    for kind, one in kept.items():
        cluster.call("POST", PATHS[kind] + "?fieldValidation=Strict", one)
    return kept
