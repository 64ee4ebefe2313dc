"""What is printed below a finding: pasted as it is, it ends well, the finding is gone, and nothing else has changed."""

import ast
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gitseal
from gitseal.audit.check.check import check
from gitseal.audit.review.rules import ALL
from gitseal.audit.scan.commits import ScanRange, scan_commits
from gitseal.audit.scan.staged import scan_staged
from gitseal.cli import parsing
from gitseal.cli.table import PROGRAM
from gitseal.errors import shell_quoted
from gitseal.git.repository import Repository
from gitseal.project.workspace import Workspace
from gitseal.recipients import x25519
from gitseal.report.findings import Finding
from gitseal.report.hints import (
    NO_HINT,
    Decision,
    Runnable,
    command,
    decision,
    path_word,
    pathspec,
    runnable,
    untrack,
)
from gitseal.usecases.recipient import add_recipient
from tests import programs, source
from tests.audit.check.test_check import CASES as CHECKED
from tests.audit.check.test_check import KEY
from tests.world import World

CODE = Path(gitseal.__file__).parent
# Every rule with a hint that anybody can paste, and the places in the code that make one; all other hints are decisions.
RUNNABLE = {
    "local-tracked": "audit/check/check.py",
    "env-link": "scan/env_files.py",
    "env-file": "scan/env_files.py",
}
# The same for rules whose hints bring working tree and repository together, each with what drove them apart.
APART = {
    "hidden": "rm .secrets/production.yaml",
    "uncommittable": "git rm --quiet --cached .secrets/production.yaml; echo production.yaml >>.gitignore",
    "announced": "git rm --quiet --cached .secrets/production.yaml; git add --intent-to-add .secrets/production.yaml",
}
MADE_APART = "project/comparison.py"
# What somebody answers who types it: on a terminal they are asked, here an option says it beforehand.
ANSWERS = {"rekey": ["--yes", "--accept-recipient", KEY]}
# In this state nobody at hand can do what is advised.
OTHERS = "a stanza that is none"
# These are read, and mend nothing.
LOOKS = ("git check-attr", "gitseal explain")


def pasted(line: str, top: Path, stdin: str = "") -> None:
    done = programs.run("sh", "-c", line, cwd=top, stdin=stdin)
    assert done.returncode == 0, f"{line}: {done.returncode}\n{done.stdout}{done.stderr}"


def said(findings: list[Finding]) -> set[tuple[str, str, str]]:
    return {(finding.rule, finding.path, finding.message) for finding in findings}


# --- hints that anybody can paste, each in the state that prints it


def staged(world: World) -> list[Finding]:
    return scan_staged(Repository(world.top), None).findings


def env_file(world: World, name: str = ".env") -> None:
    """In a repository without a project there is no place to seal the values to."""
    programs.git(world.top, "rm", "-r", "--quiet", ".secrets")
    path = world.top / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("TOKEN=hush-4f1d0c6b\n")
    programs.git(world.top, "--literal-pathspecs", "add", "-f", f"./{name}")


def changed_since(world: World) -> None:
    env_file(world)
    (world.top / ".env").write_text("TOKEN=hush-another\n")


def env_link(world: World) -> None:
    (world.top / "settings").write_text("TOKEN=hush-4f1d0c6b\n")
    (world.top / ".env").symlink_to("settings")
    programs.git(world.top, "add", "-f", "settings", ".env")


PASTED: dict[str, tuple[str, Callable[[World], object], Callable[[World], list[Finding]], set[str]]] = {
    "a tracked local file": (
        "local-tracked",
        CHECKED["a tracked local file"][0],
        lambda world: check(world.project),
        {".secrets/me.local.yaml"},
    ),
    "an env file": ("env-file", env_file, staged, {".env"}),
    "an env file that changed after it was staged": ("env-file", changed_since, staged, {".env"}),
    "an env file of any name": ("env-file", lambda world: env_file(world, "-a b'c$d/.env"), staged, {"-a b'c$d/.env"}),
    "an env file with a name that is a pattern": (
        "env-file",
        lambda world: env_file(world, "*/.env"),
        staged,
        {"*/.env"},
    ),
    "a link": ("env-link", env_link, staged, {".env"}),
}


