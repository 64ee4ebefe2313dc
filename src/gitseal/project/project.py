"""`Project`: the `.secrets` folder in force, and what is read from it."""

import os
from functools import cached_property, lru_cache

from gitseal.errors import Error, Malformed, UnknownVersion
from gitseal.git.repository import Repository, top_of, upward
from gitseal.policy import parser
from gitseal.policy.policy import Policy
from gitseal.project.source import FileSource, WorkingTree

TYPE_CHECKING = False
if TYPE_CHECKING:  # with a document comes all that opens values, which a hook mostly need not
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeVar

    from gitseal.document.document import Document
    from gitseal.policy.manifest import Manifest

    StrPath = str | os.PathLike[str]
    T = TypeVar("T")

FOLDER = ".secrets"
_SUFFIX = ".yaml"
_POLICY, _MANIFEST = "policy.yaml", "manifest.yaml"


class Project:
    """One `.secrets` folder in one state: `root` holds it, `shadowed` lists others further up that it hides.

    Policy, manifest and environments come from `source`; without one from the working tree.
    """

    is_committed = True
    """True if its files go into commits; else no ref says anything about them."""

    def __init__(
        self,
        root: "StrPath",
        repository: Repository | None,
        shadowed: "tuple[StrPath, ...]" = (),
        source: FileSource | None = None,
    ) -> None:
        self._root = os.fspath(root)
        self._folder = os.path.join(self._root, FOLDER)
        self.repository = repository
        self._shadowed = shadowed
        self.source: FileSource = source or WorkingTree(repository)
        self._parsed: dict[str, tuple[bytes, Document]] = {}
        # Set by those who only read values: then unknown fields of the policy are told, and do not stop it.
        self.tell: Callable[[str], object] | None = None

    @cached_property
    def root(self) -> "Path":
        """The folder that holds `.secrets`."""
        from pathlib import Path

        return Path(self._root)

    @property
    def shadowed(self) -> "tuple[Path, ...]":
        """The `.secrets` folders further up that this one hides."""
        if not self._shadowed:
            return ()
        from pathlib import Path

        return tuple(map(Path, self._shadowed))

    @property
    def folder(self) -> "Path":
        """The `.secrets` folder itself."""
        return self.root / FOLDER

    def git(self) -> Repository:
        """The repository. Raises Error if there is none: sealing needs one to remember which keys it believes."""
        if self.repository is None:
            raise Error(
                f'"{self._root}" is in no Git repository, and sealing needs one to remember which keys it believes',
                "run: git init",
            )
        return self.repository

    def relative(self, path: "StrPath") -> str:
        """A path as Git and findings name it: relative to the repository's top, else to the root."""
        top = self.repository.folder if self.repository else self._root
        return self.source.name(os.fspath(path).removeprefix(top).lstrip("/"))

    def path(self, environment: str) -> "Path":
        """The path of an environment's file, whether or not it exists. Raises Error for a name that no environment can have."""
        from pathlib import Path

        return Path(self.file(environment))

    def file(self, environment: str) -> str:
        """As `path`, a string: reading needs no more, and pathlib takes 3 ms to import."""
        if not parser.is_environment_name(environment):
            raise Error(
                f'"{environment}" cannot be the name of an environment',
                "use lower-case letters, digits, _, . and -, a letter first; not policy, manifest, allow, all or *.local",
            )
        return os.path.join(self._folder, f"{environment}{_SUFFIX}")

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """The environments that have a file, sorted. Raises Error for two that differ only in case."""
        names = [name for name in self.source.names(self._folder) if name.casefold().endswith(_SUFFIX)]
        if len({name.casefold() for name in names}) != len(names):
            folder = self.relative(self._folder)
            raise Error(
                f'two files in "{folder}" differ only in the case of their names',
                f"see them with: git ls-files {FOLDER}",
            )
        stems = (name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))
        return tuple(sorted(filter(parser.is_environment_name, stems)))

    def refresh(self) -> None:
        """Forgets what was read: the policy and the files may have changed while a person edited or thought about a question."""
        for name in ("environments", "policy"):
            self.__dict__.pop(name, None)

    def select(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The environments that names, aliases, comma lists and `all` stand for, each once, in the order given."""
        selected: dict[str, None] = {}
        for name in (part for given in names for part in given.split(",") if part):
            for environment in self.environments if name == "all" else (self.resolve(name),):
                selected[environment] = None
        return tuple(selected)

    def resolve(self, name: str) -> str:
        """The one environment that a name or alias stands for.

        Raises Error, with the nearest name, if there is none, and as `check_listed` does. An alias that is also the name of a
        file is refused: whoever can commit a file could take over the name by which people deploy.
        """
        resolved = self.policy.resolve(name)
        if resolved != name and name in self.environments:
            place = self.relative(self.file(name))
            raise Error(
                f'"{name}" is another name of {resolved}, and there is a file "{place}" too',
                f"take the file out, if it is not meant: git rm {place}; to reach the other one: -e {resolved}",
            )
        if name in self.environments:
            self.check_listed(name)
            return name
        if resolved not in self.environments:
            among = [
                *self.environments,
                *(alias for value in self.policy.environments.values() for alias in value.aliases),
            ]
            hint = parser.nearest(name, among) or "see them with: gitseal env list"
            raise Error(f'there is no environment "{name}"', hint)
        return resolved

    def check_listed(self, environment: str) -> None:
        """Raises Error for an environment that has a file and that the policy does not list: nothing is read from it."""
        if environment not in self.policy.environments:
            raise Error(
                f'"{self.relative(self.file(environment))}" is of an environment that the policy does not list',
                f"if it is meant: gitseal env add {environment}; else look at who brought it: "
                f"git log -- {FOLDER}/{environment}{_SUFFIX}",
            )

    def read(self, environment: str) -> "Document":
        """An environment's document. Raises Error if the file is missing, no regular file, malformed or misnamed."""
        try:
            data = self.source.read(self.file(environment))
        except FileNotFoundError:
            raise Error(
                f'there is no environment "{environment}"', f"make it with: gitseal env add {environment}"
            ) from None
        return self.parse(environment, data)

    def known(self, environment: str, data: bytes) -> "Document | None":
        """The document of these very bytes, if they were parsed already as that environment's file."""
        known = self._parsed.get(environment)
        return known[1] if known is not None and known[0] == data else None

    def parse(self, environment: str, data: bytes) -> "Document":
        """A document from the bytes of an environment's file, errors naming that file."""
        known = self.known(environment, data)
        if known is not None:
            return known
        from gitseal.document import document

        name = self.relative(self.file(environment))
        parsed = _named(name, document.parse, data)
        if parsed.header.environment != environment:
            raise Error(
                f'"{name}" says that it is environment "{parsed.header.environment}"',
                "a file cannot be renamed or copied: its values are bound to its name; use: gitseal env rename, gitseal copy",
            )
        if self.source.is_fixed:
            # `check` asks several times for the same state, of every commit of a range.
            self._parsed[environment] = (data, parsed)
        return parsed

    def fixed(self) -> "Project":
        """The project for whoever changes nothing: every file is read and parsed once, and never again."""
        if not isinstance(self.source, WorkingTree):
            return self
        from gitseal.project.fixed_files import FixedWorkingTree

        other = Project(self._root, self.repository, self._shadowed, FixedWorkingTree(self.source))
        other.tell = self.tell
        # What was set by hand, as `with_policy` does, stays.
        other.__dict__ |= {name: self.__dict__[name] for name in ("policy", "environments") if name in self.__dict__}
        return other

    def with_policy(self, data: bytes) -> "Project":
        """The project as it would be with this policy; nothing is written. Raises Malformed."""
        other = Project(self._root, self.repository, self._shadowed, self.source)
        other.policy = _named(self.relative(self.policy_file), parser.parse, data)
        return other

    @property
    def policy_path(self) -> "Path":
        """The path of policy.yaml, whether or not it exists."""
        return self.folder / _POLICY

    @property
    def policy_file(self) -> str:
        """As `policy_path`, a string."""
        return os.path.join(self._folder, _POLICY)

    @cached_property
    def policy(self) -> Policy:
        """The policy. Raises Error if it is missing or does not hold together."""
        try:
            data = self.source.read(self.policy_file)
        except FileNotFoundError:
            raise Error(
                f'"{self.relative(self.policy_file)}" is missing',
                "copy the whole .secrets folder, or take it out of Git: git checkout -- .secrets/policy.yaml",
            ) from None
        name = self.relative(self.policy_file)
        if self.tell is None:
            return _named(name, _policy, data)
        policy, ignored = _named(name, parser.parse_known, data)
        if ignored:
            fields = ", ".join(f'"{field}"' for field in ignored[:_MOST_NAMED])
            more = f" and {len(ignored) - _MOST_NAMED} more" if len(ignored) > _MOST_NAMED else ""
            self.tell(
                f"{name} has {fields}{more}, which this gitseal does not know: ignored for reading; upgrade gitseal"
            )
        return policy

    @property
    def manifest_path(self) -> "Path":
        """The path of manifest.yaml, whether or not it exists."""
        return self.folder / _MANIFEST

    @cached_property
    def manifest(self) -> "Manifest":
        """The manifest, empty if there is none. Raises Error if it does not hold together."""
        try:
            data = self.source.read(os.path.join(self._folder, _MANIFEST))
        except FileNotFoundError:
            from gitseal.policy.manifest import EMPTY

            return EMPTY
        return _named(self.relative(os.path.join(self._folder, _MANIFEST)), _manifest, data)

    def local_path(self, environment: str) -> "Path":
        """The path of this machine's overrides of an environment, whether or not they exist."""
        from pathlib import Path

        return Path(self._local_file(environment))

    def _local_file(self, environment: str) -> str:
        return f"{self.file(environment).removesuffix(_SUFFIX)}.local{_SUFFIX}"

    def read_local(self, environment: str) -> "Document | None":
        """This machine's overrides of an environment, or None; of the working tree alone, for they are in no commit.

        Raises Error as `read` does, and if Git tracks the file.
        """
        path = self._local_file(environment)
        if not self.source.is_working_tree:
            return None
        try:
            data = self.source.read(path)
        except FileNotFoundError:
            return None
        overrides = f"{environment}.local"
        if overrides in self._parsed:
            return self._parsed[overrides][1]
        name = self.relative(path)
        self._refuse_submodule(path, name)
        if self.source.is_tracked(path):
            raise Error(f'"{name}" is for one machine, and Git tracks it', f"take it out: git rm --cached {name}")
        from gitseal.document import document

        parsed = _named(name, document.parse, data)
        if parsed.header.environment != overrides:
            raise Error(f'"{name}" says that it is environment "{parsed.header.environment}"', f"remove it: rm {name}")
        if self.source.is_fixed:
            self._parsed[overrides] = (data, parsed)
        return parsed

    def _refuse_submodule(self, path: str, name: str) -> None:
        """Raises Error for a file of this machine's in a submodule: whoever commits there made it, not this machine."""
        if self.repository is None:
            return
        from gitseal.git.index import submodule_above  # `get` asks only if there are overrides of this machine

        submodule = submodule_above(self.repository, path)
        if submodule:
            raise Error(
                f'"{name}" is for one machine, and lies in the submodule "{submodule}", which is not this machine\'s',
                f"take it out: rm {name}",
            )


def find(start: "StrPath") -> Project:
    """The project of a folder: the nearest `.secrets` from it upward, as far as the repository's top.

    Raises Error if there is none, or if it is a symlink.
    """
    here = os.fspath(start)
    top = top_of(here)
    marks: list[str] = []
    for folder in upward(here):
        if os.path.isdir(os.path.join(folder, FOLDER)):
            marks.append(folder)
        if folder == top:
            break
    if not marks:
        raise Error(f'there is no .secrets folder in "{here}" or above it', "make one with: gitseal init")
    secrets, *shadowed = (os.path.join(folder, FOLDER) for folder in marks)
    if os.path.islink(secrets):
        raise Error(f'"{secrets}" is a symbolic link, which could point anywhere', "replace it with a folder")
    return Project(marks[0], Repository(top) if top else None, tuple(shadowed))


# Whoever looks at many commits meets the same policy and manifest in most of them.
_SAME = 4
_MOST_NAMED = 3
_policy = lru_cache(_SAME)(parser.parse)


@lru_cache(_SAME)
def _manifest(data: bytes) -> "Manifest":
    from gitseal.policy import manifest_parser  # many projects have none

    return manifest_parser.parse(data)


def _named(name: str, parse: "Callable[[bytes], T]", data: bytes) -> "T":
    try:
        return parse(data)
    except Malformed as error:
        place = f"{name}:{error.line}" if error.line else name
        raise Malformed(error.reason, error.line, error.hint, place=place) from None
    except UnknownVersion as error:
        raise UnknownVersion(error.reason, error.hint, place=name) from None
