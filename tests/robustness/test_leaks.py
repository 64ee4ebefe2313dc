"""Known values, looked for everywhere during every command: standard error, temporary files, memory, Git, processes.

Excluded by nature: what `get`, `render`, `diff --show-values` and `list --show-values` print on standard output; what
stands in the arguments of `set NAME=VALUE`; the environment of the command that is told to take a value from it, and of
the child of `run`.
"""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from gitseal.cli.main import main
from gitseal.cli.table import COMMANDS
from gitseal.delivery.request import Request
from gitseal.document.value import text
from gitseal.project.keys import Keys
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.workspace import Workspace
from gitseal.sealing.rotating import NewValue
from gitseal.usecases import edit, render, rotate, run
from gitseal.usecases.diff import compare
from gitseal.usecases.list_ import list_names
from tests.attacks.world import Clone, files, objects, person, start
from tests.robustness import commands
from tests.robustness.watching import NEEDLE, PARTS, SHM, Watch, shows
from tests.slow import slow_but
from tests.templates import Templates


class Case(NamedTuple):
    """A command: its arguments, what it reads, what stands in its environment, whether its output is the value."""

    line: tuple[str, ...]
    stdin: bytes = b""
    more: dict[str, str] = {}  # noqa: RUF012 - read only
    prints: bool = False
    status: int = 0
    own_environment: bool = False


def _dotenv(value: str) -> bytes:
    return b'NEW="' + value.replace("\n", "\\n").encode() + b'"\n'


CASES = {
    "set from standard input": Case(("set", "-e", "production", "NEW"), NEEDLE.encode()),
    "set from a file": Case(("set", "-e", "production", "NEW", "--file", "{value}")),
    "set from the environment": Case(
        ("set", "-e", "production", "NEW", "--from-env"), more={"NEW": NEEDLE}, own_environment=True
    ),
    "set of another type": Case(("set", "-e", "production", "N", "--type", "integer"), NEEDLE.encode(), status=1),
    "set of no JSON": Case(("set", "-e", "production", "N", "--type", "json"), b'{"a": ' + PARTS[0], status=1),
    "set of a plain name": Case(("set", "-e", "production", "LOG_NEW"), NEEDLE.encode(), status=1),
    "set in all": Case(("set", "-e", "all", "NEW"), NEEDLE.encode()),
    "import dotenv": Case(("import", "-", "-e", "production", "--format", "dotenv"), _dotenv(NEEDLE)),
    "import of no dotenv": Case(
        ("import", "-", "-e", "production", "--format", "dotenv"), b"NEW='" + NEEDLE.encode() + b"\n= =\n", status=1
    ),
    "import of no JSON": Case(
        ("import", "-", "-e", "production", "--format", "json"), b'{"NEW": "' + PARTS[0] + b'" "}', status=1
    ),
    "import of no YAML": Case(
        ("import", "-", "-e", "production", "--format", "yaml"), b"NEW: {a: " + PARTS[0] + b"\n  - [\n", status=1
    ),
    "import of a YAML alias": Case(
        ("import", "-", "-e", "production", "--format", "yaml"), b"NEW: *" + PARTS[0] + b"\n", status=1
    ),
    "get": Case(("get", "-e", "production", "OLD"), prints=True),
    "get of a near name": Case(("get", "-e", "production", "OLDD"), status=1),
    "list": Case(("list", "-e", "production", "--json")),
    "list with values": Case(("list", "-e", "production", "--show-values"), prints=True),
    "render dotenv": Case(("render", "-e", "production"), prints=True),
    "render json": Case(("render", "-e", "production", "--format", "json"), prints=True),
    "render to a file": Case(("render", "-e", "production", "-o", "{out}/.env")),
    "render to a tracked file": Case(("render", "-e", "production", "-o", ".gitignore"), status=1),
    "run": Case(("run", "-e", "production", "--", "true"), own_environment=True),
    "run of nothing": Case(("run", "-e", "production", "--", "no-such-command"), status=127, own_environment=True),
    "render of files": Case(("render", "-e", "production", "--service", "api", "--files", "{out}/files")),
    "render of files where Git is": Case(
        ("render", "-e", "production", "--service", "api", "--files", "files"), status=1
    ),
    "run with files": Case(("run", "-e", "production", "--service", "api", "--files", "--", "true")),
    "run with files of nothing": Case(
        ("run", "-e", "production", "--service", "api", "--files", "--", "no-such-command"), status=127
    ),
    "run that prints it": Case(
        ("run", "-e", "production", "--", "sh", "-c", 'echo "$OLD"; echo "$OLD" | base64 >&2'), own_environment=True
    ),
    "edit": Case(("edit", "-e", "production"), more={"EDITOR": "{editor}"}),
    "edit without a change": Case(("edit", "-e", "production"), more={"EDITOR": "true"}),
    "edit to no YAML": Case(("edit", "-e", "production"), more={"EDITOR": "{breaking}"}, status=1),
    "edit of an editor that fails": Case(("edit", "-e", "production"), more={"EDITOR": "false"}, status=1),
    "rotate": Case(("rotate", "OLD", "-e", "production", "--generate", "hex:8", "--keep-previous")),
    "rotate to the same": Case(("rotate", "OLD", "-e", "production"), NEEDLE.encode(), status=1),
    "rotate with a command": Case(("rotate", "OLD", "-e", "production", "--generate", "hex:8", "--", "cat")),
    "rotate with a command that fails": Case(
        ("rotate", "OLD", "-e", "production", "--generate", "hex:8", "--", "sh", "-c", "cat >&2; exit 1"), status=1
    ),
    "rotate to what a command makes": Case(("rotate", "OLD", "-e", "production", "--minted", "--", "cat")),
    "copy": Case(("copy", "production", "development", "OLD")),
    "rename": Case(("rename", "OLD", "NEWER", "-e", "production")),
    "unset": Case(("unset", "OLD", "-e", "production")),
    "diff": Case(("diff", "production", "development")),
    "absorb": Case(("absorb", "-e", "production")),
    "rekey": Case(("rekey", "--yes")),
    "check": Case(("check",), status=1),
    "impact of a value": Case(("impact", "--value", "-", "--json"), NEEDLE.encode()),
    "impact of a file": Case(("impact", "--file", "{value}")),
    "impact of nothing that it takes": Case(("impact", "--value", "1"), NEEDLE.encode(), status=2),
    "whoami": Case(("whoami",)),
    "recipient list": Case(("recipient", "list")),
    "env list": Case(("env", "list")),
    "env rename": Case(("env", "rename", "production", "prod")),
    "sync push": Case(("sync", "push", "{out}/push.env", "-e", "production")),
    "sync pull": Case(("sync", "pull", "{out}/.env", "-e", "production")),
    "an unknown option": Case(("set", "-e", "production", "--nothing-of-the-kind"), NEEDLE.encode(), status=2),
}


