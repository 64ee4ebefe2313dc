"""A sealed file put together piece by piece, so that a vector can make any piece wrong."""

from typing import NamedTuple

from tests.vectors import reference
from tests.vectors.reference import Scope, Stream, b64

TITLE = "# Sealed by gitseal: names are readable, values are not.\n\n"


# What is expected of the one name A.
MALFORMED = "refused: A malformed"
DAMAGED = "refused: A damaged"


class Person:
    """An age identity with its public half, made from the person's name alone."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.private = Stream(f"identity of {name}").take(32)
        self.public = reference.public_of(self.private)
        self.identity = reference.bech32("age-secret-key-", self.private).upper()
        self.recipient = reference.bech32("age", self.public)
        self.id = reference.recipient_id(self.recipient)


ALICE = Person("alice")
BOB = Person("bob")


class Vector(NamedTuple):
    """One file and what a reader has to say of it. `expect` are lines as docs/format.md, section 9, tells them."""

    name: str
    about: str
    expect: list[str]
    file: bytes
    identity: str = ALICE.identity


class Group:
    """An access group: a data key in its scope, and tokens and stanzas under it."""

    def __init__(self, label: str, scope: Scope, *, secret: bytes | None = None) -> None:
        self.stream = Stream(f"{label} {scope.group}")
        self.scope = scope
        self.secret = secret or self.stream.take(32)
        self.public = reference.public_key(scope, self.secret)
        self.key_id = reference.key_id(scope, self.public)

    def token(self, kind: str, payload: bytes | str, *, group: str = "", key: str = "") -> str:
        text = payload if isinstance(payload, str) else b64(payload)
        return f"ENC[v1,{kind},{group or self.scope.group}:{key or self.key_id},{text}]"

    def sealed(self, name: str, padded: bytes, kind: str = "s") -> bytes:
        """The ciphertext of a plaintext that is padded already."""
        info = reference.context(kind, self.scope, self.key_id, tuple(name.split("/")))
        if kind == "w":
            return reference.hpke(self.public, info, padded, self.stream.take(32))
        return reference.cobblestone_256(
            reference.derive(self.scope, self.secret, "value"), info, padded, self.stream.take(24)
        )

    def seal(self, name: str, plaintext: bytes, kind: str = "s") -> str:
        """The token of a plaintext: its type byte and its content."""
        return self.token(kind, self.sealed(name, reference.pad(plaintext), kind))

    def age_file(
        self, person: Person = ALICE, *, payload: bytes | None = None, before: str = "", after: str = ""
    ) -> bytes:
        """An age file for one person; `before` and `after` are further stanzas of its header."""
        file_key = self.stream.take(16)
        stanza = reference.age_stanza(person.public, file_key, self.stream.take(32))
        sealed = self.secret if payload is None else payload
        return reference.age_file(before + stanza + after, file_key, self.stream.take(16), sealed)

    def stanza(self, age_file: bytes | None = None, *, key: str = "") -> str:
        return f"STANZA[v1,{key or self.key_id},{b64(age_file or self.age_file())}]"

    def block(
        self, stanzas: dict[Person, str] | None = None, *, key: str = "", public: str = "", succeeds: str = ""
    ) -> str:
        """The group's part of the header; without `stanzas` it is wrapped for Alice."""
        lines = [
            f"    {self.scope.group}:",
            f"      key: {key or self.key_id}",
            f"      public: {public or 'gsp1' + b64(self.public)}",
        ]
        if succeeds:
            lines += ["      succeeds:", f"        {succeeds}"]
        lines.append("      stanzas:")
        for person, stanza in (stanzas or {ALICE: self.stanza()}).items():
            lines += [f"        {person.name}:", f"          {person.id}:", f"            {stanza}", ""]
        return "\n".join(lines[:-1]) + "\n"


class File:
    """A file with the group `default`. `text` puts values and header together."""

    def __init__(self, label: str, environment: str = "production", file_id: str = "") -> None:
        self.label = label
        self.environment = environment
        self.id = file_id or "f" + Stream(f"{label} file").take(16).hex()
        self.default = self.group("default")

    def group(self, name: str, *, secret: bytes | None = None) -> Group:
        return Group(self.label, Scope(self.id, self.environment, name), secret=secret)

    def header(self, *blocks: str) -> str:
        access = "  access:\n" + "\n".join(blocks or [self.default.block()])
        return f"gitseal:\n  version: 1\n  id: {self.id}\n  environment: {self.environment}\n{access}"

    def text(self, values: dict[str, str], *blocks: str) -> bytes:
        return (TITLE + body(values) + self.header(*blocks)).encode()


def body(values: dict[str, str]) -> str:
    """Name lines, value lines and blank lines; sections stand where their first name stands."""
    out = ""
    above: list[str] = []
    for name, source in values.items():
        *sections, last = name.split("/")
        for depth, section in enumerate(sections):
            if above[: depth + 1] != sections[: depth + 1]:
                out += "  " * depth + f"{section}:\n"
        above = sections
        pad = "  " * len(sections)
        out += f"{pad}{last}:\n{pad}  {source}\n\n"
    return out


def of_a(label: str, about: str, expect: str, token: str, file: File) -> Vector:
    """A vector with the one name A."""
    return Vector(label, about, [expect], file.text({"A": token}))


def flipped(content: bytes, at: int) -> bytes:
    """The content with one bit of one byte changed."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
