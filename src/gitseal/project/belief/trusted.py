"""The trusted ref's policy, the headers at its tip, and the data keys of its history."""

import os
from functools import cached_property

from gitseal.document.header import Header
from gitseal.errors import Error
from gitseal.git import refs
from gitseal.git.ranges import descends
from gitseal.git.trusted_ref import short, trusted_ref, way_back
from gitseal.policy import parser
from gitseal.policy.policy import Policy
from gitseal.project.belief.facts import Fact, headers
from gitseal.project.belief.facts_cache import KeyRow
from gitseal.project.belief.history import KeyHistory
from gitseal.project.belief.rule import Past
from gitseal.project.project import FOLDER, Project

_SHORT = 12


class TrustedState:
    """The trusted ref as it is in this clone. A project that is in no commit, such as this machine's overrides, has none."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._repository = project.git()
        self._history = KeyHistory(self._repository)

    @cached_property
    def ref(self) -> str:
        """The trusted ref; an empty name if there is none. Raises Error for a setting that names nothing."""
        return trusted_ref(self._repository) if self._project.is_committed else ""

    @property
    def name(self) -> str:
        """The trusted ref as people say it."""
        return short(self.ref)

    @cached_property
    def commit(self) -> str:
        """The full id of its tip; empty, with a note, if there is no such ref yet or no more."""
        tip = refs.commit(self._repository, self.ref) if self.ref else None
        mend = way_back(self._repository, self.ref) if self.ref and tip is None else ""
        if mend:
            words = f"the trusted ref {self.ref} is not here any more, so this clone goes by what it remembers: {mend}"
            self._repository.notes.append(words)
        return tip or ""

    @property
    def short_commit(self) -> str:
        """The tip as people say it."""
        return self.commit[:_SHORT]

    @cached_property
    def is_merged(self) -> bool:
        """True if HEAD, or a merge that waits for its commit, has all that the trusted ref has."""
        heads = [self._repository.commit("HEAD"), self._repository.commit("MERGE_HEAD")]
        return not self.commit or any(head and descends(self._repository, head, self.commit) for head in heads)

    @cached_property
    def policy(self) -> Policy | None:
        """The policy at the tip; None if there is none that can be read."""
        blob = self._here.get("policy.yaml")
        try:
            return parser.parse(self._read(blob)) if blob is not None else None
        except Error:
            return None

    def header(self, environment: str) -> Header | None:
        """The header at the tip of the file at an environment's place."""
        blob = self._here.get(f"{environment}.yaml")
        return next(iter(headers(self._read(blob))), None) if blob is not None else None

    def is_unreadable(self, environment: str) -> bool:
        """True if the tip has a file at an environment's place, and no header in it can be read."""
        return f"{environment}.yaml" in self._here and self.header(environment) is None

    def past(self, header: Header, group: str) -> Past:
        """The past of an access group of a file by the tip and its history, wherever the file lay."""
        if not self.commit:
            return Past()
        tip = self._tip(header, group)
        # What is there now may have been replaced before a forced push. What is gone by one was never there.
        rows = (*self.earlier, *self.rows) if tip else self.rows
        held = [row.fact.key for row in rows if (row.fact.file_id, row.fact.group) == (header.id, group)]
        return Past(tip, tuple(dict.fromkeys(held)))

    @cached_property
    def rows(self) -> tuple[KeyRow, ...]:
        """The facts of the trusted ref's history."""
        return self._history.of_ref(self.ref, self.commit, self._folder) if self.commit else ()

    @cached_property
    def earlier(self) -> tuple[KeyRow, ...]:
        """The facts of what a remote's branch had here before it was pushed with force.

        This clone's own branch is moved by its own people, who know what they undo.
        """
        is_remotes = self.commit and self.ref.startswith(refs.REMOTES)
        return self._history.of_earlier(self.ref, self.commit, self._folder) if is_remotes else ()

    @cached_property
    def everywhere(self) -> tuple[KeyRow, ...]:
        """The facts of all refs."""
        return self._history.everywhere() if self._project.is_committed else ()

    def save(self) -> None:
        """Keeps for the next command what was read of history."""
        self._history.save()

    @cached_property
    def _folder(self) -> str:
        return self._project.folder.relative_to(self._repository.top).as_posix()

    @cached_property
    def _here(self) -> dict[str, str]:
        """The blobs of the folder's files at the tip, by name."""
        entry = self._repository.objects.entry(self.commit, self._folder) if self.commit else None
        tree = self._repository.objects.tree(entry.object_id) if entry is not None and entry.is_folder else None
        # A symlink's blob is where it leads, and whoever asks for a file must not get that.
        return {os.fsdecode(name): entry.object_id for name, entry in (tree or {}).items() if entry.is_file}

    @cached_property
    def _elsewhere(self) -> list[str]:
        """The blobs of all sealed files at the tip, wherever their folder is."""
        listed = self._repository.git("ls-tree", "-r", "-z", "--full-tree", self.commit) or b""
        place = f"/{FOLDER}/".encode()
        lines = (line.partition(b"\t") for line in listed.split(b"\0")[:-1])
        return [
            entry.decode().split(" ")[2]
            for entry, _, path in lines
            if entry.startswith(b"100") and place in b"/" + path and path.endswith(b".yaml")
        ]

    def _tip(self, header: Header, group: str) -> str:
        """The key at the tip: of the file at the same place if it is the same file, else of the file wherever it is now."""
        blob = self._here.get(f"{header.environment}.yaml")
        facts = self._facts([blob] if blob is not None else [], header.id)
        # The file was renamed or moved there; a branch that still has it at the old place is judged by the same key.
        if not facts and any(row.fact.file_id == header.id for row in self.rows):
            here = [blob for name, blob in self._here.items() if name.endswith(".yaml")]
            facts = self._facts(here, header.id) or self._facts(self._elsewhere, header.id)
        return next((fact.key for fact in facts if fact.group == group), "")

    def _facts(self, blobs: list[str], file_id: str) -> list[Fact]:
        by_blob = self._history.of_blobs(blobs)
        return [fact for facts in by_blob.values() for fact in facts if fact.file_id == file_id]

    def _read(self, blob: str) -> bytes:
        (data,) = self._repository.blobs([blob])
        return data
