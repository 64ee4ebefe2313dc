"""A new `.secrets`: its policy, an empty manifest, their schemas, one file for each environment, and Git's rules beside it."""

import shutil
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


def found(
    root: Path, keyring: Keyring, founding: Founding, fill: Callable[[Project], object] = lambda _: None
) -> tuple[Project, tuple[str, ...]]:
    """Makes a project in `root`; gives it, and the files written, relative to the root. `fill` puts the first values in.

    Raises Error for a policy that does not hold together, and whatever `fill` raises; then nothing is left behind.
    """
    for name in (FOLDER, *git_files.FILES):
        refuse_links(root / name)
    folder = root / FOLDER
    first = _first_files(founding.policy)
    folder.mkdir()
    try:
        for name, text in first.items():
            (folder / name).parent.mkdir(exist_ok=True)
            atomic.write(folder / name, text.encode())
        project = find(root)
        with writing.writing(project):
            trust = Trust(Workspace(project, keyring))
            for name, key in founding.believed:
                trust.confirm(name, key)
            new = {environment: new_environment(trust, environment) for environment in founding.environments}
            writing.commit(trust, dict.fromkeys(founding.environments), new)
        fill(project)
    except BaseException:
        shutil.rmtree(folder)
        raise
    files = (*first, *(f"{environment}.yaml" for environment in founding.environments))
    return project, (*(f"{FOLDER}/{name}" for name in files), *git_files.write(root))


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
