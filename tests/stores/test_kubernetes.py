"""Secrets in a real cluster: what is written, what stays others', and what is refused before anything is written."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitseal.delivery.publishing.planning import Desired, PublishAction, Publisher, PublishPlan, PublishRules, plan
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.stores import secret_object, table
from gitseal.stores.protocol import Edit, Outside, ProgramAnswer, Raced
from tests import programs
from tests.servers.kube import ADMIN, DEPLOYER, Cluster, encoded
from tests.stores.publishing import KEY

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

FILE = "f" + "1" * 32
RULES = PublishRules()
MERGE, APPLY = "application/merge-patch+json", "application/apply-patch+yaml"


@pytest.fixture
def namespace(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    return cluster.namespace(f"n{abs(hash(request.node.name))}")


def outside(cluster: Cluster, **user: Any) -> Outside:
    def start(
        command: Sequence[str], message: SecretBytes, _secrets: object, variables: Mapping[str, str], folder: str
    ) -> ProgramAnswer:
        done = subprocess.run(
            command,
            input=message.reveal(),
            capture_output=True,
            check=False,
            env={**variables, "PATH": "/usr/bin:/bin"},
            cwd=folder,
        )
        return ProgramAnswer(done.returncode, SecretBytes(done.stdout), is_too_long=False)

    return Outside({"KUBECONFIG": cluster.config(**user)}, start, lambda _seconds: None, "/", {})


def planned(
    cluster: Cluster,
    place: str,
    values: dict[str, bytes],
    number: int,
    rules: PublishRules = RULES,
    **user: Any,
) -> PublishPlan:
    store = table.open_store(place, outside(cluster, **user))
    wanted = {name: Desired(SecretBytes(value), KEY) for name, value in values.items()}
    publisher = Publisher(FILE, "shop", f"{number:040x}")
    made = plan(publisher, wanted, store.read(), lambda *_: KEY, rules)
    edits = made.edits(wanted, publisher)
    if edits and not made.refused:
        store.write(edits)
    return made


def secret(cluster: Cluster, namespace: str) -> dict[str, Any]:
    return dict(cluster.call("GET", f"/api/v1/namespaces/{namespace}/secrets/env"))


def by_hand(cluster: Cluster, namespace: str, data: Mapping[str, bytes | None], manager: str = "kubectl-edit") -> None:
    """What `kubectl edit` or `kubectl patch` do."""
    patch = {name: encoded(value) if value is not None else None for name, value in data.items()}
    path = f"/api/v1/namespaces/{namespace}/secrets/env?fieldManager={manager}"
    cluster.call("PATCH", path, {"data": patch}, kind=MERGE)


def test_publishing_creates_writes_what_differs_and_removes_what_was_published(
    cluster: Cluster, namespace: str
) -> None:
    place = f"kubernetes:{namespace}/env"
    values = {"A": b"one", "B": b"two \xc3\xa4\n", "EMPTY": b"", "BINARY": bytes(range(256)), "tls.crt": b"x"}
    assert planned(cluster, place, values, 1).counts()["create"] == 5
    first = secret(cluster, namespace)
    assert first["type"] == "Opaque"
    assert first["data"] == {name: encoded(value) for name, value in values.items()}
    assert sorted(json.loads(first["metadata"]["annotations"]["gitseal"])) == sorted(values)
    assert {entry["manager"] for entry in first["metadata"]["managedFields"]} == {"gitseal"}
    assert planned(cluster, place, values, 2).counts()["unchanged"] == 5
    assert secret(cluster, namespace)["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    changed = planned(cluster, place, values | {"A": b"three"}, 3).counts()
    assert (changed["change"], changed["unchanged"]) == (1, 4)
    pruned = planned(cluster, place, {"B": values["B"]}, 4, PublishRules(prunes=True)).counts()
    assert (pruned["remove"], pruned["unchanged"]) == (4, 1)
    assert secret(cluster, namespace)["data"] == {"B": encoded(values["B"])}
    planned(cluster, place, {}, 5, PublishRules(prunes=True))
    left = secret(cluster, namespace)
    assert "data" not in left
    assert "annotations" not in left["metadata"]


def test_a_value_changed_by_hand_is_found_and_put_right(cluster: Cluster, namespace: str) -> None:
    place = f"kubernetes:{namespace}/env"
    planned(cluster, place, {"A": b"one", "B": b"two"}, 1)
    by_hand(cluster, namespace, {"A": b"evil", "THEIRS": b"stays"})
    made = planned(cluster, place, {"A": b"one", "B": b"two"}, 1)
    assert [(step.name, step.action, step.note) for step in made.steps] == [
        ("A", PublishAction.CHANGE, "changed there by hand"),
        ("B", PublishAction.SAME, ""),
        ("THEIRS", PublishAction.LEAVE, "never put there by gitseal"),
    ]
    assert secret(cluster, namespace)["data"] == {
        "A": encoded(b"one"),
        "B": encoded(b"two"),
        "THEIRS": encoded(b"stays"),
    }
    by_hand(cluster, namespace, {"B": None})
    assert planned(cluster, place, {"A": b"one", "B": b"two"}, 2).counts()["create"] == 1
    # A name that is gone here and was changed there is left to whoever changed it, through all that is written beside it.
    by_hand(cluster, namespace, {"B": b"theirs now"})
    kept = planned(cluster, place, {"A": b"new"}, 3, PublishRules(prunes=True)).counts()
    assert (kept["change"], kept["leave"], kept["remove"]) == (1, 2, 0)
    assert secret(cluster, namespace)["data"]["B"] == encoded(b"theirs now")


def test_keys_of_others_are_taken_only_when_adopted_and_never_removed(cluster: Cluster, namespace: str) -> None:
    place = f"kubernetes:{namespace}/env"
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "env"},
        "data": {"A": encoded(b"theirs"), "T": ""},
    }
    cluster.call("PATCH", f"/api/v1/namespaces/{namespace}/secrets/env?fieldManager=helm", body, kind=APPLY)
    made = planned(cluster, place, {"A": b"one"}, 1)
    assert made.refused == (("A", "is there already, and gitseal did not put it there"),)
    assert secret(cluster, namespace)["data"]["A"] == encoded(b"theirs")
    assert planned(cluster, place, {"A": b"one"}, 1, PublishRules(adopts=True)).counts()["change"] == 1
    assert secret(cluster, namespace)["data"] == {"A": encoded(b"one"), "T": ""}
    planned(cluster, place, {}, 2, PublishRules(prunes=True))
    assert secret(cluster, namespace)["data"] == {"T": ""}


def test_a_name_that_somebody_else_has_too_is_not_said_to_be_removed(cluster: Cluster, namespace: str) -> None:
    place = f"kubernetes:{namespace}/env"
    planned(cluster, place, {"A": b"one", "B": b"two"}, 1)
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "env"}, "data": {"A": encoded(b"one")}}
    cluster.call("PATCH", f"/api/v1/namespaces/{namespace}/secrets/env?fieldManager=argo", body, kind=APPLY)
    with pytest.raises(RemoteError, match=r"A of the Secret .* is not removed: another manager has it too") as refused:
        planned(cluster, place, {"B": b"changed"}, 2, PublishRules(prunes=True))
    assert secret(cluster, namespace)["data"] == {"A": encoded(b"one"), "B": encoded(b"two")}
    kubectl = refused.value.hint.partition(": kubectl ")[2]
    assert kubectl.startswith(f"--namespace {namespace} patch secret env --type json --patch '[")
    patch = json.loads(kubectl.partition("--patch '")[2].rstrip("'"))
    path = f"/api/v1/namespaces/{namespace}/secrets/env"
    cluster.call("PATCH", path, patch, kind="application/json-patch+json")
    assert planned(cluster, place, {"B": b"changed"}, 2, PublishRules(prunes=True)).counts()["change"] == 1
    assert secret(cluster, namespace)["data"] == {"B": encoded(b"changed")}


@pytest.mark.parametrize("meanwhile", ["changed", "deleted", "made anew"])
def test_a_write_between_reading_and_writing_is_not_overwritten(
    cluster: Cluster, namespace: str, meanwhile: str
) -> None:
    place, path = f"kubernetes:{namespace}/env", f"/api/v1/namespaces/{namespace}/secrets"
    planned(cluster, place, {"A": b"one"}, 1)
    store = table.open_store(place, outside(cluster))
    version = store.read()["A"].version
    if meanwhile == "changed":
        by_hand(cluster, namespace, {"A": b"theirs"})
    else:
        cluster.call("DELETE", f"{path}/env")
        if meanwhile == "made anew":
            cluster.call("POST", path, {"metadata": {"name": "env"}, "data": {"A": encoded(b"theirs")}})
    with pytest.raises(Raced, match="somebody else wrote the Secret"):
        store.write([Edit("A", SecretBytes(b"two"), "", version)])
    there = table.open_store(place, outside(cluster)).read()
    expected = {} if meanwhile == "deleted" else {"A": SecretBytes(b"theirs")}
    assert {name: one.value for name, one in there.items()} == expected


@pytest.mark.parametrize("manager", ["kubectl-create", "gitseal"])
def test_a_secret_that_appeared_meanwhile_stays_as_it_is(cluster: Cluster, namespace: str, manager: str) -> None:
    store = table.open_store(f"kubernetes:{namespace}/env", outside(cluster))
    assert store.read() == {}
    # Another publisher is the same manager to the cluster.
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "env"}, "data": {"T": encoded(b"theirs")}}
    cluster.call("PATCH", f"/api/v1/namespaces/{namespace}/secrets/env?fieldManager={manager}", body, kind=APPLY)
    with pytest.raises(Raced):
        store.write([Edit("A", SecretBytes(b"ours"), "", "")])
    assert secret(cluster, namespace)["data"] == {"T": encoded(b"theirs")}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"type": "kubernetes.io/tls", "data": {"tls.crt": "", "tls.key": ""}}, "is not of the type Opaque"),
        ({"immutable": True}, "is immutable"),
        (
            {"metadata": {"annotations": {"gitseal": "hush-value"}}},
            'has an annotation "gitseal" that is somebody else\'s',
        ),
        ({"metadata": {"finalizers": ["tests.example/wait"]}}, "is being deleted"),
        (
            {
                "metadata": {
                    "ownerReferences": [
                        {"apiVersion": "v1", "kind": "ExternalSecret", "name": "env", "uid": "1", "controller": True}
                    ]
                }
            },
            "has an owner",
        ),
    ],
)
def test_a_secret_that_is_no_place_for_ours_is_refused_in_words(
    cluster: Cluster, namespace: str, body: dict[str, Any], why: str
) -> None:
    path = f"/api/v1/namespaces/{namespace}/secrets"
    cluster.call("POST", path, body | {"metadata": {"name": "env", **body.get("metadata", {})}})
    if "finalizers" in body.get("metadata", {}):
        cluster.call("DELETE", f"{path}/env")
    before = secret(cluster, namespace)
    with pytest.raises(RemoteError, match=f"the Secret {namespace}/env {why}") as refused:
        planned(cluster, f"kubernetes:{namespace}/env", {"A": b"one"}, 1)
    assert not re.search("hush|tls|ExternalSecret", str(refused.value))
    assert secret(cluster, namespace) == before


def test_the_right_to_one_secret_is_enough_and_for_another_it_is_told(cluster: Cluster, namespace: str) -> None:
    rights = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
    rule = {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["env"], "verbs": ["get", "patch", "create"]}
    cluster.call("POST", f"{rights}/roles", {"metadata": {"name": "publish"}, "rules": [rule]})
    subject = {"kind": "User", "name": "deployer", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "publish"}
    cluster.call("POST", f"{rights}/rolebindings", {"metadata": {"name": "p"}, "roleRef": role, "subjects": [subject]})
    cluster.knows(f"/api/v1/namespaces/{namespace}/secrets/env", DEPLOYER)
    place = f"kubernetes:{namespace}/env"
    assert planned(cluster, place, {"A": b"one"}, 1, token=DEPLOYER).counts()["create"] == 1
    assert planned(cluster, place, {"A": b"two"}, 2, token=DEPLOYER).counts()["change"] == 1
    with pytest.raises(RemoteError, match=r"did not read the Secret .*/other: .* may not get it") as refused:
        planned(cluster, f"kubernetes:{namespace}/other", {"A": b"one"}, 1, token=DEPLOYER)
    assert refused.value.kind is RemoteFailure.DENIED
    assert refused.value.hint.endswith(f"kubectl auth can-i get secret/other --namespace {namespace}")
    assert DEPLOYER not in f"{refused.value} {refused.value.hint}"


def test_who_is_not_known_and_what_is_not_there_are_told(cluster: Cluster, namespace: str) -> None:
    place = f"kubernetes:{namespace}/env"
    with pytest.raises(RemoteError, match="credentials are not valid, or have expired") as unknown:
        planned(cluster, place, {"A": b"one"}, 1, token="hush")
    assert unknown.value.kind is RemoteFailure.UNKNOWN_TO_IT
    with pytest.raises(RemoteError, match="there is no namespace nowhere") as missing:
        planned(cluster, "kubernetes:nowhere/env", {"A": b"one"}, 1)
    assert missing.value.hint == "make it first: kubectl create namespace nowhere"


def test_an_authority_that_did_not_sign_is_told(cluster: Cluster, namespace: str) -> None:
    content = json.loads(Path(cluster.config()).read_text(encoding="utf-8"))
    del content["clusters"][0]["cluster"]["certificate-authority"]
    path = cluster.folder / "unproven"
    path.write_text(json.dumps(content))
    store = table.open_store(
        f"kubernetes:{namespace}/env", outside(cluster)._replace(environ={"KUBECONFIG": str(path)})
    )
    with pytest.raises(RemoteError, match="the cluster does not prove that it is that host"):
        store.read()


def test_a_certificate_or_a_program_signs_in_as_well(cluster: Cluster, namespace: str) -> None:
    place = f"kubernetes:{namespace}/env"
    pem, key = ((cluster.folder / f"admin.{end}").read_bytes() for end in ("pem", "key"))
    inline = {"client-certificate-data": encoded(pem), "client-key-data": encoded(key)}
    assert planned(cluster, place, {"A": b"1"}, 1, RULES, **inline).counts()["create"] == 1
    files = {"client-certificate": "admin.pem", "client-key": "admin.key"}
    assert planned(cluster, place, {"A": b"1"}, 1, RULES, **files).counts()["unchanged"] == 1
    prints = {"kind": "ExecCredential", "status": {"token": ADMIN}}
    version = "client.authentication.k8s.io/v1"
    program = {"apiVersion": version, "command": "printf", "args": ["%s", json.dumps(prints)]}
    assert planned(cluster, place, {"A": b"1"}, 1, exec=program).counts()["unchanged"] == 1
    with pytest.raises(RemoteError, match='the program "false" of the kubeconfig gave no credentials'):
        planned(cluster, place, {"A": b"1"}, 1, exec=program | {"command": "false"})


def test_what_is_let_through_is_taken_by_the_cluster_and_what_is_refused_is_not(
    cluster: Cluster, namespace: str
) -> None:
    place = f"kubernetes:{namespace}/env"
    for number, name in enumerate(("a" * 253, "a" * 254, "-", ".a", "...", ".", "..", "..a", "a/b", "ä", "a b", "_")):
        values = {name: SecretBytes(b"x")}
        if list(table.refusals(place, values)):
            with pytest.raises(RemoteError):
                planned(cluster, place, {name: b"x"}, number)
        else:
            assert planned(cluster, place, {name: b"x"}, number).counts()["create"] == 1
    planned(cluster, place, {}, 99, PublishRules(prunes=True))
    largest = {"A": b"x" * 1_048_576}
    assert not list(table.refusals(place, {name: SecretBytes(value) for name, value in largest.items()}))
    planned(cluster, place, largest, 100)
    with pytest.raises(RemoteError, match="it is too large"):
        planned(cluster, place, {"A": largest["A"] + b"x"}, 101)
    assert secret(cluster, namespace)["data"]["A"] == encoded(largest["A"])


def test_a_store_shows_nothing_of_what_it_holds(cluster: Cluster, namespace: str) -> None:
    store = table.open_store(f"kubernetes:{namespace}/env", outside(cluster))
    planned(cluster, f"kubernetes:{namespace}/env", {"A": b"hush"}, 1)
    store.read()
    assert "hush" not in repr(vars(store))
    assert encoded(b"hush") not in repr(vars(store))


def test_the_command_publishes_checks_and_puts_right(
    cluster: Cluster, namespace: str, repo: Path, git: Callable[..., str], tmp_path: Path, isolated: Path
) -> None:
    signs_in = tmp_path / "sign-in"
    prints = json.dumps({"kind": "ExecCredential", "status": {"token": ADMIN}})
    signs_in.write_text(f"#!/bin/sh\nenv > {tmp_path}/variables\necho '{prints}'\n")
    signs_in.chmod(0o700)
    program = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(signs_in)}
    environ = {"KUBECONFIG": cluster.config(exec=program)}

    def gitseal(*words: str, stdin: str = "", status: int = 0) -> str:
        done = programs.run(programs.GITSEAL, *words, cwd=repo, stdin=stdin, environ=environ)
        assert done.returncode == status, done.stderr
        return done.stderr

    gitseal("init", "-e", "production", "--as", "alice")
    environ["GITSEAL_IDENTITY_FILE"] = str(isolated / ".config/gitseal/identity.txt")
    with (repo / ".secrets/policy.yaml").open("a") as policy:
        policy.write(f'publish:\n  shop: {{environments: [production], to: "kubernetes:{namespace}/env"}}\n')
    gitseal("set", "-e", "production", "A", stdin="hush-one")
    gitseal("set", "-e", "production", "B", stdin="hush-two")
    git("add", "-A")
    git("commit", "-qm", "start")
    told = gitseal("publish", "shop", "--yes", "--accept-target", "shop")
    assert f'kubernetes:{namespace}/env on {cluster.address} (context "tests")' in told
    assert told.endswith("2 created, 0 changed, 0 removed, 0 left, 0 unchanged\n")
    assert "KUBERNETES_EXEC_INFO" in (tmp_path / "variables").read_text()
    assert "GITSEAL_IDENTITY" not in (tmp_path / "variables").read_text()
    before = secret(cluster, namespace)
    assert gitseal("publish", "--yes").endswith("0 created, 0 changed, 0 removed, 0 left, 2 unchanged\n")
    gitseal("publish", "--check")
    assert secret(cluster, namespace) == before
    by_hand(cluster, namespace, {"A": b"evil"})
    assert "change  A: changed there by hand" in gitseal("publish", "--check", status=1)
    gitseal("unset", "-e", "production", "B")
    git("commit", "-qam", "without B")
    assert gitseal("publish", "--yes", "--prune").endswith("0 created, 1 changed, 1 removed, 0 left, 0 unchanged\n")
    assert secret(cluster, namespace)["data"] == {"A": encoded(b"hush-one")}
    assert "hush" not in gitseal("status", "--published")


def test_a_locator_is_a_namespace_and_a_name() -> None:
    for place in (
        "env",
        "shop/env/x",
        "Shop/env",
        "https://evil.example/env",
        "../env",
        "shop/",
        "shop/.env",
        f"{'n' * 64}/env",
    ):
        with pytest.raises(Error, match="is no Secret: the cluster comes from your kubeconfig"):
            list(table.refusals(f"kubernetes:{place}", {}))


NAMES = st.sampled_from(["A", "B", "C"])
VALUES = st.sampled_from([b"1", b"2"])
WANTED = st.dictionaries(NAMES, VALUES)
EVENTS = st.one_of(
    st.tuples(st.just("publish"), WANTED, st.booleans()),
    st.tuples(st.just("by hand"), NAMES, st.none() | VALUES),
    st.tuples(st.just("another manager"), WANTED),
    st.tuples(st.just("deleted")),
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENTS, max_size=8))
def test_after_any_course_of_events_ours_is_as_wanted_and_theirs_as_they_left_it(
    cluster: Cluster, namespace: str, events: list[tuple[Any, ...]]
) -> None:
    place, path = f"kubernetes:{namespace}/env", f"/api/v1/namespaces/{namespace}/secrets"
    cluster.call("DELETE", path)

    def there() -> dict[str, Any]:
        (*found,) = cluster.call("GET", path)["items"]
        return dict(found[0]) if found else {}

    for number, (event, *given_by) in enumerate([*events, ("publish", {"A": b"1"}, True)]):
        before = there()
        data = before.get("data", {})
        if event == "publish":
            wanted, prunes = given_by
            try:
                made = planned(cluster, place, wanted, number, PublishRules(prunes=prunes))
            except RemoteError as refused:
                assert "is not removed" in refused.message  # noqa: PT017 - either end is right
                assert there() == before
                continue
            after = there()
            if made.refused:
                assert after == before
                continue
            removed = {step.name for step in made.steps if step.action is PublishAction.REMOVE}
            expected = data | {name: encoded(value) for name, value in wanted.items()}
            assert after.get("data", {}) == {name: value for name, value in expected.items() if name not in removed}
            for name in data.keys() - wanted.keys() - removed:
                assert secret_object.owners_of(after, name) == secret_object.owners_of(before, name)
            again = planned(cluster, place, wanted, number, PublishRules(prunes=prunes))
            assert again.counts()["unchanged"] == len(wanted)
            assert there() == after
        elif event == "by hand" and before:
            by_hand(cluster, namespace, dict([given_by]))
        elif event == "another manager":
            values = {name: encoded(value) for name, value in given_by[0].items()}
            body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "env"}, "data": values}
            cluster.call("PATCH", f"{path}/env?fieldManager=argo&force=true", body, kind=APPLY)
        elif event == "deleted" and before:
            cluster.call("DELETE", f"{path}/env")
