"""The search for the team's values: all of them opened, or only those that a filter cannot rule out."""

from gitseal.errors import Error
from gitseal.records import NamedTuple
from gitseal.report.sentences import literal, sentence

TYPE_CHECKING = False
if TYPE_CHECKING:  # each loads what a commit without an identity does not need
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from gitseal.audit.scan.policy import ScanPolicy, SealedFile
    from gitseal.identities import Keyring
    from gitseal.scan.team import OwnedValue, Team, TeamMatch, TeamSearch
    from gitseal.scan.team_filter import FileKey, TeamFilter
    from gitseal.scan.windows import Window

# Up to so many bytes asking the filter takes less time than opening everything: it looks at each eight bytes in Python,
# and opening and preparing one value takes as long as some two hundred of them.
_BYTES_AT_LEAST, _BYTES_PER_VALUE = 1 << 15, 64
# Each time that more files have to be opened the search is made anew.
_MOST_SEARCHES = 4


class FoundTeam(NamedTuple):
    """The search for the team's values, None if there are none to look for, and what a person should know besides.

    `lacks_identity`: there may be values, and nothing at hand could open them.
    """

    search: "TeamSearch | None"
    notes: tuple[str, ...] = ()
    lacks_identity: bool = False


def find_team(guard: "ScanPolicy", keyring: "Keyring", *, past_of: str = "") -> FoundTeam:
    """The values that open without asking anybody, and a line if an identity would have to ask.

    They are those of the state, of the index, the working tree, HEAD and the trusted ref; `past_of` is the state's commit if
    earlier ones are wanted as well, from every version of the files.
    """
    from gitseal.audit.scan.other_versions import may_have_secrets

    if not may_have_secrets(guard):
        return FoundTeam(None)
    try:
        return _with_past_values(guard, keyring, past_of) if past_of else _filtered(guard, keyring)
    except Error as error:
        return FoundTeam(None, (sentence("the team's own values were not looked for: {}", literal(error.message)),))


def _filtered(guard: "ScanPolicy", keyring: "Keyring") -> FoundTeam:
    from gitseal.audit.scan.other_versions import other_versions
    from gitseal.audit.scan.team_cache import TeamCache

    cache = TeamCache(guard.repository, keyring)
    if not cache.is_usable and not any(True for _ in keyring.identities()):
        return FoundTeam(None, lacks_identity=True)
    known = cache.load()
    files = [*guard.sealed_files(), *other_versions(guard)]
    wanted = {file.key: file for file in files}
    opened: dict[FileKey, list[OwnedValue]] = {}
    if known is None or not known.files.keys() >= wanted.keys() or not any(known.files[key] for key in wanted):
        if not any(True for _ in keyring.identities()):
            return FoundTeam(None, lacks_identity=True)
        asking = keyring.attended()
        known, opened = _filter(known, wanted, keyring)
        if not known.values:
            return FoundTeam(None, _would_ask(asking))
        if opened:
            cache.save(known)
    return FoundTeam(FilteredTeam(known, files, opened, keyring))


def _filter(
    known: "TeamFilter | None", wanted: "dict[FileKey, SealedFile]", keyring: "Keyring"
) -> "tuple[TeamFilter, dict[FileKey, list[OwnedValue]]]":
    """The filter of just these files, and the values of those that had to be opened for it.

    A file that could not be read is in neither: it may be there again at the next commit.
    """
    from gitseal.audit.scan.team_values import opened_values
    from gitseal.scan import team_filter

    entries = known.of(wanted) if known is not None else {}
    opened: dict[FileKey, list[OwnedValue]] = {}
    for key, file in wanted.items():
        values = opened_values(file, keyring.unattended()) if key not in entries else None
        if values is None:
            continue
        opened[key] = values
        entries[key] = (len(values), {anchor for _, value in values for anchor in team_filter.anchors(value)})
    return team_filter.build(entries), opened


def _with_past_values(guard: "ScanPolicy", keyring: "Keyring", head: str) -> FoundTeam:
    if not any(True for _ in keyring.identities()):
        return FoundTeam(None, lacks_identity=True)
    from gitseal.audit.scan.other_versions import other_versions
    from gitseal.audit.scan.team_values import opened_values, past_values
    from gitseal.scan.team import Team

    # What the scanned commit's own history has replaced is no longer in force.
    files = [*guard.sealed_files(), *other_versions(guard, past_of=head)]
    asking = keyring.attended()
    values = [value for file in files for value in opened_values(file, keyring.unattended()) or ()]
    values += past_values(files, keyring.unattended(), values)
    return FoundTeam(Team(values)) if values else FoundTeam(None, _would_ask(asking))


def _would_ask(asking: list[str]) -> tuple[str, ...]:
    return (sentence("the team's own values were not looked for: {} would have to ask", asking[0]),) if asking else ()


class FilteredTeam:
    """Looks for the team's values as `Team` does, and opens only files that the filter cannot rule out."""

    def __init__(
        self,
        known: "TeamFilter",
        files: "Iterable[SealedFile]",
        opened: "dict[FileKey, list[OwnedValue]]",
        keyring: "Keyring",
    ) -> None:
        self._filter = known
        self._files = list(files)
        self._opened = dict(opened)
        self._keyring = keyring
        self._searched: frozenset[FileKey] = frozenset()
        self._searches = 0
        self._seen = 0
        self._team: Team | None = None

    def __repr__(self) -> str:
        return f"FilteredTeam({self._filter.values} values)"

    def places(self, window: "Window") -> "list[TeamMatch]":
        """See `TeamSearch`."""
        self._seen += len(window.content)
        candidates = self._candidates(window.content)
        if not candidates:
            return []
        if self._team is None or not candidates <= self._searched:
            self._team = self._search(candidates)
        return self._team.places(window)

    def _candidates(self, content: bytes) -> "AbstractSet[FileKey]":
        is_much = self._seen > _BYTES_AT_LEAST + _BYTES_PER_VALUE * self._filter.values
        if is_much or self._searches >= _MOST_SEARCHES:
            return self._filter.files.keys()
        return self._filter.candidates(content)

    def _search(self, candidates: "AbstractSet[FileKey]") -> "Team":
        from gitseal.audit.scan.team_values import opened_values, plain_names
        from gitseal.scan.team import Team

        self._searches += 1
        self._searched = self._searched.union(candidates)
        files = [file for file in self._files if file.key in self._searched]
        beside = any(file.content is not None for file in files)
        for file in files:
            if file.key not in self._opened:
                self._opened[file.key] = opened_values(file, self._keyring.unattended()) or []
        # What is plain in the file that will be committed is no secret, though it was one, or will be.
        plain = {name for file in self._files if beside and file.content is None for name in plain_names(file)}
        values = (
            value for file in files for value in self._opened[file.key] if file.content is None or value[0] not in plain
        )
        return Team(dict.fromkeys(values))