@pytest.mark.parametrize("name", PASTED)
def test_a_hint_that_anybody_can_paste(world: World, name: str) -> None:
    rule, build, find, paths = PASTED[name]
    build(world)
    (finding,) = [each for each in find(world) if each.rule == rule]
    assert isinstance(finding.hint, Runnable)
    before, files = index_of(world.top), contents(world.top)
    below = world.top / "a folder"
    below.mkdir()

    pasted(finding.hint, below)

    assert (rule, finding.path, finding.message) not in said(find(world))
    after = index_of(world.top)
    assert before - after == paths
    assert after <= before
    assert contents(world.top) == files


@pytest.mark.parametrize("rule", APART)
def test_a_hint_that_brings_working_tree_and_repository_together(world: World, rule: str) -> None:
    before = contents(world.top)
    pasted(APART[rule], world.top)
    (finding,) = [each for each in check(world.project) if each.rule == rule]
    assert isinstance(finding.hint, Runnable)
    below = world.top / "a folder"
    below.mkdir()

    pasted(finding.hint, below)

    assert rule not in {each.rule for each in check(world.project)}
    assert contents(world.top).keys() == before.keys()


def index_of(top: Path) -> set[str]:
    return set(programs.git(top, "ls-files", "-z").split("\0")) - {""}


def contents(top: Path) -> dict[str, bytes]:
    files = (path for path in top.rglob("*") if ".git" not in path.parts and path.is_file())
    return {str(path): path.read_bytes() for path in files}


def test_each_runnable_hint_is_among_the_cases() -> None:
    assert {rule for rule, *_ in PASTED.values()} == RUNNABLE.keys()
    made = {
        str(path.relative_to(CODE))
        for path in CODE.rglob("*.py")
        if path.name != "hints.py" and re.search(r"\brunnable\(", path.read_text(encoding="utf-8"))
    }
    assert made == {*RUNNABLE.values(), MADE_APART}
    assert {rule.id for rule in ALL} >= {*RUNNABLE, *APART}


# --- decisions: whoever takes them can type what stands there


@pytest.mark.parametrize("name", [name for name, (_, rules) in CHECKED.items() if rules and name != OTHERS])
def test_what_check_advises_mends_what_it_found(world: World, name: str) -> None:
    CHECKED[name][0](world)
    findings = check(world.project, keyring=world.keyring)
    assert all(isinstance(finding.hint, Decision | Runnable) for finding in findings if finding.hint)
    done = set()
    for finding in findings:
        for each in finding.hint.commands:
            line = each.as_text()
            if line.startswith(LOOKS):
                pasted(line, world.top)
            elif line not in done:
                done.add(line)
                pasted(shlex.join([*each.words, *ANSWERS.get(each.words[1], [])]), world.top, stdin="hush-new")
                done |= {finding.message}
    left = said(check(world.project))
    mended = [finding for finding in findings if finding.message in done and not finding.hint.words]
    assert not left & said(mended)


def test_somebody_elses_stanza_is_made_anew(world: World) -> None:
    bob = x25519.generate()
    workspace = Workspace(world.project, world.keyring)
    add_recipient(workspace, "bob", [bob.recipient], groups=["team"])
    pasted(f"gitseal rekey --yes --accept-recipient {bob.recipient}", world.top)
    CHECKED[OTHERS][0](world)
    (finding,) = check(world.project)
    assert finding.hint.who == 'somebody who opens "production", other than "alice"'
    (command_,) = finding.hint.commands
    as_bob = {"GITSEAL_IDENTITY": bob.text.reveal().decode()}
    done = programs.run(*command_.words, "--yes", cwd=world.top, environ=as_bob)
    assert done.returncode == 0, done.stderr
    assert check(world.project) == []


def test_what_only_others_can_run_is_given_to_them(world: World) -> None:
    CHECKED["someone who cannot yet"][0](world)
    alone = {finding.hint for finding in check(world.project) if finding.rule == "no-stanza"}
    here = {finding.hint for finding in check(world.project, keyring=world.keyring) if finding.rule == "no-stanza"}
    assert alone == {f'somebody who opens "{each}": gitseal rekey -e {each}' for each in ("development", "production")}
    assert here == {f"gitseal rekey -e {each}" for each in ("development", "production")}


