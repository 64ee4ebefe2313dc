"""`gitseal driver textconv FILE`: what `git diff`, `git log -p` and `git blame` show of a sealed file.

Git gives up on the whole diff where this fails (gitattributes(5)), so it fails for nothing: what cannot be shown is empty.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress


def main(words: Sequence[str]) -> int:
    """Writes the summary of the file that is named; 0 always."""
    from gitseal.document.summary import summary

    content = b""
    with suppress(OSError, ValueError), open(words[0] if words else os.devnull, "rb") as file:
        content = file.read()
    with suppress(OSError):
        sys.stdout.buffer.write(summary(content))
        sys.stdout.flush()
    return 0
