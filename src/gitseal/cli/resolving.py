"""One name in conflict on the terminal: what is told of its two sides, and what a person answers."""

import sys

from gitseal.cli import terminal
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.conflict.conflicted_file import OURS, THEIRS, ConflictedFile
from gitseal.conflict.proposals import NOT_THERE, Name, SideValue, TakenSide
from gitseal.document.value import TypedValue, text
from gitseal.errors import Error, UsageError, shell_quoted
from gitseal.git.conflicts import ConflictOrigin
from gitseal.report.escaping import printable
from gitseal.usecases import resolve

_SIDES = {OURS: TakenSide.OURS, THEIRS: TakenSide.THEIRS}


class Answers:
    """The choices of the command line, and a person's answers."""

    def __init__(self, session: Session, given: dict[str, str], rest: str | None) -> None:
        self.session = session
        self.given = given
        self.rest = rest
        self.used: set[str] = set()

    def check_used(self) -> None:
        """Raises Error for a name of the command line that is not in conflict."""
        unused = [name for name in self.given if name not in self.used]
        if unused:
            raise Error(f'"{unused[0]}" is not in conflict', "see what is: gitseal resolve --list")

    def choose(self, name: Name, words: tuple[str, str]) -> TakenSide | TypedValue | None:
        """The choice for a name; None if nobody made one."""
        if name.text in self.given:
            self.used.add(name.text)
            word = self.given[name.text]
            return _SIDES[word] if word in _SIDES else self._value(name.text)
        if name.proposal is not None:
            return name.proposal
        if self.rest is not None:
            # A side that never had the name says nothing against it: taken for "all other names", it would drop the value.
            lacking = [side.kind == NOT_THERE for side in name.sides]
            return TakenSide(lacking.index(False)) if any(lacking) else _SIDES[self.rest]
        return self._ask(name, words) if terminal.can_ask() else None

    def _ask(self, name: Name, words: tuple[str, str]) -> TakenSide | TypedValue:
        say(f"{name.text}{f' ({name.because})' if name.because else ''}")
        say(f"  ours:   {words[0]}", f"  theirs: {words[1]}")
        answer = terminal.choose("ours, theirs or a new value", [OURS, THEIRS, "new"])
        return _SIDES[answer] if answer in _SIDES else self._value(name.text)

    def _value(self, name: str) -> TypedValue:
        if terminal.can_ask():
            return text(terminal.ask_value(name).reveal().decode())
        if list(self.given.values()).count("new") > 1:
            raise UsageError("standard input holds one value", "give --new once, or set the others afterwards")
        content = sys.stdin.buffer.read().removesuffix(b"\n")
        try:
            return text(content.decode())
        except UnicodeDecodeError:
            raise Error(
                "the value is not text", f"take a side, and set the value afterwards: gitseal set {shell_quoted(name)}"
            ) from None


def both_sides(session: Session, file: ConflictedFile, name: Name) -> tuple[str, str]:
    """A line about each side: how its value is kept, and who set it when."""
    ours, theirs = resolve.origins(session.project, file, name)
    return _standing(name.sides[0], ours), _standing(name.sides[1], theirs)


def _standing(side: SideValue, origin: ConflictOrigin | None) -> str:
    words = f"{side.kind} to {side.access}" if side.access else side.kind
    if origin is None:
        return words
    return f"{words}, by {printable(origin.who)} on {origin.when[:10]} ({origin.commit})"


def show(session: Session, file: ConflictedFile, name: Name) -> dict[str, object]:
    """Tells of a name, and gives the same for programs."""
    origins = resolve.origins(session.project, file, name)
    shown: dict[str, object] = {"environment": file.environment, "name": name.text}
    for word, side, origin in zip((OURS, THEIRS), name.sides, origins, strict=True):
        shown[word] = {**side._asdict(), **(origin._asdict() if origin is not None else {})}
    shown["proposal"] = name.proposal.name.lower() if name.proposal is not None else None
    said = f": {name.proposal.name.lower()}, since {name.because}" if name.proposal is not None else ""
    say(f"  {name.text}{said}", f"    ours:   {_standing(name.sides[0], origins[0])}")
    say(f"    theirs: {_standing(name.sides[1], origins[1])}")
    return shown