def build(top: Path) -> Clone:
    made = start(top, person("alice"))
    made.policy("environments:", 'rules:\n  - {names: ["LOG_*"], plain: true}\n\nenvironments:')
    made.set("production", "OLD", NEEDLE)
    made.set("production", "OTHER", "harmless")
    made.project.manifest_path.write_text(
        "version: 1\nservices:\n  api:\n    files:\n      - {path: key, secret: OLD}\n"
    )
    # Something for rekey and check to find.
    made.policy("rules:\n", "rules:\n  - {names: [OTHER], open: [alice], access: solo}\n")
    made.commit()
    return made


@pytest.fixture
def place(tmp_path: Path, templates: Templates) -> Clone:
    made = templates.copy("leaks", tmp_path / "alice", build)
    return Clone(tmp_path / "alice", made.owner)


def _script(path: Path, change: str) -> str:
    path.write_text(
        f"#!/usr/bin/env python3\nimport sys\np = sys.argv[1]\nt = open(p).read()\nopen(p, 'w').write({change})\n"
    )
    path.chmod(0o755)
    return str(path)


# One way in, out and wrong for each kind of command that has a value in its hands.
QUICK = {
    "set from standard input", "set from the environment", "set of no JSON", "import of no YAML", "get", "render to a file",
    "run with files", "rotate with a command that fails", "edit", "edit to no YAML", "rekey", "sync push", "diff",
    "impact of a value",
}  # fmt: skip


