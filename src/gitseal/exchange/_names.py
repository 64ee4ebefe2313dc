"""Checks that names from other formats can be names of an environment (docs/format.md, section 1)."""

import re

from gitseal.errors import Malformed

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
_MAX_DEPTH = 8
_SHOWN = 40

RULE = "a name is letters, digits and _ . - after a letter or _, at most 128 of them"


def is_name(part: str) -> bool:
    """True if a text can be one part of a name, as it is."""
    return _NAME.fullmatch(part) is not None


def check_path(path: tuple[str, ...], line: int) -> None:
    """Raise Malformed unless the last part of the path is a name and the path is at most 8 parts deep.

    The parts before it are not looked at again: whoever walks a tree checked them on the way down.
    """
    if not is_name(path[-1]):
        raise Malformed(f'"{shown(path[-1])}" cannot be a name', line, RULE)
    if len(path) > _MAX_DEPTH:
        raise Malformed(f'"{shown(path[0])}" holds sections more than {_MAX_DEPTH} deep', line, "flatten the file")


def shown(name: str) -> str:
    """The name for a message: at most 40 characters, and nothing in it that a terminal obeys."""
    visible = "".join(sign if sign.isprintable() else "?" for sign in name[:_SHOWN])
    return visible + ("…" if len(name) > _SHOWN else "")
