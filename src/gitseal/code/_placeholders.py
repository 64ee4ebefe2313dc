"""Spring's placeholders, `${X}` and `${X:default}`: a name in capitals is a variable, others are properties."""

import re
from collections.abc import Iterator

# A default may hold a placeholder again, which is found on its own.
_PLACEHOLDER = re.compile(r"(?<![$\\])\$\{([A-Za-z_][\w.-]{0,200})(:)?")
_EXPORTED = re.compile(r"[A-Z][A-Z0-9_]*+")


def placeholders(words: str) -> Iterator[tuple[str, bool]]:
    """Yield each name that a text takes in, and whether it has a default there.

    A property, such as `spring.datasource.url`, is read from `SPRING_DATASOURCE_URL` too (Spring Boot, "Relaxed Binding"), and
    as a rule has its value in a file: it counts as having one.
    """
    for name, default in _PLACEHOLDER.findall(words):
        if _EXPORTED.fullmatch(name):
            yield name, bool(default)
        elif "." in name:
            yield name.replace(".", "_").replace("-", "").upper(), True
