"""What became of a write that failed: read from the store, whatever the failure looked like."""

from collections.abc import Callable, Sequence

import pytest

from gitseal.delivery.publishing.writing import write
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import NotSent, RemoteError, RemoteFailure
from gitseal.stores.protocol import Edit, Live, Overwritten, Raced, Untold


class Memory:
    """A store of one value a name, which does or does not do what it is asked, and then fails."""

    is_whole = True

    def __init__(
        self, failures: Sequence[tuple[int, RemoteError]], *, keeps_marks: bool = True, tells: bool = True
    ) -> None:
        self.keeps_marks = keeps_marks
        self.there: dict[str, tuple[str, bytes, str]] = {"A": ("1", b"old", "old mark"), "B": ("1", b"old", "old mark")}
        self.tries = 0
        self.meanwhile: Callable[[], object] = lambda: None
        self.cannot_read = False
        self._failures = list(failures)
        self._tells = tells

    def read(self) -> dict[str, Live]:
        if self.cannot_read:
            raise RemoteError("no")
        found = {}
        for name, (version, value, mark) in self.there.items():
            found[name] = Live(version, mark if self.keeps_marks else "", SecretBytes(value) if self._tells else None)
        return found

    def write(self, edits: Sequence[Edit]) -> None:
        """Does as many of the edits as the next failure says, then fails."""
        self.tries += 1
        count, failure = self._failures.pop(0) if self._failures else (len(edits), None)
        for edit in edits[:count]:
            self.there.pop(edit.name, None)
            if edit.value is not None:
                self.there[edit.name] = ("2", edit.value.reveal(), edit.mark)
        self.meanwhile()
        if failure is not None:
            raise failure


EDITS = [
    Edit("A", SecretBytes(b"new"), "new mark", "1"),
    Edit("B", None, "", "1"),
    Edit("C", SecretBytes(b"c"), "c", ""),
]
LOST = RemoteError("lost", kind=RemoteFailure.NO_NETWORK)
SAID_NO = RemoteError("no", kind=RemoteFailure.DENIED)


def told(store: Memory) -> tuple[str, str, str]:
    outcome = write(store, EDITS)
    assert (outcome.failure is None) == (len(outcome.done) == 3)
    done, left, unclear = ("".join(edit.name for edit in edits) for edits in outcome[:3])
    return done, left, unclear


@pytest.mark.parametrize(
    ("failures", "expected", "tries"),
    [
        ([], ("ABC", "", ""), 1),
        ([(3, LOST)], ("ABC", "", ""), 1),
        ([(0, LOST)], ("ABC", "", ""), 2),
        ([(0, LOST), (0, LOST)], ("", "ABC", ""), 2),
        ([(0, LOST), (3, LOST)], ("ABC", "", ""), 2),
        ([(2, LOST)], ("AB", "C", ""), 1),
        ([(0, SAID_NO)], ("", "ABC", ""), 1),
        ([(3, SAID_NO)], ("ABC", "", ""), 1),
        ([(0, Raced("raced"))], ("", "ABC", ""), 1),
        # The second delivery of the same request is refused.
        ([(3, Raced("raced"))], ("ABC", "", ""), 1),
        ([(0, NotSent("no", kind=RemoteFailure.NO_NETWORK))], ("", "ABC", ""), 1),
        ([(1, Untold("no"))], ("", "", "ABC"), 1),
    ],
)
def test_each_name_is_told_as_it_is(
    failures: list[tuple[int, RemoteError]], expected: tuple[str, str, str], tries: int
) -> None:
    store = Memory(failures)
    assert told(store) == expected
    assert store.tries == tries


@pytest.mark.parametrize(("count", "expected"), [(3, ("ABC", "", "")), (0, ("ABC", "", "")), (1, ("A", "BC", ""))])
def test_marks_tell_for_a_store_that_gives_no_value_back(count: int, expected: tuple[str, str, str]) -> None:
    assert told(Memory([(count, LOST)], tells=False)) == expected


@pytest.mark.parametrize(("count", "expected"), [(3, ("B", "", "AC")), (0, ("ABC", "", "")), (1, ("", "BC", "A"))])
def test_without_mark_and_value_nobody_can_tell_of_what_was_written(count: int, expected: tuple[str, str, str]) -> None:
    assert told(Memory([(count, LOST)], keeps_marks=False, tells=False)) == expected


def test_what_cannot_be_read_is_unclear() -> None:
    store = Memory([(3, LOST)])
    store.cannot_read = True
    assert told(store) == ("", "", "ABC")


@pytest.mark.parametrize("version", ["2", ""])
def test_what_somebody_else_wrote_in_between_is_not_written_over(version: str) -> None:
    store = Memory([(0, LOST)])
    store.meanwhile = lambda: store.there.update(A=(version, b"theirs", "theirs"))
    assert told(store) == ("", "ABC", "")
    assert (store.tries, store.there["A"][1]) == (1, b"theirs")


def test_a_write_over_somebody_elses_is_told_though_it_is_done() -> None:
    outcome = write(Memory([(3, Overwritten("theirs is gone"))]), EDITS)
    assert [edit.name for edit in outcome.done] == ["A", "B", "C"]
    assert outcome.failure is not None
