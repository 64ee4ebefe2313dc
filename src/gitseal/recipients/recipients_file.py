"""A recipients file, as `age -R` reads it: a public key a line, `#` begins a comment. A forge's `bob.keys` is one, too."""

from gitseal.errors import Error, Malformed
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.ssh import Unsupported
from gitseal.records import NamedTuple

_MOST = 50
LIMIT = 256 * 1024
"""The most bytes that such a file may have: 50 post-quantum keys are 100 KB."""


class RecipientsFile(NamedTuple):
    """The keys of a file by their canonical spelling, each once, and a sentence about each line that was left out."""

    keys: tuple[str, ...]
    left_out: tuple[str, ...]


def parse_recipients(data: bytes, place: str) -> RecipientsFile:
    """Reads a recipients file. SSH keys of types that nobody can seal to are left out, as age does.

    Raises Malformed for a line that is no key, if no key is left, and for more than 50. The text is never quoted: it may be
    a private key that was taken for the other file.
    """
    if len(data) > LIMIT:
        raise Malformed(f"a recipients file has at most {LIMIT // 1024} KiB", place=place)
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        raise Malformed("this is no text, so it holds no recipients", place=place) from None
    keys: dict[str, None] = {}
    left_out = []
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        try:
            keys[parse_recipient(line).canonical] = None
        except Unsupported as error:
            left_out.append(f"{place}: line {number} is left out: {error.reason}")
        except Error as error:
            raise Malformed(f"line {number}: {error.reason}", number, error.hint, place=place) from None
    if not keys:
        raise Malformed("it holds no key that values can be sealed to", hint=_NONE_HINT, place=place)
    if len(keys) > _MOST:
        raise Malformed(f"it holds {len(keys)} keys, more than {_MOST}", hint="give those that are wanted", place=place)
    return RecipientsFile(tuple(keys), tuple(left_out))


_NONE_HINT = "age keys, SSH keys of the types ssh-ed25519 and ssh-rsa, and keys of age plugins can be recipients"
