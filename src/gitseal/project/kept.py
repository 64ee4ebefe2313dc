"""A text that could not be applied, kept sealed in the Git directory until its author comes back for it."""

from pathlib import Path

from gitseal.document import document
from gitseal.document.document import Document
from gitseal.document.token import parse_token
from gitseal.document.value import Kind, Value, from_plaintext
from gitseal.errors import Error, NotForYou, Stale
from gitseal.files import atomic
from gitseal.files.reading import read_regular
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.project import Project

# Under the header's name, so that it can never be taken for a value's token.
_NAME = ("gitseal", "edit")


def path(project: Project, environment: str) -> Path:
    """Where the kept text of an environment is or would be."""
    return project.git().common_dir() / "gitseal" / f"edit-{environment}"


def keep(project: Project, keyring: Keyring, before: Document, text: bytes) -> None:
    """Seals the text under a data key that its author opens, and writes it down (0600)."""
    keys = Keys(before.header, keyring, genuine=True)
    key = next((keys[group] for group in keys), None)
    if key is None:
        raise NotForYou(
            "the text cannot be kept: no identity at hand opens this environment", "copy it from the editor"
        )
    token = document.seal(key, _NAME, Value(Kind.BYTES, text))
    place = path(project, before.header.environment)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    atomic.write(place, token.serialise().encode() + b"\n", private=True)


def load(project: Project, keyring: Keyring, before: Document) -> bytes:
    """The kept text. Raises Error where there is none, or where its data key was replaced since."""
    environment = before.header.environment
    try:
        token = parse_token(read_regular(path(project, environment)).decode().rstrip("\n"), 1)
    except FileNotFoundError:
        token = None
    if token is None:
        raise Error(f"no text is kept for {environment}", f"run: gitseal edit -e {environment}")
    key = Keys(before.header, keyring, genuine=True).get(token.group)
    if key is None or key.key_id != token.key_id:
        raise Stale(
            f"the text kept for {environment} was sealed under a data key that is no longer at hand",
            f"run: gitseal edit -e {environment}",
        )
    return from_plaintext(key.open(token.kind, _NAME, token.ciphertext())).reveal()


def discard(project: Project, environment: str) -> None:
    """Removes the kept text, if there is one."""
    path(project, environment).unlink(missing_ok=True)
