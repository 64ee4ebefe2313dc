"""Names in a policy for the holders of keys that another tool's files have."""

from collections.abc import Sequence

from gitseal.identities import Keyring
from gitseal.policy.names import is_principal_name
from gitseal.project.newcomers import made_up_name

TEAM = "team"
"""The group that a new policy has, so that nobody is called that."""


class HolderNames:
    """Names in the policy for the holders of keys: one name for each key, since a file's word makes nobody somebody else.

    `told` are sentences about keys that did not get the name that a file has for them.
    """

    def __init__(self, keyring: Keyring, own_name: str) -> None:
        self._own = {one.recipient for one in keyring.identities() if one.recipient}
        self._own_name = own_name
        self.by_key: dict[str, str] = {}
        self.told: list[str] = []

    def of(self, key: str, *wanted: str) -> str:
        """The name of a key: the first of the wanted ones that can be one and that no other key has."""
        if key not in self.by_key:
            self.by_key[key] = self._new(key, [name for name in map(_fit, wanted) if name])
        return self.by_key[key]

    def _new(self, key: str, wanted: Sequence[str]) -> str:
        candidates = [*wanted, *([self._own_name] if key in self._own and self._own_name else [])]
        reserved = set() if key in self._own else {self._own_name.casefold()}
        taken = {name.casefold() for name in self.by_key.values()} | reserved
        name = next((one for one in candidates if one.casefold() not in taken), "")
        made_up = name or made_up_name(key)
        if candidates and name != candidates[0]:
            self.told.append(f'another key is called "{candidates[0]}" too: here it is {made_up}')
        return made_up


def _fit(words: str) -> str:
    """A name in the policy from what somebody called a key: the part before an @, without what a name cannot have."""
    name = "-".join(
        "".join(sign if sign.isalnum() or sign in "_.-" else " " for sign in words.partition("@")[0]).split()
    )
    return name if is_principal_name(name) and name != TEAM else ""


def comment_of(key: str) -> str:
    """The comment behind an SSH key."""
    return key.partition(" ")[2].partition(" ")[2]
