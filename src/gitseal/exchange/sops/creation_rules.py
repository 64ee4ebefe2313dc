"""The rules of `.sops.yaml`: which files are sealed to whom. sops takes the first one whose expression is in a file's path.

Their expressions are Go's: see `expressions` for those that are read.
"""

import re
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gitseal.errors import Malformed
from gitseal.exchange._text import decoded
from gitseal.exchange.sops import expressions
from gitseal.exchange.sops.metadata import SERVICES
from gitseal.records import NamedTuple

NAME = ".sops.yaml"
_LARGEST = 1_000_000
_MOST_RULES, _MOST_KEYS, _MOST_TOLD = 1000, 1000, 8
# What the rules call the keys that a file has under another name.
_SERVICES = {**SERVICES, "azure_keyvault": "Azure Key Vault", "hc_vault_transit_uri": "Vault"}
# The second is where many people keep anchors; sops itself does not look at it.
_OURS = frozenset({"creation_rules", "keys"})
_SELECTORS = ("unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex")
_SELECTORS_OF_COMMENTS = ("unencrypted_comment_regex", "encrypted_comment_regex")
_SHORT_FIELDS = frozenset({"path_regex", "age", "key_groups", "shamir_threshold", "mac_only_encrypted"})
_DEEPEST_FLOW, _MOST_VISITED = 32, 2000
Plain: TypeAlias = "dict[object, Plain] | list[Plain] | str | int | float | bool | None"


class CreationRule(NamedTuple):
    """One rule: its expression, empty if it is for every file; age and SSH recipients; other keys; what it says besides.

    `others` are names in it that sops takes, or ignores, and that are not looked at here.
    """

    expression: str
    recipients: tuple[str, ...]
    services: tuple[str, ...] = ()
    is_shared: bool = False
    selectors: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def is_readable(self) -> bool:
        """True if Python reads the expression as Go does."""
        return expressions.is_readable(self.expression)

    def matches(self, path: str) -> bool:
        """True if the rule is for the file at this path from the folder of `.sops.yaml`; False for an unreadable expression."""
        return expressions.found(self.expression, path) is True


class CreationRules(NamedTuple):
    """The rules in their order, names that the file gives to keys (by an anchor or a comment), and what else it settles."""

    rules: tuple[CreationRule, ...]
    names: dict[str, str]
    others: tuple[str, ...]


def parse(data: bytes) -> CreationRules:
    """The rules of a `.sops.yaml`. Raises Malformed if it is no such file."""
    if len(data) > _LARGEST:
        raise Malformed(f"more than {_LARGEST} bytes")
    text = decoded(data)
    if _depth(text) > _DEEPEST_FLOW:
        raise Malformed(f"brackets are nested more than {_DEEPEST_FLOW} deep")
    try:
        top: Plain = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError):
        raise Malformed("it is no YAML") from None
    if not isinstance(top, dict):
        raise Malformed("it has no creation_rules")
    written = top.get("creation_rules") or []
    if not isinstance(written, list) or len(written) > _MOST_RULES:
        raise Malformed(f"creation_rules is no list of at most {_MOST_RULES} rules")
    rules = tuple(_rule(one) for one in written)
    names = {key: name for rule in rules for key in rule.recipients if (name := _name(text, key))}
    return CreationRules(rules, names, tuple(str(name) for name in top if name not in _OURS))


def _rule(written: Plain) -> CreationRule:
    if not isinstance(written, dict):
        raise Malformed("a rule of creation_rules is no mapping")
    groups = written.get("key_groups")
    # sops looks at the keys of the rule itself only if it has no groups.
    parts = [one for one in groups if isinstance(one, dict)] if isinstance(groups, list) and groups else [written]
    expression = written.get("path_regex") or ""
    if not isinstance(expression, str) or len(parts) > _MOST_RULES:
        raise Malformed("a rule has a path_regex that is no text, or too many key_groups")
    services = tuple(dict.fromkeys(words for part in parts for kind, words in _SERVICES.items() if part.get(kind)))
    selectors = tuple(name for name in (*_SELECTORS, *_SELECTORS_OF_COMMENTS) if written.get(name))
    known = _SHORT_FIELDS | _SERVICES.keys() | set(selectors)
    unknown = {name for part in (written, *parts) for name in part if isinstance(name, str)} - known
    recipients = _keys([part.get("age") for part in parts])
    return CreationRule(
        expression, recipients, services, len(parts) > 1, selectors, tuple(sorted(unknown)[:_MOST_TOLD])
    )


def _keys(written: Plain) -> tuple[str, ...]:
    """The keys of texts with commas between them, of lists of such texts, and of lists of lists, as anchors make them.

    Each once. Raises Malformed if there are too many: a few lines of aliases grow to any number.
    """
    keys: dict[str, None] = {}
    waiting, visited = [written], 0
    while waiting:
        visited += 1
        one = waiting.pop()
        if isinstance(one, list):
            waiting += reversed(one[:_MOST_VISITED])
        elif isinstance(one, str):
            keys |= dict.fromkeys(key for part in one.split(",") if (key := part.strip()))
        if visited > _MOST_VISITED or len(waiting) > 2 * _MOST_VISITED or len(keys) > _MOST_KEYS:
            raise Malformed(f"a rule has more than {_MOST_KEYS} recipients")
    return tuple(keys)


def _depth(text: str) -> int:
    """How deep brackets are nested at most; those in texts and comments count too."""
    deepest = depth = 0
    for sign in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if sign in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _name(text: str, key: str) -> str:
    """The name that a file gives to a key where it stands first: an anchor before it or a comment behind it; else empty."""
    for line in text.splitlines():
        before, found, behind = line.partition(key)
        if found:
            anchor = re.search(r"&(\S+)[ \t]+[\"']?$", before)
            comment = re.search(r"[ \t]#[ \t]*(\S.*)", behind)
            return anchor[1] if anchor else comment[1].strip() if comment else ""
    return ""
