"""Reads texts of other formats, with errors that name the source."""

from gitseal import exchange
from gitseal.errors import Malformed
from gitseal.exchange import Imported


def parse_text(format_name: str, data: bytes, source: str) -> Imported:
    """Read as `exchange.parse` does. The message of its Malformed begins with `source`, unless that is empty, and the line."""
    try:
        return exchange.parse(format_name, data)
    except Malformed as error:
        place = ":".join(filter(None, (source, str(error.line or ""))))
        raise Malformed(error.reason, error.line, error.hint, place=place) from None
