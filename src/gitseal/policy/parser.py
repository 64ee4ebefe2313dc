"""policy.yaml read into a `Policy`: every field known, every name defined, or a refusal with its line."""

import re
from collections.abc import Callable, Collection, Iterator

from gitseal.errors import Malformed, UnknownVersion
from gitseal.policy.policy import ACCEPT, DEFAULT, PENDING, REFUSE, Environment, Policy, Principal, Rule
from gitseal.yamltext import reader
from gitseal.yamltext.tree import Kind, Node

_PRINCIPAL = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_ACCESS = re.compile(r"[a-z][a-z0-9-]{0,31}")
_ENVIRONMENT = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_NO_ENVIRONMENTS = frozenset({"policy", "manifest", "allow", "all"})
_TEMPLATES = (".env.example", ".env.sample", ".env.template")


def is_environment_name(name: str) -> bool:
    """Whether an environment can have this name; it is the stem of the environment's file."""
    return _ENVIRONMENT.fullmatch(name) is not None and name not in _NO_ENVIRONMENTS and not name.endswith(".local")


def is_principal_name(name: str) -> bool:
    """Whether a person, machine or group can have this name."""
    return _PRINCIPAL.fullmatch(name) is not None and name != DEFAULT


def parse(data: bytes) -> Policy:
    """The policy in the bytes of policy.yaml. Raises Malformed with the line, or UnknownVersion."""
    tree = reader.parse(data, policy=True)
    top = _fields(
        tree.root,
        "version",
        "recipients",
        "groups",
        "policy",
        "manifest",
        "environments",
        "rules",
        "allow_names",
        "hook",
    )
    version = top.get("version")
    if version is None:
        raise Malformed('the policy does not begin with "version: 1"', 1)
    if version.value != 1 or type(version.value) is not int:
        raise UnknownVersion("the policy is of a version that this gitseal does not know", "upgrade gitseal")
    recipients = {
        name: _principal(node) for name, node in _named(top.get("recipients"), is_principal_name, "recipient")
    }
    groups = {name: _strings(node) for name, node in _named(top.get("groups"), is_principal_name, "group")}
    environments = {
        name: _environment(node) for name, node in _named(top.get("environments"), is_environment_name, "environment")
    }
    policy = Policy(
        recipients,
        groups,
        environments,
        tuple(_rule(node) for node in _items(top.get("rules"))),
        _strings(top.get("allow_names")),
        _change(top.get("policy")),
        _change(top.get("manifest")),
        *_hook(top.get("hook")),
    )
    _Checks(policy, top).run()
    return policy


def _principal(node: Node) -> Principal:
    fields = _fields(node, "kind", "email", "keys", "signing")
    kind = _choice(fields.get("kind"), "person", "machine") or "person"
    keys = _strings(fields.get("keys"))
    return Principal(kind, _string(fields.get("email")), keys, _strings(fields.get("signing")))


def _environment(node: Node) -> Environment:
    fields = _fields(node, "open", "change", "aliases", "extends", "protected", "reveal", "write_only")
    protected = _boolean(fields.get("protected"), default=False)
    write_only = _choice(fields.get("write_only"), ACCEPT, PENDING, REFUSE) or (PENDING if protected else ACCEPT)
    return Environment(
        _strings(fields.get("open")),
        _strings(fields.get("change")),
        _strings(fields.get("aliases")),
        _string(fields.get("extends")),
        protected,
        _boolean(fields.get("reveal"), default=True),
        write_only,
    )


def _rule(node: Node) -> Rule:
    fields = _fields(node, "names", "environments", "plain", "access", "open")
    plain = _boolean(fields.get("plain"), default=False)
    rule = Rule(
        _strings(fields.get("names")),
        _strings(fields.get("environments")),
        plain,
        _string(fields.get("access")),
        _strings(fields.get("open")),
    )
    line = node.line + 1
    if not rule.names:
        raise Malformed("a rule names no secrets", line, 'give it names: [NAME, "PREFIX_*"]')
    if plain and (rule.access or rule.open):
        raise Malformed("a rule says plain and who may open: it can say only one", line)
    if not plain and not rule.open:
        raise Malformed("a rule says neither plain: true nor who may open", line)
    if rule.open and (not _ACCESS.fullmatch(rule.access) or rule.access == DEFAULT):
        raise Malformed("a rule with open needs access: the access group's name, lower-case, not default", line)
    return rule


def _change(node: Node | None) -> tuple[str, ...]:
    return _strings(_fields(node, "change").get("change")) if node is not None else ()


