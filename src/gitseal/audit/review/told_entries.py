"""What entries add to a review: statements about whole files, and a finding for each risk that nothing else has told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from gitseal.audit.review.changed_lines import ToldEntry
from gitseal.audit.review.states import FolderState
from gitseal.project.project import FOLDER
from gitseal.project.roots import root_above
from gitseal.report.causes import ENVIRONMENT, FILE, PERSON, VALUE, Cause
from gitseal.report.findings import Finding
from gitseal.report.hints import NO_HINT, REVIEWER, command, decision, history_of, pathspec
from gitseal.report.sentences import Sentence, sentence
from gitseal.review.attribution import PASSING_CHANGE
from gitseal.review.entries import others, sealed, table
from gitseal.review.entries.entry import ReviewEntry
from gitseal.review.environment_risks import (
    ACCESS_GAINED,
    DATA_KEY_REPLACED,
    DROPPED_BY_MERGE,
    NEW_ACCESS_GROUP,
    PASSING_ACCESS,
    REMOVED_WITHOUT_NEW_KEY,
    UNSEALED,
)
from gitseal.review.model import FILES, By, EnvironmentReview, Statement
from gitseal.review.policy.environments import ALIAS_MOVED
from gitseal.review.write_only_values import WRITE_ONLY

_ATTRIBUTES = '"{}" changed, which steers what Git shows of sealed files and how it merges them'
# The sentence about a file, with its path; and what somebody has to see to.
_OF_FILES: dict[str, tuple[str, str]] = {
    others.ATTRIBUTES_CHANGED.id: (_ATTRIBUTES, "see that it hides nothing"),
    others.MODULES_CHANGED.id: ('"{}" changed, and it may put a submodule in the place of a .secrets', ""),
    others.SCHEMA_CHANGED.id: ('"{}" is not the schema that gitseal writes, and editors believe it', ""),
    others.FOREIGN_FILE.id: ('"{}" came or changed in .secrets, and is no file of gitseal\'s', "see what it is for"),
    others.LOCAL_FILE.id: ('"{}" is for one machine only, and a commit has it', ""),
    others.NO_REGULAR_FILE.id: ('"{}" became a link or a submodule, or was one', "take it out, or put the file there"),
    others.MODE_CHANGED.id: ('"{}" has another mode: executable or not', ""),
    others.LINK_TO_SECRETS.id: ('"{}" is a link that leads into .secrets', "see what follows it"),
    others.DISGUISED_SECRETS.id: ('"{}" is no .secrets folder, and would be taken for one', "take it out"),
    table.REORDERED: ('"{}" has names in another order, and so has what render writes of it', ""),
    table.ALLOWANCE_GONE: ('"{}" changed, and lets no more files pass than before', ""),
    table.FOREIGN_GONE: ('"{}" is gone', ""),
    table.MODULE_ELSEWHERE: ('"{}" changed, in submodules that have nothing to do with .secrets', ""),
}

_IN_SENTENCES = (f"{FOLDER}/policy.yaml", f"{FOLDER}/manifest.yaml")

# A later new data key ends what these are about.
_ENDED_BY_KEY = frozenset({REMOVED_WITHOUT_NEW_KEY.id, sealed.STANZA_REPLACED.id})
# What an environment that is new in the range may have, and what its names and people tell by themselves.
_OF_NEW = frozenset({ACCESS_GAINED.id, NEW_ACCESS_GROUP.id, DATA_KEY_REPLACED.id, REMOVED_WITHOUT_NEW_KEY.id})
# Told as other words for the same.
_SAME: Mapping[str, frozenset[str]] = {
    ACCESS_GAINED.id: frozenset({PASSING_ACCESS.id}),
    REMOVED_WITHOUT_NEW_KEY.id: frozenset({PASSING_ACCESS.id}),
}
# These are told of the entry itself; others are told as something that a later commit took back.
_STANDING = frozenset({sealed.STANZA_REPLACED.id, sealed.HEADER_CHANGED.id, table.UNEXPLAINED.id, DROPPED_BY_MERGE.id})
_TOLD_BY_ITSELF = _STANDING | {UNSEALED.id}


def statements(told: Iterable[ToldEntry]) -> list[Statement]:
    """A statement for each file that is told as a whole, with everyone who touched it."""
    by: dict[tuple[str, str], list[By]] = {}
    last: dict[tuple[str, str], ReviewEntry] = {}
    for each in told:
        entry = each.entry
        what = entry.classified.rule or entry.classified.kind
        if what in _OF_FILES:
            known = by.setdefault((entry.path, what), [])
            known += [each.by] if each.by not in known else []
            last[entry.path, what] = entry
    return [_statement(entry, what, by[path, what]) for (path, what), entry in sorted(last.items())]


def _statement(entry: ReviewEntry, what: str, by: Sequence[By]) -> Statement:
    template, advice = _OF_FILES[what]
    if what == others.SCHEMA_CHANGED.id and entry.path.endswith(".yaml"):
        template = '"{}" names a schema that is not gitseal\'s, and editors believe it'
    then = (history_of(entry.path),) if what == others.ATTRIBUTES_CHANGED.id else ()
    hint = decision(REVIEWER, advice, *then) if advice else NO_HINT
    line = entry.after[0][0] if entry.after and what == others.ATTRIBUTES_CHANGED.id else 0
    classified = entry.classified
    text = sentence(template, entry.path)
    return Statement(
        FILES, entry.path, line, text, classified.rule, classified.severity, hint, tuple(by), (Cause(FILE, entry.path),)
    )


def findings(
    told: Sequence[ToldEntry], known: Sequence[Finding], environments: Iterable[EnvironmentReview]
) -> Iterator[Finding]:
    """A finding for each risk among the entries of which none of those that are known speaks."""
    added = {environment.path for environment in environments if environment.state == "added"}
    keys = {(entry.path, entry.owner[:3]): at for at, (_, entry) in enumerate(told) if _is_new_key(entry)}
    last = {entry.path: entry.commit for _, entry in told}
    done: set[tuple[str, str, str]] = set()
    named = _Named(known)
    for at, (_, entry) in enumerate(told):
        rule = entry.classified.rule
        key = (entry.path, rule, entry.subject or "/".join(entry.owner))
        if not rule or rule in _OF_FILES or key in done or _is_said(entry) or named.has(entry):
            continue
        if rule in _ENDED_BY_KEY and keys.get((entry.path, entry.owner[:3]), -1) > at:
            continue
        if rule == WRITE_ONLY.id or (rule in _OF_NEW and entry.path in added):
            continue  # told by its name, and a member has taken it over since; or as a part of what is new
        done.add(key)
        # No later commit touched the file, so nothing was taken back.
        yield _finding(entry if rule in _TOLD_BY_ITSELF or last[entry.path] != entry.commit else _unexplained(entry))


def _is_new_key(entry: ReviewEntry) -> bool:
    return entry.owner[3:] == ("key",) and entry.classified.rule == DATA_KEY_REPLACED.id


def _is_said(entry: ReviewEntry) -> bool:
    """True for what sentences about both ends of the range, or about what passed between, tell of policy and manifest."""
    return entry.path.endswith(_IN_SENTENCES) and entry.classified.rule not in _STANDING


class _Named:
    """What findings are about, by rule and file: the names in their words."""

    def __init__(self, findings_: Iterable[Finding]) -> None:
        self._names: dict[tuple[str, str], set[str]] = {}
        for finding in findings_:
            names = self._names.setdefault((finding.rule, finding.path), set())
            names.update(finding.message.names, (piece.text for piece in finding.message.pieces if piece.is_name))

    def has(self, entry: ReviewEntry) -> bool:
        """True if a finding has the entry's rule, or one that means the same, and its file, and names what it is about."""
        rules = {entry.classified.rule, *_SAME.get(entry.classified.rule, ())}
        told = [self._names[rule, entry.path] for rule in rules if (rule, entry.path) in self._names]
        return any(not entry.subject or entry.subject in names for names in told)


