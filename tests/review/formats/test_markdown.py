"""The comment of a pull request: what a parser makes of it, how long it gets, what goes last."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gitseal.document.changes import ValueState
from gitseal.report.causes import PERSON, Cause
from gitseal.report.escaping import printable
from gitseal.report.findings import WARNING
from gitseal.report.hints import YOU, command, decision
from gitseal.report.markdown_text import markdown as as_markdown
from gitseal.report.markup_text import name, ours, spoken
from gitseal.report.sentences import literal, sentence
from gitseal.review import model, rights_model
from gitseal.review.acts.telling import told
from gitseal.review.formats import markdown
from gitseal.review.model import Allowance, Counts, EnvironmentReview, NameChange, Review, Span, ValueInsight
from tests.review.models import ALICE, BOB, FEWER, HOSTILE, RISK, SEALED, reviews, texts, usual

# With GitHub's tables, strikethrough and links out of bare addresses.
PARSER = MarkdownIt("gfm-like")
EMPTY = Review(Span("b" * 40, "", "origin/main", "the working tree"), Counts())

OUR_HTML = re.compile(
    r"(?:<!-- gitseal review -->|<br>|</?sub>|<details><summary>\d+ [a-z ]+(?:: [a-z ,()\d-]+)?</summary>|</details>|\s)*"
)
# As GitHub and GitLab look for them in what is no code, after Markdown was read.
REFERENCES = re.compile(r"@[\w-]|#\w|\bGH-\d|\b[0-9a-f]{7,64}\b|:[a-z_]+:|[!&~%$]\d|://|\bwww\.", re.ASCII)
COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def cells(text: str) -> list[list[str]]:
    """The tables' bodies: each cell as the text that a reader sees."""
    rows: list[list[str]] = []
    is_head = False
    for token in PARSER.parse(text):
        is_head = token.type != "thead_close" and (is_head or token.type == "thead_open")
        if token.type == "tr_open" and not is_head:
            rows.append([])
        if token.type == "inline" and rows and not is_head and token.level >= 4:
            rows[-1].append(seen(token))
    return rows


def seen(token: Token) -> str:
    return "".join(
        child.content for child in token.children or () if child.type in {"text", "code_inline", "text_special"}
    )


def written(review: Review) -> str:
    return markdown.write(told(review))


def environment(change: NameChange, text: str = "e") -> EnvironmentReview:
    return EnvironmentReview(text, text, text, "changed", protected=True, names=(change,))


def assert_harmless(text: str) -> None:
    for token in tokens(text):
        assert not token.type.startswith(("link", "image", "fence", "code_block", "blockquote", "s_", "em_")), token
        if token.type in {"html_block", "html_inline"}:
            assert OUR_HTML.fullmatch(token.content), token.content
        if token.type in {"text", "text_special"}:
            assert not REFERENCES.search(token.content), token.content
    assert not COMMAND.search(text)
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.fuzz
@given(reviews)
@FEWER
def test_nothing_in_a_review_is_more_than_text(review: Review) -> None:
    text = markdown.write(review)

    assert_harmless(text)
    assert text.startswith(f"{markdown.MARKER}\n")
    assert text.count(markdown.MARKER) == 1 or any("gitseal review" in str(part) for part in review)
    assert len(text.encode()) < markdown.LIMIT


@given(texts)
def test_a_name_is_seen_as_it_is_in_a_cell(text: str) -> None:
    change = NameChange(f"A{text}", model.ADDED, None, SEALED, (ALICE,), was="B")
    review = EMPTY._replace(environments=(environment(change),))

    ((first, *_),) = cells(written(review))

    assert first.rstrip(" ") == name(change.name)[0].text.rstrip(" ")


@given(texts)
def test_a_sentence_is_seen_as_it_is_but_for_its_quotes(text: str) -> None:
    said = sentence('a "{}" is new', text)
    (token,) = [token for token in PARSER.parse(as_markdown(spoken(said))) if token.type == "inline"]

    assert re.sub(" +", " ", seen(token).replace('"', "")) == re.sub(" +", " ", printable(said).replace('"', ""))


