"""What a change of a branch lacks, and what is wrong with the policies that it brings, as findings."""

from collections.abc import Iterator, Sequence

from gitseal.audit.verify.approvals.count import Count
from gitseal.errors import Error
from gitseal.git.repository import Repository
from gitseal.policy import parser
from gitseal.policy.approvals import locked_out, shared_keys
from gitseal.policy.policy import Policy
from gitseal.project.project import FOLDER
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.plurals import plural
from gitseal.report.sentences import NOTHING, Sentence, listed, ours, sentence

NOT_APPROVED = FindingRule("not-approved", ERROR, "the policy asks for approvals that nobody has given")
SHARED_KEY = FindingRule("shared-key", ERROR, "a signing key stands under two names, where people are counted")
LOCKED_OUT = FindingRule("locked-out", ERROR, "a policy asks for more people than it has, so nobody could change it")

_POLICY = "policy.yaml"
_LISTED = 3


def missing(commit: str, counts: Sequence[tuple[str, Count]], *, is_named: bool) -> Iterator[Finding]:
    """One finding for all paths that lack the same. `is_named`: it is known which branch the change is for."""
    alike: dict[tuple[int, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for _root, counted in counts:
        if not counted.is_enough:
            alike.setdefault((counted.needed, counted.given, counted.could), []).append(counted.path)
    for (needed, given, could), paths in alike.items():
        by = sentence(" ({})", listed(given, "{}")) if given else NOTHING
        others = sentence("; also: {}", listed(paths[1:], "{}", _LISTED)) if paths[1:] else NOTHING
        lacking = sentence("it takes {} and has {}{}", ours(plural(needed, "approval")), len(given), by)
        who = sentence("may approve: {}", listed(could, "{}")) if could else ours("nobody else may approve it")
        hint = sentence("one of them runs: `gitseal approve`") if could else _more_people()
        if not is_named:
            hint = sentence("say which branch the change is for: --target BRANCH")
        message = sentence("{}; {}{}", lacking, who, others)
        yield NOT_APPROVED.at(paths[0], 0, message, hint, commit=commit)


def _more_people() -> Sentence:
    return sentence("whoever signed the change does not count: let somebody else commit it")


def shared(root: str, policy: Policy, commit: str) -> Iterator[Finding]:
    """Signing keys that stand under two names in the policy of a root."""
    for names in shared_keys(policy):
        message = sentence("{} have a signing key in common, so approvals cannot tell them apart", listed(names))
        hint = sentence("give each of them a key of their own")
        yield SHARED_KEY.at(f"{root}{FOLDER}/{_POLICY}", 0, message, hint, commit=commit)


def locking(repository: Repository, commit: str, paths: Sequence[str]) -> Iterator[Finding]:
    """Policies that the change brings and that nobody could change again."""
    for path in paths:
        if path.split("/")[-2:] != [FOLDER, _POLICY]:
            continue
        try:
            policy = parser.parse(repository.file(commit, path) or b"")
        except Error:  # `check` tells of it, and so does whatever judges by it next
            continue
        for locked in locked_out(policy):
            template = 'to change "{}" takes {} with signing keys, and the policy has {}: nobody could change it again'
            message = sentence(template, locked.file, ours(locked.people), locked.there)
            yield LOCKED_OUT.at(
                path, 0, message, sentence("ask for fewer approvals, or name more people"), commit=commit
            )
