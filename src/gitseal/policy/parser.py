"""policy.yaml read into a `Policy`: every field known, every name defined, or a refusal with its line."""

from gitseal.document.token_grammar import is_group
from gitseal.errors import Malformed, UnknownVersion
from gitseal.policy import consistency
from gitseal.policy.fields import (
    at_same_depth,
    boolean,
    choice,
    items,
    known_part,
    mapping,
    named,
    nearest,
    string,
    strings,
)
from gitseal.policy.names import is_environment_name, is_principal_name
from gitseal.policy.policy import (
    ACCEPT,
    DEFAULT,
    FORGE,
    MACHINE,
    PENDING,
    PERSON,
    REFUSE,
    Environment,
    Policy,
    Principal,
    Rule,
    RuleList,
)
from gitseal.yamltext import reader
from gitseal.yamltext.tree import Node, NodeKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.policy.target import PublishTarget

__all__ = ["is_environment_name", "is_principal_name", "nearest", "parse"]

# What a branch's name may hold (git-check-ref-format(1)), and `*`.
_BRANCHES = r"[^\0-\x20\x7f~^:?\[\\/]+(?:/[^\0-\x20\x7f~^:?\[\\/]+)*"
_MAX_APPROVALS = 99
_TEMPLATES = (".env.example", ".env.sample", ".env.template")


def parse(data: bytes) -> Policy:
    """The policy in the bytes of policy.yaml. Raises Malformed with the line, or UnknownVersion.

    Whoever seals or judges by a policy needs all of it, so a field that is not known is refused (UnknownField).
    """
    return _policy(reader.parse(data, policy=True).root)


def parse_known(data: bytes) -> tuple[Policy, tuple[str, ...]]:
    """The policy as far as this program knows it, and the fields that were left out: see `fields.known_part`.

    Raises as `parse`, but for unknown fields.
    """
    return known_part(reader.parse(data, policy=True).root, _policy, at_same_depth)


def _policy(root: Node) -> Policy:
    top = _fields(
        root,
        "version",
        "recipients",
        "groups",
        "policy",
        "manifest",
        "environments",
        "rules",
        "allow_names",
        "hook",
        "server",
        "publish",
    )
    _check_version(top.get("version"))
    recipients = {name: _principal(node) for name, node in named(top.get("recipients"), is_principal_name, "recipient")}
    groups = {name: strings(node) for name, node in named(top.get("groups"), is_principal_name, "group")}
    environments = {
        name: _environment(node) for name, node in named(top.get("environments"), is_environment_name, "environment")
    }
    (policy_change, policy_approvals), (manifest_change, manifest_approvals) = (
        _owned(top.get(name)) for name in ("policy", "manifest")
    )
    policy = Policy(
        recipients,
        groups,
        environments,
        RuleList(_rule(node) for node in items(top.get("rules"))),
        strings(top.get("allow_names")),
        policy_change,
        manifest_change,
        *_hook(top.get("hook")),
        _judged(top.get("server")),
        policy_approvals,
        manifest_approvals,
        _published(top.get("publish")),
    )
    consistency.check(policy, top)
    return policy


def _check_version(node: Node | None) -> None:
    if node is None:
        raise Malformed('the policy does not begin with "version: 1"', 1)
    # True is 1 to Python.
    if node.value != 1 or type(node.value) is not int:
        raise UnknownVersion("the policy is of a version that this gitseal does not know", "upgrade gitseal")


def _principal(node: Node) -> Principal:
    fields = _fields(node, "kind", "email", "keys", "signing")
    kind = choice(fields.get("kind"), PERSON, MACHINE, FORGE) or PERSON
    keys = strings(fields.get("keys"))
    if kind == FORGE and keys:
        raise Malformed("a forge signs commits and opens nothing: it has no keys", node.line + 1)
    return Principal(kind, string(fields.get("email")), keys, strings(fields.get("signing")))


def _environment(node: Node) -> Environment:
    fields = _fields(node, "open", "change", "aliases", "extends", "protected", "reveal", "write_only")
    protected = boolean(fields.get("protected"), default=False)
    write_only = choice(fields.get("write_only"), ACCEPT, PENDING, REFUSE) or (PENDING if protected else ACCEPT)
    change, approvals = _change(fields.get("change"))
    return Environment(
        strings(fields.get("open")),
        change,
        strings(fields.get("aliases")),
        string(fields.get("extends")),
        protected,
        boolean(fields.get("reveal"), default=True),
        write_only,
        approvals,
    )


def _rule(node: Node) -> Rule:
    fields = _fields(node, "names", "environments", "plain", "access", "open")
    plain = boolean(fields.get("plain"), default=False)
    rule = Rule(
        strings(fields.get("names")),
        strings(fields.get("environments")),
        plain,
        string(fields.get("access")),
        strings(fields.get("open")),
    )
    line = node.line + 1
    if not rule.names:
        raise Malformed("a rule names no secrets", line, 'give it names: [NAME, "PREFIX_*"]')
    if plain and (rule.access or rule.open):
        raise Malformed("a rule says plain and who may open: it can say only one", line)
    if not plain and not rule.open:
        raise Malformed("a rule says neither plain: true nor who may open", line)
    if rule.open and (not is_group(rule.access) or rule.access == DEFAULT):
        raise Malformed("a rule with open needs access: the access group's name, lower-case, not default", line)
    return rule


def _owned(node: Node | None) -> tuple[tuple[str, ...], int]:
    return _change(_fields(node, "change").get("change")) if node is not None else ((), 0)


def _change(node: Node | None) -> tuple[tuple[str, ...], int]:
    """The people who may change a file, and how many of them approve it besides: a list, or `{by: LIST, approvals: NUMBER}`."""
    if node is None or node.kind is not NodeKind.MAPPING:
        return strings(node), 0
    fields = _fields(node, "by", "approvals")
    by, number = strings(fields.get("by")), fields.get("approvals")
    if number is None:
        return by, 0
    if type(number.value) is not int or not 0 <= number.value <= _MAX_APPROVALS:
        raise Malformed(f"this is not a number from 0 to {_MAX_APPROVALS}", number.line + 1)
    if number.value and not by:
        raise Malformed("approvals are asked for, and nobody can give them", node.line + 1, "add by: [GROUP]")
    return by, number.value


def _hook(node: Node | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fields = _fields(node, "block", "templates") if node is not None else {}
    return strings(fields.get("block")), strings(fields["templates"]) if "templates" in fields else _TEMPLATES


def _judged(node: Node | None) -> tuple[str, ...]:
    fields = _fields(node, "judged") if node is not None else {}
    patterns = strings(fields.get("judged"))
    if not patterns:
        return ()
    import re  # few policies have the field

    for pattern in patterns:
        if not re.fullmatch(_BRANCHES, pattern) or pattern.startswith("refs/"):
            raise Malformed(
                f'"{pattern}" cannot be a branch',
                fields["judged"].line + 1,
                'give names or patterns of branches: judged: [main, "release/*"]',
            )
    return patterns


def _published(node: Node | None) -> "tuple[PublishTarget, ...]":
    if node is None:
        return ()
    from gitseal.policy import publishing  # few policies have the field

    return publishing.parse(node, _BRANCHES)


def _fields(node: Node, *known: str) -> dict[str, Node]:
    return mapping(node, "policy", *known)
