"""The system's keychain, as the package `keyring` reaches it: macOS's own, and on Linux Secret Service or KWallet.

gitseal has one entry in it, "identity" of the service "gitseal", for all projects. Its text is that of an identity file, so it
may hold several. Only keychains of the system are used: `keyring` also knows some that keep plain text in a file.
"""

import sys
from collections.abc import Mapping

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.recipients.dialogue import NOBODY
from gitseal.remote.extras import missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE, ENTRY = "gitseal", "identity"
_BY_BUS = "keyring.backends.SecretService"
# These ask for the keychain's password by themselves, and cannot be asked before whether they will.
_UNFORESEEN = frozenset({"keyring.backends.kwallet", "keyring.backends.libsecret"})
_SYSTEM = frozenset({"keyring.backends.macOS", _BY_BUS, *_UNFORESEEN})
_CHOICE = "PYTHON_KEYRING_BACKEND"
_BUS = "DBUS_SESSION_BUS_ADDRESS"
# A keychain asks in a window of its own; without a screen it would wait for ever.
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
_SHOWN = 200  # characters of a keychain's own words
_FILE_INSTEAD = "without a keychain, keep the identity in a file: gitseal keygen -o ~/.config/gitseal/identity.txt"
_UNLOCK = "unlock it at the desktop, in its program for passwords, and run the command again"


class Locked(Error):
    """The keychain is locked, and nobody can be asked to unlock it now. `is_ours`: it shows that gitseal's entry is in it."""

    def __init__(self, *, is_ours: bool) -> None:
        super().__init__("the keychain is locked", _UNLOCK)
        self.is_ours = is_ours


def read(environ: Mapping[str, str], *, may_ask: bool) -> SecretBytes:
    """The text of gitseal's entry, empty if there is none. `may_ask`: the keychain may ask to be unlocked.

    Raises Locked, and Error if there is no keychain that can be used, with the reason.
    """
    _check_reachable(environ)
    backend = _backend()
    return _read(backend, environ, may_ask=may_ask)


def add(environ: Mapping[str, str], identity: SecretBytes) -> None:
    """Puts an identity into gitseal's entry, below what it holds. The keychain may ask to be unlocked.

    Raises Error if there is no keychain that can be used, if what the entry holds is no identity file, or if the keychain does
    not give back what was put there.
    """
    _check_installed()
    _check_reachable(environ)
    backend = _backend()
    before = _read(backend, environ, may_ask=True, making=True).reveal().strip()
    if before:
        from gitseal.recipients.identity_file import parse_identities

        parse_identities(before, NOBODY, "the keychain")
    text = b"\n".join(filter(None, (before, identity.reveal().rstrip(b"\n")))).decode()
    try:
        backend.set_password(SERVICE, ENTRY, text)
        is_there = backend.get_password(SERVICE, ENTRY) == text
    except Exception as failure:  # noqa: BLE001 - each backend raises its libraries' own errors
        raise _failed("the keychain takes no identity", failure) from None
    if not is_there:
        raise Error("the keychain does not give back the identity that was put there", _FILE_INSTEAD)


def _check_installed() -> None:
    """Raises Error, with the command that installs it, if the package is missing."""
    try:
        import keyring.backends.chainer  # noqa: F401 - whether it can be imported is the question
    except ImportError:
        raise missing("a keychain", "keyring", extra="keychain") from None


def _check_reachable(environ: Mapping[str, str]) -> None:
    """Raises Error if there is no keychain for sure. That costs nothing, and importing `keyring` a fifth of a second."""
    if environ.get(_CHOICE, "").startswith(("keyring.backends.null.", "keyring.backends.fail.")):
        raise Error(f"the keychain is turned off by {_CHOICE}", _FILE_INSTEAD)
    if sys.platform != "darwin" and not environ.get(_BUS):
        raise Error(f"there is no keychain without a desktop session ({_BUS} is not set)", _FILE_INSTEAD)


def _backend() -> "KeyringBackend":
    """The system's keychain by keyring's choice. Raises Error if it chooses another, or if the package is missing."""
    _check_installed()
    import keyring
    from keyring.backends.chainer import ChainerBackend

    try:
        chosen = keyring.get_keyring()
    except Exception as failure:  # noqa: BLE001 - the settings may name any module
        raise _failed("the keychain of keyring's settings does not load", failure) from None
    # A chain may have a file of plain text as its last link; only the system's own link is used.
    links: list[KeyringBackend] = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    for backend in links:
        if type(backend).__module__ in _SYSTEM:
            return backend
    name = f"{type(chosen).__module__}.{type(chosen).__name__}"
    if name.startswith("keyring.backends.null."):
        raise Error("the keychain is turned off in keyring's settings", _FILE_INSTEAD)
    if chosen not in links or name.startswith("keyring.backends.fail."):
        raise Error("there is no keychain that can be reached from here", _FILE_INSTEAD)
    raise Error(
        f"{name}, which keyring is set to, is no keychain of the system and may keep plain text",
        f"take it out of {_CHOICE} and of keyringrc.cfg; {_FILE_INSTEAD}",
    )


def _read(backend: "KeyringBackend", environ: Mapping[str, str], *, may_ask: bool, making: bool = False) -> SecretBytes:
    from keyring.errors import KeyringLocked

    may_ask = may_ask and (sys.platform == "darwin" or any(environ.get(name) for name in _SCREENS))
    try:
        is_there = _is_there(type(backend).__module__, may_ask=may_ask, making=making)
        text = backend.get_password(SERVICE, ENTRY) if is_there else None
    except Error:
        raise
    except KeyringLocked:
        raise Locked(is_ours=False) from None
    except Exception as failure:  # noqa: BLE001 - each backend raises its libraries' own errors
        raise _failed("the keychain cannot be read", failure) from None
    return SecretBytes((text or "").encode())


def _is_there(module: str, *, may_ask: bool, making: bool) -> bool:
    """True if the keychain can be asked for the entry now. See `_is_open`."""
    if module in _UNFORESEEN and not may_ask:
        raise Locked(is_ours=False)
    return module != _BY_BUS or _is_open(may_ask=may_ask, making=making)


def _is_open(*, may_ask: bool, making: bool) -> bool:
    """True if Secret Service will give the entry; False if there is none.

    `keyring` itself would unlock a locked collection and make a missing one, and wait for somebody at a window.
    Raises Locked, and with `making` Error for a missing collection, if nobody may be asked.
    """
    from contextlib import closing

    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        try:
            collection = secretstorage.Collection(bus)
        except secretstorage.ItemNotFoundException:
            if making and not may_ask:
                raise Error(
                    "there is no keychain yet", "make one at the desktop, in its program for passwords"
                ) from None
            return making
        items = list(collection.search_items({"service": SERVICE, "username": ENTRY}))
        is_locked = collection.is_locked() or any(item.is_locked() for item in items)
    if is_locked and not may_ask:
        raise Locked(is_ours=bool(items))
    # Some services show the items of a locked collection to nobody.
    return bool(items) or is_locked or making


def _failed(message: str, failure: Exception) -> Error:
    from gitseal.recipients.kinds import without_private_keys
    from gitseal.report.escaping import printable

    words = printable(without_private_keys(str(failure)))[:_SHOWN] or type(failure).__name__
    return Error(f"{message}: {words}", _FILE_INSTEAD)
