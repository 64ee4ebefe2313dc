"""`log`: who set, changed and removed which name, and who gained or lost access, from Git's history. Needs no identity."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from gitseal.audit.history.signed import Signed, glance, verdict
from gitseal.document.changes import Action, EntryChange, changes_of_merge, groups_of
from gitseal.errors import Error, UsageError
from gitseal.git.log import ChangedFile, LoggedCommit, LogQuery, moment, shallow_ends
from gitseal.git.renames import follow
from gitseal.policy.parser import is_environment_name
from gitseal.policy.patterns import matches
from gitseal.project.names import parse_name
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import is_in_secrets
from gitseal.yamltext.tree import NamePath

TYPE_CHECKING = False
if TYPE_CHECKING:  # loaded only if signatures are checked
    from gitseal.policy.policy import Policy

POLICY = "policy"
_ACCESS = frozenset({Action.GRANTED, Action.REVOKED, Action.REKEYED})


class Event(NamedTuple):
    """One thing that one commit did. `when` is in seconds since 1970, as the commit claims, like all that it says of people.

    `action` is that of a change, or POLICY; `name` the secret's, or the person or machine that gained or lost access, or
    empty; `access` the access group. `who` wrote the change; `committer` made the commit, and is the one who signs it.
    """

    commit: str
    when: int
    who: str
    committer: str
    action: str
    environment: str
    name: str
    access: str
    signed: Signed


class Log(NamedTuple):
    """Events as they are found, newest first. `ends_at` are the commits where a shallow clone's history ends.

    What these commits hold came before them: they make no events.
    """

    events: Iterator[Event]
    ends_at: tuple[str, ...]


class Signatures(Enum):
    """The treatment of signatures."""

    NONE = "none"
    GLANCE = "glance"
    CHECK = "check"


class Selection(NamedTuple):
    """A choice of events: of these environments (empty: all), of names that this one, section or pattern stands for (empty: all).

    With a name also the access to its access group. `since` is a date as Git takes it, or empty. `signatures`: none are looked
    at, or only whether there is one, or each is checked.
    """

    environments: Sequence[str] = ()
    name: str = ""
    since: str = ""
    signatures: Signatures = Signatures.NONE


def log(project: Project, selection: Selection) -> Log:
    """The events of the project's history up to HEAD. Raises Error if there is no Git, and UsageError for no date."""
    repository = project.repository
    if repository is None:
        raise Error(f'"{project.root}" is in no Git repository, so it has no history', "run: git init")
    since = None
    if selection.since:
        since = moment(repository, selection.since)
        if since is None:
            raise UsageError("--since takes a date", 'such as 2026-01-31, "2 weeks ago" or yesterday')
    ends_at = shallow_ends(repository)
    return Log(_events(project, selection, since, frozenset(ends_at)), ends_at)


def past_and_present(project: Project, names: Sequence[str]) -> tuple[str, ...]:
    """Environments by name or alias, also those that are no more. Raises Error for a name that none can have."""
    environments: dict[str, None] = {}
    for name in (part for given in names for part in given.split(",") if part):
        try:
            environments.update(dict.fromkeys(project.select((name,))))
        except Error:
            if not is_environment_name(name):
                raise
            environments[name] = None
    return tuple(environments)


def _events(project: Project, selection: Selection, since: int | None, ends_at: frozenset[str]) -> Iterator[Event]:
    paths: tuple[str, ...] = (project.relative(project.folder),)
    if selection.environments:
        paths = tuple(project.relative(project.file(name)) for name in selection.environments)
        paths += () if selection.name else (project.relative(project.policy_path),)
    wanted = LogQuery(
        paths, lambda path: bool(environment_of(path)), raw=selection.signatures is not Signatures.NONE, since=since
    )
    choose = _chooser(selection.name)
    with ExitStack() as stack:
        check = (
            _checking(project, stack) if selection.signatures is Signatures.CHECK else lambda commit: glance(commit.raw)
        )
        for commit in follow(project.git(), wanted, is_in_secrets):
            events = [] if commit.id in ends_at else list(_of_commit(commit, choose))
            # What shows nothing need not be signed: a signature is looked at for the events alone.
            signed = check(commit) if events else None
            for environment, action, change in events:
                if signed is not None and (not selection.name or action != POLICY):
                    yield _event(commit, environment, action, change, signed)


def _event(commit: LoggedCommit, environment: str, action: str, change: EntryChange | None, signed: Signed) -> Event:
    who = person(commit.author, commit.author_email)
    committer = person(commit.committer, commit.committer_email)
    name, access = (change.name, change.access) if change else ("", "")
    return Event(commit.id, commit.time, who, committer, action, environment, name, access, signed)


def person(name: str, email: str) -> str:
    """A person as a commit names them."""
    return f"{name} <{email}>" if email else name


@lru_cache(1024)
def environment_of(path: str) -> str:
    """The environment whose file is at a path, or nothing."""
    *folders, name = path.split("/")
    stem = name.removesuffix(".yaml")
    return stem if stem != name and folders[-1:] == [FOLDER] and is_environment_name(stem) else ""


def changes_of(file: ChangedFile) -> tuple[EntryChange, ...]:
    """The changes of a commit to an environment file: a link or a submodule in its place is no sound file."""
    changed = changes_of_merge(file.before, file.after)
    return (*changed, EntryChange(Action.MALFORMED, "")) if file.is_other else changed


_Chooser = Callable[[EntryChange, ChangedFile], bool]


def _of_commit(commit: LoggedCommit, choose: _Chooser) -> Iterator[tuple[str, str, EntryChange | None]]:
    for file in commit.files:
        environment = environment_of(file.path)
        if environment:
            for change in changes_of(file):
                if choose(change, file):
                    yield environment, change.action.value, change
        elif file.path.endswith(f"{FOLDER}/{POLICY}.yaml"):
            yield "", POLICY, None


def _chooser(name: str) -> _Chooser:
    """The changes that are about what the user named."""
    if not name:
        return lambda _change, _file: True
    own = parse_name(name)

    def is_meant(path: NamePath) -> bool:
        return path[: len(own)] == own or matches(name, path)

    def choose(change: EntryChange, file: ChangedFile) -> bool:
        if change.action in _ACCESS:
            sides = (*file.before, file.after)
            return any(change.access in groups_of(side, is_meant) for side in sides if side is not None)
        return not change.name or is_meant(tuple(change.name.split("/")))

    return choose


def _checking(project: Project, stack: ExitStack) -> Callable[[LoggedCommit], Signed]:
    """Checks signatures against the keys of the trusted policy, for as long as the stack is open."""
    from gitseal.git.commits import parse_commit
    from gitseal.git.signatures import checking
    from gitseal.policy.signing import signers

    policy = _trusted_policy(project)
    check = stack.enter_context(checking(signers(policy)))

    def checked(commit: LoggedCommit) -> Signed:
        return verdict(policy, parse_commit(commit.id, commit.raw), check)

    return checked


def _trusted_policy(project: Project) -> "Policy":
    """The policy of the trusted ref, which says whose key is whose; without one that of the working tree."""
    from gitseal.git import refs
    from gitseal.git.trusted_ref import trusted_ref
    from gitseal.project.states import at_commit

    repository = project.git()
    trusted = trusted_ref(repository)
    commit = refs.commit(repository, trusted) if trusted else None
    try:
        return at_commit(repository, project.root, commit).policy if commit else project.policy
    except Error:
        return project.policy
