"""What has to hold before anything is written anywhere: the place carries the values, and no branch says who gets them."""

import os
from pathlib import Path

from gitseal.delivery.publishing.source import Source
from gitseal.delivery.publishing.values import Wanted
from gitseal.errors import Error
from gitseal.files.reading import read_regular
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
    """Raises Error for a file of the repository among a program's words that is not the published commit's own.

    A branch's program would get the values; `python3 deploy/push.py` is one as well.
    """
    if not table.kind_of(place).runs_code:
        return
    from gitseal.stores import program

    for number, word in enumerate(program.words(place.partition(":")[2])):
        is_program = number == 0
        if is_program and not program.is_in_repository(word):
            continue
        file = os.path.normpath(word)
        committed = source.repository.file(source.commit, file)
        if committed is None and not is_program:
            continue
        if committed is None or _read(source.repository.top / file) != committed:
            raise Error(
                f'the program "{word}" is not what commit {source.commit[:12]} has, so it is not started',
                f"commit it, and merge it where {source.target.name} publishes from",
            )


def _read(path: Path) -> bytes | None:
    try:
        return read_regular(path)
    except FileNotFoundError:
        return None
