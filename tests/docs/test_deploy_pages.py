"""The files on the pages about deploys, as linters and schemas see them. That the pages run is in test_pages.py."""

import re
from pathlib import Path

import pytest

from tests import programs
from tests.docs.console import TOP, Peer

HOW_TO = TOP / "docs/how-to"
EXAMPLE = TOP / "examples/github-actions/secrets-review.yml"


def file_of(page: str, path: str) -> str:
    """A file that a page writes."""
    text = (HOW_TO / f"{page}.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- file {re.escape(path)} -->\s*```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def workflow(tmp_path: Path) -> Path:
    path = tmp_path / ".github/workflows/deploy.yml"
    path.parent.mkdir(parents=True)
    path.write_text(file_of("deploy-from-github-actions", ".github/workflows/deploy.yml"), encoding="utf-8")
    return path


def test_actionlint_finds_nothing(workflow: Path, peer: Peer) -> None:
    peer("shellcheck")

    done = programs.run(peer("actionlint"), "-no-color", workflow, cwd=TOP, environ={})

    assert done.returncode == 0, done.stdout


def test_actions_are_pinned_as_in_the_examples(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)", workflow.read_text(encoding="utf-8"))

    assert used
    assert set(used) <= set(re.findall(r"uses: (.+)", EXAMPLE.read_text(encoding="utf-8")))


def test_only_the_step_that_deploys_has_the_key(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")

    assert text.count("secrets.") == 1
    assert text.index("- name: Deploy") < text.index("secrets.")


def test_the_schema_of_gitlab_takes_the_job(tmp_path: Path, peer: Peer) -> None:
    path = tmp_path / ".gitlab-ci.yml"
    path.write_text(file_of("deploy-from-gitlab-ci", ".gitlab-ci.yml"), encoding="utf-8")

    done = programs.run(
        peer("check-jsonschema"),
        *("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", path),
        cwd=TOP,
        environ={},
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", ["deploy-from-github-actions", "deploy-from-gitlab-ci"])
def test_shellcheck_finds_nothing_in_the_deploy(page: str, tmp_path: Path, peer: Peer) -> None:
    path = tmp_path / "deploy.sh"
    path.write_text(file_of(page, "deploy.sh"), encoding="utf-8")

    done = programs.run(peer("shellcheck"), path, cwd=TOP, environ={})

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", sorted(HOW_TO.glob("deploy-*.md")), ids=lambda page: page.stem)
def test_a_page_says_one_commit_to_install(page: Path) -> None:
    """One that a reader replaces everywhere by one search."""
    assert len(set(re.findall(r"gitseal@(\w+)", page.read_text(encoding="utf-8")))) == 1
