"""Silence for the libraries of clouds: they log what they send and receive, tokens and values among it.

Whoever turned logging on for the whole program would get it, and what they warn of would stand beside our own words.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_calling: ContextVar[bool] = ContextVar("is_calling", default=False)


class _Silence(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - a filter's signature
        return not _is_calling.get()


_SILENCE = _Silence()
_NOWHERE = logging.NullHandler()


@contextmanager
def silent(*libraries: str) -> Iterator[None]:
    """Takes what these libraries log within the block, in this thread, away from everybody."""
    # A filter counts for one logger alone, so each gets it. Adding it again does nothing.
    for name in list(logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in libraries:
            logging.getLogger(name).addFilter(_SILENCE)
    for name in libraries:
        # A logger that is made within the block would print its warnings if nobody listened.
        logging.getLogger(name).addHandler(_NOWHERE)
    token = _is_calling.set(True)
    try:
        yield
    finally:
        _is_calling.reset(token)
