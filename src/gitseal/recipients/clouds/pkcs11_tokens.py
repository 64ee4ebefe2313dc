"""PKCS#11 tokens: loading the module that reaches them, finding one by its name, and logging in.

The module is code that runs here. So its path comes from the environment, never from the repository. A token locks itself after a
few wrong PINs: no PIN that was wrong is given again, and one from a variable is not given after anybody's wrong one, nor to one
of two tokens that it may be meant for.
"""

from contextlib import contextmanager
from pathlib import Path

from gitseal.errors import Damaged, Error, os_reason
from gitseal.hidden import SecretBytes
from gitseal.recipients.clouds.pkcs11_names import KeyInToken, parse, token_words
from gitseal.remote.extras import missing
from gitseal.remote.failure import RemoteError, RemoteFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pkcs11 import PKCS11Error, Session, Token

    from gitseal.recipients.clouds.protocol import Surroundings

MODULE = "GITSEAL_PKCS11_MODULE"
PIN = "GITSEAL_PKCS11_PIN"
PIN_FILE = "GITSEAL_PKCS11_PIN_FILE"
_MOST_BYTES = 1024  # of a file with a PIN
_UNLOCK = "unlock it with the program of its maker, by the PUK or the PIN of its security officer"
_CAREFUL = "a token locks itself after a few wrong PINs: look the PIN up before you run the command again"
# How the token says no, by the name of the library's exception: the kind, our words, what helps.
_SAID = {
    "PinIncorrect": (RemoteFailure.NO_PIN, "the PIN is wrong", _CAREFUL),
    "PinInvalid": (RemoteFailure.NO_PIN, "the PIN is wrong", _CAREFUL),
    "PinLenRange": (RemoteFailure.NO_PIN, "the PIN is too short or too long", _CAREFUL),
    "PinLocked": (RemoteFailure.DISABLED, "the token is locked, after too many wrong PINs", _UNLOCK),
    "PinExpired": (RemoteFailure.DISABLED, "the PIN of the token has expired", "choose another with the program of its maker"),
    "UserPinNotInitialized": (RemoteFailure.DISABLED, "the token has no PIN yet", "choose one with the program of its maker"),
    "DeviceRemoved": (RemoteFailure.GONE, "the token was taken out", "put it in, and run the same again"),
    "TokenNotPresent": (RemoteFailure.GONE, "the token was taken out", "put it in, and run the same again"),
}  # fmt: skip
NOT_ITS_OWN = "the token does not decrypt the stanza with the key that it is for: it is damaged"
_DAMAGED = frozenset({"EncryptedDataInvalid", "EncryptedDataLenRange", "DataInvalid", "DataLenRange"})


