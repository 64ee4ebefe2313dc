"""The questions that the hooks of a commit ask Git in any case, asked first of all."""

from gitseal.audit.scan.index_files import PATTERNS
from gitseal.git import ahead
from gitseal.git.ahead import Ahead

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitseal.identities import Keyring

BRANCH = ("symbolic-ref", "--quiet", "HEAD")


def of_commit(folder: str) -> Ahead:
    """The questions of pre-commit, asked of the repository whose top is `folder`. Raises Error if there is no `git`."""
    asked = Ahead(folder)
    asked.ask(ahead.staged())
    asked.ask(ahead.of_index(*PATTERNS))
    asked.open_objects()
    return asked


def of_message(folder: str, keyring: "Keyring") -> Ahead:
    """Those of commit-msg, which looks at sealed files only if there is an identity. Raises Error as above."""
    asked = Ahead(folder)
    asked.ask(BRANCH)
    if has_identity(keyring):
        asked.ask(ahead.of_index(*PATTERNS))
    return asked


def has_identity(keyring: "Keyring") -> bool:
    """True if any place holds something, or should: then there are values to look for, or there is an error to tell."""
    return any(source.explicit or source.content() for source in keyring.sources)