@pytest.mark.parametrize("text", HOSTILE)
def test_each_hostile_text_anywhere(text: str) -> None:
    text = f"A{text}Z"
    by = (ALICE._replace(commit=text, who=text, signed=text),)
    change = NameChange(text, model.MOVED, ValueState("sealed", text, ""), ValueState("sealed", text, ""), by, was=text)
    review = Review(
        Span(text, text, text, text),
        Counts(errors=1),
        (
            RISK._replace(
                rule=text,
                path=text,
                message=literal(text),
                hint=decision(YOU, "see", command("git {}", text)),
                commit=text,
            ),
        ),
        (environment(change, text),),
        (model.Statement(model.POLICY, text, 1, sentence('"{}" is {}', text, text), by=by),),
        (Allowance(text, text, text, text, by),),
        (literal(text),),
    )

    assert_harmless(written(review))


def test_pieces_that_nothing_separates_stay_apart_from_markup() -> None:
    assert as_markdown((*name("a`"), *name("`b"))) == "```a``b```"
    assert as_markdown((*name("##[x]"), *ours(" "), *name("a|b|"))) == "`##\\x5bx]` `a`&#124;`b`&#124;"


def test_each_command_of_a_hint_is_one_span() -> None:
    hint = sentence(
        '`git rm --cached {}`; one that is no secret: `gitseal hook allow {} --reason "..."`', "'a; b'", "'a; b'"
    )

    assert hint == "git rm --cached 'a; b'; one that is no secret: gitseal hook allow 'a; b' --reason \"...\""
    assert as_markdown(spoken(hint)) == (
        "`git rm --cached 'a; b'`; one that is no secret: `gitseal hook allow 'a; b' --reason \"...\"`"
    )


def test_words_that_were_put_together_elsewhere_are_one_span() -> None:
    assert as_markdown(spoken(literal('there is no "@bob"'))) == '`there is no "@bob"`'


@given(texts, texts)
def test_a_hint_is_seen_as_it_is_but_for_its_quotes(first: str, second: str) -> None:
    hint = sentence('`git rm {}`; "{}", and read it', first, second)

    said = "".join(piece.text for piece in spoken(hint))

    assert said.replace('"', "") == printable(hint).replace('"', "")


def test_what_happened_comes_first_and_the_range_last() -> None:
    text = markdown.write(usual(names=1, people=1, environments=1))
    lines = text.splitlines()

    assert lines[1] == (
        "❌ **`bob` did the thing 0; `bob` did the thing 1; `person-0` gains `env-0`; the group `team0` has one more;"
        " `SERVICE_0/TOKEN` added. 2 things must be fixed before merging.**"
    )
    assert text.index("did the thing 0") < text.index("person-0", 200) < text.index("SERVICE_0/TOKEN", 400)
    assert "`origin/main` (`bbbbbbbbbb`) to `HEAD`" in lines[-1]
    assert "`gitseal review bbbbbbbbbb..aaaaaaaaaa`" in lines[-1]


def test_a_long_list_is_folded_and_errors_are_not() -> None:
    text = markdown.write(usual(risks=60, names=40, environments=1))

    assert "<details><summary>40 names</summary>" in text
    assert text.count("❌ **") == 61
    assert text.rindex("❌") < text.index("<details>")


def test_many_acts_that_break_no_rule_are_folded() -> None:
    text = markdown.write(usual(risks=0, names=0, environments=0, people=0, statements=40))

    assert "<details><summary>40 more that break no rule</summary>" in text
    assert text.startswith(f"{markdown.MARKER}\n✅ **the group `team0` has one more; ")


def test_what_follows_from_an_act_is_folded_below_it_with_its_rules() -> None:
    risks = tuple(
        RISK._replace(rule=rule, message=sentence(f'"{{}}" has an {rule}', "bob"), causes=(Cause(PERSON, "bob"),))
        for rule in ("email-changed", "forge-added", "signing-key-added")
    )
    text = written(EMPTY._replace(risks=risks, counts=Counts(warnings=3)))

    assert "<details><summary>3 findings: email-changed, forge-added, signing-key-added</summary>" in text
    assert text.count("⚠️") == 2


