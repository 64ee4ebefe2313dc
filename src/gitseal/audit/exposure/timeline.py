"""Every value and every data key that a project's files ever had, by one walk over all refs, and with no key.

Only the top-level names that a commit changed are read, so the work grows with what was changed and not with the size of the
files. Whether a value really changed follows from its tokens: another token under the same data key is another value, or the
same one taken over by a member. One under another data key may hold the same value.
"""

import re
from collections.abc import Container, Iterator, Sequence
from functools import cached_property

from gitseal.audit.exposure.folders import environment_files, folders_of
from gitseal.audit.exposure.past import KeyPast, Moment, Name, PolicyChange, StanzaPast, ValueChange, age_order
from gitseal.audit.history.log import environment_of, person
from gitseal.document import pieces, token_grammar
from gitseal.document.changes import differing
from gitseal.git.log import ChangedFile, LoggedCommit, LogQuery, shallow_ends, with_contents
from gitseal.git.versions import ALL, elsewhere
from gitseal.project.project import FOLDER, Project
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath

_STANZA = re.compile(token_grammar.STANZA)
_HOLDER = 2  # the last parts of a stanza's path: the person, the recipient id
_POLICY = f"{FOLDER}/policy.yaml"
_REGULAR = "100"
# A value that nobody can see: like a plain one, it says nothing of the sealed value that follows it.
_UNKNOWN = "?"


