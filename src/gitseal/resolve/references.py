"""Resolves references. The manifest and templates may refer to every name, plain values only to plain names.

Whoever can commit can write a plain value, with no key and often without a review. If a plain value could take in a sealed
one, or a variable of the host that deploys, a committer could send secrets wherever the plain value goes. A sealed value is
never searched for references: its text belongs to whoever sealed it.
"""

from binascii import b2a_base64
from collections.abc import Callable, Mapping

from gitseal.document.value import TypedValue, ValueType, is_utf8
from gitseal.errors import shell_quoted
from gitseal.records import NamedTuple
from gitseal.report.sentences import NOTHING, Sentence, literal, sentence
from gitseal.resolve import templates
from gitseal.resolve.problems import REFERENCE, Problem, Unmet
from gitseal.resolve.templates import ENV, Reference, Template
from gitseal.variables import FILES_VARIABLE, IDENTITY_VARIABLES
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

MAX_DEPTH = 32  # names on the longest way from a template to a value
BASE64 = "base64"
MAX_TOTAL = 64 * 1024 * 1024  # bytes, over all references of one Resolver
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Resolved(NamedTuple):
    """A value. A template's is plain if every name in it is, and if it takes in no variable of the process."""

    value: TypedValue
    is_plain: bool


Lookup = Callable[[NamePath], Resolved | None]


class _RefusedReference(Exception):
    """A reference has no value, and why. The reason is empty if it was told already, about the name that is referred to."""

    def __init__(self, template: str = "", *names: str | int) -> None:
        super().__init__()
        self.reason = sentence(template, *names)


class _Outcome(NamedTuple):
    """A value, or None if it has a problem, and how many names are on the longest way below it."""

    value: Resolved | None
    depth: int


