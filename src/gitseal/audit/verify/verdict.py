"""One commit judged: who signed it, who would have had to, and what is wrong with that, in words."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from gitseal.audit.verify.owners import Claim, Owners
from gitseal.audit.verify.touched import folded
from gitseal.git.commits import RawCommit
from gitseal.git.ranges import PathChange
from gitseal.git.signatures import BAD, UNCHECKABLE, UNKNOWN, UNSIGNED, Signature
from gitseal.policy.policy import Policy
from gitseal.policy.who_may_change import is_forge
from gitseal.report.escaping import printable
from gitseal.report.findings import Finding

SIGNED = "signed"
BY_FORGE = "forge"
FREE = "free"
REFUSED = "refused"

_LOCAL = ".local.yaml"
_LISTED = 3  # paths named in one message
_LONGEST = 120
_SIGN = "who may can sign it again: git rebase --force-rebase --gpg-sign BASE"

Check = Callable[[str, Policy, RawCommit], Signature]


class Verdict(NamedTuple):
    """What became of one commit: SIGNED, BY_FORGE, FREE (nobody's signature is asked for) or REFUSED, with why."""

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
        found = [_nobody(commit, each.path) for each in demands if not each.who]
        demands = [each for each in demands if each.who]
        if demands:
            signature = check(claim.root, claim.policy, commit)
            found += _signature(commit, signature, claim.policy, demands)
            outcomes.add(BY_FORGE if is_forge(claim.policy, signature.signers) else SIGNED)
        findings += found
    if findings:
        return Verdict(REFUSED, tuple(findings))
    return Verdict(BY_FORGE if BY_FORGE in outcomes else SIGNED if outcomes else FREE)


def _by_root(changes: Sequence[PathChange], owners: Owners) -> dict[str, tuple[Claim, list[_Demand]]]:
    """What each policy demands: a claim of it, and the paths for which somebody has to sign."""
    found: dict[str, tuple[Claim, list[_Demand]]] = {}
    for change in changes:
        for claim in owners.claims(change.path):
            if claim.who is not None:
                found.setdefault(claim.root, (claim, []))[1].append(_Demand(change.path, claim.who))
    return found


def _signature(commit: RawCommit, signature: Signature, policy: Policy, demands: Sequence[_Demand]) -> list[Finding]:
    """What is wrong with a commit's signature for these paths; nothing, where it is by somebody who may."""
    wrong = _wrong(commit, signature, policy)
    if wrong is not None:
        rule, words = wrong
        return [_finding(commit, rule, demands, f"{words}; {_who_may(demands)}", _SIGN)]
    names = set(signature.signers)
    refused = [each for each in demands if not names & each.who]
    if not refused:
        return []
    signer = _named(signature.signers)
    if is_forge(policy, names):
        words = (
            f"signed by the forge {signer}, which may not change this: whoever made it is not told; {_who_may(refused)}"
        )
        return [
            _finding(
                commit, "forge-signed", refused, words, "let it in by change: in the policy, or push signed commits"
            )
        ]
    return [
        _finding(
            commit, "not-allowed", refused, f"signed by {signer}, who may not change this; {_who_may(refused)}", _SIGN
        )
    ]


def _wrong(commit: RawCommit, signature: Signature, policy: Policy) -> tuple[str, str] | None:
    """The rule and words for a signature that shows nobody of the policy to be the committer, or None."""
    by = f" by {_line(commit.committer)}" if commit.committer else ""
    if signature.status == UNSIGNED:
        return "unsigned", f"changed{by} and not signed"
    if signature.status == BAD:
        return "bad-signature", f"the signature does not count: {signature.reason}"
    if signature.status == UNCHECKABLE:
        return "uncheckable", f"signed, which cannot be checked here: {signature.reason}{_key(signature)}"
    if signature.status == UNKNOWN:
        return "wrong-signer", f"signed with a key that the policy gives nobody{_key(signature)}"
    return _not_committer(commit, signature, policy)


def _not_committer(commit: RawCommit, signature: Signature, policy: Policy) -> tuple[str, str] | None:
    emails = [policy.recipients[name].email for name in signature.signers]
    if commit.committer.casefold() in (each.casefold() for each in emails if each):
        return None
    if is_forge(policy, signature.signers) and not any(emails):
        return None
    signer, committer = _named(signature.signers), _line(commit.committer)
    if not any(emails):
        return "signer-not-committer", f'signed by {signer}, and the policy does not say whether that is "{committer}"'
    return "signer-not-committer", f'signed by {signer}, and committed as "{committer}"'


def _who_may(demands: Sequence[_Demand]) -> str:
    """Who would have had to sign."""
    who = frozenset.intersection(*(each.who for each in demands))
    if not who:
        return "nobody may change all of it in one commit"
    return f"it takes the signature of {' or '.join(sorted(who))}"


def _nobody(commit: RawCommit, path: str) -> Finding:
    return Finding(
        "unowned",
        path,
        0,
        "nobody may change this: it is protected and has no list, or nobody is in all the lists that count for it",
        "say who may by change: in the policy; environments that extend it count too",
        commit=commit.id,
    )


def _is_local(change: PathChange) -> bool:
    return not change.removes and folded(change.path.rpartition("/")[2]).endswith(_LOCAL)


def _local(commit: RawCommit, change: PathChange) -> Finding:
    message = "a local file is tracked by Git: it is for one machine only"
    return Finding("local-tracked", change.path, 0, message, "git rm --cached it, and commit again", commit=commit.id)


def _finding(commit: RawCommit, rule: str, demands: Sequence[_Demand], words: str, hint: str) -> Finding:
    others = [_line(each.path) for each in demands[1:]]
    if others:
        more = f" and {len(others) - _LISTED} more" if len(others) > _LISTED else ""
        words += f" (also: {', '.join(others[:_LISTED])}{more})"
    return Finding(rule, demands[0].path, 0, words, hint, commit=commit.id)


def _key(signature: Signature) -> str:
    return f" ({signature.key})" if signature.key else ""


def _named(names: Sequence[str]) -> str:
    return " or ".join(names)


def _line(words: str) -> str:
    """Words that a commit brings, without the end of what is too long for one line of a report."""
    return printable(words)[:_LONGEST]
