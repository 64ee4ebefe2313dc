"""One traversal of one blob: every rule that is a function of its path and its bytes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gitseal.report.findings import Finding
from gitseal.scan import der_keys, names, pragmas, private_keys, tokens
from gitseal.scan.literals import Literals
from gitseal.scan.rules import Rules
from gitseal.scan.windows import AHEAD, BEHIND, Window, views

if TYPE_CHECKING:
    from gitseal.scan.team import Team

# One for the process: it learns when the automaton pays.
_LITERALS = Literals((*private_keys.SHAPES, *der_keys.SHAPES, *tokens.SHAPES))
_LINK, _KIND = 0o120000, 0o170000
# Of one rule in one blob; nobody reads on. What is shown are the first: a window is looked at whole or not at all.
_MOST = 50


def look(path: bytes, mode: int, chunks: Iterable[bytes], rules: Rules, team: "Team | None" = None) -> list[Finding]:
    """What must not be committed in one blob, by line.

    `path` is Git's own bytes, relative to the repository's top; `mode` is Git's (0o100644, 0o120000 ...), `chunks` the
    blob's content, cut anywhere: the cuts change nothing. Lines that a pragma allows are left out; what allow.yaml allows is
    the caller's to take away. No finding holds a value. Memory is bounded whatever the blob's size.
    """
    kind = names.kind(path, rules)
    places = _Places()
    if not kind:
        return places.of(chunks, team).findings(path)
    from gitseal.scan import env_files  # few commits hold one

    kept = env_files.Kept(chunks)
    found = places.of(kept, team).findings(path)
    if mode & _KIND == _LINK:
        return [*env_files.judge_link(path, kept.content(), rules), *found]
    return [*kept.judge(path, kind, rules), *found]


class _Places:
    """What was found in one blob, each once: by rule, line and words."""

    def __init__(self) -> None:
        self._lines: dict[str, set[tuple[int, str]]] = {}
        self._owners: dict[tuple[tuple[str, str], ...], set[int]] = {}

    def of(self, chunks: Iterable[bytes], team: "Team | None") -> "_Places":
        """Looks at a whole blob."""
        for window in views(chunks):
            self._look(window)
            if team is not None:
                self._look_for(team, window)
        return self

    def _look(self, window: Window) -> None:
        content = window.content
        full = {rule for rule, lines in self._lines.items() if len(lines) >= _MOST}
        if window.at_start and (what := der_keys.at_start(content[: der_keys.HEAD])):
            self._add(window, 0, private_keys.RULE, what)
        for place, shape in _LITERALS.places(content, window.first, window.end):
            if shape.rule in full:
                continue
            what = shape.judge(content[max(0, place - BEHIND) : place], content[place : place + AHEAD])
            if what:
                self._add(window, place, shape.rule, what)

    def _look_for(self, team: "Team", window: Window) -> None:
        from gitseal.scan.team import RULE

        full = {owners for owners, lines in self._owners.items() if len(lines) >= _MOST}
        for place, owners in team.places(window):
            if owners not in full and not pragmas.allows(RULE, *pragmas.around(window.content, place)):
                self._owners.setdefault(owners, set()).add(window.line_of(place))

    def _add(self, window: Window, place: int, rule: str, what: str) -> None:
        if not pragmas.allows(rule, *pragmas.around(window.content, place)):
            self._lines.setdefault(rule, set()).add((window.line_of(place), what))

    def findings(self, path: bytes) -> list[Finding]:
        """In the order of lines."""
        if not self._lines and not self._owners:
            return []
        from gitseal.scan.wording import of_key, of_team, of_token

        name = path.decode("utf-8", "surrogateescape")
        found = [
            (of_key if rule == private_keys.RULE else of_token)(name, line, what)
            for rule, lines in self._lines.items()
            for line, what in sorted(lines)[:_MOST]
        ]
        found += of_team(name, self._owners)
        return sorted(found, key=lambda finding: (finding.line, finding.rule, finding.message))
