"""The past of a name: if history has a member's value where one waits now that nobody vouches for.

Whoever can commit can put such a value where a member's stood, and the member's is then gone from the file. Nothing in the file
can be trusted to tell it, so history has to (docs/decisions/0043-a-pending-value-stops-what-would-lose-a-members.md).
"""

import os

from gitseal.crypto.token_kinds import SEALED
from gitseal.document import pieces, token_grammar
from gitseal.errors import Error
from gitseal.git.log import shallow_ends
from gitseal.git.object_reader import ObjectReader
from gitseal.git.partial import objects_here
from gitseal.git.repository import Repository
from gitseal.git.versions import EVERYWHERE, listed
from gitseal.project.project import Project
from gitseal.yamltext.tree import NamePath

_SEALED = f"{token_grammar.PREFIXES[0]}v1,{SEALED},"


def had_a_members(project: Project, environment: str, path: NamePath) -> bool | None:
    """True if a member's value stood at `path` in some commit of HEAD's history; None if this cannot be told here.

    It cannot without a repository, in a shallow clone that begins after it, and if no commit has the file: of a tree that was
    copied somewhere, the repository around it knows nothing.
    """
    repository = project.repository
    if repository is None:
        return None
    try:
        return _in_history(repository, project, environment, path)
    except Error:
        return None  # Git is not there, or has lost something: that tells nothing


def _in_history(repository: Repository, project: Project, environment: str, path: NamePath) -> bool | None:
    if repository.commit("HEAD") is None:
        return None
    file, file_id = os.path.basename(project.file(environment)), project.read(environment).header.id.encode()
    # Also where the folder lay before it was moved; the file's own id tells it from others of the same name.
    ids = {version.blob: None for version in listed(repository, ["HEAD"], EVERYWHERE) if _named(version.path, file)}
    here = objects_here(repository)
    present = [blob for blob in ids if here is None or blob in here]
    is_complete = len(present) == len(ids) and not shallow_ends(repository)
    reader = ObjectReader(repository.folder, in_hook=repository.in_hook, fetches=False)
    is_known = False
    try:
        for content in reader.blobs(present):
            if content is not None and file_id in content:
                is_known = True
                if _holds_a_members(content, path):
                    return True
    finally:
        reader.close()
    return False if is_known and is_complete else None


def _named(path: str, file: str) -> bool:
    return os.path.basename(path) == file


def _holds_a_members(content: bytes, path: NamePath) -> bool:
    # Most versions of a file are from before a name that is new, and need no reading.
    return path[-1].encode() in content and pieces.read(content).scalars.get(path, "").startswith(_SEALED)
