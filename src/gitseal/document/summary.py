"""An environment file as `git diff` shows it: each ciphertext by what it is and a fingerprint, with no key.

Line by line, so that any bytes at all have a summary and the numbers of lines are the file's own. What is plain in the
file is plain here: Git would show it without this just the same, and a reviewer must see it.

Git starts a program for each version of a file that it shows, and a blame shows thousands. So this file is a program as well,
`python -I -S summary.py FILE`, and imports nothing but the hash: neither `re` nor any module of gitseal. It therefore spells out
again what a token and a name are; `tests/document/test_summary.py` holds that equal to `token_grammar` and `outline`.
"""

try:  # the module's name as of Python 3.12, and before; `hashlib` would load OpenSSL
    from _sha2 import sha256  # type: ignore[import-not-found]
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:  # a Python that was built without hashes of its own
        from hashlib import sha256

_VERSION = b"[v1,"
_QUOTES = b"\"'"
_DIGITS = b"0123456789"
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_NAME = _LETTERS + _LETTERS.upper() + _DIGITS + b"_.-"
_GROUP = _LETTERS + _DIGITS + b"-"
_HEX = b"0123456789abcdef"
_BASE64 = _LETTERS + _LETTERS.upper() + _DIGITS + b"+/"
_LONGEST_GROUP = 32
_KEY_ID_LENGTH = 33
_MOST_SIGNS = 2
_HEADER = (b"gitseal", b"access")
_STANZA_DEPTH = 6
_KINDS = {b"s": b"sealed", b"w": b"write-only"}
_TOKEN_FIELDS, _STANZA_FIELDS = 3, 2
# 128 bits of the whole token: long enough that nobody makes two ciphertexts with the same one. A change would not show.
_PRINT_DIGITS = 32


def summary(data: bytes) -> bytes:
    """The text that stands for a file of these bytes. Never raises, and shows nothing that the bytes themselves would not.

    What it writes for a token begins with `[`, which no value that is plain can begin with.
    """
    lines = []
    above: list[tuple[int, bytes]] = []
    for line in data.split(b"\n"):
        # A line of a token alone has a colon too, with no blank after it.
        if b":" in line:
            indent, name = _named(line)
            if name:
                while above and above[-1][0] >= indent:
                    above.pop()
                above.append((indent, name))
        lines.append(_shown(line, above) if _VERSION in line else line)
    return b"\n".join(lines)


def _named(line: bytes) -> tuple[int, bytes]:
    """The indentation and the name that a line begins with, as `outline` has them; no name if it begins with none."""
    line = line.rstrip(b"\r")
    body = line.lstrip(b" ")
    head, _colon, rest = body.partition(b":")
    if not _colon or (rest and not rest.startswith(b" ")):
        return 0, b""
    name = head.rstrip(b" ")
    if name and name[0] in _QUOTES:
        name = name[1:]
    if name and name[-1] in _QUOTES:
        name = name[:-1]
    is_name = name and not name.translate(None, _NAME) and name[0] not in b"0123456789.-"
    return len(line) - len(body), name if is_name else b""


def _shown(line: bytes, above: list[tuple[int, bytes]]) -> bytes:
    """The line with words for each token and stanza. No part of one holds what separates them, so it takes one pass."""
    path = tuple(name for _indent, name in above)
    before, *parts = line.split(_VERSION)
    shown = []
    for part in parts:
        end = part.find(b"]")
        fields = part[:end].split(b",") if end >= 0 else []
        if before.endswith(b"ENC") and _is_token(fields):
            shown += [before[:-3], _token_words(path, fields)]
            before = part[end + 1 :]
        elif before.endswith(b"STANZA") and _is_stanza(fields):
            shown += [before[:-6], _stanza_words(path, fields)]
            before = part[end + 1 :]
        else:
            shown += [before, _VERSION]
            before = part
    return b"".join([*shown, before])


def _is_token(fields: list[bytes]) -> bool:
    if len(fields) != _TOKEN_FIELDS or fields[0] not in _KINDS:
        return False
    group, _colon, key_id = fields[1].partition(b":")
    is_group = 0 < len(group) <= _LONGEST_GROUP and group[0] in _LETTERS and not group.translate(None, _GROUP)
    return is_group and _is_key_id(key_id) and _is_payload(fields[2])


def _is_stanza(fields: list[bytes]) -> bool:
    return len(fields) == _STANZA_FIELDS and _is_key_id(fields[0]) and _is_payload(fields[1])


def _is_key_id(text: bytes) -> bool:
    return len(text) == _KEY_ID_LENGTH and text.startswith(b"k") and not text[1:].translate(None, _HEX)


def _is_payload(text: bytes) -> bool:
    digits = text.rstrip(b"=")
    return bool(digits) and len(text) - len(digits) <= _MOST_SIGNS and not digits.translate(None, _BASE64)


def _token_words(path: tuple[bytes, ...], fields: list[bytes]) -> bytes:
    print_ = _print(b"ENC", fields)
    if path[:2] == _HEADER and path[-1] == b"succeeds":
        return b"[proof of succession, %s]" % print_
    group = fields[1].partition(b":")[0]
    return b"[%s, %s, to %s, %s]" % (b"/".join(path), _KINDS[fields[0]], group, print_)


def _stanza_words(path: tuple[bytes, ...], fields: list[bytes]) -> bytes:
    person = path[-2] if path[:2] == _HEADER and len(path) == _STANZA_DEPTH else b"?"
    return b"[data key for %s, %s]" % (person, _print(b"STANZA", fields))


def _print(word: bytes, fields: list[bytes]) -> bytes:
    whole: bytes = sha256(b"%s%s%s]" % (word, _VERSION, b",".join(fields))).hexdigest().encode()
    return whole[:_PRINT_DIGITS]


def main(words: list[str]) -> None:
    """Writes the summary of the file that is named, at once; nothing of what cannot be read.

    Git gives up on the whole diff where this fails (gitattributes(5)), so it fails for nothing but a full disk or the like.
    """
    import sys

    content = b""
    try:
        with open(words[0] if words else "", "rb") as file:  # noqa: PTH123 - pathlib takes longer than all of this
            content = file.read()
    except (OSError, ValueError):
        pass
    sys.stdout.buffer.write(summary(content))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    from posix import _exit
    from sys import argv

    main(argv[1:])
    # Nothing is left to do, and to take the interpreter down in order takes a tenth of the time.
    _exit(0)
