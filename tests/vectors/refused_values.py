"""Values that are refused in a sound file: damaged, cut, wrongly filled, moved, stale, or sealed for others."""

from collections.abc import Callable, Iterator

from tests.vectors import reference
from tests.vectors.build import ALICE, BOB, DAMAGED, File, Group, Vector, flipped, of_a


def vectors() -> Iterator[Vector]:
    yield from ciphertexts()
    yield from paddings()
    yield from contents()
    yield from places()


def ciphertexts() -> Iterator[Vector]:
    """Damage and truncation, at every part of both kinds."""
    parts = {"salt": 0, "commitment": 24, "ciphertext": 56, "tag": -1}
    for part, at in parts.items():
        file = File(f"s-damaged-{part}")
        sealed = file.default.sealed("A", reference.pad(b"tx"))
        yield of_a(
            file.label, f"one bit of the {part} is another", DAMAGED, file.default.token("s", flipped(sealed, at)), file
        )
    for part, at in {"encapsulated-key": 0, "ciphertext": 32, "tag": -1}.items():
        file = File(f"w-damaged-{part}")
        sealed = file.default.sealed("A", reference.pad(b"tx"), "w")
        yield of_a(
            file.label, f"one bit of the {part} is another", DAMAGED, file.default.token("w", flipped(sealed, at)), file
        )
    for size in (1, 23, 24, 55, 56, 71, 72, 73, 135):
        file = File(f"s-truncated-{size}")
        sealed = file.default.sealed("A", reference.pad(b"tx"))[:size]
        yield of_a(file.label, f"the first {size} of 136 bytes", DAMAGED, file.default.token("s", sealed), file)
    for size in (1, 31, 32, 47, 48, 111):
        file = File(f"w-truncated-{size}")
        sealed = file.default.sealed("A", reference.pad(b"tx"), "w")[:size]
        yield of_a(file.label, f"the first {size} of 112 bytes", DAMAGED, file.default.token("w", sealed), file)
    chunk = 16 * 1024 + 16
    reorder: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
        "s-last-chunk-missing": ("the last chunk is missing", lambda text: text[: 56 + 2 * chunk]),
        "s-first-chunk-missing": ("the first chunk is missing", lambda text: text[:56] + text[56 + chunk :]),
        "s-chunks-swapped": (
            "two chunks have changed places",
            lambda text: text[:56] + text[56 + chunk : 56 + 2 * chunk] + text[56 : 56 + chunk] + text[56 + 2 * chunk :],
        ),
    }
    for label, (about, change) in reorder.items():
        file = File(label)
        sealed = file.default.sealed("A", reference.pad(b"t" + b"x" * 32768))
        yield of_a(label, about, DAMAGED, file.default.token("s", change(sealed)), file)
    file = File("s-appended")
    sealed = file.default.sealed("A", reference.pad(b"tx")) + b"\0"
    yield of_a(file.label, "one byte too many", DAMAGED, file.default.token("s", sealed), file)
    file = File("w-low-order")
    info = reference.context("w", file.default.scope, file.default.key_id, ("A",))
    forged = bytes(32) + reference.hpke_seal(bytes(32), file.default.public, bytes(32), info, reference.pad(b"tx"))
    yield of_a(
        file.label,
        "sealed with an encapsulated key of low order, which anyone could open",
        DAMAGED,
        file.default.token("w", forged),
        file,
    )


def paddings() -> Iterator[Vector]:
    """Wrong padding under a right tag."""
    cases = {
        "none": (b"tx", "no padding at all"),
        "no-marker": (b"tx" + bytes(62), "zeros without the marker"),
        "only-zeros": (bytes(64), "nothing but zeros"),
        "empty": (b"", "nothing at all"),
        "filler": (b"tx\x80" + bytes(60) + b"\x01", "a filler that is not zero"),
        "unfilled": (b"tx\x80", "the marker, and no zeros up to the class"),
        "next-class": (b"tx\x80" + bytes(125), "filled to the next class"),
        "beside-a-class": (
            b"t" + b"x" * 1022 + b"\x80" + bytes(64),
            "filled to a multiple of 64 where the class is a multiple of 128",
        ),
        "short": (b"tx\x80" + bytes(60), "one zero too few"),
    }
    for name, (padded, about) in cases.items():
        for kind in "sw" if name == "no-marker" else "s":
            file = File(f"{kind}-padding-{name}")
            token = file.default.token(kind, file.default.sealed("A", padded, kind))
            yield of_a(file.label, f"{about}, under a right tag", DAMAGED, token, file)


