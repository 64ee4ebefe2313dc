"""A review as the comment of a pull or merge request, for GitHub and GitLab: the worst first, and never too long.

GitHub takes 65,536 characters (HTTP 422 beyond); these are less in bytes, so in any way of counting.
"""

from collections.abc import Iterable, Iterator
from importlib.metadata import version

from gitseal.report.findings import ERROR, NOTE, Finding
from gitseal.review.formats import phrases
from gitseal.review.formats.markdown_text import markdown
from gitseal.review.formats.markup_text import Text, listed, name, ours, spoken
from gitseal.review.formats.truncation import Section, fit, size
from gitseal.review.model import (
    MANIFEST,
    POLICY,
    AccessChange,
    Allowance,
    By,
    EnvironmentReview,
    KeyChange,
    NameChange,
    Review,
    Statement,
)

# By this line a script finds the comment that it wrote before. No other line of a comment begins with it.
MARKER = "<!-- gitseal review -->"

LIMIT = 65_536
# Room for what a script may put around the comment, and for the words about what was left out.
_SPARE = 1_536
# Longer lists are folded; risks never are.
_FOLDED = 15
_MANY_RISKS = 20
_RISK, _HEADING, _LIST, _NAMES = range(4)
_SIGNS = {ERROR: "❌ **error**", NOTE: "ℹ️ note"}  # noqa: RUF001 - the sign that forges show for a note


def write(review: Review) -> str:
    """The whole comment; risks go last if something has to go. It holds no values, whatever the review holds."""
    head, foot = _head(review), _foot(review)
    sections = [*_risks(review.risks), *_notes(review.notes), *_allowances(review.allowances)]
    sections += _statements(review.statements)
    for environment in review.environments:
        sections += _environment(environment, len(sections))
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
    line = f"{sign} **gitseal review: {phrases.verdict(review)}**"
    figures = list(map(str, phrases.figures(counts)))
    whose = phrases.approvals(review)
    approved = f"Approvals: {markdown(spoken(whose))}\n\n" if whose else ""
    return f"{MARKER}\n{line}{' · ' if figures else ''}{', '.join(figures)}\n\n{approved}{_where(review.environments)}"


def _where(environments: Iterable[EnvironmentReview]) -> str:
    names = list(dict.fromkeys(environment.name for environment in environments))
    return f"Environments: {markdown(listed(names, 12))}\n\n" if names else ""


def _foot(review: Review) -> str:
    opened = ", made with an identity" if review.identity else ""
    again = markdown(name(phrases.command(review.span)))
    return f"<sub>{markdown(phrases.ends(review.span))} · gitseal {version('gitseal')}{opened} · again with {again}</sub>\n"


def _risks(risks: tuple[Finding, ...]) -> Iterator[Section]:
    """Never folded. If there are many, how many of each rule before them: that line goes last of all."""
    if len(risks) > _MANY_RISKS:
        yield Section(f"By rule: {markdown(phrases.by_rule(risks))}\n\n", "rules", rank=_RISK)
    if risks:
        yield Section("### Risks\n\n", "risks", tuple(map(_risk, risks)), "\n", rank=_RISK)


def _risk(risk: Finding) -> str:
    sign = _SIGNS.get(risk.severity, "⚠️ warning")
    said = f"* {sign} {markdown(name(risk.rule))}: {markdown(spoken(risk.message))}<br>"
    advice = f" · {markdown(spoken(risk.hint))}" if risk.hint else ""
    return f"{said}{markdown(phrases.place(risk))}{advice}\n"


def _notes(notes: Iterable[str]) -> Iterator[Section]:
    those = tuple(f"* {markdown(spoken(note))}\n" for note in notes)
    if those:
        yield Section("### Not looked at\n\n", "notes", those, "\n", rank=_HEADING)


def _allowances(allowances: tuple[Allowance, ...]) -> Iterator[Section]:
    rows = tuple(_row(name(allowance.path), name(allowance.reason), *_who(allowance.by)) for allowance in allowances)
    if rows:
        yield _listed(
            "### Let pass by the hook from now on\n\n", "allowances", rows, ("File", "Reason", "By", "Signed")
        )


def _statements(statements: Iterable[Statement]) -> Iterator[Section]:
    """The statements that are no risks; those are listed above."""
    ours = [statement for statement in statements if not statement.rule]
    for about in dict.fromkeys(statement.about for statement in ours):
        rows = tuple(
            _row(spoken(statement.text), *_who(statement.by)) for statement in ours if statement.about == about
        )
        title = {POLICY: "Policy", MANIFEST: "Manifest"}.get(about, "Files")
        yield _listed(f"### {title}\n\n", "statements", rows, ("Change", "By", "Signed"))


def _environment(environment: EnvironmentReview, number: int) -> Iterator[Section]:
    """The heading, who gained and lost access, the data keys, the names; `number` is that of the heading."""
    yield Section(_title(environment), "environments", rank=_HEADING)
    access = tuple(map(_access, phrases.people_first(environment.access)))
    if access:
        head = ("Who", "Access", "Opens", "By", "Signed")
        yield _listed("", "changes of access", access, head)._replace(under=number)
    keys = tuple(map(_data_key, environment.keys))
    if keys:
        yield Section("", "data keys", keys, "\n", rank=_LIST, under=number)
    marks = phrases.marks(environment)
    names = tuple(_name(change, marks) for change in environment.names)
    if names:
        section = _listed("", "names", names, ("Name", "Change", "Access", "By", "Signed"))
        mark = f"{phrases.UNTOLD}\n\n" if any(map(phrases.is_untold, environment.names)) else ""
        yield section._replace(closing=f"{section.closing}{mark}", rank=_NAMES, under=number)


def _title(environment: EnvironmentReview) -> str:
    what = [environment.state] if environment.state != "changed" else []
    what += ["protected"] if environment.protected else []
    what += [] if environment.is_sound else ["**cannot be read**"]
    what += [f"{environment.unchanged} unchanged"] if environment.unchanged else []
    return f"### {markdown((*name(environment.name), *ours(''.join(f' · {fact}' for fact in what))))}\n\n"


def _access(change: AccessChange) -> str:
    who = (*name(change.who), *ours(", a machine" if change.is_machine else ""))
    return _row(who, phrases.gained(change), ours(phrases.opens(change)), *_who(change.by))


def _data_key(change: KeyChange) -> str:
    return f"* {markdown((*phrases.data_key(change), *ours(' · by '), *phrases.author(change.by)))}\n"


def _name(change: NameChange, marks: phrases.Marks) -> str:
    what = phrases.changed(change, marks)
    for problem in change.opened.problems:
        what += (*ours("; "), *spoken(problem))
    if change.opened.equals:
        what += (*ours("; equal to "), *listed(change.opened.equals))
    return _row(name(change.name), what, phrases.access(change), *_who(change.by))


def _who(by: tuple[By, ...]) -> tuple[Text, Text]:
    """The two last cells of each row."""
    return phrases.author(by), phrases.signed(by)


def _listed(title: str, what: str, rows: tuple[str, ...], head: tuple[str, ...]) -> Section:
    """A table, folded if it is long. GitHub reads Markdown within `details` after a blank line."""
    columns = f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n"
    if len(rows) <= _FOLDED:
        return Section(f"{title}{columns}", what, rows, "\n", rank=_LIST)
    opening = f"{title}<details><summary>{len(rows)} {what}</summary>\n\n{columns}"
    return Section(opening, what, rows, "\n</details>\n\n", rank=_LIST)


def _row(*cells: Text) -> str:
    return f"| {' | '.join(map(markdown, cells))} |\n"
