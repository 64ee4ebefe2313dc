"""Runs what a page shows: its `console` blocks, in order, in a fresh home, output held against what the page says.

A block holds commands after `$ ` (a line that ends in `\\` goes on in the next) and their output, standard error
included. In output, `...` stands for anything on its line, and a line `...` alone for any number of lines. Every command
ends with status 0, but the last of a block that is opened with "console status=N". The first command of one that is opened
with "console typed=ANSWER,ANSWER" runs on a terminal, where these are typed when it asks; an empty one is the return key alone.

`alice$ ` and `bob$ ` are two people with a home each, and `host$ ` is a server; a plain `$ ` is whoever worked last, at
first alice. Variables and working directories last for the page. Two comments do what a reader need not see:

    <!-- run            commands that nobody sees      <!-- file PATH -->   the next fenced block is written to PATH
    cp demo.env .env
    -->

What a page starts from is shown too, folded: a block that is opened with "console setup", whose output nobody shows.

With `<!-- stand-ins -->` a page gets the programs of `stand_ins/`, for what no test machine has.

Git finds git@example.com:NAME.git in an empty bare repository NAME.git for each name that a page mentions.
"""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.servers.started import free_port

TOP = Path(__file__).resolve().parents[2]
STAND_INS = Path(__file__).parent / "stand_ins"

# What conftest's `peer` gives: the path of a real tool by its name, or the test is skipped.
Peer = Callable[[str], str]

_BLOCK = re.compile(
    r"<!-- run\n(?P<hidden>.*?)-->"
    r"|<!-- file (?P<path>\S+) -->\s*```[a-z]*\n(?P<file>.*?)^```$"
    r"|^ *```console(?: status=(?P<status>\d+)|(?P<setup> setup))?(?: typed=(?P<typed>\S*))?\n(?P<console>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_ASKS_STAND_INS = "<!-- stand-ins -->"
_PROMPT = re.compile(r"(?:(alice|bob|host))?\$ (.*)")
_HERE = re.compile(r"<<'(\w+)'")
_MARK = "--command-ends-here--"
_HEREDOC = "--file-ends-here--"

_GIT_CONFIG = """\
[user]
\tname = {name}
\temail = {name}@example.com
[init]
\tdefaultBranch = main
[maintenance]
\tauto = false
[url "{remotes}/"]
\tinsteadOf = git@example.com:
"""

# A person is a home and the folder where they last worked. Bash of macOS has no associative arrays.
_PRELUDE = """\
person=alice alice_at=$HOME bob_at=${HOME%/*}/bob host_at=${HOME%/*}/host
as() {
    [ "$1" = "$person" ] && return
    eval "${person}_at=\\$PWD"
    person=$1 HOME=${HOME%/*}/$1
    eval "cd \\"\\$${1}_at\\""
}
"""


class Step(NamedTuple):
    """One command (`person` empty: whoever worked last), the output that the page shows, and the status it ends with."""

    person: str
    command: str
    output: str | None
    status: int


def steps(text: str) -> list[Step]:
    """What a page runs, in order. An output of None is not looked at."""
    found: list[Step] = []
    for block in _BLOCK.finditer(text):
        if block["hidden"] is not None:
            found.append(Step("", block["hidden"], None, 0))
        elif block["path"] is not None:
            found.append(Step("", f"cat >{block['path']} <<'{_HEREDOC}'\n{block['file']}{_HEREDOC}", None, 0))
        else:
            shown = _console(textwrap.dedent(block["console"]), int(block["status"] or 0))
            if block["typed"] is not None:
                words = f"{shlex.quote(block['typed'])} {shlex.quote(shown[0].command)}"
                shown[0] = shown[0]._replace(command=f'python3 "$TOP/tests/docs/typed.py" {words}')
            found += [step._replace(output=None) for step in shown] if block["setup"] else shown
    return found


def _console(block: str, status: int) -> list[Step]:
    commands: list[tuple[str, list[str], list[str]]] = []
    goes_on, file_end = False, ""
    for line in block.splitlines():
        if file_end:
            commands[-1][1].append(line)
            file_end = "" if line == file_end else file_end
            continue
        prompt = _PROMPT.fullmatch(line)
        if goes_on:
            commands[-1][1].append(line)
        elif prompt:
            commands.append((prompt[1] or "", [prompt[2]], []))
        else:
            assert commands, f"a console block begins with output: {line}"
            commands[-1][2].append(line)
        goes_on = line.endswith("\\") and (goes_on or prompt is not None)
        file = _HERE.search(line) if prompt else None
        file_end = file[1] if file else ""
    last = len(commands) - 1
    return [
        Step(person, "\n".join(command), "\n".join(output), status if number == last else 0)
        for number, (person, command, output) in enumerate(commands)
    ]


def run(text: str, root: Path) -> None:
    """Runs a page in `root`, an empty folder. Fails with the command, what came and what the page says."""
    if _ASKS_STAND_INS in text:
        # Pages that start a server start the same one, and pages run at the same time.
        text = text.replace("8080", str(free_port()))
        # What is root's on a host lies in the page's own folder.
        text = re.sub(r"(?<![\w./])/(?=(?:etc/gitseal|etc/systemd|opt|srv)\b)", f"{root}/", text)
    planned = steps(text)
    try:
        ran = _run_all(planned, text, root)
    finally:
        _stop(root / "stand-ins/running")
    for number, step in enumerate(planned):
        assert number < len(ran), f"the shell stopped before: {step.command}"
        output, status = ran[number]
        shown = f"$ {step.command}\n{output}\n[status {status}]"
        assert status == step.status, f"{shown}\nthe page says status {step.status}"
        if step.output is not None:
            assert matches(step.output.replace(str(root), ""), output), f"{shown}\nthe page says:\n{step.output}"


def _stop(running: Path) -> None:
    """Ends the service that a stand-in left running for the page."""
    if running.exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(running.read_text(encoding="utf-8")), signal.SIGTERM)


