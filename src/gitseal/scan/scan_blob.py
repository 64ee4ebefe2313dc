"""One traversal of one blob: every rule that is a function of its path and its bytes."""

from collections.abc import Iterable

from gitseal.report.findings import Finding
from gitseal.scan import der_keys, names, pragmas, private_keys, tokens
from gitseal.scan.literals import Literals
from gitseal.scan.rules import Rules
from gitseal.scan.windows import AHEAD, BEHIND, Window, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.scan.team import Owner, TeamSearch

    # A rule, or the owners of one of the team's values.
    _Thing = str | tuple[Owner, ...]

# One for the process: it learns when the automaton pays.
_LITERALS = Literals((*private_keys.SHAPES, *der_keys.SHAPES, *tokens.SHAPES))
_LINK, _KIND = 0o120000, 0o170000
# Lines of one thing in one blob; nobody reads on.
_MOST = 50


def scan_blob(
    path: bytes, mode: int, chunks: Iterable[bytes], rules: Rules, team: "TeamSearch | None" = None
) -> list[Finding]:
    """The findings of one blob, by line.

    `path` is Git's own bytes, relative to the repository's top; `mode` is Git's (0o100644, 0o120000 ...), `chunks` the
    blob's content, cut anywhere: the cuts change nothing. Lines that a pragma allows are left out; what allow.yaml allows is
    the caller's to take away. No finding holds a value. Memory is bounded whatever the blob's size.
    """
    kind = names.kind(path, rules)
    if not kind:
        return _found(path, chunks, team)
    from gitseal.scan import env_files  # few commits hold one

    kept = env_files.Kept(chunks)
    findings = _found(path, kept, team)
    if mode & _KIND == _LINK:
        return [*env_files.judge_link(path, kept.content(), rules), *findings]
    return [*kept.judge(path, kind, rules), *findings]


def _found(path: bytes, chunks: Iterable[bytes], team: "TeamSearch | None") -> list[Finding]:
    """The findings in a blob that do not depend on its name, in the order of lines."""
    tallies: dict[int, _Tally] = {}
    for window in views(chunks):
        tally = tallies.get(window.view) or tallies.setdefault(window.view, _Tally())
        tally.look(window)
        if team is not None:
            tally.look_for(team, window)
    if not any(tally.noted for tally in tallies.values()):
        return []
    from gitseal.scan import wording

    name = path.decode("utf-8", "surrogateescape")
    noted: dict[_Thing, set[tuple[int, str]]] = {}
    for tally in tallies.values():
        for thing, lines in tally.noted.items():
            noted.setdefault(thing, set()).update(lines)
    noted = _without_parts(noted)
    findings = [finding for thing, lines in noted.items() for finding in wording.of(name, thing, sorted(lines)[:_MOST])]
    return sorted(findings, key=lambda finding: (finding.line, finding.rule, finding.message))


def _without_parts(noted: "dict[_Thing, set[tuple[int, str]]]") -> "dict[_Thing, set[tuple[int, str]]]":
    """What is noted, without the parts of a value on lines where all of it stands."""
    whole = {
        (owner, line) for thing, at in noted.items() if not isinstance(thing, str) for owner in thing for line in at
    }
    left = {}
    for thing, at in noted.items():
        owners = () if isinstance(thing, str) else [owner._replace(is_part=False) for owner in thing if owner.is_part]
        lines = {line for line in at if not any((owner, line) in whole for owner in owners)}
        if lines:
            left[thing] = lines
    return left


class _Tally:
    """The things found in one view of a blob: of each the first lines, with what stands there."""

    def __init__(self) -> None:
        self.noted: dict[_Thing, list[tuple[int, str]]] = {}

    def look(self, window: Window) -> None:
        """Notes the keys and tokens of a window."""
        content = window.content
        lines = window.lines()
        if window.at_start and (what := der_keys.at_start(content[: der_keys.HEAD])):
            self.note(private_keys.RULE, (1, what))
        for place, shape in _LITERALS.places(content, window.first, window.end):
            if self.is_full(shape.rule):
                continue
            what = shape.judge(content[max(0, place - BEHIND) : place], content[place : place + AHEAD])
            if what and not pragmas.allows(shape.rule, *pragmas.around(content, place)):
                self.note(shape.rule, (lines.of(place), what))

    def look_for(self, team: "TeamSearch", window: Window) -> None:
        """Notes the team's values in a window."""
        from gitseal.scan.team import RULE
        from gitseal.scan.unescaped import unescaped

        lines = window.lines()
        for place, owners in team.places(window):
            if not self.is_full(owners) and not pragmas.allows(RULE, *pragmas.around(window.content, place)):
                self.note(owners, (lines.of(place), ""))
        for text in unescaped(window):
            for here, owners in team.places(text.window()):
                place = text.place(here)
                if not self.is_full(owners) and not pragmas.allows(RULE, *pragmas.around(window.content, place)):
                    self.note(owners, (window.line_of(place), ""))

    def is_full(self, thing: "_Thing") -> bool:
        """True if nobody would read more of it."""
        return len(self.noted.get(thing, ())) >= _MOST

    def note(self, thing: "_Thing", line: tuple[int, str]) -> None:
        """Notes it once. Places come in order, so that what is noted does not depend on how the blob was cut."""
        noted = self.noted.setdefault(thing, [])
        if line not in noted:
            noted.append(line)
