"""PKCS#11 tokens: RSA keys in a smart card, a security key or an HSM, named as RFC 7512 does.

The token takes the padding off if it can. Many cards only do RSA itself: then it is done here (`oaep`, decision 58).
"""

from gitseal.errors import Damaged
from gitseal.hidden import SecretBytes
from gitseal.recipients.clouds import locators, oaep, pkcs11_names, pkcs11_tokens
from gitseal.recipients.clouds.pkcs11_names import KeyInToken
from gitseal.recipients.clouds.protocol import FetchedKey, Surroundings, public_half
from gitseal.remote.failure import RemoteError, RemoteFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pkcs11 import Attribute, ObjectClass, Session
    from pkcs11.types import Object


def unwrap(locator: str, ciphertext: bytes, surroundings: Surroundings) -> SecretBytes:
    """See `KeyService.unwrap`."""
    name = pkcs11_names.parse(locator)
    token = pkcs11_tokens.find(name, surroundings.environ)
    with pkcs11_tokens.logged_in(token, surroundings) as (session, pin):
        return SecretBytes(_decrypted(_private(session, name), ciphertext, pin))


def public_key(locator: str, surroundings: Surroundings) -> FetchedKey:
    """See `KeyService.public_key`. Only a token that shows no public half asks for its PIN."""
    name = pkcs11_names.parse(locator)
    token = pkcs11_tokens.find(name, surroundings.environ)
    with pkcs11_tokens.translated(), token.open() as session:
        shown = _public(session, name)
    if shown is None:
        with pkcs11_tokens.logged_in(token, surroundings) as (session, _pin):
            shown = _half_of(_private(session, name))
    key, public = shown
    whole = KeyInToken(token=token.label, serial=token.serial, object=key.object, id=key.id).locator
    return FetchedKey(locator if locators.is_whole(locators.PROVIDERS["pkcs11"], locator) else whole, public)


def credentials(environ: "Mapping[str, str]") -> str:
    """See `KeyService.credentials`."""
    return pkcs11_tokens.MODULE if environ.get(pkcs11_tokens.MODULE) else ""


def _decrypted(key: "Any", ciphertext: bytes, pin: str | None) -> bytes:  # noqa: ANN401 - what it can do shows when it is there
    import pkcs11
    from pkcs11 import MGF, Attribute, Mechanism

    _check_use(key, ciphertext)
    # Some keys want the PIN for each use.
    again = pin if _attribute(key, Attribute.ALWAYS_AUTHENTICATE) else None
    offered = key.session.token.slot.get_mechanisms()
    if Mechanism.RSA_PKCS_OAEP in offered:
        parameters = (Mechanism.SHA256, MGF.SHA256, None)
        try:
            return bytes(
                key.decrypt(ciphertext, mechanism=Mechanism.RSA_PKCS_OAEP, mechanism_param=parameters, pin=again)
            )
        except (
            pkcs11.MechanismInvalid,
            pkcs11.MechanismParamInvalid,
            pkcs11.ArgumentsBad,
            pkcs11.FunctionNotSupported,
        ):
            pass  # before it decrypted anything: it knows no OAEP with SHA-256
    if Mechanism.RSA_X_509 not in offered:
        hint = "take a token that does, such as a PIV card, or another kind of key"
        raise RemoteError("the token decrypts neither by RSA-OAEP with SHA-256 nor by RSA alone", hint)
    encoded = key.decrypt(ciphertext, mechanism=Mechanism.RSA_X_509, pin=again)
    # Some leave zeros out.
    return oaep.file_key_in(encoded.rjust(len(ciphertext), b"\0"))


