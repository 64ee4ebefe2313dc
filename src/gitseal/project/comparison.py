"""One `.secrets` in the working tree compared with the index, and for what the index lacks with HEAD."""

import os
from collections.abc import Iterable, Iterator

from gitseal.errors import Error
from gitseal.git import index, run
from gitseal.git.index_file import IndexFile
from gitseal.git.repository import Repository
from gitseal.policy.parser import is_environment_name
from gitseal.project.project import Project
from gitseal.records import Enum, NamedTuple
from gitseal.report.hints import YOU, Hint, ShellCommand, command, decision, pathspec, runnable
from gitseal.report.sentences import Sentence, listed, sentence

SUFFIX, _LOCAL = ".yaml", ".local.yaml"
# The ids of a blob without content, by SHA-1 and by SHA-256: what the index has of `git add --intent-to-add`.
_EMPTY = frozenset(
    {
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    }
)


class State(Enum):
    """The way in which working tree and repository differ."""

    UNASKED = "Git could not be asked"
    SPARSE = "in the index, left out of the working tree"
    DELETED = "in the index, deleted from the working tree"
    REMOVED = "in HEAD, in neither index nor working tree"
    CASE = "two names that only case tells apart"
    FROZEN = "Git does not look at changes of the file"
    IGNORED = "untracked, and ignored"
    INTENT = "announced to the index without its content"


_NOT_SHOWN = frozenset({State.UNASKED, State.SPARSE, State.DELETED, State.REMOVED, State.CASE})


class Unseen(NamedTuple):
    """One difference. `path` is from the repository's top, empty if it is about the whole `.secrets`."""

    state: State
    path: str
    message: Sentence
    hint: Hint

    @property
    def is_hidden(self) -> bool:
        """True if an answer from the working tree is incomplete; else a commit would be."""
        return self.state in _NOT_SHOWN

    def error(self) -> Error:
        """The same as the reason why a command stops."""
        return Error(self.message, self.hint)


