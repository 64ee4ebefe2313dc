"""Env files of dotenvx: values as `encrypted:...` for a public key in the file, whose private half is in `.env.keys`.

What dotenvx seals is bound to no name: whoever could write the file could put one value under another's name.
"""

from collections.abc import Iterator
from pathlib import Path

from gitseal.crypto import dotenvx_cipher
from gitseal.crypto.dotenvx_cipher import DotenvxKey
from gitseal.document import ciphertext
from gitseal.document.value import text
from gitseal.errors import Damaged, Error, Malformed
from gitseal.exchange import dotenv_import
from gitseal.exchange._items import Imported
from gitseal.exchange._names import shown
from gitseal.exchange._sealed import Encrypted
from gitseal.exchange.foreign.source import ForeignSource, Opened, ToolKeys, key_lines, small_file

_PUBLIC, _PRIVATE = "DOTENV_PUBLIC_KEY", "DOTENV_PRIVATE_KEY"
_KEYS_FILE = ".env.keys"
_CIPHER = ciphertext.DOTENVX
_MOST_KEYS = 16


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values of a file of dotenvx; None if nothing in it is sealed and it has no key of dotenvx."""
    raw = _parsed(data)
    if raw is None:
        return None
    names = [item.path[0] for item in raw.items]
    if any(name.startswith(_PRIVATE) for name in names):
        hint = "import the env file beside it: the keys serve only to open it, and should be in no repository"
        raise Malformed("the file holds private keys of dotenvx, which are not imported", 0, hint)
    values = [item.value.reveal().decode() for item in raw.items]
    publics = {item.value.reveal().decode() for item in raw.items if item.path[0].startswith(_PUBLIC)}
    # Elsewhere `encrypted:` may begin a sentence. In a file of dotenvx it says that the value is sealed.
    if not publics and not any(ciphertext.of_value(text(value)) == _CIPHER for value in values):
        return None
    private = _private_keys(publics, source) if any(map(_is_sealed, values)) else []
    imported = dotenv_import.parse(data, lambda name, content: _opened(name, content, private))
    return Opened(_without_keys(imported), is_untyped=True)


def _parsed(data: bytes) -> Imported | None:
    """The file as it stands; None if it is no dotenv, which its own reader tells better."""
    try:
        return dotenv_import.parse(data)
    except Error:
        return None


def _is_sealed(value: str) -> bool:
    return value.lstrip().startswith(dotenvx_cipher.PREFIX)


def _opened(name: str, content: str, private: list[DotenvxKey]) -> str | None:
    if not _is_sealed(content):
        return None
    reason = ""
    for key in tuple(private):
        try:
            opened = dotenvx_cipher.open_value(content, key).decode()
        except Damaged as error:
            reason = error.message
        except UnicodeDecodeError:
            reason = "it is no text"
        else:
            # What served is tried first from now on.
            private.remove(key)
            private.insert(0, key)
            return opened
    raise Damaged(f'the value of "{shown(name)}": {reason}', "restore the file from a commit before")


def _without_keys(imported: Imported) -> Imported:
    """Without the public keys, and with them the comment of dotenvx above."""
    return imported._replace(
        items=tuple(item for item in imported.items if not item.path[0].startswith(_PUBLIC)),
        duplicates=tuple(name for name in imported.duplicates if not name.startswith(_PUBLIC)),
        overridden=tuple(item for item in imported.overridden if not item.path[0].startswith(_PUBLIC)),
    )


def _private_keys(publics: set[str], source: ForeignSource) -> list[DotenvxKey]:
    """Those at hand that fit the file's public key, or all if it has none. Raises Encrypted if there are none."""
    digits = list(dict.fromkeys(_digits(source)))[:_MOST_KEYS]
    keys = [key for one in digits if (key := dotenvx_cipher.private_key(one)) is not None]
    fitting = [key for key in keys if key.public in publics] if publics else keys
    if fitting:
        return fitting
    if keys:
        raise Encrypted("it is sealed by dotenvx, and no private key at hand fits its public key", _CIPHER)
    where = f"the variables {_PRIVATE}... and {_KEYS_FILE} beside it have none"
    raise Encrypted(
        f"it is sealed by dotenvx, and {where if source.keys.given is None else 'the key is none'}", _CIPHER
    )


def _digits(source: ForeignSource) -> Iterator[str]:
    """All that may be a private key, in hex: what a person gave, or what the variables and the file of keys have."""
    keys: ToolKeys = source.keys
    if keys.given is not None:
        yield from _listed(keys.given)
        return
    for name, value in keys.environ.items():
        if name.startswith(_PRIVATE):
            yield from value.split(",")
    beside = small_file(Path(keys.folder, _KEYS_FILE)) if keys.folder else None
    if beside is not None:
        yield from _listed(beside)


def _listed(content: bytes) -> Iterator[str]:
    """The keys of a `.env.keys`, or of a file that has nothing but a key."""
    for line in key_lines(content):
        name, equals, value = line.partition("=")
        if not equals:
            yield from line.split(",")
        elif name.removeprefix("export").strip().startswith(_PRIVATE):
            yield from (part.strip() for part in value.strip("\"' \t").split(","))
