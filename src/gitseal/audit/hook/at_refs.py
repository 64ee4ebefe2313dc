"""The commits that a push would bring somewhere new, looked at by the hooks pre-push and pre-receive."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gitseal.audit.scan.commits import ScanRange, scan_commits
from gitseal.audit.scan.scanned import Scanned
from gitseal.audit.verify.evidence.touched import covered
from gitseal.audit.verify.push import Push
from gitseal.git.introduced import IntroducingCommit
from gitseal.git.repository import Repository
from gitseal.git.updates import Update, is_none
from gitseal.report.findings import ERROR, Finding
from gitseal.report.hints import command

if TYPE_CHECKING:
    from gitseal.identities import Keyring

_HEADS = "refs/heads/"
_NEW = "there is no default branch yet, so nobody's signature could be asked for: look at what was pushed as a whole"

_ELSEWHERE = (
    "the server's HEAD leads to {}, which this push does not bring: name the default branch there, "
    "or the next push is refused{}"
)


class Received(NamedTuple):
    """The plaintext that a push brings, and its changes that none of the allowed people signed."""

    scanned: Scanned
    unverified: list[Finding]


def at_push(repository: Repository, given: Sequence[str], updates: Sequence[Update], keyring: "Keyring") -> Scanned:
    """The commits that a push brings to a remote and that none of its branches has, as far as they were fetched.

    `given` is the remote's name and URL, `updates` are its refs. Raises Error for what cannot be looked at.
    """
    # A remote without a name is a URL, which no pattern of refs is.
    remote = given[0] if given and given[0] in repository.remotes() else ""
    known = [update.old for update in updates if not is_none(update.old) and repository.commit(update.old)]
    excluded = ("--not", f"--remotes={remote}") if remote else ()
    heads = dict.fromkeys(repository.commit(update.new) for update in updates if not is_none(update.new))
    ranges = [
        ScanRange((commit, *(f"^{ancestor}" for ancestor in known)), excluded, commit)
        for commit in heads
        if commit is not None  # a tag of something else than a commit
    ]
    return _together(scan_commits(repository, wanted, keyring) for wanted in _with_refs(ranges, updates))


def at_receive(repository: Repository, updates: Sequence[Update]) -> Received:
    """Scans what a push brings into this repository: to a judged branch since its old state, to any other ref what is new here.

    If a policy has a `change` list, signatures on judged branches are checked too. `updates` are this repository's refs. Raises
    Error for what cannot be looked at.
    """
    push = Push(repository, updates)
    watch = _Watch()
    judged = [
        ScanRange((), (), ref.new, part.commits) for ref in push.judged for part in ref.ranges[:1] if len(part.commits)
    ]
    new = [ScanRange((commit,), ("--not", "--all"), commit) for commit in push.others]
    wanted = _with_refs([*judged, *new], updates)
    scanned = _together(scan_commits(repository, part, None, watch=watch.see) for part in wanted)
    if push.default.commit is None and push.misled is None:
        words = [_NEW] if watch.is_seen else []
        if not any(update.ref == push.default.name for update in updates):
            # The next push is refused for it: whoever brings the first branch may still be there to mend it.
            words.append(_ELSEWHERE.format(push.default.name or "a commit", _naming(updates)))
        return Received(scanned._replace(notes=(*scanned.notes, *words)), push.unwanted(listed=True))
    verdicts = push.verify(listed=True).findings
    said = {(finding.rule, finding.path, finding.commit) for finding in scanned.findings}
    errors = [
        finding
        for finding in verdicts
        if finding.severity == ERROR and (finding.rule, finding.path, finding.commit) not in said
    ]
    notes = tuple(f"{finding.as_text()}: {finding.hint}" for finding in verdicts if finding.severity != ERROR)
    return Received(scanned._replace(notes=(*scanned.notes, *notes)), errors)


def _naming(updates: Sequence[Update]) -> str:
    """The command that makes a branch of the push the default one; nothing if it brings none."""
    branch = next((update.ref for update in updates if update.ref.startswith(_HEADS) and not is_none(update.new)), "")
    return f": {command('git symbolic-ref HEAD {}', branch).as_text()}" if branch else ""


class _Watch:
    """Notices commits that bring what `verify` covers."""

    def __init__(self) -> None:
        self.is_seen = False

    def see(self, commit: IntroducingCommit) -> None:
        """Looks at one."""
        paths = (file.path.decode("utf-8", "surrogateescape") for file in commit.brought)
        self.is_seen = self.is_seen or any(covered(path) for path in paths)


def _with_refs(ranges: list[ScanRange], updates: Sequence[Update]) -> list[ScanRange]:
    """The ranges, and with one of them the refs of the push: their names, tags, and blobs that no commit has."""
    named = tuple((update.ref, update.new) for update in updates if not is_none(update.new))
    first, *others = ranges or [ScanRange((), (), "")]
    return [first._replace(named=named), *others]


def _together(parts: Iterable[Scanned]) -> Scanned:
    findings, notes, files = [], [], 0
    for scanned in parts:
        findings += [finding for finding in scanned.findings if finding not in findings]
        notes += [note for note in scanned.notes if note not in notes]
        files += scanned.files
    return Scanned(findings, files, tuple(notes))
