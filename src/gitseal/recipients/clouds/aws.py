"""AWS KMS: asymmetric RSA keys that encrypt and decrypt, by their ARN, which names region and account.

The role needs `kms:Decrypt` for the key and nothing else; to fetch the public half, `kms:GetPublicKey`. Such a key has no
versions.
A key of several regions has its other regions after it, `key/mrk-...+us-east-1`: they are asked if those before are down.
"""

from gitseal.errors import Damaged
from gitseal.hidden import SecretBytes
from gitseal.recipients.clouds.protocol import FetchedKey, Surroundings, never_wait
from gitseal.remote import aws
from gitseal.remote.aws_failure import AwsRefusal
from gitseal.remote.calling import Patience
from gitseal.remote.failure import RemoteError, RemoteFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_ALGORITHM = "RSAES_OAEP_SHA_256"
# That region does not answer; another may.
_DOWN = frozenset({RemoteFailure.NO_NETWORK, RemoteFailure.NOT_READY})
_NOT_ITS_OWN = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_NO_RSA_KEY = "take one of RSA_2048, RSA_3072 or RSA_4096 with the usage ENCRYPT_DECRYPT"


def unwrap(locator: str, ciphertext: bytes, surroundings: Surroundings) -> SecretBytes:
    """See `KeyService.unwrap`."""
    *others, last = _arns(locator)
    for arn in others:
        try:
            return _decrypted(arn, ciphertext, surroundings)
        except RemoteError as failure:
            if failure.kind not in _DOWN:
                raise
    return _decrypted(last, ciphertext, surroundings)


def public_key(locator: str, surroundings: Surroundings) -> FetchedKey:
    """See `KeyService.public_key`. All regions that are named must have that key."""
    first, *others = _arns(locator)
    answer = _asked(first, "show the key", surroundings, "get_public_key")
    public, arn = answer["PublicKey"], str(answer.get("KeyId"))
    if (
        answer.get("KeyUsage") != "ENCRYPT_DECRYPT"
        or _ALGORITHM not in answer.get("EncryptionAlgorithms", ())
        or not isinstance(public, bytes)
    ):
        raise RemoteError("this key does not decrypt what is sealed here", _NO_RSA_KEY)
    for other in others:
        if (
            _asked(other, f"show the key in {_region(other)}", surroundings, "get_public_key").get("PublicKey")
            != public
        ):
            raise RemoteError(f"in {_region(other)} it is another key", "name regions that the key was replicated to")
    is_alias = ":alias/" in locator
    if is_alias and arn.rpartition(":")[0] != locator.rpartition(":")[0]:
        raise RemoteError("AWS did not say which key the alias stands for", "give the ARN of the key itself")
    return FetchedKey(arn if is_alias else locator, public)


def credentials(environ: "Mapping[str, str]") -> str:
    """See `KeyService.credentials`."""
    return aws.credentials(environ)


def _decrypted(arn: str, ciphertext: bytes, surroundings: Surroundings) -> SecretBytes:
    try:
        answer = _asked(
            arn, "decrypt", surroundings, "decrypt", CiphertextBlob=ciphertext, EncryptionAlgorithm=_ALGORITHM
        )
    except AwsRefusal as refused:
        if refused.code in _NOT_ITS_OWN:
            raise Damaged("AWS does not decrypt the stanza with the key that it is for: it is damaged") from None
        raise
    return SecretBytes(answer["Plaintext"])


def _asked(arn: str, what: str, surroundings: Surroundings, operation: str, **arguments: object) -> "dict[str, Any]":
    # `asking` tries again, for all services alike.
    way = aws.Aws(surroundings.environ, _region(arn), never_wait, Patience(surroundings.seconds, tries=1))
    return way.service("kms").read(operation, what, KeyId=arn, **arguments)


def _arns(locator: str) -> list[str]:
    """The ARN of the key, and of its replicas, in each region in the order of the locator."""
    arn, *regions = locator.split("+")
    before, _, after = arn.partition(f":{_region(arn)}:")
    return [arn, *(f"{before}:{region}:{after}" for region in regions)]


def _region(arn: str) -> str:
    return arn.split(":")[3]
