"""Checks an environment's values by what the manifest asks of them, and finds every problem at once, by name only."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gitseal.document.value import TypedValue, ValueType
from gitseal.policy.manifest import STRING, Declaration, Manifest
from gitseal.report.sentences import ours, sentence
from gitseal.resolve import value_types
from gitseal.resolve.problems import PATTERN, REQUIRED, TYPE, Problem
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

if TYPE_CHECKING:
    from gitseal.policy.manifest_pattern import Pattern

# `an integer`, `a URL`: how a message names a type.
_ARTICLES = {
    STRING: "text", "integer": "an integer", "number": "a number", "boolean": "a boolean", "port": "a port", "url": "a URL",
    "email": "an e-mail address", "hostname": "a host name", "ip": "an IP address", "uuid": "a UUID", "hex": "hexadecimal",
    "base64": "base64", "json": "JSON", "pem": "PEM",
}  # fmt: skip


class Sorted(NamedTuple):
    """Problems that stop a command, and those that only warn because of `--allow-missing`."""

    fatal: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def problems(manifest: Manifest, environment: str, view: Mapping[NamePath, TypedValue | None]) -> list[Problem]:
    """The requirements of the manifest that the environment does not meet, in the manifest's order.

    `view` has the resolved values, and None for a name whose value cannot be opened: of that only the presence is checked.
    A null value counts as missing. Names that the manifest does not declare are no problem.
    """
    return [
        problem for declaration in manifest.secrets.values() for problem in _problems(declaration, environment, view)
    ]


def sort(unmet: Collection[Problem], *, allow_missing: bool) -> Sorted:
    """Tell fatal problems from warnings: with `allow_missing`, names without a value only warn."""
    warnings = tuple(problem for problem in unmet if allow_missing and problem.kind == REQUIRED)
    return Sorted(tuple(problem for problem in unmet if problem not in warnings), warnings)


def _problems(
    declaration: Declaration, environment: str, view: Mapping[NamePath, TypedValue | None]
) -> Iterator[Problem]:
    path = declaration.path
    name = path_text(path)
    value = view.get(path)
    if path not in view or (value is not None and value.kind is ValueType.NULL):
        if declaration.is_required(environment):
            yield Problem(name, sentence("is required in {} and has no value", environment), REQUIRED)
    elif value is not None:
        yield from _of_value(declaration, name, value)


def _of_value(declaration: Declaration, name: str, value: TypedValue) -> Iterator[Problem]:
    if not declaration.type and declaration.pattern is None:
        return
    text = _decoded(value.reveal())
    wanted = declaration.type
    if text is None:
        yield Problem(name, ours(f"is not {_ARTICLES[wanted or STRING]}: its bytes are not UTF-8"), TYPE)
        return
    if wanted and not value_types.is_of(wanted, text):
        yield Problem(name, ours(f"is not {_ARTICLES[wanted]}{_why(wanted, text)}"), TYPE)
    if declaration.pattern is not None:
        yield from _of_pattern(declaration.pattern, name, text)


def _of_pattern(pattern: "Pattern", name: str, text: str) -> Iterator[Problem]:
    from gitseal.policy.manifest_pattern import MAX_TEXT

    # A pattern takes linear time, but with a factor of its own: a limit keeps it short for any value.
    if len(text) > MAX_TEXT:
        yield Problem(name, sentence("has more than the {} characters that a pattern is tried on", MAX_TEXT), PATTERN)
    elif not pattern.search(text):
        yield Problem(name, sentence("does not match its pattern"), PATTERN)


def _why(wanted: str, text: str) -> str:
    """The two most common mistakes, if the value would be of the type without them. A message may say so: it shows no value."""
    if text != text.strip() and value_types.is_of(wanted, text.strip()):
        return ": it has a blank or a line end around it"
    if wanted == "pem" and "\\n" in text and value_types.is_of(wanted, text.replace("\\n", "\n")):
        return ": its line ends are written as \\n"
    return ""


def _decoded(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
