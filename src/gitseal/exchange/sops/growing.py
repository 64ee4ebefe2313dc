"""The tree of a sops file from values of ours. What sops would not hold exactly is refused by name."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Malformed
from gitseal.exchange._items import ImportedValue
from gitseal.exchange.sops import json_file, scalars
from gitseal.exchange.sops.metadata import NAME, PREFIX
from gitseal.exchange.sops.tree import NULL, Member, Node, Scalar, TreeBranch
from gitseal.exchange.sops.tree import Sequence as ListNode
from gitseal.records import NamedTuple
from gitseal.render import Refusal, Refused
from gitseal.render._shape import CannotCarry, text_of

_LONGEST_NAME = 1000  # YAML takes 1024 characters before a colon, quotes and escapes included
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_Placed: TypeAlias = dict[tuple[str, ...], TreeBranch | None]


class SopsFormat(NamedTuple):
    """What a format of sops takes: `sections`, or texts alone; `raw` bytes that are no UTF-8, and infinities; comments."""

    name: str
    sections: bool
    raw: bool
    comments: bool


YAML = SopsFormat("sops-yaml", sections=True, raw=True, comments=True)
JSON = SopsFormat("sops-json", sections=True, raw=False, comments=False)
DOTENV = SopsFormat("sops-dotenv", sections=False, raw=False, comments=True)


def grown(items: Sequence[ImportedValue], form: SopsFormat) -> TreeBranch:
    """The tree of values in their order, each with its comments. Raises Refused with every name that sops would not hold."""
    root = TreeBranch([])
    # The sections by path, and None for a value: to look for a name among its neighbours takes long if there are many.
    placed: _Placed = {(): root}
    refusals = []
    for item in items:
        try:
            _place(placed, item, _node(item, form))
        except CannotCarry as refusal:
            refusals.append(Refusal("/".join(item.path), refusal.reason))
    if refusals:
        raise Refused(form.name, tuple(refusals), _others(items, form))
    return root


def texts(lines: Sequence[str]) -> tuple[str, ...]:
    """Comment lines as a tree has them."""
    return tuple(line.removeprefix("#") for line in lines)


def _others(items: Sequence[ImportedValue], form: SopsFormat) -> tuple[str, ...]:
    """The format that takes everything, if that takes these values."""
    if form is YAML:
        return ()
    try:
        grown(items, YAML)
    except Refused:
        return ()
    return (YAML.name,)


def _place(placed: _Placed, item: ImportedValue, node: Node) -> None:
    branch = _section(placed, item.path[:-1])
    if item.path in placed:
        raise CannotCarry("a name that is a section's name as well")
    placed[item.path] = None
    branch.members.append(Member(item.path[-1], node, comments=texts(item.comments)))


def _section(placed: _Placed, path: tuple[str, ...]) -> TreeBranch:
    if path not in placed:
        section = TreeBranch([])
        _section(placed, path[:-1]).members.append(Member(path[-1], section))
        placed[path] = section
    there = placed[path]
    if there is None:
        raise CannotCarry("a section's name that is a value's name as well")
    return there


def _node(item: ImportedValue, form: SopsFormat) -> Node:
    if item.path[0] == NAME if form.sections else item.path[0].startswith(PREFIX):
        raise CannotCarry("a name that sops has for itself")
    if not form.sections:
        if len(item.path) > 1:
            raise CannotCarry("a section before it, which dotenv has not")
        if item.value.kind is ValueType.NULL:
            raise CannotCarry("no value, which dotenv cannot tell from an empty one")
        if item.value.kind is ValueType.JSON:
            return scalars.text(text_of(item.value))
    return _of_value(item.value, form)


def _of_value(value: TypedValue, form: SopsFormat) -> Node:
    content = value.reveal()
    if value.kind is ValueType.JSON:
        return _of_json(content.decode())
    if value.kind is ValueType.BYTES and form.raw:
        return Scalar("str", content)
    if value.kind in {ValueType.TEXT, ValueType.BYTES}:
        return scalars.text(text_of(value))
    if value.kind is ValueType.INTEGER:
        if not _SMALLEST <= int(content) <= _LARGEST:
            raise CannotCarry("an integer of more than 64 bits")
        return Scalar("int", content)
    if value.kind is ValueType.FLOAT:
        return _of_float(content.decode(), form)
    return Scalar(NULL, b"") if value.kind is ValueType.NULL else Scalar("bool", content.capitalize())


def _of_float(digits: str, form: SopsFormat) -> Scalar:
    if digits.endswith(("inf", "nan")):
        if not form.raw:
            raise CannotCarry("an infinity or NaN, which its JSON and dotenv do not take")
        return Scalar("float", scalars.go_float(digits))
    return _exact(digits, Scalar("float", scalars.go_float(digits)) if abs(Decimal(digits)) < _TOO_LARGE else None)


_TOO_LARGE = Decimal("1.7976931348623158e308")


def _exact(digits: str, scalar: Scalar | None) -> Scalar:
    """The scalar that Go has for a number. Raises CannotCarry if that is another number."""
    if scalar is None or Decimal(scalar.content.decode()) != Decimal(digits):
        raise CannotCarry("a number with more digits than the 64 bits of sops hold")
    return scalar


def _of_json(text: str) -> Node:
    problem = ""
    try:
        node = json_file.value(text, _number)
    except Malformed as error:
        problem = error.reason
    if problem:
        raise CannotCarry(f"JSON that sops would not hold: {problem}")
    _check_names(node)
    return node


def _number(digits: str) -> Scalar:
    return _exact(digits, scalars.json_number(digits))


def _check_names(node: Node) -> None:
    if isinstance(node, TreeBranch):
        for member in node.members:
            if len(member.name) > _LONGEST_NAME:
                raise CannotCarry("a name inside its JSON that is too long for a YAML key")
            _check_names(member.value)
    elif isinstance(node, ListNode):
        for item in node.items:
            _check_names(item)
