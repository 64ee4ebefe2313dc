"""The recipes for reviews in CI: what linters say of them, and what their scripts do, with the forge played by this test."""

import json
import os
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

from gitseal.review.formats import markdown
from gitseal.review.formats import text as text_format
from tests import programs
from tests.docs.console import TOP
from tests.docs.gitlab_api import Api, at_work
from tests.review.models import usual
from tests.slow import slow_but

EXAMPLES = TOP / "examples"
REVIEW, COMMENT, DUE, ROTATE = (
    EXAMPLES / "github-actions" / f"secrets-{name}.yml" for name in ("review", "review-comment", "due", "rotate")
)
GITLAB, GITLAB_DUE, GITLAB_ROTATE = (EXAMPLES / f"gitlab-{name}.yml" for name in ("ci", "due", "rotate"))
BUNDLE = EXAMPLES / "review.bundle"
NOTHING_IN_MARKDOWN = f"{markdown.MARKER}\n✅ **no change to secrets**\n"
NOTHING = "no change to secrets\n\nmain (b) to HEAD (a): 1 commit, none touching secrets\n"

Peer = Callable[[str], str]


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def run(*command: str | Path, cwd: Path = TOP, **environ: str) -> subprocess.CompletedProcess[str]:
    return programs.run(*command, cwd=cwd, environ=environ)


@pytest.mark.parametrize("workflow", [REVIEW, COMMENT, DUE, ROTATE], ids=lambda path: path.stem)
def test_actionlint_finds_nothing(workflow: Path, peer: Peer) -> None:
    peer("shellcheck")

    done = run(peer("actionlint"), "-no-color", workflow)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "path", [REVIEW, COMMENT, DUE, ROTATE, GITLAB, GITLAB_DUE, GITLAB_ROTATE], ids=lambda path: path.stem
)
def test_the_schema_of_the_forge_takes_it(path: Path, peer: Peer) -> None:
    kind = (
        ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"]
        if path in {GITLAB, GITLAB_DUE, GITLAB_ROTATE}
        else ["vendor.github-workflows"]
    )

    done = run(peer("check-jsonschema"), "--builtin-schema", *kind, path)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("script", ["review.sh", "make-review.sh"])
def test_shellcheck_finds_nothing(script: str, peer: Peer) -> None:
    done = run(peer("shellcheck"), EXAMPLES / script)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("path", "job"),
    [
        (GITLAB, "secrets-review"),
        (GITLAB, "secrets-review-note"),
        (GITLAB_DUE, "secrets-due"),
        (GITLAB_ROTATE, "secrets-rotate"),
    ],
)
def test_shellcheck_finds_nothing_in_a_job_of_gitlab(path: Path, job: str, tmp_path: Path, peer: Peer) -> None:
    script = tmp_path / "job.sh"
    content = load(path)[job]
    script.write_text("#!/bin/sh\n" + "\n".join(content["before_script"] + content["script"]), encoding="utf-8")

    done = run(peer("shellcheck"), script)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("workflow", [REVIEW, COMMENT, DUE, ROTATE], ids=lambda path: path.stem)
def test_actions_are_pinned_by_their_commit(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")

    used = re.findall(r"uses: (.+)", text)
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used), used


def test_what_may_write_runs_nothing_of_the_pull_request() -> None:
    workflow = load(COMMENT)
    (job,) = workflow["jobs"].values()

    assert workflow["permissions"] == {}
    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert all("uses" not in step for step in job["steps"])
    assert all("${{" not in step["run"] for step in job["steps"])
    assert load(REVIEW)["permissions"] == {"contents": "read"}
    assert "secrets." not in REVIEW.read_text(encoding="utf-8")
    assert workflow[True if True in workflow else "on"]["workflow_run"]["workflows"] == [load(REVIEW)["name"]]


# `gh`, as far as the workflow calls it. FORGE holds pulls.json, artifacts.json, comments.json and artifact.zip.
GH = """#!/usr/bin/env bash
shift
case "$*" in
    *"-f state=open"*) cat "$FORGE/pulls.json" ;;
    *artifacts\\?name*) cat "$FORGE/artifacts.json" ;;
    *artifacts/7/zip) cat "$FORGE/artifact.zip" ;;
    *"--paginate"*comments*) cat "$FORGE/comments.json" ;;
    *"--method POST"*|*"--method PATCH"*) printf '%s\\n' "$*" >"$FORGE/called" ;;
    *) echo "unknown: $*" >&2; exit 1 ;;
esac
"""


