"""dotenv-vault: a `.env.vault` is dotenv whose values are whole env files, sealed under a key that is not in the repository."""

import re

from gitseal.document import ciphertext
from gitseal.exchange._sealed import Encrypted
from gitseal.exchange.foreign.source import ForeignSource, Opened

_SEALED = re.compile(rb"^(?:export\s+)?DOTENV_VAULT_[A-Z0-9_]+\s*=\s*[\"']?[A-Za-z0-9+/=]{40,}", re.MULTILINE)


def read(data: bytes, _source: ForeignSource) -> Opened | None:
    """Raises Encrypted for a file of dotenv-vault; None for any other."""
    if not _SEALED.search(data):
        return None
    raise Encrypted("the file is encrypted by dotenv-vault", ciphertext.DOTENV_VAULT)
