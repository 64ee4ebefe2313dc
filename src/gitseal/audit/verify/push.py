"""`verify` of a push, before a server takes it (githooks(5), pre-receive)."""

from collections.abc import Sequence

from gitseal.audit.verify.verify import NOT_DESCENDANT, Verified, asks, judge_range, verify
from gitseal.git.repository import Repository
from gitseal.git.updates import Update, is_none
from gitseal.git.walked_range import WalkedRange
from gitseal.project.project import FOLDER
from gitseal.report.findings import Finding
from gitseal.report.sentences import sentence


def verify_push(repository: Repository, updates: Sequence[Update], *, listed: bool = False) -> Verified:
    """Judges what a push brings, each update by a policy that the server has already.

    * the default branch by its own old state, from which it has to go on, and it may not go away;
    * any other ref by the default branch's state, and of it only the commits that no ref has yet: it may be new, be written
      anew, or have merged in what others brought;
    * another ref that goes away takes nothing with it that is judged here.

    Where there is no default branch yet nobody's signature can be asked for. `listed` is as `verify` has it, which says too
    what Error is raised for.
    """
    default = (repository.git("symbolic-ref", "--quiet", "HEAD") or b"").decode("utf-8", "surrogateescape").rstrip("\n")
    found = [_update(repository, each, default, listed=listed) for each in updates]
    return Verified(
        sum(each.commits for each in found),
        sum(each.touching for each in found),
        sum(each.signed for each in found),
        sum(each.by_forge for each in found),
        sum(each.free for each in found),
        tuple(dict.fromkeys(finding for each in found for finding in each.findings)),
    )


def _update(repository: Repository, update: Update, default: str, *, listed: bool) -> Verified:
    is_default = update.ref == default and not is_none(update.old)
    if is_none(update.new):
        gone = (_gone(update),) if is_default and asks(repository, update.old, listed=listed) else ()
        return Verified(0, 0, 0, 0, 0, gone)
    new = repository.commit(update.new)
    if new is None:  # a tag of a file
        return Verified(0, 0, 0, 0, 0, ())
    if is_default:
        return verify(repository, update.old, new, listed=listed)
    base = repository.commit("HEAD") or ""
    return judge_range(repository, base, WalkedRange(repository, (new, "--not", "--all")), listed=listed)


def _gone(update: Update) -> Finding:
    message = sentence("{} would be gone, and with it the policy by which the next push is judged", update.ref)
    hint = sentence("let another branch be the default one first")
    return NOT_DESCENDANT.at(FOLDER, 0, message, hint, commit=update.old)