class Forge:
    """GitHub as the comment's script sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / "bin/gh").write_text(GH, encoding="utf-8")
        (folder / "bin/gh").chmod(0o755)
        self.pulls: list[object] = [{"number": 12, "head": {"sha": "a" * 40}}]
        self.artifacts: list[object] = [{"id": 7, "size_in_bytes": 1000}]
        self.comments: list[object] = []
        self.review(text_format.write(usual()))

    def review(self, text: str) -> None:
        with zipfile.ZipFile(self.folder / "artifact.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("review.txt", text)

    def run(self, script: str) -> tuple[int, str, str]:
        """The status, what was printed, and which call wrote something."""
        for name, content in (
            ("pulls", self.pulls),
            ("artifacts", {"artifacts": self.artifacts}),
            ("comments", self.comments),
        ):
            (self.folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        environ = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "FORGE": str(self.folder),
            "RUNNER_TEMP": str(self.folder),
            "REPOSITORY": "org/shop",
            "RUN": "5",
            "HEAD_OWNER": "fork",
            "HEAD_BRANCH": "$(touch owned)",
            "HEAD_SHA": "a" * 40,
        }
        done = run("bash", "-e", "-c", script, cwd=self.folder, **environ)
        called = self.folder / "called"
        return done.returncode, done.stdout + done.stderr, called.read_text(encoding="utf-8") if called.exists() else ""


@pytest.fixture
def forge(tmp_path: Path, peer: Peer) -> Forge:
    for program in ("jq", "unzip"):
        peer(program)
    return Forge(tmp_path)


SCRIPT: str = next(iter(load(COMMENT)["jobs"].values()))["steps"][0]["run"]


def test_a_comment_is_written(forge: Forge) -> None:
    status, _, called = forge.run(SCRIPT)

    assert status == 0
    assert "--method POST repos/org/shop/issues/12/comments " in called
    assert f"body=@{forge.folder}/comment.md" in called
    written = (forge.folder / "comment.md").read_text(encoding="utf-8")
    assert written.startswith(f"{markdown.MARKER}\nThe review of `aaaaaaaaaa`, ")
    assert "\n```text\nbob did the thing 0" in written.replace('"', "")
    assert not (forge.folder / "owned").exists()


def test_the_comment_that_is_there_is_updated(forge: Forge) -> None:
    bot, body = {"login": "github-actions[bot]"}, f"{markdown.MARKER}\nold"
    forge.comments = [
        {"id": 1, "user": {"login": "mallory"}, "body": body},
        {"id": 2, "user": bot, "body": "another"},
        {"id": 3, "user": bot, "body": body},
    ]

    status, _, called = forge.run(SCRIPT)

    assert status == 0
    assert "--method PATCH repos/org/shop/issues/comments/3 " in called


RUNS = ["`", "``", "```", "````", "`````` x", "~~~", "~~~~\n```"]
ACTS = [
    "@everyone",
    "&#64;everyone",
    "[all is well](https://evil.example)",
    "![](https://evil.example/pixel.png)",
    "<img src='//evil.example/x'>",
    "</code></pre><h1>approved</h1>",
    "Fixes #1",
    "[1]: https://evil.example",
]


@pytest.mark.parametrize("run_", slow_but({"```", "~~~~\n```"}, RUNS))
@pytest.mark.parametrize("act", slow_but({"@everyone", "</code></pre><h1>approved</h1>"}, ACTS))
def test_whatever_the_artifact_holds_is_one_fence(forge: Forge, act: str, run_: str) -> None:
    """Attack 12: runs of backticks passed a filter. There is none: what is in one fence is text, whatever it is."""
    text = f"{run_}\n{act}\n{run_} {act} ``\n\n    {act}\n> {act}\n<!-- {act} -->\n{run_}\n\n{act}\n{run_}"
    forge.review(text)

    assert forge.run(SCRIPT)[0] == 0
    body = (forge.folder / "comment.md").read_text(encoding="utf-8")

    comment, opening, inline, closing, fence = MarkdownIt("gfm-like", {"html": True}).parse(body)
    assert (comment.type, comment.content.strip()) == ("html_block", markdown.MARKER)
    assert (opening.type, inline.type, closing.type) == ("paragraph_open", "inline", "paragraph_close")
    assert (fence.type, fence.content) == ("fence", f"{text}\n")


@pytest.mark.parametrize(
    ("text", "why"), [("", "no text"), ("\x00\x07", "no text"), ("漢" * 70_000, ""), ("x" * 10**6, "")]
)
def test_an_artifact_of_no_use_is_not_posted_and_a_long_one_is_cut(forge: Forge, text: str, why: str) -> None:
    forge.review(text)

    status, said, called = forge.run(SCRIPT)

    assert (status, bool(called)) == ((1, False) if why else (0, True))
    assert why in said
    assert why or len((forge.folder / "comment.md").read_text(encoding="utf-8")) < 65_536


def test_another_commit_or_two_pull_requests_get_no_comment(forge: Forge) -> None:
    for pulls in ([], [{"number": 12, "head": {"sha": "b" * 40}}], forge.pulls * 2):
        forge.pulls = list(pulls)

        assert forge.run(SCRIPT)[0::2] == (0, "")


def test_a_large_artifact_is_not_fetched(forge: Forge) -> None:
    forge.artifacts = [{"id": 7, "size_in_bytes": 10**9}]

    assert forge.run(SCRIPT)[0::2] == (0, "")


def test_where_nothing_changed_no_comment_begins(forge: Forge) -> None:
    forge.review(NOTHING)
    assert forge.run(SCRIPT)[2] == ""

    forge.comments = [{"id": 3, "user": {"login": "github-actions[bot]"}, "body": markdown.MARKER}]
    assert "--method PATCH" in forge.run(SCRIPT)[2]


class GitLab(ThreadingHTTPServer):
    """Two pages of notes; what was written is kept."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Notes)
        self.notes: list[dict[str, Any]] = [{"id": at, "author": {"id": 9}, "body": "hello"} for at in range(150)]
        self.written: list[tuple[str, str, str]] = []


