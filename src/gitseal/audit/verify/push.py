"""Judges a push for a server (githooks(5), pre-receive). The hook and `verify` both ask here.

A branch is judged if it is the default one or if the default branch's policy, as it was before the push, names it in `server`.
Other refs may propose anything. What else the server has changes nothing: whatever reaches a judged branch is judged there.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from gitseal.audit.verify.evidence.touched import Change, touched
from gitseal.audit.verify.verified import NOTHING, Verified, total
from gitseal.git import ranges, refs
from gitseal.git.refs import DefaultBranch
from gitseal.git.repository import Repository
from gitseal.git.updates import Update, is_none
from gitseal.git.walked_range import WalkedRange
from gitseal.policy.patterns import matches
from gitseal.project.approval_refs import APPROVALS
from gitseal.project.project import FOLDER
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import POLICY_OWNERS, advice, command, decision
from gitseal.report.sentences import sentence

NO_DEFAULT_BRANCH = FindingRule("no-default-branch", ERROR, "the server's HEAD is no branch, so that no policy judges")
UNRELATED = FindingRule("unrelated", ERROR, "a judged branch changes secrets and has nothing of the default branch")

_HEADS = "refs/heads/"


class JudgedRange(NamedTuple):
    """Commits, and the commit whose policies judge them. `is_whole`: the commit's state has to be kept, none of it dropped."""

    commits: WalkedRange
    base: str
    is_whole: bool


class JudgedRef(NamedTuple):
    """A judged branch of a push. `new` is its commit afterwards, empty if it goes away; then there are no `ranges`."""

    update: Update
    new: str
    ranges: tuple[JudgedRange, ...]


