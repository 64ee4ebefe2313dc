"""The identities of a command, and what they ask of whoever sits at the terminal. None if nobody is there.

`terminal` is loaded by the first question: most identities ask nothing.
"""

import os
import time

from gitseal.cli.talk import say
from gitseal.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitseal.hidden import SecretBytes
    from gitseal.identities import Keyring
    from gitseal.identities.cloud_source import CloudKeys
    from gitseal.project.project import Project


def keyring(environ: "Mapping[str, str]", identity: str | None, project: "Callable[[], Project]") -> "Keyring":
    """The identities at hand, or only the one in the file `identity`. `project` is asked for once its cloud keys are needed."""
    from gitseal.identities import discover, reach_key_services

    explicit = None
    if identity:
        from pathlib import Path  # messages name the file as it writes paths

        explicit = Path(identity)

    def cloud_keys() -> "CloudKeys | None":
        from gitseal.project.belief.cloud_trust import ProjectCloudKeys

        try:
            return ProjectCloudKeys(project(), environ)
        except Error:
            return None  # there is no project, or the command says what is wrong with it

    home = os.path.expanduser("~")
    keyring = discover(environ, home, ask_passphrase, explicit, ask_line=ask_line, tell=say, confirm=confirm)
    reach_key_services(keyring, environ, time.sleep, cloud_keys)
    return keyring


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
