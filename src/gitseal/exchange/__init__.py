"""Reads values from other formats: one importer per file, and one line for it in `IMPORTERS`.

An importer takes the bytes of a file and gives typed values with their lines. It fills no gaps, merges nothing and
overwrites nothing: the caller decides what becomes of the values.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple, cast

from gitseal.errors import UsageError
from gitseal.exchange._items import Imported, ImportedValue
from gitseal.exchange._sealed import Encrypted, refuse_encrypted_file, refuse_encrypted_values

__all__ = [
    "IMPORTERS",
    "Encrypted",
    "Imported",
    "ImportedValue",
    "detect",
    "expand",
    "parse",
    "refuse_encrypted_values",
]


class Importer(NamedTuple):
    """The module of a format, which has `parse(data)`, and the file extensions in lower case that stand for it."""

    module: str
    extensions: tuple[str, ...] = ()


IMPORTERS = {
    "dotenv": Importer("gitseal.exchange.dotenv_import"),
    "json": Importer("gitseal.exchange.json_import", ("json",)),
    "yaml": Importer("gitseal.exchange.yaml_import", ("yaml", "yml")),
}


def parse(format: str, data: bytes) -> Imported:  # noqa: A002 - the word that the command line has for it
    """Read the values of a file in one of the formats of `IMPORTERS`.

    Raises Malformed, with the line if the format's reader knows it; Encrypted for files that a tool encrypted as a whole, or
    that sops did; Error for those that gitseal sealed; UsageError for an unknown format.
    """
    if format not in IMPORTERS:
        raise UsageError(f'there is no format "{format}"', "formats are: " + ", ".join(IMPORTERS))
    refuse_encrypted_file(data)
    return cast("Imported", import_module(IMPORTERS[format].module).parse(data))


def detect(filename: str) -> str:
    """The format by a file's extension; dotenv for every other name, such as `.env.local`."""
    extension = filename.rpartition(".")[2].lower()
    return next((form for form, importer in IMPORTERS.items() if extension in importer.extensions), "dotenv")


def expand(imported: Imported, environ: Mapping[str, str]) -> Imported:
    """Resolve the references in the values. See `expansion.expand`, which is loaded only now."""
    from gitseal.exchange import expansion

    return expansion.expand(imported, environ)
