"""`gitseal driver textconv FILE`: what `git diff`, `git log -p` and `git blame` show of a sealed file.

Git runs this only if it cannot run `document/summary.py` as a program of its own, which takes a third of the time. The text is
the same, for it is made by the same function.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(words: "Sequence[str]") -> int:
    """Writes the summary of the file that is named. Always 0: Git gives up on the whole diff if this fails."""
    from gitseal.document.summary import main as show

    try:  # noqa: SIM105 - contextlib takes longer to import than this has
        show(list(words))
    except OSError:
        pass  # nobody reads what was to be shown
    return 0
