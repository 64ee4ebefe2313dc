"""The policy's `publish`: which environments go to which store, of which service, and from which branch."""

from gitseal.errors import Malformed
from gitseal.policy.fields import boolean, mapping, named, string, strings
from gitseal.policy.names import is_principal_name
from gitseal.policy.target import PublishTarget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.yamltext.tree import Node

_HEADS = "refs/heads/"
# A scheme, and what its store reads. No spaces at the ends, and nothing that steers a terminal.
_PLACE = r"[a-z][a-z0-9-]{0,31}:(?=\S).{1,1024}(?<=\S)"


def parse(node: "Node | None", branches: str) -> tuple[PublishTarget, ...]:
    """The targets, in the order of the policy; `branches` is the grammar of a branch's name. Raises Malformed."""
    return tuple(_target(name, child, branches) for name, child in named(node, is_principal_name, "target"))


def _target(name: str, node: "Node", branches: str) -> PublishTarget:
    import re  # few policies publish anything

    fields = mapping(node, "policy", "environments", "to", "service", "from", "prune")
    target = PublishTarget(
        name,
        strings(fields.get("environments")),
        string(fields.get("to")),
        string(fields.get("service")),
        string(fields.get("from")),
        boolean(fields.get("prune"), default=False),
    )
    line = node.line + 1
    if not target.environments:
        raise Malformed(f'target "{name}" does not say what goes there', line, "give it environments: [production]")
    if not re.fullmatch(_PLACE, target.to) or not target.to.isprintable():
        hint = "give it to: a kind of store, a colon and a place in it, such as vault:secret/shop"
        raise Malformed(f'target "{name}" does not say where to', line, hint)
    if target.source and not re.fullmatch(_HEADS + branches, target.source):
        hint = "give a branch by its full name: from: refs/heads/main"
        raise Malformed(f'"{target.source}" is no branch by its full name', fields["from"].line + 1, hint)
    return target


def clash(targets: tuple[PublishTarget, ...]) -> tuple[str, str] | None:
    """The first target that goes where another one or another environment goes already, with the reason; None if none does.

    Two of them in one place would take each other's names for their own.
    """
    taken: dict[str, dict[str, str]] = {}
    for target in targets:
        for environment, place in target.places():
            base, region = _whole(place)
            there = taken.setdefault(base, {})
            # A place without a region is in the one that the environment names, which may be any.
            other = there.get(region) or (next(iter(there.values()), None) if not region else there.get(""))
            if other is not None:
                reason = f'"{environment}" of target "{target.name}" goes to "{place}", where {other} goes already'
                return target.name, reason
            there[region] = f'"{environment}" of target "{target.name}"'
    return None


_CASELESS = frozenset({"github", "gitea", "gitlab", "azure-keyvault"})
_AWS = frozenset({"aws-ssm", "aws-secretsmanager"})
_SLASH_IS_NOTHING = frozenset({"azure-keyvault", "gcp-secretmanager"})


def _whole(place: str) -> tuple[str, str]:
    """A place as every spelling of it is, without the options that only say how values are kept; and the region that it names."""
    scheme, _, locator = place.partition(":")
    options = ""
    if scheme in _CASELESS | _AWS:
        locator, _, options = locator.partition("?")
    if scheme in _CASELESS:
        locator = locator.lower()
    if scheme in _SLASH_IS_NOTHING:
        locator = locator.rstrip("/")
    regions = [option.partition("=")[2] for option in options.split("&") if option.startswith("region=")]
    return f"{scheme}:{locator}", next(iter(regions), "")
