"""Values from other formats: one importer per file, and one line for it in `IMPORTERS`.

An importer takes a file's bytes and gives typed values with their lines. It never fills gaps, merges or overwrites:
what becomes of the values is decided above.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from gitseal.errors import UsageError
from gitseal.exchange._items import Imported, ImportedValue

__all__ = ["IMPORTERS", "Imported", "ImportedValue", "detect", "expand", "parse"]

IMPORTERS: dict[str, str] = {
    "dotenv": "gitseal.exchange.dotenv_import",
    "json": "gitseal.exchange.json_import",
    "yaml": "gitseal.exchange.yaml_import",
}

_EXTENSIONS = {"json": "json", "yaml": "yaml", "yml": "yaml"}


def parse(format: str, data: bytes) -> Imported:  # noqa: A002 - the word that the command line has for it
    """The values of a file in one of the formats of `IMPORTERS`.

    Raises Malformed with the line where the format has one, Error for files that sops or gitseal have sealed,
    UsageError for an unknown format.
    """
    if format not in IMPORTERS:
        raise UsageError(f'there is no format "{format}"', "formats are: " + ", ".join(IMPORTERS))
    return cast("Imported", import_module(IMPORTERS[format]).parse(data))


def detect(filename: str) -> str:
    """The format that a file's extension stands for; dotenv where it stands for none."""
    return _EXTENSIONS.get(filename.rpartition(".")[2].lower(), "dotenv")


def expand(imported: Imported, environ: Mapping[str, str]) -> Imported:
    """See `expansion.expand`: the references in the values resolved, or an Error that names one."""
    from gitseal.exchange import expansion

    return expansion.expand(imported, environ)
