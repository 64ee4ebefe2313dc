"""A review as one page of HTML. The only links lead to the page's own list of rules."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.metadata import version

from gitseal.report.escaping import printable
from gitseal.report.findings import ERROR, NOTE, WARNING, Finding, FindingRule
from gitseal.report.html_text import CLOSING, html, opening, plain
from gitseal.report.markup_text import listed, name, ours, spoken
from gitseal.report.plurals import plural
from gitseal.review.acts.headline import happened, verdict
from gitseal.review.formats import cards, phrases
from gitseal.review.formats.cards import Card, Matrix
from gitseal.review.model import AccessChange, KeyChange, NameChange, Review, ValueInsight

# More acts that break no rule than these are folded.
_QUIET = 12


def write(review: Review) -> str:
    """The whole page. Values are in it only if the review has them."""
    return "\n".join([*opening(f"gitseal review: {plain(spoken(review.headline))}"), *body(review), CLOSING])


def body(review: Review) -> Iterator[str]:
    """What stands on the page, for whoever puts it on one of their own."""
    those = cards.cards(review)
    linked = frozenset(rule.id for rule in review.rules)
    loud = [card for card in those if not card.is_quiet]
    quiet = [card for card in those if card.is_quiet]
    yield from _head(review)
    if loud:
        yield from ("<section>", *(line for card in loud for line in _card(card, linked)), "</section>")
    yield from (*_quiet(quiet), *_matrix(cards.matrix(review)), *_notes(review.notes), *_rules(review.rules))
    yield from _foot(review)


def _head(review: Review) -> Iterator[str]:
    counts = review.counts
    tone = ERROR if counts.errors else WARNING if counts.warnings else "good"
    yield f'<header class="{tone}">\n<p class="kicker">gitseal review</p>'
    told = review.headline if review.is_empty else happened(review)
    yield f"<h1>{html(spoken(told))}</h1>"
    yield f'<p class="verdict">{escape(verdict(review))}</p>\n</header>' if not review.is_empty else "</header>"
    if whose := phrases.approvals(review):
        yield f'<p class="note">Approvals: {html(spoken(whose))}</p>'


def _card(card: Card, linked: frozenset[str]) -> Iterator[str]:
    tone = card.severity if card.severity in {ERROR, NOTE} else WARNING
    tag = f'<span class="tag {tone}">{tone}</span> ' if tone != NOTE else ""
    yield f'<article class="act {tone}">\n<h2>{tag}{html(spoken(card.sentence))}</h2>'
    if card.by:
        yield f'<p class="by">{html(card.by_whom)}</p>'
    yield from _findings(card.seen, card, linked)
    for part in card.parts:
        tone = part.severity if part.severity in {ERROR, NOTE} else WARNING
        yield f'<div class="part {tone}"><p>{html(spoken(part.sentence))}</p>'
        yield from _findings(part.seen, part, linked)
        yield from _folded(part, linked)
        yield "</div>"
    yield from _folded(card, linked)
    yield "</article>"


def _findings(findings: Sequence[Finding], card: Card, linked: frozenset[str]) -> Iterator[str]:
    if not findings:
        return
    yield '<ul class="findings">'
    for finding, hint in cards.with_hints(findings):
        said = "" if finding.message in card.sentence else f" {html(spoken(finding.message))}"
        advice = f'<br><span class="do">{html(spoken(hint))}</span>' if hint else ""
        where = f'<span class="where">{html(phrases.place(finding, card.commits))}</span>'
        yield f"<li>{_rule(finding.rule, linked)}{said} {where}{advice}</li>"
    yield "</ul>"


def _rule(rule: str, linked: frozenset[str]) -> str:
    shown = f"<code>{escape(rule)}</code>"
    return f'<a href="#rule-{escape(rule)}">{shown}</a>' if rule in linked else shown


def _folded(card: Card, linked: frozenset[str]) -> Iterator[str]:
    if card.folded:
        rules = cards.by_rule(card.folded)
        more = "more" if card.seen else "findings" if len(card.folded) > 1 else "finding"
        yield f"<details><summary>{len(card.folded)} {more}: {escape(rules)}</summary>"
        yield from _findings(card.folded, card, linked)
        yield "</details>"
    if stated := cards.statements(card.rows):
        items = "".join(f"<li>{html(spoken(statement.text))}</li>" for statement in stated)
        yield f'<details><summary>{plural(len(stated), "change")} more</summary><ul class="findings">{items}</ul></details>'
    if people := cards.access(card.rows):
        rows = [_access(*pair) for pair in people]
        yield from _table(f"{len(rows)} in who can open what", ("Who", "Where", "Access", "Opens"), rows)
    if keys := cards.keys(card.rows):
        items = "".join(f"<li>{_data_key(*pair)}</li>" for pair in keys)
        yield f'<details><summary>{plural(len(keys), "data key")}</summary><ul class="findings">{items}</ul></details>'
    if named := cards.names(card.rows):
        rows = [_name(*pair) for pair in named]
        # What was opened with an identity is what somebody wanted to see.
        is_open = any(change.opened != ValueInsight() for _, change in named)
        yield from _table(plural(len(rows), "name"), ("Name", "Where", "Change"), rows, is_open=is_open)
        if any(phrases.is_untold(change) for _, change in named):
            yield f'<p class="note">{escape(phrases.UNTOLD)}</p>'


def _quiet(those: Sequence[Card]) -> Iterator[str]:
    """Acts that break no rule: a line each."""
    if not those:
        return
    is_long = len(those) > _QUIET
    yield '<section>\n<article class="act quiet">'
    yield f"<details><summary>{len(those)} more that break no rule</summary>" if is_long else ""
    yield '<ul class="quiet">'
    for card in those:
        by = f' <span class="by">{html(card.by_whom)}</span>' if card.by else ""
        yield f"<li>{html(spoken(card.sentence))}{by}</li>"
    yield f"</ul>{'</details>' if is_long else ''}\n</article>\n</section>"


def _matrix(matrix: Matrix) -> Iterator[str]:
    if not matrix.rows:
        return
    yield "<section>\n<h2>Who may do what</h2>"
    head = "".join(f'<th scope="col">{html(listed(files, 3))}</th>' for files in matrix.columns)
    yield '<div class="card" tabindex="0" role="region" aria-label="Who may do what"><table class="matrix">'
    yield f'<thead><tr><th scope="col">Who</th>{head}</tr></thead>\n<tbody>'
    for who, cells in matrix.rows:
        row = "".join(f"<td>{_cell(cell)}</td>" for cell in cells)
        yield f'<tr><th scope="row">{html(name(who))}</th>{row}</tr>'
    yield "</tbody></table></div>\n</section>"


def _cell(cell: tuple[str, str] | None) -> str:
    if cell is None:
        return '<span class="same">unchanged</span>'
    before, after = cell
    lost = " lost" if after == "nothing" else ""
    was, now = escape(printable(before)), escape(printable(after))
    return f'<span class="before">{was}</span> → <span class="after{lost}">{now}</span>'


def _notes(notes: Iterable[str]) -> Iterator[str]:
    those = [f"<li>{html(spoken(note))}</li>" for note in notes]
    if those:
        yield '<section>\n<h2>Not looked at</h2>\n<ul class="findings">'
        yield from those
        yield "</ul>\n</section>"


def _rules(rules: Sequence[FindingRule]) -> Iterator[str]:
    """What each rule means, where the links lead."""
    if not rules:
        return
    pages = ", ".join(dict.fromkeys(f"docs/{rule.page}" for rule in rules if rule.page))
    more = f'<p class="note">More about them: {escape(pages)}</p>\n' if pages else ""
    yield f'<section class="rules">\n<h2>What the rules mean</h2>\n{more}<dl>'
    known: dict[str, list[FindingRule]] = {}
    for rule in rules:
        known.setdefault(rule.id, []).append(rule)
    for identity, alike in known.items():
        yield f'<dt id="rule-{escape(identity)}"><code>{escape(identity)}</code></dt>'
        yield from (f"<dd>{_meaning(rule, alike)}</dd>" for rule in alike)
    yield "</dl>\n</section>"


def _meaning(rule: FindingRule, alike: Sequence[FindingRule]) -> str:
    """In the reader's words; of a rule that is a warning in one case and an error in another, which one this is."""
    meaning = escape(rule.meaning).replace("`", "")
    return f"{rule.severity}: {meaning}" if len(alike) > 1 else meaning


