"""Regular expressions of Go, as far as Python reads them alike and none takes it for ever.

They stand in files that somebody else wrote: rules of `.sops.yaml`, and what a sops file says of the values that are sealed.
"""

import re

_LONGEST, _LONGEST_TEXT, _MOST_OPEN = 500, 300, 3
# What Go and Python read alike: signs, classes, groups that are not repeated, and repeats of one sign. With few repeats that have
# no end, and a short path, no expression of this form takes long.
_SIGN = r"[\w/ %,:;=@~!#&'\"<>-]|\\[^\w\s]|\\[dwsDWSbB]|\.|\[\^?(?:[^\[\]\\]|\\[^\w\s]|\\[dws])+\]"
_FORM = re.compile(
    rf"(?:\(\?i\))?(?:[\^$|]|\((?:\?:|\?P?<[A-Za-z]\w*>)?|\)\??|(?:{_SIGN})(?:(?:[*+?]|\{{\d{{1,3}}(?:,\d{{0,3}})?\}})\??)?)*",
    re.ASCII,
)
_OPEN_REPEAT = re.compile(r"[*+]|,\}")


def is_readable(expression: str) -> bool:
    """True if Python reads the expression as Go does."""
    return _compiled(expression) is not None


def found(expression: str, text: str) -> bool | None:
    """Whether the expression matches somewhere in the text; None if that cannot be said here as Go says it."""
    compiled = _compiled(expression)
    # At a line's end Go and Python differ.
    if compiled is None or len(text) > _LONGEST_TEXT or "\n" in text:
        return None
    return compiled.search(text) is not None


def _compiled(expression: str) -> "re.Pattern[str] | None":
    if len(expression) > _LONGEST or not _FORM.fullmatch(expression):
        return None
    if len(_OPEN_REPEAT.findall(expression)) > _MOST_OPEN:
        return None
    try:
        return re.compile(expression.replace("(?<", "(?P<"), re.ASCII)
    except (re.error, OverflowError):
        return None
