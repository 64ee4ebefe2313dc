"""Files with more than one fault, and what is said of them; and keys that stand more than once."""

from collections.abc import Iterator

from tests.vectors import reference
from tests.vectors.build import ALICE, BOB, DAMAGED, MALFORMED, TITLE, File, Vector, flipped

UNKNOWN = ["refused: file unknown-version"]
OPENS = ['value: A text "x"']


def vectors() -> Iterator[Vector]:
    yield from versions()
    yield from stanzas()
    yield from accesses()


def versions() -> Iterator[Vector]:
    """A file of a later version is told as that, whatever else it holds that this version does not have."""
    file = File("later")
    token = file.default.seal("A", b"tx")
    good = file.text({"A": token}).decode()
    later = good.replace("version: 1", "version: 2")
    cases = {
        "new-field": ("version 2 with a new field", later.replace("  access:", "  later: 1\n  access:")),
        "no-id": ("version 2 without a file id", later.replace(f"  id: {file.id}\n", "")),
        "no-access": ("version 2 with an access block that version 1 does not have", later.replace("key: k", "key: l")),
        "malformed-token": ("version 2 with a token that is none", later.replace(token, "ENC[x]")),
        "token-below": (
            "a token that is none, and a token of version 2 below it",
            file.text({"A": "ENC[x]", "B": "ENC[v2,x]"}).decode(),
        ),
        "stanza-below": (
            "a token that is none, and a stanza of version 3 in the header",
            good.replace(token, "ENC[x]").replace("STANZA[v1", "STANZA[v3"),
        ),
        "in-list": ("a token of version 2 as an item of a list", TITLE + "A:\n  - ENC[v2,x]\n\n" + file.header()),
    }
    for label, (about, text) in cases.items():
        yield Vector(f"later-{label}", about, UNKNOWN, text.encode())
    bad = "refused: file malformed"
    yield Vector("later-grammar", "a fault of the grammar comes first", [f"{bad} 1"], b"A: &x 1\n" + later.encode())
    version_0 = file.text({"A": token.replace("v1", "v0")})
    yield Vector("version-0", "there is no version 0", [f"{bad} 4"], version_0)


def stanzas() -> Iterator[Vector]:
    """One public key under two people's names: both stanzas are tried, in the order of the file."""
    file = File("one-key-two-names")
    default = file.default
    token = default.seal("A", b"tx")
    age = default.age_file()
    good = default.stanza(age)
    broken = default.stanza(age + b"\0")
    damaged = default.stanza(flipped(age, len(age) - 1))
    of_bob = default.stanza(default.age_file(BOB))
    cases = {
        "first": ("the first opens", (good, broken), OPENS),
        "second": ("the second opens", (broken, good), OPENS),
        "damaged-and-malformed": ("one damaged, one malformed: malformed", (damaged, broken), [MALFORMED]),
        "malformed-and-damaged": ("one malformed, one damaged: malformed", (broken, damaged), [MALFORMED]),
        "damaged-and-other": ("one damaged, one made for another: damaged", (damaged, of_bob), [DAMAGED]),
        "other-and-damaged": ("one made for another, one damaged: damaged", (of_bob, damaged), [DAMAGED]),
    }
    for label, (about, (one, two), expect) in cases.items():
        block = default.block({ALICE: one}) + f"        alicia:\n          {ALICE.id}:\n            {two}\n"
        yield Vector(f"two-names-{label}", f"one key under two names: {about}", expect, file.text({"A": token}, block))


def accesses() -> Iterator[Vector]:
    """What the header's access may lack, and what `succeeds` may be."""
    file = File("access")
    token = file.default.seal("A", b"tx")
    head = f"gitseal:\n  version: 1\n  id: {file.id}\n  environment: production\n"
    without = (TITLE + f"A:\n  {token}\n\n" + head).encode()
    yield Vector("access-none", "a sealed value and no access", ["refused: A stale"], without)
    null = (TITLE + head + "  access:\n").encode()
    yield Vector("access-null", "access without a mapping", ["refused: file malformed 7"], null)
    yield Vector("access-empty", "access with an empty mapping", [], (TITLE + head + "  access: {}\n").encode())
    bare = file.default.block().partition("      stanzas:")[0]
    expect = ["refused: A not-for-you"]
    yield Vector("access-no-stanzas", "an access group that nobody opens", expect, file.text({"A": token}, bare))
    old = file.group("default", secret=b"o" * 32)
    other = file.group("payments")
    line = file.text({"A": token}, file.default.block(succeeds="x")).decode().split("\n").index("      succeeds:") + 1
    bad = [f"refused: file malformed {line}"]
    path = "gitseal/access/default/succeeds"
    write_only = old.token("w", old.sealed(path, reference.pad(b"tx"), "w"))
    elsewhere = other.seal(path, b"tx")
    for label, about, succession in (
        ("write-only", "a succession that anyone can make", write_only),
        ("other-group", "a succession under another access group", elsewhere),
    ):
        block = file.default.block(succeeds=succession)
        yield Vector(f"succeeds-{label}", about, bad, file.text({"A": token}, block))
    # Nobody but a holder of the old data key can tell; a reader of the values need not.
    unproven = file.default.block(succeeds=old.token("s", b"\1" * 200))
    yield Vector("succeeds-unproven", "a succession that proves nothing", OPENS, file.text({"A": token}, unproven))