def _hook(node: Node | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fields = _fields(node, "block", "templates") if node is not None else {}
    return _strings(fields.get("block")), _strings(fields["templates"]) if "templates" in fields else _TEMPLATES


class _Checks:
    """What must hold between the parts of a policy."""

    def __init__(self, policy: Policy, top: dict[str, Node]) -> None:
        self.policy = policy
        self.top = top

    def run(self) -> None:
        for name, node in _each(self.top.get("groups")):
            if name in self.policy.recipients:
                raise Malformed(f'"{name}" is both a recipient and a group', node.line + 1)
            self.known(self.policy.groups[name], self.policy.recipients, "recipient", node)
        for name, node in _each(self.top.get("environments")):
            self.environment(name, self.policy.environments[name], node)
        for rule, node in zip(self.policy.rules, _items(self.top.get("rules")), strict=True):
            self.rule(rule, node)
        for owned in (self.top.get("policy"), self.top.get("manifest")):
            if owned is not None:
                self.openers(_change(owned), owned)
        self.one_set_for_each_access_group()
        self.aliases()

    def environment(self, name: str, environment: Environment, node: Node) -> None:
        if not environment.open:
            raise Malformed(
                f'environment "{name}" says of no one that they may open it', node.line + 1, "give it open: [GROUP]"
            )
        self.openers(environment.open, node)
        self.openers(environment.change, node)
        if not self.policy.members(environment.open):
            raise Malformed(f'environment "{name}" is open only to empty groups', node.line + 1)
        seen = [name]
        while environment.extends:
            if environment.extends in seen:
                raise Malformed(
                    f"environments extend each other: {' > '.join([*seen, environment.extends])}", node.line + 1
                )
            self.known((environment.extends,), self.policy.environments, "environment", node)
            seen.append(environment.extends)
            environment = self.policy.environments[environment.extends]

    def rule(self, rule: Rule, node: Node) -> None:
        self.known(rule.environments, self.policy.environments, "environment", node)
        self.openers(rule.open, node)
        if rule.open and not self.policy.members(rule.open):
            raise Malformed(f'access group "{rule.access}" is open only to empty groups', node.line + 1)
        if rule.access in self.policy.recipients:
            raise Malformed(f'"{rule.access}" is both a recipient and an access group', node.line + 1)

    def one_set_for_each_access_group(self) -> None:
        for environment in self.policy.environments:
            sets: dict[str, set[str]] = {}
            for rule, node in zip(self.policy.rules, _items(self.top.get("rules")), strict=True):
                if rule.open and (not rule.environments or environment in rule.environments):
                    members = set(self.policy.members(rule.open))
                    if sets.setdefault(rule.access, members) != members:
                        raise Malformed(
                            f'access group "{rule.access}" is open to two different sets in {environment}',
                            node.line + 1,
                        )

    def aliases(self) -> None:
        taken = dict.fromkeys(self.policy.environments, "an environment")
        for name, node in _each(self.top.get("environments")):
            for alias in self.policy.environments[name].aliases:
                if not is_environment_name(alias):
                    raise Malformed(f'"{alias}" cannot be an alias', node.line + 1)
                if alias in taken:
                    raise Malformed(f'the alias "{alias}" of {name} is already {taken[alias]}', node.line + 1)
                taken[alias] = f"an alias of {name}"

    def openers(self, names: tuple[str, ...], node: Node) -> None:
        self.known(names, {**self.policy.recipients, **self.policy.groups}, "recipient or group", node)

    def known(self, names: tuple[str, ...], among: Collection[str], what: str, node: Node) -> None:
        for name in names:
            if name not in among:
                raise Malformed(f'there is no {what} "{name}"', node.line + 1, nearest(name, among))


def nearest(name: str, among: Collection[str]) -> str:
    """A hint with the nearest of the names that exist, or an empty one."""
    import difflib  # only ever needed on the way to an error

    close = difflib.get_close_matches(name, list(among), n=1)
    return f'the nearest is "{close[0]}"' if close else ""


def _fields(node: Node, *known: str) -> dict[str, Node]:
    if node.kind is not Kind.MAPPING:
        raise Malformed("a mapping is missing here", node.line + 1)
    for name, field in node.children.items():
        if name not in known:
            raise Malformed(f'the policy has no field "{name}" here', field.line + 1, nearest(name, known))
    return node.children


def _each(node: Node | None) -> Iterator[tuple[str, Node]]:
    if node is not None and not (node.kind is Kind.SCALAR and node.value is None):
        if node.kind is not Kind.MAPPING:
            raise Malformed("a mapping is missing here", node.line + 1)
        yield from node.children.items()


def _named(node: Node | None, is_name: Callable[[str], bool], what: str) -> Iterator[tuple[str, Node]]:
    for name, child in _each(node):
        if not is_name(name):
            raise Malformed(f'"{name}" cannot be the name of a {what}', child.line + 1)
        yield name, child


def _items(node: Node | None) -> list[Node]:
    if node is None or (node.kind is Kind.SCALAR and node.value is None):
        return []
    if node.kind is not Kind.SEQUENCE:
        raise Malformed("a list is missing here", node.line + 1)
    return node.items


def _strings(node: Node | None) -> tuple[str, ...]:
    return tuple(_string(item) for item in _items(node))


def _string(node: Node | None) -> str:
    if node is None:
        return ""
    if node.kind is not Kind.SCALAR or not isinstance(node.value, str):
        raise Malformed("a text is missing here", node.line + 1)
    return node.value


def _boolean(node: Node | None, *, default: bool) -> bool:
    if node is None:
        return default
    if not isinstance(node.value, bool):
        raise Malformed("true or false is missing here", node.line + 1)
    return node.value


def _choice(node: Node | None, *choices: str) -> str:
    word = _string(node)
    if node is not None and word not in choices:
        raise Malformed(f"this is none of {', '.join(choices)}", node.line + 1)
    return word
