"""What stands beside the contents of files: messages, people, names, tags, blobs that a tag names. Nothing of it is printed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.audit.scan import commits
from gitseal.audit.scan.scanned import Scanned
from gitseal.audit.scan.staged import scan_staged
from gitseal.git.repository import Repository
from gitseal.recipients import x25519
from gitseal.report import formats
from tests import world
from tests.world import World

Git = Callable[..., str]
VALUE = "Xk29fKdm3920dkslKQ"


@pytest.fixture
def team(repo: Path, git: Git) -> World:
    made = world.start(repo)
    made.set(TOKEN=VALUE)
    git("add", ".")
    git("commit", "--quiet", "--no-verify", "--message", "sealed")
    return made


def told(scanned: Scanned) -> list[str]:
    """The places of the findings, without ids of commits; that none shows the value is looked at here."""
    assert VALUE not in formats.write(scanned.findings, "json")
    assert {finding.rule for finding in scanned.findings} <= {"team-value"}
    return sorted(f"{finding.path}:{finding.line}" for finding in scanned.findings)


def history(team: World) -> list[str]:
    repository = Repository(team.top)
    return told(commits.scan_commits(repository, commits.history(repository), team.keyring, past=True))


def test_nothing_is_found_where_nothing_is(team: World) -> None:
    assert history(team) == []


def test_a_message_and_its_line(team: World, git: Git) -> None:
    git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", f"rotate\n\nto {VALUE}")
    assert history(team) == ["(message):3"]


def test_a_message_with_a_pragma(team: World, git: Git) -> None:
    message = f"rotated: {VALUE} is void  gitseal: allow it opens nothing any more"
    git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", message)
    assert history(team) == []


def test_an_author_who_is_a_value_of_the_team_is_no_finding(team: World, git: Git) -> None:
    """Such as the address to which a service sends its reports: it would stop each push of that person."""
    git("-c", f"user.name={VALUE}", "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "x")
    assert history(team) == []


def test_an_author_who_is_a_key(team: World, git: Git) -> None:
    key = x25519.generate().text.reveal().decode()
    git("-c", f"user.name={key}", "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "x")
    repository = Repository(team.top)
    found = commits.scan_commits(repository, commits.history(repository), team.keyring).findings
    assert {(finding.path, finding.line, finding.rule) for finding in found} == {
        ("(header)", 3, "private-key"),
        ("(header)", 4, "private-key"),
    }


@pytest.mark.parametrize("path", [f"d-{VALUE}/file", f"dir/{VALUE}.txt", f"a\n{VALUE}", f"caf\udce9/{VALUE}"])
def test_a_name_of_a_file_is_shown_with_stars(team: World, git: Git, path: str) -> None:
    file = team.top / path
    file.parent.mkdir(exist_ok=True)
    file.write_text("nothing\n")
    git("add", ".")
    shown = "/".join("***" if VALUE in part else part for part in path.split("/"))
    assert told(scan_staged(Repository(team.top), team.keyring)) == [f"{shown}:0"]
    git("commit", "--quiet", "--no-verify", "--message", "x")
    assert history(team) == [f"{shown}:0"]


def test_other_findings_in_such_a_file_do_not_show_its_name(team: World, git: Git) -> None:
    (team.top / f"{VALUE}.env").write_text("PASSWORD=hunter2x9\n")
    git("add", "--force", ".")
    found = scan_staged(Repository(team.top), team.keyring).findings
    assert sorted(finding.rule for finding in found) == ["env-file", "team-value"]
    assert VALUE not in formats.write(found, "text")


def test_a_value_over_two_parts_of_a_path(repo: Path, git: Git) -> None:
    value = "Xk29fKdm39/20dkslKQ"
    team = world.start(repo)
    team.set(TOKEN=value)
    (repo / "Xk29fKdm39").mkdir()
    (repo / value).write_text("nothing\n")
    git("add", ".")
    assert told(scan_staged(Repository(repo), team.keyring)) == ["***:0"]


def test_refs_and_tags(team: World, git: Git) -> None:
    git("branch", f"b-{VALUE}")
    git("tag", "--annotate", "--message", f"words\n{VALUE}", "v1")
    git("tag", "--annotate", "--message", VALUE, "of-a-tag", "v1")
    git("tag", VALUE)
    assert history(team) == [
        "refs/heads/***:0",
        "refs/tags/***:0",
        "refs/tags/of-a-tag:(message):1",
        "refs/tags/of-a-tag:(message):2",
        "refs/tags/v1:(message):2",
    ]


def test_blobs_and_trees_that_tags_name(team: World, git: Git) -> None:
    (team.top / "leak").write_text(f"key = {VALUE}\n")
    blob = git("hash-object", "-w", "leak").strip()
    tree = git("mktree", stdin=f"100644 blob {blob}\tconfig\n").strip()
    git("tag", "blob", blob)
    git("tag", "--annotate", "--message", "x", "tree", tree)
    git("update-ref", "refs/other/place", blob)
    assert history(team) == ["refs/other/place:1", "refs/tags/blob:1", "refs/tags/tree:1"]


def test_notes(team: World, git: Git) -> None:
    git("notes", "add", "--message", f"key {VALUE}")
    assert history(team) == [f"{git('rev-parse', 'HEAD').strip()}:1"]


def test_a_commit_that_only_removes_has_a_message_too(team: World, git: Git) -> None:
    (team.top / "a").write_text("nothing\n")
    git("add", "a")
    git("commit", "--quiet", "--no-verify", "--message", "a")
    git("rm", "--quiet", "a")
    git("commit", "--quiet", "--no-verify", "--message", VALUE)
    assert history(team) == ["(message):1"]
