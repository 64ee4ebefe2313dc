"""Questions that Git is asked before anybody can use the answer: it works while our modules load.

This file, and what it imports, loads in half a millisecond; anything more would have to wait for itself.
"""

from gitseal.git import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.git.child import Running

# Every setting that changes what `git diff --raw` prints is set. Without renames: a renamed file that was edited as well
# is a file that was not there before (facts of Git 2.39: `--diff-filter=ACM` shows neither that nor a changed type).
RAW = (
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--ignore-submodules=none",
    "-O/dev/null",
)
OBJECTS = ("cat-file", "--batch")


def staged(against: str = "") -> tuple[str, ...]:
    """The words that ask for the files which the index has otherwise than a commit, without one than HEAD."""
    return ("diff", "--cached", *RAW, "--diff-filter=d", *((against,) if against else ()), "--")


def of_index(*patterns: str) -> tuple[str, ...]:
    """The words that ask for the files of the index that match pathspecs, with their modes, ids and stages."""
    return ("ls-files", "--stage", "-z", "--", *patterns)


class Ahead:
    """Questions to the repository that Git started this hook for. Whoever asks one counts on its being taken."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._questions: dict[tuple[str, ...], Running] = {}
        self._objects: Running | None = None

    def ask(self, words: tuple[str, ...]) -> None:
        """Starts `git WORDS`. Raises Error if there is no `git`."""
        environ = run.environment(in_hook=True)
        self._questions[words] = run.begin(self._folder, *words, environ=environ)

    def open_objects(self) -> None:
        """Starts a reader of objects, which waits for their names."""
        self._objects = run.start(self._folder, *OBJECTS, in_hook=True)

    def take(self, words: tuple[str, ...]) -> "Running | None":
        """The `git` that was started with these words, None if none was; it can be taken once."""
        return self._questions.pop(words, None)

    def take_objects(self) -> "Running | None":
        """The reader of objects, None if none was started; it can be taken once."""
        objects, self._objects = self._objects, None
        return objects
