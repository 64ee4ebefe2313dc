"""Tells whose approval a signed statement is."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

from gitseal.audit.verify.approvals.count import Signer
from gitseal.audit.verify.approvals.statement import NAMESPACE, SignedStatement
from gitseal.audit.verify.approvals.target import Target
from gitseal.audit.verify.evidence.signing import revoked_keys
from gitseal.git.repository import Repository
from gitseal.git.signatures import GOOD, Signature, checking_bytes
from gitseal.policy.policy import PERSON
from gitseal.policy.signing import holders, signers


class ReadApproval(NamedTuple):
    """The person who gave an approval. If nobody did, `problem` says why, in words, and the signer is None."""

    signer: Signer | None
    problem: str = ""


class ApprovalReader:
    """Tells whose approval a signed statement is, by a branch's policies, good until the stack is closed.

    Anybody may push junk, so what asks little comes first: programs and history only see what somebody listed has signed.
    """

    def __init__(self, repository: Repository, target: Target, stack: ExitStack) -> None:
        self._target = target
        self._revoked = revoked_keys(repository, target.tip)
        self._stack = stack
        self._checks: dict[str, Callable[[bytes, bytes], Signature]] = {}

    def read(self, signed: SignedStatement, root: str) -> ReadApproval:
        """The approver of a statement by the policy of a root."""
        statement, policy = signed.statement, self._target.owners.policy(root)
        person = policy.recipients.get(statement.approver)
        if person is None or person.kind != PERSON:
            return ReadApproval(None, f'the policy has no person "{statement.approver}"')
        problem = self._target.mismatch(statement)
        # Before any program is started. A key that two names share speaks for nobody: both could be one person.
        if not problem and holders(policy, statement.key) != (statement.approver,):
            problem = f'the policy does not give that key to "{statement.approver}" alone'
        if problem:
            return ReadApproval(None, problem)
        signature = self._check(root)(signed.payload, signed.signature)
        if signature.status != GOOD:
            problem = signature.reason or "it is signed with a key that the policy gives nobody"
        elif signature.signers != (statement.approver,) or (_is_ssh(statement.key) and signature.key != statement.key):
            problem = f'it is not signed with a key of "{statement.approver}" alone'
        problem = problem or self._target.outdated(statement)
        # An OpenPGP key counts by its primary key, whichever subkey signed.
        return ReadApproval(None, problem) if problem else ReadApproval(Signer(statement.approver, signature.key))

    def _check(self, root: str) -> Callable[[bytes, bytes], Signature]:
        if root not in self._checks:
            keys = signers(self._target.owners.policy(root))
            self._checks[root] = self._stack.enter_context(checking_bytes(keys, self._revoked, NAMESPACE))
        return self._checks[root]


def _is_ssh(key: str) -> bool:
    return ":" in key
