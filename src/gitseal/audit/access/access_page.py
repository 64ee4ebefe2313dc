"""Who can open what now, and what the policy would give after a rekey, as a page for people."""

from collections.abc import Iterator, Sequence

from gitseal.audit.access.standings import GroupAccess, PersonAccess
from gitseal.policy.policy import DEFAULT, MACHINE
from gitseal.report.page.model import Page, PageTable
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, joined, listed, ours, sentence

_PLAIN = "plain"


def page_of(groups: Sequence[GroupAccess], *, with_names: bool) -> Page:
    """The access groups as a page; `with_names` lists the names of each, and not only their number."""
    rows = tuple(row for group in groups for row in _rows(group, with_names=with_names))
    table = PageTable(NOTHING, ("Environment", "Access group", "Names", "Who", "Now", "By the policy"), rows)
    return Page("Who can open what", (), (table,), tuple(_notes(groups)))


def _rows(group: GroupAccess, *, with_names: bool) -> Iterator[tuple[Sentence, ...]]:
    where = sentence("{}", group.environment)
    names = listed(group.names, "{}") if with_names else ours(str(len(group.names)))
    if group.access == _PLAIN:
        yield (where, ours("none: plain"), names, ours("everybody with the repository"), ours("reads"), ours("reads"))
        return
    for one in group.people:
        yield (where, sentence("{}", group.access), names, _who(one), _now(one), _then(one))
    if not group.people:
        yield (where, sentence("{}", group.access), names, ours("nobody"), NOTHING, NOTHING)


def _who(one: PersonAccess) -> Sentence:
    if not one.kind:
        return sentence("{}, not in the policy", one.name)
    return sentence("{}, a machine", one.name) if one.kind == MACHINE else sentence("{}", one.name)


def _now(one: PersonAccess) -> Sentence:
    if one.opens:
        return ours("opens")
    if one.held:
        return ours("holds the data key from earlier")
    if one.refs:
        return sentence("opens by {}, not merged", listed(one.refs, "{}"))
    return ours("no")


def _then(one: PersonAccess) -> Sentence:
    has_it = one.opens or one.held or bool(one.refs)
    if one.may_open:
        return ours("opens") if one.opens else ours("opens after a rekey")
    return ours("loses access by a rekey") if one.opens else ours("no") if has_it else NOTHING


def _notes(groups: Sequence[GroupAccess]) -> Iterator[Sentence]:
    to_rekey = {group.environment for group in groups for one in group.people if one.opens != one.may_open}
    if to_rekey:
        yield sentence(
            "Files and policy differ; to bring the files to it: `gitseal rekey -e {}`", ",".join(sorted(to_rekey))
        )
    held = {group.environment for group in groups for one in group.people if one.held and not one.may_open}
    if held:
        yield sentence(
            "Somebody holds a data key that is still in force; for a new one: `gitseal rekey --rotate -e {}`",
            ",".join(sorted(held)),
        )
    safe = [group for group in groups if group.is_post_quantum]
    if safe:
        those = joined([_named(group) for group in safe])
        yield sentence("Safe against a quantum computer of the future: {}.", those)
        waiting = sum(len(group.write_only) for group in safe)
        if waiting:
            yield sentence("But for {} set without reading, until a member absorbs them.", plural(waiting, "value"))


def _named(group: GroupAccess) -> Sentence:
    if group.access == DEFAULT:
        return sentence("{}", group.environment)
    return sentence("{} of {}", group.access, group.environment)