class Resolver:
    """Resolves names and templates of one environment, each name once, and collects the problems.

    `lookup` gives a name's value as it is stored, or None if the environment has none. It is called once for each name, for
    it may open a value; what it raises comes out of the calls here. A null value counts as none. `variables` are those that
    `${env:NAME}` may name.
    """

    def __init__(self, lookup: Lookup, variables: Mapping[str, str] | None = None) -> None:
        self.problems: list[Problem] = []
        self._lookup = lookup
        self._variables = variables or {}
        self._stored: dict[NamePath, Resolved | None] = {}
        self._known: dict[NamePath, _Outcome] = {}
        self._left = MAX_TOTAL

    def name(self, path: NamePath) -> Resolved | None:
        """The value of a name; if it is plain, with its references resolved. None if there is a problem, or no such name."""
        stored = self._at(path)
        return self._name(path, stored, "", ()).value if stored else None

    def text(self, text: str, name: str) -> Resolved | None:
        """The value of a template, or None if there is a problem; `name` is what the problem is reported for.

        A template that is just one reference gives the value itself, with its type. Anything else gives text.
        """
        return self._template(templates.parse(text), name, (), in_plain=False).value

    def sealed(self) -> dict[NamePath, TypedValue]:
        """The sealed values that were referred to. They are parts of what came out, and may show up without the rest of it.

        So whoever redacts the results has to redact these as well.
        """
        return {
            path: stored.value for path, stored in self._stored.items() if stored is not None and not stored.is_plain
        }

    def check(self) -> None:
        """Raise Unmet with every problem so far, if there is one."""
        if self.problems:
            name = self.problems[0].name.split(" ", maxsplit=1)[0]
            raise Unmet(self.problems, f"see where a value comes from: gitseal explain {shell_quoted(name)}")

    def _at(self, path: NamePath) -> Resolved | None:
        if path not in self._stored:
            stored = self._lookup(path)
            self._stored[path] = None if stored is not None and stored.value.kind is ValueType.NULL else stored
        return self._stored[path]

    def _name(self, path: NamePath, stored: Resolved, label: str, chain: tuple[NamePath, ...]) -> _Outcome:
        """Resolve a name. `chain` has the plain names that led here; `label` is the template before them, or empty."""
        if path in self._known:
            return self._known[path]
        # Sealed values, other types and texts without "${" are what they are: nothing in them is a reference.
        if not stored.is_plain or stored.value.kind is not ValueType.TEXT or b"${" not in stored.value.reveal():
            return self._known.setdefault(path, _Outcome(stored, 0))
        if path in chain:
            circle = " > ".join(map(path_text, (*chain[chain.index(path) :], path)))
            return self._tell(label, chain[:1], sentence("refers in a circle: {}", circle))
        if len(chain) > MAX_DEPTH:
            return self._tell(label, chain[:1], sentence("refers to other names in more than {} steps", MAX_DEPTH))
        template = templates.parse(stored.value.reveal().decode())
        value, depth = self._template(template, label, (*chain, path), in_plain=True)
        # The check above counts the way down. This one counts it for names that were resolved before, from another start:
        # otherwise it would depend on the order whether an environment is refused.
        if value and depth >= MAX_DEPTH:
            value, depth = self._tell(
                label, (*chain, path)[:1], sentence("refers to other names in more than {} steps", MAX_DEPTH)
            )
        self._known[path] = _Outcome(value, depth + 1)
        return self._known[path]

    def _template(self, template: Template, label: str, chain: tuple[NamePath, ...], *, in_plain: bool) -> _Outcome:
        is_whole = not template.problems
        for reason in template.problems:
            self._tell(label, chain, literal(reason))
        parts: list[bytes] = []
        is_plain, depth = True, 0
        sole = template.sole()
        for piece in template.pieces:
            if isinstance(piece, str):
                parts.append(piece.encode())
                continue
            try:
                resolved, below = self._piece(piece, label, chain, in_plain=in_plain)
                depth = max(depth, below)
                is_plain = is_plain and resolved.is_plain
                if piece is sole:
                    return _Outcome(resolved, depth)
                parts.append(self._filtered(piece, resolved.value.reveal()))
            except _RefusedReference as refusal:
                is_whole = False  # and on, so that one run reports every problem
                if refusal.reason:
                    self._tell(label, chain, refusal.reason)
        return _Outcome(Resolved(TypedValue(ValueType.TEXT, b"".join(parts)), is_plain) if is_whole else None, depth)

    def _piece(
        self, piece: Reference, label: str, chain: tuple[NamePath, ...], *, in_plain: bool
    ) -> tuple[Resolved, int]:
        """The value of a reference, before its filters, and the depth below it. Raises _RefusedReference."""
        name = path_text(piece.path)
        if piece.source == ENV:
            return self._variable(name, in_plain=in_plain), 0
        stored = self._at(piece.path)
        if stored is None:
            raise _RefusedReference('refers to "{}", which has no value', name)
        if in_plain and not stored.is_plain:
            raise _RefusedReference(
                'is plain and refers to "{}", which is sealed: only the manifest and templates can', name
            )
        outcome = self._name(piece.path, stored, label, chain)
        if outcome.value is None:
            raise _RefusedReference
        return outcome.value, outcome.depth

    def _variable(self, name: str, *, in_plain: bool) -> Resolved:
        if in_plain:
            raise _RefusedReference(
                'is plain and takes in the variable "{}": only the manifest and templates can', name
            )
        # Even the manifest may not: a value that goes out would carry the key that opens all the others.
        if name in IDENTITY_VARIABLES:
            raise _RefusedReference('takes in the variable "{}", which leads to an identity', name)
        content = self._variables.get(name)
        if content is None:
            raise _RefusedReference('takes in the variable "{}", which is not set', name)
        # Variables of the process count as secret, but for the folder where gitseal itself puts files.
        return Resolved(
            TypedValue(ValueType.TEXT, content.encode("utf-8", "surrogateescape")), is_plain=name == FILES_VARIABLE
        )

    def _filtered(self, piece: Reference, content: bytes) -> bytes:
        """Pass the content through the filters, which give UTF-8. Raises _RefusedReference."""
        name = path_text(piece.path)
        if piece.filters[:1] != (BASE64,) and not is_utf8(content):
            raise _RefusedReference('refers to "{}", which is not UTF-8 text: only its |base64 can stand here', name)
        for name_of_filter in piece.filters:
            content = _FILTERS[name_of_filter](content)
            self._spend(content, name)
        if not piece.filters:
            self._spend(content, name)
        return content

    def _spend(self, content: bytes, name: str) -> None:
        """Count what goes into results: thirty names that each refer twice to the next make a thousand million copies."""
        self._left -= len(content)
        if self._left < 0:
            raise _RefusedReference(
                'refers to "{}", and all that is referred to is more than {} MiB', name, MAX_TOTAL // 2**20
            )

    def _tell(self, label: str, chain: tuple[NamePath, ...], reason: Sentence) -> _Outcome:
        first, *through = [*([label] if label else []), *map(path_text, chain)]
        way = sentence(" (by way of {})", " > ".join(through)) if through else NOTHING
        self.problems.append(Problem(first, sentence("{}{}", reason, way), REFERENCE))
        return _Outcome(None, 0)


def _urlencode(content: bytes) -> bytes:
    """Percent-encode all but RFC 3986's unreserved characters, so that it fits a path, a query and a password before @."""
    return "".join([_URLENCODED[byte] for byte in content]).encode()


def _base64(content: bytes) -> bytes:
    return b2a_base64(content, newline=False)


def _json(content: bytes) -> bytes:
    """One JSON string in ASCII, with its quotes, whatever the value's type."""
    import json  # few templates need it

    return json.dumps(content.decode()).encode()


_URLENCODED = [chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256)]
_FILTERS: dict[str, Callable[[bytes], bytes]] = {"urlencode": _urlencode, BASE64: _base64, "json": _json}
