"""What keeps values out of sight: objects that do not show themselves, and errors whose frames hold nothing."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from gitseal.errors import Error

T = TypeVar("T")


class Hidden:
    """Appears in no format, pickle or copy but as its repr, which a subclass keeps free of values.

    Values are reached by calls, never by properties: reports of errors show the attributes that a line of code names.
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is not pickled or copied")


def cleanly(action: Callable[[], T]) -> T:
    """What the action gives. An Error from it loses its frames and its cause, whose locals hold keys and plaintext.

    Its hint becomes a note, which a traceback shows.
    """
    try:
        return action()
    except Error as error:
        failure = error
    failure.__context__ = failure.__cause__ = None
    if failure.hint and not hasattr(failure, "__notes__"):
        failure.add_note(failure.hint)
    raise failure.with_traceback(None)
