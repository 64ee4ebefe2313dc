"""History as `git log` and `git cat-file` give it, against real repositories."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git.log import LoggedCommit, LogQuery, history, moment, shallow_ends
from gitseal.git.renames import follow
from gitseal.git.repository import Repository
from gitseal.project.roots import is_in_secrets

Git = Callable[..., str]
ALL = LogQuery(("d",), lambda _path: True)


@pytest.fixture
def repository(repo: Path) -> Repository:
    (repo / "d").mkdir()
    return Repository(repo)


@pytest.fixture
def commit(repository: Repository, git: Git) -> Callable[..., str]:
    """Commits the files given, None for one to remove, and gives the id."""

    def make(message: str, *options: str, **files: str | None) -> str:
        for name, content in files.items():
            path = repository.top / "d" / name
            if content is None:
                path.unlink()
            else:
                path.write_text(content)
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", message, *options)
        return git("rev-parse", "HEAD").strip()

    return make


def told(commits: list[LoggedCommit]) -> list[tuple[str, dict[str, tuple[tuple[bytes | None, ...], bytes | None]]]]:
    return [(each.id, {file.path: (file.before, file.after) for file in each.files}) for each in commits]


def test_a_commit_whose_committer_is_no_line_of_git(
    repository: Repository, commit: Callable[..., str], git: Git
) -> None:
    commit("one", a="1\n")
    raw = f"tree {git('rev-parse', 'HEAD^{tree}').strip()}\nauthor <> 9 +0\ncommitter x<y 0 +0000\n\nbroken\n"
    asked = ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    made = subprocess.run(asked, input=raw.encode(), cwd=repository.top, capture_output=True, check=True).stdout
    git("reset", "--quiet", "--soft", made.decode().strip())
    assert [each.time for each in history(repository, ALL)] == [0]
    assert len(list(history(repository, ALL._replace(since=0)))) == 1


def test_a_line_of_commits(repository: Repository, commit: Callable[..., str], git: Git) -> None:
    assert list(history(repository, ALL)) == []
    one = commit("one", a="1\n", b="1\n")
    (repository.top / "elsewhere").write_text("x")
    commit("elsewhere")
    two = commit("two", "--author", "Zoë \x01 <zoe@example.com>", a="2\n", b=None)
    three = commit("three", a="1\n")
    git("config", "log.showRoot", "false")
    git("config", "diff.renames", "copies")
    found = list(history(repository, ALL))
    assert told(found) == [
        (three, {"d/a": ((b"2\n",), b"1\n")}),
        (two, {"d/a": ((b"1\n",), b"2\n"), "d/b": ((b"1\n",), None)}),
        (one, {"d/a": ((None,), b"1\n"), "d/b": ((None,), b"1\n")}),
    ]
    assert found[1].author.startswith("Zoë")
    assert (found[1].author_email, found[1].committer_email) == ("zoe@example.com", "test@example.com")
    assert [each.parents for each in found][2] == ()
    assert [file.is_new for file in found[2].files] == [True, True]


def test_only_contents_that_were_asked_for_and_the_raw_commit(
    repository: Repository, commit: Callable[..., str]
) -> None:
    commit("one", a="1\n", b="1\n")
    (found,) = history(repository, LogQuery(("d",), lambda path: path == "d/b", raw=True))
    assert {file.path: file.after for file in found.files} == {"d/a": None, "d/b": b"1\n"}
    assert found.raw.startswith(b"tree ")
    assert found.raw.endswith(b"\n\none\n")


@pytest.mark.parametrize("name", [b"\x01a", b":100644 a", b"a\nb", b"\xff\xfe", b"-x", b"commit e", b"*", b":(glob)**"])
def test_any_name(repository: Repository, git: Git, commit: Callable[..., str], name: bytes) -> None:
    for content in ("1\n", "2\n"):
        with open(os.fsencode(repository.top / "d") + b"/" + name, "w") as file:  # noqa: PTH123 - bytes are no Path
            file.write(content)
        commit("odd", other=content)
    found = told(list(history(repository, ALL)))
    assert [files["d/" + os.fsdecode(name)][1] for _id, files in found] == [b"2\n", b"1\n"]
    assert [files["d/other"][1] for _id, files in found] == [b"2\n", b"1\n"]
    (only, *_) = history(repository, ALL._replace(paths=("d/" + os.fsdecode(name),)))
    assert len(only.files) == 1


def test_merges_show_what_they_changed_themselves(repository: Repository, commit: Callable[..., str], git: Git) -> None:
    base = commit("base", a="0\n", b="0\n", c="0\n")
    git("checkout", "-qb", "side")
    side = commit("side", a="1\n", c="side\n")
    git("checkout", "-q", "main")
    main = commit("main", b="1\n", c="main\n")
    git("merge", "-q", "--no-commit", "-s", "ours", "side")
    evil = commit("evil", a="1\n", b="evil\n", c="both\n")
    found = dict(told(list(history(repository, ALL))))
    assert found[evil] == {"d/b": ((b"1\n", b"0\n"), b"evil\n"), "d/c": ((b"main\n", b"side\n"), b"both\n")}
    assert {side, main, base, evil} == set(found)


def test_what_a_merge_dropped_is_history_too(repository: Repository, commit: Callable[..., str], git: Git) -> None:
    commit("base", a="0\n")
    git("checkout", "-qb", "side")
    side = commit("side", a="1\n")
    git("checkout", "-q", "main")
    commit("main", b="1\n")
    git("merge", "-q", "-s", "ours", "-m", "drop", "side")
    assert side in dict(told(list(history(repository, ALL))))


def test_criss_cross_and_octopus(repository: Repository, commit: Callable[..., str], git: Git) -> None:
    commit("base", a="0\n", b="0\n", c="0\n")
    for branch, name in (("x", "a"), ("y", "b"), ("z", "c")):
        git("checkout", "-qb", branch, "main")
        commit(branch, **{name: f"{branch}\n"})
    git("checkout", "-q", "x")
    git("branch", "old-x")
    git("merge", "-q", "-m", "y into x", "y")
    git("checkout", "-q", "y")
    git("merge", "-q", "-m", "x into y", "old-x")
    git("checkout", "-q", "x")
    git("merge", "-q", "-m", "cross", "y")
    git("checkout", "-q", "main")
    git("merge", "-q", "-m", "octopus", "x", "z")
    found = list(history(repository, ALL))
    assert sorted(file.path for each in found for file in each.files) == ["d/a", "d/a", "d/b", "d/b", "d/c", "d/c"]


def test_the_same_content_again_and_files_above_what_is_kept(
    repository: Repository, commit: Callable[..., str]
) -> None:
    big = ["x" * 5_000_000 + f"{number}\n" for number in range(3)]
    expected = [commit(str(number), a=big[number % 3], b=big[-number % 3]) for number in range(7)]
    found = list(history(repository, ALL))
    assert [each.id for each in found] == expected[::-1]
    assert [len(file.after or b"") for each in found for file in each.files][:2] == [5_000_002, 5_000_002]


def test_a_link_and_a_folder_are_no_content(repository: Repository, commit: Callable[..., str]) -> None:
    commit("one", a="1\n")
    (repository.top / "d/a").unlink()
    (repository.top / "d/a").symlink_to("/etc/passwd")
    commit("two")
    (newest, _) = history(repository, ALL)
    assert (newest.files[0].before, newest.files[0].after, newest.files[0].is_other) == ((b"1\n",), None, True)


def test_since_believes_no_order_of_dates(
    repository: Repository, commit: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for day in ("2026-03-01", "2001-01-01", "2026-03-02"):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T00:00:00Z")
        ids.append(commit(day, a=day))
    found = list(history(repository, ALL._replace(since=moment(repository, "2026-01-01"))))
    assert [each.id for each in found] == [ids[2], ids[0]]
    assert moment(repository, "gibberish") is None
    assert moment(repository, "2 weeks ago")
    assert moment(repository, "--all") is None


def test_a_lost_object_is_said(repository: Repository, commit: Callable[..., str], git: Git) -> None:
    commit("one", a="1\n")
    lost = git("rev-parse", "HEAD:d/a").strip()
    commit("two", a="2\n")
    (repository.top / ".git/objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(Error, match="cannot show the whole history"):
        list(history(repository, ALL))


def test_leaving_early_ends_git(repository: Repository, commit: Callable[..., str]) -> None:
    for number in range(5):
        commit(str(number), a=str(number))
    before = children()
    for first in history(repository, ALL):
        assert first.files[0].after == b"4"
        break
    repository.objects.close()
    # Readers of earlier tests may have been collected meanwhile.
    assert len(children()) <= len(before)


def children() -> list[bytes]:
    """The programs that this process has started."""
    listed = subprocess.run(["ps", "-o", "comm=", "--ppid", str(os.getpid())], capture_output=True, check=False)
    return sorted(listed.stdout.split())


@pytest.mark.parametrize("form", ["--object-format=sha256", "--ref-format=reftable"])
def test_other_kinds_of_repositories(tmp_path: Path, git: Git, form: str) -> None:
    top = tmp_path / "other"
    if subprocess.run(["git", "init", "-q", form, top], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"this git knows no {form}")
    (top / "d").mkdir()
    for content in ("1\n", "2\n"):
        (top / "d/a").write_text(content)
        git("add", ".", cwd=top)
        git("commit", "-qm", content, cwd=top)
    found = list(history(Repository(top), ALL))
    assert [each.files[0].after for each in found] == [b"2\n", b"1\n"]
    assert moment(Repository(top), "yesterday")


def test_where_a_shallow_clone_ends(
    repository: Repository, commit: Callable[..., str], git: Git, tmp_path: Path
) -> None:
    commit("one", a="1\n")
    end = commit("two", a="2\n")
    commit("three", a="3\n")
    git("clone", "-q", "--depth", "2", f"file://{repository.top}", tmp_path / "clone")
    assert shallow_ends(Repository(tmp_path / "clone")) == (end,)
    assert shallow_ends(repository) == ()


# Moves


def sealed(*folders: str) -> LogQuery:
    return LogQuery(tuple(f"{folder}/.secrets".lstrip("/") for folder in folders), lambda _path: True)


def test_a_folder_that_moves_there_and_back(repository: Repository, git: Git) -> None:
    top = repository.top

    def commit(content: str | None, source: str = "", target: str = "") -> None:
        if target:
            git("mv", source, target)
        else:
            (top / source / ".secrets").mkdir(exist_ok=True)
            (top / source / ".secrets/e.yaml").write_text(content or "")
            git("add", "-A")
        git("commit", "-qm", "step")

    commit("1")
    (top / "sub").mkdir()
    commit(None, ".secrets", "sub/.secrets")
    commit("2", "sub")
    commit(None, "sub/.secrets", ".secrets")
    commit("3")
    found = [
        (file.path, file.before, file.after)
        for each in follow(repository, sealed(""), is_in_secrets)
        for file in each.files
    ]
    assert found == [
        (".secrets/e.yaml", (b"2",), b"3"),
        (".secrets/e.yaml", (None,), b"1"),
        ("sub/.secrets/e.yaml", (b"1",), b"2"),
    ]


def test_another_name_or_another_folder_is_no_move(repository: Repository, git: Git) -> None:
    (repository.top / ".secrets").mkdir()
    (repository.top / ".secrets/e.yaml").write_text("1")
    git("add", ".")
    git("commit", "-qm", "one")
    git("mv", ".secrets/e.yaml", ".secrets/f.yaml")
    git("commit", "-qm", "two")
    found = [(file.path, file.after) for each in follow(repository, sealed(""), is_in_secrets) for file in each.files]
    assert found == [(".secrets/e.yaml", None), (".secrets/f.yaml", b"1"), (".secrets/e.yaml", b"1")]


def test_more_paths_than_an_argument_list_holds(repository: Repository, commit: Callable[..., str]) -> None:
    """Linux takes 128 KiB in one argument and, mostly, 2 MiB in all (execve(2))."""
    one = commit("one", a="1\n")
    paths = (*(f"d/{number:0100}" for number in range(40_000)), "d/" + "x" * 200_000, "d/a")
    assert [found.id for found in history(repository, LogQuery(paths, lambda _path: True))] == [one]


def test_a_path_with_a_line_feed(repository: Repository, commit: Callable[..., str]) -> None:
    one = commit("one", **{"a\nb": "1\n", "b": "1\n"})
    (found,) = history(repository, LogQuery(("d/a\nb",), lambda _path: True))
    assert (found.id, [file.path for file in found.files]) == (one, ["d/a\nb"])
