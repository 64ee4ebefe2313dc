"""Questions to one repository."""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from gitseal.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:  # many commands ask for no object, and pathlib takes 3 ms
    from pathlib import Path

    from gitseal.git.ahead import Ahead
    from gitseal.git.object_reader import ObjectReader
    from gitseal.git.object_types import TreeEntry

# A path is a path: no name in a repository is to be taken for a pattern.
LITERAL = "--literal-pathspecs"


def find_top(start: "Path") -> "Path | None":
    """The nearest folder from `start` upward that holds `.git`, or None. Runs nothing: a deploy host may have no Git."""
    from pathlib import Path

    top = top_of(os.fspath(start))
    return Path(top) if top is not None else None


def top_of(start: str) -> str | None:
    """As `find_top`, for an absolute path."""
    return next((folder for folder in upward(start) if os.path.exists(os.path.join(folder, ".git"))), None)


def is_bare_folder(folder: str) -> bool:
    """True if a folder looks like a bare repository's own (gitrepository-layout(5)). Git itself is not asked."""
    parts = (os.path.join(folder, name) for name in ("HEAD", "objects", "refs"))
    return all(map(os.path.exists, parts))


def upward(start: str) -> Iterator[str]:
    """An absolute path, and every folder above it."""
    yield start
    while start != (start := os.path.dirname(start)):
        yield start