class Notes(Api):
    server: GitLab

    def show(self, query: dict[str, list[str]]) -> None:
        page = int(query["page"][0])
        self.answer(self.server.notes[(page - 1) * 100 : page * 100], "2" if page == 1 else "")

    def take(self, fields: dict[str, str]) -> None:
        self.server.written.append((self.command, self.path, fields["body"]))


@pytest.fixture
def gitlab(peer: Peer) -> Iterator[GitLab]:
    for program in ("jq", "curl"):
        peer(program)
    server = GitLab()
    with at_work(server):
        yield server


def note(gitlab: GitLab, folder: Path, text: str) -> None:
    (folder / "review.md").write_text(text, encoding="utf-8")
    address = f"http://127.0.0.1:{gitlab.server_address[1]}"
    (script,) = load(GITLAB)["secrets-review-note"]["script"]

    done = run(
        "sh", "-c", script, cwd=folder, GITSEAL_NOTE_TOKEN="token", CI_API_V4_URL=address, NOTES=f"{address}/notes"
    )

    assert done.returncode == 0, done.stderr


def test_a_note_is_written_once_and_then_updated(gitlab: GitLab, tmp_path: Path) -> None:
    text = markdown.write(usual())
    note(gitlab, tmp_path, text)
    assert gitlab.written == [("POST", "/notes", text)]

    gitlab.notes.append({"id": 999, "author": {"id": 5}, "body": text})
    note(gitlab, tmp_path, NOTHING_IN_MARKDOWN)
    assert gitlab.written[1:] == [("PUT", "/notes/999", NOTHING_IN_MARKDOWN)]


def test_no_note_begins_where_nothing_changed(gitlab: GitLab, tmp_path: Path) -> None:
    note(gitlab, tmp_path, NOTHING_IN_MARKDOWN)

    assert gitlab.written == []


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The branch that the documentation reviews, as somebody cloned it."""
    folder = tmp_path / "shop"
    assert run("git", "clone", "--quiet", "--branch", "search", BUNDLE, folder, cwd=tmp_path).returncode == 0
    return folder


def test_the_plain_script_writes_the_files_and_says_no(clone: Path) -> None:
    done = run(EXAMPLES / "review.sh", "origin/main", cwd=clone)

    assert done.returncode == 1, done.stderr
    assert "error: " in done.stdout
    assert "--fail-on" in done.stderr
    assert (clone / "secrets-review/review.md").read_text(encoding="utf-8").startswith(markdown.MARKER)
    assert (clone / "secrets-review/review.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_plain_script_says_yes_where_nothing_is_wrong(clone: Path) -> None:
    assert run("git", "checkout", "--quiet", "origin/main", cwd=clone).returncode == 0

    done = run(EXAMPLES / "review.sh", "HEAD", cwd=clone)

    assert done.returncode == 0, done.stderr


def test_the_plain_script_without_its_base(clone: Path) -> None:
    done = run(EXAMPLES / "review.sh", "nowhere", cwd=clone)

    assert done.returncode == 1
    assert 'there is no "nowhere" here' in done.stderr
