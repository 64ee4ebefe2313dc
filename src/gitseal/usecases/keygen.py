"""`keygen`: a new identity."""

from collections.abc import Mapping
from pathlib import Path

from gitseal.git.links import refuse_links
from gitseal.hidden import SecretBytes
from gitseal.identities import write_new
from gitseal.recipients.protocol import Generated


def keygen(place: Path | None, *, is_post_quantum: bool = False) -> Generated:
    """A new age identity, written to `place` (0600, never over a file) if one is given. Raises Error."""
    made = _generate(is_post_quantum=is_post_quantum)
    if place is not None:
        refuse_links(place)
        write_new(place, made.text)
    return made


def keygen_into_keychain(environ: Mapping[str, str], *, is_post_quantum: bool = False) -> str:
    """The recipient of a new age identity, which only the system's keychain has. Raises Error if that does not take it."""
    from gitseal.identities import keychain

    made = _generate(is_post_quantum=is_post_quantum)
    # Keychains hold passwords, and some have little room: without the comment, which a post-quantum key makes 2,000 bytes long.
    _comment, _, identity = made.text.reveal().strip().rpartition(b"\n")
    keychain.add(environ, SecretBytes(identity))
    return made.recipient


def _generate(*, is_post_quantum: bool) -> Generated:
    if is_post_quantum:
        from gitseal.recipients.hybrid import generate
    else:
        from gitseal.recipients.x25519 import generate
    return generate()
