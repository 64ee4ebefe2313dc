"""What installs gitseal from its own repository, in CI and in images: what linters say, and what it does where it can be run."""

import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests import programs
from tests.conftest import TOP
from tests.package.building import PYTHON, check_index
from tests.world import start

ACTION = TOP / "action.yml"
COMPONENT = TOP / "templates/gitseal/template.yml"
DOCKERFILE = TOP / "Dockerfile"
SOURCE = "git+https://git.example.com/gitseal@3f9d0c2b7a1e4d5f60718293a4b5c6d7e8f90123"

Peer = Callable[[str], str]


def action_script() -> str:
    (step,) = YAML(typ="safe").load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    # An input goes into the environment, never into the script's text, where it would be run.
    assert "${{" not in step["run"]
    return str(step["run"])


def component() -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs of the component, and its jobs with the default of each input in its place."""
    spec, body = COMPONENT.read_text(encoding="utf-8").split("\n---\n")
    inputs = YAML(typ="safe").load(spec)["spec"]["inputs"]
    given = {name: settings.get("default", SOURCE) for name, settings in inputs.items()}
    return inputs, YAML(typ="safe").load(re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda match: given[match[1]], body))


@pytest.mark.slow  # reads a large schema
def test_the_schema_of_the_forge_takes_the_action(peer: Peer) -> None:
    done = programs.run(peer("check-jsonschema"), "--builtin-schema", "vendor.github-actions", ACTION, cwd=TOP)

    assert done.returncode == 0, done.stdout


def test_actionlint_takes_a_workflow_that_uses_the_action(peer: Peer, tmp_path: Path) -> None:
    def lint(inputs: str) -> str:
        steps = f"[{{uses: ./, with: {{{inputs}}}}}, {{run: gitseal check}}]"
        (tmp_path / ".github/workflows/x.yml").write_text(
            f"on: push\njobs:\n  a:\n    runs-on: x\n    steps: {steps}\n"
        )
        return programs.run(peer("actionlint"), "-no-color", "-ignore", "label", cwd=tmp_path).stdout

    programs.git(tmp_path, "init", "--quiet")
    (tmp_path / ".github/workflows").mkdir(parents=True)
    shutil.copy(ACTION, tmp_path)

    assert lint("extras: aws") == ""
    assert 'input "extra" is not defined' in lint("extra: aws")


def test_shellcheck_finds_nothing(peer: Peer, tmp_path: Path) -> None:
    _, jobs = component()
    scripts = {
        "action": ("bash", action_script()),
        "before": ("sh", "\n".join(jobs[".gitseal"]["before_script"])),
        "job": ("sh", "\n".join(jobs["gitseal"]["script"])),
    }
    for name, (shell, text) in scripts.items():
        (tmp_path / name).write_text(f"#!/bin/{shell}\n{text}\n", encoding="utf-8")
    ours = [TOP / "tools" / name for name in ("dist", "zipapp")]

    done = programs.run(
        peer("shellcheck"), *(tmp_path / name for name in scripts), *ours, TOP / "tests/package/journey.sh", cwd=TOP
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.slow  # ten seconds: pip builds and installs gitseal, in the way that a runner does
def test_the_action_puts_gitseal_alone_on_path(clone: Path, tmp_path: Path) -> None:
    check_index()
    (tmp_path / "path").touch()
    # A runner's folders may have blanks, and the repository at hand may hold anything.
    (tmp_path / "the action").symlink_to(clone)
    (tmp_path / "shop").mkdir()
    for module in ("venv", "pip", "ensurepip", "subprocess"):
        (tmp_path / f"shop/{module}.py").write_text("raise SystemExit('code of the repository ran')\n")
    environ = {
        "ACTION": str(tmp_path / "the action"),
        "EXTRAS": "",
        "PYTHON": PYTHON,
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_PATH": str(tmp_path / "path"),
    }

    def step() -> CompletedProcess[str]:
        # As GitHub starts a step whose shell is bash.
        return programs.run("bash", "-eo", "pipefail", "-c", action_script(), cwd=tmp_path / "shop", environ=environ)

    done = step()
    assert done.returncode == 0, done.stdout + done.stderr
    # A job may use the action twice. What takes long has been tried by now, and is left out.
    environ["PYTHON"] = "true"
    (tmp_path / "temp/gitseal/bin/pip").unlink()
    (tmp_path / "temp/gitseal/bin/pip").symlink_to(shutil.which("true") or "")
    done = step()
    assert done.returncode == 0, done.stderr
    folder = Path((tmp_path / "path").read_text(encoding="utf-8").split("\n")[0])
    assert {path.name for path in folder.iterdir()} == {"gitseal", "git-seal"}
    assert programs.run(folder / "gitseal", "--version", cwd=tmp_path, environ=environ).stdout.startswith("gitseal 0.")


@pytest.mark.slow  # reads a large schema
def test_the_schema_of_the_forge_takes_the_jobs_of_the_component(peer: Peer, tmp_path: Path) -> None:
    _, jobs = component()
    (tmp_path / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")

    done = programs.run(peer("check-jsonschema"), *schema, tmp_path / "jobs.json", cwd=TOP)

    assert done.returncode == 0, done.stdout


def test_the_component_takes_a_repository_and_a_commit_alone() -> None:
    inputs, _ = component()

    assert all(settings["description"] for settings in inputs.values())
    taken = re.compile(inputs["gitseal"]["regex"])
    assert taken.search(SOURCE)
    assert not taken.search("gitseal")
    assert not taken.search("git+https://git.example.com/gitseal@main")
    assert not taken.search(f"{SOURCE}; curl x")


@pytest.mark.slow  # gitseal is started nine times
def test_the_component_looks_at_files_and_at_the_commits_of_a_merge_request(clone: Path, tmp_path: Path) -> None:
    programs.git(tmp_path, "init", "--quiet", "shop")
    start(tmp_path / "shop")
    programs.git(tmp_path / "shop", "add", "--all")
    programs.git(tmp_path / "shop", "commit", "--quiet", "--no-verify", "--message", "Sealed")
    base = programs.git(tmp_path / "shop", "rev-parse", "HEAD").strip()
    _, jobs = component()
    lines = [*jobs[".gitseal"]["before_script"], *jobs["gitseal"]["script"]]
    commit = programs.git(clone, "rev-parse", "HEAD").strip()

    def run(**environ: str) -> CompletedProcess[str]:
        # As a runner does, but that the place of the program is the test's; pip is one that installs this tree.
        script = "set -eo pipefail\n" + "\n".join(lines).replace("/tmp/gitseal", f"{tmp_path}/gitseal")  # noqa: S108
        path = f"{TOP}/tests/docs/stand_ins:{os.environ['PATH']}"
        given = {
            "PATH": path,
            "STAND_INS": str(tmp_path),
            "GITSEAL": f"git+file://{clone}@{commit}",
            "GITSEAL_EXTRAS": "",
        }
        for name in ("gitseal", "gitseal-source"):  # each job has a machine of its own
            shutil.rmtree(tmp_path / name, ignore_errors=True)
        return programs.run("bash", "-c", script, cwd=tmp_path / "shop", environ=given | environ)

    assert run().returncode == 0
    programs.run(programs.GITSEAL, "keygen", "-o", tmp_path / "key.txt", cwd=tmp_path)
    shutil.copy(tmp_path / "key.txt", tmp_path / "shop")
    for words in (("add", "key.txt"), ("rm", "--quiet", "-f", "key.txt")):
        programs.git(tmp_path / "shop", *words)
        programs.git(tmp_path / "shop", "commit", "--quiet", "--no-verify", "--message", words[0])
    assert run().returncode == 0
    in_request = run(CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert in_request.returncode == 1
    assert "private-key" in in_request.stdout + in_request.stderr


def test_hadolint_finds_nothing(peer: Peer) -> None:
    images = [DOCKERFILE, TOP / "examples/kubernetes/Containerfile"]

    done = programs.run(peer("hadolint"), *images, cwd=TOP)

    assert done.returncode == 0, done.stdout


def test_an_image_gets_what_the_package_needs_and_nothing_of_a_clone() -> None:
    lines = (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = [line.removeprefix("!") for line in lines if line.startswith("!")]

    assert "*" in lines
    assert all((TOP / name).exists() for name in taken)
    assert not {".secrets", ".git", ".env", "."} & set(taken)


@pytest.mark.slow  # an image is built, where there is an engine and the image that it begins with
def test_the_image_is_built_and_runs_as_nobody_of_importance(clone: Path) -> None:
    here = filter(shutil.which, ("docker", "podman"))
    engines = [name for name in here if programs.run(name, "info", cwd=TOP).returncode == 0]
    if not engines:
        pytest.skip("there is no engine that builds images here")
    (base,) = re.findall(r"^ARG PYTHON=(\S+)", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    if programs.run(engines[0], "pull", "--quiet", base, cwd=TOP).returncode:
        pytest.skip(f"{base} cannot be had here")

    built = programs.run(engines[0], "build", "--tag", "gitseal-tests", ".", cwd=clone)
    assert built.returncode == 0, built.stderr
    run = (engines[0], "run", "--rm", "--network", "none")
    assert programs.run(*run, "gitseal-tests", "--version", cwd=TOP).stdout.startswith("gitseal 0.")
    assert programs.run(*run, "--entrypoint", "id", "gitseal-tests", "-u", cwd=TOP).stdout == "1000\n"
    assert programs.run(*run, "--entrypoint", "git", "gitseal-tests", "--version", cwd=TOP).returncode == 0


@pytest.mark.slow  # the framework builds gitseal in an environment of its own
def test_the_framework_takes_the_hooks_from_a_commit(clone: Path, tmp_path: Path, peer: Peer) -> None:
    framework = peer("pre-commit")
    check_index()
    shop = tmp_path / "shop"
    programs.git(tmp_path, "init", "--quiet", shop)
    (shop / ".pre-commit-config.yaml").write_text(
        "default_install_hook_types: [pre-commit, pre-merge-commit, commit-msg, pre-push]\n"
        f"repos:\n  - repo: {clone}\n    rev: {programs.git(clone, 'rev-parse', 'HEAD').strip()}\n"
        "    hooks:\n      - id: gitseal\n      - id: gitseal-message\n",
        encoding="utf-8",
    )
    environ = {"PRE_COMMIT_HOME": str(tmp_path / "framework"), "PIP_CONSTRAINT": str(TOP / "constraints.txt")}
    environ["PATH"] = f"{Path(PYTHON).parent}:{os.environ['PATH']}"
    assert programs.run(framework, "install", cwd=shop, environ=environ).returncode == 0
    programs.git(shop, "add", ".pre-commit-config.yaml")
    done = programs.run("git", "commit", "--message", "The hooks", cwd=shop, environ=environ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall(r"gitseal keeps plaintext out.*Passed", done.stderr)) == len(("files", "message"))

    programs.run(programs.GITSEAL, "keygen", "-o", tmp_path / "key.txt", cwd=tmp_path)
    shutil.copy(tmp_path / "key.txt", shop / "key.txt")
    (shop / "key.txt").chmod(stat.S_IRUSR | stat.S_IWUSR)
    programs.git(shop, "add", "key.txt")
    refused = programs.run("git", "commit", "--message", "A key", cwd=shop, environ=environ)
    assert refused.returncode == 1
    assert "key.txt:2: private-key" in refused.stderr + refused.stdout
    assert programs.git(shop, "rev-list", "--count", "HEAD") == "1\n"
