"""A text that could not be applied, kept sealed in the Git directory until its author comes back for it.

It holds values of every access group that its author opens. So it is sealed to the author alone, under a data key that is
made for it, and not under a group's: others are in that, and nobody may have believed it yet.

The file: a token, a line for each identity of the author (recipient id and stanza), a blank line, and the environment's
document that the text began from, as the sealed file it is. What the author changed shows only against that.
"""

import os
from pathlib import Path

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.digest import sha256_hex
from gitseal.crypto.public_key import Scope
from gitseal.crypto.token_kinds import SEALED
from gitseal.document.document import Document
from gitseal.document.token import Stanza, Token, parse_stanza, parse_token
from gitseal.errors import Error, NotForYou
from gitseal.files import atomic
from gitseal.files.reading import read_regular
from gitseal.identities import Keyring
from gitseal.project import keys
from gitseal.project.keys import Keys
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.report.hints import set_aside
from gitseal.sealing.local import options_for

# Under the header's name, so that it can never be taken for a value's token.
_NAME = ("gitseal", "edit")
_GROUP = "edit"
_LIMIT = 256 * 1024 * 1024


def path(project: Project, environment: str) -> Path:
    """The path of an environment's kept text, whether or not there is one; each worktree and `.secrets` folder has its own."""
    repository = project.git()
    is_only = project.root == repository.top and (repository.top / ".git").is_dir()
    place = "" if is_only else "-" + sha256_hex(os.fsencode(project.root))[:16]
    return repository.common_dir() / "gitseal" / f"edit-{environment}{place}"


def keep(workspace: Workspace, before: Document, text: bytes) -> None:
    """Seals the text to its author and writes it down (0600). Raises NotForYou if no identity is at hand."""
    key = DataKey.generate(Scope(before.header.id, before.header.environment, _GROUP))
    own = {identity.recipient for identity in workspace.keyring.identities() if identity.recipient is not None}
    stanzas = {
        recipient_id(own_key): Stanza.of(
            key.key_id, parse_recipient(own_key).wrap(key.reveal(), workspace.keyring.dialogue)
        ).serialise()
        for own_key in own
    }
    if not stanzas:
        # What a plugin or a locked file holds does not show its public half: then a group's key has to serve.
        key = _groups_key(before, workspace.keyring)
    token = Token.of(SEALED, key.scope.group, key.key_id, key.seal(_NAME, text))
    lines = [token.serialise(), *(f"{recipient} {stanza}" for recipient, stanza in stanzas.items()), "", ""]
    place = path(workspace.project, before.header.environment)
    atomic.make_folder(place.parent)
    atomic.write(place, "\n".join(lines).encode() + before.serialise(), private=True)


def _groups_key(before: Document, keyring: Keyring) -> DataKey:
    opener = Keys(before.header, keyring)
    key = next((opener[group] for group in opener), None)
    if key is None:
        raise NotForYou(
            "the text cannot be kept: no identity at hand opens this environment", "copy it from the editor"
        )
    return key


def load(workspace: Workspace, environment: str) -> tuple[bytes, Document]:
    """The kept text and the document that it began from. Raises Error if none is kept or it does not open."""
    place = path(workspace.project, environment)
    try:
        head, _, data = read_regular(place, _LIMIT).partition(b"\n\n")
    except FileNotFoundError:
        raise not_kept(environment) from None
    first, *others = head.decode("utf-8", "replace").split("\n")
    token = parse_token(first, 1)
    if token is None:
        raise Error(f'"{place}" is damaged', f"move it away: {set_aside(str(place))}")
    before = workspace.project.parse(environment, data)
    key = _key(before, token, others, workspace.keyring)
    if key is None:
        raise NotForYou(f"no identity at hand opens the text kept for {environment}")
    return key.open(token.kind, _NAME, token.ciphertext()), before


def _key(before: Document, token: Token, lines: list[str], keyring: Keyring) -> DataKey | None:
    if token.group != _GROUP:
        return Keys(before.header, keyring).get(token.group)
    scope = Scope(before.header.id, before.header.environment, _GROUP)
    stanzas = [(recipient, parse_stanza(text, 0)) for recipient, _, text in (line.partition(" ") for line in lines)]
    return keys.unwrap(scope, token.key_id, stanzas, keyring)


def exists(project: Project, environment: str) -> bool:
    """True if a text is kept."""
    return path(project, environment).exists()


def discard(project: Project, environment: str) -> bool:
    """Deletes the kept text. False if there is none."""
    is_kept = exists(project, environment)
    if is_kept:
        atomic.remove(path(project, environment))
    return is_kept


def not_kept(environment: str) -> Error:
    """The error for whoever asks for a text that is not there."""
    return Error(f"no text is kept for {environment}", f"run: gitseal edit {options_for(environment)}")
