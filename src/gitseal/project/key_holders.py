"""The holders of public keys by the policy, as a file's header names them: by person or machine and recipient id."""

from collections.abc import Iterable

from gitseal.errors import Error
from gitseal.policy.policy import Policy
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.openers import opener

Holder = tuple[str, str]


def holders(policy: Policy, names: Iterable[str]) -> dict[Holder, str]:
    """The public keys of these people as the policy writes them, by holder. Raises Error for text that is no key."""
    recipients = {}
    for name in names:
        for key in policy.recipients[name].keys:
            try:
                recipients[name, recipient_id(parse_recipient(key).canonical)] = key
            except Error as error:
                raise Error(f'a key of "{name}" in .secrets/policy.yaml: {error.message}', error.hint) from None
    return recipients


def names_by_recipient(policy: Policy) -> dict[str, str]:
    """The name that the policy gives the holder of each public key, which is in its canonical form."""
    return {canonical(key): name for name, principal in policy.recipients.items() for key in principal.keys}


def names_by_opener(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The names that have a key of each private key, by what `opener_of` gives for it. Mostly one; sorted."""
    names: dict[str, set[str]] = {}
    for name, principal in policy.recipients.items():
        for key in principal.keys:
            names.setdefault(opener_of(key), set()).add(name)
    return {key: tuple(sorted(those)) for key, those in names.items()}


def canonical(key: str) -> str:
    """A key of the policy in its canonical form; text that is no key as it stands."""
    try:
        return parse_recipient(key).canonical
    except Error:
        return key


def opener_of(key: str) -> str:
    """What is the same for all keys of a policy that one private key opens; text that is no key as it stands."""
    try:
        return opener(parse_recipient(key).canonical)
    except Error:
        return key
