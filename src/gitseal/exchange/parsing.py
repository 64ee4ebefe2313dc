"""Reads texts of other formats, with errors that name the source."""

from collections.abc import Iterator
from contextlib import contextmanager

from gitseal import exchange
from gitseal.errors import Damaged, Malformed, NotForYou
from gitseal.exchange import Encrypted, Imported


def parse_text(format_name: str, data: bytes, source: str) -> Imported:
    """Read as `exchange.parse` does. Messages begin with `source`, unless it is empty, and the line of a Malformed."""
    with naming(source):
        return exchange.parse(format_name, data)


@contextmanager
def naming(source: str, hint: str = "") -> Iterator[None]:
    """Errors from within begin with the source, unless they name one; a Malformed with its line behind.

    `hint` is for a Malformed that has none.
    """
    try:
        yield
    except Malformed as error:
        place = error.place or ":".join(filter(None, (source, str(error.line or ""))))
        raise Malformed(error.reason, error.line, error.hint or hint, place=place) from None
    except Encrypted as error:
        raise Encrypted(error.reason, error.cipher, place=source) from None
    except (Damaged, NotForYou) as error:
        raise type(error)(error.reason, error.hint, place=source) from None
