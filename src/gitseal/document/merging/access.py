"""Access groups of two sides of a merge: who holds a data key merges by recipient, and only under one and the same key.

A side that kept the base's data key gives way to a side that replaced it, as a whole. A grant or a removal that would be
lost by that is a conflict, and so are two new keys: no key is at hand here that could wrap anything.
"""

from enum import Enum

from gitseal.document.header import Access, Header


class Way(Enum):
    """The fate of an access group: its lines are merged one by one, or one side's block is taken, or nobody can tell."""

    BY_RECIPIENT = "by recipient"
    OURS = "ours"
    THEIRS = "theirs"
    CONFLICT = "conflict"


class Unknown(Enum):
    """A base that says nothing for certain: it holds a conflict itself, or is no sealed file."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


def ways(base: Header | Unknown | None, ours: Header, theirs: Header) -> dict[str, Way]:
    """The way of each access group of either side or the base. Both sides are of one file id and environment."""
    # The base is another file that stood in this place: its keys say nothing about who changed these.
    if isinstance(base, Header) and base.id != ours.id:
        base = UNKNOWN
    known = base.access if isinstance(base, Header) else {}
    return {
        group: _way(
            UNKNOWN if isinstance(base, Unknown) else known.get(group), ours.access.get(group), theirs.access.get(group)
        )
        for group in sorted({*known, *ours.access, *theirs.access})
    }


def _way(base: Access | Unknown | None, ours: Access | None, theirs: Access | None) -> Way:
    if _key(ours) == _key(theirs):
        return Way.BY_RECIPIENT
    if isinstance(base, Unknown):
        return Way.CONFLICT
    if _key(ours) == _key(base):
        return Way.THEIRS if _gives_way(base, ours, theirs) else Way.CONFLICT
    if _key(theirs) == _key(base):
        return Way.OURS if _gives_way(base, theirs, ours) else Way.CONFLICT
    return Way.CONFLICT


def _gives_way(base: Access | None, kept: Access | None, other: Access | None) -> bool:
    """True if nothing is lost by taking the block of the other side, which has another key or none, as it is."""
    if base is None or kept is None:
        return True  # the other side alone made the group
    if _content(base) == _content(kept):
        return True
    if other is None:
        return False
    before, now, after = (set(access.wrapped()) for access in (base, kept, other))
    # Whoever was added under the old key has the new one too, and whoever was taken out there does not have it again.
    return now - before <= after and not (before - now) & after


def _key(access: Access | None) -> str:
    return access.key_id if access is not None else ""


def _content(access: Access) -> object:
    return access.public.raw, access.succeeds, access.stanzas
