"""Attributes statements about a policy, a manifest or allowances to the commits of a range that brought them.

A commit is named for what its own step brings, and never for having touched the file last: otherwise whoever adds a blank line
would answer for a person that somebody else let in. If no step brings it, nobody is named.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from gitseal.report.findings import NOTE, WARNING, FindingRule
from gitseal.report.hints import NO_HINT
from gitseal.report.pages import RISKS
from gitseal.report.sentences import TextPiece, sentence
from gitseal.review.model import By, Statement


class FileStep(NamedTuple):
    """A file as one commit made it, and as each of its parents has it; None if there is no such file."""

    by: By
    before: tuple[bytes | None, ...]
    after: bytes | None


class ComparedStatement(NamedTuple):
    """The part of a statement that is compared: its rule, the pieces and the form of its sentence, and the names in quotes."""

    rule: str
    pieces: tuple[TextPiece, ...]
    form: str
    names: frozenset[str]


Said = TypeVar("Said", bound=Hashable)

# The claims about a step from one content to another; none if one of them cannot be read.
Say = Callable[[bytes | None, bytes | None], Collection[ComparedStatement]]

# The statements themselves.
SayAll = Callable[[bytes | None, bytes | None], Sequence[Statement]]

PASSING_CHANGE = FindingRule(
    "passing-change",
    WARNING,
    "one commit allowed something, and a later one took it back: whoever fetched in between had it so",
    RISKS,
)


def claim(statement: Statement) -> ComparedStatement:
    """A statement without its place and its commits."""
    text = statement.text
    return ComparedStatement(statement.rule, text.pieces, text.form, text.names)


def brought(
    drafts: Iterable[FileStep], say: Callable[[bytes | None, bytes | None], Collection[Said]]
) -> list[tuple[By, frozenset[Said]]]:
    """The claims that each commit brings, in the order given; of a merge only those that are new to all of its parents."""
    claims = []
    for draft in drafts:
        steps = [frozenset(say(before, draft.after)) for before in draft.before]
        claims.append((draft.by, frozenset.intersection(*steps) if steps else frozenset[Said]()))
    return claims


def attributed(
    statements: Sequence[Statement], drafts: Sequence[FileStep], say: Say, new: bytes | None
) -> list[Statement]:
    """Statements about one file with who brought them. `drafts` are oldest first; `new` is what the lines are of.

    Named are those who brought the same claim; else those who brought a part of it, such as one of several names; else the
    last who wrote the line that it is about, if that names what the statement speaks of and occurs only once.
    """
    steps = [(by, _Parts(claims)) for by, claims in (brought(drafts, say) if statements else [])]
    lines = (new or b"").split(b"\n")
    attributed_ = []
    for statement in statements:
        whole = claim(statement)
        by = [by for by, parts in steps if whole in parts.claims]
        by = by or [by for by, parts in steps if parts.are_of(whole)]
        has_line = 0 < statement.line <= len(lines)
        by = by or (_writers(lines[statement.line - 1], whole.names, drafts) if has_line else [])
        attributed_.append(statement._replace(by=tuple(by)))
    return attributed_


def passing(said: Sequence[Statement], steps: Iterable[FileStep], say: SayAll, end: bytes | None) -> list[Statement]:
    """What commits of a range brought and others of it took back, so that nothing of it is in `said`, which is of both ends.

    `end` is the file at the end of the range. What still holds there, seen from before the commit, was not taken back.
    """
    net = _Claims(map(claim, said))
    passed: dict[ComparedStatement, Statement] = {}
    for step in steps:
        firsts, *others = [say(before, step.after) for before in step.before] or [()]
        common = frozenset.intersection(*(frozenset(map(claim, those)) for those in others)) if others else None
        lasting: _Claims | None = None
        for statement in firsts:
            part = claim(statement)
            if (common is not None and part not in common) or net.have(part):
                continue
            if lasting is None:
                lasting = _Claims(map(claim, say(step.before[0], end)))
            if lasting.have(part):
                continue
            known = passed.get(part)
            passed[part] = _as_passing(statement, (*(known.by if known else ()), step.by))
    return list(passed.values())


class _Parts:
    """The claims of a commit, which are asked whether one of them is a part of another. Each is found by its rarest name."""

    def __init__(self, claims: frozenset[ComparedStatement]) -> None:
        self.claims = claims
        counts = Counter(name for part in claims for name in part.names)
        self._by_name: dict[tuple[str, str], list[ComparedStatement]] = {}
        for part in claims:
            rarest = min(part.names, key=lambda name: (counts[name], name), default="")
            self._by_name.setdefault((part.rule or part.form, rarest), []).append(part)

    def are_of(self, whole: ComparedStatement) -> bool:
        """True if one of them says of some of the names what the whole says of all."""
        kinds = {whole.rule, whole.form}
        candidates = (self._by_name.get((kind, name), ()) for kind in kinds for name in ("", *whole.names))
        return any(_is_part(part, whole) for those in candidates for part in those)


class _Claims:
    """Claims that are asked whether they have another one, or more than it says. Found by the rarest of its names."""

    def __init__(self, claims: Iterable[ComparedStatement]) -> None:
        self._whole: set[ComparedStatement] = set()
        self._by_name: dict[tuple[str, str], list[ComparedStatement]] = {}
        for claim_ in claims:
            self._whole.add(claim_)
            for name in ("", *claim_.names):
                self._by_name.setdefault((claim_.rule or claim_.form, name), []).append(claim_)

    def have(self, part: ComparedStatement) -> bool:
        """True if one of them says at least as much."""
        kind = part.rule or part.form
        candidates = (self._by_name.get((kind, name), []) for name in (part.names or {""}))
        return part in self._whole or any(_is_part(part, whole) for whole in min(candidates, key=len))


def _as_passing(statement: Statement, by: tuple[By, ...]) -> Statement:
    rule, severity = (PASSING_CHANGE.id, PASSING_CHANGE.severity) if statement.rule else ("", NOTE)
    text = sentence("{}, and a later commit took that back", statement.text)
    return statement._replace(line=0, text=text, rule=rule, severity=severity, hint=NO_HINT, by=by)


def _is_part(part: ComparedStatement, whole: ComparedStatement) -> bool:
    """True if it says of some of the names what the whole says of all. Without a rule, the form tells what is said."""
    is_alike = part.rule == whole.rule and part.names <= whole.names
    return is_alike and bool(part.rule or part.form == whole.form)


def _writers(line: bytes, names: Iterable[str], drafts: Sequence[FileStep]) -> list[By]:
    """The last commit that wrote this line, as a list of one; empty if the line has none of the names or occurs twice."""
    if not any(name and name.encode("utf-8", "surrogateescape") in line for name in names):
        return []
    wrote = [
        draft.by
        for draft in drafts
        if _count(line, draft.after) == 1 and not any(_count(line, before) for before in draft.before)
    ]
    return wrote[-1:]


def _count(line: bytes, data: bytes | None) -> int:
    return (data or b"").split(b"\n").count(line)
