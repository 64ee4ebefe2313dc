"""Names that a reader keeps for itself are refused by its dialect, and no others are."""

import os
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from gitseal.document.value import text
from gitseal.policy import dangerous_names
from gitseal.render import Refused, RenderedEntry, render
from tests.render import readers

# How each shell lists what it knows, besides what it only knows once asked.
LISTS = {"bash": "compgen -v", "dash": "set", "zsh": "print -l ${(k)parameters}", "fish": "set -n"}
COMMANDS = {**readers.SHELLS, "fish": ("fish", "--no-config")}
FURTHER = (
    "BASH_ARGV0 BASH_COMMAND EPOCHREALTIME EPOCHSECONDS SRANDOM HISTCMD FUNCNAME REPLY OPTARG OPTERR HOSTNAME HOST USER HOME "
    "LOGNAME MAIL LANG LC_ALL TERM TMOUT PS1 FCEDIT PWD OLDPWD CMD_DURATION NULLCMD langinfo sysparams errnos mapfile name "
    "namespace data key token version config env secret password user test type local export alias if then function end set"
)
OF_OBJECTS = (
    "constructor __proto__ hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf "
    "__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ prototype then export DOTENV_PUBLIC_KEY"
)
VALUE = "it's"
SCRIPT = {"fish": "source $argv[1]; env -0"}
SOURCE = 'set -a; . "$0"; exec /usr/bin/env -0'


def known(shell: str) -> list[str]:
    done = subprocess.run(
        [*COMMANDS[shell], "-c", LISTS[shell]], capture_output=True, check=True, env={"PATH": os.defpath}
    )
    listed = re.findall(r"^[A-Za-z_]\w*", done.stdout.decode(), re.ASCII | re.MULTILINE)
    return sorted(name for name in {*listed, *FURTHER.split()} if not dangerous_names.steers(name))


def arrives(shell: str, name: str, path: Path) -> bool:
    """Whether the shell hands the name on as it was given, and reads on after it."""
    value = VALUE.replace("'", "\\'" if shell == "fish" else "'\\''")
    lines = [f"set -gx {{}} '{value}'", f"{{}}='{value}'"][shell != "fish"]
    path.write_text("".join(lines.format(which) + "\n" for which in (name, "V_AFTER")))
    command = [*COMMANDS[shell], "-c", SCRIPT.get(shell, SOURCE), str(path)]
    done = subprocess.run(command, capture_output=True, check=False, env={"PATH": os.defpath}, cwd=path.parent)
    pairs = {f"{name}={VALUE}".encode(), f"V_AFTER={VALUE}".encode()}
    return pairs <= set(done.stdout.split(b"\0"))


def refused(dialect: str, name: str) -> bool:
    try:
        render(dialect, [RenderedEntry((name,), text(VALUE))])
    except Refused:
        return True
    return False


@pytest.mark.parametrize("shell", COMMANDS)
def test_what_a_shell_does_not_hand_on_is_refused(shell: str, peer: Callable[[str], str], tmp_path: Path) -> None:
    peer(shell)
    dialects = ["fish"] if shell == "fish" else ["shell", "dotenv"]
    lost = [name for name in known(shell) if not arrives(shell, name, tmp_path / "env")]
    assert lost or shell == "dash"
    assert [name for name in lost for dialect in dialects if not refused(dialect, name)] == []


def test_a_name_is_refused_only_where_a_shell_does_not_hand_it_on(peer: Callable[[str], str], tmp_path: Path) -> None:
    from gitseal.render import dotenv, fish

    for shell in COMMANDS:
        peer(shell)
    # These come and go with what zsh has loaded, or are lost only by way of `export`.
    unsteady = re.compile(
        "dis_|.*(alias|reswords|patchars|trace|jobs|dirs|stack|term|widgets|keymaps|parameters|modules)"
    )
    kept = cache(lambda name: [shell for shell in readers.SHELLS if not arrives(shell, name, tmp_path / "env")])
    pointless = [name for name in dotenv._SHELLS if not unsteady.match(name) and not kept(name)]
    assert set(pointless) <= {"BASH_ARGV0", "BASH_COMMAND", "COMP_WORDBREAKS", "PIPESTATUS", "WATCH", "signals"}
    assert [name for name in fish._OWN if arrives("fish", name, tmp_path / "env")] == []


@pytest.mark.parametrize(
    ("dialect", "reader"),
    [
        ("node-dotenv", readers.node_dotenv),
        pytest.param("dotenvx", readers.dotenvx_parse, marks=pytest.mark.slow),
        ("dotenv", readers.node_dotenv),
    ],
)
def test_names_of_javascript(dialect: str, reader: readers.Reader, tmp_path: Path) -> None:
    path = tmp_path / "env"
    for name in OF_OBJECTS.split():
        if not refused(dialect, name):
            path.write_bytes(render(dialect, [RenderedEntry((name,), text(VALUE)), RenderedEntry(("V",), text("x"))]))
        else:
            path.write_text(f'{name}="{VALUE}"\nV="x"\n')
        try:
            read = reader(path)
        except readers.Missing as missing:
            pytest.skip(str(missing))
        except AssertionError:  # it failed
            read = {}
        assert (read == {name: VALUE, "V": "x"}) is not refused(dialect, name), name
