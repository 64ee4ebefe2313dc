"""What an import says at its end: how many values, and what a person should know about them."""

from gitseal.cli.talk import say
from gitseal.report.plurals import plural

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
    if counts.comments:
        say(f"{plural(counts.comments, 'comment line')} kept, readable to everyone with the repository")
    if counts.left_out:
        say(f"gitseal: {plural(counts.left_out, 'comment line')} left out, which may hold a value")
    if counts.duplicates:
        say(f"gitseal: set more than once, the last value counts: {', '.join(counts.duplicates)}")
    if counts.commands:
        say(f"gitseal: kept $(...) or `...` as text, where a shell would run a command: {', '.join(counts.commands)}")
    if counts.differing:
        say(f"gitseal: readers of env files differ on these values, so look at them: {', '.join(counts.differing)}")
    if counts.references:
        say(f"gitseal: these values still have a ${{...}}, which --expand resolves: {', '.join(counts.references)}")
