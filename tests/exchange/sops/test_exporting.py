"""Files of sops that we write: what is in them is what we read from them again, and what sops would change is refused."""

import re
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings

from gitseal.cli import export as export_command
from gitseal.document.value import TypedValue, ValueType, checked, text
from gitseal.errors import NotForYou
from gitseal.exchange import ImportedValue, sops
from gitseal.exchange.sops import exporting
from gitseal.identities import discover
from gitseal.render import Refused
from tests.exchange.sops.documents import items, plain, shape
from tests.exchange.sops.test_vectors import VECTORS, keyring

AGE = "age1htc90ugn33dlaw5ffqedwclqeuq0ssyatgzpesjke0a429zu6ekqelw5kp"
NOW = "2026-01-02T03:04:05Z"
FORMATS = ("sops-yaml", "sops-json", "sops-dotenv")


def _export(form: str, *values: ImportedValue) -> bytes:
    return exporting.export(form, values, (AGE,), NOW).content


def _one(name: str, kind: ValueType, content: bytes) -> ImportedValue:
    return ImportedValue(tuple(name.split("/")), checked(kind, content), 0)


def _read(content: bytes) -> Sequence[ImportedValue]:
    return sops.read(content, keyring().by_cost(), "s").imported.items


@pytest.mark.fuzz
@settings(max_examples=20)
@given(values=items())
def test_what_was_written_is_read_again_with_its_comments(values: list[ImportedValue]) -> None:
    for form in ("sops-yaml", "sops-json"):
        try:
            content = _export(form, *values)
        except Refused:
            continue
        read = _read(content)
        assert shape(read) == shape(values)
        assert {item.path: _kind(item.value) for item in read} == {item.path: _kind(item.value) for item in values}
        if form == "sops-yaml":
            assert {item.path: item.comments for item in read} == {item.path: item.comments for item in values}


def _kind(value: TypedValue) -> ValueType:
    """The type, with bytes that are UTF-8 as the text that they come back as."""
    return ValueType.TEXT if isinstance(plain(value), str) and value.kind is ValueType.BYTES else value.kind


def test_no_value_stands_in_clear_whatever_its_name() -> None:
    values = [ImportedValue((name,), text("hush"), 0) for name in ("a_unencrypted", "b__unencrypted", "c")]
    for form in FORMATS:
        content = _export(form, *values)
        assert b"hush" not in content
        assert b"___unencrypted" in content
    assert {item.path: plain(item.value) for item in _read(content)} == {item.path: "hush" for item in values}


REFUSED: Mapping[str, tuple[ImportedValue, Mapping[str, str]]] = {
    "more than 64 bits": (_one("A", ValueType.INTEGER, b"9223372036854775808"), dict.fromkeys(FORMATS, "64 bits")),
    "digits": (_one("A", ValueType.FLOAT, b"0.10000000000000000001"), dict.fromkeys(FORMATS, "more digits")),
    "a large float": (_one("A", ValueType.FLOAT, b"1e400"), dict.fromkeys(FORMATS, "more digits")),
    "infinity": (_one("A", ValueType.FLOAT, b".inf"), {"sops-json": "infinity", "sops-dotenv": "infinity"}),
    "bytes": (_one("A", ValueType.BYTES, b"\xff"), {"sops-json": "UTF-8", "sops-dotenv": "UTF-8"}),
    "digits in JSON": (
        _one("A", ValueType.JSON, b"[0.10000000000000000001]"),
        {"sops-yaml": "more digits", "sops-json": "more digits"},
    ),
    "a name in JSON": (
        _one("A", ValueType.JSON, b'{"%s": 1}' % (b"x" * 2000)),
        {"sops-yaml": "too long", "sops-json": "too long"},
    ),
    "deep JSON": (_one("A", ValueType.JSON, b"[" * 90 + b"]" * 90), {"sops-yaml": "nested", "sops-json": "nested"}),
    "a section": (_one("db/A", ValueType.TEXT, b"x"), {"sops-dotenv": "section"}),
    "null": (_one("A", ValueType.NULL, b""), {"sops-dotenv": "no value"}),
    "sops": (_one("sops/A", ValueType.TEXT, b"x"), {"sops-yaml": "for itself", "sops-json": "for itself"}),
    "sops_": (_one("sops_A", ValueType.TEXT, b"x"), {"sops-dotenv": "for itself"}),
}


@pytest.mark.parametrize(("item", "reasons"), REFUSED.values(), ids=REFUSED)
def test_what_sops_would_change_is_refused_by_name(item: ImportedValue, reasons: Mapping[str, str]) -> None:
    for form in FORMATS:
        if form not in reasons:
            if len(item.path) == 1:
                (read,) = _read(_export(form, item))
                assert read.path == item.path
            continue
        with pytest.raises(
            Refused, match=re.escape(f'{form} cannot carry this exactly: "{"/".join(item.path)}" has')
        ) as caught:
            _export(form, item)
        assert reasons[form] in caught.value.message
        assert bool(caught.value.alternatives) is ("sops-yaml" not in reasons)


def test_two_values_at_one_place_are_refused() -> None:
    with pytest.raises(Refused, match='"a" has a name that is a section'):
        _export("sops-yaml", _one("a/b", ValueType.TEXT, b"x"), _one("a", ValueType.TEXT, b"y"))
    with pytest.raises(Refused, match='"a/b" has a section'):
        _export("sops-yaml", _one("a", ValueType.TEXT, b"x"), _one("a/b", ValueType.TEXT, b"y"))


def test_each_recipient_opens_it_and_nobody_else() -> None:
    ssh = " ".join((VECTORS / "id_ed25519.pub").read_text().split()[:2])
    content = exporting.export("sops-yaml", [_one("A", ValueType.TEXT, b"hush")], (AGE, ssh), NOW).content
    for identity in ("age.txt", "id_ed25519"):
        (item,) = sops.read(content, keyring(identity).by_cost(), "s").imported.items
        assert plain(item.value) == "hush"
    with pytest.raises(NotForYou):
        sops.read(content, discover({}, VECTORS / "nowhere", None).by_cost(), "s")


def test_the_command_line_offers_the_formats_that_there_are() -> None:
    assert export_command._FORMATS == FORMATS == tuple(exporting._FORMS)
