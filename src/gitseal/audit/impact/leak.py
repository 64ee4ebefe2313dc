"""A leak looked into: the values that somebody knows, that a commit exposed, or that stand in what leaked.

A value is opened to be compared, and is in nothing that leaves this module.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from gitseal.audit.due.comparable import ComparableValues
from gitseal.audit.exposure.exposed import Changed, known_values, rotated
from gitseal.audit.exposure.opening import PastValues
from gitseal.audit.exposure.past import Moment, Name, ValueChange, earliest, in_time, is_new_value, sealed_under
from gitseal.audit.exposure.people import KeyHolder
from gitseal.audit.exposure.stores import PublishedNames
from gitseal.audit.exposure.timeline import Timeline
from gitseal.audit.impact.commit_texts import texts_of
from gitseal.audit.impact.file_names import in_names
from gitseal.audit.impact.impact import EVERYBODY, PART, PLAIN, SEALED, VALUE, Impact, ImpactedName, PublishedKey
from gitseal.audit.impact.matching import Batch, Match, in_file, in_value, prepare
from gitseal.audit.impact.ordinary_values import is_only_whole
from gitseal.errors import Error
from gitseal.identities import Keyring
from gitseal.policy.companions import declared
from gitseal.project.project import Project
from gitseal.records import NamedTuple
from gitseal.resolve.receivers import receivers
from gitseal.scan.ordinary import is_ordinary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.audit.check.source_files import FoundUses


class _Reason(NamedTuple):
    tokens: set[str]
    why: dict[str, None]
    places: dict[str, None]


class Leak:
    """One project's history, asked what a leak concerns. The values are opened when something is compared with them."""

    def __init__(self, project: Project, keyring: Keyring) -> None:
        """Raises Error if there is no repository, or if Git cannot show a version that history names."""
        self.timeline = Timeline(project)
        self._project = project
        self._past = PastValues(self.timeline, keyring)
        self._comparable = ComparableValues(self.timeline, keyring)
        self._unopened = 0
        self._matched: set[bytes] = set()
        self._reasons: dict[Name, _Reason] = {}
        self._keys: tuple[PublishedKey, ...] = ()

    def of_holder(self, holder: KeyHolder) -> Impact:
        """Everything that somebody, or one key, could open; with a person's name also what they set."""
        for name, changes in self.timeline.changes.items():
            for token, reasons in known_values(changes, holder).items():
                self._add(name, token, (reason.value for reason in reasons))
        return self._told(holder.name, is_compared=False)

    def of_value(self, leaked: bytes) -> Impact:
        """The names that have or had a value which this text is, or holds."""
        self._take(in_value(self._names_by_content, leaked), "")
        return self._told("a value")

    def of_file(self, leaked: bytes, path: str) -> Impact:
        """The names of which a value stands in a leaked file; `path` is what it is called in `places`."""
        shown = self._named(path)
        self._take(in_file(self._names_by_content, leaked, self._prepared), shown)
        return self._told(shown)

    def of_commit(self, commit: str) -> Impact:
        """What a commit exposed: tokens and plain values that it brought, our values in its texts, and stanzas."""
        for name, changes in self.timeline.changes.items():
            for change in changes:
                if change.at.commit == commit and change.after:
                    self._add(name, change.after, (SEALED if sealed_under(change.after) else PLAIN,))
        names = self._names_by_content
        for text in texts_of(self._project.git(), commit):
            brought = in_file(names, text.after, self._prepared)
            stood = in_file(names, text.before, self._prepared) if brought else {}
            shown = self._named(text.path) if text.is_new else self._shown([text.path])[text.path]
            self._take({content: match for content, match in brought.items() if content not in stood}, shown)
        self._keys = tuple(
            sorted(
                PublishedKey(key.environment, key.access, person)
                for key in self.timeline.keys.values()
                for (person, _recipient), stanza in key.stanzas.items()
                if stanza.at.commit == commit
            )
        )
        return self._told(f"commit {commit}")

    @cached_property
    def _by_content(self) -> dict[bytes, set[tuple[Name, str]]]:
        """Every value that opens, with the names and tokens that it stands in."""
        by_content: dict[bytes, set[tuple[Name, str]]] = {}
        for name, changes in self.timeline.changes.items():
            for token in dict.fromkeys(change.after for change in changes if change.after):
                value = self._past.opened(name[1], token)
                if value is None:
                    self._unopened += 1
                else:
                    by_content.setdefault(value.reveal(), set()).add((name, token))
        return by_content

    @cached_property
    def _names_by_content(self) -> Mapping[bytes, set[str]]:
        return {content: {name[1] for name, _token in owners} for content, owners in self._by_content.items()}

    @cached_property
    def _prepared(self) -> list[Batch]:
        return list(prepare(self._names_by_content))

    @cached_property
    def _published(self) -> PublishedNames:
        return PublishedNames(self._project, {**self.timeline.changes, **self.timeline.now})

    def _named(self, path: str) -> str:
        """Takes what stands in a file's name, and gives the name as it may be shown."""
        named = in_names(self._names_by_content, (path,), self._prepared).get(path)
        if named is None:
            return path
        self._take({content: match._replace(lines=()) for content, match in named.values.items()}, named.shown)
        return named.shown

    def _shown(self, names: Iterable[str]) -> dict[str, str]:
        """Names of files and refs as they may be shown."""
        names = dict.fromkeys(names)
        named = in_names(self._names_by_content, names, self._prepared) if names else {}
        return {name: named[name].shown if name in named else name for name in names}

    def _take(self, matches: Mapping[bytes, Match], path: str) -> None:
        self._matched.update(matches)
        for content, match in matches.items():
            for name, token in self._by_content[content]:
                places = [f"{path}:{line}" for line in match.lines] or [path] if path else []
                self._add(name, token, (PART if match.is_part else VALUE,), places)

    def _add(self, name: Name, token: str, why: Iterable[str], places: Sequence[str] = ()) -> None:
        reason = self._reasons.setdefault(name, _Reason(set(), {}, {}))
        reason.tokens.add(token)
        reason.why.update(dict.fromkeys(why))
        reason.places.update(dict.fromkeys(places))

    def _only_whole(self) -> int:
        return sum(is_only_whole(content) for content in self._by_content.keys() - self._matched)

    def _told(self, subject: str, *, is_compared: bool = True) -> Impact:
        rows = tuple(self._row(name, reason) for name, reason in sorted(self._reasons.items()))
        timeline = self.timeline
        only_whole, unopened = (self._only_whole(), self._unopened) if is_compared else (0, 0)
        return Impact(subject, rows, self._keys, unopened, only_whole, timeline.is_shallow, timeline.beside)

    def _row(self, name: Name, reason: _Reason) -> ImpactedName:
        timeline, values = self.timeline, self._comparable
        leaked = {values.text(name[1], token) for token in reason.tokens}
        here = timeline.now.get(name, "")
        changes, now = values.changes(name), values.text(name[1], here)
        set_at = [change.at for change in timeline.changes[name] if change.after in reason.tokens]
        since = earliest(iter(set_at))
        refs = sorted({moment.ref for moment in set_at}) if since.ref else []
        changed, changed_at = rotated(changes, leaked.__contains__, name, ChainMap({name: now}, timeline.now))
        declaration = declared(self._project.manifest, tuple(name[1].split("/")))
        services, variables = self._services(name)
        return ImpactedName(
            *name,
            tuple(reason.why),
            tuple(reason.places),
            since,
            tuple(self._shown(refs).values()),
            _until(changes, leaked, changed, changed_at),
            changed,
            declaration.owner if declaration is not None else "",
            self._people(reason.tokens),
            (EVERYBODY,) if here and sealed_under(here) is None else self._people({here}),
            any(sealed_under(token) is None for token in reason.tokens),
            any(self._is_ordinary(name, token) for token in reason.tokens),
            services,
            self._code(variables),
            self._published.stores(name),
        )

    def _is_ordinary(self, name: Name, token: str) -> bool:
        value = self._past.opened(name[1], token)
        return value is not None and is_ordinary(value.reveal())

    def _people(self, tokens: Iterable[str]) -> tuple[str, ...]:
        """Everybody who ever had a stanza for the data keys of some tokens."""
        sealed = filter(None, map(sealed_under, tokens))
        keys = (self.timeline.keys.get(under.key_id) for under in sealed)
        return tuple(sorted({person for key in keys if key is not None for person, _recipient in key.stanzas}))

    def _services(self, name: Name) -> tuple[tuple[str, ...], set[str]]:
        """The services that get a name, and what it is called by those who read it."""
        environment, text = name
        path = tuple(text.split("/"))
        available = [*(tuple(other.split("/")) for where, other in self.timeline.now if where == environment), path]
        try:
            told = receivers(self._project.manifest, dict.fromkeys(available), path)
        except Error:
            told = []  # a manifest that contradicts itself, as `check` says, must not stop this
        variables = {text, path[-1], *(one.variable for one in told if one.level != "files")}
        return tuple(sorted({one.service for one in told})), variables

    def _code(self, variables: set[str]) -> tuple[str, ...]:
        """The lines of code that read one of some names."""
        uses = [(path, use.line) for path, use in self._uses.uses if use.name in variables]
        shown = self._shown(path for path, _line in uses)
        return tuple(f"{shown[path]}:{line}" for path, line in uses)

    @cached_property
    def _uses(self) -> "FoundUses":
        from gitseal.audit.check import source_files  # parsers of languages, only if there is a name to look for

        return source_files.read(self._project, [self._project.root])


def _until(changes: Sequence[ValueChange], leaked: set[str], changed: Changed, changed_at: Moment) -> Moment | None:
    """When one of these values was last replaced by another or removed; None if nothing says so for certain."""
    if changed not in {Changed.YES, Changed.GONE}:
        return None
    ends = [
        change.at
        for change in changes
        if change.before in leaked and change.after not in leaked and (not change.after or is_new_value(change))
    ]
    # A value that only a commit had which was amended away ended when another came.
    return max(ends, key=in_time, default=changed_at if changed is Changed.YES else None)
