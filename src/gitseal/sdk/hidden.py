"""Keeps values out of sight: objects that do not show themselves, and errors whose frames hold nothing."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from gitseal.errors import Error

T = TypeVar("T")


class Hidden:
    """Base of objects that hold values: formatted, they give their repr, and they cannot be pickled or copied.

    A subclass keeps its repr free of values, and hands them out by calls and never by properties: reports of errors show the
    attributes that a line of code names.
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is not pickled or copied")


def cleanly(action: Callable[[], T]) -> T:
    """Call the action and give its result. An Error from it loses its frames and its cause.

    Their local variables hold keys and plaintext, and error reporters send local variables to their servers. The hint
    becomes a note, so that a traceback shows it.
    """
    try:
        return action()
    except Error as error:
        failure = error
    failure.__context__ = failure.__cause__ = None
    if failure.hint and not hasattr(failure, "__notes__"):
        failure.add_note(failure.hint)
    raise failure.with_traceback(None)