def _access(environment: str, change: AccessChange) -> str:
    kind = ' <span class="tag">machine</span>' if change.is_machine else ""
    cells = (html(name(change.who)) + kind, html(name(environment)), html(phrases.gained(change)))
    return _row(*cells, escape(phrases.opens(change)))


def _data_key(environment: str, change: KeyChange) -> str:
    return html((*phrases.data_key(change), *ours(" in "), *name(environment)))


def _name(environment: str, change: NameChange) -> str:
    words = phrases.happened(change)
    tag = f'<span class="tag {escape(change.action)}">{escape(words.word)}</span>'
    what = " ".join([tag, ", ".join(map(html, words.more))]).rstrip() + _opened(change.opened)
    return _row(html(name(change.name, 400)), html(name(environment)), what)


def _opened(opened: ValueInsight) -> str:
    """The facts that need an identity. Values are whole, because somebody asked for them."""
    facts = "".join(f'<p class="problem">{html(spoken(problem))}</p>' for problem in opened.problems)
    if opened.equals:
        facts += f'<p class="problem">the same value as {html(listed(opened.equals))}</p>'
    sides = (("before", opened.before), ("after", opened.after))
    rows = "".join(f"<dt>{side}</dt><dd>{_value(value)}</dd>" for side, value in sides if value is not None)
    return f'{facts}<dl class="values">{rows}</dl>' if rows else facts


def _value(value: str) -> str:
    """Line by line, so that a certificate is one to the eye; what is not printable stands as an escape."""
    # No line of the page begins with a value: a runner that prints the page would take `::` there for a command.
    return f"<code>{'<br>'.join(escape(printable(line)) for line in value.splitlines())}</code>"


def _table(summary: str, head: tuple[str, ...], rows: list[str], *, is_open: bool = False) -> Iterator[str]:
    columns = "".join(f'<th scope="col">{column}</th>' for column in head)
    yield f"<details{' open' if is_open else ''}><summary>{summary}</summary>"
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{summary}">'
    yield f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>"
    yield from rows
    yield "</tbody>\n</table></div></details>"


def _row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _foot(review: Review) -> Iterator[str]:
    opened = ", made with an identity" if review.identity else ", made with no identity"
    again = html(name(phrases.command(review.span)))
    quiet = escape(phrases.quiet(review))
    parts = [
        html(phrases.ends(review.span)),
        quiet,
        f"gitseal {escape(version('gitseal'))}{opened}",
        f"again with {again}",
    ]
    yield f"<footer>{' · '.join(filter(None, parts))}</footer>"
