"""`keygen`: a new identity."""

from pathlib import Path

from gitseal.git.links import refuse_links
from gitseal.identities import write_new
from gitseal.recipients.protocol import Generated


def keygen(place: Path | None, *, is_post_quantum: bool = False) -> Generated:
    """A new age identity, written to `place` (0600, never over a file) if one is given. Raises Error."""
    if is_post_quantum:
        from gitseal.recipients.hybrid import generate
    else:
        from gitseal.recipients.x25519 import generate
    made = generate()
    if place is not None:
        refuse_links(place)
        write_new(place, made.text)
    return made
