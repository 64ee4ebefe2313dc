"""What a review says of what people may do: approvals, and rights to files."""

from typing import NamedTuple


class Approvals(NamedTuple):
    """Approvals by the policy of the range's base; 0 are `needed` if it asks for none.

    `needed` is what the file takes that takes most. `given` are the people whose approvals count. `missing` are those who
    could still approve something that has too few, none if nothing has.
    """

    needed: int = 0
    given: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Rights(NamedTuple):
    """What somebody may do with a file: the access groups that they may open, and whether they may sign a change of it."""

    opens: tuple[str, ...] = ()
    changes: bool = False


class RightsChange(NamedTuple):
    """Somebody's rights to one file, before and after. `file` is an environment, `policy` or `manifest`."""

    file: str
    before: Rights
    after: Rights


class PersonChange(NamedTuple):
    """What the change of a policy means for one person, machine or forge of it: `kind` says which.

    `state` is `added`, `removed` or `changed`. `keys` are their new public keys, `joined` and `left` groups. `rights` has only
    the files to which they have others than before.
    """

    folder: str
    who: str
    kind: str
    state: str
    keys: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    rights: tuple[RightsChange, ...] = ()