def _check_use(key: "Object", ciphertext: bytes) -> None:
    """Raises RemoteError for a key that decrypts nothing, and Damaged for a ciphertext that cannot be its own."""
    from pkcs11 import Attribute

    if _attribute(key, Attribute.DECRYPT) is False:
        hint = "make a key for decryption: in a PIV card that is the one in slot 9d"
        raise RemoteError("the token lets this key decrypt nothing", hint, kind=RemoteFailure.DENIED)
    modulus = (_attribute(key, Attribute.MODULUS) or b"").lstrip(b"\0")
    if modulus and (len(ciphertext) != len(modulus) or ciphertext >= modulus):
        # Another key has that name now. Some tokens fail for it in a way that says nothing.
        raise Damaged(pkcs11_tokens.NOT_ITS_OWN)


def _private(session: "Session", name: KeyInToken) -> "Object":
    from pkcs11 import Attribute, ObjectClass

    keys = list(_objects(session, name, ObjectClass.PRIVATE_KEY))
    if len({_attribute(key, Attribute.MODULUS) for key in keys}) > 1:
        raise _several()
    if not keys:
        raise RemoteError("the token has no RSA key of that name", _SEE, kind=RemoteFailure.GONE)
    return keys[0]


_SEE = "see what is in it with the program of its maker, or with: p11tool --list-all-privkeys --login"


def _public(session: "Session", name: KeyInToken) -> tuple[KeyInToken, bytes] | None:
    """The public half that a token shows without its PIN, as a key or in a certificate, and its whole name; None if none."""
    from pkcs11 import ObjectClass

    halves = [_half_of(key) for key in _objects(session, name, ObjectClass.PUBLIC_KEY)]
    if not halves:
        for certificate in _objects(session, name, ObjectClass.CERTIFICATE):
            halves += _halves_in(certificate)
    if len({half for _name, half in halves}) > 1:
        raise _several()
    return halves[0] if halves else None


def _several() -> RemoteError:
    return RemoteError("the token has several keys of that name", "name one of them by its id, like id=%01")


def _objects(session: "Session", name: KeyInToken, kind: "ObjectClass") -> "Iterator[Object]":
    from pkcs11 import Attribute, KeyType, ObjectClass

    wanted: dict[Attribute, Any] = {Attribute.CLASS: kind}
    if kind != ObjectClass.CERTIFICATE:
        wanted[Attribute.KEY_TYPE] = KeyType.RSA
    if name.object is not None:
        wanted[Attribute.LABEL] = name.object
    if name.id is not None:
        wanted[Attribute.ID] = name.id
    return session.get_objects(wanted)


def _half_of(key: "Object") -> tuple[KeyInToken, bytes]:
    """The name and the public half, in DER, of a key, public or private: both say modulus and exponent."""
    from pkcs11 import Attribute

    modulus, exponent = _attribute(key, Attribute.MODULUS), _attribute(key, Attribute.PUBLIC_EXPONENT)
    public = public_half(modulus or b"", exponent or b"")
    if public is None:
        raise RemoteError("the token shows no public half of the key", _GIVE_IT)
    return _name_of(key), public


_GIVE_IT = "save the public half with the program of its maker, and give that file with --public"


def _halves_in(certificate: "Object") -> list[tuple[KeyInToken, bytes]]:
    """The name and the public half of a certificate; nothing if it is for no RSA key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_der_x509_certificate
    from pkcs11 import Attribute

    try:
        public = load_der_x509_certificate(_attribute(certificate, Attribute.VALUE) or b"").public_key()
    except (ValueError, UnsupportedAlgorithm):
        return []
    if not isinstance(public, RSAPublicKey):
        return []
    return [(_name_of(certificate), public.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo))]


def _name_of(thing: "Object") -> KeyInToken:
    from pkcs11 import Attribute

    return KeyInToken(object=_attribute(thing, Attribute.LABEL), id=_attribute(thing, Attribute.ID))


def _attribute(thing: "Object", attribute: "Attribute") -> "Any":  # noqa: ANN401 - of the attribute's type
    """An attribute, None if the token does not have it."""
    import pkcs11

    try:
        return thing[attribute]
    except (pkcs11.AttributeTypeInvalid, pkcs11.AttributeSensitive):
        return None
