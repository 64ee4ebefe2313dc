"""Documents for the laws of sops: values of every type, in sections, with comments."""

import json
import math
from collections.abc import Sequence

from hypothesis import strategies as st

from gitseal.document.value import TypedValue, ValueType, checked, text
from gitseal.exchange import ImportedValue

_WORDS = """
on yes off no y n True TRUE null ~ 12:30 190:20:30 1e3 0o17 017 08 1_000 2024-1-2 1e400 0x1F 0b11 +1 -0 1. .5 -.5e3 1__0 _1 0o8
._1 .1_ -._1 1_.
2024-01-02T03:04:05Z 2024-01-02T03:04:05.120+02:00 2024-13-01 9223372036854775807 -9223372036854775808 9223372036854775808
99999999999999999999 1e-7 1E5 0x_1 !!str&x !!int&5 !!float&5 !!binary&aGk= !foo&bar !!bool&true !!timestamp&2024-01-02 <<x =
"""
_SPELLINGS = st.one_of(
    st.sampled_from(_WORDS.split()).map(lambda word: word.replace("&", " ")),
    st.from_regex(r"[-+]?[0-9][-0-9_.eExXobT:+Z ]{0,10}", fullmatch=True).map(str.strip),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn"]), max_size=10).map(
        json.dumps
    ),
)


@st.composite
def yaml_texts(draw: st.DrawFn) -> str:
    """YAML as people write it: scalars in all spellings, in sections and lists, with comments."""
    lines = []
    for number, spelling in enumerate(draw(st.lists(_SPELLINGS, min_size=1, max_size=25))):
        place = draw(st.sampled_from(["top", "section", "list", "unencrypted"]))
        lines += draw(st.sampled_from([[], [], [f"# comment {number}"]]))
        if place == "section":
            lines += [f"s{number}:", f"  in: {spelling}"]
        elif place == "list":
            lines += [f"l{number}:", f"  - {spelling}", f"  - k: {spelling}"]
        else:
            lines.append(f"n{number}{'_unencrypted' if place == 'unencrypted' else ''}: {spelling}")
    return "\n".join([*lines, "last: x", ""])


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=12)
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.sampled_from(
        ["", "a\nb\n", " x ", "0o17", "on", "~", "2024-01-02", "ENC[x]", "\\n", "#", "\ufeffx", "\r\n", "'\"`"]
    ),
)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)
NAMES = st.one_of(
    _NAME, st.sampled_from(["on", "y", "No", "null", "n", "_unencrypted", "x__unencrypted", "a.b", "sops"])
)
# What has a meaning of its own in a file of ours, in some order.
_OURS = "$ { } ${ $${ secret:a env:HOME |json ENC[v1, STANZA[v1, ENC[ STANZA[ ] ENC[AES256_GCM,data:"
_YAML = "# & * ! % @ ` a é ~ 1 on - : ' \" \\"
MARKED = st.lists(st.sampled_from([*_OURS.split(), *_YAML.split(), " ", "\t", "\n", "\r"]), max_size=8).map("".join)
_KEYS = st.one_of(
    NAMES, st.text(st.characters(codec="utf-8"), max_size=6), st.sampled_from(["1", "~", "<<", "a:b", "", "-", "?"])
)
TREES = st.recursive(
    st.one_of(TEXTS, INTEGERS, FLOATS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3)),
    max_leaves=6,
)


def _float(number: float) -> TypedValue:
    return TypedValue(
        ValueType.FLOAT, (repr(number) if "." in repr(number) or "e" in repr(number) else f"{number}.0").encode()
    )


VALUES = st.one_of(
    TEXTS.map(text),
    INTEGERS.map(lambda number: TypedValue(ValueType.INTEGER, str(number).encode())),
    FLOATS.map(_float),
    st.sampled_from([TypedValue(ValueType.FLOAT, word) for word in (b".inf", b"-.inf", b".nan")]),
    st.booleans().map(lambda truth: TypedValue(ValueType.BOOLEAN, str(truth).lower().encode())),
    st.just(TypedValue(ValueType.NULL, b"")),
    st.binary(max_size=20).map(lambda content: TypedValue(ValueType.BYTES, content)),
    st.lists(TREES, max_size=4).map(
        lambda tree: checked(ValueType.JSON, json.dumps(tree, ensure_ascii=False).encode())
    ),
)


@st.composite
def items(draw: st.DrawFn) -> list[ImportedValue]:
    """Values at paths of which none is another's section, each with comments."""
    paths = draw(st.lists(st.lists(NAMES, min_size=1, max_size=3).map(tuple), min_size=1, max_size=8, unique=True))
    taken: list[tuple[str, ...]] = []
    for path in paths:
        if path[0] != "sops" and not any(path[: len(one)] == one or one[: len(path)] == path for one in taken):
            taken.append(path)
    made = []
    for path in taken:
        comments = tuple(f"# {line}".rstrip() for line in draw(st.lists(LINES, max_size=2)))
        made.append(ImportedValue(path, draw(VALUES), 0, comments=comments))
    return made or [ImportedValue(("A",), text("x"), 0)]


def shape(values: Sequence[ImportedValue]) -> dict[str, object]:
    """The tree of values as a reader of JSON has it, floats as floats."""
    root: dict[str, object] = {}
    for item in values:
        branch = root
        for part in item.path[:-1]:
            branch = branch.setdefault(part, {})  # type: ignore[assignment]
        branch[item.path[-1]] = plain(item.value)
    return root


def plain(value: TypedValue) -> object:
    """A value as Python has it. Bytes that are UTF-8 are text, as which sops has them."""
    content = value.reveal()
    if value.kind is ValueType.TEXT:
        return content.decode()
    if value.kind is ValueType.BYTES:
        return _text(content)
    if value.kind is ValueType.NULL:
        return None
    if value.kind is ValueType.FLOAT and content.endswith((b"inf", b"nan")):
        return {b".inf": math.inf, b"-.inf": -math.inf}.get(content, "nan")
    return json.loads(content)


def _text(content: bytes) -> str | bytes:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content
