"""`dotenv`: one file that all these read alike: shells, systemd, python-dotenv, node's readers, compose.

They agree on little, and the dialect is what they share. Single quotes, if none of them finds anything to do in the value;
else double quotes, if the value is plainer still; else a refusal. `docker run --env-file` and `$GITHUB_ENV` never take
quotes away, so they are dialects of their own. tests/render/test_readers.py tries all of it with the real readers.
"""

import re
from collections.abc import Sequence
from functools import cache

from gitseal.document.value import ValueType
from gitseal.render._env import NAME, records
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = False

# The shells' own: assigning text to one fails, does something else or is forgotten. What bash, dash and zsh list of their
# own names was tried one by one; tests/render/test_names.py does it again.
_SHELL_NAMES = (
    "ARGC BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_LINENO "
    "BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO COLUMNS COMP_WORDBREAKS DIRSTACK EGID EPOCHREALTIME EPOCHSECONDS "
    "ERRNO EUID FUNCNAME FUNCNEST GID GROUPS HISTCHARS HISTCMD HISTSIZE KEYBOARD_HACK KEYTIMEOUT LINENO LINES "
    "LISTMAX MAILCHECK OPTIND PIPESTATUS PPID RANDOM SAVEHIST SECONDS SHELLOPTS SHLVL SRANDOM TRY_BLOCK_ERROR "
    "TRY_BLOCK_INTERRUPT TTYIDLE UID USERNAME WATCH ZSH_EVAL_CONTEXT ZSH_SUBSHELL _ aliases argv builtins "
    "cdpath commands dirstack dis_aliases dis_builtins dis_functions dis_functions_source dis_galiases "
    "dis_patchars dis_reswords dis_saliases fignore fpath funcfiletrace funcsourcetrace funcstack functions "
    "functions_source functrace galiases histchars history historywords jobdirs jobstates jobtexts keymaps "
    "mailpath manpath module_path modules nameddirs options parameters patchars path pipestatus psvar reswords "
    "saliases signals status termcap terminfo userdirs usergroups watch widgets zsh_eval_context "
    "zsh_scheduled_events"
)
_SHELLS = frozenset(_SHELL_NAMES.split())
_PROTO = "__proto__"
_KEPT = _SHELLS | {_PROTO}
# Texts, each compiled by `re` when the first value needs it: most files go out by `_at_once`.
_NOT_IN_SINGLE = r"['\r]|\\\\|\\\Z|\$\{|\n\n\Z"
_NOT_IN_DOUBLE = r'[$`\\"\r\n]'

# What keeps a value out of single quotes, with the readers that would get it wrong, the most telling first.
_REASONS = (
    ("\r", "a carriage return, which python-dotenv, node and others turn into a line feed or drop"),
    ("${", "${, which python-dotenv expands even in single quotes"),
    ("'", 'a single quote besides one of $ ` \\ " or a line feed: no kind of quotes carries both everywhere'),
    ("\\\\", "two backslashes in a row, of which python-dotenv drops one"),
)


def render(entries: Sequence[RenderedEntry], _options: Options) -> bytes:
    """One `NAME='value'` line for each entry. Raises as `_env.records` does."""
    return _at_once(entries) or records(entries, record)


# None of it means anything to any reader between single quotes; the end of a line separates the values while they are looked at.
_NAMES = re.compile(rf"(?:{NAME}\n)*+")
_TEXTS = re.compile(rb"[ !-&(-\[\]-~\n]*+")


def _at_once(entries: Sequence[RenderedEntry]) -> bytes:
    """The result of `records`, if all names and values are plain: one check of all is ten times faster. Else nothing."""
    try:
        names = [name for (name,), value, _ in entries if value.kind is not ValueType.NULL]
    except ValueError:
        return b""
    contents = [entry.value.reveal() for entry in entries]
    joined = b"\n".join(contents)
    unique = set(names)
    if (
        len(unique) != len(contents)
        or joined.count(b"\n") != len(contents) - 1
        or b"${" in joined
        or not _TEXTS.fullmatch(joined)
        or not unique.isdisjoint(_KEPT)
        or not _NAMES.fullmatch("\n".join([*names, ""]))
    ):
        return b""
    return "".join(
        [f"{name}='{text}'\n" for name, text in zip(names, joined.decode().split("\n"), strict=True)]
    ).encode()


def record(name: str, text: str) -> str:
    """One assignment. Raises CannotCarry for names that some reader keeps for itself, and as `encode` does."""
    if name == _PROTO:
        raise CannotCarry("a name that JavaScript keeps for itself")
    return f"{shells_take(name)}={encode(text)}\n"


def shells_take(name: str) -> str:
    """The name itself. Raises CannotCarry if bash, dash or zsh keeps it for itself."""
    if name in _SHELLS:
        raise CannotCarry("a name that bash or zsh keeps for itself")
    return name


def check_characters(text: str) -> None:
    """Raise CannotCarry for a text that systemd takes in no spelling."""
    if not text.isascii() and _noncharacter().search(text):
        raise CannotCarry("a Unicode noncharacter, for which systemd drops the whole file")


@cache
def _noncharacter() -> re.Pattern[str]:
    """A text that matches one; systemd (`unichar_is_valid`) drops a whole file for it."""
    ends = "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    return re.compile(f"[\ufdd0-\ufdef{ends}]")


def encode(text: str) -> str:
    """The text in quotes that all the readers take away again. Raises CannotCarry if there are none."""
    check_characters(text)
    if re.search(_NOT_IN_SINGLE, text) is None:
        return f"'{text}'"
    if re.search(_NOT_IN_DOUBLE, text) is None:
        return f'"{text}"'
    raise CannotCarry(_reason(text))


def _reason(text: str) -> str:
    for sign, reason in _REASONS:
        if sign in text:
            return reason
    if text.endswith("\\"):
        return "a backslash at its end, which hides the closing quote from python-dotenv"
    return "more than one line feed at its end, which not every reader keeps"
