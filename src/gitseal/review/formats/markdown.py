"""A review as the comment of a pull or merge request, for GitHub and GitLab: the worst first, and never too long.

GitHub takes 65,536 characters (HTTP 422 beyond); these are less in bytes, so in any way of counting.
"""

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

from gitseal.report.findings import ERROR, NOTE, WARNING, Finding
from gitseal.report.markdown_text import markdown
from gitseal.report.markup_text import Text, listed, name, ours, spoken
from gitseal.report.plurals import plural
from gitseal.report.sentences import Sentence
from gitseal.review.formats import cards, phrases
from gitseal.review.formats.cards import Card, Matrix
from gitseal.review.formats.truncation import Section, fit, size
from gitseal.review.model import AccessChange, KeyChange, NameChange, Review

# By this line a script finds the comment that it wrote before. No other line of a comment begins with it.
MARKER = "<!-- gitseal review -->"

LIMIT = 65_536
# Room for what a script may put around the comment, and for the words about what was left out.
_SPARE = 1_536
# Acts that break no rule are folded beyond so many.
_QUIET = 12
_ERRORS, _WARNINGS, _HEADING, _LIST, _NAMES = range(5)
_RANKS = {ERROR: _ERRORS, WARNING: _WARNINGS, NOTE: _HEADING}
_SIGNS = {ERROR: "❌", WARNING: "⚠️"}


def write(review: Review) -> str:
    """The whole comment; errors go last if something has to go. It holds no values, whatever the review holds."""
    head, foot = _head(review), _foot(review)
    sections: list[Section] = []
    quiet = []
    for card in cards.cards(review):
        if card.is_quiet:
            quiet.append(card)
        else:
            _card(card, sections)
    sections += _quiet(quiet)
    sections += _matrix(cards.matrix(review))
    sections += _notes(review.notes)
    fitted = fit(sections, LIMIT - _SPARE - size(head) - size(foot))
    cut = ", ".join(f"{count} {what}" for what, count in sorted(fitted.left_out.items()))
    told = (
        f"**Too long for a comment.** Left out: {cut}. The whole of it: `{phrases.command(review.span)}`\n\n"
        if cut
        else ""
    )
    return f"{head}{told}{fitted.text}{foot}"


def _head(review: Review) -> str:
    counts = review.counts
    sign = "❌" if counts.errors else "⚠️" if counts.warnings else "✅"
    whose = phrases.approvals(review)
    approved = f"Approvals: {markdown(spoken(whose))}\n\n" if whose else ""
    return f"{MARKER}\n{sign} **{markdown(spoken(review.headline))}**\n\n{approved}"


def _foot(review: Review) -> str:
    opened = ", made with an identity" if review.identity else ""
    again = markdown(name(phrases.command(review.span)))
    quiet = phrases.quiet(review)
    parts = [markdown(phrases.ends(review.span)), quiet, f"gitseal {version('gitseal')}{opened}", f"again with {again}"]
    return f"<sub>{' · '.join(filter(None, parts))}</sub>\n"


def _card(card: Card, sections: list[Section]) -> None:
    """One act: its sentence, who did it, what has to be seen; then what is folded. `sections` grows by it."""
    number, rank = len(sections), _RANKS.get(card.severity, _ERRORS)
    sign = _SIGNS.get(card.severity, "")
    said = f"{sign} **{markdown(spoken(card.sentence))}**".strip()
    by = f"<br>{markdown(card.by_whom)}" if card.by else ""
    sections.append(Section(f"{said}{by}\n\n", "acts", rank=rank))
    if card.seen:
        rows = _findings(card.seen, card)
        sections.append(Section("", "findings", rows, "\n", rank=rank, under=number))
    parts = tuple(_part(part) for part in card.parts)
    if parts:
        sections.append(Section("", "acts", parts, "\n", rank=rank, under=number))
    for each in (card, *card.parts):
        sections += (section._replace(under=number) for section in _folded(each))


def _part(card: Card) -> str:
    seen = "".join(f"\n  {row.rstrip()}" for row in _findings(card.seen, card))
    return f"* {_SIGNS.get(card.severity, '')} {markdown(spoken(card.sentence))}".replace("*  ", "* ") + f"{seen}\n"


def _findings(findings: Sequence[Finding], card: Card) -> tuple[str, ...]:
    return tuple(_finding(finding, hint, card) for finding, hint in cards.with_hints(findings))


def _finding(finding: Finding, hint: Sentence, card: Card) -> str:
    """Its rule and place; the message if the sentence does not have it, and what to do."""
    said = "" if finding.message in card.sentence else f": {markdown(spoken(finding.message))}"
    advice = f"<br>{markdown(spoken(hint))}" if hint else ""
    return f"* {markdown(name(finding.rule))} {markdown(phrases.place(finding, card.commits))}{said}{advice}\n"


