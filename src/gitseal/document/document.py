"""`Document`: one parsed environment file, its values by name, and what opens and seals them."""

import os
from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from functools import cached_property
from typing import TYPE_CHECKING

from gitseal.crypto.public_key import PublicKey
from gitseal.crypto.token_kinds import SEALED, WRITE_ONLY
from gitseal.document import bulk
from gitseal.document.bulk import Row
from gitseal.document.header import HEADER, Header, parse_header
from gitseal.document.token import Token, parse_token, refuse_other_version
from gitseal.document.value import TypedValue, ValueType, from_plaintext, to_plaintext
from gitseal.errors import Damaged, DamagedOrMoved, Malformed, NotForYou, Stale, UnknownVersion
from gitseal.records import NamedTuple
from gitseal.yamltext import reader, scalars
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath, Node, NodeKind, Tree

if TYPE_CHECKING:  # `cryptography`, which a merge does not need
    from gitseal.crypto.datakey import DataKey

MAX_NAMES = 200_000
_MOVED_TRIES = 64
FIRST_LINE = "# Sealed by gitseal: names are readable, values are not."
"""The comment that a new file begins with."""


class Entry(NamedTuple):
    """One name of a document. `token` is None if the value is plain."""

    path: NamePath
    token: Token | None
    document: "Document"

    @property
    def node(self) -> Node:
        """The name in the document's tree."""
        return self.document.tree.nodes[self.path]

    @property
    def name(self) -> str:
        """The name as the user writes it, sections before it: `api/TOKEN`."""
        return path_text(self.path)

    @property
    def line(self) -> int:
        """The line of the name, from 1."""
        return self.node.line + 1


class Document:
    """A parsed environment file: `header`, `entries` by path in the order of the file, and `tree` with its lines.

    `rows` are the values of a file of the common shape (see `bulk`), else None. Such a file has its entries and its tree
    made when they are first asked for: to open all of its values takes neither.
    """

    def __init__(self, data: bytes, header: Header, rows: Sequence[Row] | None) -> None:
        self._data = data
        self.header = header
        self.rows = rows

    @classmethod
    def read_carefully(cls, data: bytes) -> "Document":
        """The document of a file, whatever its shape. Raises as `parse` does."""
        tree = reader.parse(data)
        try:
            made = cls.of_tree(tree)
            _ = made.entries
        except Malformed:
            # A file of a later version may have much that is malformed in this one.
            for node in tree.nodes.values():
                for scalar in (node, *node.items):
                    if isinstance(scalar.value, str):
                        refuse_other_version(scalar.value, scalar.value_line + 1)
            raise
        return made

    @classmethod
    def of_tree(cls, tree: Tree) -> "Document":
        """The document of an edited tree, whose tokens are read when they are first asked for."""
        made = cls(tree.serialise(), parse_header(tree.root), None)
        made.tree = tree
        return made

    @cached_property
    def tree(self) -> Tree:
        """The lines, and the nodes that stand on them."""
        return reader.parse(self._data)

    @cached_property
    def entries(self) -> Mapping[NamePath, Entry]:
        """The names with their values, in the order of the file."""
        return _entries(self, self.tree) if self.rows is None else _RowEntries(self, self.rows)

    def has(self, path: NamePath) -> bool:
        """True if a value, a section or a part of the header stands at this path."""
        if self.rows is not None and path[0] != HEADER:
            return path in self.entries
        return path in self.tree.nodes

    def serialise(self) -> bytes:
        """The file, byte for byte."""
        return self._data

    def under_header(self, header: Header) -> "Document":
        """The same values under another header: what they were sealed under before the file lost that."""
        other = Document(self._data, header, None)
        other.tree, other.entries = self.tree, self.entries
        return other

    def groups_in_use(self) -> set[str]:
        """The access groups that some value is sealed to."""
        return {group for _path, group in self.in_groups() if group}

    def in_groups(self) -> Iterator[tuple[NamePath, str]]:
        """Every name with the access group of its value, which is empty for a plain one. Makes no entries of rows."""
        if self.rows is not None:
            return (((row[0],), row[2]) for row in self.rows)
        return ((path, entry.token.group if entry.token else "") for path, entry in self.entries.items())

    def under(self, path: NamePath) -> Iterator[Entry]:
        """The entry at `path`, or those of the section at `path`."""
        for candidate, entry in self.entries.items():
            if candidate[: len(path)] == path:
                yield entry


class _RowEntries(Mapping[NamePath, Entry]):
    """The entries of rows. One is made when it is asked for, all when they are gone through: to set a value takes one."""

    def __init__(self, document: Document, rows: Sequence[Row]) -> None:
        self._document = document
        self._rows: dict[NamePath, Row] = {(row[0],): row for row in rows}

    @cached_property
    def _all(self) -> dict[NamePath, Entry]:
        document = self._document
        return {path: Entry(path, Token._make(row[1:]), document) for path, row in self._rows.items()}

    def __getitem__(self, path: NamePath) -> Entry:
        return Entry(path, Token._make(self._rows[path][1:]), self._document)

    def __iter__(self) -> Iterator[NamePath]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, path: object) -> bool:
        return path in self._rows

    def items(self) -> ItemsView[NamePath, Entry]:
        """All of them, made at once."""
        return self._all.items()

    def values(self) -> ValuesView[Entry]:
        """All of them, made at once."""
        return self._all.values()


