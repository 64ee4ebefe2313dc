"""The drivers in real repositories: every way in which Git merges, and every way in which a driver fails."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings

from gitseal.arming import drivers
from gitseal.document import document
from gitseal.document.merging import conflict
from gitseal.errors import Malformed
from gitseal.git.merging import DRIVER_CONFLICT
from gitseal.git.repository import Repository
from tests import programs
from tests.document.merging.histories import State, histories
from tests.document.merging.test_laws import is_stale

PROGRAM = Path(programs.GITSEAL)
FILE = ".secrets/production.yaml"
ATTRIBUTES = ".secrets/*.yaml diff=gitseal merge=gitseal\n"
BASE = State((("A", 1), ("C", 3), ("E", 5)))


class Git(NamedTuple):
    """A repository with the drivers."""

    top: Path

    def __call__(self, *arguments: str, ok: tuple[int, ...] = (0,), stdin: bytes = b"") -> str:
        return programs.git(self.top, *arguments, ok=ok, stdin=stdin)

    @property
    def file(self) -> Path:
        return self.top / FILE

    def commit(self, state: State, message: str = "change") -> str:
        self.file.write_bytes(state.text)
        self("add", "-A")
        self("commit", "-q", "--allow-empty", "-m", message)
        return self("rev-parse", "HEAD").strip()

    def branch(self, name: str, at: str = "main") -> None:
        self("checkout", "-q", "-B", name, at)

    def held(self) -> dict[str, object]:
        return names(self.file.read_bytes())


def names(data: bytes) -> dict[str, object]:
    leaves = document.parse(data).tree.leaves()
    return {"/".join(path): value for path, value in leaves.items() if path[0] != "gitseal"}


def state(**values: int) -> State:
    return State(tuple(sorted(values.items())))


def make(top: Path, *options: str) -> Git:
    top.mkdir()
    git = Git(top)
    git("init", "-q", *options)
    (top / ".gitattributes").write_text(ATTRIBUTES)
    git.file.parent.mkdir()
    drivers.install(Repository(top), PROGRAM)
    git.commit(BASE, "base")
    return git


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return make(tmp_path / "repo")


# Two sides that no merge of lines joins: a name each in one gap, and a removal beside a change.
ONE, OTHER = state(A=1, B1=11, C=3, E=7), state(A=1, B2=13, C=3)
BOTH_B = {"A", "B1", "B2", "C", "E"}


def two(git: Git, ours: State, theirs: State) -> None:
    git.branch("side")
    git.commit(theirs, "theirs")
    git("checkout", "-q", "main")
    git.commit(ours, "ours")


def test_merge(git: Git) -> None:
    two(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3))
    git("merge", "-q", "--no-edit", "side")
    assert set(git.held()) == {"A", "B1", "B2", "C"}


def test_delete_and_change_are_a_conflict(git: Git) -> None:
    two(git, ONE, OTHER)
    git("merge", "-q", "--no-edit", "side", ok=(1,))
    sides = conflict.sides(git.file.read_bytes())
    assert sides is not None
    assert [set(names(side)) for side in sides] == [BOTH_B, BOTH_B - {"E"}]


def test_rebase(git: Git) -> None:
    two(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3, E=5))
    git("checkout", "-q", "side")
    git("rebase", "-q", "main")
    assert set(git.held()) == BOTH_B


def test_cherry_pick_and_revert(git: Git) -> None:
    two(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3, E=5))
    git("cherry-pick", "side")
    assert set(git.held()) == BOTH_B
    git("revert", "--no-edit", "HEAD~")
    assert set(git.held()) == BOTH_B - {"B1"}


def test_stash_pop(git: Git) -> None:
    git.file.write_bytes(state(A=1, B1=11, C=3, E=5).text)
    git("stash", "-q")
    git.commit(state(A=1, B2=13, C=3, E=5))
    git("stash", "pop", "-q")
    assert set(git.held()) == BOTH_B


def test_apply_three_way_and_am(git: Git) -> None:
    two(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3, E=5))
    patch = subprocess.run(
        ["git", "format-patch", "-1", "--stdout", "side"], cwd=git.top, capture_output=True, check=True
    ).stdout
    git("am", "-q", "-3", stdin=patch)
    assert set(git.held()) == BOTH_B
    # A patch holds the ciphertexts, whatever git diff shows.
    assert b"ENC[v1," in patch


def test_both_add_the_file(tmp_path: Path) -> None:
    top = tmp_path / "added"
    top.mkdir()
    git = Git(top)
    git("init", "-q")
    (top / ".gitattributes").write_text(ATTRIBUTES)
    drivers.install(Repository(top), PROGRAM)
    git("add", "-A")
    git("commit", "-q", "-m", "empty")
    git.file.parent.mkdir()
    git.branch("side")
    git.commit(state(A=1, B=3))
    git("checkout", "-q", "main")
    git.file.parent.mkdir(exist_ok=True)
    git.commit(state(A=1, C=5))
    git("merge", "-q", "--no-edit", "side")
    assert set(git.held()) == {"A", "B", "C"}


def test_renamed_on_one_side(git: Git) -> None:
    """The tokens are bound to the environment, so `check` will complain; the merge itself loses nothing."""
    git.branch("side")
    git("mv", FILE, ".secrets/other.yaml")
    git("commit", "-q", "-m", "moved")
    git("checkout", "-q", "main")
    git.commit(state(A=1, B1=11, C=3, E=5))
    git("merge", "-q", "--no-edit", "side")
    assert "B1" in names((git.top / ".secrets/other.yaml").read_bytes())


def criss_cross(git: Git, one: State, other: State, again: State) -> None:
    """Two merge bases: each branch merges the other's first commit, and goes on."""
    git.branch("x")
    x = git.commit(one, "x")
    git.branch("y")
    git("reset", "-q", "--hard", "main")
    y = git.commit(other, "y")
    git("merge", "-q", "--no-commit", x, ok=(0, 1))
    git.commit(again, "y takes x")
    git("checkout", "-q", "x")
    git("merge", "-q", "--no-commit", y, ok=(0, 1))
    git.commit(again, "x takes y")


