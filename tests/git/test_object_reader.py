"""The one reader of objects: names, trees, streams, and what happens when Git ends early."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.git.prefetch import Announced
from gitseal.git.repository import Repository
from tests.git_calls import record_git

Git = Callable[..., str]


@pytest.fixture
def repository(repo: Path, git: Git) -> Repository:
    for number in range(300):
        path = repo / f"d{number % 3}" / f"f{number}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"content {number}\n")
    (repo / "large").write_bytes(b"x" * 3_000_000)
    git("add", "--all")
    git("commit", "--quiet", "--message", "the first\n\nof two lines")
    git("tag", "--annotate", "--message", "x", "v1")
    return Repository(repo)


def test_one_process_answers_everything(
    repository: Repository, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, blob = git("rev-parse", "HEAD", "HEAD:d1/f1").split()
    calls = record_git(tmp_path, monkeypatch)
    objects = repository.objects
    assert objects.commit("HEAD") == objects.commit("v1") == objects.commit(head) == head
    assert objects.commit("no such name") is objects.commit("nul\0") is objects.commit("") is None
    assert objects.commit(blob) is None
    entry = objects.entry(head, "d1/f1")
    assert entry is not None
    assert entry.object_id == blob
    for nothing in ("d1/f2", "d1/f1/deeper", "d9/f1", "d"):
        assert objects.entry(head, nothing) is None
    assert list(objects.blobs([blob, head, "0" * 40, blob])) == [b"content 1\n", None, None, b"content 1\n"]
    assert len(calls()) == 1


def test_a_name_of_two_lines(repository: Repository, git: Git) -> None:
    assert repository.objects.commit("HEAD^{/first\n\nof two}") == git("rev-parse", "HEAD").strip()
    assert repository.objects.commit("no\nname") is None


def test_many_come_in_order_though_git_is_asked_ahead(repository: Repository) -> None:
    names = [f"HEAD:d{number % 3}/f{number}" for number in range(300)] * 3
    contents = [found.content if found else b"" for found in repository.objects.find_all(names)]
    assert contents == [f"content {number}\n".encode() for number in range(300)] * 3


def test_other_questions_may_be_asked_while_contents_stream(repository: Repository, git: Git) -> None:
    head = git("rev-parse", "HEAD").strip()
    sizes = []
    for blob in repository.objects.stream(["HEAD:large", "HEAD:d0/f0", "HEAD:nothing", "HEAD:large"]):
        assert next(blob.chunks, b"")[:1] in {b"x", b"c", b""}
        assert repository.file(head, "d0/f0") == b"content 0\n"
        sizes.append((blob.kind, blob.size))
    assert sizes == [("blob", 3_000_000), ("blob", 10), ("missing", 0), ("blob", 3_000_000)]
    assert repository.objects.commit("HEAD") == head


def test_a_stream_that_is_left_leaves_nothing_for_the_next_question(repository: Repository, git: Git) -> None:
    for blob in repository.objects.stream(["HEAD:large"] * 500):
        assert blob.size == 3_000_000
        break
    assert repository.objects.commit("HEAD") == git("rev-parse", "HEAD").strip()


def test_announced_contents_come_in_between_other_questions(repository: Repository, git: Git) -> None:
    names = [f"HEAD:d{number % 3}/f{number}" for number in range(300)]
    ids = [name.encode() for name in git("rev-parse", *names).split()]
    announced = Announced(repository.objects)
    announced.announce(ids + ids)
    for number, object_id in enumerate(ids + ids):
        assert announced.take(object_id) == f"content {number % 300}\n".encode()
        if number % 50 == 0:
            assert repository.objects.commit("HEAD") is not None


def test_what_is_lost_is_an_error(repository: Repository, repo: Path, git: Git) -> None:
    head, tree, blob = git("rev-parse", "HEAD", "HEAD:d0", "HEAD:d1/f1").split()
    for each in (tree, blob):
        (repo / f".git/objects/{each[:2]}/{each[2:]}").unlink()
    with pytest.raises(Error, match="Git cannot show the tree"):
        repository.objects.entry(head, "d0/f0")
    with pytest.raises(Error, match="Git cannot show the whole history"):
        list(repository.blobs([blob]))


def test_a_folder_that_is_no_repository_has_no_objects(tmp_path: Path) -> None:
    objects = Repository(tmp_path).objects
    assert objects.commit("HEAD") is None
    assert list(objects.find_all(["HEAD", "main", "HEAD:a"])) == [None, None, None]


def test_git_that_ends_amid_its_answers_is_an_error_and_the_next_question_starts_another(
    repository: Repository, git: Git
) -> None:
    assert repository.objects.commit("HEAD")
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(os.getpid())], capture_output=True, check=True)
    for pid in map(int, listed.stdout.split()):
        try:
            if b"cat-file" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
        except OSError:
            continue  # `ps` itself
    with pytest.raises(Error, match="Git ended in the middle of a file"):
        repository.objects.commit("main")
    assert repository.objects.commit("HEAD") == git("rev-parse", "HEAD").strip()
