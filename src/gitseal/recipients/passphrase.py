"""Asking for a passphrase: at most once for each thing that is behind one, and only when it is needed."""

from collections.abc import Callable
from typing import Generic, TypeVar

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.recipients.dialogue import Dialogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.recipients.dialogue import Ask

TRIES = 3
_AGAIN = " (wrong; try "
T = TypeVar("T")


class Once(Generic[T]):
    """Calls a function once and remembers what it gave or which Error it raised.

    A command may open hundreds of stanzas with one key: a person is asked for its passphrase once, also if it was wrong.
    """

    __slots__ = ("_failure", "_function", "value")

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._failure: Error | None = None
        self.value: T | None = None

    def __call__(self) -> T:
        """The value of the one call. Raises the same Error every time if that call failed."""
        if self._failure is not None:
            raise self._failure
        if self.value is None:
            try:
                self.value = self._function()
            except Error as failure:
                self._failure = failure
                raise
        return self.value

    def __repr__(self) -> str:
        return "Once(…)"


def unlock(dialogue: Dialogue, label: str, attempt: Callable[[bytes], T | None], *, word: str = "passphrase") -> T:
    """Ask for the passphrase of `label` and give what `attempt` makes of it; None from `attempt` means a wrong passphrase.

    `word` is what the tool calls it. One that opened something else in this command is tried first. It asks at most 3 times.
    Raises Error if nobody can be asked, or if no answer was right.
    """
    known = dialogue.passphrases if dialogue.passphrases is not None else []
    for passphrase in known:
        opened = attempt(passphrase.reveal())
        if opened is not None:
            return opened
    previous: bytes | None = None
    for number in range(1, TRIES + 1):
        answer = _answer(dialogue.ask, f'{word} for "{label}"', number)
        if answer is None and number == 1:
            raise Error(f'"{label}" is behind a {word}, which is not at hand', "run the command in a terminal")
        # The same wrong answer twice comes from a script, not from a person: a third try would be
        # wrong as well, and each one costs the work of deriving a key.
        if answer is None or answer == previous:
            break
        opened = attempt(answer)
        if opened is not None:
            known.append(SecretBytes(answer))
            return opened
        previous = answer
    raise Error(f'the {word} for "{label}" is wrong', "run the command again")


def first_prompt(prompt: str) -> str:
    """What a prompt is about, without the words on earlier tries: all tries of one passphrase have it in common."""
    return prompt.partition(_AGAIN)[0]


def _answer(ask: "Ask | None", prompt: str, number: int) -> bytes | None:
    if ask is None:
        return None
    again = "" if number == 1 else f"{_AGAIN}{number} of {TRIES})"
    answer = ask(f"{prompt}{again}")
    return answer.reveal() if isinstance(answer, SecretBytes) else answer
