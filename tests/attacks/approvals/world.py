"""A team whose policy asks for approvals, with real keys, a remote, and people who approve by the real command."""

from collections.abc import Mapping
from pathlib import Path

from gitseal.audit.verify.approvals.judging import ChangeOfBranch, judge_approvals
from gitseal.audit.verify.approvals.statement import NAMESPACE, ApprovalStatement, SignedStatement, serialise
from gitseal.git.repository import Repository
from gitseal.git.walked_range import WalkedRange
from gitseal.policy.signing import fingerprint, parse_signing
from gitseal.usecases import approve
from tests import programs
from tests.attacks.verify.world import POLICY, PRODUCTION, Key, Team, signature

MAIN = "refs/heads/main"
PEOPLE = ("alice", "bob", "carol")

# alice, bob and carol may change production, which takes one approval besides; dave signs and is nobody here.
TEXT = """\
version: 1
recipients:
  alice: {{email: alice@example.com, keys: [age1], signing: ["{alice}"]}}
  bob: {{email: bob@example.com, keys: [age1], signing: ["{bob}"]}}
  carol: {{email: carol@example.com, keys: [age1], signing: ["{carol}"]}}
  robot: {{kind: machine, email: robot@example.com, keys: [age1], signing: ["{robot}"]}}
  hub: {{kind: forge, email: noreply@hub.example, signing: ["{hub}"]}}
groups:
  admins: [alice, bob, carol, robot, hub]
policy: {{change: {{by: [admins], approvals: 1}}}}
manifest: {{change: [admins]}}
environments:
  base: {{open: [admins_], change: [admins]}}
  production: {{open: [admins_], extends: base, change: {{by: [admins], approvals: 1}}}}
  free: {{open: [admins_], change: [admins]}}
""".replace("admins_", "alice")


class Approving(Team):
    """One repository and its people. `main` stays at `base`; work goes to the branch `topic`."""

    def __init__(self, top: Path, keys: dict[str, Key], *options: str) -> None:
        super().__init__(top, keys, *options)
        self.git("checkout", "--quiet", "-b", "topic")

    def policy(self, **keys: str) -> str:
        return TEXT.format(**{name: key.public for name, key in self.keys.items()} | keys)

    @property
    def repository(self) -> Repository:
        return Repository(self.top)

    def sign_as(self, who: str) -> None:
        self.git("config", "gpg.format", self.keys[who].form)
        self.git("config", "user.signingKey", self.keys[who].key)

    def proposal(self, who: str, span: str = "main..HEAD", target: str = "") -> approve.Proposal:
        self.sign_as(who)
        return approve.propose(self.repository, span, target)

    def approve(self, who: str, span: str = "main..HEAD", target: str = "") -> SignedStatement:
        (signed,) = approve.approve(self.proposal(who, span, target))
        return signed

    def missing(self, base: str = "main", head: str = "HEAD", ref: str = MAIN) -> list[str]:
        """The rules that approvals break between two commits."""
        repository = self.repository
        old, new = self.git("rev-parse", base), self.git("rev-parse", head)
        walked = WalkedRange(repository, (new, f"^{old}"))
        found = judge_approvals(ChangeOfBranch(repository, old, new, walked, ref))
        return [finding.rule for finding in found.findings]

    def merge(self, head: str = "topic") -> None:
        """What is approved gets into main as it is."""
        self.git("branch", "--force", "main", head)

    def put(self, statement: ApprovalStatement, who: str, *, namespace: str = NAMESPACE) -> SignedStatement:
        """A statement of any kind, signed by somebody with tools of their own, in the ref where it belongs."""
        payload = serialise(statement)
        signed = SignedStatement(statement, payload, signature(self, payload, who, namespace))
        self.put_blob(signed.ref, signed.content)
        return signed

    def put_blob(self, ref: str, content: bytes) -> None:
        blob = self.git("hash-object", "-w", "--stdin", stdin=content)
        self.git("update-ref", ref, blob)

    def drop_approvals(self) -> None:
        for ref in self.git("for-each-ref", "--format=%(refname)", "refs/gitseal").splitlines():
            self.git("update-ref", "-d", ref)

    def key_of(self, who: str) -> str:
        return fingerprint(parse_signing(self.keys[who].public))


def gitseal(team: Team, *words: str, status: int = 0, environ: Mapping[str, str] | None = None) -> str:
    """The real command; gives what it printed and said."""
    done = programs.run("gitseal", *words, cwd=team.top, environ=environ)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


__all__ = ["MAIN", "PEOPLE", "POLICY", "PRODUCTION", "Approving", "gitseal"]
