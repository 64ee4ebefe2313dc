"""Whether a value of history is known to people who should not know it: what must not come back into force unasked."""

from collections.abc import Sequence

from gitseal.audit.due.comparable import ComparableValues
from gitseal.audit.exposure.departed import Departure, is_open_again
from gitseal.audit.exposure.exposed import Changed, verdict
from gitseal.audit.exposure.past import Name
from gitseal.policy.policy import Policy
from gitseal.report.sentences import Sentence, ours, sentence


def reasons(
    values: ComparableValues, gone: Sequence[Departure], policy: Policy, name: Name, text: str
) -> list[Sentence]:
    """Why a value is compromised; empty if nothing in history says so. `text` stands for it as `values` has it.

    By the policy of today it shows who is back, and opens the name anyway.
    """
    told = [ours("it stood plain in history")] if text in values.plain(name) else []
    changes = values.changes(name)
    for departure in gone:
        if is_open_again(departure, policy, name):
            continue
        known = values.known(name, departure.holder)
        # A value that was only sealed anew since counts as the one that they know.
        if known and verdict(changes, known.__contains__, text)[0] is not Changed.YES:
            told.append(sentence("a key of {} was lost" if departure.is_key else "{} left", departure.holder.name))
    return list(dict.fromkeys(told))
