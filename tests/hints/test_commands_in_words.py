"""Every command that any words of ours hold, wherever in the code: gitseal or Git takes it, and it does no harm."""

import ast
import re
import shlex
from collections.abc import Iterator

import pytest

from gitseal.cli import parsing
from gitseal.cli.table import PROGRAM
from gitseal.records import NamedTuple
from tests import source

HOLE = "\x01"
# Fewer commands than this mean that they were not found.
SOME = 100
# What a hole stands for when the command is parsed: one word of any content.
FILLED = "x"
PROGRAMS = "gitseal|git|ls|mv|rm|mkdir|chmod|iconv|echo|printf|gpg|cat"
# A command begins a text or a line of it, or follows a colon, a backtick or `&&`, and it ends with the clause.
COMMAND = re.compile(rf"(?:^|: |`|&& |\n +|^ +)((?:{PROGRAMS}) [^;`\n]*)")
ENDS = re.compile(r", (?:then|or|and|which|by)\b.*| and (?:commit|add) .*| >&?\d.*| && .*|, $")
# Words of Git and examples that are no placeholders, though they stand in capitals.
NO_PLACEHOLDERS = {"HEAD", "FETCH_HEAD", "DATABASE_URL", "API_TOKEN", "COMMIT_EDITMSG", "UTF", "S"}
# What is written into scripts and configuration, where somebody else gives the rest; a form in the help, and in a file.
NOT_PASTED = {"arming/script.py", "arming/drivers.py", "cli/table.py", "policy/allow.py:27"}
# The help is for a call that nobody can guess: what was typed, or what a newcomer wants.
HELP = {"cli/mistakes.py", "cli/overview.py"}
# Git has a file in conflict, with all of its sides.
REMOVES = {"cli/resolve.py"}
# What a hole may be: a word quoted for a shell, one that our grammars keep to characters that need no quotes, options that we
# wrote, the id of an object.
QUOTED = re.compile(r"shell_quoted|as_text\(\)|set_aside|untrack|options_for|shlex\.quote|\b_(spec|quoted|beside)\b")
SAFE = re.compile(
    r"\w*environments?(\[0\]|\.environment|\.removesuffix\(LOCAL\))?|made\[0\]|self\.(_base|environment)"
    r"|(\w*entry|lost|scope|job|draft|file|edit|first|layered|self\.layered|document\.header)\.(name|environment|dialect)"
    r"|path_text\(.*\)|(deploys\.)?ref_of\(.*\)|stage|flag|base|resolved|commit|tip\[:12\]|head\[:_SHOWN\]|_CACHE|SETTING"
    r"|HOOKS\[0\]|target\.name|(publication\.)?record\.(ref|before)|example|files|sides|rules|options?|chosen\w*"
    # What the options of a command were made of, checked before.
    r"|' --rotate' if rotate else ''|places\[0\]"
)

# Holes that hold options, or several words.
OPTIONAL = re.compile(r"options|rules|files|sides|chosen_words|' --rotate'|places")


class Found(NamedTuple):
    """A command with its holes, the expressions that fill them, and where it stands."""

    command: str
    holes: tuple[str, ...]
    place: str


def texts(module: str) -> Iterator[ast.Constant | ast.JoinedStr]:
    """The texts in a module, without docstrings and without what is inside of another text."""
    passed: set[int] = set()
    for node in source.nodes(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            passed.update(id(value) for value in node.values)
    for node in source.nodes(module):
        if id(node) not in passed and (
            isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        ):
            yield node


def written(node: ast.Constant | ast.JoinedStr) -> tuple[str, list[str]]:
    """The text with a sign for each hole, and what fills the holes of an f-string."""
    if isinstance(node, ast.Constant):
        return str(node.value).replace("{}", HOLE), []
    holes = [ast.unparse(value.value) for value in node.values if isinstance(value, ast.FormattedValue)]
    return "".join(str(v.value) if isinstance(v, ast.Constant) else HOLE for v in node.values), holes


def commands() -> list[Found]:
    found = []
    for name in source.modules().keys() - NOT_PASTED:
        for node in texts(name):
            text, holes = written(node)
            for match in COMMAND.finditer(text):
                command = ENDS.sub("", match[1]).rstrip(" ,.")
                if is_command(command) and f"{name}:{node.lineno}" not in NOT_PASTED:
                    before = text[: match.start(1)].count(HOLE)
                    filled = tuple(holes[before : before + command.count(HOLE)])
                    found.append(Found(command, filled, f"{name}:{node.lineno}"))
    return found


def is_command(text: str) -> bool:
    """True unless it is a sentence about the program: `gitseal is in none of the hooks`."""
    program, *rest = text.split()
    words = " ".join(rest)
    if program != "gitseal":
        return not re.match(rf"(itself|gives|does|is|and|has)\b|config\.|fetch (brings|does|to)\b|{HOLE} fails", words)
    return words.startswith("-") or re.split(r"[^a-z:]", words)[0] in {*PROGRAM.members, "help"}


def filled(found: Found) -> str:
    """The command as a shell could get it: options that may be left out are."""
    text = found.command
    for hole in found.holes:
        text = text.replace(HOLE, "" if OPTIONAL.match(hole) else "dotenv" if hole == "job.dialect" else FILLED, 1)
    return text.replace(HOLE, FILLED)


def fault(found: Found) -> str:
    """What is wrong with a command, or nothing."""
    words = shlex.split(filled(found))
    if {part for word in words for part in re.findall(r"[A-Z][A-Z_]+", word)} - NO_PLACEHOLDERS:
        return "a placeholder stands in it"
    if words[0] == "gitseal" and found.place.split(":")[0] not in HELP:
        if "--help" in words:
            return "a command, not its help"
        if parsing.read(PROGRAM, words[1:], {}) is None:
            return "gitseal does not take it"
    is_removal = words[:2] == ["git", "rm"] and "--cached" not in words
    if words[0] == "rm" or (is_removal and found.place.split(":")[0] not in REMOVES):
        return "what Git does not have is lost"
    return next((hole for hole in found.holes if not (QUOTED.search(hole) or SAFE.fullmatch(hole))), "")


def test_every_command_in_words() -> None:
    # One test for all: as many tests would read the whole code when they are collected, in each process of a run.
    found = commands()
    assert len(found) > SOME
    wrong = [f"{one.place} {one.command}: {why}".replace(HOLE, "{}") for one in found if (why := fault(one))]
    assert wrong == []


@pytest.mark.parametrize(
    "command",
    [
        Found("gitseal set -e production NAME=VALUE", (), "x.py:1"),
        Found("gitseal nothing", (), "x.py:1"),
        Found("gitseal list --help", (), "x.py:1"),
        Found("rm -f a", (), "x.py:1"),
        Found("git rm a", (), "x.py:1"),
        Found(f"git log -- {HOLE}", ("path",), "x.py:1"),
    ],
)
def test_a_fault_is_seen(command: Found) -> None:
    assert fault(command)
