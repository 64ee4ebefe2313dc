"""Values from a file of another format, put into an environment."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from gitseal.exchange import Imported, ImportedValue
from gitseal.sealing.change import Change, Outcome, SetResult
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath


def take(
    edit: Change,
    items: Iterable[ImportedValue],
    comments: Mapping[NamePath, tuple[str, ...]],
    *,
    plain: bool = False,
    untyped: Collection[NamePath] = (),
    pulled: Mapping[NamePath, bytes] = MappingProxyType({}),
) -> list[SetResult]:
    """Sets the values. New names come in the order of the items, each below its comments; `plain` as `Change.put` has it.

    `untyped` are names that come from a format without types. `pulled` are the texts that a file got from this environment: a
    value that still is so was not changed by anybody, and stays as it is stored.
    """

    def put(item: ImportedValue, rank: int) -> SetResult:
        content = item.value.reveal()
        if pulled.get(item.path) == content:
            return SetResult(edit.environment, path_text(item.path), Outcome.UNCHANGED, not content)
        above, is_untyped = comments.get(item.path, ()), item.path in untyped
        return edit.set_named(item.path, item.value, plain=plain, comments=above, rank=rank, untyped=is_untyped)

    return [put(item, rank) for rank, item in enumerate(items)]


def readable_comments(imported: Imported) -> dict[NamePath, tuple[str, ...]]:
    """The comments above each name that may stand readable: they hold no value."""
    if not any(item.comments for item in imported.items):
        return {}
    from gitseal.scan.readable_comments import readable

    values = [item.value.reveal().decode() for item in (*imported.items, *imported.overridden)]
    return {item.path: readable(item.comments, values) for item in imported.items}
