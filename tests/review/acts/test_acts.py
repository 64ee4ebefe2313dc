"""Acts: every finding in exactly one, one person one act, and words that say who, what and where."""

from collections import Counter

import pytest
from hypothesis import given

from gitseal.document.changes import ValueState
from gitseal.report.causes import SIGNER, Cause, answers, patterns, people, rule
from gitseal.report.findings import ERROR, NOTE, WARNING, Finding
from gitseal.report.sentences import ours, sentence
from gitseal.review.acts.telling import told
from gitseal.review.counting import RANK, ranked
from gitseal.review.model import (
    ADDED,
    CHANGED,
    RESEALED,
    AccessChange,
    By,
    Counts,
    EnvironmentReview,
    KeyChange,
    NameChange,
    Review,
    Span,
    WriteOnly,
)
from gitseal.review.rights_model import PersonChange, Rights, RightsChange
from tests.review.models import ALICE, BOB, FEWER, SEALED, reviews

SPAN = Span("b" * 40, "a" * 40, "main", "HEAD", 1, 1)
OPENS = Rights(("default",))


@pytest.mark.fuzz
@given(reviews)
@FEWER
def test_every_finding_is_in_exactly_one_act_and_the_worst_act_comes_first(review: Review) -> None:
    acts = review.acts
    assert Counter(finding for act in acts for finding in act.findings) == Counter(review.risks)
    changed = sum(len((*each.names, *each.access, *each.keys)) for each in review.environments)
    quiet = sum(not statement.rule for statement in review.statements)
    assert sum(map(rows, acts)) == changed + quiet
    for act in acts:
        worst = min((finding.severity for finding in act.findings), key=RANK.__getitem__, default=NOTE)
        assert act.severity == worst
        assert act.sentence
        assert act.brief
    assert [RANK[act.severity] for act in acts] == sorted(RANK[act.severity] for act in acts)


def rows(act: object) -> int:
    return len(getattr(act, "rows", ())) + sum(map(rows, getattr(act, "parts", ())))


def finding(
    rule_: str, message: str, *causes: Cause, severity: str = WARNING, path: str = ".secrets/policy.yaml"
) -> Finding:
    return Finding(rule_, path, 1, ours(message), severity=severity, commit=ALICE.commit, causes=causes)


def environment(
    name: str,
    names: tuple[NameChange, ...] = (),
    access: tuple[AccessChange, ...] = (),
    keys: tuple[KeyChange, ...] = (),
    write_only: tuple[WriteOnly, ...] = (),
) -> EnvironmentReview:
    path, state = f".secrets/{name}.yaml", "changed"
    return EnvironmentReview(".secrets", name, path, state, False, names, access, keys, write_only)  # noqa: FBT003 - a row


def gains(who: str, names: int = 39, past: int = 1, by: By = ALICE) -> AccessChange:
    return AccessChange(who, False, "default", True, True, ("r1",), names, past, by=(by,))  # noqa: FBT003 - a row


def review_of(
    *risks: Finding, environments: tuple[EnvironmentReview, ...] = (), persons: tuple[PersonChange, ...] = ()
) -> Review:
    return told(Review(SPAN, Counts(), ranked(risks), environments, people=persons))


def joins(who: str, *environments: str) -> PersonChange:
    rights = tuple(RightsChange(name, Rights(), OPENS) for name in environments)
    return PersonChange(".secrets", who, "person", "added", ("age1key",), ("team",), (), rights)


def of_carol(environments: tuple[str, ...]) -> Review:
    """Carol came into the one group of a project with these environments: three findings each, and two more."""
    carol = people(("carol",))
    risks = [
        *(finding("access-widened", f"carol may now open {name}", *carol) for name in environments),
        *(finding("change-widened", f"carol may now change {name}", *carol) for name in environments),
        *(
            finding("access-gained", f"carol can open {name}", *carol, path=f".secrets/{name}.yaml")
            for name in environments
        ),
        finding("recipient-added", "carol is a new person", *carol),
        finding("group-widened", "carol joined the group", *carol),
    ]
    changed = tuple(
        environment(name, access=(gains("carol", 0 if at else 39, 0 if at else 1),))
        for at, name in enumerate(environments)
    )
    return review_of(*risks, environments=changed, persons=(joins("carol", *environments),))


