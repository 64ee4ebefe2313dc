"""Problems with an environment, told by name and never with a value, and the error that tells them all at once."""

from collections.abc import Sequence

from gitseal.errors import Error
from gitseal.records import NamedTuple
from gitseal.report.sentences import Sentence, sentence

REQUIRED = "required"
TYPE = "type"
PATTERN = "pattern"
REFERENCE = "reference"


class Problem(NamedTuple):
    """One problem with a name. `reason` continues a sentence that begins with the name; `kind` is one of the words above."""

    name: str
    reason: Sentence
    kind: str

    @property
    def sentence(self) -> Sentence:
        """The name in quotes and the reason, without a full stop."""
        return sentence('"{}" {}', self.name, self.reason)


class Unmet(Error):
    """Some names have problems. The message tells each of them once; `problems` has all, in order."""

    def __init__(self, problems: Sequence[Problem], hint: str = "") -> None:
        super().__init__("; ".join(dict.fromkeys(problem.sentence for problem in problems)), hint)
        self.problems = tuple(problems)
