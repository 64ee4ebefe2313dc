"""The refs on whose tip somebody can still open something: each of them gives new values to whoever has left."""

from collections.abc import Container, Iterator

from gitseal.audit.exposure.people import KeyHolder
from gitseal.audit.exposure.timeline import Timeline
from gitseal.audit.history.log import environment_of
from gitseal.git import refs
from gitseal.git.repository import Repository
from gitseal.project.belief.facts import headers
from gitseal.project.project import Project
from gitseal.records import NamedTuple


class OpenedTip(NamedTuple):
    """A ref by its full name, and the environments of which somebody opens at least one access group at its tip.

    `is_pending`: it is checked out, and the files here give them nothing any more, so that a commit ends it.
    """

    ref: str
    environments: tuple[str, ...]
    is_pending: bool


def opened_tips(project: Project, timeline: Timeline, holder: KeyHolder) -> list[OpenedTip]:
    """The refs on whose tip somebody has a stanza for a data key in force there, sorted; HEAD too if it is no branch."""
    repository = project.git()
    head = refs.head(repository)
    files = [project.source.read(project.file(name)) for name in project.environments]
    is_shut_out = project.source.is_working_tree and not any(_opens(content, holder) for content in files)
    tips = {} if head.name or not head.commit else {refs.HEAD: head.commit}
    tips |= dict(sorted(refs.every(repository).items()))
    by_folder: dict[str, tuple[str, ...]] = {}
    opened = []
    for ref, commit in tips.items():
        environments = {
            environment
            for folder in _folders(repository, commit, timeline)
            for environment in _opened(repository, folder, holder, by_folder, timeline.here)
        }
        if environments:
            is_pending = is_shut_out and ref == (head.name or refs.HEAD)
            opened.append(OpenedTip(ref, tuple(sorted(environments)), is_pending))
    return opened


def _folders(repository: Repository, commit: str, timeline: Timeline) -> Iterator[str]:
    """The ids of the trees of `.secrets` at a tip, wherever the folder lies there."""
    for folder in timeline.folders:
        entry = repository.objects.entry(commit, folder)
        if entry is not None and entry.is_folder:
            yield entry.object_id


def _opened(
    repository: Repository,
    folder: str,
    holder: KeyHolder,
    by_folder: dict[str, tuple[str, ...]],
    here: Container[str] | None,
) -> tuple[str, ...]:
    # Most refs of a repository have the same few states of the folder.
    if folder not in by_folder:
        tree = repository.objects.tree(folder) or {}
        files = {name.decode("utf-8", "replace"): entry.object_id for name, entry in tree.items() if entry.is_file}
        named = {environment_of(f".secrets/{name}"): blob for name, blob in files.items()}
        environments = [name for name, blob in named.items() if name and (here is None or blob in here)]
        contents = repository.blobs(named[environment] for environment in environments)
        by_folder[folder] = tuple(
            environment for environment, content in zip(environments, contents, strict=True) if _opens(content, holder)
        )
    return by_folder[folder]


def _opens(content: bytes, holder: KeyHolder) -> bool:
    return any(
        recipient in holder.recipients and stanza.key_id == access.key_id
        for header in headers(content)
        for access in header.access.values()
        for recipient, stanza in access.by_recipient()
    )