class Push:
    """The refs of one push, before a server takes it. Raises Error for a policy that is to judge and cannot be read."""

    def __init__(self, repository: Repository, updates: Sequence[Update]) -> None:
        self._repository = repository
        self._updates = updates

    @cached_property
    def default(self) -> DefaultBranch:
        """The default branch as it is before the push."""
        return refs.default_branch(self._repository)

    @cached_property
    def misled(self) -> Finding | None:
        """A word if HEAD leads to no branch though there are branches: no push could be judged, the one that mends it neither."""
        name, _, instead = self.default
        if not instead:
            return None
        message = sentence(
            "the server's HEAD leads to {}, which is no branch here, so that nobody's signature could be asked for",
            name or "a commit",
        )
        hint = decision("on the server", "name the default branch", command("git symbolic-ref HEAD {}", instead))
        return NO_DEFAULT_BRANCH.at(FOLDER, 0, message, hint)

    @cached_property
    def judged(self) -> list[JudgedRef]:
        """The judged branches of the push; none while the server has no default branch."""
        base = self.default.commit
        if base is None:
            return []
        targets = refs.targets(self._repository, [update.ref for update in self._updates])
        named = [update._replace(ref=targets.get(update.ref, update.ref)) for update in self._updates]
        return [self._judged(update, base) for update in named if self._is_judged(update.ref)]

    @cached_property
    def others(self) -> list[str]:
        """The commits of the other refs, those that go away left out, and tags of what is no commit."""
        judged = {ref.update.ref for ref in self.judged}
        rest = [update for update in self._updates if update.ref not in judged and not is_none(update.new)]
        commits = (self._repository.commit(update.new) for update in rest)
        return list(dict.fromkeys(commit for commit in commits if commit is not None))

    def _is_judged(self, ref: str) -> bool:
        # A file system may take Main for main.
        if ref.casefold() == self.default.name.casefold():
            return True
        parts = tuple(ref.removeprefix(_HEADS).casefold().split("/"))
        return ref.startswith(_HEADS) and any(matches(f"/{pattern.casefold()}", parts) for pattern in self._patterns)

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        from gitseal.audit.verify.evidence.owners import Owners

        return Owners(self._repository, self.default.commit or "").judged_branches()

    def _judged(self, update: Update, default: str) -> JudgedRef:
        new = "" if is_none(update.new) else self._repository.commit(update.new) or ""
        if not new:
            return JudgedRef(update, "", ())
        if is_none(update.old):
            # From where it leaves the default branch.
            return JudgedRef(update, new, (JudgedRange(self._walk(new, default), default, is_whole=False),))
        own = JudgedRange(self._walk(new, update.old), update.old, is_whole=True)
        if update.ref == self.default.name:
            return JudgedRef(update, new, (own,))
        # Its own policy may be old: whom the default branch has taken out since counts nowhere. And what began apart from the
        # default branch is no beginning: it was not judged by anything.
        known = (update.old, default) if ranges.merge_bases(self._repository, update.old, default) else (default,)
        by_default = JudgedRange(self._walk(new, *known), default, is_whole=False)
        return JudgedRef(update, new, (own, by_default))

    def _walk(self, new: str, *known: str) -> WalkedRange:
        return WalkedRange(self._repository, (new, *(f"^{commit}" for commit in known)))

    def verify(self, *, listed: bool = False) -> Verified:
        """Judges the push. `listed` is as `verify.verify` has it, which says too what Error is raised for."""
        if self.misled is not None:
            return NOTHING._replace(findings=(self.misled,))
        parts = [part for judged in self.judged for part in self._verified(judged, listed=listed)]
        return total([*parts, NOTHING._replace(findings=tuple(self.unwanted(listed=listed)))])

    def unwanted(self, *, listed: bool) -> list[Finding]:
        """Findings about the approvals that the push brings, judged by the branches as they are before it."""
        if not any(update.ref.startswith(APPROVALS) for update in self._updates):
            return []
        from gitseal.audit.verify.approvals.offered import judge_offered

        def start_of(branch: str) -> str | None:
            return self.default.commit if self.default.commit and self._is_judged(branch) else None

        return judge_offered(self._repository, self._updates, start_of, listed=listed)

    def _verified(self, judged: JudgedRef, *, listed: bool) -> Iterator[Verified]:
        if not judged.new:
            from gitseal.audit.verify import verify

            if any(verify.asks(self._repository, base, listed=listed) for base in self._bases(judged.update)):
                yield NOTHING._replace(findings=(_gone(judged.update),))
        for part in judged.ranges:
            is_aside = part.is_whole and not ranges.descends(self._repository, judged.new, part.base)
            changes = list(touched(self._repository, part.commits))
            if not changes and not is_aside:
                yield NOTHING._replace(commits=len(part.commits))
                continue
            from gitseal.audit.verify import verify

            if is_aside and verify.asks(self._repository, part.base, listed=listed):
                yield NOTHING._replace(findings=(verify.not_descendant(part.base, judged.new),))
            yield verify.judge_changes(self._repository, part.base, part.commits, changes, listed=listed)
            if self._is_unrelated(judged, part) and verify.asks(self._repository, part.base, listed=listed):
                yield NOTHING._replace(findings=(_unrelated(judged, self.default.name, changes[0]),))
                continue
            # The branch's own policy asks for approvals; that of the default branch if the branch is new.
            if not is_aside and part is judged.ranges[0]:
                yield NOTHING._replace(findings=self._unapproved(judged, part, listed=listed))
            if part is not judged.ranges[0]:
                yield NOTHING._replace(findings=self._less_approved(judged, part, changes, listed=listed))

    def _is_unrelated(self, judged: JudgedRef, part: JudgedRange) -> bool:
        """True if nothing leads from the default branch to a branch that is judged by it: signatures were for something else."""
        return not part.is_whole and not ranges.merge_bases(self._repository, judged.new, part.base)

    def _less_approved(
        self, judged: JudgedRef, part: JudgedRange, changes: Sequence[Change], *, listed: bool
    ) -> tuple[Finding, ...]:
        from gitseal.audit.verify.approvals.older_policy import judge_older_policy

        paths = [change.path for _commit, own in changes for change in own]
        states = (judged.update.old, judged.new, part.base)
        return tuple(judge_older_policy(self._repository, states, paths, self.default.name, listed=listed))

    def _unapproved(self, judged: JudgedRef, part: JudgedRange, *, listed: bool) -> tuple[Finding, ...]:
        from gitseal.audit.verify.approvals import findings, judging, offered
        from gitseal.audit.verify.approvals.target import Diverged

        # Approvals that come with what they approve count for it, in whatever order Git names them.
        blobs = offered.offered_blobs(self._updates)
        name = judged.update.ref
        also = (self.default.commit or "") if name != self.default.name and not is_none(judged.update.old) else ""
        change = judging.ChangeOfBranch(self._repository, part.base, judged.new, part.commits, name, "", blobs, also)
        try:
            return judging.judge_approvals(change, listed=listed).findings
        except Diverged as error:  # a new branch need not build on the default one
            words = sentence("approvals cannot be counted: {}", error.message)
            return (findings.NOT_APPROVED.at(FOLDER, 0, words, advice(error.hint), commit=judged.new),)

    def _bases(self, update: Update) -> list[str]:
        return [base for base in (self.default.commit, "" if is_none(update.old) else update.old) if base]


def _unrelated(judged: JudgedRef, default: str, change: Change) -> Finding:
    commit, paths = change
    message = sentence(
        "{} has no commit in common with {}: what was signed in another history does not count here",
        judged.update.ref,
        default,
    )
    merge = command("git merge --allow-unrelated-histories {}", default)
    hint = decision("whoever pushes", "begin it at the default branch, or merge that into it", merge)
    return UNRELATED.at(paths[0].path, 0, message, hint, commit=commit)


def _gone(update: Update) -> Finding:
    from gitseal.audit.verify.verify import NOT_DESCENDANT

    message = sentence("{} would be gone, and with it the policy by which the next push is judged", update.ref)
    hint = decision(
        POLICY_OWNERS, "let another branch be the default one first, or take it out of server: in the policy"
    )
    return NOT_DESCENDANT.at(FOLDER, 0, message, hint, commit=update.old)
