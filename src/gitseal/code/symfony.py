"""Symfony's `%env(X)%` in YAML, XML and PHP, with processors: `%env(json:file:X)%`; `env(X)` as a parameter gives a default."""

import re

from gitseal.code.uses import Reading, Use

_USE = re.compile(
    r"%env\(((?:[a-z_]+:|default:[\w.]*:)*)([A-Za-z_]\w{0,200})\)%|\bAutowire\(\s*env:\s*['\"]([\w:]{1,200})['\"]"
)
_GIVEN = re.compile(r"^\s*['\"]?env\(([A-Za-z_]\w{0,200})\)['\"]?\s*:\s*(?![~\s]|null)", re.MULTILINE)


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that a configuration takes in."""
    if b"env(" not in content and b"Autowire" not in content:
        return Reading(())
    written = content.decode("utf-8", "replace")
    given = frozenset(_GIVEN.findall(written))
    uses = []
    for number, words in enumerate(written.split("\n"), 1):
        for processors, name, wired in _USE.findall(words):
            last = name or wired.rpartition(":")[2]
            uses.append(Use(last, number, "default:" in (processors or wired) or last in given))
    return Reading(tuple(uses))
