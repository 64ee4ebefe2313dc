"""`Project`: the `.secrets` folder in force, and what is read from it."""

import os
from functools import cached_property

from gitseal.errors import Error, shell_quoted
from gitseal.git.repository import Repository
from gitseal.policy import parser
from gitseal.policy.policy import Policy
from gitseal.project import parsing
from gitseal.project.source import FileSource, WorkingTree

TYPE_CHECKING = False
if TYPE_CHECKING:  # with a document comes all that opens values, which a hook mostly need not
    from collections.abc import Callable
    from pathlib import Path

    from gitseal.document.document import Document
    from gitseal.policy.manifest import Manifest

    StrPath = str | os.PathLike[str]

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
        self.explain: Callable[[Project, StrPath], Error | None] | None = None
        # Whether this machine's overrides count. They are in no commit, so only the working tree has them.
        self.takes_overrides = self.source.is_working_tree

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

    def check_working_tree(self) -> None:
        """Raises Error in a bare repository: what is read there is a commit's, and there are no files to change."""
        if not self.source.is_working_tree:
            folder = self.git().folder
            raise Error(
                f'"{folder}" is a bare repository, which has no files to work on',
                f"clone it: git clone {shell_quoted(folder)}",
            )

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
                "see them with: git ls-files .secrets",
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
                f"to reach the other one: -e {resolved}; to see who brought the file: git log -- {shell_quoted(place)}",
            )
        if name in self.environments:
            self.check_listed(name)
            return name
        if resolved not in self.environments:
            aliases = (alias for value in self.policy.environments.values() for alias in value.aliases)
            among = [*self.environments, *aliases]
            hint = parser.nearest(name, among) or "see them with: gitseal env list"
            none = Error(f'there is no environment "{name}"', hint)
            raise self.absent(self.file(resolved), none) if parser.is_environment_name(resolved) else none
        return resolved

    def check_listed(self, environment: str) -> None:
        """Raises Error for an environment that has a file and that the policy does not list: nothing is read from it."""
        if environment not in self.policy.environments:
            raise Error(
                f'"{self.relative(self.file(environment))}" is of an environment that the policy does not list',
                f"if it is meant: gitseal env add {environment}; else look at who brought it: "
                f"git log -- .secrets/{environment}.yaml",
            )

    def read(self, environment: str) -> "Document":
        """An environment's document. Raises Error if the file is missing, no regular file, malformed or misnamed."""
        try:
            data = self.source.read(self.file(environment))
        except FileNotFoundError:
            none = Error(f'there is no environment "{environment}"', f"make it with: gitseal env add {environment}")
            raise self.absent(self.file(environment), none) from None
        return self.parse(environment, data)

    def unseen(self, path: "StrPath") -> Error | None:
        """Why a file is not there though the repository has it, by who found the project; None if it has none either."""
        return self.explain(self, path) if self.explain is not None else None

    def absent(self, path: "StrPath", otherwise: Error) -> Error:
        """The error for a file that is not there: if the repository has it, how to get it, else another."""
        return self.unseen(path) or otherwise

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
        parsed = parsing.named(name, document.parse, data)
        if parsed.header.environment != environment:
            raise Error(
                f'"{name}" says that it is environment "{parsed.header.environment}"',
                "a file cannot be renamed or copied, since its values are bound to its name; gitseal copy can",
            )
        self.keep(environment, data, parsed)
        return parsed

    def keep(self, environment: str, data: bytes, parsed: "Document") -> None:
        """Keeps what `known` gives: most commands ask several times for the same."""
        self._parsed[environment] = (data, parsed)

    def keep_in(self, parsed: "dict[str, tuple[bytes, Document]]") -> None:
        """Keeps it there, for a process that finds the project many times."""
        self._parsed = parsed

    def fixed(self) -> "Project":
        """The project for whoever changes nothing: every file is read and parsed once, and never again."""
        if not isinstance(self.source, WorkingTree):
            return self
        from gitseal.project.fixed_files import FixedWorkingTree

        return self._varied(source=FixedWorkingTree(self.source))

    def shared(self) -> "Project":
        """The project as everybody has it, without this machine's overrides."""
        return self._varied(takes_overrides=False) if self.takes_overrides else self

    def with_policy(self, data: bytes) -> "Project":
        """The project as it would be with this policy; nothing is written. Raises Malformed."""
        return self._varied(policy=parsing.policy(self.relative(self.policy_file), data, None))

    def without_manifest(self) -> "Project":
        """The project as if nothing was declared."""
        from gitseal.policy.manifest import EMPTY

        return self._varied(manifest=EMPTY)

    def governed_by(self, other: "Project") -> "Project":
        """The project with the policy and the manifest of another state. Raises Error if these are not to be had."""
        return self._varied(policy=other.policy, manifest=other.manifest)

    def _varied(self, **attributes: object) -> "Project":
        """A copy with other attributes. What was read already is not read again."""
        # By hand: the module copy takes longer to import than `list` has.
        other = object.__new__(type(self))
        other.__dict__ |= self.__dict__ | attributes
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
            words = f'"{self.relative(self.policy_file)}" is missing'
            none = Error(words, "copy the whole .secrets folder, with the policy that its files are made by")
            raise self.absent(self.policy_file, none) from None
        return parsing.policy(self.relative(self.policy_file), data, self.tell)

    @property
    def manifest_path(self) -> "Path":
        """The path of manifest.yaml, whether or not it exists."""
        return self.folder / _MANIFEST

    @cached_property
    def manifest(self) -> "Manifest":
        """The manifest, empty if there is none. Raises Error if it does not hold together."""
        file = os.path.join(self._folder, _MANIFEST)
        try:
            data = self.source.read(file)
        except FileNotFoundError:
            if unseen := self.unseen(file):
                raise unseen from None
            from gitseal.policy.manifest import EMPTY

            return EMPTY
        return parsing.manifest(self.relative(file), data, self.tell)
