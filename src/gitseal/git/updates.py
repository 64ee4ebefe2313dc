"""The refs of a push, as Git tells its hooks of them on standard input (githooks(5))."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitseal.errors import Error

_PUSHED, _RECEIVED = 4, 3
_SIZES = (40, 64)  # hex digits of an id


class Update(NamedTuple):
    """A ref before and after: full ids, all zeros if it is not there."""

    old: str
    new: str
    ref: str


def pushed(lines: bytes) -> list[Update]:
    """The updates that pre-push is told: the remote's refs, `old` as the remote has them. Raises Error for anything else."""
    # First stands what is pushed, by any expression that names a commit, with blanks too: HEAD^{/some words}.
    fields = (_fields(line.rsplit(" ", _PUSHED - 1), _PUSHED) for line in _lines(lines))
    return [_update(old, new, ref) for _local, new, ref, old in fields]


def received(lines: bytes) -> list[Update]:
    """The updates that pre-receive is told: this repository's refs. Raises Error for anything else."""
    fields = (_fields(line.split(" ", _RECEIVED - 1), _RECEIVED) for line in _lines(lines))
    return [_update(old, new, ref) for old, new, ref in fields]


def is_none(object_id: str) -> bool:
    """True if it is the id that stands for no object: a ref that comes or goes."""
    return not object_id.strip("0")


def _lines(data: bytes) -> Iterator[str]:
    """Not `splitlines`: a ref's name may hold what Unicode calls the end of a line, or bytes that are no UTF-8."""
    return (line for line in data.decode("utf-8", "surrogateescape").split("\n") if line)


def _fields(fields: Sequence[str], count: int) -> Sequence[str]:
    if len(fields) != count:
        raise _unknown()
    return fields


def _update(old: str, new: str, ref: str) -> Update:
    if any(len(id_) not in _SIZES or set(id_) - set("0123456789abcdef") for id_ in (old, new)):
        raise _unknown()
    return Update(old, new, ref)


def _unknown() -> Error:
    return Error("Git's list of refs is not as this hook knows it", "see githooks(5); started by hand, give it none")
