"""Reviews for tests: one as a person would meet it, and any, from texts that try to be something else than text."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from gitseal.document.changes import ValueState
from gitseal.report import causes
from gitseal.report.findings import ERROR, NOTE, WARNING, Finding, FindingRule
from gitseal.report.hints import REVIEWER, decision
from gitseal.report.sentences import NOTHING, Sentence, literal, sentence
from gitseal.review.acts.telling import told
from gitseal.review.counting import counted, ranked
from gitseal.review.model import (
    ACTIONS,
    ADDED,
    CHANGED,
    FILES,
    MANIFEST,
    NO,
    POLICY,
    REMOVED,
    RESEALED,
    UNKNOWN,
    YES,
    AccessChange,
    Allowance,
    By,
    Counts,
    EnvironmentReview,
    KeyChange,
    NameChange,
    Restored,
    Review,
    Span,
    Statement,
    ValueInsight,
    WriteOnly,
)
from gitseal.review.rights_model import Approvals, PersonChange, Rights, RightsChange

HOSTILE = (
    "@alice",
    "@org/team",
    "#1",
    "GH-1",
    "org/repo#1",
    "a@b.example",
    "https://evil.example/",
    "www.evil.example",
    "[a](https://evil.example)",
    "![](https://evil.example/p.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</details>",
    "</code></td>",
    "<!-- gitseal review -->",
    "-->",
    "::set-output name=a::b",
    "::error::x",
    "##[add-mask]x",
    "::",
    "|",
    "\\|",
    "\\",
    "`",
    "``",
    "```",
    "*a*",
    "__a__",
    "~~a~~",
    "&amp;",
    "&#64;",
    ":smile:",
    "1.",
    "- ",
    "# ",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u202e",
    "\u2066",
    "\u200b",
    "\x1b[31m",
    "\x00",
    "\x7f",
    "\u2028",
    "\udcff",
    '"',
    "'",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "deadbeef",
    "javascript:alert(1)",
    "name",
    "DATABASE_URL",
    "ß漢😀",
)

texts: SearchStrategy[str] = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=6), max_size=5).map("".join)
_long = st.builds(lambda text, times: text * times, texts, st.sampled_from([1, 1, 1, 1, 200]))
# Names in quotes, in commands and bare, and words that were put together elsewhere.
_sentences: SearchStrategy[Sentence] = st.builds(
    sentence,
    st.sampled_from(['"{}" is {}: `gitseal set {}`', "{}{}, `git rm {}`", '`{}`""{}"{}"']),
    _long,
    texts,
    texts,
) | _long.map(literal)
# Nothing that was found has an empty message.
_said = _sentences.filter(str.strip)
_severities = st.sampled_from([ERROR, WARNING, NOTE])
_figures = st.integers(0, 99_999)
_standing = st.none() | st.builds(ValueState, st.sampled_from(["sealed", "write-only", "plain"]), texts, texts)
_by = st.lists(
    st.builds(By, texts, st.integers(-(2**70), 2**70), texts, texts, texts, st.lists(texts, max_size=4).map(tuple)),
    max_size=3,
).map(tuple)


def _many(of: SearchStrategy[object], most: int = 3) -> SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=most).map(tuple)


_opened = st.builds(ValueInsight, _many(texts), _many(_sentences), st.none() | _long, st.none() | _long)
_environments = st.builds(
    EnvironmentReview,
    texts,
    texts,
    _long,
    st.sampled_from(["added", "removed", "changed"]),
    st.booleans(),
    _many(
        st.builds(
            NameChange,
            _long,
            st.sampled_from(ACTIONS),
            _standing,
            _standing,
            _by,
            st.sampled_from([YES, NO, UNKNOWN]),
            texts,
            _opened,
        )
    ),
    _many(
        st.builds(
            AccessChange,
            texts,
            st.booleans(),
            texts,
            st.booleans(),
            st.booleans(),
            _many(texts),
            _figures,
            st.none() | _figures,
            st.booleans(),
            _by,
        )
    ),
    _many(st.builds(KeyChange, texts, texts, texts, st.booleans(), _by, st.sampled_from([YES, NO, UNKNOWN]))),
    _many(st.builds(WriteOnly, texts, texts, texts, _by)),
    _many(st.builds(Restored, texts, texts, texts, _by)),
    _figures,
    st.booleans(),
)
_KINDS = [getattr(causes, name) for name in dir(causes) if name.isupper()]
_causes = _many(st.builds(causes.Cause, st.sampled_from(_KINDS), texts, texts), 2)
# Rules and commits are not the repository's words: an id of ours, and one that Git made.
findings: SearchStrategy[Finding] = st.builds(
    Finding,
    st.sampled_from(["unsigned", "plain-rule"]),
    texts,
    _figures,
    _said,
    _sentences,
    _severities,
    st.sampled_from(["", "c0ffee" + "0" * 34]),
    _causes,
)
_rights = st.builds(Rights, _many(texts, 2), st.booleans())
_people = st.builds(
    PersonChange,
    texts,
    texts,
    st.sampled_from(["person", "machine", "forge"]),
    st.sampled_from(["added", "removed", "changed"]),
    _many(texts, 2),
    _many(texts, 2),
    _many(texts, 2),
    _many(st.builds(RightsChange, texts, _rights, _rights), 2),
)
reviews: SearchStrategy[Review] = st.builds(
    Review,
    st.builds(Span, texts, texts, texts, texts, _figures, _figures),
    st.builds(Counts, *[_figures] * len(Counts._fields)),
    _many(findings),
    _many(_environments, 3),
    _many(
        st.builds(
            Statement,
            st.sampled_from([POLICY, MANIFEST, FILES]),
            texts,
            _figures,
            _said,
            st.just("") | texts,
            _severities,
            _sentences,
            _by,
            _causes,
        )
    ),
    _many(st.builds(Allowance, texts, texts, texts, texts, _by)),
    _many(_sentences),
    st.booleans(),
    st.builds(Approvals, _figures, _many(texts), _many(texts)),
    _figures,
    st.just(()),
    st.just(NOTHING),
    _many(_people, 2),
    st.booleans(),
    st.just((FindingRule("plain-rule", WARNING, "a rule makes names plain"),)),
).map(lambda review: told(review._replace(risks=ranked(review.risks))))

# Whole reviews take their time to make, and are too large to be shrunk: one is shown as it was found.
FEWER = settings(
    max_examples=min(200, 2 + settings().max_examples // 8),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

BASE, HEAD, COMMIT = "b" * 40, "a" * 40, "c0ffee" + "0" * 34
ALICE = By(COMMIT, 1_750_000_000, "Alice", "Alice", "good", ("alice",))
BOB = By("badc0de" + "0" * 33, 1_750_100_000, "Bob", "Bob", "no", ())
SEALED, PLAIN, WRITE_ONLY = (
    ValueState("sealed", "default", "k1"),
    ValueState("plain", "", ""),
    ValueState("write-only", "default", "k1"),
)
RISK = Finding(
    "recipient-key-added",
    ".secrets/policy.yaml",
    4,
    sentence('"{}", who is known, has a new key "{}"', "bob", "age1qqq"),
    decision(REVIEWER, "ask on another way whether it is theirs"),
    WARNING,
    COMMIT,
)


def usual(*, risks: int = 2, names: int = 4, environments: int = 2, people: int = 2, statements: int = 1) -> Review:
    """A review as a person would meet it, of any size."""
    those = ranked(
        [
            RISK._replace(severity=ERROR, rule=f"rule-{at % 7}", message=sentence('"{}" did the thing {}', "bob", at))
            for at in range(risks)
        ]
    )
    changes = tuple(
        NameChange(f"SERVICE_{at}/TOKEN", action, SEALED, None if action == REMOVED else SEALED, (ALICE, BOB))
        for at, action in zip(range(names), [ADDED, CHANGED, REMOVED, RESEALED] * (names // 4 + 1), strict=False)
    )
    whole = True
    access = tuple(
        AccessChange(f"person-{at}", at % 3 == 0, "default", at % 2 == 0, whole, ("r1",), 12, 3, by=(ALICE,))
        for at in range(people)
    )
    found = tuple(
        EnvironmentReview(
            ".secrets", f"env-{at}", f".secrets/env-{at}.yaml", "changed", at == 0, changes, access, unchanged=7
        )
        for at in range(environments)
    )
    said = tuple(
        Statement(POLICY, ".secrets/policy.yaml", at, sentence('the group "{}" has one more', f"team{at}"), by=(ALICE,))
        for at in range(statements)
    )
    return told(Review(Span(BASE, HEAD, "origin/main", "HEAD", 3, 2), counted(found, those), those, found, said))
