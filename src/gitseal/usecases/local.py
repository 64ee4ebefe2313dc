"""`--local`: a command of an environment turned to this machine's overrides of it."""

from gitseal.identities import Keyring
from gitseal.project.local import LocalProject, local_project
from gitseal.project.project import Project
from gitseal.project.trust import Trust
from gitseal.project.writing import commit, writing
from gitseal.usecases.env import new_file


def overrides(project: Project, keyring: Keyring, environment: str, *, make: bool) -> LocalProject:
    """The overrides of an environment as a project of their own, made where `make` asks for it and there are none.

    Raises Error for a protected environment, and where Git would add the file.
    """
    local = local_project(project, environment, keyring)
    if make and local.read_local(environment) is None:
        with writing(local):
            trust = Trust(local, keyring)
            commit(local, trust, {local.name: None}, {local.name: new_file(local, keyring, trust, local.name)})
    return local
