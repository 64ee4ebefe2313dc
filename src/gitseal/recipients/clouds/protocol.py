"""The protocol of a key service: what its module in this package does, and what it is given of the outside.

A module does one thing at a time and once: other tries, time limits and the name of the key in messages are `asking`'s. A refusal
is a RemoteError of the kind that it is, in words of ours: nothing that a server or a library said. A service that decrypts to
something wrong, or says that the ciphertext is none of the key's, means Damaged.
"""

from gitseal.records import NamedTuple, Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitseal.hidden import SecretBytes
    from gitseal.remote.failure import RemoteError

    # Gets the words to show; gives the PIN, or None if nobody can be asked. `recipients.dialogue` has the same for passphrases.
    AskPin = Callable[[str], SecretBytes | bytes | None]


class Surroundings(NamedTuple):
    """What a key service's module may use of the outside.

    The environment says where the service is and who we are to it. A request is given up after `seconds` without an answer, and
    is not made again. `ask` gets a PIN from a person; None: nobody can be asked. `kept` is for what a module keeps while a
    command runs, by words of its own: a PIN that was right, or why there is none; None: it keeps nothing. `locators` are the keys
    of the policy that this service has.
    """

    environ: "Mapping[str, str]"
    seconds: float
    ask: "AskPin | None" = None
    kept: "dict[str, SecretBytes | RemoteError] | None" = None
    locators: "tuple[str, ...]" = ()

    def __repr__(self) -> str:
        # A token is among the variables.
        return "Surroundings(…)"


def never_wait(_seconds: float) -> None:
    """For a server that is asked once: whoever would wait tries again, and `asking` does that."""
    raise AssertionError


class FetchedKey(NamedTuple):
    """The public half of a key as the service gives it, in PEM or DER, and the whole locator, with the version that it is of."""

    locator: str
    public: bytes


def public_half(modulus: bytes, exponent: bytes) -> bytes | None:
    """An RSA key in DER (SubjectPublicKeyInfo) by its two numbers, the first byte the highest; None if they make no key."""
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    try:
        key = RSAPublicNumbers(int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big")).public_key()
    except ValueError:
        return None
    return key.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)


class KeyService(Protocol):
    """A module of this package: its name is the provider's in `locators`."""

    def unwrap(self, locator: str, ciphertext: bytes, surroundings: Surroundings) -> "SecretBytes":
        """What the service decrypts by RSA-OAEP with SHA-256, MGF1 with SHA-256 and no label: 16 bytes, if all is right.

        Raises RemoteError; Damaged if it refuses the ciphertext as none of the key's.
        """
        raise NotImplementedError

    def public_key(self, locator: str, surroundings: Surroundings) -> FetchedKey:
        """The public half of a key; of the newest version, if the locator names none. Raises RemoteError."""
        raise NotImplementedError

    def credentials(self, environ: "Mapping[str, str]") -> str:
        """What is at hand to sign in with, in words, such as `VAULT_TOKEN`; empty if nothing is. Nothing is called.

        No library is imported for it, and what only a call would show (an instance's role) is not found.
        """
        raise NotImplementedError
