"""The refusal of a data key that is behind, with a way out that works where the person stands."""

from gitseal.crypto.public_key import Scope
from gitseal.errors import Error, shell_quoted
from gitseal.project.belief.rule import Past, Settled
from gitseal.project.belief.trusted import TrustedState


def refusal(
    scope: Scope, past: Past, settled: Settled, trusted: TrustedState, *, head_seals: bool, is_shallow: bool
) -> Error:
    """The refusal to seal under a key that is behind. `head_seals`: the file of HEAD has a key that seals."""
    way_out = _way_out(scope, past, settled, trusted, head_seals=head_seals, is_shallow=is_shallow)
    return Error(_message(scope, past, settled, trusted), way_out)


def _message(scope: Scope, past: Past, settled: Settled, trusted: TrustedState) -> str:
    what = f'the data key of access group "{scope.group}" in {scope.environment}'
    if past.is_dropped and trusted.is_unreadable(scope.environment):
        return f"{what} is behind: {trusted.name} has that file with a header that cannot be read"
    if past.is_dropped:
        return f"{what} is behind: {trusted.name} has taken it out"
    if settled.is_back:
        return f"{what} was replaced earlier and has come back, in {trusted.name} too"
    return f"{what} is behind: {trusted.name} has replaced the one it comes from"


def _way_out(
    scope: Scope, past: Past, settled: Settled, trusted: TrustedState, *, head_seals: bool, is_shallow: bool
) -> str:
    if past.is_dropped and trusted.is_unreadable(scope.environment):
        # To merge it would break the file here too.
        return f"put it right there first; who broke it: git log {shell_quoted(trusted.ref)} -- .secrets/{scope.environment}.yaml"
    if head_seals:
        return f"take the file of HEAD again: git checkout HEAD -- .secrets/{scope.environment}.yaml"
    # Merging helps only if the trusted ref's own key is the one to seal with.
    if not trusted.is_merged and (past.is_dropped or not settled.tip):
        # A merge may need history that a shallow clone does not have.
        first = "git fetch --unshallow, then: " if is_shallow else ""
        return f"take over what it has: {first}git merge {shell_quoted(trusted.ref)}, then: gitseal resolve"
    return f"make a new one, which succeeds what {trusted.name} had last: gitseal rekey -e {scope.environment}"
