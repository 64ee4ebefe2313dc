"""Counts the values that were sealed under a data key, and how many of them only history has. Needs no key.

`rekey` counts before a change and `review` after it. Both have to name the same number.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from gitseal.document import token_grammar

Sealed = AbstractSet[int]
"""Tokens by their hashes: the texts of many versions would fill the memory."""

_TOKEN = re.compile(token_grammar.TOKEN.encode())


def tokens_in(text: bytes) -> Iterator[tuple[str, int]]:
    """The key id and the hash of each token in a text."""
    for token in _TOKEN.finditer(text):
        yield token[3].decode(), hash(token[0])


def older(ever: Sealed, now: bytes, key: str) -> int:
    """The number of tokens that ever stood under a key and are not in the file as it is now."""
    return len(ever - {token for key_id, token in tokens_in(now) if key_id == key})