def test_criss_cross(git: Git) -> None:
    both_ = state(A=1, B1=11, B2=13, C=3, E=5)
    criss_cross(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3, E=5), both_)
    git.commit(state(A=1, B1=11, B2=13, B3=15, C=3, E=5))
    git("checkout", "-q", "y")
    git.commit(state(A=1, B1=11, B2=13, B4=17, C=3, E=5))
    git("merge", "-q", "--no-edit", "x")
    assert set(git.held()) == {"A", "B1", "B2", "B3", "B4", "C", "E"}


def test_criss_cross_with_a_conflict_in_the_merge_bases(git: Git) -> None:
    """The base that Git hands over holds markers then: what was in conflict there counts as changed on both sides."""
    criss_cross(git, state(A=21, C=3, E=5), state(A=23, C=3, E=5), state(A=21, C=3, E=5))
    git.commit(state(A=21, B3=15, C=3, E=5))
    git("checkout", "-q", "y")
    git.commit(state(A=21, B4=17, C=3, E=5))
    git("merge", "-q", "--no-edit", "x")
    assert set(git.held()) == {"A", "B3", "B4", "C", "E"}
    git("reset", "-q", "--hard", "HEAD~")
    git.commit(state(A=25, B4=17, C=3, E=5))
    git("merge", "-q", "--no-edit", "x", ok=(1,))
    sides = conflict.sides(git.file.read_bytes())
    assert sides is not None
    assert names(sides[0])["A"] != names(sides[1])["A"]


def test_merge_tree_writes_what_merge_does(git: Git) -> None:
    two(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3, E=5))
    done = subprocess.run(
        ["git", "merge-tree", "--write-tree", "main", "side"], cwd=git.top, capture_output=True, check=False
    )
    if b"usage" in done.stderr:
        pytest.skip("this Git has no merge-tree --write-tree")
    assert done.returncode == 0
    tree = done.stdout.decode().split()[0]
    merged = git("show", f"{tree}:{FILE}").encode()
    git("merge", "-q", "--no-edit", "side")
    assert merged == git.file.read_bytes()


def test_linked_worktree(git: Git, tmp_path: Path) -> None:
    two(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3, E=5))
    git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "main")
    linked = Git(tmp_path / "linked")
    linked("merge", "-q", "--no-edit", "side")
    assert set(linked.held()) == BOTH_B
    assert drivers.state(Repository(linked.top)).is_armed


