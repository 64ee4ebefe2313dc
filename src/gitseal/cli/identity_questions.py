"""What identities ask of whoever sits at the terminal. None if nobody is there.

`terminal` is loaded by the first question: most identities ask nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.hidden import SecretBytes


def confirm(question: str, yes: str, no: str | None) -> bool | None:
    """True for `yes`, False for `no`, which may have no word of its own."""
    from gitseal.cli import terminal

    if not terminal.can_ask():
        return None
    return terminal.confirm(question, f"{yes}, or {no}?" if no else f"{yes}?")


def ask_line(question: str) -> str | None:
    """An answer that may be seen while it is typed."""
    from gitseal.cli import terminal

    return terminal.ask_line(question) if terminal.can_ask() else None


def ask_passphrase(prompt: str) -> "SecretBytes | None":
    """A passphrase, typed unseen; None for an empty one too."""
    from gitseal.cli import terminal

    return terminal.ask_passphrase(prompt)
