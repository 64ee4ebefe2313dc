"""`export`: a backup as an age file, of the sealed `.secrets` or of values. `age` and `tar` take it apart without gitseal."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gitseal.delivery.targets import refuse_existing, refuse_published, write_new
from gitseal.errors import Error
from gitseal.exchange import backup
from gitseal.exchange.typed_values import KeptValue
from gitseal.identities import Keyring
from gitseal.project.project import Project
from gitseal.project.reading import OpenedEnvironment
from gitseal.project.unseen import hidden
from gitseal.yamltext.reader import path_text

Seal = Callable[[bytes], bytes]
"""Makes an age file of a content."""


def check_target(target: Path, *, values: bool) -> None:
    """Raises Error for a place that a backup is not written to: one where something is, or where Git would publish values.

    A sealed backup may lie in the repository: it holds nothing that the repository does not. One of values has recipients that
    the policy does not know.
    """
    refuse_existing(target)
    if values:
        refuse_published(target)


def export_sealed(project: Project, seal: Seal, target: Path) -> list[str]:
    """Writes the sealed files, as they are here, and gives their paths in `.secrets`. Needs no identity.

    Raises Error if the working tree does not show all of `.secrets`, and if `target` exists.
    """
    _refuse_hidden(project, ())
    files = {f"{name}.yaml": project.source.read(project.file(name)) for name in project.environments}
    for name in backup.FILES:
        try:
            files[name] = project.source.read(project.folder / name)
        except FileNotFoundError:
            continue
    write_new(target, seal(backup.pack_files(files)))
    return sorted(files)


def values_of(project: Project, environments: Sequence[str], keyring: Keyring) -> dict[str, list[KeptValue]]:
    """The values of each environment's own file; what it inherits is in the other's.

    Raises Error for the first value that does not open, so that no backup lacks one unsaid, for values that nobody took over,
    and for environments with `reveal: false`.
    """
    _refuse_hidden(project, environments)
    return {environment: _own_values(project.shared(), environment, keyring) for environment in environments}


def export_values(values: dict[str, list[KeptValue]], seal: Seal, target: Path) -> None:
    """Writes values that `values_of` gave. Raises Error if `target` exists."""
    write_new(target, seal(backup.pack_values(values)))


def names(values: Sequence[KeptValue]) -> list[str]:
    """The names of values, as people write them."""
    return [path_text(one.path) for one in values]


def _own_values(project: Project, environment: str, keyring: Keyring) -> list[KeptValue]:
    if not project.policy.environment(environment).reveal:
        raise Error(
            f"the policy says reveal: false for {environment}: its values go into no backup",
            "name the other environments with -e, or back up the sealed files: leave out --values",
        )
    opened = OpenedEnvironment(project, environment, keyring)
    own = project.read(environment).entries
    return [KeptValue(path, opened.open(path), entry.token is None) for path, entry in own.items()]


def _refuse_hidden(project: Project, environments: Sequence[str]) -> None:
    for one in hidden(project, environments):
        raise Error(f"the backup would not be whole: {one.message}", str(one.hint))
