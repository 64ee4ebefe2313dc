"""The files of a project parsed: errors name the file, and a policy or manifest met again is not parsed again."""

from functools import lru_cache

from gitseal.errors import Malformed, UnknownVersion
from gitseal.policy import parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from gitseal.policy.manifest import Manifest

    T = TypeVar("T")

# Whoever looks at many commits meets the same policy and manifest in most of them.
_SAME = 4

policy = lru_cache(_SAME)(parser.parse)
"""As `parser.parse`."""


@lru_cache(_SAME)
def manifest(data: bytes) -> "Manifest":
    """As `manifest_parser.parse`."""
    from gitseal.policy import manifest_parser  # many projects have none

    return manifest_parser.parse(data)


def named(name: str, parse: "Callable[[bytes], T]", data: bytes) -> "T":
    """The result of `parse` for a file's bytes. Its Malformed and UnknownVersion are raised with the file's name."""
    try:
        return parse(data)
    except Malformed as error:
        place = f"{name}:{error.line}" if error.line else name
        raise Malformed(error.reason, error.line, error.hint, place=place) from None
    except UnknownVersion as error:
        raise UnknownVersion(error.reason, error.hint, place=name) from None
