"""Which gitseal this is, without `importlib.metadata` where it can be had so: that loads `email`, 20 ms of every review."""

import sys
from pathlib import Path

_BEGIN, _END = "gitseal-", ".dist-info"


def version() -> str:
    """The version of the installed package, by the first of its folders on the path, where `importlib.metadata` looks too."""
    for place in sys.path:
        try:
            names = [each.name for each in Path(place).iterdir()]
        except OSError:
            continue  # a zip file, or nothing
        found = [name[len(_BEGIN) : -len(_END)] for name in names if name.startswith(_BEGIN) and name.endswith(_END)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    from importlib.metadata import version as installed

    return installed("gitseal")
