"""Secrets of a Compose file come in from the files that it names; what else it says is Compose's own matter."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.exchange import foreign
from gitseal.exchange.foreign import ForeignSource, Opened, ToolKeys


def opened(data: bytes, form: str = "", folder: str = "") -> Opened | None:
    return foreign.read(data, ForeignSource("f", form, ToolKeys(folder=folder)))


def values(found: Opened | None) -> dict[str, str]:
    assert found is not None
    return {"/".join(item.path): item.value.reveal().decode() for item in found.imported.items}


COMPOSE = """\
services: {web: {image: shop, secrets: [db_password]}}
secrets:
  db_password: {file: ./secrets/db}
  token: {environment: TOKEN}
  shared: {external: true}
"""


def test_a_compose_file(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/db").write_bytes(b"hush-a\n")
    found = opened(COMPOSE.encode(), folder=str(tmp_path))
    assert values(found) == {"db_password": "hush-a\n"}
    assert found is not None
    assert [note.rpartition(": ")[2] for note in found.notes] == ["token", "shared"]


def test_a_compose_file_leads_to_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "id").write_text("hush")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/link").symlink_to("../id")
    for path in ("../id", str(tmp_path / "id"), "./link", "none", "."):
        with pytest.raises(Error) as caught:
            opened(COMPOSE.replace("./secrets/db", path).encode(), folder=str(tmp_path / "shop"))
        assert "hush" not in caught.value.message
    with pytest.raises(Error, match="standard input has none"):
        opened(COMPOSE.encode())


# Compose takes each of these, which we would not take as values.
SERVICES = {
    "long form": "services: {w: {image: x, secrets: [{source: a, target: b, mode: 0440}]}}\n",
    "anchors": "x-common: &c {image: x}\nservices:\n  w:\n    <<: *c\n    environment: {DEBUG: yes, PORT: 08}\n  v: *c\n",
    "tags": "services: {w: {image: x, ports: !reset [22:22]}}\n",
    "none": "",
}
SECRETS = {
    "plain": "secrets: {a: {file: secrets/a}}\n",
    "more words": "secrets:\n  a:\n    file: secrets/a\n    x-note: hi\n    labels: {b: c}\n",
    "a dollar": "secrets: {a: {file: 'secrets/$$a'}}\n",
    "at the end": "secrets:\n  'a': { file: ./secrets/a } # here\n...\n",
}


@pytest.mark.parametrize("services", SERVICES)
@pytest.mark.parametrize("secrets", SECRETS)
@pytest.mark.parametrize("form", ["", "docker"])
def test_only_its_secrets_are_read_strictly(services: str, secrets: str, form: str, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    for name in ("a", "$a"):
        (tmp_path / "secrets" / name).write_text("hush")
    found = opened((SERVICES[services] + SECRETS[secrets]).encode(), form, str(tmp_path))
    assert values(found) == {"a": "hush"}


@pytest.mark.parametrize("services", ["long form", "anchors", "tags"])
def test_compose_reads_them(services: str, peer: Callable[[str], str], tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(SERVICES[services] + SECRETS["plain"])
    command = [peer("docker-compose"), "-f", str(tmp_path / "compose.yaml"), "config", "-q"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("services: {w: {image: hush}}\n", "it is a Compose file without secrets"),
        ('{"services": {"w": {"build": "."}}}', "it is a Compose file without secrets"),
        ("services: {w: {image: x}}\nsecrets: {a: {content: hush}}\n", 'the secret "a" does not say where'),
        ("services: {w: {image: x}}\nsecrets: {a: hush}\n", 'the secret "a" does not say where'),
        ("secrets: {a: {file: '${D:-hush}/a'}}\n", 'the path of the secret "a" has a variable'),
        ("secrets: {a: {file: ~/hush}}\n", 'the secret "a" is a file outside of the folder'),
        ("services: {}\nsecrets:\n  a: {file: a}\n  b: &x {file: 1}\n", "f:4: anchors and aliases are not imported"),
        ("services: {w: {image: x}}\nsecrets:\n  a: {file: a, file: b}\n", '"file" stands twice'),
    ],
)
def test_what_is_nearly_a_compose_file_becomes_no_values(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Error) as caught:
        opened(text.encode(), folder=str(tmp_path))
    assert words in caught.value.message
    assert "hush" not in caught.value.message + caught.value.hint
    assert opened(text.encode(), "yaml", str(tmp_path)) is None


@pytest.mark.parametrize(
    "text",
    [
        "services: {w: x}\nsecrets: {A: b}\n",
        "secrets: {A: {url: x}}\n",
        "services: {w: {image: x}}\nA: b\n",
        "services: {w: {port: 1}}\n",
        "services: [a]\n",
        "secrets:\n",
    ],
)
def test_other_yaml_with_these_names_is_no_compose_file(text: str) -> None:
    assert opened(text.encode()) is None
