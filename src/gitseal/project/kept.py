"""A text that could not be applied, kept sealed in the Git directory until its author comes back for it."""

from pathlib import Path

from gitseal.document import document
from gitseal.document.document import Document
from gitseal.document.token import parse_token
from gitseal.document.value import Kind, Value, from_plaintext
from gitseal.errors import Error, NotForYou
from gitseal.files import atomic
from gitseal.files.reading import read_regular
from gitseal.identities import Keyring
from gitseal.project.keys import Keys
from gitseal.project.project import Project

# Under the header's name, so that it can never be taken for a value's token.
_NAME = ("gitseal", "edit")
_LIMIT = 256 * 1024 * 1024


def path(project: Project, environment: str) -> Path:
    """Where the kept text of an environment is or would be."""
    return project.git().common_dir() / "gitseal" / f"edit-{environment}"


def keep(project: Project, keyring: Keyring, before: Document, text: bytes) -> None:
    """Seals the text under a data key that its author opens, and writes it down (0600).

    The document that the text began from is kept with it, as the sealed file it is: what the author changed shows only
    against that, and it is the one whose keys open the text whatever happens to the environment meanwhile.
    """
    keys = Keys(before.header, keyring)
    key = next((keys[group] for group in keys), None)
    if key is None:
        raise NotForYou(
            "the text cannot be kept: no identity at hand opens this environment", "copy it from the editor"
        )
    token = document.seal(key, _NAME, Value(Kind.BYTES, text))
    place = path(project, before.header.environment)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    atomic.write(place, token.serialise().encode() + b"\n" + before.serialise(), private=True)


def load(project: Project, keyring: Keyring, environment: str) -> tuple[bytes, Document]:
    """The kept text and the document that it began from. Raises Error where none is kept or it does not open."""
    place = path(project, environment)
    try:
        line, _, data = read_regular(place, _LIMIT).partition(b"\n")
    except FileNotFoundError:
        raise Error(f"no text is kept for {environment}", f"run: gitseal edit -e {environment}") from None
    token = parse_token(line.decode("utf-8", "replace"), 1)
    if token is None:
        raise Error(f'"{place}" is damaged', f"remove it: rm {place}")
    before = project.parse(environment, data)
    key = Keys(before.header, keyring).get(token.group)
    if key is None:
        raise NotForYou(
            f"no identity at hand opens the text kept for {environment}", "see what was tried with: gitseal whoami"
        )
    return from_plaintext(key.open(token.kind, _NAME, token.ciphertext())).reveal(), before


def exists(project: Project, environment: str) -> bool:
    """Whether a text is kept."""
    return path(project, environment).exists()


def discard(project: Project, environment: str) -> None:
    """Removes the kept text, if there is one."""
    path(project, environment).unlink(missing_ok=True)
