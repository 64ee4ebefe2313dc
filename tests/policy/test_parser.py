"""What a policy may say, what it may not and in which line, and which rule answers."""

from contextlib import suppress

import pytest

from gitseal.errors import Error, Malformed, UnknownVersion
from gitseal.policy import parser
from gitseal.policy.policy import ACCEPT, PENDING, Policy, RuleList
from gitseal.yamltext import reader

WHOLE = """\
version: 1
recipients:
  alice:
    email: alice@example.com
    keys: [age1ql3z, "ssh-ed25519 AAAA"]
    signing: ["ssh-ed25519 AAAA"]
  bob: {keys: [age1ab]}
  carol: {keys: [age1cd]}
  ci-deploy: {kind: machine, keys: [age1x8k2]}
groups:
  admins: [alice]
  backend: [alice, bob]
  payments: [carol]
policy: {change: [admins]}
manifest: {change: [backend]}
environments:
  base: {open: [backend, admins, ci-deploy], change: [backend]}
  production:
    aliases: [prod]
    extends: base
    open: [admins, ci-deploy]       # who may open
    change: [admins]                # whose signed commits may change it
    protected: true                 # no local overrides
    reveal: false                   # no --show-values
rules:                              # first match wins
  - names: ["STRIPE_*"]
    environments: [production]
    open: [payments, ci-deploy]
    access: payments                # the access group's name
  - names: [LOG_LEVEL, "FEATURE_*"]
    plain: true
  - names: ["*"]
    environments: [base]
    open: [backend]
    access: rest
allow_names: [PYTHONUNBUFFERED]
hook:
  block: ["*.secret"]
  templates: [".env.example"]
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return parser.parse(WHOLE.encode())


def test_the_parts(policy: Policy) -> None:
    assert policy.recipients["alice"] == (
        "person",
        "alice@example.com",
        ("age1ql3z", "ssh-ed25519 AAAA"),
        ("ssh-ed25519 AAAA",),
    )
    assert policy.recipients["ci-deploy"].kind == "machine"
    assert policy.groups == {"admins": ("alice",), "backend": ("alice", "bob"), "payments": ("carol",)}
    assert policy.environments["production"].write_only == PENDING
    assert policy.environments["base"].write_only == ACCEPT
    assert policy.environments["base"].reveal
    assert not policy.environments["production"].reveal
    assert policy.allow_names == ("PYTHONUNBUFFERED",)
    assert (policy.hook_block, policy.hook_templates) == (("*.secret",), (".env.example",))
    assert (policy.policy_change, policy.manifest_change) == (("admins",), ("backend",))


@pytest.mark.parametrize(
    ("environment", "name", "group"),
    [
        ("production", "STRIPE_KEY", "payments"),
        ("production", "api/STRIPE_KEY", "payments"),
        ("base", "STRIPE_KEY", "rest"),
        ("production", "OTHER", "default"),
        ("base", "OTHER", "rest"),
        ("production", "XSTRIPE_KEY", "default"),
    ],
)
def test_the_first_rule_that_covers_a_name_answers(policy: Policy, environment: str, name: str, group: str) -> None:
    path = tuple(name.split("/"))

    assert policy.group(environment, path) == group
    assert not policy.is_plain(environment, path)


def test_a_name_is_plain_only_where_a_rule_says_so(policy: Policy) -> None:
    assert policy.is_plain("base", ("LOG_LEVEL",))
    assert policy.is_plain("production", ("api", "FEATURE_X"))
    assert not policy.is_plain("production", ("LOG_LEVEL2",))


def test_order_decides(policy: Policy) -> None:
    swapped = policy._replace(rules=RuleList(policy.rules[::-1]))

    assert swapped.group("base", ("LOG_LEVEL",)) == "rest"
    assert not swapped.is_plain("base", ("LOG_LEVEL",))


def test_who_opens_what(policy: Policy) -> None:
    assert policy.open_to("production", "default") == ("alice", "ci-deploy")
    assert policy.open_to("production", "payments") == ("carol", "ci-deploy")
    assert policy.open_to("base", "payments") is None
    assert policy.members(("backend", "alice", "bob")) == ("alice", "bob")
    assert policy.chain("production") == ("production", "base")
    assert [policy.resolve(name) for name in ("prod", "production", "other")] == ["production", "production", "other"]
    with pytest.raises(Error, match='no environment "staging"'):
        policy.environment("staging")


SECOND_SET = "    access: payments\n  - names: [X]\n    open: [alice]\n    access: payments"
# The text that is replaced, what stands there instead, the line that is refused, and words of the message.
REFUSED = {
    "no version": ("version: 1\n", "", 1, "version: 1"),
    "unknown field": ("groups:", "grops: {}\ngroups:", 10, '"grops"'),
    "unknown field of a person": ("    email:", "    mail:", 4, '"mail"'),
    "unknown field of an environment": ("    extends:", "    extend:", 20, '"extend"'),
    "unknown field of a rule": ("    access: payments", "    acces: payments", 29, '"acces"'),
    "unknown field of the hook": ("  block:", "  blocks:", 38, '"blocks"'),
    "unknown kind": ("kind: machine", "kind: robot", 9, "person, machine, forge"),
    "a forge with keys": ("kind: machine", "kind: forge", 9, "opens nothing"),
    "a forge that opens": ("kind: machine, keys: [age1x8k2]", "kind: forge", 17, "ci-deploy"),
    "a forge in a group that opens": (
        "  ci-deploy: {kind: machine, keys: [age1x8k2]}\ngroups:\n  admins: [alice]",
        "  ci-deploy: {keys: [age1x8k2]}\n  hub: {kind: forge}\ngroups:\n  admins: [alice, hub]",
        18,
        '"hub" is a forge',
    ),
    "unknown write-only": ("    reveal: false", "    write_only: maybe", 24, "accept"),
    "unknown group in open": ("open: [admins, ci-deploy]", "open: [admin, ci-deploy]", 18, '"admin"'),
    "unknown person in a group": ("admins: [alice]", "admins: [alise]", 11, '"alise"'),
    "unknown environment in a rule": ("environments: [production]", "environments: [prod]", 26, '"prod"'),
    "unknown base": ("extends: base", "extends: bases", 18, '"bases"'),
    "unknown group in change": ("policy: {change: [admins]}", "policy: {change: [admin]}", 14, '"admin"'),
    "nobody opens": ("    open: [admins, ci-deploy] ", "    open: [] ", 18, "does not say who"),
    "extends itself": ("  base: {open", "  base: {extends: production, open", 17, "production"),
    "a group called like a person": ("  admins: [alice]", "  bob: [alice]", 11, "both"),
    "an access group called like a person": ("access: payments", "access: bob", 26, "both"),
    "default as an access group": ("access: payments", "access: default", 26, "default"),
    "an access group in upper case": ("access: payments", "access: Payments", 26, "lower-case"),
    "a rule without access": ("    access: payments", "    # no access", 26, "access"),
    "a rule without names": ('  - names: ["STRIPE_*"]', "  - names: []", 26, "names no secrets"),
    "a rule without an answer": ("    plain: true", "    plain: false", 30, "neither"),
    "a rule with two answers": ("    plain: true", "    plain: true\n    access: x", 30, "only one"),
    "one access group for two sets": ("    access: rest", SECOND_SET, 36, "two different sets"),
    "an alias that is taken": ("aliases: [prod]", "aliases: [base]", 18, "already an environment"),
    "an alias that is no name": ("aliases: [prod]", "aliases: [all]", 18, "cannot be an alias"),
    "an environment called all": ("  base: {open", "  all: {open", 17, '"all"'),
    "an environment called x.local": ("  base: {open", "  x.local: {open", 17, '"x.local"'),
    "an environment in upper case": ("  base: {open", "  Base: {open", 17, '"Base"'),
    "a person called default": ("  bob:", "  default:", 7, '"default"'),
    "a text for a list": ("groups:\n  admins: [alice]", "groups:\n  admins: alice", 11, "a list"),
    "a list for a text": ("email: alice@example.com", "email: [a]", 4, "a text"),
    "a text for a boolean": ("protected: true ", "protected: 1 ", 23, "true or false"),
    "a text for a mapping": ('hook:\n  block: ["*.secret"]\n  templates: [".env.example"]\n', "hook: x\n", 37, "a mapping"),
    "a name twice": ("  carol: {keys", "  bob: {keys", 8, "twice"),
    "a number for a name": ("names: [LOG_LEVEL", "names: [1", 30, "a text"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), REFUSED.values(), ids=REFUSED)
def test_refused(old: str, new: str, line: int, words: str) -> None:
    assert WHOLE.count(old) >= 1

    with pytest.raises(Malformed) as refused:
        parser.parse(WHOLE.replace(old, new, 1).encode())

    assert (refused.value.line, words in refused.value.message) == (line, True), refused.value.message


def test_open_only_to_an_empty_group() -> None:
    text = WHOLE.replace("  payments: [carol]\n", "  payments: [carol]\n  none: []\n")

    for old in ("open: [backend, admins, ci-deploy]", "open: [payments, ci-deploy]"):
        with pytest.raises(Malformed, match="open only to empty groups"):
            parser.parse(text.replace(old, "open: [none]").encode())


@pytest.mark.parametrize("version", ["2", "1.0", '"1"', "true", "", "[]"])
def test_another_version(version: str) -> None:
    with pytest.raises(UnknownVersion):
        parser.parse(WHOLE.replace("version: 1", f"version: {version}", 1).encode())


@pytest.mark.parametrize("name", ["production", "eu-1", "a.b", "p", "x" * 64])
def test_environment_names(name: str) -> None:
    assert parser.is_environment_name(name)


@pytest.mark.parametrize(
    "name", ["", "all", "policy", "manifest", "allow", "a.local", "A", "-a", ".a", "a/b", "..", "x" * 65, "a\n"]
)
def test_no_environment_names(name: str) -> None:
    assert not parser.is_environment_name(name)


def test_the_smallest_policy() -> None:
    smallest = parser.parse(b"version: 1\n")

    assert smallest.rules == ()
    assert smallest.hook_templates == (".env.example", ".env.sample", ".env.template")


def test_every_line_of_the_whole_policy_taken_out_is_a_policy_or_a_clear_refusal() -> None:
    lines = WHOLE.splitlines(keepends=True)
    for at in range(len(lines)):
        with suppress(Malformed, UnknownVersion):
            parser.parse("".join(lines[:at] + lines[at + 1 :]).encode())


def test_the_policy_is_read_by_the_same_grammar() -> None:
    assert reader.parse(WHOLE.encode(), policy=True).serialise() == WHOLE.encode()
    with pytest.raises(Malformed):
        reader.parse(WHOLE.encode())


def test_branches_that_a_server_judges() -> None:
    text = b"version: 1\nrecipients:\n  a: {keys: [age1]}\nenvironments:\n  e: {open: [a]}\n"
    assert parser.parse(text).server_judged == ()
    assert parser.parse(text + b'server: {judged: [main, "release/*"]}\n').server_judged == ("main", "release/*")
    for wrong in (b'["release/"]', b'["/main"]', b'["refs/heads/main"]', b'["a b"]', b'["a..b~1"]', b"[[main]]"):
        with pytest.raises(Malformed):
            parser.parse(text + b"server: {judged: " + wrong + b"}\n")
