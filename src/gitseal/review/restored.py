"""Finds tokens and key ids that history had replaced and that are back; needs no key."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from gitseal.document import token_grammar
from gitseal.document.common_affixes import common_end, common_start
from gitseal.document.sealed_under import Sealed, tokens_in

_SEALED = re.compile(token_grammar.TOKEN.encode())
_KEY = re.compile(rf"^ *key:\s+[\"']?({token_grammar.KEY_ID})".encode(), re.MULTILINE)


class FileChange(NamedTuple):
    """A file as one commit left it, and as its parents have it. Several come newest first."""

    commit: str
    before: tuple[bytes | None, ...]
    after: bytes | None


class Superseded(NamedTuple):
    """`superseded`: the newest commit that took each of the tokens and key ids away, of those asked for.

    `sealed`: the distinct tokens that ever stood under each key id asked for.
    """

    superseded: Mapping[str, str] = {}
    sealed: Mapping[str, Sealed] = {}


def past(versions: Iterable[FileChange], wanted: Collection[str], keys: Collection[str]) -> Superseded:
    """Goes through history: which of the `wanted` tokens and key ids it replaced, and the tokens that each of `keys` sealed."""
    superseded: dict[str, str] = {}
    sealed: dict[str, set[int]] = {key: set() for key in keys}
    sought = frozenset(key.encode() for key in wanted)
    for version in versions:
        after = version.after or b""
        for before in version.before:
            went, came = _differing(before or b"", after)
            for gone in _marks(went, sought) - _marks(came, sought):
                if not _has(after, gone):
                    superseded.setdefault(gone.decode(), version.commit)
            if sealed:
                for key, token in tokens_in(came):
                    if key in sealed:
                        sealed[key].add(token)
    return Superseded(superseded, sealed)


def _marks(piece: bytes, sought: frozenset[bytes]) -> frozenset[bytes]:
    if not sought:
        return sought
    tokens = {token[0] for token in _SEALED.finditer(piece)}
    return sought.intersection(tokens.union(_KEY.findall(piece)))


def _has(state: bytes, mark: bytes) -> bool:
    """A token may be anywhere in a state; a key id counts only as the key of a group, because stale tokens still name it."""
    return mark in (state if mark.startswith(b"ENC[") else _KEY.findall(state))


def _differing(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """Both without the lines that they begin with and end with alike."""
    most = min(len(old), len(new))
    start = common_start(old, new, most)
    start = old.rfind(b"\n", 0, start) + 1
    end = common_end(old, new, most - start)
    following = old.find(b"\n", len(old) - end)
    end = len(old) - following if following >= 0 else 0
    # A key id may stand on the line after `key:`, which both can have alike.
    begin = old.rfind(b"\n", 0, max(start - 1, 0)) + 1
    return old[begin : len(old) - end], new[begin : len(new) - end]
