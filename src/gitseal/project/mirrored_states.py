"""Several states of one file of sops as states of one environment: where a token of sops stays, so does ours.

sops keeps the token of a value that an edit leaves alone. So what differs between two states shows without a key.
"""

from collections.abc import Iterable, Mapping, Sequence

from gitseal.crypto.datakey import DataKey
from gitseal.document import document, edits
from gitseal.document.header import HEADER
from gitseal.document.token import Stanza, Token
from gitseal.document.value import TypedValue, ValueType
from gitseal.errors import Error, Malformed
from gitseal.exchange import sops
from gitseal.exchange.sops import SopsLook, SopsName
from gitseal.policy.policy import DEFAULT
from gitseal.project.mirror import HeldKey, MemoryFiles, own_header, policy_text, puts_of
from gitseal.project.project import Project
from gitseal.project.sops_files import environment_name
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.protocol import Identity
from gitseal.yamltext import scalars
from gitseal.yamltext.editor import Put
from gitseal.yamltext.tree import NamePath

_SHOWN = 8
# What stands in a header for each recipient of a state: nobody opens it, and its age file is in the file of sops.
_SEALED_ELSEWHERE = b"age-encryption.org/v1\n"
_NO_VALUES: Mapping[NamePath, TypedValue] = {}


class MirroredStates:
    """The states of the file at `path`, which names it in messages. Ends are to be asked for before what lies between."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.environment = environment_name(path)
        self._empty = document.create(self.environment)
        self._key = DataKey.generate(self._empty.header.scope(DEFAULT))
        self.keyring = HeldKey(self._key)
        self._tokens: dict[tuple[NamePath, bytes], Token] = {}

    def look(self, data: bytes | None) -> SopsLook:
        """What a state shows without a key; a file that is not there shows nothing. Raises Malformed."""
        return sops.look(data, self._path) if data is not None else SopsLook((), (), ())

    def values(self, data: bytes | None, identities: Iterable[Identity]) -> Mapping[NamePath, TypedValue]:
        """The opened values of a state. Raises Error as `sops.read` does."""
        if data is None:
            return _NO_VALUES
        return {item.path: item.value for item in sops.read(data, identities, self._path).imported.items}

    def project(self, data: bytes | None, values: Mapping[NamePath, TypedValue] = _NO_VALUES) -> Project:
        """A state as a project. Values that are not given are sealed as what stands in the file."""
        look = self.look(data)
        people = {name: key for name, (key, _) in _people(look.recipients).items()}
        policy = {"policy.yaml": policy_text(self.environment, people)}
        file = {f"{self.environment}.yaml": self._file(look, values)} if data is not None else {}
        return Project("", None, source=MemoryFiles(policy | file))

    def file(self, data: bytes | None) -> bytes | None:
        """A state between two ends as the file of the environment; what is no sound file of sops is none of ours either."""
        try:
            return self._file(self.look(data), _NO_VALUES) if data is not None else None
        except (Malformed, Error):
            return b"?"

    def lines(self, data: bytes | None) -> dict[NamePath, int]:
        """The line of each name in the file of sops."""
        return {one.path: one.line for one in self.look(data).names}

    def _file(self, look: SopsLook, values: Mapping[NamePath, TypedValue]) -> bytes:
        puts = {**own_header(self._key), **self._stanzas(look.recipients)}
        plain = {one.path: source for one in look.names if one.is_plain and (source := _source(one.value)) is not None}
        tokens = {one.path: self._token(one, values.get(one.path)) for one in look.names if one.path not in plain}
        puts |= puts_of(tokens)
        ranks = {one.path: rank for rank, one in enumerate(look.names)}
        puts |= {path: Put(source, rank=ranks[path]) for path, source in plain.items()}
        return edits.edited(self._empty, puts).serialise()

    def _token(self, name: SopsName, value: TypedValue | None) -> Token:
        known = (name.path, name.value.reveal())
        if known not in self._tokens:
            self._tokens[known] = document.seal(self._key, name.path, name.value if value is None else value)
        return self._tokens[known]

    def _stanzas(self, recipients: Sequence[str]) -> dict[NamePath, Put]:
        block = (HEADER, "access", DEFAULT, "stanzas")
        stanza = Stanza.of(self._key.key_id, _SEALED_ELSEWHERE).serialise()
        people = _people(recipients).items()
        return {(*block, name, recipient): Put(stanza, own_line=True) for name, (_, recipient) in people}


def is_rotated(old: SopsLook, new: SopsLook) -> bool:
    """True if no sealed value of one state is in the other: sops gives a file a new data key only with all values sealed anew."""
    before, after = ({(one.path, one.value.reveal()) for one in look.names if not one.is_plain} for look in (old, new))
    return bool(before) and bool(after) and not before & after


def _people(recipients: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The key and recipient id of each recipient that is a key of ours, by a name made up from the key."""
    people = {}
    for text in recipients:
        try:
            key = parse_recipient(text).canonical
        except Error:
            continue
        own = recipient_id(key)
        people[f"key-{own[1 : 1 + _SHOWN]}"] = (key, own)
    return people


def _source(value: TypedValue) -> str | None:
    """A value in clear as an environment file has it; None for one that such a file has to seal."""
    if value.kind in {ValueType.BYTES, ValueType.JSON}:
        return None
    if value.kind is ValueType.NULL:
        return "null"
    content = value.reveal().decode()
    return scalars.serialise(content) if value.kind is ValueType.TEXT else content
