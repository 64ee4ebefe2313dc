"""JSON that others sent, in the shape that it should have. What has another counts as nothing, and whoever needs it says so."""

from typing import Any


def mapping(content: object) -> dict[str, Any]:
    """An object; an empty one in place of anything else."""
    return content if isinstance(content, dict) else {}


def mappings(content: object) -> list[dict[str, Any]]:
    """The objects of a list; none in place of anything else."""
    return [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
