"""One commit judged: who signed it, who would have had to, and what is wrong with that, in words."""

from collections.abc import Sequence
from typing import NamedTuple

from gitseal.audit.common_findings import LOCAL_TRACKED, UNOWNED
from gitseal.audit.verify.evidence.owners import Claim, Owners
from gitseal.audit.verify.evidence.signing import Check
from gitseal.audit.verify.evidence.touched import folded
from gitseal.git.commits import RawCommit
from gitseal.git.ranges import PathChange
from gitseal.git.signatures import BAD, UNCHECKABLE, UNKNOWN, UNSIGNED, Signature
from gitseal.policy.policy import Policy
from gitseal.policy.who_may_change import is_forge
from gitseal.report.causes import SIGNER, Cause
from gitseal.report.escaping import printable
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import POLICY_OWNERS, Hint, command, decision, untrack
from gitseal.report.sentences import NOTHING, Sentence, listed, literal, ours, sentence

SIGNED = "signed"
BY_FORGE = "forge"
FREE = "free"
REFUSED = "refused"

_LOCAL = ".local.yaml"
_LISTED = 3  # paths named in one message
_LONGEST = 120
_IN_ANOTHERS_NAME = decision(
    POLICY_OWNERS, "if the forge signs in the name of whoever merges, leave out its email in the policy"
)

UNSIGNED_COMMIT = FindingRule("unsigned", ERROR, "a commit that the policy asks a signature for has none")
BAD_SIGNATURE = FindingRule("bad-signature", ERROR, "the commit is not what was signed, or the key does not count")
UNCHECKABLE_SIGNATURE = FindingRule("uncheckable", ERROR, "signed, and this machine cannot tell by whom")
WRONG_SIGNER = FindingRule("wrong-signer", ERROR, "signed with a key that the policy gives nobody")
SIGNER_NOT_COMMITTER = FindingRule("signer-not-committer", ERROR, "signed by one person, committed as another")
FORGE_SIGNED = FindingRule("forge-signed", ERROR, "signed by an allowed forge not change this")
NOT_ALLOWED = FindingRule("not-allowed", ERROR, "signed by somebody who may not change this")


class Verdict(NamedTuple):
    """The outcome for one commit: SIGNED, BY_FORGE, FREE (nobody's signature is asked for) or REFUSED, with why."""

    outcome: str
    findings: tuple[Finding, ...] = ()


class _Demand(NamedTuple):
    """A path, and the recipients of one policy who may change it."""

    path: str
    who: frozenset[str]


def judge(commit: RawCommit, changes: Sequence[PathChange], owners: Owners, check: Check) -> Verdict:
    """Judges one commit by what it changes. `check` gives its signature by the keys of a policy, named by its root."""
    findings = [_local(commit, change) for change in changes if _is_local(change)]
    outcomes = set()
    for policy_claims in _by_root(changes, owners).values():
        claim, demands = policy_claims
        # Each policy by itself: a folder's people say nothing about the neighbour's files, though one signature serves both.
        problems = [_nobody(commit, demand.path) for demand in demands if not demand.who]
        demands = [demand for demand in demands if demand.who]
        if demands:
            signature = check(claim.root, claim.policy, commit)
            problems += _signature(commit, signature, claim.policy, demands)
            outcomes.add(BY_FORGE if is_forge(claim.policy, signature.signers) else SIGNED)
        findings += problems
    if findings:
        return Verdict(REFUSED, tuple(findings))
    return Verdict(BY_FORGE if BY_FORGE in outcomes else SIGNED if outcomes else FREE)


def _by_root(changes: Sequence[PathChange], owners: Owners) -> dict[str, tuple[Claim, list[_Demand]]]:
    """The demands of each policy: a claim of it, and the paths for which somebody has to sign."""
    demands: dict[str, tuple[Claim, list[_Demand]]] = {}
    for change in changes:
        for claim in owners.claims(change.path):
            if claim.who is not None:
                demands.setdefault(claim.root, (claim, []))[1].append(_Demand(change.path, claim.who))
    return demands


def _signature(commit: RawCommit, signature: Signature, policy: Policy, demands: Sequence[_Demand]) -> list[Finding]:
    """Findings about a commit's signature for these paths; nothing if it is by somebody who may change them."""
    wrong = _wrong(commit, signature, policy)
    if wrong is not None:
        rule, words = wrong
        is_forges = rule is SIGNER_NOT_COMMITTER and is_forge(policy, signature.signers)
        hint = _IN_ANOTHERS_NAME if is_forges else _sign(commit, demands)
        return [_finding(commit, rule, demands, sentence("{}; {}", words, _who_may(demands)), hint)]
    names = set(signature.signers)
    refused = [demand for demand in demands if not names & demand.who]
    if not refused:
        return []
    signer = _named(signature.signers)
    if is_forge(policy, names):
        template = "signed by the forge {}, which may not change this: whoever made it is not told; {}"
        hint = decision(POLICY_OWNERS, "let it in by change: in the policy; or push signed commits")
        return [_finding(commit, FORGE_SIGNED, refused, sentence(template, signer, _who_may(refused)), hint)]
    words = sentence("signed by {}, who may not change this; {}", signer, _who_may(refused))
    return [_finding(commit, NOT_ALLOWED, refused, words, _sign(commit, refused))]


