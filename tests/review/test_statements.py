"""Policies and manifests held against each other: what is said, and as which risk. One thing changes in each case."""

from typing import Any

import pytest

from gitseal.policy import manifest_parser, manifest_pattern, parser
from gitseal.policy.manifest import Declaration
from gitseal.report.findings import ERROR, NOTE
from gitseal.review.manifest_changes import manifest_changes
from gitseal.review.model import Statement
from gitseal.review.policy.changes import NO_POLICY, policy_changes
from gitseal.review.saying import lines_of, quoted, short

POLICY = """\
version: 1
recipients:
  alice: {email: alice@example.com, keys: [age1aaa], signing: []}
  bob: {keys: [age1bbb]}
  ci: {kind: machine, keys: [age1ccc]}
groups:
  team: [alice, bob]
  admins: [alice]
policy: {change: [admins]}
manifest: {change: [team]}
environments:
  base: {open: [team], change: [team]}
  production:
    open: [admins, ci]
    extends: base
    change: [admins]
    protected: true
    aliases: [prod]
  staging: {open: [team], write_only: pending, reveal: false}
rules:
  - names: ["STRIPE_*"]
    environments: [production]
    open: [admins]
    access: payments
  - {names: [LOG_LEVEL], plain: true}
hook:
  block: ["*.secret"]
"""
NAMES = {"production": [("STRIPE_KEY",), ("DB_URL",), ("LOG_LEVEL",)], "staging": [("DB_URL",)]}


def policy(old: str, new: str, before: str = POLICY) -> list[Statement]:
    """What is said of the policy when `old` becomes `new` in it."""
    assert old in before, old
    data = before.replace(old, new, 1).encode()
    return policy_changes(
        parser.parse(before.encode()), parser.parse(data), NAMES, ".secrets/policy.yaml", lines_of(data)
    )


