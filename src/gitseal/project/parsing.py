"""The files of a project parsed: errors name the file, and a policy or manifest met again is not parsed again."""

from functools import lru_cache

from gitseal.errors import Malformed, UnknownVersion
from gitseal.policy import parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from gitseal.policy.manifest import Manifest
    from gitseal.policy.policy import Policy

    T = TypeVar("T")
    Tell = Callable[[str], object]

# Whoever looks at many commits meets the same policy and manifest in most of them.
_SAME = 4
_MOST_NAMED = 3


def policy(name: str, data: bytes, tell: "Tell | None") -> "Policy":
    """The policy of a file. Raises Malformed and UnknownVersion with its name.

    With `tell` fields that this gitseal does not know are told and left out, for those who only read; without, they are refused.
    """
    if tell is None:
        return named(name, _policy, data)
    known, ignored = named(name, parser.parse_known, data)
    _tell_ignored(name, ignored, tell)
    return known


def manifest(name: str, data: bytes, tell: "Tell | None") -> "Manifest":
    """The manifest of a file; the rest as for `policy`."""
    if tell is None:
        return named(name, _manifest, data)
    from gitseal.policy import manifest_parser

    known, ignored = named(name, manifest_parser.parse_known, data)
    _tell_ignored(name, ignored, tell)
    return known


def named(name: str, parse: "Callable[[bytes], T]", data: bytes) -> "T":
    """The result of `parse` for a file's bytes. Its Malformed and UnknownVersion are raised with the file's name."""
    try:
        return parse(data)
    except Malformed as error:
        place = f"{name}:{error.line}" if error.line else name
        raise Malformed(error.reason, error.line, error.hint, place=place) from None
    except UnknownVersion as error:
        raise UnknownVersion(error.reason, error.hint, place=name) from None


_policy = lru_cache(_SAME)(parser.parse)


@lru_cache(_SAME)
def _manifest(data: bytes) -> "Manifest":
    from gitseal.policy import manifest_parser  # many projects have none

    return manifest_parser.parse(data)


def _tell_ignored(name: str, ignored: "Sequence[str]", tell: "Tell") -> None:
    if ignored:
        fields = ", ".join(f'"{field}"' for field in ignored[:_MOST_NAMED])
        more = f" and {len(ignored) - _MOST_NAMED} more" if len(ignored) > _MOST_NAMED else ""
        tell(f"{name} has {fields}{more}, which this gitseal does not know: ignored for reading; upgrade gitseal")
