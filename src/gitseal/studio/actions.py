"""What a person does on the page: done at once, or after they answered what it asks.

An action that has to ask ends with the question, and begins anew with the answer. So nothing waits in a thread, and nobody
who goes away leaves anything half done.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gitseal.errors import Error, Question, Unconfirmed
from gitseal.hidden import SecretBytes
from gitseal.project.workspace import Workspace
from gitseal.recipients.passphrase import first_prompt

_MOST_WAITING = 20
Seen = Mapping[tuple[str, str], str]
# What a person said yes to, for one action: the key or recipient, and the words that they read.
Agreed = frozenset[tuple[str, str]]


class PageAction(NamedTuple):
    """Something to do: the words for it when it is done, and the address of the page to show then.

    `after` is called when it is done, if what is done says which page there is. `seen` is what the person had before their eyes
    (see `Workspace`).
    """

    do: Callable[[Workspace], str]
    after: str | Callable[[], str]
    seen: Seen = {}  # noqa: RUF012 - nobody changes it

    def __repr__(self) -> str:
        # What it does holds values.
        return f"PageAction(…, {self.after!r})"


class Asked(Exception):
    """An identity needs a passphrase. It goes past whoever would try the next identity."""

    def __init__(self, prompt: str) -> None:
        super().__init__(prompt)
        self.prompt = prompt


class OpenQuestion(NamedTuple):
    """An action that waits for an answer.

    `questions` are about keys and recipients; or `prompt` asks for a passphrase, once more if the last one `was_wrong`. Tries are
    not counted: each begins the action anew, and none is the last.
    """

    id: str
    questions: tuple[Question, ...] = ()
    prompt: str = ""
    was_wrong: bool = False


class ActionDone(NamedTuple):
    """An action that was done: the words for it, empty if nothing is to be told, and the address of the page to show."""

    words: str
    after: str


class PendingActions:
    """Does actions, and keeps those that wait for an answer: the last twenty."""

    def __init__(self, workspace: Callable[[], Workspace]) -> None:
        self._workspace = workspace
        self._waiting: dict[str, tuple[PageAction, OpenQuestion, Agreed]] = {}
        self._passphrases: dict[str, SecretBytes] = {}

    def __repr__(self) -> str:
        return f"PendingActions({len(self._waiting)})"

    def begin(self, action: PageAction) -> ActionDone | OpenQuestion:
        """Does an action, or says what has to be answered first. Raises what the action raises."""
        return self._attempt(action, frozenset())

    def go_on(self, waiting: str, passphrase: str | None) -> ActionDone | OpenQuestion:
        """Goes on with an action: `passphrase` is given, or the questions are answered with yes.

        Raises Error if no such question is open, and what the action raises.
        """
        if waiting not in self._waiting:
            raise Error("this question was answered, or the page is an old one", "do it again")
        action, asked, agreed = self._waiting.pop(waiting)
        if asked.prompt:
            self._passphrases[asked.prompt] = SecretBytes((passphrase or "").encode())
        return self._attempt(action, agreed | {(question.exact, question.meaning) for question in asked.questions})

    def passphrase(self, prompt: str) -> SecretBytes:
        """The passphrase that a person gave for `prompt`. Raises Asked if there is none; then the action waits for it."""
        # Used up by one try: a wrong one is asked for again. The action begins anew, so a later try comes to the first prompt.
        known = self._passphrases.pop(first_prompt(prompt), None)
        if known is None:
            raise Asked(prompt)
        return known

    def _attempt(self, action: PageAction, agreed: Agreed) -> ActionDone | OpenQuestion:
        accepted: frozenset[str] = frozenset()
        while True:
            try:
                words = action.do(self._workspace()._replace(seen=action.seen, accepted=accepted))
                return ActionDone(words, action.after if isinstance(action.after, str) else action.after())
            except Unconfirmed as unconfirmed:
                # Asked anew each time, so that a yes counts for the very question that was shown: the same key may by now
                # stand for somebody else, or open something else.
                asks = frozenset(question.exact for question in unconfirmed.questions)
                is_agreed = all((question.exact, question.meaning) in agreed for question in unconfirmed.questions)
                if not is_agreed or asks <= accepted:
                    waiting = OpenQuestion(secrets.token_hex(8), questions=tuple(unconfirmed.questions))
                    return self._wait(action, waiting, agreed)
                accepted |= asks
            except Asked as asked:
                prompt = first_prompt(asked.prompt)
                was_wrong = prompt != asked.prompt
                return self._wait(action, OpenQuestion(secrets.token_hex(8), (), prompt, was_wrong), agreed)

    def _wait(self, action: PageAction, waiting: OpenQuestion, agreed: Agreed) -> OpenQuestion:
        self._waiting[waiting.id] = (action, waiting, agreed)
        while len(self._waiting) > _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        return waiting
