"""How a place stands, as lines for people."""

from gitseal.delivery.publishing.grouped import by_reason, listed
from gitseal.delivery.publishing.publication import Publication
from gitseal.delivery.publishing.source import way_to_all
from gitseal.git.trusted_ref import short
from gitseal.report.plurals import plural

_COMMIT_DIGITS = 12


def standing_lines(publication: Publication) -> list[str]:
    """How a place stands: what is live, how far behind, and by name what differs and why."""
    source, standing = publication.source, publication.standing()
    if not standing.live:
        state = "nothing of ours is there"
    elif standing.missing:
        way = way_to_all(source.repository)
        state = f"cannot tell: commit {standing.missing[:_COMMIT_DIGITS]} is not in this clone; {way}"
    elif standing.behind is None:
        state = f"live is {standing.live[:_COMMIT_DIGITS]}, which {short(source.ref)} does not have"
    elif standing.behind:
        state = (
            f"live is {standing.live[:_COMMIT_DIGITS]}, {plural(standing.behind, 'commit')} behind {short(source.ref)}"
        )
    else:
        state = f"live is {standing.live[:_COMMIT_DIGITS]}, which is up to date"
    lines = [f"published as {source.target.name} to {where(publication)}: {state}"]
    lines += [f"  {words}: {listed(names)}" for words, names in standing.names.items()]
    return [*lines, *(f"  {told}" for told in by_reason(publication.plan.refused))]


def where(publication: Publication) -> str:
    """The place, and the server that it is on."""
    return f"{publication.place} on {publication.server}" if publication.server else publication.place
