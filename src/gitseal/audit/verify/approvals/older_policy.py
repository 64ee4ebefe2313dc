"""A judged branch whose policy is older than the default branch's: it gets around no approval that the latter asks for."""

from collections.abc import Collection, Iterator

from gitseal.audit.verify.approvals.findings import NOT_APPROVED
from gitseal.audit.verify.evidence.owners import Owners
from gitseal.git.repository import Repository
from gitseal.project.project import FOLDER
from gitseal.report.findings import Finding
from gitseal.report.hints import command, decision, pathspec
from gitseal.report.plurals import plural
from gitseal.report.sentences import ours, sentence


def judge_older_policy(
    repository: Repository, states: tuple[str, str, str], paths: Collection[str], default: str, *, listed: bool
) -> Iterator[Finding]:
    """The paths for which the default branch asks for more approvals than the branch itself, one finding for each number.

    `states` are the branch's old and new commit, and that of the branch `default`; `paths` are those that commits changed which
    the default branch does not have. What ends as the default branch has it was approved there. Approvals are for one branch by
    its own policy, so they are not counted here: a branch with the newer policy asks for them itself. Raises Error as `Owners`.
    """
    old, new, newest = states
    here, there = Owners(repository, old, listed=listed), Owners(repository, newest, listed=listed)
    said = set()
    for path in dict.fromkeys(paths):
        asked, own = _needed(there, path), _needed(here, path)
        if own < asked and (own, asked) not in said and not _is_same(repository, path, new, newest):
            said.add((own, asked))
            message = sentence(
                "the policy of {} asks for {} of this, and the branch's own for {}",
                default,
                ours(plural(asked, "approval")),
                own,
            )
            policy = f"{_root(there, path)}{FOLDER}/policy.yaml"
            fetch = command("git fetch origin {}", default)
            take = command("git checkout FETCH_HEAD -- {}", pathspec(policy))
            hint = decision("whoever pushes", "take over that policy and push it first", fetch, take)
            yield NOT_APPROVED.at(path, 0, message, hint, commit=new)


def _needed(owners: Owners, path: str) -> int:
    return max((claim.approvals for claim in owners.claims(path)), default=0)


def _root(owners: Owners, path: str) -> str:
    return max(owners.claims(path), key=lambda claim: claim.approvals).root


def _is_same(repository: Repository, path: str, one: str, other: str) -> bool:
    return repository.objects.entry(one, path) == repository.objects.entry(other, path)
