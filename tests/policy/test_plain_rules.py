"""A rule that makes names plain covers exactly these, in exactly these environments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.policy import parser
from gitseal.policy.plain_rules import add_plain_rule
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.yamltext.tree import NamePath

POLICY = b"""\
version: 1
recipients:
  alice: {keys: [age1jh8nrfkh620usw4u6ku92ekve2azgr0d5657gcdye8uxd8nx04esn6nv6d]}
environments:
  development: {open: [alice]}
  production: {open: [alice]}
"""
ENVIRONMENTS = ("development", "production")
PATHS: list[NamePath] = [("A",), ("B",), ("api", "A"), ("api", "C"), ("api", "x", "A"), ("C",)]
steps = st.lists(
    st.tuples(
        st.lists(st.sampled_from(PATHS), min_size=1, unique=True),
        st.sampled_from([("development",), ("production",), ENVIRONMENTS, ()]),
    ),
    max_size=5,
)


@pytest.mark.fuzz
@given(steps)
def test_the_rule_covers_these_names_alone(steps: list[tuple[list[NamePath], tuple[str, ...]]]) -> None:
    text = PolicyEditor(POLICY)
    expected = set()
    for paths, environments in steps:
        add_plain_rule(text, paths, environments, PATHS)
        expected |= {(name, path) for name in environments or ENVIRONMENTS for path in paths}

    policy = parser.parse(text.serialise())

    assert {(name, path) for name in ENVIRONMENTS for path in PATHS if policy.is_plain(name, path)} == expected
