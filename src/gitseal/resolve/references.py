"""References resolved: in the manifest and in templates to every name, in plain values to plain names, in sealed ones never.

A plain value is written by whoever can commit, with no key and often with no review of its own. If it could take in a
sealed value, or a variable of the host that deploys, a committer could send secrets wherever the plain value goes.
"""

from binascii import b2a_base64
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gitseal.document.value import TypedValue, ValueType, is_utf8
from gitseal.resolve import templates
from gitseal.resolve.problems import REFERENCE, Problem, Unmet
from gitseal.resolve.templates import ENV, Reference, Template
from gitseal.variables import FILES_VARIABLE, IDENTITY_VARIABLES
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

MAX_DEPTH = 32
BASE64 = "base64"
MAX_TOTAL = 64 * 1024 * 1024
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Resolved(NamedTuple):
    """A value and whether it is plain: a template is plain where every name in it is, and it takes in no variable."""

    value: TypedValue
    is_plain: bool


Lookup = Callable[[NamePath], Resolved | None]


class _Refused(Exception):
    """Why a reference has no value; empty where that was told already, of the name that it leads to."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class _Resolved(NamedTuple):
    """A value, or None where it has a problem, and how many names are on the longest way below it."""

    found: Resolved | None
    depth: int


class Resolver:
    """Resolves names and templates over one environment, each name once, and collects what stands against them.

    `lookup` gives a name's value as it is stored, or None where the environment has none; what it raises comes out of the
    calls. A null value counts as none. `variables` are those that `${env:NAME}` can name.
    """

    def __init__(self, lookup: Lookup, variables: Mapping[str, str] | None = None) -> None:
        self.problems: list[Problem] = []
        self._lookup = lookup
        self._variables = variables or {}
        self._stored: dict[NamePath, Resolved | None] = {}
        self._known: dict[NamePath, _Resolved] = {}
        self._left = MAX_TOTAL

    def name(self, path: NamePath) -> Resolved | None:
        """The value of a name, references in it resolved where it is plain. None where there is a problem or no such name."""
        found = self._at(path)
        return self._name(path, found, "", ()).found if found else None

    def text(self, text: str, name: str) -> Resolved | None:
        """The value of a template; `name` is what problems are told of. None where there is a problem.

        A text that is one reference and no more is that value itself, of whatever type; anything else is text.
        """
        return self._template(templates.parse(text), name, (), in_plain=False).found

    def sealed(self) -> dict[NamePath, TypedValue]:
        """The sealed values that references have led to: parts of what came out, which may turn up without the rest."""
        return {path: found.value for path, found in self._stored.items() if found is not None and not found.is_plain}

    def check(self) -> None:
        """Raises Unmet with every problem so far."""
        if self.problems:
            raise Unmet(self.problems, "see where a value comes from with: gitseal explain NAME")

    def _at(self, path: NamePath) -> Resolved | None:
        """The stored value; looked up once, for looking up may open."""
        if path not in self._stored:
            found = self._lookup(path)
            self._stored[path] = None if found is not None and found.value.kind is ValueType.NULL else found
        return self._stored[path]

    def _name(self, path: NamePath, stored: Resolved, label: str, chain: tuple[NamePath, ...]) -> _Resolved:
        """A name's value; `chain` are the plain names that led here, and `label` is the template before them, or empty."""
        if path in self._known:
            return self._known[path]
        if not stored.is_plain or stored.value.kind is not ValueType.TEXT or b"${" not in stored.value.reveal():
            return self._known.setdefault(path, _Resolved(stored, 0))
        if path in chain:
            circle = " > ".join(map(path_text, (*chain[chain.index(path) :], path)))
            return self._tell(label, chain[:1], f"refers in a circle: {circle}")
        if len(chain) > MAX_DEPTH:
            return self._tell(label, chain[:1], f"refers to names over more than {MAX_DEPTH} steps")
        template = templates.parse(stored.value.reveal().decode())
        found, depth = self._template(template, label, (*chain, path), in_plain=True)
        if found and depth >= MAX_DEPTH:
            found, depth = self._tell(label, (*chain, path)[:1], f"refers to names over more than {MAX_DEPTH} steps")
        self._known[path] = _Resolved(found, depth + 1)
        return self._known[path]

    def _template(self, template: Template, label: str, chain: tuple[NamePath, ...], *, in_plain: bool) -> _Resolved:
        is_whole = not template.problems
        for reason in template.problems:
            self._tell(label, chain, reason)
        parts: list[bytes] = []
        is_plain, depth = True, 0
        sole = template.sole()
        for piece in template.pieces:
            if isinstance(piece, str):
                parts.append(piece.encode())
                continue
            try:
                found, below = self._piece(piece, label, chain, in_plain=in_plain)
                depth = max(depth, below)
                is_plain = is_plain and found.is_plain
                if piece is sole:
                    return _Resolved(found, depth)
                parts.append(self._filtered(piece, found.value.reveal()))
            except _Refused as refusal:
                is_whole = False
                if refusal.reason:
                    self._tell(label, chain, refusal.reason)
        return _Resolved(Resolved(TypedValue(ValueType.TEXT, b"".join(parts)), is_plain) if is_whole else None, depth)

    def _piece(
        self, piece: Reference, label: str, chain: tuple[NamePath, ...], *, in_plain: bool
    ) -> tuple[Resolved, int]:
        """What a reference stands for, before its filters. Raises _Refused."""
        name = path_text(piece.path)
        if piece.source == ENV:
            return self._variable(name, in_plain=in_plain), 0
        stored = self._at(piece.path)
        if stored is None:
            raise _Refused(f'refers to "{name}", which has no value')
        if in_plain and not stored.is_plain:
            raise _Refused(f'is plain and refers to "{name}", which is sealed: only the manifest and templates can')
        resolved = self._name(piece.path, stored, label, chain)
        if resolved.found is None:
            raise _Refused
        return resolved.found, resolved.depth

    def _variable(self, name: str, *, in_plain: bool) -> Resolved:
        if in_plain:
            raise _Refused(f'is plain and takes in the variable "{name}": only the manifest and templates can')
        if name in IDENTITY_VARIABLES:
            raise _Refused(f'takes in the variable "{name}", which leads to an identity')
        content = self._variables.get(name)
        if content is None:
            raise _Refused(f'takes in the variable "{name}", which is not set')
        # Where gitseal itself puts files is no secret.
        return Resolved(
            TypedValue(ValueType.TEXT, content.encode("utf-8", "surrogateescape")), is_plain=name == FILES_VARIABLE
        )

    def _filtered(self, piece: Reference, content: bytes) -> bytes:
        """The content through the filters, UTF-8 at the end. Raises _Refused."""
        name = path_text(piece.path)
        if piece.filters[:1] != (BASE64,) and not is_utf8(content):
            raise _Refused(f'refers to "{name}", which is not UTF-8 text: only its |base64 can stand here')
        for each in piece.filters:
            content = _FILTERS[each](content)
            self._spend(content, name)
        if not piece.filters:
            self._spend(content, name)
        return content

    def _spend(self, content: bytes, name: str) -> None:
        """Names that double each other reach any size in few lines."""
        self._left -= len(content)
        if self._left < 0:
            raise _Refused(f'refers to "{name}", and all that is referred to is more than {MAX_TOTAL // 2**20} MiB')

    def _tell(self, label: str, chain: tuple[NamePath, ...], reason: str) -> _Resolved:
        first, *through = [*([label] if label else []), *map(path_text, chain)]
        way = f" (by way of {' > '.join(through)})" if through else ""
        self.problems.append(Problem(first, reason + way, REFERENCE))
        return _Resolved(None, 0)


def _urlencode(content: bytes) -> bytes:
    """Percent-encoded but for RFC 3986's unreserved characters: it stands in a path, a query and before the host alike."""
    return "".join([_URLENCODED[byte] for byte in content]).encode()


def _base64(content: bytes) -> bytes:
    return b2a_base64(content, newline=False)


def _json(content: bytes) -> bytes:
    """One JSON string with its quotes, whatever the value's type, in ASCII."""
    import json  # few templates need it

    return json.dumps(content.decode()).encode()


_URLENCODED = [chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256)]
_FILTERS: dict[str, Callable[[bytes], bytes]] = {"urlencode": _urlencode, BASE64: _base64, "json": _json}
