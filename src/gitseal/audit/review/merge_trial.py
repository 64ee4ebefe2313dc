"""What would come out if the branch were merged now: the base may have moved on since the branch left it.

A forge merges lines and runs no driver. A merge of lines can be clean and still leave a value under a data key that the other
side replaced, or one under a rule that the other side changed. So both merges are made here, the lines as Git merges them and our
own by names, and `check` looks at the state that would follow. Nothing is written, and no merge driver, attribute or setting of
this machine has a say: `git merge-tree` would heed all of them, and leave objects in the repository.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gitseal.audit.check.check import check
from gitseal.audit.review.range import ReviewRange
from gitseal.audit.verify.evidence import made_again
from gitseal.errors import Error
from gitseal.git import ranges, snapshot
from gitseal.git.object_types import TreeEntry
from gitseal.git.ranges import PathChange
from gitseal.git.repository import Repository
from gitseal.git.snapshot import Snapshot
from gitseal.policy.parser import is_environment_name
from gitseal.project import states
from gitseal.project.project import FOLDER, Project
from gitseal.project.roots import root_above
from gitseal.report.causes import FILE, MERGE, Cause
from gitseal.report.findings import ERROR, NOTE, WARNING, Finding, FindingRule
from gitseal.report.hints import Decision, command, decision
from gitseal.report.pages import RISKS
from gitseal.report.sentences import Sentence, listed, ours, sentence

MERGE_BREAKS = FindingRule(
    "merge-breaks",
    ERROR,
    "BASE has moved on, and a forge's merge by lines is clean but leaves something stale, unreadable or open to more people",
    RISKS,
)
MERGE_CONFLICT = FindingRule(
    "merge-conflict", WARNING, "BASE has moved on, and both sides changed the same entry: a merge stops there", RISKS
)
MERGE_BY_DRIVER = FindingRule(
    "merge-conflict", NOTE, "the same, for a forge only: gitseal's merge driver merges it by name", RISKS
)

_FILE = "100"
_LISTED = 4
_UNREADABLE = ours("something that a merge by names does not find")
# What a finding of `check` says, without its line: another one after a merge.
_Said = tuple[str, str, str]


class Trial(NamedTuple):
    """What a merge would bring, and sentences on what was not tried."""

    findings: tuple[Finding, ...] = ()
    notes: tuple[Sentence, ...] = ()


class _File(NamedTuple):
    """A file that both sides changed. `text` is what would come out of it, None if a merge stops there.

    `conflicts` are the names that a merge by names finds in conflict, one of them empty for the whole file. `is_clean`: a merge
    of lines does not stop. `is_wrong`: nor does it come to what a merge by names comes to.
    """

    path: str
    text: bytes | None
    conflicts: tuple[str, ...]
    is_clean: bool
    is_wrong: bool


def try_merge(repository: Repository, span: ReviewRange) -> Trial:
    """Merges the newer commit of a range with what it is compared to, if that has moved on. Raises Error as Git does."""
    if span.base in {span.trusted, span.head}:
        return Trial()
    if len(ranges.merge_bases(repository, span.trusted, span.head)) > 1:
        words = "what a merge with {} would give was not tried: the two have several merge bases"
        return Trial(notes=(sentence(words, span.base_name),))
    changes = list(ranges.differences(repository, [(span.head, span.base), (span.trusted, span.base)]))
    here, there = ({change.path: change for change in side if _is_covered(change.path)} for side in changes)
    if not here or not there:
        return Trial()
    both = [path for path in sorted(here.keys() & there.keys()) if here[path].new != there[path].new]
    files = [*_merged(repository, span, both, (here, there))]
    findings = [_stopped(span, file) for file in files if not file.is_clean]
    if all(file.text is not None for file in files):
        broken = list(_broken(repository, span, (here, there), files))
        findings += broken
        told = {finding.path for finding in broken}
        findings += [_wrong(span, file) for file in files if file.is_wrong and file.path not in told]
    if not findings:
        return Trial(notes=(sentence("{} has moved on, and merging it would go well", span.base_name),))
    return Trial(tuple(findings))


def _is_covered(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] == FOLDER and name.endswith(".yaml")


def _merged(
    repository: Repository, span: ReviewRange, paths: Sequence[str], sides: Sequence[Mapping[str, PathChange]]
) -> Iterator[_File]:
    texts = [repository.files(commit, paths) for commit in (span.base, span.head, span.trusted)]
    for path in paths:
        base, one, other = (side[path] for side in texts)
        if one is None or other is None or not all(side[path].new.startswith(_FILE) for side in sides):
            yield _File(path, None, ("",), is_clean=False, is_wrong=False)
            continue
        lines = made_again.lines(one, base or b"", other)
        by_names = made_again.merge(path, base or b"", one, other, lines)
        if lines is not None and lines.is_clean:
            is_wrong = bool(by_names.conflicts) or by_names.data != lines.data
            yield _File(path, lines.data, by_names.conflicts, is_clean=True, is_wrong=is_wrong)
        else:
            text = None if by_names.conflicts else by_names.data
            yield _File(path, text, by_names.conflicts, is_clean=False, is_wrong=False)


def _stopped(span: ReviewRange, file: _File) -> Finding:
    hint = _way_out(span)
    if file.text is not None:
        message = sentence("a forge cannot merge {} into this, and gitseal's merge driver can", span.base_name)
        return MERGE_BY_DRIVER.at(file.path, 0, message, hint, causes=_cause(file.path))
    message = sentence("a merge with {} stops here: both sides changed {}", span.base_name, _names(file))
    return MERGE_CONFLICT.at(file.path, 0, message, hint, causes=_cause(file.path))


def _wrong(span: ReviewRange, file: _File) -> Finding:
    template = "to merge {} is clean on a forge, though both sides changed {}"
    return MERGE_BREAKS.at(
        file.path, 0, sentence(template, span.base_name, _names(file)), _way_out(span), causes=_cause(file.path)
    )


def _names(file: _File) -> Sentence:
    named = [name for name in file.conflicts if name]
    return listed(named, most=_LISTED) if named else ours("the same file")


def _broken(
    repository: Repository, span: ReviewRange, sides: tuple[Mapping[str, PathChange], ...], files: Sequence[_File]
) -> Iterator[Finding]:
    """What `check` finds in the merged state, and in neither side."""
    texts = {file.path.encode("utf-8", "surrogateescape"): file.text for file in files if file.text is not None}
    here, there = (snapshot.of_commit(repository, commit) for commit in (span.head, span.trusted))
    stopping = {file.path for file in files if file.conflicts}
    merged = _MergedFiles(repository, _places(here, sides[1]), texts)
    roots = {root_above(path) for path in sides[0]} & {root_above(path) for path in sides[1]}
    for root in sorted(roots):
        names = _environments([path for side in sides for path in side if root_above(path) == root])
        known = {said for state in (here, there) for said, _ in _checked(repository, root, state, names)}
        for said, finding in _checked(repository, root, merged, names):
            if said not in known:
                template = "to merge {} is clean on a forge, and leaves this: {} ({})"
                message = sentence(template, span.base_name, finding.message, ours(finding.rule))
                hint = _way_out(span) if finding.path in stopping else _then_rekey(span, finding.path)
                yield MERGE_BREAKS.at(finding.path, 0, message, hint, causes=_cause(finding.path))


class _MergedFiles(Snapshot):
    """The files of a merge that nobody has made: those of one side, those that the other changed, and texts of both."""

    def __init__(self, repository: Repository, places: Mapping[bytes, TreeEntry], texts: Mapping[bytes, bytes]) -> None:
        super().__init__(repository, places)
        self._texts = texts

    def read(self, path: bytes) -> bytes | None:
        return self._texts[path] if path in self._texts else super().read(path)


def _places(here: Snapshot, there: Mapping[str, PathChange]) -> dict[bytes, TreeEntry]:
    places = dict(here.places)
    for change in there.values():
        path = change.path.encode("utf-8", "surrogateescape")
        mode, _, object_id = change.new.partition(" ")
        if change.removes:
            places.pop(path, None)
        else:
            places[path] = TreeEntry(int(mode, 8), object_id)
    return places


def _environments(paths: Iterable[str]) -> tuple[str, ...]:
    """The environments whose files changed; none, which stands for all, if the policy or the manifest did."""
    names = {path.rpartition("/")[2].removesuffix(".yaml") for path in paths}
    return tuple(sorted(names)) if all(map(is_environment_name, names)) else ()


def _checked(
    repository: Repository, root: str, files: Snapshot, names: tuple[str, ...]
) -> Iterator[tuple[_Said, Finding]]:
    project = states.of_files(repository, repository.top / root, files, cached=False)
    for finding in check(project, _present(project, names)):
        yield (finding.rule, finding.path, finding.message), finding


def _present(project: Project, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that this state has; all, if it has none of them."""
    try:
        return tuple(name for name in names if name in project.environments)
    except Error:
        return ()


def _way_out(span: ReviewRange) -> Decision:
    words = sentence("merge it in a clone, where gitseal's driver stops, and decide there by `gitseal resolve`")
    return decision("whoever made the branch", words, command("git merge {}", span.meant))


def _then_rekey(span: ReviewRange, path: str) -> Decision:
    """For what a merge by names lets pass as well, because no file of it changed on both sides."""
    merge = command("git merge {}", span.meant)
    name = path.rpartition("/")[2].removesuffix(".yaml")
    anew = (command("gitseal rekey -e {}", name).below(root_above(path)),) if is_environment_name(name) else ()
    return decision("whoever made the branch", "merge it, and bring the files to the policy", merge, *anew)


def _cause(path: str) -> tuple[Cause, ...]:
    return (Cause(MERGE, ""), Cause(FILE, path))
