"""What a cloud's library logs while it works for us reaches nobody, and everything else does."""

import logging
from io import StringIO

from gitseal.remote.silence import silent


def test_a_library_is_silent_within_the_block_alone() -> None:
    told = StringIO()
    handler = logging.StreamHandler(told)
    root, library, other = logging.getLogger(), logging.getLogger("cloudlib.http"), logging.getLogger("ours")
    root.addHandler(handler)
    try:
        with silent("cloudlib"):
            library.error("hush: a token")
            other.error("ours goes on")
        library.error("after")
    finally:
        root.removeHandler(handler)
    assert told.getvalue() == "ours goes on\nafter\n"


def test_a_warning_of_a_logger_that_is_made_within_is_not_printed() -> None:
    told = StringIO()
    last = logging.StreamHandler(told)
    kept, logging.lastResort = logging.lastResort, last
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        with silent("latelib"):
            logging.getLogger("latelib.new").warning("hush: a token")
    finally:
        logging.lastResort, root.handlers = kept, handlers
    assert told.getvalue() == ""