def test_a_value_that_the_policy_refuses_is_not_asked_of_just_anybody(world: World) -> None:
    CHECKED["under a replaced key"][0](world)
    policy = world.top / ".secrets/policy.yaml"
    policy.write_text(policy.read_text().replace("  production:\n", "  production:\n    write_only: refuse\n"))
    (alone,) = [finding.hint for finding in check(world.project) if finding.rule == "stale"]
    (here,) = [finding.hint for finding in check(world.project, keyring=world.keyring) if finding.rule == "stale"]
    assert alone.startswith('somebody who opens "production" and knows the value: gitseal set ')
    assert here.startswith("whoever knows the value: gitseal set ")


def test_an_env_file_of_a_project_asks_where_its_values_belong(world: World) -> None:
    (world.top / ".env").write_text("TOKEN=hush-4f1d0c6b\n")
    programs.git(world.top, "add", "-f", ".env")
    (finding,) = staged(world)
    assert isinstance(finding.hint, Decision)
    for each in finding.hint.commands:
        pasted(each.as_text(), world.top)
    assert staged(world) == []
    assert world.get("TOKEN", "development") == "hush-4f1d0c6b"


def test_what_history_has_is_not_mended_by_taking_a_file_out(world: World) -> None:
    (world.top / ".env").write_text("TOKEN=hush-4f1d0c6b\n")
    programs.git(world.top, "add", "-f", ".env")
    programs.git(world.top, "commit", "--quiet", "--no-verify", "--message", "leak")
    programs.git(world.top, "rm", "--quiet", "--cached", ".env")
    programs.git(world.top, "commit", "--quiet", "--no-verify", "--message", "taken out")
    repository = Repository(world.top)
    head = repository.commit("HEAD") or ""
    (finding,) = scan_commits(repository, ScanRange((head,), (), head), None).findings
    assert not finding.hint.commands
    assert "make a new one" in finding.hint


# --- every command that any hint holds


def templates() -> set[str]:
    """The templates of all commands in the code, as they stand there."""
    found = set()
    for module in source.modules():
        for node in source.nodes(module):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "command"
            if is_call and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return found


def is_sound(template: str) -> bool:
    """True if no placeholder stands in a command, and gitseal takes it."""
    words = template.split()
    if any(re.fullmatch(r"[A-Z]{3,}", word) for word in words if word not in {"HEAD", "FETCH_HEAD"}):
        return False
    if words[0] == "gitseal" and words[-1] != "--help":
        return parsing.read(PROGRAM, ["x" if word == "{}" else word for word in words[1:]], {}) is not None
    if words[0] == "sops":
        return words[1] in {"decrypt", "edit", "rotate"}  # its own files are read in place of a project
    return words[0] in {"git", "gitseal", "mv"}


def test_every_command_is_one() -> None:
    # One test for all: see test_commands_in_words.py.
    found = templates()
    assert "gitseal rekey -e {}" in found
    assert [template for template in sorted(found) if not is_sound(template)] == []


@pytest.mark.parametrize("template", ["gitseal set NAME", "gitseal nothing", "ls {}"])
def test_a_command_is_none(template: str) -> None:
    assert not is_sound(template)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(st.lists(WORDS, min_size=1, max_size=3))
def test_a_shell_makes_of_a_word_what_it_was(words: list[str]) -> None:
    line = " ".join(map(shell_quoted, words))
    printed = programs.run("bash", "-c", f"printf '%s\\0' {line}", cwd=Path("/")).stdout
    assert printed.split("\0")[:-1] == words
    assert line.isprintable()


def test_how_hints_are_written() -> None:
    rekey = command("gitseal rekey -e {}", "production")
    assert runnable(untrack("a b"), rekey) == "git rm --cached -f ':/a b' && gitseal rekey -e production"
    assert (
        decision("whoever opens it", "look first", rekey) == "whoever opens it: look first: gitseal rekey -e production"
    )
    assert decision("whoever opens it", "look") == "whoever opens it: look"
    assert NO_HINT == ""
    assert rekey.below("services/api").as_text() == "gitseal -C services/api rekey -e production"
    assert [path_word(path) for path in ("-x", "x")] == ["./-x", "x"]
    assert [pathspec(path) for path in ("x", ".x", "-x", "*.env")] == [
        *(":/x", ":/.x"),
        *(":(top,literal)-x", ":(top,literal)*.env"),
    ]
    for words in ((), ("a", "b")):
        with pytest.raises(ValueError, match=r"rekey"):
            command("gitseal rekey -e {}", *words)
