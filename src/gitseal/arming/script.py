"""The scripts that stand where Git, or a manager of hooks, looks for them. Plain POSIX sh; nothing is started but gitseal.

Two kinds: with the path of the gitseal that installed it, for a clone's own folder; and without, for what is committed
and for those who install by hand (the project's `hooks/`), where gitseal is found on PATH.
"""

import os
import re
import shlex
from pathlib import Path

from gitseal.git.hooks import SERVER, WITH_REFS

BEFORE = ".before-gitseal"
BEFORE_FOLDER = "before-gitseal"
_MARK = b"# gitseal hook: "
_BEGIN, _END = "# gitseal hook begins", "# gitseal hook ends"
_FIRST_LINES = 400
_SHEBANG = 256  # what Linux looks at (execve(2))
_LAUNCHER = 4096  # more than one has

_SHELL = re.compile(rb"#! ?(\S*/env )?\S*?(ba|da|k|z)?sh( -\w+)*\s*")

_HEAD = """\
#!/bin/sh
# gitseal hook: keeps plaintext out of what is committed, pushed and received. See: gitseal hook --help
"""
_ABSOLUTE = """\
gitseal={program}
if [ ! -x "$gitseal" ] || [ ! -x {interpreter} ]; then
    if ! found=$(command -v gitseal); then
        echo "gitseal: this hook cannot find gitseal, which was \\"$gitseal\\", so it checked nothing and refuses" >&2
        echo "  install gitseal, then: gitseal hook install" >&2
        exit 1
    fi
    gitseal=$found
fi
"""
_FOUND = """\
if ! command -v gitseal >/dev/null 2>&1; then
    echo "gitseal: this hook cannot find gitseal, so it checked nothing and refuses" >&2
    echo "  install gitseal where PATH leads to it" >&2
    exit 1
fi
"""
_ON_PATH = "gitseal=gitseal\n" + _FOUND
_ALONE = """\
# A hook that was here before gitseal runs after it.
before=${0%/*}/{before}
if [ ! -f "$before" ] || [ ! -x "$before" ]; then
    exec "$gitseal" hook run {stage} "$@"
fi
"""
_THEN = """\
"$gitseal" hook run {stage} "$@" || exit
# Installed over this one, pre-commit runs it first and itself afterwards; an older pre-commit in between would refuse.
if [ -n "${PRE_COMMIT_RUNNING_LEGACY-}" ] && grep -q pre-commit.com "$before"; then
    exit 0
fi
exec "$before" "$@"
"""
# Both get what Git says on standard input, to the byte: the point keeps the line end that $() would take off.
_THEN_WITH_REFS = """\
refs=$(cat && echo .)
refs=${refs%.}
printf %s "$refs" | "$gitseal" hook run {stage} "$@" || exit
# Installed over this one, pre-commit runs it first and itself afterwards; an older pre-commit in between would refuse.
if [ -n "${PRE_COMMIT_RUNNING_LEGACY-}" ] && grep -q pre-commit.com "$before"; then
    exit 0
fi
printf %s "$refs" | "$before" "$@"
"""
_BODY = """\
gitseal hook run {stage} "$@" || exit 1
"""
# What follows in the same script may read the refs as well.
_BODY_WITH_REFS = """\
gitseal_refs=$(cat)
if [ -n "$gitseal_refs" ]; then
    printf '%s\\n' "$gitseal_refs" | gitseal hook run {stage} "$@" || exit 1
    exec <<GITSEAL_REFS
$gitseal_refs
GITSEAL_REFS
else
    exec </dev/null
fi
"""


def script(stage: str, program: Path | None) -> bytes:
    """A whole hook file. `program` is the gitseal to run, absolute; None leaves it to PATH."""
    text = _HEAD + (_ON_PATH if program is None else _ABSOLUTE) + _ALONE
    # A forge's dispatcher looks at the name by which it is called.
    before = f"{BEFORE_FOLDER}/{stage}" if stage == SERVER else stage + BEFORE
    text = (text + (_THEN_WITH_REFS if stage in WITH_REFS else _THEN)).replace("{before}", before)
    text = text.replace("{stage}", stage)
    if program is not None:
        # After the stage: a path may hold anything.
        text = text.replace("{interpreter}", shlex.quote(_interpreter(program)))
        text = text.replace("{program}", shlex.quote(str(program)))
    return os.fsencode(text)


def is_ours(data: bytes) -> bool:
    """True if a hook file is one of `script`'s, of any version."""
    return _MARK in data[:_FIRST_LINES]


def with_block(data: bytes, stage: str) -> bytes | None:
    """A shell script with gitseal's lines first, whatever follows; the same if it has them; None for no shell script."""
    begin = _BEGIN.encode()
    if begin in data:
        data = without_block(data)
    first, newline, rest = data.partition(b"\n")
    if not first.startswith(b"#!"):
        return _block(stage) + data
    if not newline or not _SHELL.fullmatch(first):
        return None
    return first + newline + _block(stage) + rest


def has_block(data: bytes) -> bool:
    """True if a script has gitseal's lines, with nothing but comments before them."""
    before, begin, _ = data.partition(_BEGIN.encode())
    return bool(begin) and all(not line.strip() or line.startswith(b"#") for line in before.splitlines())


def without_block(data: bytes) -> bytes:
    """A script as it was before `with_block`."""
    before, begin, rest = data.partition(_BEGIN.encode())
    if not begin:
        return data
    return before + rest.partition(_END.encode() + b"\n")[2]


def block_text(stage: str) -> str:
    """The lines to put first into a shell script by hand."""
    return _block(stage).decode()


def _block(stage: str) -> bytes:
    body = (_BODY_WITH_REFS if stage in WITH_REFS else _BODY).replace("{stage}", stage)
    return (
        f"{_BEGIN}: keeps plaintext out; gitseal hook uninstall takes these lines away\n{_FOUND}{body}{_END}\n".encode()
    )


def python_of(program: Path) -> Path | None:
    """The interpreter of a launcher as pip and uv write it: with it, gitseal starts without one. None for any other program."""
    try:
        with program.open("rb") as file:
            text = file.read(_LAUNCHER)
    except OSError:
        return None
    first = text.partition(b"\n")[0]
    python = Path(os.fsdecode(first.removeprefix(b"#!").strip()))
    is_launcher = first.startswith(b"#!") and b"from gitseal.cli import run" in text
    return python if is_launcher and python.name.startswith("python") and os.access(python, os.X_OK) else None


def _interpreter(program: Path) -> str:
    """The interpreter that the kernel starts for a script; the program itself if it is not one."""
    with program.open("rb") as file:
        first = file.readline(_SHEBANG)
    words = first[2:].split() if first.startswith(b"#!") else []
    return os.fsdecode(words[0]) if words else str(program)
