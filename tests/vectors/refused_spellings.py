"""Tokens, stanzas and headers that are none: spelled wrongly in one place, right everywhere else."""

import base64
from collections.abc import Callable, Iterator

from tests.vectors import reference
from tests.vectors.build import ALICE, BOB, DAMAGED, MALFORMED, TITLE, File, Vector, flipped, of_a
from tests.vectors.reference import b64

P = 2**255 - 19
LOW_ORDER = (
    0,
    1,
    P - 1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
)


def vectors() -> Iterator[Vector]:
    yield from tokens()
    yield from stanzas()
    yield from headers()


def tokens() -> Iterator[Vector]:
    """Spellings of a token that are none."""
    file = File("token")
    good = file.default.seal("A", b"tx")
    payload = good.rpartition(",")[2][:-1]
    unclean = payload[:-3] + chr(ord(payload[-3]) + 1) + "=="
    long = payload[: len(payload) // 4 * 4 - 4]
    unknown = "refused: file unknown-version"
    bad = "refused: file malformed 4"
    cases = {
        "version-2": ("ENC[v2,anything at all]", "a token of version 2", unknown),
        "version-01": (good.replace("v1", "v01"), "a version with a zero before it", bad),
        "kind-x": (good.replace(",s,", ",x,"), "an unknown kind", bad),
        "kind-wq": (good.replace(",s,", ",wq,"), "the reserved kind", bad),
        "group-upper": (good.replace("default", "Default"), "a group in upper case", bad),
        "group-long": (good.replace("default", "d" * 33), "a group of 33 characters", bad),
        "key-id-short": (good.replace(file.default.key_id, "k00112233"), "a short key id", bad),
        "key-id-upper": (good.replace(file.default.key_id, file.default.key_id.upper()), "a key id in upper case", bad),
        "unclosed": (good[:-1], "no bracket at the end", bad),
        "text-after": (good + "x", "text after the token", bad),
        "empty": ("ENC[v1,s,default:" + file.default.key_id + ",]", "no ciphertext", bad),
        "url-base64": (good.replace(payload, "-_" + payload[2:]), "base64 in the alphabet of URLs", bad),
        "only-the-start": ('"ENC[ is how it begins"', "a text that begins like a token, in quotes", bad),
        "stanza-as-value": (file.default.stanza(), "a stanza where a value belongs", bad),
        "base64-bits": (good.replace(payload, unclean), "base64 whose last bits are not zero", MALFORMED),
        "base64-unpadded": (good.replace(payload, payload.rstrip("=")), "base64 without its =", MALFORMED),
        "base64-excess": (good.replace(payload, long + "="), "base64 with a = after whole bytes", MALFORMED),
        "base64-excess-two": (good.replace(payload, long + "=="), "base64 with two = after whole bytes", MALFORMED),
        "base64-bits-one": (good.replace(payload, long + "AAB="), "base64 whose last bits, of two, are not zero", MALFORMED),
        "base64-cut": (good.replace(payload, payload[:-4] + "A"), "base64 that ends within a byte", MALFORMED),
    }  # fmt: skip
    for name, (token, about, expect) in cases.items():
        yield of_a(f"token-{name}", about, expect, token, file)
    listed = (TITLE + f"A:\n  - {good}\n\n" + file.header()).encode()
    yield Vector("token-in-list", "a token as an item of a list", [bad], listed)
    sealed = {"A": good, "B": '" ENC[ is text"', "C": "'enc[v1'"}
    opened = ['value: A text "x"', 'value: B text " ENC[ is text"', 'value: C text "enc[v1"']
    yield Vector("token-beside", "texts that only look like a token", opened, file.text(sealed))


def stanzas() -> Iterator[Vector]:
    """Wrapped keys that are not an age file for one public key, holding the group's data key."""

    def of(label: str, about: str, expect: str, stanza: str, file: File) -> Vector:
        block = file.default.block({ALICE: stanza})
        return Vector(f"stanza-{label}", about, [expect], file.text({"A": file.default.seal("A", b"tx")}, block))

    file = File("stanza")
    default = file.default
    second = reference.age_stanza(BOB.public, bytes(16), b"b" * 32)
    scrypt = "-> scrypt " + "A" * 22 + " 10\n" + "A" * 43 + "\n"
    age = default.age_file()
    good = default.stanza(age)
    text = b64(age)
    for size in (0, 5, 31, 33):
        yield of(
            f"key-of-{size}",
            f"a data key of {size} bytes",
            MALFORMED,
            default.stanza(default.age_file(payload=b"k" * size)),
            file,
        )
    yield of(
        "two-recipients",
        "a second recipient after the first",
        MALFORMED,
        default.stanza(default.age_file(after=second)),
        file,
    )
    yield of(
        "hidden-first",
        "a second recipient before the first",
        MALFORMED,
        default.stanza(default.age_file(before=second)),
        file,
    )
    yield of("scrypt", "for a passphrase besides", MALFORMED, default.stanza(default.age_file(before=scrypt)), file)
    only = age.split(b"\n---")[0]
    yield of(
        "scrypt-only",
        "for a passphrase",
        MALFORMED,
        default.stanza(age.replace(only, b"age-encryption.org/v1\n" + scrypt.encode()[:-1])),
        file,
    )
    large = default.age_file(before="-> a-grease\n" + ("A" * 64 + "\n") * 125 + "\n")
    yield of("large", "an age file of more than 8 KiB", MALFORMED, default.stanza(large), file)
    yield of("not-age", "no age file", MALFORMED, default.stanza(b"x" * 200), file)
    yield of(
        "version-2",
        "an age file of another version",
        MALFORMED,
        default.stanza(age.replace(b"org/v1", b"org/v2")),
        file,
    )
    yield of(
        "armored",
        "an age file in its text form",
        MALFORMED,
        default.stanza(b"-----BEGIN AGE ENCRYPTED FILE-----\n"),
        file,
    )
    yield of("appended", "a byte after the age file", MALFORMED, default.stanza(age + b"\0"), file)
    yield of("cut", "an age file without its last byte", MALFORMED, default.stanza(age[:-1]), file)
    yield of(
        "base64-bits", "base64 whose last bits are not zero", MALFORMED, good.replace(text, unclean_bits(age)), file
    )
    yield of("damaged", "one bit of the payload is another", DAMAGED, default.stanza(flipped(age, len(age) - 1)), file)
    mac = age.index(b"--- ") + 4
    yield of(
        "mac",
        "another header MAC",
        DAMAGED,
        default.stanza(age[:mac] + (b"A" if age[mac] != 65 else b"B") + age[mac + 1 :]),
        file,
    )
    yield of(
        "another-key",
        "another data key than the group's",
        DAMAGED,
        default.stanza(default.age_file(payload=b"k" * 32)),
        file,
    )
    yield of(
        "of-another", "made for another person", "refused: A not-for-you", default.stanza(default.age_file(BOB)), file
    )
    yield of(
        "stale", "of a data key of before", "refused: A not-for-you", default.stanza(age, key="k" + "0" * 32), file
    )
    block = file.default.block().replace(ALICE.id, BOB.id)
    text_of = file.text({"A": default.seal("A", b"tx")}, block)
    yield Vector(
        "stanza-other-id",
        "under another's recipient id: one's own are tried alone",
        ["refused: A not-for-you"],
        text_of,
    )


def unclean_bits(content: bytes) -> str:
    """Base64 that decodes to the same and is not what encoding gives; the content is cut so that there are such bits."""
    text = b64(content[: len(content) // 3 * 3 - 2])
    return text[:-3] + chr(ord(text[-3]) + 1) + "=="


def headers() -> Iterator[Vector]:
    """A header with one fault; the lines count from the top of a file that has no values."""
    file = File("header")
    block = file.default.block()
    good = TITLE + file.header(block)
    line = {text.strip().partition(":")[0]: number for number, text in reversed(list(enumerate(good.split("\n"), 1)))}
    public = "gsp1" + b64(file.default.public)

    def of(label: str, about: str, old: str, new: str, refusal: str) -> Vector:
        if old not in good:
            raise ValueError(label)
        return Vector(f"header-{label}", about, [f"refused: file {refusal}"], good.replace(old, new, 1).encode())

    yield of("version-2", "version 2", "version: 1", "version: 2", "unknown-version")
    yield of("version-text", "the version as a text", "version: 1", 'version: "1"', "unknown-version")
    yield of("version-float", "the version as a float", "version: 1", "version: 1.0", "unknown-version")
    yield of("no-version", "no version", "  version: 1\n", "", f"malformed {line['gitseal']}")
    yield of("no-id", "no file id", f"  id: {file.id}\n", "", f"malformed {line['gitseal']}")
    yield of("no-environment", "no environment", "  environment: production\n", "", f"malformed {line['gitseal']}")
    yield of("unknown-field", "an unknown field", "  access:", "  later: 1\n  access:", f"malformed {line['access']}")
    yield of(
        "unknown-access-field",
        "an unknown field of an access group",
        "      public:",
        "      later: 1\n      public:",
        f"malformed {line['public']}",
    )
    yield of("id-upper", "a file id in upper case", file.id, "f" + "A" * 32, f"malformed {line['id']}")
    yield of("id-short", "a short file id", file.id, file.id[:-1], f"malformed {line['id']}")
    yield of(
        "environment-list",
        "an environment that is no text",
        "environment: production",
        "environment: []",
        f"malformed {line['environment']}",
    )
    yield of("group-upper", "a group in upper case", "    default:", "    Default:", f"malformed {line['default']}")
    yield of(
        "key-id",
        "a key id that does not follow from the public key",
        file.default.key_id,
        "k" + "0" * 32,
        f"malformed {line['key']}",
    )
    yield of(
        "other-public",
        "another public key under the same key id",
        public,
        "gsp1" + b64(reference.public_of(b"p" * 32)),
        f"malformed {line['key']}",
    )
    yield of("no-key", "no key id", f"      key: {file.default.key_id}\n", "", f"malformed {line['default']}")
    yield of("no-public", "no public key", f"      public: {public}\n", "", f"malformed {line['default']}")
    yield of("recipient-id", "a recipient id that is none", ALICE.id, "r0", f"malformed {line[ALICE.id]}")
    yield of("stanza-text", "a text where a stanza belongs", "STANZA[v1", "STANZA", f"malformed {line[ALICE.id] + 1}")
    yield of("stanza-version", "a stanza of version 2", "STANZA[v1", "STANZA[v2", "unknown-version")
    yield of(
        "stanza-is-token",
        "a token where a stanza belongs",
        file.default.stanza()[:0] + "STANZA[v1,",
        "ENC[v1,s,",
        f"malformed {line[ALICE.id] + 1}",
    )
    yield of(
        "succeeds-text",
        "a text where a succession belongs",
        "      stanzas:",
        "      succeeds: x\n      stanzas:",
        f"malformed {line['stanzas']}",
    )
    yield of(
        "no-mapping",
        "a header that is no mapping",
        good[good.index("\ngitseal:\n") + 1 :],
        "gitseal: 1\n",
        f"malformed {line['gitseal']}",
    )
    yield Vector("header-missing", "no header", ["refused: file malformed 0"], b"A: 1\n")
    yield Vector("header-empty-file", "an empty file", ["refused: file malformed 0"], b"")
    yield from publics(of, public, line["public"])


def publics(of: Callable[[str, str, str, str, str], Vector], public: str, line: int) -> Iterator[Vector]:
    raw = base64.b64decode(public.removeprefix("gsp1"))
    texts = {
        "prefix": ("another prefix", public.replace("gsp1", "gsp2")),
        "no-prefix": ("no prefix", public.removeprefix("gsp1")),
        "31-bytes": ("31 bytes", "gsp1" + b64(raw[:31])),
        "33-bytes": ("33 bytes", "gsp1" + b64(raw + b"x")),
        "bits": ("base64 whose last bits are not zero", public[:-2] + chr(ord(public[-2]) + 1) + "="),
        "unpadded": ("base64 without its =", public.rstrip("=")),
        "high-bit": ("the same point with its high bit set", "gsp1" + b64(raw[:31] + bytes([raw[31] | 0x80]))),
        "not-reduced": ("a coordinate of the field's prime and more", "gsp1" + b64((P + 9).to_bytes(32, "little"))),
    }
    for order, u in enumerate(LOW_ORDER):
        texts[f"low-order-{order}"] = (
            "a point of low order, which is no one's key",
            "gsp1" + b64(u.to_bytes(32, "little")),
        )
    for label, (about, text) in texts.items():
        yield of(f"public-{label}", about, public, text, f"malformed {line}")