def _wrong(commit: RawCommit, signature: Signature, policy: Policy) -> tuple[FindingRule, Sentence] | None:
    """The rule and words for a signature that shows nobody of the policy to be the committer, or None."""
    if signature.status == UNSIGNED:
        by = sentence(" by {}", _line(commit.committer)) if commit.committer else NOTHING
        return UNSIGNED_COMMIT, sentence("changed{} and not signed", by)
    reason, key = literal(signature.reason), sentence(" ({})", signature.key) if signature.key else NOTHING
    if signature.status == BAD:
        return BAD_SIGNATURE, sentence("the signature does not count: {}", reason)
    if signature.status == UNCHECKABLE:
        return UNCHECKABLE_SIGNATURE, sentence("signed, which cannot be checked here: {}{}", reason, key)
    if signature.status == UNKNOWN:
        return WRONG_SIGNER, sentence("signed with a key that the policy gives nobody{}", key)
    return _not_committer(commit, signature, policy)


def _not_committer(commit: RawCommit, signature: Signature, policy: Policy) -> tuple[FindingRule, Sentence] | None:
    # The committer is what people read in `git log`. Without this somebody who may sign could commit in a colleague's name.
    emails = [policy.recipients[name].email for name in signature.signers]
    if commit.committer.casefold() in (email.casefold() for email in emails if email):
        return None
    # A forge without an address in the policy signs in the name of whoever presses the button.
    if is_forge(policy, signature.signers) and not any(emails):
        return None
    template = 'signed by {}, and committed as "{}"'
    if not any(emails):
        template = 'signed by {}, and the policy does not say whether that is "{}"'
    return SIGNER_NOT_COMMITTER, sentence(template, _named(signature.signers), _line(commit.committer))


def _who_may(demands: Sequence[_Demand]) -> Sentence:
    """The people one of whom would have had to sign."""
    who = frozenset.intersection(*(demand.who for demand in demands))
    if not who:
        return ours("nobody may change all of it in one commit")
    return sentence("it takes the signature of {}", _named(sorted(who)))


def _sign(commit: RawCommit, demands: Sequence[_Demand]) -> Hint:
    """The way to a signature that counts: the commit is made again from its parent on, by somebody who is allowed to."""
    who = frozenset.intersection(*(demand.who for demand in demands))
    if not who:
        return decision(
            "whoever made the commit", "make one commit for each file, each signed by somebody who may change it"
        )
    again = command("git rebase --force-rebase --gpg-sign {}", commit.parents[0]) if commit.parents else None
    words = "sign it again, and what follows it, on the branch"
    return decision(_named(sorted(who)), words, *((again,) if again else ()))


def _nobody(commit: RawCommit, path: str) -> Finding:
    message = sentence(
        "nobody may change this: it is protected and has no list, or nobody is in all the lists that count for it"
    )
    hint = decision(POLICY_OWNERS, "say who may by change: in the policy; environments that extend it count too")
    return UNOWNED.at(path, 0, message, hint, commit=commit.id)


def _is_local(change: PathChange) -> bool:
    # Folded, or a file system that knows no case would check out `.LOCAL.yaml` as this machine's own file.
    return not change.removes and folded(change.path.rpartition("/")[2]).endswith(_LOCAL)


def _local(commit: RawCommit, change: PathChange) -> Finding:
    message = sentence("a local file is tracked by Git: it is for one machine only")
    hint = decision("whoever made the commit", "take it out, and make the commit again", untrack(change.path))
    return LOCAL_TRACKED.at(change.path, 0, message, hint, commit=commit.id)


def _finding(commit: RawCommit, rule: FindingRule, demands: Sequence[_Demand], words: Sentence, hint: Hint) -> Finding:
    others = [_line(demand.path) for demand in demands[1:]]
    if others:
        words = sentence("{} (also: {})", words, listed(others, "{}", _LISTED))
    return rule.at(demands[0].path, 0, words, hint, commit=commit.id, causes=(Cause(SIGNER, commit.id),))


def _named(names: Sequence[str]) -> Sentence:
    return listed(names, "{}", separator=" or ")


def _line(words: str) -> str:
    """Words of a commit, cut to what fits into one line of a report."""
    return printable(words)[:_LONGEST]