def _unexplained(entry: ReviewEntry) -> ReviewEntry:
    return entry._replace(classified=table.risk(table.UNEXPLAINED))


def _finding(entry: ReviewEntry) -> Finding:
    rule, severity = entry.classified.rule, entry.classified.severity
    line = entry.after[0][0] if entry.after else 0
    environment = PurePosixPath(entry.path).stem
    show = command("git show --text {} -- {}", entry.commit[:12], pathspec(entry.path))
    hint = decision(REVIEWER, "read it", show) if entry.commit else NO_HINT
    if rule not in _TOLD_BY_ITSELF:
        rule, severity = PASSING_CHANGE.id, PASSING_CHANGE.severity
    causes = (_cause(entry, environment),)
    return Finding(rule, entry.path, line, _message(entry, environment), hint, severity, entry.commit, causes)


def _cause(entry: ReviewEntry, environment: str) -> Cause:
    if entry.owner[:1] == ("gitseal",):
        return Cause(PERSON, entry.subject) if entry.subject else Cause(ENVIRONMENT, "", environment)
    return Cause(VALUE, entry.subject, environment) if entry.subject else Cause(FILE, entry.path)


def _message(entry: ReviewEntry, environment: str) -> Sentence:
    rule, subject = entry.classified.rule, entry.subject
    if rule == sealed.STANZA_REPLACED.id:
        template = 'the stanza of "{}" in "{}" is another one under the same data key: it may open nothing'
        return sentence(template, subject, environment)
    if rule == sealed.HEADER_CHANGED.id:
        return sentence(
            '"{}" changed in the header of "{}", which nobody does by hand', "/".join(entry.owner), environment
        )
    if rule == UNSEALED.id:
        template = '"{}" was plain in a commit between: it is published, whatever it is now'
        return sentence(template, subject)
    if rule == DROPPED_BY_MERGE.id:
        return sentence('a merge dropped what one of its sides had done to "{}"', subject or "/".join(entry.owner))
    if rule == table.UNEXPLAINED.id:
        what = subject or "/".join(entry.owner)
        return sentence('"{}" changed, and no rule has a word for how', what or entry.path)
    what = subject or "/".join(entry.owner) or entry.path
    return sentence('"{}" was changed as {} has it, and a later commit took that back', what, rule)


def aliases(told: Iterable[ToldEntry], old: Mapping[str, FolderState]) -> Iterator[Finding]:
    """New environment files by the name of an alias that the policy had."""
    for each in told:
        entry = each.entry
        name = PurePosixPath(entry.path).stem
        side = old.get(root_above(entry.path))
        if entry.classified.kind == table.NEW_ENVIRONMENT and side is not None and side.policy.resolve(name) != name:
            message = sentence('"{}" is a file of its own, and meant "{}"', name, side.policy.resolve(name))
            yield ALIAS_MOVED.at(entry.path, 0, message, commit=entry.commit, causes=(Cause(ENVIRONMENT, "", name),))