def _folded(card: Card) -> Iterator[Section]:
    """What follows from an act with its rules, then names, access and data keys. GitHub reads Markdown in it after a blank."""
    if card.folded:
        rules = cards.by_rule(card.folded)
        rows, more = _findings(card.folded, card), " more" if card.seen else ""
        yield _details(f"{plural(len(rows), 'finding')}{more}: {rules}", "findings", rows)
    if stated := cards.statements(card.rows):
        rows = tuple(f"* {markdown(spoken(statement.text))}\n" for statement in stated)
        yield _details(f"{plural(len(rows), 'change')} more", "statements", rows)
    if people := cards.access(card.rows):
        rows = tuple(_access(*pair) for pair in people)
        yield _table(
            f"{len(rows)} in who can open what", "changes of access", rows, ("Who", "Where", "Access", "Opens")
        )
    if keys := cards.keys(card.rows):
        rows = tuple(_data_key(*pair) for pair in keys)
        yield _details(plural(len(rows), "data key"), "data keys", rows)
    if named := cards.names(card.rows):
        rows = tuple(_name(*pair) for pair in named)
        section = _table(plural(len(rows), "name"), "names", rows, ("Name", "Where", "Change"))
        mark = f"\n{phrases.UNTOLD}\n" if any(phrases.is_untold(change) for _, change in named) else ""
        yield section._replace(rank=_NAMES, closing=f"{mark}{section.closing}")


def _details(summary: str, what: str, rows: tuple[str, ...]) -> Section:
    opening = f"<details><summary>{summary}</summary>\n\n"
    return Section(opening, what, rows, "\n</details>\n\n", rank=_LIST)


def _table(summary: str, what: str, rows: tuple[str, ...], head: tuple[str, ...]) -> Section:
    section = _details(summary, what, rows)
    return section._replace(opening=f"{section.opening}{_columns(head)}")


def _columns(head: Sequence[str]) -> str:
    return f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n"


def _row(*cells: Text) -> str:
    return f"| {' | '.join(map(markdown, cells))} |\n"


def _access(environment: str, change: AccessChange) -> str:
    who = (*name(change.who), *ours(", a machine" if change.is_machine else ""))
    return _row(who, name(environment), phrases.gained(change), ours(phrases.opens(change)))


def _data_key(environment: str, change: KeyChange) -> str:
    return f"* {markdown((*phrases.data_key(change), *ours(' in '), *name(environment)))}\n"


def _name(environment: str, change: NameChange) -> str:
    what = phrases.changed(change)
    for problem in change.opened.problems:
        what += (*ours("; "), *spoken(problem))
    if change.opened.equals:
        what += (*ours("; equal to "), *listed(change.opened.equals))
    return _row(name(change.name), name(environment), what)


def _quiet(those: Sequence[Card]) -> Iterator[Section]:
    """Acts that break no rule, one line each; many of them folded."""
    if not those:
        return
    rows = tuple(
        f"* {markdown(spoken(card.sentence))}{f' · {markdown(card.by_whom)}' if card.by else ''}\n" for card in those
    )
    if len(rows) <= _QUIET:
        yield Section("**These break no rule:**\n\n", "acts", rows, "\n", rank=_HEADING)
    else:
        yield _details(f"{len(rows)} more that break no rule", "acts", rows)


def _matrix(matrix: Matrix) -> Iterator[Section]:
    """Who may do what, as it was and as it is."""
    if not matrix.rows:
        return
    head = _row(ours("Who may do what"), *(listed(files, 3) for files in matrix.columns))
    rows = tuple(_row(name(who), *(_cell(cell) for cell in cells)) for who, cells in matrix.rows)
    yield Section(f"{head}|{'---|' * (len(matrix.columns) + 1)}\n", "rights", rows, "\n", rank=_LIST)


def _cell(cell: tuple[str, str] | None) -> Text:
    if cell is None:
        return ours("·")
    return tuple(piece for piece in (*_rights(cell[0]), *ours(" → "), *_rights(cell[1])))


def _rights(words: str) -> Text:
    """Access groups are the repository's words."""
    text: Text = ()
    for part in words.split(", "):
        text += ours(", ") if text else ()
        text += (*ours("opens "), *name(part.removeprefix("opens "))) if part.startswith("opens ") else ours(part)
    return text


def _notes(notes: Iterable[str]) -> Iterator[Section]:
    those = tuple(f"* {markdown(spoken(note))}\n" for note in notes)
    if those:
        yield Section("**Not looked at:**\n\n", "notes", those, "\n", rank=_HEADING)
