"""A new `.secrets`: its policy, an empty manifest, their schemas, one file for each environment, and Git's rules beside it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gitseal.arming import git_files
from gitseal.files import atomic
from gitseal.git.links import refuse_links
from gitseal.identities import Keyring
from gitseal.policy import schema
from gitseal.project.belief.trust import Trust
from gitseal.project.finding import find
from gitseal.project.project import FOLDER, Project
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.sealing import writing
from gitseal.sealing.change import new_environment

_SCHEMAS = "schema"
_MANIFEST = """\
# What must exist and of which type, and which service gets what.

version: 1
"""


class Founding(NamedTuple):
    """What a new project begins with: the text of its policy, its environments, and the recipients that a person said yes to.

    `believed` are pairs of a name in the policy and a public key.
    """

    policy: str
    environments: Sequence[str]
    believed: Sequence[tuple[str, str]]


def clear_rest(root: Path) -> None:
    """Removes what a killed `found` left in `root`: it would pass for a `.secrets` in another folder."""
    atomic.sweep_folders(root / FOLDER)


def found(
    root: Path, keyring: Keyring, founding: Founding, fill: Callable[[Project], object] = lambda _: None
) -> tuple[Project, tuple[str, ...]]:
    """Makes a project in `root`; gives it, and the files written, relative to the root.

    `fill` puts the first values in, while the project lies elsewhere. Raises Error for a policy that does not hold
    together, and whatever `fill` raises; then nothing is left behind.
    """
    for name in (FOLDER, *git_files.FILES):
        refuse_links(root / name)
    folder = root / FOLDER
    first = _first_files(founding.policy)
    # Half a `.secrets` would look like one that somebody made: it gets its name when it is whole.
    with atomic.new_folder(folder) as made:
        for name, text in first.items():
            atomic.make_folder((made / name).parent)
            atomic.write(made / name, text.encode())
        project = find(made.parent)
        _seal_nothing(project, keyring, founding)
        fill(project)
        git_written = git_files.write(root)
    return find(root), (*files(founding), *git_written)


def files(founding: Founding) -> tuple[str, ...]:
    """The files of the `.secrets` that `found` makes, from its root."""
    names = (*_first_files(founding.policy), *(f"{environment}.yaml" for environment in founding.environments))
    return tuple(f"{FOLDER}/{name}" for name in names)


def is_founded(root: Path, founding: Founding) -> bool:
    """True if `root` has the `.secrets` that `found` makes, with this very policy."""
    policy = _first_files(founding.policy)["policy.yaml"].encode()
    return (
        all((root / name).is_file() for name in files(founding))
        and (root / FOLDER / "policy.yaml").read_bytes() == policy
    )


def _seal_nothing(project: Project, keyring: Keyring, founding: Founding) -> None:
    """Writes the environments, with no names in them yet."""
    with writing.writing(project):
        trust = Trust(Workspace(project, keyring))
        for name, key in founding.believed:
            trust.confirm(name, key)
        for environment in founding.environments:
            # One at a time takes no journal, which would name a folder that is about to go.
            writing.commit(trust, {environment: None}, {environment: new_environment(trust, environment)})


def _first_files(policy: str) -> dict[str, str]:
    """The files that are written before the environments are, by their place in the folder.

    Editors read a file's schema from the path in its first line, which serves every clone and needs no network.
    """
    named = {name: f"# yaml-language-server: $schema={_SCHEMAS}/{name}.json\n" for name in schema.FILES}
    return {
        "policy.yaml": named["policy"] + policy,
        "manifest.yaml": named["manifest"] + _MANIFEST,
        **{f"{_SCHEMAS}/{name}.json": schema.serialise(schema.of(name)) for name in named},
    }
