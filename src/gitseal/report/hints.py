"""Hints about a finding: a command that anybody can paste, or a decision with what its taker then types.

    runnable(command("gitseal rekey -e {}", environment))
    decision('whoever may change the policy', "take the rule out: {}", place)

A runnable hint ends with status 0 in the state that it was printed in, the finding is gone then, and nothing changed but what the
command says; `tests/hints` runs every one of them. What asks something, takes a value, or needs a key that is not known to be at
hand is a decision: it says who takes it. Nothing here is a placeholder: what is not known stands in words, not in a command.
"""

from gitseal.errors import shell_quoted
from gitseal.records import NamedTuple
from gitseal.report.sentences import COMMAND, NOTHING, Sentence, TextPiece, literal, sentence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

_HOLE = "{}"
_AND = " && "
# What a pathspec of Git takes for a pattern (gitglossary(7)).
_GLOB = frozenset("*?[\\")


class ShellCommand(NamedTuple):
    """A command line as its words, before a shell sees them."""

    words: tuple[str, ...]

    def as_text(self) -> str:
        """The line as it is pasted: each word is what the shell makes of it, whatever a repository has in it."""
        return " ".join(map(shell_quoted, self.words))

    def below(self, folder: str) -> "ShellCommand":
        """The same for a project in a folder below the place where it is pasted; Git's own take paths from the top anyway."""
        if not folder or self.words[0] != "gitseal":
            return self
        return ShellCommand((self.words[0], "-C", path_word(folder), *self.words[1:]))


class Hint(Sentence):
    """A hint, as a sentence. `commands` are what is typed, in order; `who` decides first, and is empty if nobody has to."""

    __slots__ = ("commands", "who", "words")

    commands: tuple[ShellCommand, ...]
    who: Sentence
    words: Sentence

    def __new__(cls, who: Sentence, words: Sentence, commands: tuple[ShellCommand, ...]) -> "Self":
        """`words` are what is decided, or done by hand, before the commands."""
        made = super().__new__(cls, *_written(who, words, commands))
        made.who, made.words, made.commands = who, words, commands
        return made

    def below(self, folder: str) -> "Self":
        """The hint for whoever stands above a project's folder, as a reviewer of a whole repository does."""
        return type(self)(self.who, self.words, tuple(line.below(folder) for line in self.commands))


class Runnable(Hint):
    """Commands that can be pasted as they are."""


class Decision(Hint):
    """Something that a person has to know, to judge or to give, and the commands that follow, if any do."""


def _written(who: Sentence, words: Sentence, commands: tuple[ShellCommand, ...]) -> tuple[list[TextPiece], str]:
    """The one place where a hint becomes text: `who: words: commands`, without what is empty."""
    parts = [list(part.pieces) for part in (who, words) if part]
    if commands:
        parts.append([TextPiece(_AND.join(line.as_text() for line in commands), COMMAND)])
    pieces = [piece for part in parts for piece in (TextPiece(": "), *part)][1:]
    form = ": ".join([*(part.form for part in (who, words) if part), *([_HOLE] if commands else [])])
    return pieces, form


POLICY_OWNERS = sentence("whoever may change the policy")
VALUE_KNOWER = sentence("whoever knows the value")
REVIEWER = sentence("the reviewer")
YOU = NOTHING
"""Whoever reads the finding: that goes without saying."""

NO_HINT = Hint(NOTHING, NOTHING, ())
"""There is nothing to do but to look."""


def command(template: str, *words: str) -> ShellCommand:
    """A command line: words of ours, and in each hole, which stands alone, a word of any content.

    Raises ValueError if holes and words do not match.
    """
    rest = iter(words)
    filled = tuple(next(rest, None) if part == _HOLE else part for part in template.split())
    if next(rest, None) is not None or None in filled:
        raise ValueError(template)
    return ShellCommand(tuple(part for part in filled if part is not None))


def runnable(*commands: ShellCommand) -> Runnable:
    """Commands that change only what they say, and after which the finding is gone."""
    return Runnable(NOTHING, NOTHING, commands)


def decision(who: str | Sentence, words: str | Sentence = NOTHING, *then: ShellCommand) -> Decision:
    """A decision for somebody. `who` and `words` are our own, or sentences; `then` is what they type."""
    return Decision(_ours(who), _ours(words), then)


def give_value(name: str, environment: str, words: str | Sentence = NOTHING, who: Sentence = VALUE_KNOWER) -> Decision:
    """A name to be set by somebody who has the value; `environment` may be several between commas, or empty."""
    places = ("-e {}", environment) if environment else ("",)
    return decision(who, words, command(f"gitseal set {{}} {places[0]}", name, *places[1:]))


def advice(words: str) -> Hint:
    """The hint of an error, for whoever reads it: words and commands in one, of which nobody has tried the commands."""
    return Decision(NOTHING, literal(words), ()) if words else NO_HINT


def _ours(words: str | Sentence) -> Sentence:
    return words if isinstance(words, Sentence) else sentence(words)


def path_word(path: str) -> str:
    """A path as a word that no program takes for an option."""
    return f"./{path}" if path.startswith("-") else path


def pathspec(path: str) -> str:
    """A path from the repository's top as a pathspec of Git: that file alone, wherever somebody stands (gitglossary(7))."""
    return f":/{path}" if _is_plain(path) else f":(top,literal){path}"


def _is_plain(path: str) -> bool:
    """True for a path in which Git sees neither a pattern nor, whether `:/` stands before it or not, magic."""
    return (path[:1].isalnum() or path.startswith(".")) and not _GLOB & set(path)


def remove_files(where: tuple[str, ...], paths: "Sequence[str]") -> ShellCommand:
    """Takes exactly these files out of a repository: paths from the folder in which Git runs, which `where` says to Git."""
    literal = () if all(map(_is_plain, paths)) else ("--literal-pathspecs",)
    return ShellCommand(("git", *where, *literal, "rm", "--ignore-unmatch", "--", *paths))


def history_of(path: str) -> ShellCommand:
    """Shows all that was done to a file, merges too.

    `--text`, because the attributes that a change brings can call any file binary, its own too; `--full-history`, because Git
    else passes over a merge that dropped a side.
    """
    return command("git log --full-history -m --patch --text -- {}", pathspec(path))


def untrack(path: str) -> ShellCommand:
    """Takes exactly this file out of Git's index, and leaves it on disk.

    `-f`, because Git refuses it otherwise for a file that was changed after it was staged.
    """
    return command("git rm --cached -f {}", pathspec(path))


def set_aside(path: str) -> str:
    """The command that moves a file out of the way, and keeps it: nothing is deleted by advice that Git does not have."""
    return command("mv -n -- {} {}", path, f"{path}.aside").as_text()
