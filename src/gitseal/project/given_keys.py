"""Public keys as somebody gives them on a command line, and whether they wrote them themselves."""

from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error, UsageError
from gitseal.files.reading import unreadable
from gitseal.git.brought import is_brought
from gitseal.project.project import Project
from gitseal.recipients.clouds.locators import PROVIDERS
from gitseal.recipients.kinds import is_key, parse_recipient
from gitseal.recipients.recipients_file import LIMIT, parse_recipients
from gitseal.web.urls import is_url

_SECONDS = 10.0


class OfferedKey(NamedTuple):
    """A key that nobody typed here, and where it is from, such as `origin/join/bob`."""

    key: str
    source: str


class GivenKeys(NamedTuple):
    """Public keys as a person gave them, and a sentence about each line that holds none that values can be sealed to.

    `is_shown` is False for a key that was typed, which the person has before their eyes.
    """

    keys: tuple[str | OfferedKey, ...]
    left_out: tuple[str, ...]
    is_shown: bool


def given_keys(project: Project, text: str) -> GivenKeys:
    """The keys that a person means: a key itself, a file of them, or the page of a forge, such as `https://HOST/bob.keys`.

    Somebody else may have written what comes from a web server or from a tracked file: such keys are offered, not typed.
    Raises Error for text that is nothing of all this, and as `fetch` and `parse_recipients` do.
    """
    if is_url(text):
        from gitseal.web.fetching import fetch  # TLS takes 30 ms to load

        keys, left_out = parse_recipients(fetch(text, limit=LIMIT, seconds=_SECONDS), text)
        return GivenKeys(tuple(OfferedKey(key, text) for key in keys), left_out, is_shown=True)
    if is_key(text):
        return GivenKeys((parse_recipient(text).canonical,), (), is_shown=False)
    if text.partition(":")[0] in PROVIDERS:
        raise UsageError(f'"{text}" is where a key service has a key', "put --kms in front of it")
    if not text or not Path(text).exists():
        # Not quoted: it may be part of a private key.
        raise Error(
            "this is neither a public key nor a file that is here",
            "give a line that gitseal keygen or ssh-keygen printed, a file of them, or the URL of a Git host's page of them",
        )
    try:
        with Path(text).open("rb") as file:
            keys, left_out = parse_recipients(file.read(LIMIT + 1), text)
    except OSError as error:
        raise unreadable(text, error) from None
    tracked = is_tracked(project, text)
    return GivenKeys(tuple(OfferedKey(key, text) if tracked else key for key in keys), left_out, is_shown=True)


def is_tracked(project: Project, path: str) -> bool:
    """True if a commit brought the file, or a link to it, here or in a submodule: somebody else may have written it."""
    return project.repository is not None and is_brought(project.repository, path)
