"""`review`: what the change between two states means for secrets. Needs no identity."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitseal.audit.history.log import environment_of
from gitseal.audit.review import commits, other_checks, states, told_entries
from gitseal.audit.review import folder as review_folder
from gitseal.audit.review.changed_lines import ChangedLines, is_disguised, reformatted
from gitseal.audit.review.commits import Touched
from gitseal.audit.review.due_notes import brought_into_due, keys_that_come_back
from gitseal.audit.review.file_history import StepStatements
from gitseal.audit.review.merge_trial import try_merge
from gitseal.audit.review.range import EVERYTHING, ReviewOptions, ReviewRange, find_range
from gitseal.audit.review.states import NOTHING, FolderState
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.policy.policy import ACCEPT, Policy
from gitseal.policy.who_may_change import has_list
from gitseal.project.roots import root_above
from gitseal.report.findings import Finding, FindingRule
from gitseal.report.sentences import Sentence, TextPiece, listed, literal, sentence, verb, without_place
from gitseal.review import counting, environments, model, rights_model
from gitseal.review.acts.telling import told
from gitseal.review.entries.entries_of import Context
from gitseal.review.environment_risks import risks
from gitseal.review.environments import Ends
from gitseal.review.model import By, EnvironmentReview, Review, Statement
from gitseal.review.policy.changes import NO_POLICY
from gitseal.review.policy.rights import rights_changes
from gitseal.review.state import CommitStep

if TYPE_CHECKING:  # loads what opens values
    from gitseal.identities import Keyring


class _Opening(NamedTuple):
    identity: bool
    notes: tuple[str, ...] = ()


class _Changed(NamedTuple):
    ends: Ends
    steps: tuple[CommitStep, ...]


def review(
    repository: Repository, words: str, keyring: "Keyring | None" = None, wanted: ReviewOptions = EVERYTHING
) -> Review:
    """Reviews a range as `find_range` takes it. Without a keyring no value is opened, and nobody is asked for anything.

    Raises Error if something cannot be read: no such commit, history that is cut off, missing objects.
    """
    span = find_range(repository, words)
    sides = _read_sides(repository, span)
    lines = ChangedLines(repository, span, _context(sides.old, sides.new))
    touched = commits.touched(repository, span, sides.policies, lines, signatures=wanted.verify)
    if span.is_working_tree:
        lines.add_working_tree(span.head, sides.in_index.alone)
    pairs = list(states.pairs(sides.old, sides.new, touched.roots))
    _refuse_unknown(pairs, wanted.environments)
    reviewed = _environments(repository, span.head, _chosen(pairs, sides, touched, wanted))
    statements, allowances = review_folder.folders(pairs, sides.head, touched, sides.in_index.alone)
    statements += told_entries.statements(lines.told)
    result, opening = _opened([environment for _, environment in reviewed], pairs, keyring, wanted)
    ran = other_checks.run(repository, span, list(sides.new.items()), keyring, wanted)
    unmerged = other_checks.unmerged_access(
        sides.new, ((change.ends.folder, change.ends.name) for change, _ in reviewed)
    )
    trial = try_merge(repository, span)
    said = [_risk(statement) for statement in statements if statement.rule]
    for (change, _), environment in zip(reviewed, result, strict=True):
        said += risks(change.ends, environment)
    said += [*ran.findings, *unmerged.findings, *trial.findings, *told_entries.aliases(lines.told, sides.old)]
    said += told_entries.findings(lines.told, said, result)
    aside = _aside(pairs, wanted.environments)
    kept = counting.ranked(list(_once(finding for finding in said if finding.path not in aside)))
    notes = (
        *_only(wanted.environments),
        *span.notes,
        *_of_index(sides.in_index),
        *trial.notes,
        *ran.notes,
        *unmerged.notes,
        *opening.notes,
        *brought_into_due(pairs, result),
        *keys_that_come_back(pairs),
    )
    whole = Review(
        span=span_of(span, touched.commits),
        counts=counting.counted(result, kept),
        risks=kept,
        environments=result,
        statements=tuple(statements),
        allowances=allowances,
        notes=tuple(map(literal, notes)),
        identity=opening.identity,
        approvals=ran.approvals,
        reformatted=reformatted(lines.told),
        people=_people(pairs),
        asks_signatures=wanted.verify and any(map(has_list, sides.policies.values())),
        rules=rules_of(kept),
    )
    return told(whole)


class _ReviewedStates(NamedTuple):
    """Every `.secrets` folder at the base, at the head, and in what is reviewed: the head, or the working tree.

    `policies` are those that judge, by the root of their folder.
    """

    old: Mapping[str, FolderState]
    head: Mapping[str, FolderState]
    new: Mapping[str, FolderState]
    policies: Mapping[str, Policy]
    in_index: states.IndexState


def _read_sides(repository: Repository, span: ReviewRange) -> _ReviewedStates:
    old, head = (states.at_commit(repository, commit) for commit in (span.base, span.head))
    index = states.of_index(repository, span.head, head) if span.is_working_tree else states.NO_INDEX
    new = states.in_working_tree(repository, index.left_out) if span.is_working_tree else head
    trusted = old if span.trusted == span.base else states.at_commit(repository, span.trusted)
    return _ReviewedStates(old, head, new, {root: side.policy for root, side in trusted.items()}, index)


def _chosen(
    pairs: Iterable[review_folder.Pair], sides: _ReviewedStates, touched: Touched, wanted: ReviewOptions
) -> list[_Changed]:
    """The environments that differ or were touched, of those that were asked for."""
    changed = (change for root, *ends in pairs for change in _changed(root, (ends[0], ends[1]), sides, touched))
    return [change for change in changed if _is_chosen(change.ends.name, change.ends.policies, wanted.environments)]


def rules_of(findings: Iterable[Finding]) -> tuple[FindingRule, ...]:
    """The rules that found something. They are declared where they are found, in more modules than a review may need."""
    from gitseal.audit.review.rules import ALL

    occurring = {(finding.rule, finding.severity) for finding in findings}
    return tuple(sorted(rule for rule in ALL if (rule.id, rule.severity) in occurring)) if occurring else ()


def _people(pairs: Iterable[review_folder.Pair]) -> tuple[rights_model.PersonChange, ...]:
    """Everyone whose rights change, in all folders. A policy that is gone or cannot be read says nothing of anybody."""
    readable = [(root, old.policy, new.policy) for root, old, new in pairs if new.policy != NO_POLICY]
    return tuple(change for root, old, new in readable for change in rights_changes(old, new, states.within(root)))


def _context(old: Mapping[str, FolderState], new: Mapping[str, FolderState]) -> Context:
    def accepts_unread(path: str) -> bool:
        policy = new.get(root_above(path), NOTHING).policy
        settings = policy.environments.get(environment_of(path))
        return settings is not None and settings.write_only == ACCEPT

    return Context(StepStatements(old, new), accepts_unread, is_disguised)


def span_of(span: ReviewRange, touching: int) -> model.Span:
    """The range, of whose commits so many touched what was reviewed."""
    head = "" if span.is_working_tree else span.head
    return model.Span(span.base, head, span.base_name, span.head_name, len(span.walked), touching)


def _aside(pairs: Sequence[review_folder.Pair], names: Sequence[str]) -> set[str]:
    """The files of environments that were not asked for."""
    return {
        states.within(root, f"{name}.yaml")
        for root, old, new in pairs
        for name in old.environments | new.environments
        if not _is_chosen(name, (old.policy, new.policy), names)
    }


def _changed(
    root: str, ends: tuple[FolderState, FolderState], sides: _ReviewedStates, touched: Touched
) -> Iterator[_Changed]:
    """The environments of a folder that differ, or that a commit touched."""
    old, new = ends
    head = sides.head.get(root)
    folder = states.within(root)
    in_commits = {environment_of(path) for path in touched.steps if path.rpartition("/")[0] == folder}
    for name in sorted(old.environments | new.environments | in_commits):
        path = f"{folder}/{name}.yaml"
        steps = list(touched.steps.get(path, ()))
        if new.project is not None and new.project.source.is_working_tree:
            before = head.read(f"{name}.yaml") if head is not None else None
            for staged in [sides.in_index.alone[path].data] if path in sides.in_index.alone else []:
                steps += commits.uncommitted(before, staged)
                before = staged
            steps += commits.uncommitted(before, new.read(f"{name}.yaml"))
        if steps or old.read(f"{name}.yaml") != new.read(f"{name}.yaml"):
            yield _Changed(
                Ends(folder, name, path, old.state(name), new.state(name), (old.policy, new.policy)), tuple(steps)
            )


def _refuse_unknown(pairs: Sequence[review_folder.Pair], names: Sequence[str]) -> None:
    """Raises Error for an environment that neither end has: a review of nothing would pass."""
    sides = [side for _, *both in pairs for side in both]
    for name in names:
        if name != "all" and not any(side.policy.resolve(name) in side.environments for side in sides):
            raise Error(f'there is no environment "{name}" at either end', "see them with: gitseal env list")


def _of_index(index: states.IndexState) -> Iterator[Sentence]:
    if index.left_out:
        files = listed(map(os.fsdecode, index.left_out), most=3)
        yield sentence("{} {} not checked out here: the index was looked at instead", files, verb(len(index.left_out)))
    if index.alone:
        yield sentence(
            "{} {} staged otherwise than what lies here: both were looked at",
            listed(index.alone, most=3),
            verb(len(index.alone)),
        )


def _only(names: Sequence[str]) -> tuple[Sentence, ...]:
    if not names or "all" in names:
        return ()
    return (sentence("only {} was looked at, and what concerns all", listed(names, "{}")),)


def _is_chosen(environment: str, policies: tuple[Policy, Policy], names: Sequence[str]) -> bool:
    if not names or "all" in names:
        return True
    return any(policy.resolve(name) == environment for policy in policies for name in names)


def _environments(
    repository: Repository, head: str, changed: Sequence[_Changed]
) -> list[tuple[_Changed, EnvironmentReview]]:
    """The environments' part of the review, and what history says of it, asked once for all of them."""
    asked = [environments.sought(change.ends) for change in changed]
    paths = [change.ends.path for change, sought in zip(changed, asked, strict=True) if any(sought)]
    wanted, keys = (set().union(*(sought[at] for sought in asked)) for at in (0, 1))
    past = commits.look_back(repository, head, paths, wanted, keys)
    reviewed = ((change, environments.environment(change.ends, change.steps, past)) for change in changed)
    return [(change, environment) for change, environment in reviewed if environment is not None]