def test_one_person_in_one_group_is_one_act() -> None:
    review = of_carol(("production", "development"))
    (act,) = review.acts
    assert act.sentence == (
        "carol joins team: opens production (39 names, 1 older value) and development (empty)."
        " Key age1key: ask carol whether it is theirs"
    )
    assert (act.severity, act.who, act.commits, act.signed) == (WARNING, "Alice", (ALICE.commit,), "good")
    assert review.headline == "carol gains production and development. 1 thing to look at."


def test_the_headline_never_leaves_out_that_somebody_may_change_the_policy() -> None:
    rights = tuple(RightsChange(file, Rights(), Rights((), changes=True)) for file in ("base", "policy", "production"))
    person = joins("carol")._replace(rights=rights)
    risk = finding("change-widened", "carol may now change the policy", *people(("carol",)))
    assert review_of(risk, persons=(person,)).headline.startswith("carol joins team: may change the policy. ")
    opened = (environment("production", access=(gains("carol"),)),)
    headline = review_of(risk, environments=opened, persons=(person,)).headline
    assert headline.startswith("carol gains production and may change the policy. ")


def test_who_opens_an_environment_already_gains_its_access_group() -> None:
    rights = (RightsChange("production", OPENS, Rights(("default", "payments"))),)
    person = joins("carol")._replace(joined=(), state="changed", keys=(), rights=rights)
    review = review_of(finding("access-widened", "carol may", *people(("carol",))), persons=(person,))
    assert review.acts[0].sentence == "carol may open payments in production"


def test_what_stood_plain_in_a_commit_between_is_named() -> None:
    risk = finding("unsealed", "A was plain", Cause("value", "A", "production"), path=".secrets/production.yaml")
    assert review_of(risk).headline == "A becomes plain. 1 thing to look at."


def test_one_person_in_a_group_of_two_hundred_environments_is_one_act() -> None:
    review = of_carol(tuple(f"env{at}" for at in range(200)))
    (act,) = review.acts
    assert len(act.findings) == 602
    assert act.sentence.startswith(
        "carol joins team: opens env0 (39 names, 1 older value), env1 (empty), env10 (empty) and 197 more environments (empty)."
    )
    assert len(act.sentence) < 300


def test_several_who_joined_together_share_one_sentence() -> None:
    both = people(("carol", "dave"))
    changed = environment("production", access=(gains("carol"), gains("dave")))
    persons = (joins("carol", "production"), joins("dave", "production"))
    review = review_of(finding("group-widened", "both came", *both), environments=(changed,), persons=persons)
    (act,) = review.acts
    assert act.sentence.startswith(
        "carol and dave join team: open production (39 names, 1 older value). Keys age1key (carol)"
    )


def test_a_plain_rule_with_what_it_uncovers_is_one_act() -> None:
    of_rule = (rule(("LOG", "SMTP_*")), *patterns(("SMTP_*",)))
    risks = [
        finding("plain-rule", '"SMTP_*" may be plain too', *of_rule, severity=ERROR),
        *(
            finding(
                "plain-rule",
                f"in {name} it is to be plain",
                rule(("LOG", "SMTP_*")),
                *answers(("SMTP_PASSWORD",), name),
            )
            for name in ("production", "staging")
        ),
        finding(
            "sealed-though-plain",
            "is sealed, and a rule says plain",
            *answers(("SMTP_PASSWORD",), "staging"),
            severity=ERROR,
            path=".secrets/staging.yaml",
        ),
    ]
    (act,) = review_of(*risks).acts
    assert act.sentence == (
        "SMTP_* becomes readable by everyone who has the repository: SMTP_PASSWORD in production and staging"
    )
    assert act.brief == "SMTP_PASSWORD becomes plain"


