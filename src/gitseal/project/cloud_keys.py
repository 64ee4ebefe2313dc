"""Keys in a key service: the recipient that a person means by a locator."""

import os
from pathlib import Path

from gitseal.errors import Error
from gitseal.files.reading import unreadable
from gitseal.policy.policy import Policy
from gitseal.project.given_keys import OfferedKey, is_tracked
from gitseal.project.project import Project
from gitseal.recipients import kms
from gitseal.recipients.cloud_text import is_cloud_key, place_of
from gitseal.recipients.clouds import locators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.recipients.clouds.asking import Asker

_LIMIT = 64 * 1024


def named(policy: Policy, text: str) -> str:
    """The key of the policy that a person means by where it is, such as `vault:transit/keys/deploy@1`; other text as it is.

    Raises Error if no key of the policy is there.
    """
    keys = (key for principal in policy.recipients.values() for key in principal.keys)
    key = next((key for key in keys if is_cloud_key(key) and place_of(key) == text), None)
    if key is None and text.partition(":")[0] in locators.PROVIDERS:
        raise Error(f'the policy has no key "{text}"', "see the keys, each with its version: gitseal recipient list")
    return key or text


def from_file(project: Project, text: str, path: str | os.PathLike[str]) -> OfferedKey | str:
    """The recipient of a whole locator, and of the public half in a file. Nothing is called.

    It is offered if Git tracks the file, because somebody else may have written it. Raises Error for a malformed locator, and for
    a file that holds no public key of a kind that is taken.
    """
    provider, locator = locators.given(text)
    if not locators.is_whole(provider, locator):
        raise Error(
            "the file does not say what this name of the key leaves out, such as its version",
            f"name it as a whole, like {provider.name}:{provider.example}",
        )
    try:
        with Path(path).open("rb") as file:
            content = file.read(_LIMIT)
    except OSError as error:
        raise unreadable(str(path), error) from None
    key = kms.compose(provider.name, locator, kms.public_key_in(content)).canonical
    return OfferedKey(key, str(path)) if is_tracked(project, str(path)) else key


def fetched(asker: "Asker", text: str) -> str:
    """The recipient of a locator, with the public half that the key service gives; of the newest version, if none is named.

    Raises Error for a malformed locator, for a key of a kind that is not taken, and as `Asker.public_key` does.
    """
    provider, locator = locators.given(text)
    whole, public = asker.public_key(provider.name, locator)
    return kms.compose(provider.name, whole, kms.public_key_in(public)).canonical
