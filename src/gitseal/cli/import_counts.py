"""What an import says at its end: how many values, and what a person should know about them."""

from gitseal.cli.talk import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.usecases.import_ import ImportResult


def tell(counts: "ImportResult") -> None:
    """Says what became of a file's values and comments."""
    from gitseal.sealing.change import Outcome

    words = [
        f"{counts.count(outcome)} {outcome.value}" for outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)
    ]
    unseen = counts.count(Outcome.UNSEEN)
    say(", ".join([*words, *([f"{unseen} {Outcome.UNSEEN.value}"] if unseen else [])]))
    if counts.kept:
        say(counts.kept)
    for warning in counts.warnings:
        say(f"gitseal: {warning}")