def test_what_nobody_may_do_stands_together_under_that_fact() -> None:
    unsigned = Finding(
        "unsigned",
        ".secrets/policy.yaml",
        0,
        ours("not signed"),
        commit=BOB.commit,
        causes=(Cause(SIGNER, BOB.commit),),
    )
    carol = environment(
        "production", access=(gains("carol", by=BOB),), names=(NameChange("A", CHANGED, SEALED, SEALED, (BOB,)),)
    )
    other = environment("staging", names=(NameChange("B", CHANGED, SEALED, SEALED, (ALICE,)),))
    first, second = review_of(unsigned, environments=(carol, other)).acts
    assert first.sentence == "Bob did what they are not allowed to do: carol gains production; A changed in production"
    assert [part.brief for part in first.parts] == ["carol gains production", "A changed in production"]
    assert (first.severity, first.signed, first.findings) == (ERROR, "no", (unsigned,))
    assert second.sentence == "B changed in staging"


def test_the_only_thing_that_somebody_may_not_do_keeps_its_sentence() -> None:
    unsigned = finding("unsigned", "not signed", Cause(SIGNER, ALICE.commit), severity=ERROR)
    changed = environment("production", names=(NameChange("A", CHANGED, SEALED, SEALED, (ALICE,)),))
    (act,) = review_of(unsigned, environments=(changed,)).acts
    assert act.sentence == "A changed in production"
    assert act.findings == (unsigned,)


def test_a_value_that_nobody_read_is_told_with_its_author() -> None:
    written = ValueState("write-only", "default", "k1")
    changed = environment(
        "production",
        names=(NameChange("SEARCH_KEY", ADDED, None, written, (BOB,)),),
        write_only=(WriteOnly("SEARCH_KEY", "default", "pending", (BOB,)),),
    )
    risk = finding("write-only", "waits", Cause("value", "SEARCH_KEY", "production"), path=".secrets/production.yaml")
    (act,) = review_of(risk, environments=(changed,)).acts
    assert act.sentence == "Bob set SEARCH_KEY in production without being able to read it; it waits for a member"


def test_values_of_one_commit_are_one_act_and_the_headline_names_them() -> None:
    names = tuple(NameChange(f"KEY_{at}", CHANGED, SEALED, SEALED, (ALICE,)) for at in range(9))
    review = review_of(environments=(environment("production", names=names),))
    (act,) = review.acts
    assert act.sentence == "KEY_0, KEY_1, KEY_2 and 6 more changed in production"
    assert review.headline == "KEY_0, KEY_1, KEY_2 and 6 more values changed. Nothing breaks a rule."


def test_new_data_keys_and_what_they_seal_anew_are_one_act() -> None:
    key = KeyChange("default", "k1", "k2", succeeds=False, by=(BOB,))
    names = tuple(NameChange(f"KEY_{at}", RESEALED, SEALED, SEALED, (BOB,)) for at in range(3))
    changed = tuple(environment(name, keys=(key,), names=names) for name in ("production", "staging"))
    (act,) = review_of(environments=changed).acts
    assert act.sentence == (
        "the data keys of production and staging were replaced, and nothing shows that whoever did it held the old one;"
        " 6 values sealed anew"
    )


def test_findings_without_a_cause_are_acts_of_their_own() -> None:
    review = review_of(finding("token", "a token stands here"), finding("token", "another stands here"))
    assert [act.sentence for act in review.acts] == ["a token stands here", "another stands here"]


def test_an_error_in_an_act_is_told_by_its_own_words() -> None:
    carol = people(("carol",))
    kept = finding("removed-without-new-key", "the data key is the same", *carol, severity=ERROR)
    lost = gains("carol")._replace(gained=False)
    review = review_of(kept, environments=(environment("production", access=(lost,)),))
    assert review.acts[0].sentence == "carol no longer opens production; the data key is the same"


def test_a_name_that_could_be_read_as_something_else_stands_in_quotes() -> None:
    changed = environment("production", names=(NameChange("A changed. All is well", ADDED, None, SEALED, (ALICE,)),))
    review = review_of(environments=(changed,))
    assert review.acts[0].sentence == '"A changed. All is well" added in production'


def test_what_is_only_reformatted_is_no_change_to_the_headline() -> None:
    assert review_of(environments=(environment("production"),)).headline == "no change to secrets"


def test_without_a_change_the_headline_says_so() -> None:
    assert review_of().headline == "no change to secrets"
    assert sentence("{}", review_of().headline) == "no change to secrets"
