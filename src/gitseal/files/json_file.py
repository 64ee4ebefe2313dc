"""JSON files that gitseal keeps in the Git directory: which version wrote one, and what to do if it is damaged."""

import json

from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.report.hints import set_aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path
    from typing import Any, TypeVar

    T = TypeVar("T")


def read(path: "Path", versions: "Collection[int]", take: "Callable[[dict[str, Any]], T]", loss: str) -> "T | None":
    """What `take` makes of the file's object; None if there is no file.

    Raises Error for another version, and for a file that is no JSON or that `take` cannot use: `loss` says what a person does
    without it, before the command that moves it away.
    """
    try:
        content = json.loads(read_regular(path))
        if content["version"] not in versions:
            raise Error(f'"{path}" was written by another version of gitseal', "upgrade gitseal")
        return take(content)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Error(f'"{path}" is damaged', f"{loss}: {set_aside(str(path))}") from None
