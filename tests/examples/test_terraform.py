"""The example for Terraform and OpenTofu: a value is written when it changed, and is nowhere but where it should be."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples.project import HUSH, Project, start

MANIFEST = "version: 1\nservices:\n  infrastructure:\n    include: [DATABASE_PASSWORD]\n"
# A resource as providers have them: a write-only argument and its version.
RESOURCE = """\
terraform {
  required_providers {
    kept = { source = "example/kept" }
  }
}
resource "kept_secret" "database" {
  path             = "given.log"
  value_wo         = var.secrets["DATABASE_PASSWORD"]
  value_wo_version = var.revisions["DATABASE_PASSWORD"]
}
"""
PROVIDER = 'provider_installation {{\n  dev_overrides {{ "example/kept" = "{}" }}\n  direct {{}}\n}}\n'
pytestmark = pytest.mark.slow


@pytest.fixture(params=["terraform", "tofu"])
def terraform(request: pytest.FixtureRequest, peer: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The program; the script takes it from the environment, as a person says it."""
    program = peer(request.param)
    for name, value in {"TERRAFORM": program, "TF_CLI_ARGS": "-no-color", "CHECKPOINT_DISABLE": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    return program


@pytest.fixture
def project(repo: Path, terraform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "memory").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "memory"))
    made = start(repo, "terraform", {"DATABASE_PASSWORD": HUSH, "OTHER": "other"}, MANIFEST)
    made.done(terraform, "init", "-input=false")
    return made


def applied(project: Project) -> str:
    return project.done("./terraform.sh", "apply", "-auto-approve")


def test_the_example_gives_a_value_out_when_it_changed(project: Project, tmp_path: Path) -> None:
    assert "1 added, 0 changed, 0 destroyed" in applied(project)
    assert "0 added, 0 changed, 0 destroyed" in applied(project)
    project.gitseal("set", "-e", "production", "OTHER=another")
    project.gitseal("set", "-e", "production", "DATABASE_PASSWORD", stdin=HUSH)
    assert "0 added, 0 changed, 0 destroyed" in applied(project)
    project.gitseal("set", "-e", "production", "DATABASE_PASSWORD", stdin=f"{HUSH}-longer")
    project.done("./terraform.sh", "plan", "-out=saved.plan")
    assert "1 added, 0 changed, 1 destroyed" in project.done("./terraform.sh", "apply", "saved.plan")
    assert [line.split()[3] for line in (project.folder / "passwords-set.log").read_text().splitlines()] == [
        str(len(HUSH)),
        str(len(HUSH) + 7),
    ]
    assert project.holds_plaintext() == []
    with zipfile.ZipFile(project.folder / "saved.plan") as plan:
        assert not [name for name in plan.namelist() if HUSH.encode() in plan.read(name)]
    assert list((tmp_path / "memory").iterdir()) == []


def test_a_write_only_argument_is_written_when_its_value_changed(
    project: Project, peer: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Path(peer("terraform-provider-kept"))
    settings = project.folder / "settings.tfrc"
    settings.write_text(PROVIDER.format(provider.parent), encoding="utf-8")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(settings))
    (project.folder / "main.tf").write_text(RESOURCE, encoding="utf-8")
    written = project.folder / "given.log"
    applied(project)
    applied(project)
    assert written.read_text() == f"{HUSH}\n"
    project.gitseal("set", "-e", "production", "DATABASE_PASSWORD", stdin="${not} a %{template}")
    assert "0 added, 1 changed, 0 destroyed" in applied(project)
    assert written.read_text() == f"{HUSH}\n${{not}} a %{{template}}\n"
    assert project.holds_plaintext() == [written]


def test_nothing_starts_without_a_value_or_a_key(project: Project, tmp_path: Path) -> None:
    manifest = project.top / ".secrets/manifest.yaml"
    manifest.write_text(MANIFEST + "secrets:\n  MISSING: {required: [production]}\n", encoding="utf-8")
    refused = project.run("./terraform.sh", "apply", "-auto-approve")
    assert refused.returncode == 1
    assert '"MISSING" is required' in refused.stderr
    manifest.write_text(MANIFEST, encoding="utf-8")
    keyless = project.run("./terraform.sh", "apply", "-auto-approve", GITSEAL_IDENTITY="x")
    assert keyless.returncode == 1
    assert refused.stdout == keyless.stdout == ""
    assert not (project.folder / "terraform.tfstate").exists()
    assert list((tmp_path / "memory").iterdir()) == []
    # A command that takes no values needs no key.
    assert project.run("./terraform.sh", "output", GITSEAL_IDENTITY="x").returncode == 0
    assert "plan, apply" in project.run("./terraform.sh").stderr


def test_a_value_where_it_would_be_kept_is_refused(project: Project) -> None:
    """Why the variable is ephemeral."""
    with (project.folder / "main.tf").open("a") as main:
        main.write('output "leak" { value = var.secrets["DATABASE_PASSWORD"] }\n')
    refused = project.run("./terraform.sh", "apply", "-auto-approve")
    assert refused.returncode == 1
    assert "phemeral" in refused.stderr
    assert project.holds_plaintext() == []
