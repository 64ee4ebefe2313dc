"""`status`: what changed since the last recorded deploy, and where files and policy have drifted apart. Needs no identity."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from gitseal.audit.check.check import check
from gitseal.document.changes import EntryChange, changes
from gitseal.project.deploys import last_deploys
from gitseal.project.project import Project


class Staged(NamedTuple):
    """One change that the next deploy brings; `environment` is the one whose file it is, which may be one that is extended.

    `is_committed`: HEAD has it.
    """

    environment: str
    change: EntryChange
    is_committed: bool


class Drift(NamedTuple):
    """Findings of `check` of one rule, with the command that mends the first of them."""

    rule: str
    found: int
    hint: str


class Status(NamedTuple):
    """One environment. `deployed` is the commit of its last recorded deploy, None if none is recorded here."""

    environment: str
    deployed: str | None
    staged: tuple[Staged, ...]
    drift: tuple[Drift, ...]


def status(project: Project, environments: Sequence[str]) -> list[Status]:
    """The status of each environment, in the order given. Raises Error if there is no repository."""
    project = project.fixed()
    deploys = last_deploys(project)
    head = project.git().commit("HEAD")
    statuses = []
    for environment in environments:
        deployed = deploys.get(environment)
        staged = _staged(project, environment, deployed, head) if deployed else ()
        statuses.append(Status(environment, deployed, staged, _drift(project, environment)))
    return statuses


def _staged(project: Project, environment: str, deployed: str, head: str | None) -> tuple[Staged, ...]:
    """The differences between the deployed commit and the working tree, in all files that the environment is made of."""
    staged = []
    for name in project.policy.chain(environment):
        path = project.file(name)
        relative = project.relative(path)
        try:
            now = project.source.read(path)
        except FileNotFoundError:
            now = None
        committed = project.git().file(head, relative) if head else None
        open_changes = {(change.action, change.name, change.access) for change in changes(committed, now)}
        for change in changes(project.git().file(deployed, relative), now):
            is_committed = (change.action, change.name, change.access) not in open_changes
            staged.append(Staged(name, change, is_committed))
    return tuple(staged)


def _drift(project: Project, environment: str) -> tuple[Drift, ...]:
    findings = check(project, (environment,))
    counts = Counter(finding.rule for finding in findings)
    hints = {finding.rule: finding.hint for finding in reversed(findings)}
    return tuple(Drift(rule, count, hints[rule]) for rule, count in counts.items())
