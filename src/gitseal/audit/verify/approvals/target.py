"""A branch as approvals see it: what it holds, what a change makes of that, and whether an approval still fits it."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from gitseal.audit.verify.approvals.statement import ApprovalStatement, ApprovedChange, FileState, FolderRules
from gitseal.audit.verify.evidence.owners import Owners
from gitseal.audit.verify.evidence.touched import covered, touched
from gitseal.errors import Error
from gitseal.git import ranges, refs
from gitseal.git.ranges import ABSENT
from gitseal.git.repository import Repository
from gitseal.git.trusted_ref import trusted_ref
from gitseal.git.walked_range import WalkedRange
from gitseal.project.project import FOLDER

_CHANGED = "what it changes has changed since"
_SUBMODULE = "160000"
_SHA1_DIGITS = 40
_HEADS, _REMOTES = "refs/heads/", "refs/remotes/"


class Diverged(Error):
    """A branch and what is meant for it changed the same path, so what a merge makes of it is not known."""


class Target:
    """The branch `ref` at the commit `tip`, with the policies that `owners` read there."""

    def __init__(self, repository: Repository, ref: str, tip: str, owners: Owners) -> None:
        self.ref = ref
        self.tip = tip
        self.owners = owners
        self.object_format = "sha1" if len(tip) == _SHA1_DIGITS else "sha256"
        self._repository = repository
        self._hashes: dict[str, str] = {}
        self._touched: dict[str, frozenset[str] | None] = {}

    def change_to(self, head: str) -> dict[str, ApprovedChange]:
        """The difference that merging `head` would make to the branch, by path: covered paths alone.

        If `head` does not build on the tip, it is what a merge gives. Raises Error if both changed a path since they parted.
        """
        repository, tip = self._repository, self.tip
        if ranges.descends(repository, head, tip):
            return self._difference(head, tip)
        # The tip has moved on. Approvals stay good for it as long as nobody there has touched the same files.
        parted = repository.merge_base(tip, head)
        ours, theirs = self._difference(head, parted), self._difference(tip, parted)
        both = sorted(path for path in ours.keys() & theirs.keys() if ours[path] != theirs[path])
        if both:
            raise Diverged(
                f'"{both[0]}" changed on both sides, so what a merge makes of it is not known yet',
                f"merge or rebase first: git merge {tip[:12]}",
            )
        return {path: change for path, change in ours.items() if path not in theirs}

    def _difference(self, new: str, old: str) -> dict[str, ApprovedChange]:
        (differing,) = ranges.differences(self._repository, [(new, old)])
        own = (change for change in differing if covered(change.path))
        return {
            change.path: ApprovedChange(change.path, self._read(change.old), self._read(change.new)) for change in own
        }

    def _read(self, state: str) -> FileState | None:
        """A side of a raw diff, `MODE ID`."""
        mode, _, object_id = state.partition(" ")
        return None if mode == ABSENT else FileState(mode, self._hash(mode, object_id))

    def _hash(self, mode: str, object_id: str) -> str:
        if object_id not in self._hashes:
            if mode == _SUBMODULE:  # its commit is in another repository
                self._hashes[object_id] = sha256(object_id.encode()).hexdigest()
            else:
                self._hashes[object_id] = self._hash_blob(object_id)
        return self._hashes[object_id]

    def _hash_blob(self, object_id: str) -> str:
        digest = sha256()
        for streamed in self._repository.objects.stream([object_id]):
            if streamed.kind != "blob":
                raise Error(f"Git cannot show the object {object_id}", "see what is missing with: git fsck")
            for chunk in streamed.chunks:
                digest.update(chunk)
        return digest.hexdigest()

    def state(self, path: str) -> FileState | None:
        """The file that the tip has at a path."""
        entry = self._repository.objects.entry(self.tip, path)
        if entry is None or entry.is_folder:
            return None
        mode = f"{entry.mode:06o}"
        return FileState(mode, self._hash(mode, entry.object_id))

    def rules_for(self, paths: Iterable[str]) -> tuple[FolderRules, ...]:
        """The rules that decide about these paths, by folder."""
        roots = {claim.root for path in paths for claim in self.owners.claims(path)}
        return tuple(
            self._rules(root) for root in sorted(roots, key=lambda root: root.encode("utf-8", "surrogateescape"))
        )

    def _rules(self, root: str) -> FolderRules:
        folder = f"{root}{FOLDER}/"
        # Both files decide what the change means, so whoever approves one approves it under these rules and no others.
        policy, manifest = (self._repository.file(self.tip, f"{folder}{name}.yaml") for name in ("policy", "manifest"))
        manifest_hash = sha256(manifest).hexdigest() if manifest is not None else None
        return FolderRules(folder, sha256(policy or b"").hexdigest(), manifest_hash)

    def mismatch(self, statement: ApprovalStatement) -> str:
        """Why a statement is not about this branch as it is, in words; empty if it is. Asks Git for little."""
        return next(self._mismatches(statement), "")

    def _mismatches(self, statement: ApprovalStatement) -> Iterator[str]:
        paths = [change.path for change in statement.changes]
        if statement.object_format != self.object_format:
            yield "it is for a repository of another object format"
        if statement.ref != self.ref:
            yield "it is for another branch"
        if not all(map(covered, paths)):
            yield "it names files that no policy covers"
        if statement.rules != self.rules_for(paths):
            yield "the policy or the manifest has changed since"
        if self._repository.commit(statement.base) != statement.base:
            yield "the commit that it was given for is not here"
        if any(self.state(change.path) != change.old for change in statement.changes):
            yield _CHANGED

    def outdated(self, statement: ApprovalStatement) -> str:
        """Why a statement that is no mismatch counts no more, in words; empty if it counts. Walks history from its base.

        A change that was undone leaves the files as they were. So history is asked: what was approved once, counts once.
        """
        since = self._touched_since(statement.base)
        if since is None:
            return "the branch does not build on the commit that it was given for"
        if any(change.path in since for change in statement.changes):
            return _CHANGED
        return ""

    def _touched_since(self, base: str) -> frozenset[str] | None:
        """The covered paths that commits between `base` and the tip changed; None if `base` is no ancestor."""
        if base not in self._touched:
            paths = None
            if ranges.descends(self._repository, self.tip, base):
                commits = WalkedRange(self._repository, (self.tip, f"^{base}"))
                paths = frozenset(change.path for _, own in touched(self._repository, commits) for change in own)
            self._touched[base] = paths
        return self._touched[base]


def branch_of(repository: Repository, revision: str) -> str:
    """The branch that a revision stands for, by its name in the remote: `origin/main` is `refs/heads/main`.

    A revision that is no branch stands for the one that is trusted. Empty if there is none either.
    """
    return _branch(repository, refs.full_name(repository, revision)) or _branch(repository, trusted_ref(repository))


def _branch(repository: Repository, ref: str) -> str:
    """A branch, or a remote-tracking ref, as the repository calls it that has the branch."""
    if ref.startswith(_REMOTES) and ref.endswith("/HEAD"):
        ref = (repository.git("symbolic-ref", "--quiet", ref) or b"").decode("utf-8", "surrogateescape").rstrip("\n")
    if ref.startswith(_HEADS):
        return ref
    for remote in sorted(repository.remotes(), key=len, reverse=True):
        if ref.startswith(f"{_REMOTES}{remote}/"):
            return _HEADS + ref.removeprefix(f"{_REMOTES}{remote}/")
    return ""


def full_branch(name: str) -> str:
    """The full name of a branch that somebody named. Raises Error for what cannot be one."""
    full = name if name.startswith("refs/") else _HEADS + name
    if not re.fullmatch(r"refs/heads/[^\0-\x20\x7f]+", full):
        raise Error(f'"{name}" is no branch', "name the branch that the change is for: --target main")
    return full