def said(statements: list[Statement]) -> list[tuple[str, str, str]]:
    return [(each.rule, each.severity if each.rule else NOTE, each.text) for each in statements]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "# a comment\n", []),
        (
            "bob: {keys: [age1bbb]}",
            "bob: {keys: [age1bbb, age1evil]}",
            [("recipient-key-added", "warning", '"bob", known before, has a new key: age1evil')],
        ),
        ("bob: {keys: [age1bbb]}", "bob: {keys: []}", [("", NOTE, '"bob" no longer has the key age1bbb')]),
        (
            "groups:",
            "  eve: {keys: [age1eve]}\ngroups:",
            [
                (
                    "recipient-added",
                    "warning",
                    '"eve" is a new person with the key age1eve, and may open nothing yet',
                )
            ],
        ),
        (
            "groups:",
            "  hub: {kind: forge}\ngroups:",
            [("forge-added", "warning", '"hub" is a new forge: its signature stands for whoever it let in')],
        ),
        ("kind: machine, ", "", [("recipient-kind", "warning", '"ci" was a machine and is a person')]),
        (
            "alice@example.com",
            "eve@example.com",
            [
                (
                    "email-changed",
                    "warning",
                    '"alice" has another address, and commits have to carry it: "eve@example.com", was "alice@example.com"',
                )
            ],
        ),
        (
            "signing: []",
            "signing: [ssh-ed25519 AAAA]",
            [("signing-key-added", "warning", '"alice" has a new key to sign commits with: ssh-ed25519 AAAA')],
        ),
        (
            "admins: [alice]",
            "admins: [alice, bob]",
            [
                ("group-widened", "warning", '"bob" joined the group "admins"'),
                ("access-widened", "warning", '"bob" may now open "production"'),
                ("access-widened", "warning", '"bob" may now open access group "payments" of "production"'),
                ("change-widened", "warning", '"bob" may now change the policy'),
                ("change-widened", "warning", '"bob" may now change "base"'),
                ("change-widened", "warning", '"bob" may now change "production"'),
            ],
        ),
        (
            "team: [alice, bob]",
            "team: [alice]",
            [
                ("", NOTE, '"bob" left the group "team"'),
                ("", NOTE, '"bob" may no longer open "base"'),
                ("", NOTE, '"bob" may no longer open "staging"'),
                ("", NOTE, '"bob" may no longer change the manifest'),
            ],
        ),
        (
            "    protected: true\n",
            "",
            [
                ("protection-removed", ERROR, '"production" is no longer protected'),
                ("write-only-loosened", "warning", 'write-only values in "production": accept, was pending'),
            ],
        ),
        ("reveal: false", "reveal: true", [("reveal-allowed", "warning", 'values of "staging" may be shown')]),
        (
            "write_only: pending",
            "write_only: refuse",
            [("", NOTE, 'write-only values in "staging": refuse, was pending')],
        ),
        (
            "    extends: base\n",
            "    extends: staging\n",
            [
                ("extends-changed", "warning", '"production" extends "staging", and extended "base"'),
                ("change-widened", "warning", '"bob" may now change "base"'),
                ("", NOTE, 'only "alice" may change "staging"'),
            ],
        ),
        ("    aliases: [prod]\n", "", [("", NOTE, '"prod" is no longer another name of "production"')]),
        (
            "  staging: {open",
            "  live: {open: [team], aliases: [canary]}\n  staging: {open",
            [("", NOTE, '"live" is a new environment, open to "alice", "bob"')],
        ),
        (
            "  staging: {open: [team], write_only: pending, reveal: false}\n",
            "",
            [("environment-removed", "warning", 'the policy no longer has the environment "staging"')],
        ),
        (
            "[LOG_LEVEL]",
            '[LOG_LEVEL, "DB_*"]',
            [
                ("plain-rule", ERROR, 'in "production" "DB_URL", sealed before, is to be plain'),
                ("plain-rule", "warning", 'in "staging" "DB_URL", sealed before, is to be plain'),
                ("plain-rule", ERROR, '"DB_*" may be plain too'),
            ],
        ),
        (
            "  - {names: [LOG_LEVEL], plain: true}\n",
            "",
            [
                ("", NOTE, 'in "production" "LOG_LEVEL", plain before, is to be sealed'),
                ("", NOTE, 'there is no rule for "LOG_LEVEL" any more; without another one they are sealed'),
            ],
        ),
        (
            "    environments: [production]\n    open",
            "    open",
            [
                ("access-widened", "warning", '"alice" may now open access group "payments" of "base"'),
                ("access-widened", "warning", '"alice" may now open access group "payments" of "staging"'),
                ("rule-widened", "warning", 'the rule for "STRIPE_*" holds in "base", "staging" too'),
            ],
        ),
        (
            '["*.secret"]',
            '["*.key"]\n  templates: [".env.live"]',
            [
                ("hook-loosened", "warning", 'the hook no longer blocks files such as "*.secret"'),
                ("", NOTE, 'the hook blocks files such as "*.key"'),
                (
                    "hook-loosened",
                    "warning",
                    'the hook takes ".env.live" for templates, which pass while their values are placeholders',
                ),
                (
                    "",
                    NOTE,
                    'the hook no longer takes ".env.example", ".env.sample", ".env.template" for templates',
                ),
            ],
        ),
        (
            "hook:",
            "allow_names: [PATH]\nhook:",
            [
                (
                    "allow-names",
                    "warning",
                    '"PATH" may be rendered and run, though such names steer loaders and shells',
                )
            ],
        ),
        (
            "policy: {change: [admins]}\n",
            "",
            [("listed-beside", "warning", "change of the policy is empty: other lists decide")],
        ),
        (
            "  staging: {open: [team]",
            "  staging: {open: [team, bob]",
            [
                (
                    "listed-beside",
                    "warning",
                    (
                        'open of "staging" names "bob" now: another name in that list let them in before, and they stay'
                        " if that one goes"
                    ),
                )
            ],
        ),
        (
            "admins: [alice]",
            "admins: ['alice']",
            [],
        ),
        (
            "  team: [alice, bob]",
            "  team: [bob, alice]",
            [("", NOTE, "reformatted; no change in meaning")],
        ),
    ],
)
def test_what_a_policy_says_otherwise(old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    assert said(policy(old, new)) == expected


def test_every_difference_is_said() -> None:
    """Each field of each part, changed alone, gives at least one statement."""
    old: Any = parser.parse(POLICY.encode())
    rule: Any = old.rules[0]
    others = [
        old._replace(**{field: value})
        for field, value in {
            "recipients": {**old.recipients, "x": old.recipients["ci"]},
            "groups": {**old.groups, "x": ("alice",)},
            "rules": (rule._replace(open=("ci",)), *old.rules[1:]),
            "allow_names": ("PATH",),
            "policy_change": ("ci",),
            "manifest_change": ("ci",),
            "hook_block": (),
            "hook_templates": (),
        }.items()
    ]
    others += [
        old._replace(environments={**old.environments, "staging": old.environments["staging"]._replace(**{field: value})})
        for field, value in {
            "open": ("ci",), "change": ("ci",), "aliases": ("x",), "extends": "base", "protected": True, "reveal": True,
            "write_only": "refuse",
        }.items()
    ]  # fmt: skip
    others += [
        old._replace(recipients={**old.recipients, "bob": old.recipients["bob"]._replace(**{field: value})})
        for field, value in {"kind": "machine", "email": "b@x", "keys": ("age1x",), "signing": ("x",)}.items()
    ]
    others.append(old._replace(rules=(rule._replace(names=("PAY_*",)), *old.rules[1:])))
    others.append(old._replace(rules=(rule._replace(access="pay"), *old.rules[1:])))
    for new in others:
        assert policy_changes(old, new, {}, "p", lambda _path: 0), new
        assert policy_changes(new, old, {}, "p", lambda _path: 0), new
    assert policy_changes(old, old, {}, "p", lambda _path: 0) == []


def test_an_alias_that_moves() -> None:
    text = POLICY.replace("    aliases: [prod]\n", "").replace("reveal: false}", "reveal: false, aliases: [prod]}")
    found = policy_changes(
        parser.parse(POLICY.encode()), parser.parse(text.encode()), NAMES, "p", lines_of(text.encode())
    )
    assert ("alias-moved", "warning", '"prod" means "staging", and meant "production"') in said(found)


def test_anybody_may_change_it() -> None:
    before = POLICY.replace("    protected: true\n", "")
    found = said(policy("    change: [admins]\n", "", before))
    assert ("change-widened", ERROR, 'anyone may change "production", with nobody\'s signature') in found


def test_rules_in_another_order() -> None:
    first, second = POLICY.index("  - names:"), POLICY.index("  - {names:")
    end = POLICY.index("hook:")
    text = POLICY[:first] + POLICY[second:end] + POLICY[first:second] + POLICY[end:]
    found = policy_changes(
        parser.parse(POLICY.encode()), parser.parse(text.encode()), NAMES, "p", lines_of(text.encode())
    )
    assert [each.rule for each in found] == ["rules-reordered"]


def test_a_first_policy() -> None:
    found = said(policy_changes(NO_POLICY, parser.parse(POLICY.encode()), {}, "p", lines_of(None)))
    assert found[0][:2] == ("first-policy", "warning")
    assert ("", NOTE, '"production" is open to "alice", "ci"') in found


def test_each_statement_knows_its_line() -> None:
    (found,) = policy("bob: {keys: [age1bbb]}", "bob: {keys: [age1bbb, age1evil]}")
    assert POLICY.splitlines()[found.line - 1].startswith("  bob:")
    found = policy('["STRIPE_*"]', '["STRIPE_*", "PAY_*"]')[-1]
    assert (found.rule, POLICY.splitlines()[found.line - 1]) == ("rule-widened", '  - names: ["STRIPE_*"]')


def test_many_names_and_long_keys_stay_readable() -> None:
    assert quoted([f"N{number}" for number in range(9)]) == '"N0", "N1", "N2", "N3", "N4", "N5" and 3 more'
    assert len(short("age1pq1" + "x" * 1952)) < 100


MANIFEST = """\
version: 1
secrets:
  A: {required: [production], type: url, pattern: "^https", rotate: 90d, owner: team}
  B: {required: true}
services:
  worker:
    include: ["DB_*"]
  api:
    import: [worker]
    env:
      URL: "x-${secret:A}"
    files:
      - {path: tls/key, secret: B}
"""
PATHS = [("A",), ("B",), ("DB_URL",), ("STRIPE_KEY",), ("api", "TOKEN")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("required: [production], ", "", [("requirement-loosened", '"A" is required nowhere, was in "production"')]),
        ("required: [production]", "required: true", [("", '"A" is required everywhere, was in "production"')]),
        ("type: url, ", "", [("requirement-loosened", '"A" is of type any, was url')]),
        ("type: url, ", "type: string, ", [("requirement-loosened", '"A" is of type string, was url')]),
        ('pattern: "^https", ', "", [("requirement-loosened", '"A" has no pattern')]),
        ("^https", ".", [("requirement-loosened", '"A" has another pattern')]),
        ("90d", "1y", [("requirement-loosened", '"A" is due for a new value every 365 days, was every 90 days')]),
        ("90d", "30d", [("", '"A" is due for a new value every 30 days, was every 90 days')]),
        ("owner: team", "owner: ops", [("", '"A" is owned by "ops", was "team"')]),
        ("  B: {required: true}\n", "", [("requirement-loosened", '"B" is no longer declared')]),
        ("  B: {req", "  C: {}\n  B: {req", [("", '"C" is declared')]),
        (
            '["DB_*"]',
            '["DB_*", "STRIPE_*"]',
            [
                ("service-widened", 'service "api" gets "STRIPE_KEY" too'),
                ("service-widened", 'service "worker" gets "STRIPE_KEY" too'),
                ("service-widened", 'service "worker" includes "STRIPE_*" too'),
            ],
        ),
        (
            "    import: [worker]\n",
            "",
            [
                ("", 'service "api" no longer gets "DB_URL"'),
                ("", 'service "api" imports nothing, was "worker"'),
            ],
        ),
        (
            "x-${secret:A}",
            "y-${secret:DB_URL}-${secret:STRIPE_KEY}",
            [
                ("service-widened", 'service "api" gets "STRIPE_KEY" too'),
                ("", 'service "api" no longer gets "A"'),
                (
                    "text-around-secret",
                    (
                        '"URL" of service "api" is now made of "DB_URL", "STRIPE_KEY": '
                        '"y-${secret:DB_URL}-${secret:STRIPE_KEY}", was "x-${secret:A}"'
                    ),
                ),
            ],
        ),
        (
            "x-${secret:A}",
            "x-${secret:A}@evil.example",
            [
                (
                    "text-around-secret",
                    '"URL" of service "api" is now made of "A": "x-${secret:A}@evil.example", was "x-${secret:A}"',
                )
            ],
        ),
        (
            "x-${secret:A}",
            "x-${secret:A}-8Hs72Jsh3jHHsk2j3h4k5jh6",
            [
                (
                    "text-around-secret",
                    (
                        '"URL" of service "api" is now made of "A": a text of 38 characters, which is not shown, was '
                        '"x-${secret:A}"'
                    ),
                )
            ],
        ),
        (
            "    env:\n",
            "    env:\n      DB_URL: mine\n",
            [
                ("", 'service "api" no longer gets "DB_URL"'),
                (
                    "secret-shadowed",
                    (
                        '"DB_URL" of service "api" is a text of the manifest\'s own, in the place of the secret "DB_URL": '
                        "a text of 4 characters, which is not shown"
                    ),
                ),
            ],
        ),
        (
            "secret: B}",
            'secret: B, mode: "0444"}',
            [("service-widened", 'the file "tls/key" of service "api" holds "B", with the permissions 0444')],
        ),
        (
            "secret: B}",
            "secret: B, decode: base64}",
            [("", 'the file "tls/key" of service "api" holds "B", decoded from base64, with the permissions 0600')],
        ),
        (
            "  worker:\n",
            '  jobs:\n    files:\n      - {path: key, secret: A, mode: "0444"}\n  worker:\n',
            [
                ("", '"jobs" is a new service, which gets "A"'),
                ("service-widened", 'the file "key" of service "jobs" holds "A", with the permissions 0444'),
            ],
        ),
        (
            "  worker:\n",
            "  jobs: {include: [A]}\n  worker:\n",
            [("", '"jobs" is a new service, which gets "A"')],
        ),
    ],
)
def test_what_a_manifest_says_otherwise(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert old in MANIFEST
    data = MANIFEST.replace(old, new, 1).encode()
    before, after = manifest_parser.parse(MANIFEST.encode()), manifest_parser.parse(data)
    found = manifest_changes(before, after, PATHS, ".secrets/manifest.yaml", lines_of(data))
    assert [(each.rule, each.text) for each in found] == expected
    assert "hush" not in repr(found)
    assert all(each.line for each in found if "no longer declared" not in each.text)


FIELDS: dict[str, Any] = {"required": None, "pattern": manifest_pattern.compiled("^x$"), "rotate": 90}


@pytest.mark.parametrize("field", [name for name in Declaration._fields if name not in {"path", "line"}])
def test_each_field_of_a_declaration_that_changes_is_told(field: str) -> None:
    manifest = manifest_parser.parse(MANIFEST.encode())
    before = Declaration(("NEW",))
    after = before._replace(**{field: FIELDS.get(field, "x")})
    two = [manifest._replace(secrets={**manifest.secrets, ("NEW",): declared}) for declared in (before, after)]
    assert len(manifest_changes(two[0], two[1], PATHS, "manifest.yaml", lambda _path: 0)) == 1
