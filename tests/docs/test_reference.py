"""The reference names everything there is: each command with its help, each field of the policy, each status."""

import re
from pathlib import Path

import click
import pytest

from gitseal.cli import table
from gitseal.cli.by_click import program
from gitseal.cli.main import run
from gitseal.identities import discover
from gitseal.policy import parser
from gitseal.variables import IDENTITY_VARIABLES
from tests.docs.console import TOP

REFERENCE = TOP / "docs/reference"


def commands() -> list[str]:
    """Every command as it is typed: `set`, `recipient add`."""
    found = []
    cli = program(run)
    context = click.Context(cli)
    for name in cli.list_commands(context):
        found.append(name)
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            found += [f"{name} {inner}" for inner in command.list_commands(context)]
    return found


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", commands())
def test_a_command_has_a_section_with_its_help(command: str) -> None:
    text = page("command-line")
    level = "###" if " " in command else "##"
    words = ", ".join(f'"{word}"' for word in command.split())

    assert f"\n{level} {command}\n" in text
    assert f"[[[cog show({words}) ]]]" in text


def test_there_is_no_section_for_what_is_no_command() -> None:
    headings = re.findall(r"^##+ (.+)$", page("command-line"), re.MULTILINE)

    assert sorted(headings) == sorted(commands())


def test_the_example_of_the_policy_is_one() -> None:
    (example,) = re.findall(r"^```yaml\n(version: 1.*?)^```$", page("policy"), re.MULTILINE | re.DOTALL)

    policy = parser.parse(example.encode())

    assert policy.environments["production"].protected


def test_every_field_of_the_policy_is_told() -> None:
    """The fields are those that the parser takes: it names them as strings where it reads each mapping."""
    source = (TOP / "src/gitseal/policy/parser.py").read_text(encoding="utf-8")
    calls = re.findall(r"_fields\(\s*(?:root|node),(.*?)\)", source, re.DOTALL)
    fields = {name for call in calls for name in re.findall(r'"(\w+)"', call)}

    assert {"recipients", "write_only", "access", "block"} <= fields
    missing = {
        field for field in fields if not re.search(rf"`{field}`|^## (.*, )?{field}", page("policy"), re.MULTILINE)
    }
    assert not missing


def test_every_place_of_an_identity_is_told(tmp_path: Path) -> None:
    text = page("environment-variables")

    for source in discover({}, tmp_path, None).sources:
        assert Path(source.place.removeprefix("~/.config/")).as_posix().split("keys.txt")[0] in text, source.place
    for variable in ("GITSEAL_ENV", "VISUAL", "EDITOR", "GITSEAL_IDENTITY", "GITSEAL_IDENTITY_FILE"):
        assert f"`{variable}`" in text
    assert set(re.findall(r"`(GITSEAL_IDENTITY\w*)`", text)) <= set(IDENTITY_VARIABLES)


# Words of services that are written like variables, and what a program is started with.
_NO_VARIABLES = {
    "DESTROY_SCHEDULED",
    "ENCRYPT_DECRYPT",
    "FAILED_PRECONDITION",
    "INVALID_ARGUMENT",
    "KUBERNETES_EXEC_INFO",
    "RSAES_OAEP_SHA_256",
    "SERVICE_DISABLED",
}


def test_every_variable_of_key_services_and_stores_is_told() -> None:
    text = page("environment-variables")
    folders = ("remote", "stores", "recipients/clouds")
    files = (file for folder in folders for file in (TOP / "src/gitseal" / folder).rglob("*.py"))
    read = {
        name
        for file in files
        for name in re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"', file.read_text(encoding="utf-8"))
    }

    assert {"VAULT_ADDR", "GITSEAL_PKCS11_PIN"} <= read
    assert {name for name in read - _NO_VARIABLES if f"`{name}`" not in text} == set()


def test_every_status_is_told() -> None:
    told = {
        int(number)
        for row in re.findall(r"^\| ([\d, ]+) \|", page("exit-status"), re.MULTILINE)
        for number in row.split(", ")
    }

    statuses = {getattr(table, name) for name in dir(table) if name.startswith("STATUS_")}
    assert statuses <= told
    assert {0, 1} <= told