def test_sha256(tmp_path: Path) -> None:
    git = make(tmp_path / "sha256", "--object-format=sha256")
    two(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3, E=5))
    git("merge", "-q", "--no-edit", "side")
    assert set(git.held()) == BOTH_B


def test_a_folder_with_blanks_and_quotes(tmp_path: Path) -> None:
    git = make(tmp_path / "it's a $(folder) %A")
    two(git, state(A=1, B1=11, C=3, E=5), state(A=1, B2=13, C=3, E=5))
    program = git.top / "git seal's %O"
    program.symlink_to(PROGRAM)
    drivers.install(Repository(git.top), program)
    git("merge", "-q", "--no-edit", "side")
    assert set(git.held()) == BOTH_B
    assert drivers.state(Repository(git.top)).is_armed


def test_conflict_style_and_marker_size_are_those_of_git(git: Git) -> None:
    two(git, ONE, OTHER)
    (git.top / ".git/info/attributes").write_text(f"{FILE} conflict-marker-size=11\n")
    git("-c", "merge.conflictStyle=diff3", "merge", "-q", "side", ok=(1,))
    text = git.file.read_text()
    assert "\n<<<<<<<<<<< " in text
    assert "\n||||||||||| " in text


def test_the_names_of_the_sides_stand_at_the_markers(git: Git) -> None:
    """As a Git from 2.44 on gives them, and as an older one hands its placeholders over."""
    texts = {"base": BASE, "ours": state(A=1, C=3, E=7), "theirs": state(A=1, C=3, E=9)}
    for labels, first in (("old main side/x", b"<<<<<<< main\n"), ("%S %X %Y", b"<<<<<<< ours\n")):
        for name, each in texts.items():
            (git.top / name).write_bytes(each.text)
        command = [str(PROGRAM), "driver", "merge", "base", "ours", "theirs", "7", FILE, *labels.split()]
        done = subprocess.run(command, cwd=git.top, capture_output=True, check=False)
        assert done.returncode == DRIVER_CONFLICT
        assert first in (git.top / "ours").read_bytes()


FAILURES = {
    "no program": "",
    "ends with 1 before it begins": "#!/bin/sh\nexit 1\n",
    "ends with 3, a bug": "#!/bin/sh\nexit 3\n",
    "is killed": "#!/bin/sh\nkill -9 $$\n",
    "cannot start": "#!/nowhere\n",
}


@pytest.mark.parametrize("script", FAILURES.values(), ids=FAILURES)
def test_a_driver_that_fails_leaves_the_merge_to_git(git: Git, tmp_path: Path, script: str) -> None:
    broken = tmp_path / "broken"
    if script:
        broken.write_text(script)
        broken.chmod(0o755)
    drivers.install(Repository(git.top), broken)
    two(git, ONE, OTHER)
    path = os.pathsep.join(
        each for each in os.environ["PATH"].split(os.pathsep) if not (Path(each) / "gitseal").exists()
    )
    done = subprocess.run(
        ["git", "merge", "side"], cwd=git.top, capture_output=True, check=False, env=os.environ | {"PATH": path}
    )
    assert done.returncode == 1
    text = git.file.read_bytes()
    assert conflict.sides(text) is not None
    assert b"B1" in text
    assert b"B2" in text
    with pytest.raises(Malformed):
        document.parse(text)


def test_both_sides_stay_where_not_even_git_can_merge(git: Git, tmp_path: Path) -> None:
    """Bytes that are no text: `git merge-file` refuses them."""
    drivers.install(Repository(git.top), PROGRAM)
    git.branch("side")
    git.file.write_bytes(b"\0theirs")
    git("commit", "-q", "-am", "theirs")
    git("checkout", "-q", "main")
    git.file.write_bytes(b"\0ours")
    git("commit", "-q", "-am", "ours")
    git("merge", "-q", "side", ok=(1,))
    text = git.file.read_bytes()
    assert b"ours" in text
    assert b"theirs" in text
    git("merge", "--abort")
    drivers.install(Repository(git.top), tmp_path / "gone")
    path = os.pathsep.join(
        each for each in os.environ["PATH"].split(os.pathsep) if not (Path(each) / "gitseal").exists()
    )
    subprocess.run(
        ["git", "merge", "side"], cwd=git.top, capture_output=True, check=False, env=os.environ | {"PATH": path}
    )
    text = git.file.read_bytes()
    assert b"ours" in text
    assert b"theirs" in text
    assert text.startswith(b"<<<<<<<")


