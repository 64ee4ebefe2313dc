"""An environment file as `git diff` shows it: each ciphertext by what it is and a fingerprint, with no key.

Line by line, so that any bytes at all have a summary and the numbers of lines are the file's own. What stands plain in the
file stands plain here: Git would show it without this just the same, and a reviewer must see it.
"""

import re
from functools import partial

from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import token_grammar
from gitseal.yamltext.outline import outline

_SEALED = re.compile(f"{token_grammar.TOKEN}|{token_grammar.STANZA}".encode())
_STANZA_DEPTH = 6
# Long enough that nobody makes two ciphertexts with the same one: a change would not show.
_DIGITS = 32


def summary(data: bytes) -> bytes:
    """The text that stands for a file of these bytes. Never raises, and shows nothing that the bytes themselves would not.

    What it writes for a token begins with `[`, which no value that stands plain can begin with.
    """
    lines = []
    for path, line, _text in outline(data):
        if b"[v1," in line:
            lines.append(_SEALED.sub(partial(_words, path), line))
        else:
            lines.append(line)
    return b"\n".join(lines)


def _words(path: tuple[bytes, ...], sealed: re.Match[bytes]) -> bytes:
    print_ = sha256_hex(sealed[0])[:_DIGITS].encode()
    kind, group = sealed[1], sealed[2]
    in_header = path[:2] == (token_grammar.HEADER.encode(), b"access")
    if kind is None:
        person = path[-2] if in_header and len(path) == _STANZA_DEPTH else b"?"
        return b"[data key for %s, %s]" % (person, print_)
    if in_header and path[-1:] == (b"succeeds",):
        return b"[proof of succession, %s]" % print_
    words = b"write-only" if kind == WRITE_ONLY.encode() else b"sealed"
    return b"[%s, %s, to %s, %s]" % (b"/".join(path), words, group, print_)