def test_rights_are_told_before_and_after() -> None:
    opens, both = rights_model.Rights(("default", "payments")), rights_model.Rights(("default",), changes=True)
    rights = (
        rights_model.RightsChange("production", rights_model.Rights(), opens),
        rights_model.RightsChange("policy", both, rights_model.Rights()),
    )
    person = rights_model.PersonChange(".secrets", "carol", "person", "changed", rights=rights)

    assert cells(written(EMPTY._replace(people=(person,)))) == [
        ["carol", "nothing → opens, opens payments", "opens, changes → nothing"]
    ]


def test_nothing_changed() -> None:
    text = written(EMPTY)

    assert text.splitlines()[1] == "✅ **no change to secrets**"
    assert "#" not in text.replace("&#", "")


@pytest.mark.parametrize(
    ("risks", "names", "environments", "people", "statements"),
    [
        (1_000, 0, 0, 0, 0),
        pytest.param(5_000, 0, 0, 0, 0, marks=pytest.mark.slow),
        pytest.param(5_000, 2_000, 5, 10, 500, marks=pytest.mark.slow),
        pytest.param(30, 20_000, 1, 2, 1, marks=pytest.mark.slow),
        pytest.param(30, 3, 4_000, 2, 1, marks=pytest.mark.slow),
        (0, 0, 1, 1_000, 0),
        pytest.param(0, 0, 1, 5_000, 0, marks=pytest.mark.slow),
        pytest.param(3, 3, 1, 2, 9_000, marks=pytest.mark.slow),
    ],
)
def test_whatever_the_size_it_fits_and_says_what_it_left_out(
    risks: int, names: int, environments: int, people: int, statements: int
) -> None:
    text = markdown.write(
        usual(risks=risks, names=names, environments=environments, people=people, statements=statements)
    )

    assert 60_000 < len(text.encode()) < markdown.LIMIT
    assert "**Too long for a comment.** Left out: " in text
    assert text.count("<details>") == text.count("</details>")
    assert text.endswith("</sub>\n")
    assert_harmless(text)
    if risks < 1_000:
        assert text.count("\n❌ **") == risks + 1 or not risks
    else:
        listed = text.count("\n❌ **") - 1
        assert listed > 100
        left_out = re.search(r"Left out: (\d+) acts, ", text)
        assert left_out
        assert int(left_out[1]) >= risks - listed


@given(st.integers(0, 200), st.integers(0, 400))
@example(94, 1)  # the last risk does not fit, and one name would
def test_a_risk_is_left_out_only_when_all_else_is(risks: int, names: int) -> None:
    """With long messages, so that it does not take thousands."""
    review = usual(risks=0, names=names, environments=1)
    found = tuple(RISK._replace(message=sentence('"{}" {}', str(at), "DO_IT " * 90)) for at in range(risks))

    text = written(review._replace(risks=found))

    assert len(text.encode()) < markdown.LIMIT
    if text.count("\n⚠️ **") < risks:
        assert "SERVICE_" not in text.partition("\n\n")[2]


def test_values_are_never_in_it() -> None:
    opened = ValueInsight(("staging:A",), (sentence("it is a placeholder"),), "hush-old", "hush-new")
    change = NameChange("A", model.CHANGED, SEALED, SEALED, (ALICE, BOB), model.YES, opened=opened)
    review = EMPTY._replace(identity=True, environments=(environment(change),))

    text = written(review)

    assert "hush" not in text
    assert "`staging:A`" in text
    assert "made with an identity" in text


@pytest.mark.parametrize("is_asked_for", [True, False])
def test_no_signature_is_told_if_one_is_asked_for(*, is_asked_for: bool) -> None:
    change = NameChange("A", model.CHANGED, SEALED, SEALED, (BOB, ALICE))
    review = EMPTY._replace(environments=(environment(change),), asks_signatures=is_asked_for)

    assert ("not signed" in written(review)) is is_asked_for


def test_a_warning_is_no_error() -> None:
    review = EMPTY._replace(risks=(RISK._replace(severity=WARNING),), counts=Counts(warnings=1))

    assert (
        written(review)
        .splitlines()[1]
        .startswith("⚠️ **`bob`, who is known, has a new key `age1qqq`. 1 thing to look at.")
    )
