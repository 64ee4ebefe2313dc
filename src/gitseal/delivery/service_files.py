"""The files that the manifest gives a service: what is in them, and where they may be written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gitseal.delivery.request import Request
from gitseal.delivery.targets import is_hook, refuse_published
from gitseal.document.value import TypedValue
from gitseal.errors import Error, UsageError
from gitseal.files import below
from gitseal.files.below import NewFile
from gitseal.git.links import refuse_links
from gitseal.policy.manifest import Manifest, ManifestFile
from gitseal.report.sentences import sentence
from gitseal.resolve import services
from gitseal.resolve.problems import REQUIRED, TYPE, Problem
from gitseal.resolve.references import Resolver
from gitseal.resolve.value_types import decode_base64
from gitseal.variables import FILES_VARIABLE
from gitseal.yamltext.reader import path_text

_OWNED = frozenset({".git", ".secrets"})


class ServiceFile(NamedTuple):
    """A file with its bytes, and the name of the secret that it holds."""

    item: NewFile
    name: str
    sealed: bool


class Contents(NamedTuple):
    """Files, and what stands against those that are missing."""

    files: tuple[ServiceFile, ...]
    problems: tuple[Problem, ...]


def with_files(request: Request, folder: Path) -> Request:
    """The request with the service's files, which go into `folder`. Raises UsageError if it names no service."""
    if not request.service:
        raise UsageError("--files needs a service", "name the service with --service")
    variables = {**request.variables, FILES_VARIABLE: str(folder.absolute())}
    return request._replace(files=True, variables=variables)


def declared(manifest: Manifest, service: str) -> tuple[ManifestFile, ...]:
    """The files of a service. Raises Error if it has none: they were asked for."""
    files = services.find(manifest, service).files
    if not files:
        raise Error(
            f'the service "{service}" has no files', f"declare them under services: {service}: files: in the manifest"
        )
    return files


def contents(files: Iterable[ManifestFile], service: str, resolver: Resolver) -> Contents:
    """The content of the files. Raises Error if a value does not open."""
    made: list[ServiceFile] = []
    problems: list[Problem] = []
    for file in files:
        name, place = path_text(file.secret), sentence('the file "{}" of {}', "/".join(file.path), service)
        resolved = resolver.name(file.secret)
        if resolved is None:
            problems.append(Problem(name, sentence("has no value for {}", place), REQUIRED))
            continue
        item = _item(file, resolved.value)
        if item is None:
            problems.append(Problem(name, sentence("is not base64, and {} is decoded from base64", place), TYPE))
        else:
            made.append(ServiceFile(item, name, not resolved.is_plain))
    return Contents(tuple(made), tuple(problems))


def _item(file: ManifestFile, value: TypedValue) -> NewFile | None:
    """The file to write; None if its value should be base64 and is not."""
    content = decode_base64(value.reveal()) if file.decode else value.reveal()
    return NewFile(file.path, content, file.mode) if content is not None else None


@contextmanager
def staged(folder: Path, files: Sequence[ServiceFile], beside: Path | None = None) -> Iterator[Callable[[], None]]:
    """Files on their way below `folder`, as `below.staged` has it. `beside` is another file that is written meanwhile.

    Raises Error, with nothing written, for a place that Git tracks or would add, that Git or gitseal keeps for its own, or
    that a symlink leads to.
    """
    targets = [folder.joinpath(*file.item.path) for file in files]
    # All places before the first byte: a service that gets half of its files would start with old and new ones together.
    for target in targets:
        refuse_links(target)
    for target in targets:
        if beside is not None and target.absolute() == beside.absolute():
            raise Error(f'"{beside}" is one of the files of the service', "give another FILE: -o FILE")
        _refuse_owned(target)
        refuse_published(target)
    with below.staged(folder, [file.item for file in files]) as put:
        yield put


def outdated(folder: Path, files: Sequence[ServiceFile]) -> tuple[str, ...]:
    """The paths, below `folder`, of files that are missing or have other bytes or permissions."""
    return tuple("/".join(file.item.path) for file in files if not below.holds(folder, file.item))


def _refuse_owned(target: Path) -> None:
    # A manifest comes with a commit. Without this a branch could have a hook or a Git setting written on every host.
    where = target.parent.resolve() / target.name
    if _OWNED.intersection(part.casefold() for part in where.parts) or is_hook(where):
        raise Error(f'"{target}" belongs to Git or gitseal', "choose another folder: --files DIR")
