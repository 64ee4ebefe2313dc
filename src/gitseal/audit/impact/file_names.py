"""Our values in names of files and refs: what is found there, and how the name is shown without it."""

import os
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from gitseal.audit.impact.matching import Batch, Match, searched
from gitseal.records import NamedTuple

_HIDDEN = "***"


class NameMatch(NamedTuple):
    """A name as it may be shown: with stars for each part of the path in which a value stands. `values` are these."""

    shown: str
    values: dict[bytes, Match]


def in_names(
    contents: Mapping[bytes, AbstractSet[str]], names: Iterable[str], prepared: Sequence[Batch]
) -> dict[str, NameMatch]:
    """Those names that hold a value of ours, by name."""
    names = dict.fromkeys(names)
    # A name's line ends would make several of it.
    if not searched(contents, b"\n".join(os.fsencode(name).replace(b"\n", b" ") for name in names), prepared):
        return {}
    matches = {name: searched(contents, os.fsencode(name), prepared) for name in names}
    return {name: NameMatch(_shown(contents, name, prepared), values) for name, values in matches.items() if values}


def _shown(contents: Mapping[bytes, AbstractSet[str]], name: str, prepared: Sequence[Batch]) -> str:
    def hidden(text: str) -> str:
        return _HIDDEN if searched(contents, os.fsencode(text), prepared) else text

    # A value may have a slash in it, so that no part alone is one.
    return hidden("/".join(map(hidden, name.split("/"))))
