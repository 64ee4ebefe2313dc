"""The boundary: every outcome becomes words and a status, and no value is in the words."""

from pathlib import Path

import click
import pytest

from gitseal import cli as package
from gitseal.cli.by_click import program
from gitseal.cli.main import main, run
from gitseal.cli.table import COMMANDS, module_name
from gitseal.errors import Error
from gitseal.recipients import sealed_file, x25519
from gitseal.usecases import get

NEEDLE = "needle-0c5b"


def test_every_command_of_the_table_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        shown = capsys.readouterr()
        assert shown.out.startswith(f"Usage: gitseal {name} ")
        assert shown.err == ""
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    for name, words in COMMANDS.items():
        assert f"  {name} " in listed
        assert words in listed


def test_every_option_and_command_says_what_it_does() -> None:
    def walk(command: click.Command, context: click.Context) -> None:
        assert command.help, context.command_path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (context.command_path, parameter.name)
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                walk(found, click.Context(found, context, name))

    cli = program(run)
    walk(cli, click.Context(cli, info_name="gitseal"))


def test_a_bug_is_reported_without_values(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", "-e", "production", "--as", "alice"])
    capsys.readouterr()

    def broken(*_: object, **__: object) -> None:
        try:
            dict[str, str]()[NEEDLE]
        except KeyError as error:
            raise RuntimeError(f"the value was {NEEDLE}") from error

    monkeypatch.setattr(get, "get_value", broken)
    assert main(["get", NEEDLE]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert NEEDLE not in shown.err
    assert "this is a bug in gitseal" in shown.err
    assert "test_main.py" in shown.err
    assert "RuntimeError" in shown.err
    assert "KeyError" in shown.err


@pytest.mark.parametrize(
    ("raised", "status", "words"),
    [
        (Error("it is so", "do this"), 1, "gitseal: it is so\n  do this\n"),
        (Error("it is so"), 1, "gitseal: it is so\n"),
        (KeyboardInterrupt(), 130, "gitseal: interrupted\n"),
        (click.Abort(), 130, "gitseal: interrupted\n"),
        (OSError(28, "No space left on device"), 1, "gitseal: the output cannot be written: no space left"),
        (MemoryError(), 3, "this is a bug"),
    ],
)
def test_statuses(
    raised: BaseException,
    status: int,
    words: str,
    repo: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    main(["init", "-e", "production", "--as", "alice"])
    capsys.readouterr()
    monkeypatch.setattr(get, "get_value", fail)
    assert main(["get", "A"]) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err


@pytest.mark.usefixtures("isolated")
def test_a_backup_that_does_not_open_says_so_without_a_project_too(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "backup.age").write_bytes(sealed_file.seal(b"x", [x25519.generate().recipient]))
    assert main(["-C", str(repo), "import", str(repo / "backup.age")]) == 1
    said = capsys.readouterr().err
    assert "no identity at hand opens" in said
    assert said.endswith("gitseal whoami\n")


def test_the_table_and_the_modules_are_the_same() -> None:
    folder = Path(package.__file__).parent
    frames = {
        "__init__",
        "by_click",
        "completing",
        "declare",
        "main",
        "incoming",
        "identity_questions",
        "mistakes",
        "neighbours",
        "options",
        "output",
        "parsing",
        "resolving",
        "selecting",
        "session",
        "table",
        "talk",
        "terminal",
        "unseen",
    }
    parts = {
        "arming",
        "arming_notice",
        "overview",
        "publish_words",
        "publishing",
        "rotating",
        "taking_over",
        "driver_merge",
        "driver_textconv",
        "hook_allow",
        "hook_run",
        "import_counts",
        "cut_off",
        "exporting_sops",
        "importing_backup",
        "recovering",
        "request",
    }  # of a command, of the program alone, or what Git calls
    modules = {path.stem for path in folder.glob("*.py")} - frames - parts
    assert modules == {module_name(name) for name in COMMANDS}
