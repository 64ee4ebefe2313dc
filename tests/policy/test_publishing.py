"""The policy's targets: read, refused, changed, and merged."""

import pytest

from gitseal.errors import Malformed
from gitseal.policy import parser
from gitseal.policy.merging import three_way
from gitseal.policy.target import PublishTarget
from gitseal.review.policy.changes import policy_changes
from gitseal.review.saying import lines_of

POLICY = """\
version: 1
recipients:
  alice: {{keys: [age1x]}}
environments:
  production: {{open: [alice]}}
  staging: {{open: [alice]}}
publish:
{targets}"""
SHOP = '  shop-ssm: {environments: [production], to: "vault:secret/shop"}\n'


def text(*targets: str) -> str:
    return POLICY.format(targets="".join(targets))


def read(*targets: str) -> tuple[PublishTarget, ...]:
    return parser.parse(text(*targets).encode()).publish


def test_a_target_has_what_the_policy_says() -> None:
    whole = """\
  shop:
    environments: [production, staging]
    to: "aws-ssm:/shop/{environment}/"
    service: api
    from: refs/heads/release/1
    prune: true
"""
    both, place = ("production", "staging"), "aws-ssm:/shop/{environment}/"
    assert read(whole) == (PublishTarget("shop", both, place, "api", "refs/heads/release/1", prune=True),)
    assert dict(read(whole)[0].places()) == {
        "production": "aws-ssm:/shop/production/",
        "staging": "aws-ssm:/shop/staging/",
    }
    assert read(SHOP) == (PublishTarget("shop-ssm", ("production",), "vault:secret/shop"),)
    assert parser.parse(b"version: 1\npublish:\n").publish == ()


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("  t: {to: 'vault:x'}\n", "does not say what goes there"),
        ("  t: {environments: [], to: 'vault:x'}\n", "does not say what goes there"),
        ("  t: {environments: [production]}\n", "does not say where to"),
        ("  t: {environments: [production], to: vault}\n", "does not say where to"),
        ("  t: {environments: [production], to: 'vault: x'}\n", "does not say where to"),
        ('  t: {environments: [production], to: "vault:a\\u001bb"}\n', "does not say where to"),
        ("  t: {environments: [other], to: 'vault:x'}\n", 'no environment "other"'),
        ("  t: {environments: [production], to: 'vault:x', from: main}\n", "no branch by its full name"),
        ("  t: {environments: [production], to: 'vault:x', from: refs/tags/v1}\n", "no branch by its full name"),
        ("  t: {environments: [production, staging], to: 'vault:x'}\n", "goes already"),
        ("  t: {environments: [production], to: 'vault:secret/shop'}\n" + SHOP, "goes already"),
        ("  t: {environments: [production], to: 'vault:x', token: abc}\n", 'no field "token"'),
    ],
)
def test_a_target_that_says_too_little_or_contradicts_itself_is_refused(target: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read(target)


def said(before: str, after: str) -> list[tuple[str, str]]:
    old, new = (parser.parse(side.encode()) for side in (before, after))
    statements = policy_changes(old, new, {}, "policy.yaml", lines_of(after.encode()))
    return [(str(statement.text), statement.rule) for statement in statements]


def test_a_new_or_changed_target_is_a_risk() -> None:
    moved = SHOP.replace("secret/shop", "secret/elsewhere")
    came = (
        '"shop-ssm" is a new target: publish sends all names of "production" to "vault:secret/shop"; '
        "anyone may change that, with nobody's signature"
    )
    assert said(text(), text(SHOP)) == [(came, "publish-target")]
    ((words, rule),) = said(text(SHOP), text(moved))
    assert rule == "publish-target"
    assert '"vault:secret/elsewhere"' in words
    assert '"vault:secret/shop"' in words
    for change in ("service: api", "from: refs/heads/other", "prune: true"):
        for before, after in ((SHOP, SHOP.replace("}", f", {change}}}")), (SHOP.replace("}", f", {change}}}"), SHOP)):
            ((_words, rule),) = said(text(before), text(after))
            assert rule == "publish-target"
    both = SHOP.replace("[production]", "[production, staging]").replace("secret/shop", "secret/shop/{environment}")
    for before, after in ((SHOP, both), (both, SHOP)):
        ((words, rule),) = said(text(before), text(after))
        assert rule == "publish-target"
        assert '"production", "staging"' in words


def test_who_may_change_a_target_is_told() -> None:
    owned = text(SHOP).replace("publish:", "policy: {change: [alice]}\npublish:")
    ((words, _rule),) = said(owned.replace("secret/shop", "secret/other"), owned)
    assert words.endswith('; only "alice" may change that')
    # The manifest says what a service gets, and nobody in particular may change it.
    ((words, _rule),) = said(owned, owned.replace('shop"}', 'shop", service: api}'))
    assert words.endswith("; anyone may change that, with nobody's signature")


def test_a_target_that_is_gone_is_told_and_no_risk() -> None:
    ((words, rule),) = said(text(SHOP), text())
    assert (words, rule) == (
        'there is no target "shop-ssm" any more; it sent all names of "production" to "vault:secret/shop"',
        "",
    )


def test_a_target_of_the_first_policy_is_a_risk_too() -> None:
    from gitseal.review.policy.changes import NO_POLICY

    statements = policy_changes(NO_POLICY, parser.parse(text(SHOP).encode()), {}, "policy.yaml", lines_of(None))
    assert "publish-target" in [statement.rule for statement in statements]


def test_two_sides_do_not_make_a_way_that_neither_has() -> None:
    base = text('  t:\n    environments: [staging]\n\n    to: "vault:a"\n')
    ours, theirs = base.replace("[staging]", "[staging, production]"), base.replace("vault:a", "vault:b/{environment}")
    ours = ours.replace("vault:a", "vault:a/{environment}")
    base = base.replace("vault:a", "vault:a/{environment}")
    kind = three_way.kind_of(three_way.POLICY)
    assert kind is not None
    merged = three_way.three_way(kind, base.encode(), ours.encode(), theirs.encode(), lambda *_, **__: None)
    assert merged.conflicts
    alone = three_way.three_way(kind, base.encode(), ours.encode(), base.encode(), lambda *_, **__: None)
    assert alone.data == ours.encode()
