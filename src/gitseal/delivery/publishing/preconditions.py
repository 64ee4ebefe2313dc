"""What has to hold before anything is written anywhere: the place carries the values, and no branch says who gets them."""

import os
from pathlib import Path

from gitseal.delivery.publishing.source import Source
from gitseal.delivery.publishing.values import Wanted
from gitseal.errors import Error
from gitseal.files.reading import read_regular
from gitseal.git.brought import is_brought
from gitseal.stores import table

_MOST_TOLD = 20


def check_limits(source: Source, place: str, wanted: Wanted) -> None:
    """Raises Error with all that a place cannot carry of the values."""
    refused = [*table.refusals(place, {name: desired.value for name, desired in wanted.values.items()})]
    if refused:
        told = [f"{one.name}: {one.reason}" if one.name else one.reason for one in refused[:_MOST_TOLD]]
        more = f"; and {len(refused) - _MOST_TOLD} more" if len(refused) > _MOST_TOLD else ""
        raise Error(
            f'"{place}" cannot carry what {source.target.name} publishes: {"; ".join(told)}{more}',
            "change these values, or give the target a service of the manifest that leaves them out",
        )


def check_program(source: Source, place: str) -> None:
    """Raises Error for a file that a commit brings, among a program's words, if it is not the published commit's own.

    A branch's program would get the values; `python3 deploy/push.py` is one as well.
    """
    if not table.kind_of(place).runs_code:
        return
    from gitseal.stores import program

    name, *arguments = program.words(place.partition(":")[2])
    is_ours = program.is_in_repository(name)
    if (is_ours or "/" in name) and _differs(source, name, needed=is_ours):
        raise _not_its_own(source, name)
    for word in arguments:
        for part in sorted(program.possible_files(word)):
            if _differs(source, part):
                raise _not_its_own(source, part)


def _not_its_own(source: Source, word: str) -> Error:
    return Error(
        f'"{word}" is not what commit {source.commit[:12]} has, so the program is not started',
        f"commit it, and merge it where {source.target.name} publishes from; name no file behind a link or in a submodule",
    )


def _differs(source: Source, word: str, *, needed: bool = False) -> bool:
    """True for a word that leads to a file of a commit, but not straight to one of the published commit with the same bytes.

    What is `needed` has to be one. A link or a submodule on the way is not compared, so it is refused.
    """
    top = Path(os.path.realpath(source.repository.top))
    path, inside = top / word, os.path.relpath(top / word, top)
    real = os.path.realpath(path)
    committed = source.repository.file(source.commit, inside)
    if committed is not None:
        needed = True
    elif not needed and not path.is_dir():
        needed = _is_brought(source, str(path)) or _is_brought(source, real)
    is_straight = real == str(top / inside)
    return needed and not (committed is not None and is_straight and _read(Path(real)) == committed)


def _is_brought(source: Source, path: str) -> bool:
    try:
        return is_brought(source.repository, path)
    except OSError:
        return True


def _read(path: Path) -> bytes | None:
    try:
        return read_regular(path)
    except FileNotFoundError:
        return None
