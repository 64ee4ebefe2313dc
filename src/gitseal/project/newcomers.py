"""What it takes to let the recipients of another tool's file into environments. Nothing is believed and nothing done."""

from collections.abc import Iterable, Sequence

from gitseal.errors import Error
from gitseal.policy.policy import Policy
from gitseal.project.key_holders import names_by_recipient
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.records import NamedTuple
from gitseal.report.hints import ShellCommand

_SHOWN = 8


class Newcomers(NamedTuple):
    """`commands` let in those who are not in. `is_named`: one of them has a name that was made up from its key.

    `unfit` counts the recipients that are no key of a kind that gitseal takes.
    """

    commands: tuple[ShellCommand, ...]
    is_named: bool
    unfit: int


def newcomers(policy: Policy, environments: Sequence[str], recipients: Iterable[str]) -> Newcomers:
    """The commands for these public keys, as another tool writes them. Whoever the policy knows by a key keeps the name."""
    known = names_by_recipient(policy)
    commands: dict[ShellCommand, None] = {}
    is_named, unfit = False, 0
    for text in recipients:
        key = canonical(text)
        if key is None:
            unfit += 1
            continue
        name = known.get(key)
        lacking = [one for one in environments if name is None or name not in _opening(policy, one)]
        if not lacking:
            continue
        is_named |= name is None
        who = (name,) if name is not None else (made_up_name(key), key)
        opens = [word for environment in lacking for word in ("--open", environment)]
        commands[ShellCommand(("gitseal", "recipient", "add", *who, *opens))] = None
    return Newcomers(tuple(commands), is_named, unfit)


def _opening(policy: Policy, environment: str) -> tuple[str, ...]:
    return policy.members(policy.environment(environment).open)


def made_up_name(key: str) -> str:
    """A name in the policy for the holder of a key of whom nothing else is known."""
    return f"key-{recipient_id(key)[1 : 1 + _SHOWN]}"


def canonical(text: str) -> str | None:
    """A public key that another tool wrote, as the policy has it; None if gitseal takes no such key."""
    try:
        return parse_recipient(text).canonical
    except Error:
        return None
