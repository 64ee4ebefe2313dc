"""Texts of other formats, with errors that name where they came from."""

from gitseal import exchange
from gitseal.errors import Malformed
from gitseal.exchange import Imported


def parse_text(format_name: str, data: bytes, source: str) -> Imported:
    """What `exchange.parse` gives; its Malformed names `source` and the line. An empty `source` names nothing."""
    try:
        return exchange.parse(format_name, data)
    except Malformed as error:
        place = ":".join(filter(None, (source, str(error.line or ""))))
        raise Malformed(error.reason, error.line, error.hint, place=place) from None
