"""`keygen`: a new identity."""

from pathlib import Path

from gitseal.git.links import refuse_links
from gitseal.identities import write_new
from gitseal.recipients import x25519
from gitseal.recipients.x25519 import Generated


def keygen(place: Path | None) -> Generated:
    """A new age identity, written to `place` (0600, never over a file) if one is given. Raises Error."""
    made = x25519.generate()
    if place is not None:
        refuse_links(place)
        write_new(place, made.text)
    return made
