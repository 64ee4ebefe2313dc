"""Installed hooks in real repositories: gitseal is first, whatever was there before, and goes without a trace."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.arming import installation
from gitseal.arming import script as hook_script
from gitseal.errors import Error
from gitseal.git.hooks import STAGES
from gitseal.git.repository import Repository
from tests import programs
from tests.arming.conftest import Program

Git = Callable[..., str]
HOOKS = [f".git/hooks/{stage}" for stage in STAGES]


def install(repo: Path, program: Program, **options: bool) -> installation.Installed:
    return installation.install(Repository(repo), program.path, **options)


def existing(repo: Path, stage: str, text: str, mode: int = 0o755) -> Path:
    path = repo / ".git/hooks" / stage
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def snapshot(folder: Path) -> dict[str, tuple[int, bytes | str]]:
    return {
        path.name: (
            stat.S_IMODE(path.lstat().st_mode),
            str(path.readlink()) if path.is_symlink() else path.read_bytes(),
        )
        for path in sorted(folder.iterdir())
    }


def refused(repo: Path, *command: str) -> str:
    done = programs.run("git", *command, cwd=repo)
    assert done.returncode != 0
    return done.stderr


def test_each_hook_calls_its_stage_and_a_no_is_a_no(
    repo: Path, git: Git, program: Program, commit: Git, tmp_path: Path
) -> None:
    assert install(repo, program).changed == tuple(HOOKS)
    commit()
    assert program.calls(messages=True) == [
        "gitseal hook run pre-commit",
        "gitseal hook run commit-msg .git/COMMIT_EDITMSG",
    ]

    git("checkout", "--quiet", "-b", "other", "HEAD")
    commit()
    git("checkout", "--quiet", "-b", "third", "main")
    (repo / "elsewhere").write_text("x")
    git("add", "elsewhere")
    git("commit", "--quiet", "-m", "elsewhere")
    program.calls()
    git("merge", "--quiet", "--no-edit", "other")
    assert program.calls() == ["gitseal hook run pre-merge-commit"]

    git("init", "--quiet", "--bare", tmp_path / "remote")
    git("push", "--quiet", tmp_path / "remote", "main")
    called, ref = program.calls()
    assert called == f"gitseal hook run pre-push {tmp_path}/remote {tmp_path}/remote"
    assert ref.startswith("refs/heads/main ")

    program.says_no.touch()
    (repo / "elsewhere").write_text("y")
    refused(repo, "commit", "-a", "-m", "no")
    refused(repo, "push", str(tmp_path / "remote"), "other")


def test_twice_is_once_and_an_older_script_is_replaced(repo: Path, program: Program) -> None:
    install(repo, program)
    before = snapshot(repo / ".git/hooks")
    assert install(repo, program).changed == ()
    assert snapshot(repo / ".git/hooks") == before

    hook = repo / HOOKS[0]
    hook.write_bytes(hook.read_bytes() + b"# of an older version\n")
    (repo / HOOKS[1]).chmod(0o644)
    assert install(repo, program).changed == (HOOKS[0], HOOKS[1])
    assert snapshot(repo / ".git/hooks") == before


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("#!/bin/sh\necho before >>../log\nexit 0\n", 0o755),
        ("#!/usr/bin/env python3\nopen('../log', 'a').write('before\\n')\n", 0o755),
        ("echo before >>../log  # no first line that names a shell\n", 0o700),
    ],
)
def test_an_existing_hook_runs_second_and_comes_back(
    repo: Path, program: Program, commit: Git, text: str, mode: int
) -> None:
    path = existing(repo, "pre-commit", text, mode)
    before = snapshot(path.parent)
    install(repo, program)
    commit()
    assert program.calls() == ["gitseal hook run pre-commit", "before"]

    program.says_no.touch()
    (repo / "file").write_text("other")
    refused(repo, "commit", "-a", "-m", "no")
    assert program.calls() == ["gitseal hook run pre-commit"]

    installation.uninstall(Repository(repo))
    assert snapshot(path.parent) == before
    assert installation.uninstall(Repository(repo)) == ()


def test_an_existing_hook_still_says_no(repo: Path, program: Program, commit: Git) -> None:
    existing(repo, "pre-commit", "#!/bin/sh\nexit 3\n")
    install(repo, program)
    (repo / "file").write_text("x")
    subprocess.run(["git", "add", "file"], cwd=repo, check=True)
    refused(repo, "commit", "-m", "no")
    assert program.calls() == ["gitseal hook run pre-commit"]


def test_a_binary_and_a_link_stay_what_they_are(repo: Path, program: Program, commit: Git) -> None:
    (repo / ".git/hooks").mkdir(exist_ok=True)
    shutil.copy(shutil.which("true") or "/bin/true", repo / HOOKS[0])
    (repo / HOOKS[1]).symlink_to("../../scripts/merge")
    (repo / HOOKS[2]).symlink_to("../nowhere")
    before = snapshot(repo / ".git/hooks")

    install(repo, program)
    commit()

    assert program.calls() == ["gitseal hook run pre-commit"]
    installation.uninstall(Repository(repo))
    assert snapshot(repo / ".git/hooks") == before


def test_a_link_is_followed_from_where_it_was(repo: Path, program: Program, commit: Git) -> None:
    (repo / "scripts").mkdir()
    (repo / "scripts/check").write_text("#!/bin/sh\necho linked >>../log\n")
    (repo / "scripts/check").chmod(0o755)
    (repo / ".git/hooks").mkdir(exist_ok=True)
    (repo / HOOKS[0]).symlink_to("../../scripts/check")
    install(repo, program)
    commit()
    assert program.calls() == ["gitseal hook run pre-commit", "linked"]
    assert (repo / "scripts/check").read_text().endswith("log\n")


def test_a_hook_that_git_ignored_stays_ignored(repo: Path, program: Program, commit: Git) -> None:
    existing(repo, "pre-commit", "#!/bin/sh\nexit 1\n", 0o644)
    before = snapshot(repo / ".git/hooks")
    install(repo, program)
    commit()
    assert program.calls() == ["gitseal hook run pre-commit"]
    installation.uninstall(Repository(repo))
    assert snapshot(repo / ".git/hooks") == before


def test_both_hooks_get_the_refs_and_the_arguments(
    repo: Path, git: Git, program: Program, commit: Git, tmp_path: Path
) -> None:
    existing(repo, "pre-push", '#!/bin/sh\necho "before $*" >>../log\ncat >>../log\n')
    git("init", "--quiet", "--bare", tmp_path / "remote")
    commit()
    install(repo, program)
    program.calls()
    git("push", "--quiet", tmp_path / "remote", "main", "main:other")
    lines = program.calls()
    half = len(lines) // 2
    assert lines[0].startswith("gitseal hook run pre-push ")
    assert lines[half].startswith("before ")
    assert len(lines) == 6
    assert lines[1:half] == lines[half + 1 :]


@pytest.mark.slow
def test_a_hook_that_does_not_read_its_refs_is_well(repo: Path, git: Git, program: Program, commit: Git) -> None:
    existing(repo, "pre-push", "#!/bin/sh\nexit 0\n")
    commit()
    install(repo, program)
    git("init", "--quiet", "--bare", repo.parent / "remote")
    for number in range(300):
        git("tag", f"a-tag-with-quite-a-long-name-{number:080}")
    git("push", "--quiet", "--tags", repo.parent / "remote")
    assert len(program.calls()) == 302 - 1


def test_what_another_program_put_there_is_not_thrown_away(repo: Path, program: Program) -> None:
    first = existing(repo, "pre-commit", "#!/bin/sh\n# first\n")
    install(repo, program)
    existing(repo, "pre-commit", "#!/bin/sh\n# second\n")
    before = snapshot(repo / ".git/hooks")
    with pytest.raises(Error, match="another program has replaced"):
        install(repo, program)
    with pytest.raises(Error, match="another program has replaced"):
        installation.uninstall(Repository(repo))
    assert snapshot(first.parent)["pre-commit"] == before["pre-commit"]

    # The same hook once more, as a manager writes it, is no second one.
    first.write_text("#!/bin/sh\n# first\n")
    install(repo, program)
    installation.uninstall(Repository(repo))
    assert first.read_text() == "#!/bin/sh\n# first\n"


def test_a_gitseal_that_moved_is_looked_for_and_never_passed_over(
    repo: Path, git: Git, program: Program, commit: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(repo, program)
    moved = program.path.parent.with_name("moved")
    program.path.parent.rename(moved)
    (repo / "file").write_text("x")
    git("add", "file")
    plain = os.pathsep.join(["/usr/bin", "/bin"])
    monkeypatch.setenv("PATH", plain)
    words = refused(repo, "commit", "-m", "no")
    assert f'this hook cannot find gitseal, which was "{program.path}"' in words
    assert "gitseal hook install" in words

    monkeypatch.setenv("PATH", os.pathsep.join([str(moved), plain]))
    git("commit", "--quiet", "-m", "yes")
    assert program.calls() == ["gitseal hook run pre-commit"]


def test_a_gitseal_whose_python_is_gone_is_not_started(repo: Path, git: Git, program: Program, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.symlink_to("/bin/sh")
    program.path.write_text(program.path.read_text().replace("#!/bin/sh", f"#!{python}"))
    install(repo, program)
    python.unlink()
    (repo / "file").write_text("x")
    git("add", "file")
    done = subprocess.run(
        ["/bin/sh", repo / HOOKS[0]], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "cannot find gitseal" in done.stderr


def test_linked_worktrees_share_the_hooks(repo: Path, git: Git, program: Program, commit: Git, tmp_path: Path) -> None:
    commit()
    linked = tmp_path / "linked"
    git("worktree", "add", "--quiet", linked)
    assert installation.install(Repository(linked), program.path).changed
    commit()
    git("commit", "--quiet", "--allow-empty", "-m", "there", cwd=linked)
    assert program.calls() == ["gitseal hook run pre-commit"] * 2
    assert install(repo, program).changed == ()


def test_a_submodule_has_its_own(repo: Path, git: Git, program: Program, commit: Git, tmp_path: Path) -> None:
    git("init", "--quiet", tmp_path / "part")
    git("commit", "--quiet", "--allow-empty", "-m", "x", cwd=tmp_path / "part")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", tmp_path / "part", "part")
    installation.install(Repository(repo / "part"), program.path)
    git("commit", "--quiet", "--allow-empty", "-m", "y", cwd=repo / "part")
    assert program.calls() == ["gitseal hook run pre-commit"]
    commit()
    assert program.calls() == []


def test_a_folder_that_commits_bring_gets_what_runs_everywhere(
    repo: Path, git: Git, program: Program, commit: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("config", "core.hooksPath", ".githooks")
    (repo / ".githooks").mkdir()
    (repo / ".githooks/pre-commit").write_text("#!/bin/sh\necho before >>../log\n")
    (repo / ".githooks/pre-commit").chmod(0o755)
    git("add", ".githooks")
    git("commit", "--quiet", "-m", "hooks")
    program.calls()

    done = install(repo, program)
    assert done.committed == done.changed
    assert done.changed[:2] == (".githooks/pre-commit", ".githooks/pre-commit.before-gitseal")
    assert str(program.path) not in (repo / ".githooks/pre-commit").read_text()
    monkeypatch.setenv("PATH", os.pathsep.join([str(program.path.parent), os.environ["PATH"]]))
    commit()
    assert program.calls() == ["gitseal hook run pre-commit", "before"]


def test_without_leave_no_tracked_file_is_touched(repo: Path, git: Git, program: Program) -> None:
    git("config", "core.hooksPath", ".githooks")
    done = install(repo, program, tracked=False)
    assert git("status", "--porcelain") == ""
    assert done.changed == () or done.changed[0].startswith("hook.")


def test_an_ignored_folder_is_the_clones_own(repo: Path, git: Git, program: Program) -> None:
    git("config", "core.hooksPath", "local-hooks")
    (repo / ".gitignore").write_text("local-hooks\n")
    assert install(repo, program, tracked=False).committed == ()
    assert hook_script.script("pre-commit", program.path) == (repo / "local-hooks/pre-commit").read_bytes()


def test_a_folder_that_others_share_is_left_alone(repo: Path, git: Git, program: Program, tmp_path: Path) -> None:
    shared = tmp_path / "everybodys"
    shared.mkdir()
    git("config", "--global", "core.hooksPath", str(shared))
    done = install(repo, program)
    assert list(shared.iterdir()) == []
    if done.refused is None:
        pytest.skip("this Git has hooks in its configuration")
    assert done.refused.path == shared
    assert install(repo, program, shared=True).changed == tuple(str(shared / stage) for stage in STAGES)
    assert installation.uninstall(Repository(repo)) == ()
    assert len(installation.uninstall(Repository(repo), shared=True)) == len(STAGES)
    assert list(shared.iterdir()) == []


def test_a_folder_in_the_way_is_named(repo: Path, program: Program) -> None:
    (repo / HOOKS[0]).mkdir(parents=True)
    with pytest.raises(Error, match="is a folder"):
        install(repo, program)


def test_a_bare_repository_checks_what_it_receives(
    repo: Path, git: Git, program: Program, commit: Git, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.git"
    git("init", "--quiet", "--bare", bare)
    (bare / "hooks").mkdir(exist_ok=True)
    (bare / "hooks/pre-receive").write_text("#!/bin/sh\ncat >/dev/null\necho before >>../log\n")
    (bare / "hooks/pre-receive").chmod(0o755)
    commit()
    done = installation.install_server(Repository(bare), program.path)
    assert done.changed == ("hooks/pre-receive", "hooks/before-gitseal/pre-receive")
    git("push", "--quiet", bare, "main")
    called, ref, before = program.calls()
    assert (called, before) == ("gitseal hook run pre-receive", "before")
    assert ref.endswith(" refs/heads/main")

    program.says_no.touch()
    assert "pre-receive hook declined" in refused(repo, "push", str(bare), "main:other")
    installation.uninstall(Repository(bare))
    assert "echo before" in (bare / "hooks/pre-receive").read_text()
    assert not (bare / "hooks/before-gitseal").exists()


@pytest.mark.parametrize("first", ["", "#!/bin/sh\n", "#!/usr/bin/env bash\n", "#! /bin/dash -e\n"])
@pytest.mark.parametrize("stage", STAGES)
def test_lines_in_a_shell_script_come_and_go(first: str, stage: str) -> None:
    before = (first + "npm test\n").encode()
    within = hook_script.with_block(before, stage)
    assert within is not None
    assert hook_script.has_block(within)
    assert hook_script.with_block(within, stage) == within
    assert hook_script.without_block(within) == before
    assert not hook_script.has_block(before + within.removeprefix(first.encode()))


@pytest.mark.parametrize("first", ["#!/usr/bin/env node", "#!/usr/bin/python3", "#!/usr/bin/perl -e"])
def test_what_is_no_shell_script_gets_no_lines(first: str) -> None:
    assert hook_script.with_block(f"{first}\n".encode(), "pre-commit") is None


def test_what_follows_the_lines_reads_the_refs_too(program: Program, tmp_path: Path) -> None:
    script = hook_script.with_block(b"#!/bin/sh\ncat >second\n", "pre-push")
    assert script is not None
    (tmp_path / "hook").write_bytes(script)
    environ = {"PATH": os.pathsep.join([str(program.path.parent), "/usr/bin", "/bin"])}
    for shell in ("sh", "bash"):
        refs = "".join(f"refs/heads/{number} $x `y` \\\n" for number in range(2000))
        subprocess.run([shell, "-e", "hook", "o", "u"], cwd=tmp_path, env=environ, input=refs, text=True, check=True)
        assert (tmp_path / "second").read_text() == refs
        assert program.calls() == ["gitseal hook run pre-push o u", *refs.splitlines()]
