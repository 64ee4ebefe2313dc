"""Which commit may be published, by which policy: nothing that only a branch says decides where secrets go.

The trusted ref's policy names the targets and the branch of each (`from`). That branch's policy and manifest rule, as the
remote has them, and the commit that is checked out has to be in it.
"""

from collections.abc import Sequence
from functools import partial

from gitseal.delivery.publishing.live_mark import PublishPast
from gitseal.errors import Error, shell_quoted
from gitseal.git import ranges, refs
from gitseal.git.repository import LITERAL, Repository
from gitseal.git.trusted_ref import as_fetched, short, trusted_ref, way_to_one
from gitseal.policy.target import PublishTarget
from gitseal.project.project import FOLDER, Project
from gitseal.project.states import at_commit
from gitseal.records import NamedTuple

_SHORT = 12


class Source(NamedTuple):
    """One target's values in one commit: `project` is the commit's files by the policy and manifest of `ref`."""

    project: Project
    target: PublishTarget
    commit: str
    ref: str

    @property
    def repository(self) -> Repository:
        """The repository of the project."""
        return self.project.git()


class Believed(NamedTuple):
    """The ref whose policy says which targets there are, and its state of the project."""

    ref: str
    project: Project


def believed(project: Project) -> Believed:
    """The trusted ref's state of the project. Raises Error if nothing is trusted here, or it is not here."""
    repository = project.git()
    ref = trusted_ref(repository)
    if not ref:
        raise Error("nothing says here which branch's policy is believed", f"run: {way_to_one(repository)}")
    return Believed(ref, at_commit(repository, project.root, _tip(repository, ref)))


def targets(project: Project, names: tuple[str, ...]) -> list[PublishTarget]:
    """The targets of these names, all without any, as the trusted ref's policy has them. Raises Error for one it lacks."""
    ref, there = believed(project)
    known = {target.name: target for target in there.policy.publish}
    if not known:
        raise Error(
            f"the policy of {short(ref)} publishes nothing", "add publish: to .secrets/policy.yaml, and merge it"
        )
    for name in names:
        if name not in known:
            here = name in {target.name for target in project.policy.publish}
            hint = f"merge it into {short(ref)} first" if here else f"the targets: {', '.join(known)}"
            raise Error(f'the policy of {short(ref)} has no target "{name}"', hint)
    return [known[name] for name in dict.fromkeys(names or known)]


def source(project: Project, target: PublishTarget) -> Source:
    """What a target publishes now: the checked-out commit by the policy of the target's branch.

    Raises Error if something in `.secrets` is not committed, if the branch does not have the commit, or if the branch's own
    policy has the target otherwise than the trusted ref's.
    """
    repository = project.git()
    commit = refs.head(repository).commit
    if commit is None:
        raise Error("there is no commit yet", "commit .secrets first")
    _check_clean(project, repository)
    ref = _branch(repository, target)
    tip = _tip(repository, ref)
    if not ranges.descends(repository, tip, commit):
        raise Error(
            f"{short(ref)} does not have commit {commit[:_SHORT]}, so it is not published by {target.name}",
            f"merge it there first; to see what is missing: git log --oneline {shell_quoted(short(ref))}..HEAD",
        )
    return _governed(project, target, commit, ref, tip)


def at_tip(project: Project, target: PublishTarget) -> Source:
    """What a target would publish if the tip of its branch were checked out. Raises Error as `source` does for the branch."""
    repository = project.git()
    ref = _branch(repository, target)
    tip = _tip(repository, ref)
    return _governed(project, target, tip, ref, tip)


def _branch(repository: Repository, target: PublishTarget) -> str:
    return as_fetched(repository, target.source) if target.source else trusted_ref(repository)


