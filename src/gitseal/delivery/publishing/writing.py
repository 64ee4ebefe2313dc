"""A write, and what became of it if the store failed: that is read from the store, never guessed.

An answer can be lost after the write was done, and a refusal can be that of a second try. So each name is told as done only if it
is there, and as not done only if it is not.
"""

from collections.abc import Sequence

from gitseal.records import NamedTuple
from gitseal.remote.failure import NotSent, RemoteError, RemoteFailure
from gitseal.stores.protocol import Edit, Live, Overwritten, Store, Untold


class WriteOutcome(NamedTuple):
    """The edits that are there, those that are not, and those of which nobody can tell; `failure` is None if all are there."""

    done: list[Edit]
    left: list[Edit]
    unclear: list[Edit]
    failure: RemoteError | None


# These may be over in a moment. What a store says no to, it says no to again.
_PASSING = (RemoteFailure.NO_NETWORK, RemoteFailure.NOT_READY)
_TRIES = 2


def write(store: Store, edits: Sequence[Edit]) -> WriteOutcome:
    """Writes edits: one, or all of a place that is whole. After a failure in passing it tries again if nothing changed there."""
    for left in range(_TRIES - 1, -1, -1):
        try:
            store.write(edits)
        except RemoteError as failure:
            outcome, is_as_before = _settled(store, edits, failure)
            if outcome.failure is None or not left or not is_as_before or failure.kind not in _PASSING:
                return outcome
        else:
            break
    return WriteOutcome([*edits], [], [], None)


def _settled(store: Store, edits: Sequence[Edit], failure: RemoteError) -> tuple[WriteOutcome, bool]:
    """What became of a write that failed, and whether everything there is as it was before."""
    if isinstance(failure, NotSent) or failure.kind is RemoteFailure.NO_LIBRARY:
        return WriteOutcome([], [*edits], [], failure), False
    nobody_knows = WriteOutcome([], [], [*edits], failure)
    if isinstance(failure, Untold):
        return nobody_knows, False
    try:
        live = store.read()
    except RemoteError:
        return nobody_knows, False
    told = [(edit, _is_there(store, edit, live.get(edit.name))) for edit in edits]
    done, left, unclear = ([edit for edit, is_there in told if is_there is sure] for sure in (True, False, None))
    is_told = bool(left or unclear) or isinstance(failure, Overwritten)
    outcome = WriteOutcome(done, left, unclear, failure if is_told else None)
    return outcome, all(_is_as_before(edit, live.get(edit.name)) for edit in edits)


def _is_there(store: Store, edit: Edit, live: Live | None) -> bool | None:
    """Whether the store has what an edit wants; None if it gives back nothing to tell that by."""
    if edit.value is None or live is None:
        return edit.value is None and live is None
    if live.value is None and not store.keeps_marks:
        return False if live.version == edit.version else None
    is_value = live.value is None or live.value == edit.value
    # A mark is of its value alone, so it proves one that the store does not give back.
    return is_value and (not store.keeps_marks or live.mark == edit.mark)


def _is_as_before(edit: Edit, live: Live | None) -> bool:
    # Without a version nobody can tell whether somebody else wrote in between.
    return not edit.version if live is None else bool(live.version) and live.version == edit.version
