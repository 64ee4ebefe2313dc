"""Notes for the log of reads, by the commands that hand values out."""

import os
import time
from collections.abc import Iterable

from gitseal.cli.session import Session, say
from gitseal.errors import Error


def note(session: Session, command: str, environment: str, names: Iterable[str]) -> None:
    """Logs that values are about to be handed out, if the policy protects the environment.

    A log that cannot be written is said and stops nothing: a deploy host may have no place for it.
    """
    rule = session.project.policy.environments.get(environment)
    if rule is None or not rule.protected:
        return
    from gitseal.audit.history import reads

    listed = tuple(names)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    read = reads.LoggedRead(when, _user(), command, str(session.project.root), environment, listed, len(listed))
    try:
        reads.append(reads.folder(session.environ, session.home), read)
    except Error as error:
        say(f"gitseal: this read is in no log: {error.message}")


def _user() -> str:
    """The name of the user by the system's own list; no environment variable can change it."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