def parse(data: bytes) -> Document:
    """The document of a file's bytes. Raises Malformed with the line, or UnknownVersion."""
    shaped = bulk.read(data)
    # A file of too many names is refused by the careful way, whose words are the ones for it.
    if shaped is None or len(shaped.rows) > MAX_NAMES:
        return Document.read_carefully(data)
    return Document(data, shaped.header, shaped.rows)


def _entries(document: Document, tree: Tree) -> dict[NamePath, Entry]:
    entries: dict[NamePath, Entry] = {}
    for path, node in tree.nodes.items():
        if path[0] != HEADER and (node.kind is not NodeKind.MAPPING or not node.children):
            value = node.value
            token = parse_token(value, node.value_line + 1) if isinstance(value, str) else None
            entries[path] = Entry(path, token, document)
            # A token is bound to the name that it stands at, and an item of a list has none.
            for item in node.items:
                if isinstance(item.value, str) and parse_token(item.value, item.line + 1):
                    raise Malformed("an item of a list is a token, which belongs to a name", item.line + 1)
    if len(entries) > MAX_NAMES:
        raise Malformed(f"a file holds at most {MAX_NAMES} names")
    return entries


def create(environment: str) -> Document:
    """A new empty document with a new random file id and no access group."""
    # Every derivation binds this id: no token of another file opens here, though both be named alike.
    file_id = "f" + os.urandom(16).hex()
    named = scalars.serialise(environment)
    return parse(f"{FIRST_LINE}\n\n{HEADER}:\n  version: 1\n  id: {file_id}\n  environment: {named}\n".encode())


def seal(key: "DataKey | PublicKey", path: NamePath, value: TypedValue, *, write_only: bool = False) -> Token:
    """The token of a value at `path`: kind `s` under a data key, kind `w` under a public key or if `write_only` says so."""
    plaintext = to_plaintext(value)
    if not isinstance(key, PublicKey) and not write_only:
        return Token.of(SEALED, key.scope.group, key.key_id, key.seal(path, plaintext))
    public = key if isinstance(key, PublicKey) else key.public
    return Token.of(WRITE_ONLY, public.scope.group, public.key_id, public.seal(path, plaintext))


def open_entry(document: Document, entry: Entry, keys: "Mapping[str, DataKey]") -> TypedValue:
    """The value of an entry, plain or sealed. `keys` are the data keys at hand, by access group.

    Raises NotForYou, Stale, Damaged, Malformed or UnknownVersion, each naming the name and its line.
    """
    token = entry.token
    if token is None:
        return plain_value(entry)
    # Before the key is looked for: whoever has no key should also hear that the value is lost to all.
    current = document.header.access.get(token.group)
    if current is None or token.key_id != current.key_id:
        raise Stale(
            f'"{entry.name}" (line {entry.line}) is sealed under a data key that access group "{token.group}" no longer has',
            f"take it from the commit that set it, or: gitseal set {entry.name} -e {document.header.environment}",
        )
    key = keys.get(token.group)
    if key is None:
        raise NotForYou(
            f'"{entry.name}" is sealed to access group "{token.group}", which no identity at hand opens',
        )
    try:
        return from_plaintext(key.open(token.kind, entry.path, token.ciphertext()))
    except Malformed as error:
        raise Malformed(f'"{entry.name}": {error.message}', entry.line, error.hint) from None
    except Damaged as error:
        raise _damaged(document, entry, key, error) from None
    except UnknownVersion as error:
        raise UnknownVersion(f'"{entry.name}" (line {entry.line}): {error.message}', error.hint) from None


def _damaged(document: Document, entry: Entry, key: "DataKey", error: Damaged) -> Damaged:
    """The error with what can be said for certain: `moved` only if the token opens under another name."""
    hint = f"take the line from an earlier commit: git log -p -- .secrets/{document.header.environment}.yaml"
    token = entry.token
    if isinstance(error, DamagedOrMoved) and token is not None:
        # Bounded: an attacker could fill a file with tokens of which each is tried at each name.
        for other in list(document.entries)[:_MOVED_TRIES]:
            try:
                key.open(token.kind, other, token.ciphertext())
            except Damaged:
                continue
            return Damaged(
                f'"{entry.name}" (line {entry.line}) was moved: it holds what was sealed as "{path_text(other)}"', hint
            )
    return Damaged(f'"{entry.name}" (line {entry.line}): {error.message}', hint)


def plain_value(entry: Entry) -> TypedValue:
    """The value of an entry that is plain, with the type that its spelling has."""
    node = entry.node
    value = node.value
    if node.kind is not NodeKind.SCALAR:
        return TypedValue(ValueType.JSON, node.json().encode())
    if value is None:
        return TypedValue(ValueType.NULL, b"")
    if isinstance(value, bool):
        return TypedValue(ValueType.BOOLEAN, b"true" if value else b"false")
    if isinstance(value, int):
        return TypedValue(ValueType.INTEGER, node.source.encode())
    if isinstance(value, float):
        return TypedValue(ValueType.FLOAT, node.source.encode())
    return TypedValue(ValueType.TEXT, value.encode())
