"""An environment file as `git diff` shows it: each ciphertext by what it is and a fingerprint, with no key.

Line by line, so that any bytes at all have a summary and the numbers of lines are the file's own. What stands plain in the
file stands plain here: Git would show it without this just the same, and a reviewer must see it.
"""

import re

_TOKEN = re.compile(rb"(ENC|STANZA)\[v1,(?:([sw]),([a-z][a-z0-9-]{0,31}):)?(k[0-9a-f]{32}),[A-Za-z0-9+/=]+\]")
_NAME = re.compile(rb"""( *)["']?([A-Za-z_][A-Za-z0-9_.-]{0,127})["']? *:(?=[ \r\n]|$)""")
_STANZA_DEPTH = 6
# Long enough that nobody makes two ciphertexts with the same one: a change would not show.
_DIGITS = 32


def summary(data: bytes) -> bytes:
    """The text that stands for a file of these bytes. Never raises, and shows nothing that the bytes themselves would not.

    What it writes for a token begins with `[`, which no value that stands plain can begin with.
    """
    above: list[tuple[int, bytes]] = []
    lines = []
    for line in data.split(b"\n"):
        named = _NAME.match(line)
        if named:
            while above and above[-1][0] >= len(named[1]):
                above.pop()
            above.append((len(named[1]), named[2]))
        if b"[v1," in line:
            path = [name for _indent, name in above]
            lines.append(_TOKEN.sub(lambda found, path=path: _words(found, path), line))  # type: ignore[misc]
        else:
            lines.append(line)
    return b"\n".join(lines)


def _words(found: re.Match[bytes], path: list[bytes]) -> bytes:
    import hashlib  # the one thing that this needs: 3 ms, where `cryptography` takes 20

    print_ = hashlib.sha256(found[0]).hexdigest()[:_DIGITS].encode()
    kind, group = found[2], found[3]
    in_header = path[:2] == [b"gitseal", b"access"]
    if found[1] == b"STANZA":
        person = path[-2] if in_header and len(path) == _STANZA_DEPTH else b"?"
        return b"[data key for %s, %s]" % (person, print_)
    if kind is None:
        return found[0]
    if in_header and path[-1:] == [b"succeeds"]:
        return b"[proof of succession, %s]" % print_
    words = b"write-only" if kind == b"w" else b"sealed"
    return b"[%s, %s, to %s, %s]" % (b"/".join(path), words, group, print_)
