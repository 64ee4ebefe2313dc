"""What an age plugin says to a person and asks them, in one command of gitseal."""

from contextlib import contextmanager

from gitseal.hidden import SecretBytes
from gitseal.recipients.dialogue import Dialogue
from gitseal.recipients.stanza import decode
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitseal.recipients.dialogue import Reply

_SHOWN = 200  # characters of a plugin's words: enough for a sentence, too few to flood a log
_EMPTY = SecretBytes(b"")
_OK: "Reply" = (("ok",), _EMPTY)
_FAIL: "Reply" = (("fail",), _EMPTY)


class PluginCommand(NamedTuple):
    """One command of the protocol: its name and arguments as words, and its body."""

    words: tuple[str, ...]
    body: bytes


class Talk:
    """Answers what a plugin asks.

    A person is asked once a command: what they answered is given again if the plugin did its work with it. A wrong answer
    never is: a PIN that is given again by itself locks a hardware key.
    """

    def __init__(self, name: str, dialogue: Dialogue) -> None:
        self.program = f"age-plugin-{name}"
        # What the plugin asked last and nobody could answer, for the error that may come of it.
        self.unanswered = ""
        # Set inside `conversation` by whoever sees that the plugin did its work.
        self.served = False
        self._dialogue = dialogue
        self._answers = {} if dialogue.answers is None else dialogue.answers
        self._given: dict[tuple[str, str, str], Reply] = {}

    @contextmanager
    def conversation(self) -> "Iterator[None]":
        """One conversation with the plugin, whose answers are kept if it did its work with them."""
        self._given, self.unanswered, self.served = {}, "", False
        try:
            yield
        finally:
            for asked, reply in self._given.items():
                if self.served:
                    self._answers[asked] = reply
                else:
                    self._answers.pop(asked, None)

    def wait(self) -> None:
        """The plugin takes long: it may want something that it has not said, such as a touch."""
        self._tell(f"waiting for {self.program}")

    def answer(self, command: PluginCommand) -> "Reply":
        """The reply to a command that is for a person, or that nobody knows."""
        kind = command.words[0]
        if kind not in {"msg", "confirm", "request-public", "request-secret"}:
            return ("unsupported",), _EMPTY
        words = line(command.body.decode("utf-8", "replace"))
        if kind == "msg":
            return _OK if self._tell(f"{self.program}: {words}") else _FAIL
        asked = (self.program, kind, command.body.decode("utf-8", "replace"))
        # Asked twice in one conversation: the first answer was wrong.
        known = self._answers.get(asked) if asked not in self._given else None
        reply = known or self._asked(command, words)
        if reply is None:
            self.unanswered = words
            self._tell(f"{self.program} asks, and gets no answer here: {words}")
            return _FAIL
        self._given[asked] = reply
        return reply

    def _asked(self, command: PluginCommand, words: str) -> "Reply | None":
        question = f"{self.program} asks: {words}"
        if command.words[0] == "confirm":
            return self._confirmed(command, question)
        ask = self._dialogue.ask if command.words[0] == "request-secret" else self._dialogue.ask_line
        typed = ask(question) if ask is not None else None
        if typed is None:
            return None
        if isinstance(typed, str):
            typed = typed.encode()
        return ("ok",), typed if isinstance(typed, SecretBytes) else SecretBytes(typed)

    def _confirmed(self, command: PluginCommand, question: str) -> "Reply | None":
        if self._dialogue.confirm is None:
            return None
        choices = [line(decode(word.encode(), "a choice").decode("utf-8", "replace")) for word in command.words[1:3]]
        yes, no = (*choices, None, None)[:2]
        answer = self._dialogue.confirm(question, yes or "yes", no)
        return None if answer is None else (("ok", "yes" if answer else "no"), _EMPTY)

    def _tell(self, words: str) -> bool:
        if self._dialogue.tell is None:
            return False
        self._dialogue.tell(words)
        return True


def line(text: str) -> str:
    """A plugin's words as a terminal may show them: no control characters, so that they cannot move the cursor or lie."""
    return "".join(c if c.isprintable() else " " for c in text)[:_SHOWN].strip()