class Comparison:
    """One `.secrets`, compared with the index and, for what the index has not, with HEAD."""

    def __init__(self, project: Project, repository: Repository) -> None:
        self._project = project
        self._repository = repository
        self._folder = os.path.dirname(project.relative(project.policy_file))
        self._index = IndexFile(repository)

    def is_ordinary(self) -> bool:
        """True if the files are seen to be all that the index has here, each simply tracked, and Git would say the same."""
        files = frozenset(self._files())
        is_all = self._index.all_simple(self._folder, SUFFIX) == files
        return is_all and files.issuperset(self._listed()) and self._would_answer()

    def _would_answer(self) -> bool:
        return run.would_answer(self._repository.folder, self._repository.private_folder())

    def differences(self) -> list[Unseen]:
        """See `unseen`. Raises Error if Git cannot be asked."""
        entries = self._entries()
        found = [one for path, entry in entries.items() if (one := self._of_entry(path, *entry)) is not None]
        found += self._twice(entries)
        found += self._ignored([path for path in self._files() if path not in entries])
        found += self._removed([path for path in self._listed() if path not in entries])
        return sorted(found, key=lambda one: one.path)

    def lacking(self, path: str, *, in_head: bool) -> Unseen | None:
        """The difference that a file of the index, with `in_head` of HEAD too, is not there. Raises Error if Git says nothing."""
        entry = self._entries().get(path)
        if entry is not None:
            return None if self._is_meant(path, entry[0]) else self._not_here(path, entry[0])
        return next(self._removed([path]), None) if in_head else None

    def _entries(self) -> dict[str, tuple[str, index.IndexEntry]]:
        """The merged YAML files of the index in the folder, without this machine's overrides, by path."""
        flagged = index.flagged_at(self._repository, f":(top,literal){self._folder}")
        named = ((os.fsdecode(entry.path), letter, entry) for letter, entry in flagged if entry.stage == index.MERGED)
        return {path: (letter, entry) for path, letter, entry in named if _is_ours(path, self._folder)}

    def _of_entry(self, path: str, letter: str, entry: index.IndexEntry) -> Unseen | None:
        place = os.path.join(self._repository.folder, path)
        if not os.path.lexists(place):
            if self._is_known(place):
                return None
            return None if self._is_meant(path, letter) else self._not_here(path, letter)
        if letter.upper() == "S" or letter.islower():
            flag = "--no-skip-worktree" if letter.upper() == "S" else "--no-assume-unchanged"
            message = sentence('Git does not look at changes of "{}" ({}), so no commit has them', path, flag[5:])
            return Unseen(
                State.FROZEN, path, message, runnable(command(f"git update-index {flag} -- {{}}", self._from_top(path)))
            )
        if entry.object_id in _EMPTY and os.path.getsize(place):
            message = sentence('"{}" was announced to Git without its content (git add -N)', path)
            return Unseen(State.INTENT, path, message, runnable(command("git add -- {}", pathspec(path))))
        return None

    def _is_known(self, place: str) -> bool:
        """True if whoever asks reads the index's file instead, so that nothing is missing."""
        try:
            return bool(self._project.source.read(place))
        except (OSError, Error):
            return False

    def _not_here(self, path: str, letter: str) -> Unseen:
        """A file of the index that is not on the disk."""
        restore = command("git restore -- {}", pathspec(path))
        if letter.upper() == "S" and self._setting("core.sparseCheckout"):
            message = sentence('"{}" is in the repository and not checked out here (sparse checkout)', path)
            # A cone names folders. Other patterns may leave this very file out: then the last that fits it counts.
            added = self._folder if self._setting("core.sparseCheckoutCone") else f"/{self._folder}/*"
            add = command("git -C {} sparse-checkout add {}", self._repository.folder, added)
            return Unseen(State.SPARSE, path, message, runnable(add))
        if letter.upper() == "S" or letter.islower():
            flag = "--no-skip-worktree" if letter.upper() == "S" else "--no-assume-unchanged"
            message = sentence('"{}" is in the repository and not in the working tree ({})', path, flag[5:])
            look = command(f"git update-index {flag} -- {{}}", self._from_top(path))
            return Unseen(State.SPARSE, path, message, runnable(look, restore))
        message = sentence('"{}" is in the repository and was deleted here', path)
        return Unseen(State.DELETED, path, message, runnable(restore))

    def _setting(self, name: str) -> bool:
        return self._repository.git("config", "--type=bool", "--get", name) == b"true\n"

    def _is_meant(self, path: str, letter: str) -> bool:
        """True for a file that is gone with its rule in the policy: `env remove` takes it out like that."""
        return letter.upper() != "S" and is_environment_file(path) and path not in self._listed()

    def _twice(self, entries: Iterable[str]) -> Iterator[Unseen]:
        by_fold: dict[str, list[str]] = {}
        for path in entries:
            by_fold.setdefault(path.casefold(), []).append(path)
        for paths in by_fold.values():
            if len(paths) > 1:
                message = sentence("{} differ only in case: on some machines one hides the other", listed(paths))
                hint = decision(YOU, "look at both, and take out of Git the one that is wrong", _log(paths[-1]))
                yield Unseen(State.CASE, paths[0], message, hint)

    def _ignored(self, untracked: list[str]) -> Iterator[Unseen]:
        if not untracked:
            return
        asked = b"".join(os.fsencode(path) + b"\0" for path in untracked)
        answer = self._repository.git("check-ignore", "-v", "-z", "--stdin", stdin=asked) or b""  # 1: it ignores none
        fields = [os.fsdecode(field) for field in answer.split(b"\0")[:-1]]
        for source, line, pattern, path in zip(*(fields[at::4] for at in range(4)), strict=True):
            # With -v Git also tells by which `!pattern` a file is not ignored.
            if not pattern.startswith("!"):
                message = sentence('Git ignores "{}" ({}:{}), so no commit will have it', path, source, line)
                hint = runnable(command("git add -f -- {}", pathspec(path)))
                yield Unseen(State.IGNORED, path, message, hint)

    def _removed(self, paths: list[str]) -> Iterator[Unseen]:
        """Files that HEAD has, and neither index nor working tree."""
        gone = [path for path in paths if not os.path.lexists(os.path.join(self._repository.folder, path))]
        for path, data in self._repository.files("HEAD", gone).items() if gone else ():
            if data is not None:
                yield _removed(self._repository, path)

    def _files(self) -> list[str]:
        """The YAML files on the disk, without this machine's overrides."""
        try:
            names = self._project.source.names(os.path.join(self._repository.folder, self._folder))
        except OSError:
            return []
        paths = (f"{self._folder}/{name}" for name in names)
        return [path for path in paths if _is_ours(path, self._folder)]

    def _listed(self) -> list[str]:
        """The policy, and the files of the environments that it lists."""
        policy = f"{self._folder}/policy{SUFFIX}"
        try:
            names = self._project.policy.environments
        except Error:
            return [policy]
        return [policy, *(f"{self._folder}/{name}{SUFFIX}" for name in names)]

    def _from_top(self, path: str) -> str:
        # `git update-index` takes no pathspec; its paths are relative to where somebody stands.
        return os.path.join(self._repository.folder, path)


def _removed(repository: Repository, path: str) -> Unseen:
    if os.path.exists(os.path.join(repository.private_folder(), "index")):
        message = sentence('"{}" is in HEAD, and was removed here and from the index', path)
        restore = command("git restore --source=HEAD --staged --worktree -- {}", pathspec(path))
    else:
        message = sentence('"{}" is in HEAD, and nothing of it was checked out yet', path)
        restore = command("git checkout HEAD")
    return Unseen(State.REMOVED, path, message, runnable(restore))


def _is_ours(path: str, folder: str) -> bool:
    """True for a YAML file directly in the folder that is for everybody."""
    return os.path.dirname(path) == folder and path.endswith(SUFFIX) and not path.endswith(_LOCAL)


def is_environment_file(path: str) -> bool:
    """True for the path of an environment's file."""
    return is_environment_name(os.path.basename(path).removesuffix(SUFFIX))


def _log(path: str) -> ShellCommand:
    return command("git log --oneline -- {}", pathspec(path))