class Timeline:
    """What one walk has collected. `changes` are newest first, by environment and name; `policies` are contents of policy.yaml.

    `policy_changes` are newest first too.
    `folders` are the places where `.secrets` lies or lay. `beside` are copies of it that go on elsewhere, and are not looked at.
    `is_complete` is False with such a copy, and in a shallow clone.
    """

    def __init__(
        self,
        project: Project,
        *,
        only_head: bool = False,
        only_policy: bool = False,
        here: Container[str] | None = None,
    ) -> None:
        """`only_head`: other refs, reflogs and stashes are left out, where anybody who may push can claim anything.

        `only_policy`: so are the environments, for whoever only asks who was there.

        `here` are the ids of the objects that a partial clone has: what it left out is passed over then, and not fetched.

        Raises Error if there is no repository, or if Git cannot show a version that history names.
        """
        repository = project.git()
        self.changes: dict[Name, list[ValueChange]] = {}
        self.keys: dict[str, KeyPast] = {}
        self.policies: dict[bytes, None] = {}
        self.policy_changes: list[PolicyChange] = []
        self.here = here
        self._project = project
        self._texts: dict[str, str] = {}
        self._refs = {} if only_head else {version.commit: version.source for version in elsewhere(repository)}
        starts = ("HEAD",) if repository.commit("HEAD") else ()
        self._moves, portions = folders_of(project, ("HEAD",) if only_head else (*starts, *ALL), here)
        self.folders, self.beside = self._moves.folders, self._moves.beside
        self.is_shallow = bool(shallow_ends(repository))
        self.is_complete = not self.is_shallow and not self.beside
        self._take_files_here()
        query = LogQuery(
            self.folders,
            lambda path: path.endswith(_POLICY) or (not only_policy and bool(environment_of(path))),
            here=here,
        )
        for commit in with_contents(repository, portions, query):
            self._take(commit)

    @cached_property
    def now(self) -> dict[Name, str]:
        """The value that each name has in the files as they are here."""
        values: dict[Name, str] = {}
        for environment, content in self._files.items():
            for path, text in pieces.read(content).scalars.items():
                if path[0] != token_grammar.HEADER:
                    values[environment, path_text(path)] = self._kept(text)
        return values

    def follow_files(self, project: Project) -> None:
        """Takes what was written to the working tree since as changes that are in no commit yet."""
        before, policy, nothing = self._files, self.policy_here, Moment()
        self._project = project
        for name in ("now", "_files", "policy_here"):
            self.__dict__.pop(name, None)
        for name in before | self._files:
            self._take_file(name, (before.get(name),), self._files.get(name), nothing)
        self._take_policy((policy,), self.policy_here, nothing)

    @cached_property
    def policy_here(self) -> bytes:
        """The text of the policy as it is here."""
        try:
            return self._project.source.read(self._project.policy_file)
        except FileNotFoundError:
            _ = self._project.policy  # its error says what is missing, and how to get it back
            raise

    @cached_property
    def _files(self) -> dict[str, bytes]:
        return environment_files(self._project)

    def _take_files_here(self) -> None:
        """What the working tree has and HEAD has not, as a change that is in no commit yet."""
        project, nothing = self._project, Moment()
        if not project.source.is_working_tree:
            return
        files = {name: project.relative(project.file(name)) for name in self._files}
        policy = project.relative(project.policy_file)
        for name, path in files.items():
            self._take_file(name, (self._moves.committed("HEAD", path),), self._files[name], nothing)
        self._take_policy((self._moves.committed("HEAD", policy),), self.policy_here, nothing)

    def _take(self, commit: LoggedCommit) -> None:
        who = person(commit.author, commit.author_email)
        at = Moment(commit.time, commit.id, who, commit.author_email, self._refs.get(commit.id, ""))
        for file in commit.files:
            environment = environment_of(file.path)
            if self.here is not None and _is_missing(file):
                self.is_complete = False
                self._take_lone(environment, file.after, at)
                continue
            before = self._moves.before(commit, file) if self.here is None else file.before
            if before is None:
                continue
            if environment:
                self._take_file(environment, before, file.after, at)
            else:
                self._take_policy(before, file.after, at)

    def _take_policy(self, before: tuple[bytes | None, ...], after: bytes | None, at: Moment) -> None:
        if after not in before:
            self.policy_changes.append(PolicyChange(before, after, at))
        if after is not None:
            self.policies[after] = None

    def _take_file(self, environment: str, before: Sequence[bytes | None], after: bytes | None, at: Moment) -> None:
        if after in before:
            return
        pieces_ = [differing(parent or b"", after or b"")[1:] for parent in before or (None,)]
        if len(pieces_) == 1:
            # Nearly every commit sets one value.
            old, new = map(pieces.one_token, pieces_[0])
            if old and new and old[0] == new[0]:
                self._add(environment, old[0], old[1], new[1], at)
                return
        self._take_pieces(environment, pieces_, at)

    def _take_pieces(self, environment: str, differing_: Sequence[tuple[bytes, bytes]], at: Moment) -> None:
        """What differs from each parent: the parent's piece of the file, and the commit's own."""
        first, *others = ((pieces.read(old).scalars, pieces.read(new).scalars) for old, new in differing_)
        old, new = first
        for path in sorted({*old, *new}):
            if path[0] == token_grammar.HEADER:
                continue
            # A merge changed what differs from every parent: the rest is a parent's, and told there.
            if old.get(path) != new.get(path) and all(one.get(path) != other.get(path) for one, other in others):
                self._add(environment, path_text(path), old.get(path, ""), new.get(path, ""), at)
        self._take_stanzas(new, at)

    def _take_lone(self, environment: str, content: bytes | None, at: Moment) -> None:
        """Takes a version of which nobody knows what was there before: it shows values and stanzas, and no change of a value."""
        if content is None:
            return
        if not environment:
            self.policies[content] = None
            return
        scalars = pieces.read(content).scalars
        for path, text in scalars.items():
            if path[0] != token_grammar.HEADER:
                self._add(environment, path_text(path), _UNKNOWN, text, at)
        self._take_stanzas(scalars, at)

    def _take_stanzas(self, scalars: dict[NamePath, str], at: Moment) -> None:
        for key_id, person_and_id, text, scope in _stanzas(scalars):
            key = self.keys.setdefault(key_id, KeyPast(*scope, {}))
            known = key.stanzas.get(person_and_id)
            if known is None or age_order(at) < age_order(known.at):
                key.stanzas[person_and_id] = StanzaPast(text, at)

    def _add(self, environment: str, name: str, before: str, after: str, at: Moment) -> None:
        change = ValueChange(self._kept(before), self._kept(after), at)
        self.changes.setdefault((environment, name), []).append(change)

    def _kept(self, text: str) -> str:
        """One copy of each: the older side of a commit is mostly the newer side of the next."""
        return self._texts.setdefault(text, text)


def _is_missing(file: ChangedFile) -> bool:
    """True if a side of a change is a file whose content is not here."""
    sides = zip(file.modes, (*file.before, file.after), strict=True)
    return any(mode.startswith(_REGULAR) and content is None for mode, content in sides)


def _stanzas(scalars: dict[NamePath, str]) -> Iterator[tuple[str, tuple[str, str], str, tuple[str, str, str]]]:
    """Key id, holder, text and scope of each stanza. One that stands where no sound file has it was published as well."""
    file_id = scalars.get((token_grammar.HEADER, "id"), "")
    environment = scalars.get((token_grammar.HEADER, "environment"), "")
    for path, text in scalars.items():
        if "STANZA[" in text and len(path) > _HOLDER:
            access = path[2] if path[:2] == (token_grammar.HEADER, "access") else ""
            for stanza in _STANZA.finditer(text):
                yield stanza[1], (path[-2], path[-1]), stanza[0], (file_id, environment, access)
