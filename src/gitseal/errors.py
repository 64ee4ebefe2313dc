"""Errors: a message that names the thing and a hint that holds the next command.

Every error the user can meet is an `Error`; anything else that reaches the command line is a bug. Messages are lower
case, quote names, end without a full stop and never hold a secret value. Subclasses exist only where a caller tells
them apart.
"""

import os

_PLAIN = frozenset(chr(c) for c in range(0x20, 0x7F)) - set("'\\")
_UNQUOTED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_"


class Error(Exception):
    """An expected refusal or failure.

    `message` is one line that names the thing. `hint` is one line with the exact command that helps, or empty. `place` is
    the file, or file and line, that the error is about; `message` begins with it, and `reason` is the message without it.
    """

    status = 1

    def __init__(self, message: str, hint: str = "", *, place: str = "") -> None:
        self.place = place
        self.reason = message
        self.message = f"{place}: {message}" if place else message
        self.hint = hint
        super().__init__(self.message)


class UsageError(Error):
    """The command was called in a way it does not take."""

    status = 2


class Malformed(Error):
    """A file breaks its grammar. `line` counts from 1; 0 means the file as a whole."""

    def __init__(self, message: str, line: int = 0, hint: str = "", *, place: str = "") -> None:
        super().__init__(message, hint, place=place)
        self.line = line


class UnknownVersion(Error):
    """A file or token of a version that this program does not know."""


class NotForYou(Error):
    """None of the identities at hand opens this access group. Without a hint, the command line says who can help."""


class Damaged(Error):
    """A token or stanza that does not open where it stands: damaged, moved or made with another key."""


class DamagedOrMoved(Damaged):
    """A token that the AEAD refuses, so that it may be whole and have been sealed for another name."""


class Stale(Error):
    """A token under a data key that is no longer the access group's."""


class Question:
    """One thing that this clone has not met: what a person is to confirm, and the option that says yes to it.

    `exact` is the key id or the recipient; `option` the whole option, such as `--accept-key k...`; `meaning` is what a yes opens.
    """

    # No NamedTuple: every program of gitseal loads this file, and a diff of one sealed file has no other use for `typing`.
    __slots__ = ("exact", "meaning", "option")

    def __init__(self, exact: str, option: str, meaning: str) -> None:
        self.exact = exact
        self.option = option
        self.meaning = meaning


class Unconfirmed(Error):
    """Data keys or recipients that this clone has not met and nobody has confirmed; `questions` has all of them."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        first, *others = questions
        more = f", and {len(others)} more" if others else ""
        super().__init__(
            f"{first.meaning}{more}",
            "if that is right, add: " + " ".join(dict.fromkeys(question.option for question in questions)),
        )
        self.questions = questions


class Busy(Error):
    """Another process holds or changed what this one wanted to write; doing it again helps."""


class Declined(Exception):
    """A person who was asked said no, or left. No Error: at most its words say what came of it."""


def os_reason(error: OSError) -> str:
    """Why the system refused, in its own words made ours: `permission denied`. Nothing of the path is in it."""
    return (error.strerror or "unknown").lower()


def shell_quoted(word: "str | os.PathLike[str]") -> str:
    """A word or a path in the command of a hint, as a POSIX shell takes it.

    Characters that steer a terminal, or that are none, stand in $'...'. For the rest it does what `shlex.quote` does, without its
    import: `check` is waited for.
    """
    word = os.fspath(word)
    if not word.isprintable():
        content = word.encode("utf-8", "surrogateescape")
        return "$'" + "".join(chr(c) if chr(c) in _PLAIN else f"\\x{c:02x}" for c in content) + "'"
    if word and word.isascii() and not word.strip(_UNQUOTED):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"