@pytest.mark.parametrize("name", slow_but(QUICK, list(CASES)))
def test_no_value_shows_while_a_command_runs(place: Clone, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    given, out, temporary = tmp_path / "given", tmp_path / "out", tmp_path / "temporary"
    for folder in (given, out, temporary):
        folder.mkdir()
    (given / "value").write_text(NEEDLE)
    (out / "push.env").write_bytes(_dotenv(NEEDLE))
    places = {
        "value": str(given / "value"),
        "out": str(out),
        "editor": _script(given / "editor", repr(f"NEW: {PARTS[0].decode()}\n") + " + t"),
        "breaking": _script(given / "breaking", f"t + 'NEW: [{PARTS[0].decode()}'"),
    }
    more = {key: value.format(**places) for key, value in case.more.items()} | {"TMPDIR": str(temporary)}
    with Watch(("cmdline",) if case.own_environment else ("cmdline", "environ")) as watch:
        child = commands.start(place, *(part.format(**places) for part in case.line), stdin=case.stdin, more=more)
        stdout, stderr = child.communicate(timeout=60)
    assert child.returncode == case.status, stderr
    assert watch.rounds
    assert not watch.found
    assert not shows(stderr), stderr
    assert case.prints or not shows(stdout), stdout
    assert not shows(files(place.top)), "in the clone or its Git directory"
    place.git("add", "--all")
    assert not shows(objects(place.top)), "in an object"
    assert not list(temporary.iterdir())
    assert not list(SHM.glob(f"gitseal-{child.pid}-*"))


def test_help_shows_no_environment(
    place: Clone, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """`--help` shows the defaults of options, and some have theirs from the environment."""
    assert place.owner is not None
    monkeypatch.chdir(place.top)
    for name, value in commands.environ(place, GITSEAL_ENV="production", NEW=NEEDLE).items():
        monkeypatch.setenv(name, value)
    for line in ((), *((name,) for name in COMMANDS)):
        assert main([*line, "--help"]) == 0
        said = b"".join(capfdbinary.readouterr())
        assert line[0].encode() in said if line else said
        assert not shows(said)
        assert place.owner.identity.strip().encode() not in said


# --- when something breaks inside


INSIDE = {
    "sealing": "gitseal.document.document.seal",
    "opening": "gitseal.document.document.open_entry",
    "editing lines": "gitseal.document.edits.edited",
    "writing": "gitseal.files.atomic.write",
}


@pytest.mark.parametrize("where", INSIDE.values(), ids=INSIDE)
@pytest.mark.parametrize("line", [("set", "-e", "production", "OLD"), ("rename", "OLD", "NEWER", "-e", "production")])
def test_a_bug_report_holds_no_value(place: Clone, where: str, line: tuple[str, ...]) -> None:
    """Whatever raises, and whatever it says: the report names places in the code and kinds of errors."""
    module, _, function = where.rpartition(".")
    before = (
        f"import {module} as broken\n"
        f"def fail(*args, **named):\n"
        f"    raise RuntimeError(repr({NEEDLE!r}), args, named) from ValueError({NEEDLE!r})\n"
        f"broken.{function} = fail"
    )
    status, out, err = commands.run(place, *line, stdin=b"changed", before=before)
    assert status == 3
    assert b"this is a bug" in err
    assert not shows(out + err), err


def test_an_identity_shows_in_no_report(place: Clone) -> None:
    before = (
        "import gitseal.recipients.rage as broken\ndef fail(*args):\n    raise RuntimeError(args)\nbroken.unwrap = fail"
    )
    status, out, err = commands.run(place, "get", "-e", "production", "OLD", before=before)
    assert status == 3
    assert b"AGE-SECRET-KEY" not in out + err


def test_a_broken_identity_is_not_quoted(place: Clone) -> None:
    assert place.owner is not None
    secret = next(line for line in place.owner.identity.splitlines() if line.startswith("AGE-"))
    for broken in (secret[:-3], secret.replace("AGE-", "AGA-"), secret + "\n" + secret[:20], secret.lower()):
        _, out, err = commands.run(place, "get", "-e", "production", "OLD", more={"GITSEAL_IDENTITY": broken})
        assert secret[20:40].encode() not in out + err
        assert secret[20:40].lower().encode() not in out + err


@contextmanager
def _failing() -> Iterator[list[str]]:
    """What a logger or a debugger would show of an exception: its text with the locals of every frame."""
    shown: list[str] = []
    try:
        yield shown
    except Exception as error:  # noqa: BLE001 - whatever it is
        captured = traceback.TracebackException.from_exception(error, capture_locals=True)
        shown.extend(captured.format())


def test_what_holds_values_shows_none_in_its_repr(place: Clone) -> None:
    project, keyring = place.project, place.keyring
    layered = OpenedEnvironment(project, "production", keyring)
    found = project.read("production")
    keys = Keys(found.header, keyring)
    job = rotate.Job(("production",), ("OLD",), NewValue("hex:32"), keeps_previous=True, is_resumed=False)
    (rotation,) = rotate.begin(Workspace(project, keyring), job)
    held: list[object] = [
        text(NEEDLE),
        layered.open_all(),
        layered.open(("OLD",)),
        keys,
        [keys[group] for group in keys],
        keyring,
        list(keyring.identities()),
        edit.begin(Workspace(project, keyring), "production"),
        render.render(OpenedEnvironment(project, "production", keyring), "dotenv", Request()),
        run.prepare(OpenedEnvironment(project, "production", keyring), Request(), {}),
        compare(Workspace(project, keyring), "production", "development"),
        list_names(Workspace(project, keyring), ("production",), show_values=True),
        rotation,
        rotation.message(),
        rotation.waits,
    ]
    for each in held:
        assert not shows(repr(each).encode()), type(each)
        assert not shows(f"{each}".encode()), type(each)
        assert "AGE-SECRET-KEY" not in repr(each)


def test_the_locals_of_an_error_show_no_value(place: Clone) -> None:
    """Error reports of many programs come with the locals of each frame; ours hold values only behind `reveal()`."""
    project, keyring = place.project, place.keyring
    with _failing() as shown:
        OpenedEnvironment(project, "production", keyring).open(("NOT_THERE",))
    acts: list[Callable[[], object]] = [
        lambda: place.get("production", "OLDD"),
        lambda: OpenedEnvironment(project, "development", keyring).open_all().values["OLD",],
    ]
    for act in acts:
        with _failing() as more:
            act()
        shown += more
    assert shown
    assert not shows("".join(shown).encode())


def test_a_wrong_command_line_is_not_quoted_where_it_may_hold_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    for line in (
        ("get", "NAME", PARTS[0].decode()),
        ("set", "-e", "production", f"--password={PARTS[0].decode()}"),
        ("unseal",),
    ):
        assert main(line) == 2
    shown = capsys.readouterr()
    assert not shows((shown.out + shown.err).encode()), shown.err