def contents() -> Iterator[Vector]:
    """Rightly padded plaintexts that no sound program makes, or only a later one."""
    cases = {
        "unknown-type": (b"zx", "a type byte that version 1 does not have", "refused: A unknown-version"),
        "no-type": (b"", "no type byte", DAMAGED),
        "text-latin-1": (b"t\xe9", "a text that is not UTF-8", DAMAGED),
        "text-surrogate": (b"t\xed\xa0\x80", "a text with a surrogate", DAMAGED),
        "integer-007": (b"i007", "an integer with zeros before it", DAMAGED),
        "integer-empty": (b"i", "an empty integer", DAMAGED),
        "integer-newline": (b"i1\n", "an integer and a line feed", DAMAGED),
        "float-integer": (b"f1", "a float without fraction or exponent", DAMAGED),
        "boolean-yes": (b"byes", "a boolean that is neither true nor false", DAMAGED),
        "null-filled": (b"nx", "a null with content", DAMAGED),
        "json-open": (b"j{", "JSON that does not end", DAMAGED),
        "json-twice": (b'j{"a": 1, "a": 2}', "JSON with a name that stands twice", DAMAGED),
        "json-twice-escaped": (
            b'j{"a": 1, "\\u0061": 2}',
            "JSON with a name that stands twice, once as an escape",
            DAMAGED,
        ),
        "json-half": (b'j["\\ud83d"]', "JSON with an escape of half a character", DAMAGED),
        "json-deep": (b"j" + b"[" * 129 + b"]" * 129, "JSON that is 129 deep", DAMAGED),
        "json-long-number": (b"j1" + b"0" * 1000, "JSON with a number of 1,001 digits", DAMAGED),
        "json-latin-1": (b'j"\xe9"', "JSON that is not UTF-8", DAMAGED),
        "json-nan": (b"jNaN", "JSON with a number that JSON does not have", DAMAGED),
    }
    for name, (plaintext, about, expect) in cases.items():
        file = File(f"content-{name}")
        yield of_a(file.label, about, expect, file.default.seal("A", plaintext), file)


def places() -> Iterator[Vector]:
    """Tokens that are whole and stand where they were not sealed for."""
    file = File("moved")
    sealed = {"A": file.default.seal("A", b"tx"), "B": file.default.seal("A", b"tx")}
    yield Vector(
        "moved", "a token copied to another name", ['value: A text "x"', "refused: B moved A"], file.text(sealed)
    )

    file = File("moved-section")
    sealed = {"A": file.default.seal("A", b"tx"), "s/A": file.default.seal("A", b"tx")}
    yield Vector(
        "moved-section",
        "a token moved into a section",
        ['value: A text "x"', "refused: s/A moved A"],
        file.text(sealed),
    )

    file = File("other-name")
    yield of_a("other-name", "sealed for a name that this file has not", DAMAGED, file.default.seal("B", b"tx"), file)

    file = File("name-split")
    sealed = {"A/B": file.default.token("s", reference.cobblestone_256(
        reference.derive(file.default.scope, file.default.secret, "value"),
        reference.context("s", file.default.scope, file.default.key_id, ("A/B",)),
        reference.pad(b"tx"), bytes(24),
    ))}  # fmt: skip
    yield Vector(
        "name-split",
        "bound to the one part A/B instead of the parts A and B",
        ["refused: A/B damaged"],
        file.text(sealed),
    )

    for kind, said in (("s", "w"), ("w", "s")):
        file = File(f"kind-{kind}-as-{said}")
        token = file.default.token(said, file.default.sealed("A", reference.pad(b"tx"), kind))
        yield of_a(file.label, f"a token of kind {kind} that says {said}", DAMAGED, token, file)

    file = File("other-group")
    other = file.group("payments")
    token = file.default.token("s", other.sealed("A", reference.pad(b"tx")))
    blocks = (file.default.block(), other.block())
    yield Vector("other-group", "a ciphertext of another access group", [DAMAGED], file.text({"A": token}, *blocks))

    file = File("same-key-other-group")
    other = file.group("payments", secret=file.default.secret)
    token = other.token("s", file.default.sealed("A", reference.pad(b"tx")))
    blocks = (file.default.block(), other.block())
    about = "one data key in two groups: what was sealed in the one does not open in the other"
    yield Vector("same-key-other-group", about, [DAMAGED], file.text({"A": token}, *blocks))

    yield from copied()

    file = File("stale")
    old = file.group("default", secret=b"o" * 32)
    yield of_a("stale", "sealed under a data key of before", "refused: A stale", old.seal("A", b"tx"), file)

    file = File("stale-group")
    gone = file.group("payments")
    yield of_a(
        "stale-group",
        "sealed to an access group that the header has not",
        "refused: A stale",
        gone.seal("A", b"tx"),
        file,
    )

    file = File("not-for-you")
    bobs = file.default.block({BOB: file.default.stanza(file.default.age_file(BOB))})
    yield Vector(
        "not-for-you",
        "wrapped for another",
        ["refused: A not-for-you"],
        file.text({"A": file.default.seal("A", b"tx")}, bobs),
    )


def copied() -> Iterator[Vector]:
    """A whole access block, with its stanzas and tokens, in another place; all that needs no key is made to fit."""
    file = File("copied-from")
    cases = {
        "copied-file-id": (File("copied-from", file_id="f" + "0" * 32), "default", "under another file id"),
        "copied-environment": (File("copied-from", "staging", file.id), "default", "under another environment"),
        "copied-group": (file, "payments", "as another access group's"),
    }
    for label, (target, name, where) in cases.items():
        source = File("copied-from").default
        scope = target.group(name).scope
        key = reference.key_id(scope, source.public)
        fitted = Group("copied-from", scope)
        fitted.public, fitted.key_id = source.public, key
        block = fitted.block({ALICE: source.stanza(key=key)})
        copied_token = source.token("s", source.sealed("A", reference.pad(b"tx")), group=name, key=key)
        yield Vector(
            label,
            f"an access block and a token of it {where}, its key id made to fit",
            [DAMAGED],
            target.text({"A": copied_token}, block),
        )
