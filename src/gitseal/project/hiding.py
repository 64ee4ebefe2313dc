"""Values that nobody vouches for, set where another layer has a member's."""

from collections.abc import Iterable, Iterator

from gitseal.crypto.token_kinds import SEALED
from gitseal.document.document import Document, Entry
from gitseal.policy.policy import Policy
from gitseal.yamltext.tree import NamePath


def hides_a_members(policy: Policy, farther: Iterable[tuple[str, Document]], path: NamePath) -> bool:
    """True if a value at `path` hides one that a member vouches for in the documents of farther layers.

    A value also hides a section of the same name, and what has it as a section.
    """
    return any(
        _is_members(policy, environment, entry)
        for environment, document in farther
        for entry in _meeting(document, path)
    )


def _meeting(document: Document, path: NamePath) -> Iterator[Entry]:
    for depth in range(1, len(path) + 1):
        if path[:depth] in document.entries:
            yield document.entries[path[:depth]]
    # A file of rows has no sections.
    if document.rows is None:
        yield from (entry for other, entry in document.entries.items() if other[: len(path)] == path != other)


def _is_members(policy: Policy, environment: str, entry: Entry) -> bool:
    if entry.token is None:
        return policy.is_plain(environment, entry.path)
    return entry.token.kind == SEALED
