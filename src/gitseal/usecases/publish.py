"""`publish`: the values of a commit brought to the stores that the policy names for them."""

from collections.abc import Sequence

from gitseal.delivery.publishing import accepted, planning, source
from gitseal.delivery.publishing.planning import PublishRules
from gitseal.delivery.publishing.publication import Publication, publications
from gitseal.delivery.publishing.source import Source
from gitseal.errors import Error, Unconfirmed, UsageError
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.stores.protocol import Outside


class Wishes(NamedTuple):
    """How somebody publishes: `writes` is False for whoever only looks, `goes_back` allows an older commit.

    `accepts` are the targets that they said yes to beforehand.
    """

    names: tuple[str, ...]
    rules: PublishRules
    writes: bool
    goes_back: bool = False
    accepts: tuple[str, ...] = ()


def sources(project: Project, names: tuple[str, ...]) -> list[Source]:
    """What the targets publish now. Raises Error if one of them may not be published from here."""
    return [source.source(project, target) for target in source.targets(project, names)]


def confirm(workspace: Workspace, found: Sequence[Source], outside: Outside, *, writes: bool) -> None:
    """Raises Unconfirmed for targets that are new to this clone, or on another server than last time, and not accepted.

    To look only starts no program of theirs.
    """
    repository, names = workspace.project.git(), workspace.accepted
    questions = [accepted.question(repository, one.target, outside, names, writes=writes) for one in found]
    asked = tuple(question for question in questions if question is not None)
    if asked:
        raise Unconfirmed(asked)


def remember(project: Project, prepared: Sequence[Publication], outside: Outside) -> None:
    """Remembers the targets of publications, which somebody accepted: their servers were reached, and may be written to."""
    for target in {one.source.target.name: one.source.target for one in prepared}.values():
        accepted.remember(project.git(), target, outside)


def _check_accepts(found: Sequence[Source], accepts: Sequence[str]) -> None:
    """Raises UsageError for a target that somebody accepts, and that this run is not about."""
    known = [one.target.name for one in found]
    for name in accepts:
        if name not in known:
            raise UsageError(f'--accept-target names "{name}", which is no target of this run', _listed(known))


def _listed(names: Sequence[str]) -> str:
    return f"the targets of this run: {', '.join(names)}"


def prepare(workspace: Workspace, outside: Outside, wishes: Wishes) -> list[Publication]:
    """Everything that is to be done, in the order of the targets; nothing was written.

    Raises Error, before anything is written anywhere, for what a store cannot carry, for a place that another publisher uses,
    for values there that we did not put there, and for a commit that is no descendant of what is live.
    """
    found = sources(workspace.project, wishes.names)
    _check_accepts(found, wishes.accepts)
    confirm(workspace, found, outside, writes=wishes.writes)
    prepared = [
        publication for one in found for publication in publications(one, workspace.keyring, outside, wishes.rules)
    ]
    if wishes.writes:
        for publication in prepared:
            _check(publication, goes_back=wishes.goes_back)
    return prepared


def _check(publication: Publication, *, goes_back: bool) -> None:
    refused = publication.plan.refused
    if refused:
        told = "; ".join(f"{name} {reason}" for name, reason in refused)
        what = f'{publication.source.target.name} is not published to "{publication.place}"'
        raise Error(f"{what}: {told}", _way_on(publication))
    if not goes_back:
        ours = planning.of_ours(publication.plan.steps)
        source.check_ancestors(publication.source, planning.live_commits(ours))


def _way_on(publication: Publication) -> str:
    if publication.plan.is_foreign:
        return "give this target a place of its own, or take away there what nobody publishes any more"
    record = publication.record
    if record is not None and not record.names:
        # What another clone put there is known by its record alone.
        return (
            f"fetch what others recorded: git fetch origin +{record.ref}:{record.ref}; or to take these over: --adopt"
        )
    return "to take these over: --adopt"