class Repository:
    """The repository whose working tree's top is `top`; a bare one's own folder.

    `in_hook`: Git started this process as a hook, and says in variables where the repository, its index and the objects of
    a push lie (githooks(5), git-receive-pack(1) on quarantine). They hold for every question then.
    `ahead`: what a hook has asked already; whoever asks the same gets that answer.
    """

    def __init__(self, top: "Path | str", *, in_hook: bool = False, ahead: "Ahead | None" = None) -> None:
        self.folder = os.fspath(top)
        self.in_hook = in_hook
        self._ahead = ahead
        # What `git.trees` has listed: a commit never changes.
        self.listed_commits: dict[str, dict[bytes, TreeEntry]] = {}
        self.notes: list[str] = []
        """What a person is to be told beside the result of a command."""
        # What `git.refs` takes words for: one meaning for a whole command.
        self.named_refs: dict[str, str] = {}

    @cached_property
    def top(self) -> "Path":
        """The working tree's top, or a bare repository's folder."""
        from pathlib import Path

        return Path(self.folder)

    def git(self, *arguments: str, stdin: bytes = b"", ok: tuple[int, ...] = (0,)) -> bytes | None:
        """The output of `git ARGUMENTS` in this repository, or None for a status that is not in `ok`."""
        from gitseal.git import child, run  # `get` and `render` ask Git nothing

        begun = self._ahead.take(arguments) if self._ahead is not None else None
        if begun is not None:
            return run.answer(self.folder, child.finish(begun), ok, self.notes)
        return run.git(self.folder, *arguments, stdin=stdin, ok=ok, in_hook=self.in_hook, notes=self.notes)

    def _is_aimed(self) -> bool:
        """True if Git says in variables where the repository is."""
        if not self.in_hook:
            return False
        from gitseal.git.run import is_aimed

        return is_aimed()

    @cached_property
    def objects(self) -> "ObjectReader":
        """The reader of this repository's objects, one for all who ask."""
        from gitseal.git.object_reader import ObjectReader

        begun = self._ahead.take_objects() if self._ahead is not None else None
        return ObjectReader(self.folder, in_hook=self.in_hook, begun=begun)

    def common_dir(self) -> "Path":
        """As `common_folder`."""
        from pathlib import Path

        return Path(self.common_folder())

    def common_folder(self) -> str:
        """The Git directory that all linked worktrees share (gitrepository-layout(5)). Runs nothing but in a hook.

        Raises Error if `.git` leads nowhere.
        """
        if self._is_aimed():
            answer = self.git("rev-parse", "--git-common-dir") or b".git"
            return os.path.join(self.folder, os.fsdecode(answer.rstrip(b"\n")))
        private = self.private_folder()
        link = os.path.join(private, "commondir")
        return os.path.realpath(os.path.join(private, _line_of(link))) if os.path.isfile(link) else private

    def private_folder(self) -> str:
        """The Git directory of this very worktree, with its index and its HEAD. Runs nothing. Raises Error as above."""
        place = os.path.join(self.folder, ".git")
        if not os.path.isfile(place):
            # A bare repository is its own Git directory.
            is_bare = not os.path.exists(place) and os.path.isdir(os.path.join(self.folder, "objects"))
            return self.folder if is_bare else place
        # A linked worktree or a submodule: one line, `gitdir: PATH`.
        target = os.path.realpath(os.path.join(self.folder, _line_of(place).removeprefix("gitdir: ")))
        if not os.path.isdir(target):
            raise Error(f'"{place}" leads to "{target}", where nothing is', "look at: git worktree repair")
        return target

    def config(self, key: str) -> str:
        """A setting's value, or nothing."""
        answer = self.git("config", "--get", key)
        return answer.decode().removesuffix("\n") if answer is not None else ""

    def commit(self, revision: str) -> str | None:
        """The full id of the commit that Git sees in a revision, or None. What a person wrote goes through `git.refs` instead."""
        # MERGE_HEAD and its like are Git's own files. While one is missing Git would take a tag of that name for it.
        if revision.endswith("_HEAD") and revision.isupper() and not self.has_pseudo_ref(revision):
            return None
        return self.objects.commit(revision)

    def branches(self) -> list[str]:
        """The full names of the branches and the remote-tracking refs, those that moved last first."""
        answer = self.git("for-each-ref", "--sort=-committerdate", "--format=%(refname)", "refs/heads", "refs/remotes")
        return (answer or b"").decode("utf-8", "surrogateescape").splitlines()

    def remotes(self) -> list[str]:
        """The names of the remotes."""
        return (self.git("remote") or b"").decode().splitlines()

    def merge_base(self, one: str, other: str) -> str:
        """The best commit that two have in common, by their full ids. Raises Error if there is none."""
        answer = self.git("merge-base", one, other)
        if answer is None:
            hint = "fetch more with: git fetch --unshallow" if self.is_shallow() else "give the range as: BASE..HEAD"
            raise Error("the two ends of the range have no commit in common", hint)
        return answer.decode().rstrip("\n")

    def is_merging(self) -> bool:
        """True if a merge waits for its commit. Runs nothing if `.git` is a folder, which it mostly is."""
        return self.has_file("MERGE_HEAD")

    def has_pseudo_ref(self, name: str) -> bool:
        """True if a name such as CHERRY_PICK_HEAD stands for something now."""
        if self.has_file(name) or name in {"MERGE_HEAD", "FETCH_HEAD"}:
            return self.has_file(name)
        # A reftable has the others; which of them, Git alone knows.
        return os.path.isdir(os.path.join(self.common_folder(), "reftable"))

    def has_file(self, name: str) -> bool:
        """True if this worktree's Git directory has a file, such as MERGE_HEAD while a merge waits for its commit."""
        private = os.path.join(self.folder, ".git")
        if (self._is_aimed()) or not os.path.isdir(private):
            path = self.git("rev-parse", "--git-path", name)
            return path is not None and os.path.exists(os.path.join(self.folder, os.fsdecode(path.rstrip(b"\n"))))
        return os.path.exists(os.path.join(private, name))

    def is_published(self, commit: str) -> bool:
        """True if a branch of a remote, as far as it was fetched, has the commit."""
        return bool(self.git("for-each-ref", "--count=1", f"--contains={commit}", "--format=x", "refs/remotes"))

    def file(self, revision: str, path: str) -> bytes | None:
        """The bytes of a regular file in a revision; None if it has none there. `path` is relative to the top."""
        return self.files(revision, [path])[path]

    def files(self, revision: str, paths: Sequence[str]) -> dict[str, bytes | None]:
        """The same for many paths, by path."""
        commit = self.commit(revision)
        entries = {path: self.objects.entry(commit, path) if commit else None for path in paths}
        # A symlink's blob is its target: whoever asks for a file must not be given that.
        ids = {path: entry.object_id for path, entry in entries.items() if entry is not None and entry.is_file}
        return dict.fromkeys(paths) | dict(zip(ids, self.objects.blobs(ids.values()), strict=True))

    def blobs(self, object_ids: Iterable[str]) -> Iterator[bytes]:
        """The contents of blobs. Raises Error for one that is not there."""
        for content in self.objects.blobs(object_ids):
            if content is None:
                raise unreadable()
            yield content

    def is_shallow(self) -> bool:
        """True if history ends before its beginning (gitrepository-layout(5), `shallow`)."""
        return os.path.exists(os.path.join(self.common_folder(), "shallow"))

    def would_add(self, path: "Path | str") -> bool:
        """True if `git add` would take the file: it lies in this working tree and no rule ignores it."""
        # --no-index: a tracked file counts as ignored if a rule ignores it; tracking is asked for apart.
        return self.git("check-ignore", "--quiet", "--no-index", "--", str(path)) is None

    def attributes(self, path: str, names: Iterable[str], *, cached: bool = False) -> dict[str, str]:
        """The effective attributes of a path: `set`, `unset`, `unspecified` or a value, by name (gitattributes(5)).

        `cached`: by the `.gitattributes` files of the index, not those of the working tree.
        """
        return self.attributes_of([path], names, cached=cached).get(path, {})

    def attributes_of(
        self, paths: Iterable[str], names: Iterable[str], *, cached: bool = False
    ) -> dict[str, dict[str, str]]:
        """The same for many paths in one process, by path; empty if Git refuses."""
        asked = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
        answer = self.git("check-attr", "-z", "--stdin", *(("--cached",) if cached else ()), *names, stdin=asked) or b""
        fields = answer.decode("utf-8", "surrogateescape").split("\0")[:-1]
        attributes: dict[str, dict[str, str]] = {}
        for path, name, value in zip(fields[0::3], fields[1::3], fields[2::3], strict=True):
            attributes.setdefault(path, {})[name] = value
        return attributes


def _line_of(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read().strip()


def unreadable() -> Error:
    """Git does not have every version of a file."""
    return Error(
        "Git cannot show the whole history of the sealed files, so who could ever open them is not known",
        "see what is missing: git fsck; in a partial clone: git fetch --refetch",
    )
