"""The page: what a parser of HTML makes of it, and what it may load and run."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given

from gitseal.report.escaping import printable
from gitseal.report.findings import WARNING, FindingRule
from gitseal.report.hints import command, runnable, untrack
from gitseal.report.html_style import STYLE
from gitseal.review import model, rights_model
from gitseal.review.acts.telling import told
from gitseal.review.formats import html
from gitseal.review.model import Counts, EnvironmentReview, NameChange, Review, Span, ValueInsight
from tests.review.models import ALICE, FEWER, HOSTILE, RISK, SEALED, reviews, usual

EMPTY = Review(Span("b" * 40, "", "origin/main", "the working tree"), Counts())
TAGS = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "section",
        "footer",
        "h1",
        "h2",
        "p",
        "ul",
        "li",
    }
    | {"b", "span", "code", "br", "div", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd"}
    | {"details", "summary", "article", "a"}
)
ATTRIBUTES = frozenset({"class", "lang", "charset", "name", "content", "http-equiv", "open"}) | frozenset(
    {"id", "href", "tabindex", "role", "aria-label", "scope"}
)
VOID = frozenset({"meta", "br"})


def written(review: Review) -> str:
    return html.write(told(review))


class Page(HTMLParser):
    """Tags balance and are ours; `codes` are the texts that stand as code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.codes: list[str] = []
        self.policy = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        found = dict(attrs)
        # The only links are those to the rules, on the page itself.
        assert re.fullmatch(r"#rule-[a-z-]+", found.get("href") or "#rule-none")
        if found.get("http-equiv"):
            self.policy = found["content"] or ""
        if tag == "br" and self.open[-1] == "code":
            self.codes[-1] += "\n"
        if tag not in VOID:
            self.open.append(tag)
        if tag == "code":
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "code":
            self.codes[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


@pytest.mark.fuzz
@given(reviews)
@FEWER
def test_nothing_in_a_review_is_more_than_text(review: Review) -> None:
    text = html.write(review)

    Page(text)
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize("text", HOSTILE)
def test_each_hostile_name_is_seen_as_it_is(text: str) -> None:
    change = NameChange(f"A{text}Z", model.ADDED, None, SEALED, (ALICE,))
    found = EnvironmentReview(text, text, text, "changed", protected=True, names=(change,))

    page = Page(written(EMPTY._replace(environments=(found,))))

    assert printable(change.name) in page.codes


def test_the_commands_of_a_hint_are_one_piece_of_code() -> None:
    risk = RISK._replace(hint=runnable(untrack(".env"), command("gitseal import {} -e development", ".env")))

    page = Page(written(EMPTY._replace(risks=(risk,))))

    assert "git rm --cached -f :/.env && gitseal import .env -e development" in page.codes


def test_only_its_own_style_is_let_through() -> None:
    text = html.write(usual())
    style = b64encode(sha256(STYLE.encode()).digest()).decode()

    assert Page(text).policy == f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    assert f"<style>{STYLE}</style>" in text
    assert not re.search(r"url\(|@import|://|style=", text)


def test_values_are_whole_line_by_line_and_cannot_act() -> None:
    opened = ValueInsight(("staging:A",), (), "<b>\n\x1b[31m", "")
    change = NameChange("A", model.CHANGED, SEALED, SEALED, (ALICE,), opened=opened)
    found = EnvironmentReview("", "e", "e.yaml", "changed", protected=True, names=(change,))

    page = Page(written(EMPTY._replace(environments=(found,), identity=True)))

    assert "<b>\n\\x1b[31m" in page.codes
    assert "staging:A" in page.codes


def test_names_are_folded_and_what_was_opened_is_not() -> None:
    opened = NameChange("A", model.CHANGED, SEALED, SEALED, (ALICE,), opened=ValueInsight(after="x"))
    found = EnvironmentReview("", "e", "e.yaml", "changed", protected=True, names=(opened,))

    assert "<details><summary>200 names</summary>" in html.write(usual(names=200, environments=1))
    assert "<details open><summary>1 name</summary>" in written(EMPTY._replace(environments=(found,)))


def test_a_rule_leads_to_what_it_means() -> None:
    rules = (FindingRule("recipient-key-added", WARNING, "somebody has a new key", "reference/risks.md"),)
    text = written(EMPTY._replace(risks=(RISK,), rules=rules))

    assert '<a href="#rule-recipient-key-added"><code>recipient-key-added</code></a>' in text
    assert '<dt id="rule-recipient-key-added">' in text
    assert "somebody has a new key" in text


def test_rights_are_told_before_and_after() -> None:
    rights = (
        rights_model.RightsChange("production", rights_model.Rights(), rights_model.Rights(("default",), changes=True)),
    )
    person = rights_model.PersonChange(".secrets", "carol", "person", "changed", rights=rights)
    text = written(EMPTY._replace(people=(person,)))

    assert '<span class="before">nothing</span> → <span class="after">opens, changes</span>' in text
