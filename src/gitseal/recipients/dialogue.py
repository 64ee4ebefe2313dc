"""The ways to somebody who sits before the machine, as identities and plugins use them."""

from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitseal.hidden import SecretBytes

    # Gets the words to show; gives the passphrase, or None if nobody can be asked.
    Ask = Callable[[str], SecretBytes | bytes | None]
    # The same for what may be seen while it is typed, such as a name.
    AskLine = Callable[[str], str | None]
    # Gets what a plugin wants a person to know, such as "touch your key".
    Tell = Callable[[str], None]
    # Gets what a plugin wants to have confirmed, its word for yes and its word for no, if it has one; None: nobody can be asked.
    Confirm = Callable[[str, str, str | None], bool | None]
    # What a plugin is sent: words, and a body, which may be a PIN.
    Reply = tuple[tuple[str, ...], SecretBytes]


class Dialogue(NamedTuple):
    """Each way is None if there is nobody.

    `passphrases` are those that opened something in this command: other files are tried with them before anybody is asked.
    `answers` are those that a command's plugins got and made use of, by program, kind and question.
    """

    ask: "Ask | None" = None
    ask_line: "AskLine | None" = None
    tell: "Tell | None" = None
    confirm: "Confirm | None" = None
    passphrases: "list[SecretBytes] | None" = None
    answers: "dict[tuple[str, str, str], Reply] | None" = None


NOBODY = Dialogue()
