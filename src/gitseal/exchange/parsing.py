"""Reads texts of other formats, with errors that name the source."""

from gitseal import exchange
from gitseal.errors import Malformed
from gitseal.exchange import Encrypted, Imported


def parse_text(format_name: str, data: bytes, source: str) -> Imported:
    """Read as `exchange.parse` does. Messages begin with `source`, unless it is empty, and the line of a Malformed."""
    try:
        return exchange.parse(format_name, data)
    except Malformed as error:
        place = ":".join(filter(None, (source, str(error.line or ""))))
        raise Malformed(error.reason, error.line, error.hint, place=place) from None
    except Encrypted as error:
        raise Encrypted(error.reason, error.cipher, place=source) from None