def _run_all(planned: list[Step], text: str, root: Path) -> list[tuple[str, int]]:
    environ = _prepare(text, root)
    lines = [_PRELUDE]
    for step in planned:
        lines += [f"as {step.person}"] if step.person else []
        lines += [step.command, f"printf '\\n%s %s\\n' {_MARK} $?"]
    script = root / "script.bash"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", script],
        cwd=environ["HOME"],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=300,
    )
    written = done.stdout.decode().replace(str(root), "")
    found = re.findall(rf"(.*?)\n{_MARK} (\d+)\n", written, re.DOTALL)
    return [(output.removesuffix("\n"), int(status)) for output, status in found]


def _prepare(text: str, root: Path) -> dict[str, str]:
    remotes = root / "remotes"
    for person in ("alice", "bob", "host"):
        home = root / "home" / person
        home.mkdir(parents=True)
        (home / ".gitconfig").write_text(_GIT_CONFIG.format(name=person, remotes=remotes), encoding="utf-8")
    for name in set(re.findall(r"git@example\.com:([\w-]+\.git)", text + _PRELUDE)):
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", remotes / name], check=True)
    kept = root / "stand-ins"
    kept.mkdir()
    (root / "etc/systemd/system").mkdir(parents=True)
    return {
        "HOME": str(root / "home/alice"),
        "PATH": f"{STAND_INS}:{os.environ['PATH']}" if _ASKS_STAND_INS in text else os.environ["PATH"],
        "STAND_INS": str(kept),
        "UNITS": str(root / "etc/systemd/system"),
        "TOP": str(TOP),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": str(root),
    }


def matches(pattern: str, output: str) -> bool:
    """Whether output is what a page shows; blanks at the ends of lines do not count."""
    lines = [line.rstrip() for line in pattern.rstrip("\n").split("\n")]
    regex = "".join(
        r"(?:.*\n)*" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n" for line in lines
    )
    shown = "\n".join(line.rstrip() for line in output.split("\n")) + "\n"
    return re.fullmatch(regex, shown) is not None
