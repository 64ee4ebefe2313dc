"""The providers, and how each names a key: what may stand between the colons of a recipient's text.

A locator comes from the repository. So it names a key and nothing else: no host, no path that leaves the place of keys, no
program to load. Those come from the environment.
"""

import re

from gitseal.errors import Error
from gitseal.records import NamedTuple
from gitseal.remote.names import AWS_REGION, AZURE_VAULT, GOOGLE_PROJECT, VAULTS_OWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.recipients.clouds.protocol import KeyService

_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,126}[A-Za-z0-9_-])?"
# In a namespace neither.
_NOT_A_MOUNT = rf"(?!(?:[^@]*/)?(?:{VAULTS_OWN})/)"
_TRANSIT = rf"{_NOT_A_MOUNT}{_PART}(?:/{_PART}){{0,7}}/keys/{_PART}"
_AZURE = rf"{AZURE_VAULT}/keys/[A-Za-z0-9-]{{1,127}}"
_ID = "[A-Za-z0-9_-]{1,63}"
_GOOGLE = rf"projects/{GOOGLE_PROJECT}/locations/[a-z0-9-]{{1,63}}/keyRings/{_ID}/cryptoKeys/{_ID}"

_AWS = rf"arn:aws(?:-cn|-us-gov)?:kms:{AWS_REGION}:[0-9]{{12}}:"
_HEX = "[0-9a-f]"
# A key of several regions is the same in each, and one whose name does not begin with `mrk-` is in one alone.
_AWS_KEY = rf"key/(?:{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}|mrk-{_HEX}{{32}}(?:\+{AWS_REGION}){{0,15}})"

# PKCS#11 (RFC 7512): a byte that may stand as it is does, another is escaped in capitals, and a control character is neither.
_BYTE = r"(?:[A-Za-z0-9._~-]|%(?:2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[B-D]|[89A-F][0-9A-F]))"
_SERIAL = rf"serial={_BYTE}{{1,16}}"
_TOKEN = rf"(?:token={_BYTE}{{1,32}}(?:;{_SERIAL})?|{_SERIAL})"
_KEY_IN_TOKEN = rf"{_TOKEN};(?:object={_BYTE}{{1,128}}|id=(?:%[0-9A-F]{{2}}){{1,64}})"
# As other programs write it: more attributes, in any order. What follows a "?", such as a module to load, is never taken.
_LOOSE_BYTE = r"(?:[A-Za-z0-9._~:\[\]@!$'()*+,=&-]|%[0-9A-Fa-f]{2})"
_ATTRIBUTE = rf"(?:token|serial|manufacturer|model|object|id|type|library-[a-z]{{1,16}})={_LOOSE_BYTE}{{1,400}}"


class Provider(NamedTuple):
    """A key service; its module in this package is `name`.

    `pattern` matches a whole locator, with the key's version if the service has versions. `newest` matches one that leaves out
    what the service can say, such as the newest version. `example` is a whole locator. `asks`: a person may be asked for a PIN.
    `needs` are the variables by which it is reached, the most usual ones, in words.
    """

    name: str
    title: str
    pattern: str
    example: str
    newest: str = ""
    asks: bool = False
    needs: str = ""

    def load(self) -> "KeyService":
        """The module that asks this service, imported now."""
        service: KeyService = __import__(f"gitseal.recipients.clouds.{self.name}", fromlist=["unwrap"])
        return service


PROVIDERS = {
    provider.name: provider
    for provider in (
        Provider(
            "aws",
            "AWS KMS",
            pattern=_AWS + _AWS_KEY,
            # Somebody may give an alias to another key at any time.
            newest=_AWS + r"alias/[A-Za-z0-9/_-]{1,250}",
            example="arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            needs="AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
        Provider(
            "azure",
            "Azure Key Vault",
            pattern=rf"{_AZURE}/[0-9a-f]{{32}}",
            newest=_AZURE,
            example="my-vault/keys/deploy/" + "0123456789abcdef" * 2,
            needs="AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET, or az's login",
        ),
        Provider(
            "gcp",
            "Google Cloud KMS",
            pattern=rf"{_GOOGLE}/cryptoKeyVersions/[1-9][0-9]{{0,9}}",
            newest=_GOOGLE,
            example="projects/my-project/locations/europe-west1/keyRings/shop/cryptoKeys/deploy/cryptoKeyVersions/1",
            needs="GOOGLE_APPLICATION_CREDENTIALS, or gcloud's login",
        ),
        Provider(
            "vault",
            "Vault or OpenBao",
            pattern=rf"{_TRANSIT}@[1-9][0-9]{{0,5}}",
            newest=_TRANSIT,
            example="transit/keys/deploy@1",
            needs="VAULT_ADDR and VAULT_TOKEN",
        ),
        Provider(
            "pkcs11",
            "a PKCS#11 token",
            pattern=_KEY_IN_TOKEN,
            newest=rf"{_ATTRIBUTE}(?:;{_ATTRIBUTE}){{0,9}}",
            example="token=deploy;id=%01",
            asks=True,
            needs="GITSEAL_PKCS11_MODULE",
        ),
    )
}


def check_locator(name: str, locator: str) -> None:
    """Raises Error, with an example, unless it is a locator of the provider, version and all."""
    provider = _provider(name)
    if not re.fullmatch(provider.pattern, locator, re.ASCII):
        raise _refusal(provider)


def given(text: str) -> tuple[Provider, str]:
    """The provider and the locator in what a person gives for a key, such as `vault:transit/keys/deploy`.

    The version may be missing if the service can say which is the newest. Raises Error, with an example, for anything else.
    """
    name, _, locator = text.partition(":")
    provider = _provider(name)
    if not any(re.fullmatch(pattern, locator, re.ASCII) for pattern in (provider.pattern, provider.newest) if pattern):
        raise _refusal(provider)
    return provider, locator


def is_whole(provider: Provider, locator: str) -> bool:
    """True if a locator names the version of the key, too."""
    return bool(re.fullmatch(provider.pattern, locator, re.ASCII))


def _provider(name: str) -> Provider:
    if name not in PROVIDERS:
        first = next(iter(PROVIDERS.values()))
        raise Error(
            "no key service of that name is known",
            f"begin with one of {', '.join(PROVIDERS)}, for example: {first.name}:{first.example}",
        )
    return PROVIDERS[name]


def _refusal(provider: Provider) -> Error:
    return Error(
        f"this is not how a key of {provider.title} is named", f"name it like {provider.name}:{provider.example}"
    )
