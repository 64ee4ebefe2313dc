"""What `publish` and `status --published` say of a publication: lines for people on standard error, and the JSON of both."""

from gitseal.cli.talk import say
from gitseal.delivery.publishing.grouped import by_reason, listed
from gitseal.delivery.publishing.words import where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gitseal.delivery.publishing.looking import PublishedTarget
    from gitseal.delivery.publishing.planning import PublishStep
    from gitseal.delivery.publishing.publication import Publication

    # What became of a name, by its target and environment: None if nobody can tell. What is not in it was not done.
    Done = dict[tuple[str, str, str], bool | None]

_COMMIT_DIGITS = 12
_DONE = {"create": "created", "change": "changed", "remove": "removed", "leave": "left", "unchanged": "unchanged"}


def changing(publication: "Publication") -> list[str]:
    """The names that something is written for."""
    return [step.name for step in publication.plan.steps if _is_changing(step)]


def _is_changing(step: "PublishStep") -> bool:
    return step.is_written or step.action.value == "remove"


def who(publication: "Publication") -> str:
    """The target, with the environment if it has several."""
    target = publication.source.target
    return target.name if len(target.environments) == 1 else f"{target.name}, {publication.environment}"


def show(looked: "Sequence[PublishedTarget]") -> None:
    """Says what would be done, by name, and what cannot be told of."""
    for one in looked:
        if one.publication is not None:
            _show(one.publication)
        error = one.untold()
        if error is not None:
            told = "" if error.message.startswith(f"{one.target}, ") else f"{one.target}, {one.environment}: "
            say(f"gitseal: {told}{error.message}", *([f"  {error.hint}"] if error.hint else []))


def _show(publication: "Publication") -> None:
    from gitseal.cli import selecting
    from gitseal.git.trusted_ref import short

    source = publication.source
    way = f"{publication.environment} to {where(publication)}"
    say(f"{source.target.name}: {way}, from {source.commit[:_COMMIT_DIGITS]} of {short(source.ref)}")
    for step in publication.plan.steps:
        if (step.action.value != "unchanged" or step.marks_again) and not step.untold:
            say(f"  {_line(step)}")
    for told in by_reason(publication.plan.refused):
        say(f"  refused {told}")
    if publication.record is not None and publication.record.regained:
        names = listed(publication.record.regained)
        say(
            f"gitseal: {who(publication)}: the record lacks what this clone saw last of {names}, and still counts",
            "  if you did not fetch over a record that was never pushed, somebody put an older one back or changed it",
        )
    selecting.tell(publication.wanted.going, "a service of the manifest can give them names of one part")
    if publication.wanted.files:
        files = ", ".join(publication.wanted.files)
        say(f"gitseal: left out the files of {source.target.service}: {files}; a store has names and no files")


def _line(step: "PublishStep") -> str:
    return f"{'mark' if step.marks_again else step.action.value:<7} {step.name}{f': {step.note}' if step.note else ''}"


def say_done(publication: "Publication", name: str, number: int) -> None:
    """Says that a name was written; `number` of those of this publication."""
    from gitseal.cli.output import stderr_is_terminal

    (step,) = (step for step in publication.plan.steps if step.name == name)
    what = "marked again" if step.marks_again else _DONE[step.action.value]
    progress = f" ({number} of {len(changing(publication))})" if stderr_is_terminal() else ""
    say(f"{who(publication)}: {what} {name}{progress}")


def say_undone(publication: "Publication", done: "Done") -> None:
    """Says of each name that was to be written, and is not known to be, that it is not done, or that nobody can tell."""
    for name in changing(publication):
        is_done = done.get(key(publication, name), False)
        if not is_done:
            words = "not done" if is_done is False else "nobody can tell if it was done"
            say(f"{who(publication)}: {words}: {name}")


def say_recorded(publication: "Publication") -> None:
    """Says how the record of a store that keeps no marks gets to others."""
    if publication.record is not None:
        record = publication.record
        # Not over what somebody else recorded in between.
        say(
            f"{who(publication)}: recorded",
            f"  for others to see: git push --force-with-lease={record.ref}:{record.before} origin {record.ref}",
        )


def say_regained(publications: "Iterable[Publication]") -> None:
    """Says it of those whose record got back what it lacked, and nothing else was written."""
    for publication in publications:
        if publication.record is not None and publication.record.regained:
            say_recorded(publication)


def count(looked: "Sequence[PublishedTarget]", would: str = "", done: "Done | None" = None) -> None:
    """The last line: how many names of each kind; with `done` only those count as written that were."""
    prepared = [one.publication for one in looked if one.publication is not None]
    total: dict[str, int] = dict.fromkeys((*_DONE, "not done", "unclear"), 0)
    marked = 0
    for publication in prepared:
        for step in publication.plan.steps:
            is_done = not _is_changing(step) or done is None or done.get(key(publication, step.name), False)
            total[step.action.value if is_done else "unclear" if is_done is None else "not done"] += 1
            marked += bool(is_done and step.marks_again)
    refused = sum(len(publication.plan.refused) for publication in prepared)
    parts = [f"{total[action]} {would}{word}" for action, word in _DONE.items() if action != "unchanged"]
    others = {
        f"of these {would}marked again": marked,
        "refused": refused,
        "not done": total["not done"],
        "unclear": total["unclear"],
        "that could not be looked at": len(looked) - len(prepared),
    }
    told = [f"{number} {word}" for word, number in others.items() if number]
    say(", ".join([*parts, f"{total['unchanged']} unchanged", *told]))


def key(publication: "Publication", name: str) -> tuple[str, str, str]:
    """A name by its target and environment."""
    return publication.source.target.name, publication.environment, name


def looked_object(
    one: "PublishedTarget", done: "Mapping[tuple[str, str, str], bool | None] | None" = None
) -> dict[str, object]:
    """An environment of a target for programs; `error` says why it, or some of its names, cannot be told of."""
    error = one.untold()
    told = {} if one.publication is None else _object(one.publication, done or {})
    return told | {
        "target": one.target,
        "environment": one.environment,
        "error": error.message if error is not None else "",
    }


def _object(publication: "Publication", done: "Mapping[tuple[str, str, str], bool | None]") -> dict[str, object]:
    source, plan, standing = publication.source, publication.plan, publication.standing()
    steps = [
        {
            "name": step.name,
            "action": step.action.value,
            "note": step.note,
            "found": step.verdict.value if step.verdict is not None else "",
            "done": done.get(key(publication, step.name), False),
        }
        for step in plan.steps
    ]
    return {
        "to": publication.place,
        "server": publication.server,
        "commit": source.commit,
        "ref": source.ref,
        "live": standing.live,
        "behind": standing.behind,
        "steps": steps,
        "refused": [{"name": name, "reason": reason} for name, reason in plan.refused],
        "counts": plan.counts(),
        "drift": plan.is_drift,
    }
