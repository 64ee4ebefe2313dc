"""What a change is of a file that came, went, became something else, or cannot be taken apart: it counts as a whole."""

from collections.abc import Callable, Mapping

from gitseal.errors import Error
from gitseal.policy import allow
from gitseal.review.entries import others, table
from gitseal.review.entries.entry import PathState
from gitseal.review.entries.kinds import FileKind
from gitseal.review.entries.table import Classified, harmless, risk
from gitseal.review.environment_risks import ENVIRONMENT_REMOVED

# Not there by its name, or not a file of gitseal's: only that it came counts.
_STRANGERS: Mapping[FileKind, Classified] = {
    FileKind.DISGUISED: risk(others.DISGUISED_SECRETS),
    FileKind.ELSEWHERE: risk(others.LINK_TO_SECRETS),
}


def _sealed(_name: str, _before: PathState, after: PathState) -> Classified:
    return harmless(table.NEW_ENVIRONMENT) if after.mode else risk(ENVIRONMENT_REMOVED)


def _local(_name: str, _before: PathState, after: PathState) -> Classified:
    return risk(others.LOCAL_FILE) if after.mode else harmless(table.FOREIGN_GONE)


def _allow(_name: str, _before: PathState, after: PathState) -> Classified:
    try:
        is_empty = not after.mode or not allow.parse(after.data or b"").entries
    except Error:
        return risk(table.UNEXPLAINED)
    return harmless(table.ALLOWANCE_GONE) if is_empty else risk(others.ALLOWANCE_ADDED)


_OF_FILES: Mapping[FileKind, Callable[[str, PathState, PathState], Classified]] = {
    FileKind.SEALED: _sealed,
    FileKind.LOCAL: _local,
    FileKind.ALLOW: _allow,
    FileKind.ATTRIBUTES: lambda _name, _before, _after: risk(others.ATTRIBUTES_CHANGED),
    FileKind.MODULES: lambda _name, before, after: others.of_modules(before, after),
    FileKind.SCHEMA: lambda name, _before, after: others.of_schema(name, after),
    FileKind.FOREIGN: lambda _name, _before, after: others.of_foreign(after),
}


def of_whole(kind: FileKind, name: str, before: PathState, after: PathState) -> Classified | None:
    """The class of such a change; None for a policy or a manifest, of which sentences tell what was in it."""
    if kind in _STRANGERS:
        return _STRANGERS[kind] if after.mode else harmless(table.FOREIGN_GONE)
    if any(state.mode and not state.is_file for state in (before, after)):
        return others.of_mode(before, after)
    if kind is FileKind.POLICY and not after.mode:
        return risk(others.SECRETS_REMOVED)
    return _OF_FILES[kind](name, before, after) if kind in _OF_FILES else None
