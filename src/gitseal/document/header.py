"""The header of an environment file: the mapping `gitseal`, who it was wrapped for and under which keys."""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

from gitseal.crypto.public_key import PublicKey, Scope
from gitseal.crypto.token_kinds import SEALED
from gitseal.document import token_grammar
from gitseal.document.token import Stanza, Token, parse_stanza, parse_token
from gitseal.document.token_grammar import is_group, is_id
from gitseal.errors import Malformed, UnknownVersion
from gitseal.records import NamedTuple
from gitseal.yamltext.tree import NamePath, Node, NodeKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = token_grammar.HEADER
VERSION = 1
MAX_GROUPS = 64
MAX_STANZAS = 256

_PUBLIC = "gsp1"


class Access(NamedTuple):
    """One access group of a file. `stanzas` is by person or machine, then by recipient id."""

    public: PublicKey
    succeeds: Token | None
    stanzas: dict[str, dict[str, Stanza]]
    line: int

    @property
    def key_id(self) -> str:
        """The id of the group's data key."""
        return self.public.key_id

    def wrapped(self) -> "Iterator[tuple[str, str]]":
        """The name and the recipient id of every stanza."""
        for name, by_id in self.stanzas.items():
            for recipient_id in by_id:
                yield name, recipient_id

    def by_recipient(self) -> "tuple[tuple[str, Stanza], ...]":
        """Every stanza after its recipient id, in the order of the file. One key under two people's names has two."""
        return tuple(pair for by_id in self.stanzas.values() for pair in by_id.items())


class Header(NamedTuple):
    """The identity of a file, as it states it. `id` is its file id, `access` its access groups by name."""

    id: str
    environment: str
    access: dict[str, Access]

    def scope(self, group: str) -> Scope:
        """The scope of a group's data key: what its id and every derivation from it are bound to."""
        return Scope(self.id, self.environment, group)

    def has_key_of(self, token: Token) -> bool:
        """True if a token is sealed under the data key that its access group has now. Any other is stale: it opens for nobody."""
        access = self.access.get(token.group)
        return access is not None and access.key_id == token.key_id


def succession_path(group: str) -> NamePath:
    """The name at which the succession token of a group stands, and to which it is bound as a token."""
    return (HEADER, "access", group, "succeeds")


def public_text(public: PublicKey) -> str:
    """A public key as the header writes it: `gsp1` and 32 bytes in base64."""
    return _PUBLIC + b2a_base64(public.raw, newline=False).decode("ascii")


def parse_public(text: str, scope: Scope) -> PublicKey | None:
    """The public key that `public_text` writes like this; None for any other text."""
    try:
        public = PublicKey(scope, a2b_base64(text.removeprefix(_PUBLIC), strict_mode=True))
    except (Base64Error, ValueError, Malformed):
        return None
    # Written again, so that every other spelling of the same bytes is refused.
    return public if public_text(public) == text else None


def parse_header(root: Node) -> Header:
    """The header of a file. Raises Malformed with the line, or UnknownVersion."""
    node = root.children.get(HEADER)
    if node is None:
        raise Malformed(
            'this is no sealed file: the mapping "gitseal" is missing',
            0,
            "take the file from an earlier commit, or name another file",
        )
    # Before all else that a later version may have otherwise.
    version = node.children.get("version")
    # `True` equals 1 in Python, and is no version.
    if version is not None and (version.value != VERSION or type(version.value) is not int):
        raise UnknownVersion("this file is of a version that this gitseal does not know", "upgrade gitseal")
    fields = _fields(node, required=("version", "id", "environment"), optional=("access",))
    file_id = _text(fields["id"])
    if not is_id("f", file_id):
        raise Malformed("a file id is f and 32 hex digits", fields["id"].line + 1)
    environment = _text(fields["environment"])
    groups = _mapping(fields["access"]) if "access" in fields else {}
    if len(groups) > MAX_GROUPS:
        raise Malformed(f"a file has at most {MAX_GROUPS} access groups", node.line + 1)
    access = {name: _access(group, Scope(file_id, environment, name)) for name, group in groups.items()}
    return Header(file_id, environment, access)


def _access(node: Node, scope: Scope) -> Access:
    if not is_group(scope.group):
        raise Malformed("an access group has a lower-case name of at most 32 letters, digits and -", node.line + 1)
    fields = _fields(node, required=("key", "public"), optional=("succeeds", "stanzas"))
    public = _public(fields["public"], scope)
    # The id is derived and written all the same: a reader of the lines, and of a diff, sees which key it is.
    if _text(fields["key"]) != public.key_id:
        raise Malformed(
            f'the key id of access group "{scope.group}" does not follow from its public key', fields["key"].line + 1
        )
    succeeds = None
    if "succeeds" in fields:
        succeeds = parse_token(_text(fields["succeeds"]), fields["succeeds"].value_line + 1)
        # Anyone can make a token of the other kind: it proves nothing.
        if succeeds is None or succeeds.kind != SEALED or succeeds.group != scope.group:
            line = fields["succeeds"].line + 1
            raise Malformed(f'a succession is a token of kind {SEALED} and of access group "{scope.group}"', line)
    stanzas = {}
    for name, person in (_mapping(fields["stanzas"]) if "stanzas" in fields else {}).items():
        stanzas[name] = {key: _stanza(key, stanza) for key, stanza in _mapping(person).items()}
    if sum(map(len, stanzas.values())) > MAX_STANZAS:
        raise Malformed(f"an access group has at most {MAX_STANZAS} stanzas", node.line + 1)
    return Access(public, succeeds, stanzas, node.line + 1)


def _stanza(recipient_id: str, node: Node) -> Stanza:
    if not is_id("r", recipient_id):
        raise Malformed("a recipient id is r and 32 hex digits", node.line + 1)
    return parse_stanza(node.value, node.value_line + 1)


def _public(node: Node, scope: Scope) -> PublicKey:
    public = parse_public(_text(node), scope)
    if public is None:
        raise Malformed("a public key is gsp1 and the base64 of one canonical X25519 key", node.line + 1)
    return public


def _fields(node: Node, required: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Node]:
    fields = _mapping(node)
    for name, field in fields.items():
        if name not in required and name not in optional:
            raise Malformed(
                f'the header has no field "{name}"', field.line + 1, "upgrade gitseal if a newer one wrote this file"
            )
    for name in required:
        if name not in fields:
            raise Malformed(f'the header lacks the field "{name}"', node.line + 1)
    return fields


def _mapping(node: Node) -> dict[str, Node]:
    if node.kind is not NodeKind.MAPPING:
        raise Malformed("a mapping is missing here", node.line + 1)
    return node.children


def _text(node: Node) -> str:
    if node.kind is not NodeKind.SCALAR or not isinstance(node.value, str):
        raise Malformed("a text is missing here", node.line + 1)
    return node.value
