"""The page on ECS and Lambda: its rights against the calls that gitseal makes, and its function against a server."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gitseal.delivery.publishing.planning import Desired, Publisher, PublishRules, plan
from gitseal.hidden import SecretBytes
from gitseal.stores import table
from tests.docs.test_deploy_pages import HOW_TO, file_of
from tests.servers import faulty
from tests.servers.aws import AwsServer
from tests.stores.outside import outside
from tests.stores.publishing import KEY

PAGE = "deploy-to-ecs-and-lambda"


def calls(server: AwsServer, place: str, patched: pytest.MonkeyPatch) -> set[str]:
    """The operations of publishing for the first time, changing, and removing, one after the other."""
    with faulty.in_front_of(server.address) as proxy:
        for name, value in (server.environ | {"AWS_ENDPOINT_URL": proxy.address}).items():
            patched.setenv(name, value)
        for number, values in enumerate(({"A": b"one", "B": b"two"}, {"A": b"three"})):
            store = table.open_store(place, outside(server.environ))
            wanted = {name: Desired(SecretBytes(value), KEY) for name, value in values.items()}
            publisher = Publisher("f" + "1" * 32, "shop", f"{number:040x}")
            made = plan(publisher, wanted, store.read(), lambda *_: KEY, PublishRules(prunes=True))
            edits = made.edits(wanted, publisher)
            for batch in [edits] if store.is_whole else [[edit] for edit in edits]:
                store.write(batch)
        return {line.removeprefix("POST ") for line in proxy.requests}


def allowed(policy: str) -> set[str]:
    """The operations that a policy of the page allows."""
    statements: list[dict[str, Any]] = json.loads(file_of(PAGE, policy))["Statement"]
    actions = [statement["Action"] for statement in statements]
    return {action.partition(":")[2] for some in actions for action in ([some] if isinstance(some, str) else some)}


def test_the_rights_of_the_page_are_those_that_publishing_uses(
    ministack: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert calls(ministack, "aws-ssm:/page/rights/", monkeypatch) == allowed("publisher.json")


@pytest.mark.parametrize(
    ("place", "words", "rare"),
    [
        ("aws-secretsmanager:page/one", PAGE, {"DescribeSecret", "RestoreSecret"}),
        ("aws-secretsmanager:page/each/", "../reference/stores", {"GetSecretValue", "RestoreSecret"}),
    ],
)
def test_so_are_those_for_secrets_manager(
    ministack: AwsServer, monkeypatch: pytest.MonkeyPatch, place: str, words: str, rare: set[str]
) -> None:
    text = (HOW_TO / f"{words}.md").read_text(encoding="utf-8")
    if words == PAGE:
        text = text.partition("The publisher needs these")[2].partition("\n\n")[0]
    else:
        text = text.partition("A secret for each name takes")[2].partition("\n* ")[0]
    told = set(re.findall(r"`(?:secretsmanager:)?([A-Z]\w+)`", text))
    # The batch wants the right to each of its secrets. Some are for what is seldom so: a secret that waits for its deletion, and
    # somebody who wrote meanwhile.
    assert calls(ministack, place, monkeypatch) | rare == told


def test_the_function_reads_what_was_published(
    ministack: AwsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for number in range(12):
        name = f"/page/lambda/{'LOG_LEVEL' if not number else f'N{number}'}"
        ministack.client("ssm").put_parameter(Name=name, Value="warning", Type="SecureString")
    (tmp_path / "handler.py").write_text(file_of(PAGE, "handler.py"))
    # The function's own library is boto3, which Lambda has: here, the part of it that is botocore.
    (tmp_path / "boto3.py").write_text("from botocore.session import Session\nclient = Session().create_client\n")
    code = "import handler; print(handler.handler(None, None), len(handler.SETTINGS))"
    environ = ministack.environ | {
        "SETTINGS_PATH": "/page/lambda/",
        "PATH": "/usr/bin:/bin",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout == "{'level': 'warning'} 12\n", done.stderr


def test_the_task_names_a_parameter_that_its_role_may_read() -> None:
    task, role = json.loads(file_of(PAGE, "task.json")), json.loads(file_of(PAGE, "reader.json"))
    may = role["Statement"][0]["Resource"].removesuffix("*")
    for container in task["containerDefinitions"]:
        for secret in container["secrets"]:
            assert secret["valueFrom"] == may + secret["name"]
