"""`publish`: the values of a commit brought to the stores that the policy names for them."""

from collections.abc import Sequence

from gitseal.delivery.publishing import accepted, planning, source
from gitseal.delivery.publishing.planning import PublishRules
from gitseal.delivery.publishing.publication import Publication, publications
from gitseal.delivery.publishing.source import Source
from gitseal.errors import Error, Question, Unconfirmed
from gitseal.policy.target import PublishTarget
from gitseal.project.project import Project
from gitseal.project.workspace import Workspace
from gitseal.records import NamedTuple
from gitseal.stores import table
from gitseal.stores.protocol import Outside, Whereabouts


class Wishes(NamedTuple):
    """How somebody publishes: `writes` is False for whoever only looks, `goes_back` allows an older commit."""

    names: tuple[str, ...]
    rules: PublishRules
    writes: bool
    goes_back: bool = False


def sources(project: Project, names: tuple[str, ...]) -> list[Source]:
    """What the targets publish now. Raises Error if one of them may not be published from here."""
    return [source.source(project, target) for target in source.targets(project, names)]


def confirm(workspace: Workspace, found: Sequence[Source], outside: Outside, *, writes: bool) -> None:
    """Raises Unconfirmed for targets that are new to this clone, or on another server than last time, and not accepted.

    To look only starts no program of theirs. Accepted ones are remembered.
    """
    repository = workspace.project.git()
    questions = []
    for one in found:
        target = one.target
        if not writes and not table.kind_of(target.to).runs_code and target.name not in workspace.accepted:
            continue
        servers = _servers(target, outside)
        if accepted.is_accepted(repository, target, servers):
            continue
        if target.name in workspace.accepted:
            accepted.accept(repository, target, servers)
        else:
            is_known = accepted.is_known(repository, target)
            questions.append(
                Question(target.name, f"--accept-target {target.name}", _meaning(target, servers, is_known=is_known))
            )
    if questions:
        raise Unconfirmed(tuple(questions))


def _servers(target: PublishTarget, outside: Outside) -> list[Whereabouts]:
    """The servers that the target's places are on, each once."""
    found = (table.whereabouts(place, outside) for _environment, place in target.places())
    return list(dict.fromkeys(server for server in found if server is not None))


def _meaning(target: PublishTarget, servers: Sequence[Whereabouts], *, is_known: bool) -> str:
    what = f"what service {target.service} gets" if target.service else "all names"
    where = "".join(f", on {server.told}" for server in servers)
    goes = f"{what} of {', '.join(target.environments)} to {target.to}{where}"
    if is_known:
        return f"{target.name} is not what this clone published to before: {goes}"
    return f"this clone never published to {target.name}: {goes}"


def prepare(workspace: Workspace, outside: Outside, wishes: Wishes) -> list[Publication]:
    """Everything that is to be done, in the order of the targets; nothing was written.

    Raises Error, before anything is written anywhere, for what a store cannot carry, for a place that another publisher uses,
    for values there that we did not put there, and for a commit that is no descendant of what is live.
    """
    found = sources(workspace.project, wishes.names)
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
        ours = [step for step in publication.plan.steps if step.verdict in _OURS]
        source.check_ancestors(publication.source, planning.live_commits(ours))


def _way_on(publication: Publication) -> str:
    if publication.plan.is_foreign:
        return "give this target a place of its own"
    record = publication.record
    if record is not None and not record.names:
        # What another clone put there is known by its record alone.
        return (
            f"fetch what others recorded: git fetch origin +{record.ref}:{record.ref}; or to take these over: --adopt"
        )
    return "to take these over: --adopt"


_OURS = (planning.MarkVerdict.OURS, planning.MarkVerdict.BY_HAND, planning.MarkVerdict.UNPROVEN)
