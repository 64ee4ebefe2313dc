"""Configuration of Spring, Quarkus and Micronaut: `${X}` and `${X:default}` in application.properties and application.yml."""

from gitseal.code._placeholders import placeholders
from gitseal.code.uses import Reading, Use

_COMMENTS = ("#", "!")
_LONGEST = 4000


def read(_path: str, content: bytes) -> Reading:
    """Read the variables that a configuration takes in."""
    lines = content.decode("utf-8", "replace").split("\n")
    return Reading(
        tuple(
            Use(name, number, has_default)
            for number, written in enumerate(lines, 1)
            if "${" in written and not written.lstrip().startswith(_COMMENTS)
            for name, has_default in placeholders(written[:_LONGEST])
        )
    )
