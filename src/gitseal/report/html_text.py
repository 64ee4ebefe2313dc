"""Pages of HTML: no script, nothing from elsewhere, made to be looked at and to be printed.

Their Content-Security-Policy lets through the pages' own style and nothing else, so even what came through the escaping would
do nothing.
"""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape

from gitseal.report.html_style import STYLE
from gitseal.report.markup_text import Text

CLOSING = "</main>\n</body>\n</html>\n"


def opening(title: str) -> Iterator[str]:
    """Everything up to the page's own content; `title` is plain text."""
    style = b64encode(sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">'
    yield f"<title>{escape(title)}</title>"
    yield f"<style>{STYLE}</style>\n</head>\n<body>\n<main>"


def plain(text: Text) -> str:
    """The words alone, for a title."""
    return "".join(piece.text for piece in text)


def html(text: Text) -> str:
    """A sentence, with the repository's words set apart."""
    return "".join(f"<code>{escape(piece.text)}</code>" if piece.is_name else escape(piece.text) for piece in text)
