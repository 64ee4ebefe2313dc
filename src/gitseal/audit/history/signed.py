"""The words of a report about a commit's signature: the one place that turns a signature into a verdict, for `log` and `review`.

`verify` asks more: also whether the signer is the committer, and may change what the commit changes.
"""

from typing import TYPE_CHECKING

from gitseal.records import NamedTuple

if TYPE_CHECKING:  # loaded only if signatures are checked
    from collections.abc import Callable

    from gitseal.git.commits import RawCommit
    from gitseal.git.signatures import Signature
    from gitseal.policy.policy import Policy

UNCHECKED, NONE, FORGE = "unchecked", "no", "forge"


class Signed(NamedTuple):
    """A commit's signature, as far as it is known.

    `state`: no; unchecked (there is one, or it was not looked for); good; forge (good, by a Git host); bad; unknown (by
    nobody's key in the policy); uncheckable. `by` are the people whose key it is, by the policy that judges.
    """

    state: str
    by: tuple[str, ...] = ()
    reason: str = ""


def glance(raw: bytes) -> Signed:
    """True if a commit, by its own bytes, has a signature, which anyone can write. Without the bytes it may have one."""
    header = raw.partition(b"\n\n")[0]
    return Signed(UNCHECKED if not raw or b"\ngpgsig" in header else NONE)


def verdict(policy: "Policy", commit: "RawCommit", check: "Callable[[RawCommit], Signature]") -> Signed:
    """The verdict of `check` on a commit's signature, and if the signer is a Git host by the policy."""
    from gitseal.git.signatures import GOOD, UNSIGNED
    from gitseal.policy.who_may_change import is_forge

    signature = check(commit)
    state = NONE if signature.status == UNSIGNED else signature.status
    if signature.status == GOOD and is_forge(policy, signature.signers):
        state = FORGE
    return Signed(state, signature.signers, signature.reason)
