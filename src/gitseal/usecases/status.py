"""`status`: what changed since the last recorded deploy, and where files and policy have drifted apart. Needs no identity."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitseal.audit.check.check import check_each
from gitseal.audit.due.surely_overdue import surely_overdue
from gitseal.document.changes import EntryChange, changes
from gitseal.errors import Error
from gitseal.project.deploys import last_deploys
from gitseal.project.project import Project
from gitseal.report.findings import Finding

if TYPE_CHECKING:  # only --published needs them
    from gitseal.delivery.publishing.looking import PublishedTarget
    from gitseal.delivery.publishing.publication import Publication
    from gitseal.policy.target import PublishTarget
    from gitseal.project.workspace import Workspace
    from gitseal.stores.protocol import Outside


class Staged(NamedTuple):
    """One change that the next deploy brings; `environment` is the one whose file it is, which may be one that is extended.

    `is_committed`: HEAD has it.
    """

    environment: str
    change: EntryChange
    is_committed: bool


class Drift(NamedTuple):
    """Findings of `check` of one rule, with the words of the first of them and what mends it."""

    rule: str
    found: int
    hint: str
    message: str


class Status(NamedTuple):
    """One environment. `deployed` is the commit of its last recorded deploy, None if none is recorded here.

    `overdue` are the names that are surely past their interval; `due` knows of more.
    """

    environment: str
    deployed: str | None
    staged: tuple[Staged, ...]
    drift: tuple[Drift, ...]
    overdue: tuple[str, ...] = ()


def published(workspace: "Workspace", outside: "Outside", environments: Sequence[str]) -> "Iterator[PublishedTarget]":
    """How the targets of these environments stand, by the tips of their branches. Stores are read, and nothing is written.

    A target that cannot be told of has its error. Raises Error if no branch's policy is believed, or it publishes nothing.
    """
    from gitseal.delivery.publishing import publication, source
    from gitseal.delivery.publishing.looking import look
    from gitseal.delivery.publishing.planning import PublishRules

    for target in source.targets(workspace.project, ()):
        for environment in (one for one in target.environments if one in environments):

            def ask(target: "PublishTarget" = target, environment: str = environment) -> "Publication":
                _check_accepted(workspace.project, target, outside)
                origin = source.at_tip(workspace.project, target)
                rules = PublishRules()
                (told,) = publication.publications(origin, workspace.keyring, outside, rules, (environment,))
                return told

            yield look(target.name, environment, ask)


def _check_accepted(project: Project, target: "PublishTarget", outside: "Outside") -> None:
    """Raises Error for a target whose program this clone never started."""
    from gitseal.delivery.publishing import accepted

    question = accepted.question(project, target, outside, (), writes=False)
    if question is not None:
        accept = f"if that is right: gitseal publish {target.name} --accept-target {target.name}"
        raise Error(question.meaning, accept)


def status(project: Project, environments: Sequence[str], now: int) -> list[Status]:
    """The status of each environment, in the order given; `now` in seconds since 1970. Raises Error if there is no repository."""
    project = project.fixed()
    deploys = last_deploys(project)
    head = project.git().commit("HEAD")
    chains = {environment: project.policy.chain(environment) for environment in environments if environment in deploys}
    committed = _files(project, dict.fromkeys(chains, head), chains)
    deployed = _files(project, deploys, chains)
    overdue = surely_overdue(project, environments, now)
    statuses = []
    for environment, findings in zip(environments, check_each(project, environments), strict=True):
        staged = tuple(
            change
            for name in chains.get(environment, ())
            for change in _staged(project, name, deployed[environment, name], committed[environment, name])
        )
        past = overdue.get(environment, ())
        statuses.append(Status(environment, deploys.get(environment), staged, _drift(findings), past))
    return statuses


def _files(
    project: Project, commits: Mapping[str, str | None], chains: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], bytes | None]:
    """By environment and file the file's bytes in that environment's commit. Git is asked once for each commit."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    contents: dict[tuple[str, str], bytes | None] = {}
    for environment, chain in chains.items():
        commit = commits[environment]
        for name in chain:
            contents[environment, name] = None
            if commit is not None:
                wanted.setdefault(commit, []).append((environment, name))
    for commit, places in wanted.items():
        paths = {name: project.relative(project.file(name)) for _environment, name in places}
        files = project.git().files(commit, list(paths.values()))
        contents |= {(environment, name): files[paths[name]] for environment, name in places}
    return contents


def _staged(project: Project, name: str, deployed: bytes | None, committed: bytes | None) -> Iterator[Staged]:
    """The differences between the deployed commit and the working tree in one file that the environment is made of."""
    try:
        now = project.source.read(project.file(name))
    except FileNotFoundError:
        if unseen := project.unseen(project.file(name)):
            raise unseen from None
        now = None
    open_changes = {(change.action, change.name, change.access) for change in changes(committed, now)}
    for change in changes(deployed, now):
        yield Staged(name, change, (change.action, change.name, change.access) not in open_changes)


def _drift(findings: Sequence[Finding]) -> tuple[Drift, ...]:
    counts = Counter(finding.rule for finding in findings)
    first = {finding.rule: finding for finding in reversed(findings)}
    return tuple(Drift(rule, count, first[rule].hint, first[rule].message) for rule, count in counts.items())
