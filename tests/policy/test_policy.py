"""A rule says itself in which environments it counts; whatever decides on access asks it."""

import pytest

from gitseal.policy import parser
from gitseal.policy.policy import Rule

POLICY = b"""version: 1
recipients:
  alice: {keys: [age1a]}
  bob: {keys: [age1b]}
environments:
  staging: {open: [alice]}
  production: {open: [alice]}
rules:
  - names: [A, B]
    environments: [production]
    open: [bob]
    access: narrow
  - names: [B]
    plain: true
"""


@pytest.mark.parametrize(
    ("environments", "holds"),
    [((), True), (("production",), True), (("staging", "production"), True), (("staging",), False), (("prod",), False)],
)
def test_a_rule_holds_in_the_environments_it_names_or_in_all(environments: tuple[str, ...], holds: bool) -> None:  # noqa: FBT001 - a table
    rule = Rule(("*",), environments, plain=True, access="", open=())

    assert rule.holds_in("production") is holds
    assert rule.covers("production", ("A",)) is holds


def test_every_question_of_access_asks_where_a_rule_holds() -> None:
    policy = parser.parse(POLICY)

    assert (policy.group("production", ("A",)), policy.group("staging", ("A",))) == ("narrow", "default")
    assert (policy.open_to("production", "narrow"), policy.open_to("staging", "narrow")) == (("bob",), None)
    assert (policy.is_plain("production", ("B",)), policy.is_plain("staging", ("B",))) == (False, True)