def _opened(
    reviewed: Sequence[EnvironmentReview],
    pairs: Sequence[review_folder.Pair],
    keyring: "Keyring | None",
    wanted: ReviewOptions,
) -> tuple[tuple[EnvironmentReview, ...], _Opening]:
    """The environments with what an identity adds, if one at hand opens anything in them."""
    if keyring is None or not any(environment.names or environment.keys for environment in reviewed):
        return tuple(reviewed), _Opening(identity=False)
    from gitseal.audit.review.decrypted import BothEnds, ValueOpener

    folders = {states.within(root): BothEnds(old, new) for root, old, new in pairs}
    opener = ValueOpener(keyring, show_values=wanted.show_values)
    result = tuple(opener.environment(environment, folders[environment.folder]) for environment in reviewed)
    if opener.opened:
        return result, _Opening(identity=True)
    return result, _Opening(
        identity=False, notes=(sentence("no identity at hand opens what changed: values were not looked at"),)
    )


def _risk(statement: Statement) -> Finding:
    last = statement.by[-1] if statement.by else By()
    return Finding(
        statement.rule,
        statement.path,
        statement.line,
        statement.text,
        statement.hint,
        statement.severity,
        last.commit,
        statement.causes,
    )


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each finding once, though two checks may make it; the first stays. One may name the place in its words, the other not."""
    seen: set[tuple[str, str, tuple[TextPiece, ...]]] = set()
    for finding in findings:
        key = (finding.rule, finding.path, without_place(finding.message))
        if key not in seen:
            seen.add(key)
            yield finding
