"""Wrapping and unwrapping data keys: one file per kind of key, with both halves in it, and the table in `kinds`.

Everything is a function of its arguments: nothing here reads files or asks anybody. Only `plugin` starts programs.
The package hands out `parse_recipient` and `recipient_id`; each is imported when it is first asked for, because this
module is on the way of every command.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.recipients.ids import recipient_id as recipient_id
    from gitseal.recipients.kinds import parse_recipient as parse_recipient

__all__ = ["parse_recipient", "recipient_id"]


def _load(name: str) -> object:
    """A name of the package (PEP 562)."""
    if name == "parse_recipient":
        from gitseal.recipients.kinds import parse_recipient

        return parse_recipient
    if name == "recipient_id":
        from gitseal.recipients.ids import recipient_id

        return recipient_id
    raise AttributeError(f'module "gitseal.recipients" has no attribute "{name}"')


if not TYPE_CHECKING:  # a type checker is to know a name that is not there
    __getattr__ = _load
