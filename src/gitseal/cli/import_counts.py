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
    if counts.kept:
        say(counts.kept)
    for warning in counts.warnings:
        say(f"gitseal: {warning}")
    _tell_newcomers(counts)


def _tell_newcomers(counts: "ImportResult") -> None:
    """Says how to let in whoever could open a file of sops: the import leaves the policy as it is."""
    more = counts.newcomers
    if more.commands:
        say(f"the policy stays as it is; to let in {plural(len(more.commands), 'recipient')} of the file:")
        say(*(f"  {one.as_text()}" for one in more.commands))
    if more.is_named:
        say("key-... is a name made up from the key: put the name of the person or machine there")
