"""`publish`: the values of a commit brought to the stores that the policy names for them."""

from collections.abc import Sequence
from functools import partial

from gitseal.delivery.publishing import accepted, planning, source
from gitseal.delivery.publishing.grouped import by_reason, listed
from gitseal.delivery.publishing.looking import PublishedTarget, look
from gitseal.delivery.publishing.planning import PublishRules
from gitseal.delivery.publishing.publication import Publication, publications
from gitseal.delivery.publishing.source import Source
from gitseal.errors import Error, Unconfirmed, UsageError
from gitseal.policy.target import PublishTarget
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


def confirm(workspace: Workspace, found: Sequence[Source], outside: Outside, *, writes: bool) -> None:
    """Raises Unconfirmed for targets that are new to this clone, or on another server than last time, and not accepted.

    To look only starts no program of theirs.
    """
    project, names = workspace.project, workspace.accepted
    questions = [accepted.question(project, one.target, outside, names, writes=writes) for one in found]
    asked = tuple(question for question in questions if question is not None)
    if asked:
        raise Unconfirmed(asked)


def remember(project: Project, prepared: Sequence[Publication], outside: Outside) -> None:
    """Remembers the targets of publications, which somebody accepted: their servers were reached, and may be written to.

    And what the records of stores without marks have of them.
    """
    for target in {one.source.target.name: one.source.target for one in prepared}.values():
        accepted.remember(project, target, outside)
    for one in prepared:
        one.remember()


def _check_accepts(targets: Sequence[PublishTarget], accepts: Sequence[str]) -> None:
    """Raises UsageError for a target that somebody accepts, and that this run is not about."""
    known = [target.name for target in targets]
    for name in accepts:
        if name not in known:
            raise UsageError(
                f'--accept-target names "{name}", which is no target of this run',
                f"the targets of this run: {listed(known)}",
            )


def prepare(workspace: Workspace, outside: Outside, wishes: Wishes) -> list[PublishedTarget]:
    """Everything that is to be done, in the order of the targets; nothing was written.

    Who only looks gets an error beside each environment that cannot be told of. Raises Error for what a store cannot carry, or
    a target that may not be published from here, if something is to be written.
    """
    project = workspace.project
    targets = source.targets(project, wishes.names)
    _check_accepts(targets, wishes.accepts)
    if not wishes.writes:
        return _look(workspace, targets, outside, wishes.rules)
    found = [source.source(project, target) for target in targets]
    confirm(workspace, found, outside, writes=True)
    prepared = (one for origin in found for one in publications(origin, workspace.keyring, outside, wishes.rules))
    return [PublishedTarget(one.source.target.name, one.environment, one) for one in prepared]


def _look(
    workspace: Workspace, targets: Sequence[PublishTarget], outside: Outside, rules: PublishRules
) -> list[PublishedTarget]:
    found: list[tuple[PublishTarget, Source | Error]] = []
    for target in targets:
        try:
            origin = source.source(workspace.project, target)
            # A program that nobody said yes to is not started, and the other targets are looked at all the same.
            confirm(workspace, [origin], outside, writes=False)
            found.append((target, origin))
        except Error as error:
            found.append((target, error))
    return [
        PublishedTarget(target.name, environment, None, origin)
        if isinstance(origin, Error)
        else look(target.name, environment, partial(_only, workspace, origin, outside, rules, environment))
        for target, origin in found
        for environment in (target if isinstance(origin, Error) else origin.target).environments
    ]


def _only(workspace: Workspace, origin: Source, outside: Outside, rules: PublishRules, environment: str) -> Publication:
    (told,) = publications(origin, workspace.keyring, outside, rules, (environment,))
    return told


def check(prepared: Sequence[Publication], *, goes_back: bool) -> None:
    """Raises Error for a place where nothing may be written, before anything is written anywhere.

    That is one that another publisher uses, or that has values that we did not put there, or those of a commit that is no
    ancestor of ours.
    """
    for publication in prepared:
        _check(publication, goes_back=goes_back)


def _check(publication: Publication, *, goes_back: bool) -> None:
    refused = publication.plan.refused
    if refused:
        told = "; ".join(by_reason(refused))
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
        return f"fetch what others recorded: git fetch origin {record.ref}:{record.ref}; or to take these over: --adopt"
    if record is not None and any(name in record.regained for name, _ in publication.plan.refused):
        # It counts in place of the record, so no fetch helps; what is written then is remembered in its place.
        return "what this clone remembers of these proves nothing, as after its data key went; to take them over, once: --adopt"
    return "to take these over: --adopt"
