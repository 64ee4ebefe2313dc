"""A plan of a rekey as lines for people."""

from collections.abc import Iterator

from gitseal.project.key_holders import Holder
from gitseal.report.plurals import plural
from gitseal.sealing.rekeying.planning import GroupPlan, Move, Plan
from gitseal.yamltext.reader import path_text


def plan_words(planned: Plan, *, is_whole: bool) -> Iterator[str]:
    """Who gains and who loses what, which data keys are new, and which names move. `is_whole`: every file is here."""
    if planned.is_empty:
        yield "every file is as the policy says" if is_whole else "every other file is as the policy says"
    for group in planned.groups:
        for words in _words(group):
            yield f"{group.environment}: {words}"
    for move in planned.moves:
        yield f"{move.environment}: {path_text(move.name)} moves from {move.old or 'plain'} to {move.new}{_shift(move)}"
    for claim in planned.claims:
        yield claim.words
    if planned.shallow:
        yield "this clone is shallow, so it does not show who held a key earlier; see all with: git fetch --unshallow"


def _words(group: GroupPlan) -> list[str]:
    if group.gone:
        return [f"access group {group.group} holds no names any more and is removed"]
    what = (
        f"{plural(group.names, 'name')} ({group.group})" if group.names else f"access group {group.group}, still empty"
    )
    words = []
    if group.gained:
        past = f", and to {plural(group.past, 'older value')}" if group.past else ""
        words.append(f"{_who(_people(group.gained), 'gain')} access to {what}{past}")
    if group.lost:
        words.append(f"{_who(_people(group.lost), 'lose')} access to {what}")
    if group.new_key:
        words.append(f"a new data key for {what}, which {', '.join(group.holders)} will hold: {group.new_key}")
    return words


def _shift(move: Move) -> str:
    """The people who can open a name only after its move, and those who could only before."""
    words = [_who(list(people), verb) for people, verb in ((move.gained, "gain"), (move.lost, "lose")) if people]
    return f": {' and '.join(words)} access to it" if words else ""


def _people(holders: tuple[Holder, ...]) -> list[str]:
    return list(dict.fromkeys(name for name, _ in holders))


def _who(people: list[str], verb: str) -> str:
    return f"{', '.join(people)} {verb if len(people) > 1 else f'{verb}s'}"