def _governed(project: Project, target: PublishTarget, commit: str, ref: str, tip: str) -> Source:
    """A commit by the policy and manifest of its branch's tip."""
    repository = project.git()
    ruling = at_commit(repository, project.root, tip)
    own = next((other for other in ruling.policy.publish if other.name == target.name), None)
    if own != target:
        # Whoever may push that branch and not the trusted one would else send values elsewhere.
        raise Error(
            f'the policy of {short(ref)} has "{target.name}" otherwise than that of {short(trusted_ref(repository))}',
            "make the two the same: merge the one into the other",
        )
    files = at_commit(repository, project.root, commit).governed_by(ruling).shared()
    return Source(files, target, commit, ref)


def check_ancestors(source: Source, commits: list[str]) -> None:
    """Raises Error if something that is there was published from a commit that this one does not have in its history."""
    repository = source.repository
    missing = next((commit for commit in commits if repository.commit(commit) != commit), None)
    if missing is not None:
        unsure = f"which is not here, so nobody can tell whether it is before {source.commit[:_SHORT]}"
        raise Error(
            f"{_has_values(source, missing)}, {unsure}",
            f"fetch it: {way_to_all(repository)}",
        )
    for commit in ranges.outside(repository, source.commit, commits):
        raise Error(
            f"{_has_values(source, commit)}, which is no ancestor of {source.commit[:_SHORT]}",
            "to go back on purpose, give --rollback",
        )


def _has_values(source: Source, commit: str) -> str:
    return f"{source.target.name} has values of commit {commit[:_SHORT]}"


def way_to_all(repository: Repository) -> str:
    """The command that fetches a commit which this clone lacks."""
    return "git fetch --unshallow" if repository.is_shallow() else "git fetch"


def newest(source: Source, commits: Sequence[str]) -> str:
    """The commit among these that no other one comes after; the first if several are, empty without any."""
    here = [commit for commit in commits if source.repository.commit(commit) is not None]
    answer = source.repository.git("merge-base", "--independent", *here) if here else None
    return next(iter((answer or b"").decode().split()), next(iter(commits), ""))


def past(source: Source, environment: str) -> PublishPast:
    """What the history of a source says about earlier publications of an environment."""
    repository, project = source.repository, source.project
    chain = [project.path(name) for name in project.policy.chain(environment)]
    paths = [project.relative(path) for path in (*chain, project.policy_path, project.manifest_path)]

    def outside(commits: Sequence[str]) -> list[str]:
        missing = [commit for commit in commits if repository.commit(commit) != commit]
        return [*missing, *ranges.outside(repository, source.commit, commits)]

    def is_same_since(commit: str) -> bool:
        return ranges.is_same_along(repository, commit, source.commit, paths)

    return PublishPast(outside, partial(newest, source), is_same_since)


def behind(source: Source, commit: str) -> int | None:
    """How many commits after that one are in the history of what would be published; None if it is not in that history."""
    if source.repository.commit(commit) is None or not ranges.descends(source.repository, source.commit, commit):
        return None
    answer = source.repository.git("rev-list", "--count", f"{commit}..{source.commit}")
    return int(answer) if answer is not None else None


def _tip(repository: Repository, ref: str) -> str:
    there = refs.exact(repository, [ref]).get(ref)
    commit = repository.commit(there) if there else None
    if commit is None:
        way = _way_to(ref) if ref.startswith(refs.REMOTES) else "commit .secrets on that branch first"
        raise Error(f'"{ref}" is not here, and its policy says what is published', way)
    return commit


def _way_to(ref: str) -> str:
    """The command that fetches a remote's branch, also in a clone of one branch alone."""
    remote, _, branch = ref.removeprefix(refs.REMOTES).partition("/")
    return f"fetch it: git fetch {shell_quoted(remote)} {shell_quoted(f'{branch}:{ref}')}"


def _check_clean(project: Project, repository: Repository) -> None:
    if not project.source.is_working_tree:
        return
    folder = project.relative(project.folder)
    answer = repository.git(LITERAL, "status", "--porcelain", "-z", "--untracked-files=all", "--", folder)
    if answer is None or answer:
        place = folder if answer is not None else FOLDER
        raise Error(
            f'"{place}" has changes that are not committed, so no commit is what would go out',
            f"see them with: git status {shell_quoted(place)}",
        )
