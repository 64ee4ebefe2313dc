"""A review as one page of HTML: no script, nothing from elsewhere, made to be looked at and to be printed.

Its Content-Security-Policy lets through the page's own style and nothing else, so even what came through the escaping would do
nothing.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from importlib.metadata import version

from gitseal.report.escaping import printable
from gitseal.report.findings import ERROR, NOTE, WARNING, Finding
from gitseal.review.formats import phrases
from gitseal.review.formats.html_style import STYLE
from gitseal.review.formats.markup_text import Text, listed, name, ours, spoken
from gitseal.review.model import (
    MANIFEST,
    POLICY,
    AccessChange,
    By,
    EnvironmentReview,
    NameChange,
    Review,
    Statement,
    ValueInsight,
)

# Longer lists can be folded; they begin unfolded, so that a print has them whole.
_LONG = 30


def write(review: Review) -> str:
    """The whole page. Values are in it only if the review has them."""
    parts = [*_head(review), *_risks(review.risks), *_notes(review.notes), *_allowances(review)]
    parts += _statements(review.statements)
    for environment in review.environments:
        parts += _environment(environment)
    return "\n".join([*_opening(review), *parts, *_foot(review), "</main>\n</body>\n</html>\n"])


def _opening(review: Review) -> Iterator[str]:
    style = b64encode(sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">'
    yield f"<title>gitseal review: {escape(phrases.verdict(review))}</title>"
    yield f"<style>{STYLE}</style>\n</head>\n<body>\n<main>"


def _head(review: Review) -> Iterator[str]:
    counts = review.counts
    tone = ERROR if counts.errors else WARNING if counts.warnings else "good"
    verdict = phrases.verdict(review)
    yield f'<header class="{tone}">\n<p class="kicker">gitseal review</p>'
    yield f"<h1>{escape(verdict[:1].upper() + verdict[1:])}</h1>"
    yield f'<p class="span">{_html(phrases.ends(review.span))}</p>\n</header>'
    figures = phrases.figures(counts)
    figures += [phrases.Figure(counts.unchanged, "unchanged")] if counts.unchanged else []
    if figures:
        yield '<ul class="figures">'
        yield from (f"<li><b>{count}</b><span>{escape(what)}</span></li>" for count, what in figures)
        yield "</ul>"
    if whose := phrases.approvals(review):
        yield f'<p class="note">Approvals: {_html(spoken(whose))}</p>'


def _risks(risks: tuple[Finding, ...]) -> Iterator[str]:
    if not risks:
        return
    yield "<section>\n<h2>Risks</h2>"
    if len(risks) > _LONG:
        yield f'<p class="note">By rule: {_html(phrases.by_rule(risks))}</p>'
    yield '<ul class="risks">'
    for risk in risks:
        severity = risk.severity if risk.severity in {ERROR, NOTE} else WARNING
        said = f'<span class="tag {severity}">{severity}</span> {_html(spoken(risk.message))}'
        yield f'<li class="{severity}"><p class="what">{said}</p>'
        advice = f" · {_html(spoken(risk.hint))}" if risk.hint else ""
        yield f'<p class="where">{_html(name(risk.rule))} · {_html(phrases.place(risk))}{advice}</p></li>'
    yield "</ul>\n</section>"


def _notes(notes: Iterable[str]) -> Iterator[str]:
    those = [f"<li>{_html(spoken(note))}</li>" for note in notes]
    if those:
        yield '<section>\n<h2>Not looked at</h2>\n<ul class="plain">'
        yield from those
        yield "</ul>\n</section>"


def _allowances(review: Review) -> Iterator[str]:
    if review.allowances:
        yield "<section>\n<h2>Let pass by the hook from now on</h2>"
        rows = [
            _row(_html(name(allowance.path)), _html(name(allowance.reason)), by=allowance.by)
            for allowance in review.allowances
        ]
        yield from _table(("File", "Reason"), rows)
        yield "</section>"


def _statements(statements: Iterable[Statement]) -> Iterator[str]:
    """The statements that are no risks; those are listed above."""
    those = [statement for statement in statements if not statement.rule]
    for about in dict.fromkeys(statement.about for statement in those):
        yield f"<section>\n<h2>{ {POLICY: 'Policy', MANIFEST: 'Manifest'}.get(about, 'Files') }</h2>"
        yield from _table(
            ("Change",),
            [_row(_html(spoken(statement.text)), by=statement.by) for statement in those if statement.about == about],
        )
        yield "</section>"


def _environment(environment: EnvironmentReview) -> Iterator[str]:
    tags = [(environment.state, environment.state)] if environment.state != "changed" else []
    tags += [("protected", "protected")] if environment.protected else []
    tags += [] if environment.is_sound else [(ERROR, "cannot be read")]
    shown = "".join(f' <span class="tag {escape(kind)}">{escape(text)}</span>' for kind, text in tags)
    yield f"<section>\n<h2>{_html(name(environment.name))}{shown}</h2>"
    yield f'<p class="note">{_html(name(environment.path, 400))} · {environment.unchanged} unchanged</p>'
    if environment.access:
        yield from _table(
            ("Who", "Access", "Opens"), [_access(change) for change in phrases.people_first(environment.access)]
        )
    if environment.keys:
        yield '<div class="card"><ul class="plain">'
        for key in environment.keys:
            yield f"<li>{_html((*phrases.data_key(key), *ours(' · by '), *phrases.author(key.by)))}</li>"
        yield "</ul></div>"
    if environment.names:
        marks = phrases.marks(environment)
        yield from _table(("Name", "Change", "Access"), [_name(change, marks) for change in environment.names])
    if any(map(phrases.is_untold, environment.names)):
        yield f'<p class="note">{escape(phrases.UNTOLD)}</p>'
    yield "</section>"


def _access(change: AccessChange) -> str:
    kind = ' <span class="tag">machine</span>' if change.is_machine else ""
    tone = "passed" if change.passed else "gains" if change.gained else "loses"
    what = f'<span class="tag {tone}">{_html(phrases.gained(change)[:1]).strip()}</span> {_html(phrases.gained(change)[1:])}'
    return _row(_html(name(change.who)) + kind, what, escape(phrases.opens(change)), by=change.by)


def _name(change: NameChange, marks: phrases.Marks) -> str:
    words = phrases.happened(change, marks)
    tag = f'<span class="tag {escape(change.action)}">{escape(words.word)}</span>'
    what = " ".join([tag, ", ".join(map(_html, words.more))]).rstrip() + _opened(change.opened)
    return _row(_html(name(change.name, 400)), what, _html(phrases.access(change)), by=change.by)


def _opened(opened: ValueInsight) -> str:
    """The facts that need an identity. Values are whole, because somebody asked for them."""
    facts = "".join(f'<p class="problem">{_html(spoken(problem))}</p>' for problem in opened.problems)
    if opened.equals:
        facts += f'<p class="problem">the same value as {_html(listed(opened.equals))}</p>'
    sides = (("before", opened.before), ("after", opened.after))
    rows = "".join(f"<dt>{side}</dt><dd>{_value(value)}</dd>" for side, value in sides if value is not None)
    return f'{facts}<dl class="values">{rows}</dl>' if rows else facts


def _value(value: str) -> str:
    """Line by line, so that a certificate is one to the eye; what is not printable stands as an escape."""
    # No line of the page begins with a value: a runner that prints the page would take `::` there for a command.
    return f"<code>{'<br>'.join(escape(printable(line)) for line in value.splitlines())}</code>"


def _table(head: tuple[str, ...], rows: list[str]) -> Iterator[str]:
    """A table with two more columns, for who did it and how that was signed."""
    columns = "".join(f"<th>{column}</th>" for column in (*head, "By", "Signed"))
    is_long = len(rows) > _LONG
    yield '<div class="card">' + (f"<details open><summary>{len(rows)} rows</summary>" if is_long else "")
    yield f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>"
    yield from rows
    yield "</tbody>\n</table>" + ("</details>" if is_long else "") + "</div>"


def _row(*cells: str, by: tuple[By, ...]) -> str:
    day = phrases.day(by[-1].when) if by and by[-1].commit else ""
    when = f"<br>{escape(day)}" if day else ""
    bad = "" if phrases.is_signed_well(by) else " bad"
    last = (
        f'<td class="by">{_html(phrases.author(by))}{when}</td><td class="signed{bad}">{_html(phrases.signed(by))}</td>'
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}{last}</tr>"


def _foot(review: Review) -> Iterator[str]:
    opened = ", made with an identity" if review.identity else ", made with no identity"
    again = _html(name(phrases.command(review.span)))
    yield f"<footer>gitseal {escape(version('gitseal'))}{opened} · again with {again}</footer>"


def _html(text: Text) -> str:
    return "".join(f"<code>{escape(piece.text)}</code>" if piece.is_name else escape(piece.text) for piece in text)