def find(name: KeyInToken, environ: "Mapping[str, str]") -> "Token":
    """The one token that the name fits. Raises RemoteError if there is none, or more than one."""
    tokens = _tokens(environ)
    fitting = [token for token in tokens if _fits(token, name)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        words = " and ".join(token_words(token.label, token.serial) for token in fitting)
        # A PIN that goes to the wrong one of them is a wrong PIN.
        hint = f"take the others out, or use a key that is named with its token's serial number; they are: {words}"
        raise RemoteError("several tokens have that name, and none of them is asked", hint)
    others = ", ".join(token_words(token.label, token.serial) or "one without a name" for token in tokens)
    seen = f"the module of {MODULE} shows now: {others or 'no token'}"
    raise RemoteError(
        "there is no such token here", f"put it in, and run the same again; {seen}", kind=RemoteFailure.GONE
    )


@contextmanager
def logged_in(token: "Token", surroundings: "Surroundings") -> "Iterator[tuple[Session, str | None]]":
    """A session in which the token's private keys can be used, and the PIN, None if the token asks for it by itself.

    Raises RemoteError; NO_PIN if there is no PIN, or a wrong one. A command tries a token once.
    """
    kept = surroundings.kept if surroundings.kept is not None else {}
    before = kept.get(_kept(token))
    if isinstance(before, RemoteError):
        raise before
    try:
        session, pin = _log_in(token, surroundings)
    except RemoteError as failure:
        kept[_kept(token)] = failure
        raise
    if isinstance(pin, str):
        kept[_kept(token)] = SecretBytes(pin.encode())
    with translated(), session:
        yield session, pin if isinstance(pin, str) else None


def _log_in(token: "Token", surroundings: "Surroundings") -> "tuple[Session, str | object | None]":
    import pkcs11

    pin = _pin(token, surroundings) if token.flags & pkcs11.TokenFlag.LOGIN_REQUIRED else None
    with translated():
        try:
            return token.open(user_pin=pin), pin
        except pkcs11.UserAlreadyLoggedIn:
            return token.open(), pin


@contextmanager
def translated() -> "Iterator[None]":
    """What the library raises inside becomes RemoteError or Damaged, in words of ours."""
    import pkcs11

    try:
        yield
    except pkcs11.PKCS11Error as failure:
        raise _told(failure) from None


def _told(failure: "PKCS11Error") -> Error:
    name = type(failure).__name__
    if name in _DAMAGED:
        return Damaged(NOT_ITS_OWN)
    kind, message, hint = _SAID.get(name, (RemoteFailure.OTHER, f"the token failed ({name})", "see its maker's pages"))
    return RemoteError(message, hint, kind=kind)


def _tokens(environ: "Mapping[str, str]") -> "list[Token]":
    module = _module(environ)
    try:
        import pkcs11
    except ImportError:
        raise missing("a PKCS#11 token", "python-pkcs11", extra="pkcs11") from None
    try:
        slots = pkcs11.lib(module).get_slots(token_present=True)
    except (pkcs11.PKCS11Error, RuntimeError):
        # The library's text is the loader's, which quotes the path and more.
        message = f"the file of {MODULE} is no PKCS#11 module that this machine can load"
        raise RemoteError(message, _NAME_IT, kind=RemoteFailure.NO_LIBRARY) from None
    tokens = []
    for slot in slots:
        try:
            token = slot.get_token()
        except pkcs11.PKCS11Error:
            continue  # a reader without a card, or with one of another kind
        if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
            tokens.append(token)
    return tokens


def _module(environ: "Mapping[str, str]") -> str:
    """The path of the module: whole, so that no folder that somebody is in decides what runs."""
    path = environ.get(MODULE, "")
    if not path:
        raise RemoteError("no PKCS#11 module is set", _NAME_IT, kind=RemoteFailure.UNKNOWN_TO_IT)
    if not Path(path).is_absolute():
        raise RemoteError(f"{MODULE} is no whole path", _NAME_IT, kind=RemoteFailure.UNKNOWN_TO_IT)
    if not Path(path).is_file():
        raise RemoteError(f"the file of {MODULE} is not there", _NAME_IT, kind=RemoteFailure.NO_LIBRARY)
    return path


_NAME_IT = f"set {MODULE} to the whole path of the module that your token came with, or of p11-kit-proxy.so"


def _fits(token: "Token", name: KeyInToken) -> bool:
    wanted = (name.token, name.serial, name.manufacturer, name.model)
    is_its = (token.label, token.serial, token.manufacturer_id, token.model)
    return all(want is None or want == own for want, own in zip(wanted, is_its, strict=True))


def _pin(token: "Token", surroundings: "Surroundings") -> str | object:
    """The PIN to log in with: what was right before in this command, what a variable gives, what a person types."""
    import pkcs11

    kept = (surroundings.kept or {}).get(_kept(token))
    if isinstance(kept, SecretBytes):
        return _text(kept)
    if token.flags & pkcs11.TokenFlag.USER_PIN_LOCKED:
        raise _told(pkcs11.PinLocked())
    given = _given(surroundings.environ)
    if given is not None:
        variable, pin = given
        _check_meant(token, variable, surroundings)
        if token.flags & (pkcs11.TokenFlag.USER_PIN_COUNT_LOW | pkcs11.TokenFlag.USER_PIN_FINAL_TRY):
            message = f"the token was given a wrong PIN before, so that of {variable} is not tried"
            hint = f"unset {variable}, and run it once in a terminal with the right PIN: the token counts anew then"
            raise RemoteError(message, hint, kind=RemoteFailure.NO_PIN)
        return _text(pin)
    if surroundings.ask is None:
        raise _no_pin()
    if token.flags & pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH:
        from pkcs11.types import PROTECTED_AUTH  # the reader has keys of its own

        return PROTECTED_AUTH
    last = ", whose last try this is: a wrong one locks it" if token.flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY else ""
    typed = surroundings.ask(f"PIN of the token {token_words(token.label, token.serial)}{last}")
    if typed is None:
        raise _no_pin()
    return _text(typed if isinstance(typed, SecretBytes) else SecretBytes(typed))


def _check_meant(token: "Token", variable: str, surroundings: "Surroundings") -> None:
    """Raises RemoteError if another token is here that a key of the policy is in: the PIN of a variable may be meant for that."""
    names = [parse(locator) for locator in surroundings.locators]
    here = [other for other in _tokens(surroundings.environ) if any(_fits(other, name) for name in names)]
    wanting = {token_words(one.label, one.serial) for one in (token, *here)}
    if len(wanting) > 1:
        told = " and ".join(sorted(wanting))
        message = (
            f"{variable} does not say which of these tokens its PIN is for, and keys of the policy are in each: {told}"
        )
        hint = f"take out all but one, or unset {variable} and run it in a terminal, where gitseal asks for the PIN of each"
        raise RemoteError(message, hint, kind=RemoteFailure.NO_PIN)


def _no_pin() -> RemoteError:
    hint = f"run it in a terminal, where gitseal asks for it, or set {PIN_FILE} to a file that has it"
    return RemoteError("the PIN of the token is not at hand", hint, kind=RemoteFailure.NO_PIN)


def _given(environ: "Mapping[str, str]") -> tuple[str, SecretBytes] | None:
    """The PIN of a variable, with its name; None if none has one."""
    text, path = environ.get(PIN, ""), environ.get(PIN_FILE, "")
    if text:
        return PIN, SecretBytes(text.encode("utf-8", "surrogateescape"))
    if not path:
        return None
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES)
    except (OSError, ValueError) as failure:
        reason = os_reason(failure) if isinstance(failure, OSError) else "not a path"
        hint = f"set {PIN_FILE} to a file that has the PIN alone"
        raise RemoteError(
            f"the file of {PIN_FILE} cannot be read: {reason}", hint, kind=RemoteFailure.UNKNOWN_TO_IT
        ) from None
    return PIN_FILE, SecretBytes(content.removesuffix(b"\n").removesuffix(b"\r"))


def _text(pin: SecretBytes) -> str:
    try:
        text = pin.reveal().decode()
    except UnicodeDecodeError:
        text = ""
    if not text:
        # The library takes an empty one for a PIN, and the token counts it as a wrong one.
        raise RemoteError("the PIN of the token is no text", "give it in UTF-8", kind=RemoteFailure.NO_PIN)
    return text


def _kept(token: "Token") -> str:
    return f"PIN of {token_words(token.label, token.serial)}"
