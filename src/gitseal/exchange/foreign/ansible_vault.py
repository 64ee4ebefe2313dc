"""Files of ansible-vault: sealed as a whole, or with strings in them that are, behind the tag `!vault`."""

from collections.abc import Iterator

from gitseal.crypto import ansible_vault_cipher
from gitseal.crypto.ansible_vault_cipher import Envelope
from gitseal.document import ciphertext
from gitseal.errors import Damaged, Error, Malformed
from gitseal.exchange import dotenv_import, json_import, yaml_import
from gitseal.exchange._items import Imported
from gitseal.exchange._sealed import Encrypted
from gitseal.exchange.foreign.source import ForeignSource, Opened, key_file
from gitseal.recipients.passphrase import unlock
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.hidden import SecretBytes

_FILE, _LIST = "ANSIBLE_VAULT_PASSWORD_FILE", "ANSIBLE_VAULT_IDENTITY_LIST"
_PROMPTS = "prompt"
_PEM = b"-----BEGIN "
# A string is tried with each password, for 10,000 rounds each.
_MOST_STRINGS, _MOST_PASSWORDS = 1_000, 8


class _Password(NamedTuple):
    """A password, and the label that it is for; without one it is for all."""

    content: bytes
    label: str = ""


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values of a file of variables; None if nothing in it is of ansible-vault."""
    text = data.decode("utf-8", "replace").lstrip("\ufeff")
    if text.lstrip().startswith(ansible_vault_cipher.BEGINNING):
        content = _VaultOpener(source, ciphertext.ANSIBLE_VAULT_FILE).opened(text)
        return Opened(_inner(content, source), is_untyped=_form(source) == "dotenv")
    if "!vault" not in text or source.format_name not in {"", "yaml", "ansible-vault"}:
        return None
    return Opened(yaml_import.parse(data, _VaultOpener(source, ciphertext.ANSIBLE_VAULT_STRINGS).opened_string))


class _VaultOpener:
    """Opens the vaults of one file, and keeps the passwords in the order in which they last served.

    Without a file that has the password, a person is asked, as ansible-vault does.
    """

    def __init__(self, source: ForeignSource, cipher: ciphertext.Cipher) -> None:
        self._cipher = cipher
        self._source = source
        self._passwords = list(_passwords(source))[:_MOST_PASSWORDS]
        self._asks = not self._passwords or _is_prompted(source)
        self._strings = 0

    def opened(self, text: str) -> bytes:
        envelope = ansible_vault_cipher.parse(text)
        for password in sorted(self._passwords, key=lambda one: one.label != envelope.label):
            content = _tried(envelope, password)
            if content is not None:
                self._passwords.remove(password)
                self._passwords.insert(0, password)
                return content
        if self._asks:
            return self._asked(envelope)
        raise Encrypted(
            "it is sealed by ansible-vault, and no password at hand opens it, or it was changed", self._cipher
        )

    def _asked(self, envelope: Envelope) -> bytes:
        """What a password opens that a person types. Raises Error if it is wrong, Encrypted if nobody types one."""
        dialogue, is_answered = self._source.keys.dialogue, False

        def ask(prompt: str) -> "SecretBytes | bytes | None":
            nonlocal is_answered
            answer = dialogue.ask(prompt) if dialogue.ask is not None else None
            is_answered = is_answered or answer is not None
            return answer

        def attempt(typed: bytes) -> bytes | None:
            password = _Password(typed.strip())
            content = _tried(envelope, password)
            if content is not None:
                self._passwords.insert(0, password)
            return content

        label = f"{self._source.name}, {envelope.label}" if envelope.label else self._source.name
        try:
            return unlock(dialogue._replace(ask=ask), label, attempt, word="password")
        except Error:
            if is_answered:
                raise
        where = f"{_FILE} and {_LIST} name no file with its password"
        raise Encrypted(f"it is sealed by ansible-vault, {where}, and none was typed", self._cipher)

    def opened_string(self, text: str, line: int) -> str:
        self._strings += 1
        if self._strings > _MOST_STRINGS:
            raise Malformed(f"the file has more than {_MOST_STRINGS} sealed strings", line, "import it in parts")
        reason = "a sealed string is no text"
        try:
            return self.opened(text).decode()
        except Malformed as error:
            reason = error.reason
        except UnicodeDecodeError:
            pass
        raise Malformed(reason, line)


def _tried(envelope: Envelope, password: _Password) -> bytes | None:
    try:
        return ansible_vault_cipher.open_envelope(envelope, password.content)
    except Damaged:
        return None


def _passwords(source: ForeignSource) -> Iterator[_Password]:
    """The passwords at hand: what a person gave, or the files that Ansible's own variables name."""
    keys = source.keys
    if keys.given is not None:
        yield _Password(keys.given.strip())
        return
    if path := keys.environ.get(_FILE):
        yield _Password(_password(path, source))
    for entry in filter(None, map(str.strip, keys.environ.get(_LIST, "").split(","))):
        label, at, path = entry.rpartition("@")
        if not path.startswith(_PROMPTS):
            yield _Password(_password(path, source), label if at else "")


def _is_prompted(source: ForeignSource) -> bool:
    """True if Ansible would ask too, for one of several passwords."""
    if source.keys.given is not None:
        return False
    entries = source.keys.environ.get(_LIST, "").split(",")
    return any(entry.strip().rpartition("@")[2].startswith(_PROMPTS) for entry in entries)


def _password(path: str, source: ForeignSource) -> bytes:
    content = key_file(path, source.keys.environ)
    if content.startswith(b"#!"):
        hint = "run it yourself, and give the file that it prints to with --key-file"
        raise Error(f'"{path}" is a program that prints a password, which is not run here', hint)
    return content.strip()


def _form(source: ForeignSource) -> str:
    """What is within a file that is sealed as a whole: YAML, as Ansible has it, unless its name speaks of something else."""
    if source.format_name in {"dotenv", "json", "yaml"}:
        return source.format_name
    name = source.name.rpartition("/")[2]
    if name.endswith(".json"):
        return "json"
    return "dotenv" if name.startswith(".env") or name.endswith(".env") else "yaml"


def _inner(content: bytes, source: ForeignSource) -> Imported:
    form = _form(source)
    if content.lstrip().startswith(_PEM):
        raise Malformed(
            "it holds one PEM block, and no names", 0, "set it as one value, from what ansible-vault view prints"
        )
    if form == "yaml":
        return yaml_import.parse(content)
    return json_import.parse(content) if form == "json" else dotenv_import.parse(content)
