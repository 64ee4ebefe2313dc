"""The rules of `.sops.yaml`: which files are sealed to whom. sops takes the first one whose expression is in a file's path.

Their expressions are Go's. Those that Python would read otherwise are not tried; see `CreationRule.matches`.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gitseal.errors import Malformed
from gitseal.exchange._text import decoded
from gitseal.exchange.sops.metadata import SERVICES
from gitseal.records import NamedTuple

NAME = ".sops.yaml"
_LARGEST = 1_000_000
_MOST_RULES, _MOST_KEYS, _DEEPEST = 1000, 1000, 2
# What the rules call the keys that a file has under another name.
_SERVICES = {**SERVICES, "azure_keyvault": "Azure Key Vault", "hc_vault_transit_uri": "Vault"}
# The second is where many people keep anchors; sops itself does not look at it.
_OURS = frozenset({"creation_rules", "keys"})
_SELECTORS = ("unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex")
_SELECTORS_OF_COMMENTS = ("unencrypted_comment_regex", "encrypted_comment_regex")
# Go's own: texts in \Q...\E, classes of Unicode, POSIX classes, single bytes, and flags that Python does not have there.
_GO_ONLY = re.compile(r"\\[QEpPCz]|\[\[:|\(\?[^:P]*U|(?<!^)\(\?[a-zA-Z-]+\)")

Plain: TypeAlias = "dict[object, Plain] | list[Plain] | str | int | float | bool | None"


class CreationRule(NamedTuple):
    """One rule: its expression, empty if it is for every file; age and SSH recipients; other keys; what it says besides."""

    expression: str
    recipients: tuple[str, ...]
    services: tuple[str, ...] = ()
    is_shared: bool = False
    selectors: tuple[str, ...] = ()

    @property
    def is_readable(self) -> bool:
        """True if Python reads the expression as Go does."""
        return _compiled(self.expression) is not None

    def matches(self, path: str) -> bool:
        """True if the rule is for the file at this path from the folder of `.sops.yaml`; False for an unreadable expression."""
        compiled = _compiled(self.expression)
        return compiled is not None and compiled.search(path) is not None


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
    try:
        top: Plain = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError):
        raise Malformed("it is no YAML that sops reads", hint="see what sops says: sops encrypt FILE") from None
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
    parts = [written, *(one for one in groups if isinstance(one, dict))] if isinstance(groups, list) else [written]
    recipients = tuple(dict.fromkeys(key for part in parts[:_MOST_KEYS] for key in _keys(part.get("age"))))
    if len(recipients) > _MOST_KEYS:
        raise Malformed(f"a rule has more than {_MOST_KEYS} recipients")
    services = tuple(dict.fromkeys(words for part in parts for kind, words in _SERVICES.items() if part.get(kind)))
    selectors = tuple(name for name in (*_SELECTORS, *_SELECTORS_OF_COMMENTS) if written.get(name))
    expression = written.get("path_regex") or ""
    return CreationRule(str(expression), recipients, services, isinstance(groups, list) and len(groups) > 1, selectors)


def _keys(written: Plain, depth: int = 0) -> Iterator[str]:
    """The keys of a text with commas between them, of a list of such texts, or of a list of lists, as anchors make them.

    Deeper ones are left: a few lines of aliases grow to any number of items.
    """
    if isinstance(written, str):
        yield from (key for part in written.split(",") if (key := part.strip()))
    elif isinstance(written, list) and depth < _DEEPEST:
        for one in written[:_MOST_KEYS]:
            yield from _keys(one, depth + 1)


def _name(text: str, key: str) -> str:
    """The name that a file gives to a key where it stands first: an anchor before it or a comment behind it; else empty."""
    for line in text.splitlines():
        before, found, behind = line.partition(key)
        if found:
            anchor = re.search(r"&(\S+)[ \t]+[\"']?$", before)
            comment = re.search(r"[ \t]#[ \t]*(\S.*)", behind)
            return anchor[1] if anchor else comment[1].strip() if comment else ""
    return ""


def _compiled(expression: str) -> "re.Pattern[str] | None":
    if _GO_ONLY.search(expression):
        return None
    try:
        return re.compile(expression.replace("(?<", "(?P<") if re.search(r"\(\?<\w", expression) else expression)
    except (re.error, OverflowError, RecursionError):
        return None
