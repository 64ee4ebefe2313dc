"""The review of a file of sops: what the change between two states means for its names and for who opens it."""

import os
from collections.abc import Iterator, Mapping

from gitseal.audit.review.commits import by_of
from gitseal.audit.review.decrypted import BothEnds, ValueOpener
from gitseal.audit.review.range import EVERYTHING, ReviewOptions, ReviewRange, find_range
from gitseal.audit.review.review import rules_of, span_of
from gitseal.audit.review.states import FolderState
from gitseal.document.changes import changes, changes_of_merge
from gitseal.document.value import TypedValue
from gitseal.errors import Error, NotForYou
from gitseal.exchange import Encrypted
from gitseal.exchange.sops import SopsLook
from gitseal.files.reading import read_regular
from gitseal.git.log import LogQuery
from gitseal.git.repository import Repository
from gitseal.identities import Keyring
from gitseal.project.mirrored_states import MirroredStates, is_rotated
from gitseal.report.findings import Finding
from gitseal.report.hints import REVIEWER, VALUE_KNOWER, Hint, command, decision, path_word
from gitseal.report.sentences import Sentence, literal, sentence
from gitseal.review import counting, environments
from gitseal.review.acts.telling import told
from gitseal.review.environment_risks import REMOVED_WITHOUT_NEW_KEY, UNSEALED, risks
from gitseal.review.environments import Ends
from gitseal.review.model import By, EnvironmentReview, Review
from gitseal.review.state import CommitStep
from gitseal.yamltext.tree import NamePath

_NOT_OPENED = sentence("no identity at hand opens both states: values were not looked at, and no MAC was checked")
_ROTATED = sentence("every value is sealed anew, under another data key")


def review_sops(
    repository: Repository,
    words: str,
    path: str,
    keyring: Keyring | None = None,
    wanted: ReviewOptions = EVERYTHING,
) -> Review:
    """Reviews the file at a path below the top, in a range as `find_range` takes it.

    Without a keyring no value is opened and no MAC checked. Raises Error if the file is at neither end, is no sound file of sops
    at one, or if its MAC does not fit there.
    """
    span = find_range(repository, words)
    ends = repository.file(span.base, path), _newer(repository, span, path)
    if ends == (None, None):
        raise Error(f'there is no file "{path}" at either end', "see where it is: git ls-files")
    states = MirroredStates(path)
    looks = tuple(map(states.look, ends))
    values = _opened(states, ends, keyring)
    sides = [FolderState(states.project(end, values[at] if values else {})) for at, end in enumerate(ends)]
    old, new = (side.state(states.environment) for side in sides)
    both = Ends("", states.environment, path, old, new, (sides[0].policy, sides[1].policy))
    steps = tuple(_steps(repository, span, path, states, ends))
    changed = environments.environment(both, steps, None)
    found = list(_told(both, changed, states.lines(ends[1]), is_new_key=is_rotated(*looks))) if changed else []
    if changed and values:
        opener = ValueOpener(states.keyring, show_values=wanted.show_values)
        changed = opener.environment(changed, BothEnds(*sides))
    kept = counting.ranked(found)
    reviewed = (changed,) if changed else ()
    notes = [
        *span.notes,
        *([] if values else [_NOT_OPENED]),
        *([_ROTATED] if is_rotated(*looks) else []),
        *_services(*looks),
    ]
    return told(
        Review(
            span=span_of(span, len({step.by.commit for step in steps if step.by.commit}))._replace(file=path),
            counts=counting.counted(reviewed, kept),
            risks=kept,
            environments=reviewed,
            notes=tuple(map(literal, notes)),
            identity=bool(values),
            asks_signatures=False,
            rules=rules_of(kept),
        )
    )


def _services(old: SopsLook, new: SopsLook) -> Iterator[Sentence]:
    """What nobody's key shows: the kinds of keys in services that open the file now, or did."""
    for name in new.services:
        if name not in old.services:
            yield sentence("a key of {} opens it now", name)
    for name in old.services:
        if name not in new.services:
            yield sentence("no key of {} opens it any more; whoever has one keeps what it opened", name)


def _newer(repository: Repository, span: ReviewRange, path: str) -> bytes | None:
    if not span.is_working_tree:
        return repository.file(span.head, path)
    try:
        return read_regular(repository.top / path)
    except FileNotFoundError:
        return None


def _opened(
    states: MirroredStates, ends: tuple[bytes | None, bytes | None], keyring: Keyring | None
) -> list[Mapping[NamePath, TypedValue]] | None:
    """The values of both ends, or None if nobody is to open them or no identity opens one."""
    try:
        return [states.values(end, keyring.by_cost()) for end in ends] if keyring is not None else None
    except (NotForYou, Encrypted):
        return None


def _steps(
    repository: Repository,
    span: ReviewRange,
    path: str,
    states: MirroredStates,
    ends: tuple[bytes | None, bytes | None],
) -> Iterator[CommitStep]:
    """What each commit of the range did to the file, oldest first, and what is not committed yet."""
    logged = [
        (commit, file)
        for commit in span.walked.logged(LogQuery((), lambda changed: changed == path, raw=True))
        for file in commit.files
        if file.path == path
    ]
    for commit, file in reversed(logged):
        before = [states.file(parent) for parent in file.before]
        yield CommitStep(by_of(commit), changes_of_merge(before, states.file(file.after)))
    if span.is_working_tree:
        uncommitted = changes(states.file(repository.file(span.head, path)), states.file(ends[1]))
        yield from [CommitStep(By(), uncommitted)] if uncommitted else []


def _told(
    ends: Ends, environment: EnvironmentReview, lines: dict[NamePath, int], *, is_new_key: bool
) -> Iterator[Finding]:
    """The risks with the lines and the ways out that a file of sops has."""
    places = {ends.new.lines(path): line for path, line in lines.items()}
    file = path_word(os.path.normpath(ends.path))
    hints: dict[str, Hint] = {
        REMOVED_WITHOUT_NEW_KEY.id: decision(REVIEWER, "give it a new data key", command("sops rotate -i {}", file)),
        UNSEALED.id: decision(VALUE_KNOWER, "seal it again, and give it a new value", command("sops edit {}", file)),
    }
    for finding in risks(ends, environment):
        if is_new_key and finding.rule == REMOVED_WITHOUT_NEW_KEY.id:
            continue
        hint = hints.get(finding.rule, finding.hint)
        yield finding._replace(line=places.get(finding.line, 0), hint=hint)