@pytest.mark.slow
def test_ten_thousand_names(git: Git) -> None:
    many = {f"N{number:05}": 1 for number in range(10_000)}
    git.commit(state(**many), "many")
    two(git, state(**many, N00001A=11), state(**many, N00001B=13))
    git("merge", "-q", "--no-edit", "side")
    assert {"N00001A", "N00001B"} <= set(git.held())
    assert len(git.held()) == 10_002


def test_uninstall_leaves_what_others_set(git: Git) -> None:
    git("config", "diff.gitseal.wordRegex", ".")
    assert len(drivers.uninstall(Repository(git.top))) == 4
    assert git("config", "--get-regexp", r"^(diff|merge)\.gitseal\.").split() == ["diff.gitseal.wordregex", "."]
    assert drivers.uninstall(Repository(git.top)) == ()
    two(git, ONE, OTHER)
    git("merge", "-q", "side", ok=(1,))


def test_a_cache_of_what_diffs_show_is_seen(git: Git, isolated: Path) -> None:
    repository = Repository(git.top)
    git("config", "--unset-all", "diff.gitseal.cachetextconv")
    git("config", "--global", "diff.gitseal.cachetextconv", "true")
    git("log", "-p")
    found = drivers.state(repository)
    assert found.is_cached
    assert "global" in found.caching[0]


class Pair(NamedTuple):
    """One repository, and the attributes that turn the driver on."""

    git: Git
    attributes: Path


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    top = tmp_path_factory.mktemp("histories") / "repo"
    top.mkdir()
    git = Git(top)
    git("init", "-q")
    for key, value in {"user.name": "Test", "user.email": "test@example.com", "gc.auto": "0"}.items():
        git("config", key, value)
    drivers.install(Repository(top), PROGRAM)
    yield Pair(git, top / ".git/info/attributes")
    shutil.rmtree(top)


def imported(git: Git, history: tuple[State, State, State]) -> None:
    """Three commits as the branches base, ours and theirs, by one command."""
    parts: list[bytes] = []
    for number, (name, each) in enumerate(zip(("base", "ours", "theirs"), history, strict=True), 1):
        above = b"" if number == 1 else b"from :1\n"
        parts.append(
            b"reset refs/heads/%s\ncommit refs/heads/%s\nmark :%d\ncommitter T <t@x> 1 +0000\ndata 1\nx\n%sM 100644 inline %s\n"
            b"data %d\n%s\n" % (name.encode(), name.encode(), number, above, FILE.encode(), len(each.text), each.text)
        )
    git("fast-import", "--quiet", "--force", stdin=b"".join(parts))


def outcome(pair: Pair, *, driven: bool) -> tuple[bool, bytes]:
    pair.attributes.write_text(ATTRIBUTES if driven else "")
    git = pair.git
    git("checkout", "-q", "-f", "--detach", "ours")
    git("-c", "commit.gpgSign=false", "merge", "-q", "--no-edit", "theirs", ok=(0, 1))
    text = git.file.read_bytes()
    is_clean = not git("ls-files", "-u")
    git("reset", "-q", "--hard", "ours")
    return is_clean, text


@pytest.mark.fuzz
@settings(
    max_examples=settings().max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
def test_any_history_with_and_without_the_driver(pair: Pair, history: tuple[State, State, State]) -> None:
    imported(pair.git, history)
    plain_is_clean, plain = outcome(pair, driven=False)
    is_clean, text = outcome(pair, driven=True)
    if not is_clean:
        sides = conflict.sides(text)
        assert sides is not None
        for side in sides:
            document.parse(side)
        with pytest.raises(Malformed):
            document.parse(text)
    known = [names(each.text) for each in history[1:]]
    # A merge of lines can be clean and put a name where nobody has it.
    is_right = is_sound(plain) and all(
        any(side.get(name) == value for side in known) for name, value in names(plain).items()
    )
    if plain_is_clean and is_right:
        assert is_clean
        assert sorted(text.split(b"\n")) == sorted(plain.split(b"\n"))
        assert document.parse(text).tree.leaves() == document.parse(plain).tree.leaves()
    if is_clean:
        assert is_sound(text) or not all(is_sound(each.text) for each in history)


def is_sound(text: bytes) -> bool:
    try:
        return not is_stale(document.parse(text))
    except Malformed:
        return False
