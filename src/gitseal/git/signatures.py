"""The signer of a commit: its signature is compared with keys that the caller gives.

`%G?` is not asked. Its answer depends on settings and files that a branch or a clone can bring (gpg.program,
gpg.ssh.allowedSignersFile, a relative revocation file), it says N both for "not signed" and for "no tool here", and it
never compares the signer with anyone. So the commit is taken apart here (`commits.py`). SSH signatures are checked in this
process (`crypto/sshsig.py`), for a start of `ssh-keygen` takes as long as a hundred of them; it and `gpg`, from PATH, are asked
about the very bytes of the others.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from gitseal.crypto import sshsig
from gitseal.git.child import Finished
from gitseal.git.commits import RawCommit, raw_commits
from gitseal.git.repository import Repository
from gitseal.policy.signing import Signers, fingerprint, ssh_line

GOOD = "good"
UNSIGNED = "unsigned"
BAD = "bad"
UNKNOWN = "unknown"
UNCHECKABLE = "uncheckable"

_PGP_BEGIN = b"-----BEGIN PGP SIGNATURE-----"
_DOES_NOT_FIT = "the signature does not fit the commit"
_REFUSED = {sshsig.BAD: _DOES_NOT_FIT, sshsig.WEAK: "its key is too weak to show who made it (RSA takes 2048 bits)"}
_OLD_SSH = "ssh-keygen is older than OpenSSH 8.1 and cannot check signatures"
_GPG = (
    "--batch",
    "--no-tty",
    "--no-auto-key-retrieve",
    "--no-auto-key-import",
    "--disable-dirmngr",
    "--no-permission-warning",
    # The policy says whose a key is: the web of trust of whoever runs this has no say.
    "--trust-model=always",
    "--status-fd=1",
    "--verify",
)
# Each says what became of one signature (doc/DETAILS in GnuPG); there must be exactly one of them.
_PGP_WORDS = {
    "GOODSIG": "",
    "EXPSIG": "the signature has expired",
    "EXPKEYSIG": "the key has expired",
    "REVKEYSIG": "the key was revoked",
    "BADSIG": _DOES_NOT_FIT,
    "ERRSIG": "it cannot be checked",
}
_MISSING_KEY = "9"  # the reason that ERRSIG gives for a public key that is not at hand
_OF_DOCUMENT = "00"  # a signature of the bytes as they are (RFC 9580, section 5.2.1)


class Signature(NamedTuple):
    """The result of checking a commit's signature.

    `status`: GOOD by a key of `signers`; UNSIGNED; BAD, with the `reason`; UNKNOWN, by a key that is nobody's in `signers`
    (an SSH signature is then not looked at further); UNCHECKABLE, with the `reason`. `signers` are recipients, several only
    if they share the key. `key` is `SHA256:...` for SSH, a fingerprint or key id for OpenPGP. Nothing here compares the
    signer with the committer.
    """

    status: str
    signers: tuple[str, ...] = ()
    key: str = ""
    reason: str = ""


class _Tools:
    """The tools of a check: the keys, and for programs a folder of their own, made when one is started."""

    def __init__(self, signers: Signers, revoked: bytes | None, namespace: str, stack: ExitStack) -> None:
        self.signers = signers
        self.namespace = namespace
        self.has_revoked = revoked is not None
        self._revoked = revoked
        self._stack = stack

    @cached_property
    def folder(self) -> Path:
        """Holds the files of allowed and, if there are any, revoked keys. `.` in PATH is then no place of the repository's."""
        import tempfile  # few signatures need a program

        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="gitseal-")))
        # One principal for all: whose the key is was looked up by the key that the signature names.
        lines = (f'signer namespaces="{self.namespace}" {ssh_line(blob)}\n' for blob in self.signers.ssh)
        (folder / "allowed").write_text("".join(lines), encoding="ascii")
        if self._revoked is not None:
            (folder / "revoked").write_bytes(self._revoked)
        return folder


def signatures(
    repository: Repository, commits: Iterable[str], signers: Signers, revoked: bytes | None = None
) -> dict[str, Signature]:
    """The result for each commit's signature, by the commit's full id. Raises Error for a commit that is not there."""
    with checking(signers, revoked) as check:
        return {commit.id: check(commit) for commit in raw_commits(repository, commits)}


@contextmanager
def checking(signers: Signers, revoked: bytes | None = None) -> Iterator[Callable[[RawCommit], Signature]]:
    """A function that checks one commit against the keys of `signers`, good inside the block.

    `revoked` is the content of a revocation file of ssh-keygen(1), or None. OpenPGP keys are those of the caller's gpg.
    """
    with ExitStack() as stack:
        yield partial(_check, tools=_Tools(signers, revoked, sshsig.GIT, stack))


@contextmanager
def checking_bytes(
    signers: Signers, revoked: bytes | None, namespace: str
) -> Iterator[Callable[[bytes, bytes], Signature]]:
    """A function that checks a signature over bytes that are no Git object: `check(payload, signature)`.

    Everything else is as `checking` has it. `namespace` is that of SSH signatures; OpenPGP has none, so the bytes themselves
    have to say what they are for.
    """
    with ExitStack() as stack:
        tools = _Tools(signers, revoked, namespace, stack)
        yield lambda payload, signature: _check_bytes(_Signed(payload, signature), tools)


class _Signed(NamedTuple):
    """Bytes, and the armored signature over them."""

    payload: bytes
    signature: bytes


def _check(commit: RawCommit, tools: _Tools) -> Signature:
    if commit.flaw:
        return Signature(BAD, reason=commit.flaw)
    if not commit.is_signed:
        return Signature(UNSIGNED)
    if not commit.signature:
        return Signature(UNCHECKABLE, reason="it is signed in another hash function than this repository's")
    return _check_bytes(_Signed(commit.payload, commit.signature), tools)


def _check_bytes(commit: _Signed, tools: _Tools) -> Signature:
    if commit.signature.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        return _check_ssh(commit, tools)
    if commit.signature.startswith(_PGP_BEGIN):
        return _check_openpgp(commit, tools)
    is_x509 = commit.signature.startswith(b"-----BEGIN SIGNED MESSAGE-----")
    return Signature(UNCHECKABLE, reason=f"gitseal checks no {'X.509' if is_x509 else 'such'} signatures")


def _check_ssh(commit: _Signed, tools: _Tools) -> Signature:
    """In this process; by `ssh-keygen` what that cannot judge, and whether a key was revoked."""
    signature = sshsig.parse(commit.signature, tools.namespace)
    if signature is None:
        return Signature(BAD, reason="it is no SSH signature over a Git commit")
    key = fingerprint(signature.key)
    names = tools.signers.ssh.get(signature.key)
    if names is None:
        return Signature(UNKNOWN, key=key)
    verdict = sshsig.judge(signature, commit.payload)
    if verdict in _REFUSED:
        return Signature(BAD, names, key, _REFUSED[verdict])
    if verdict == sshsig.GOOD and not tools.has_revoked:
        return Signature(GOOD, names, key)
    return _by_ssh_keygen(commit, tools, names, key)


def _by_ssh_keygen(commit: _Signed, tools: _Tools, names: tuple[str, ...], key: str) -> Signature:
    (tools.folder / "signature").write_bytes(commit.signature)
    verified = _ssh_keygen(tools, commit.payload, *(("-r", "revoked") if tools.has_revoked else ()))
    if verified is None:
        return Signature(UNCHECKABLE, names, key, "there is no ssh-keygen on this machine")
    if verified.status == 0:
        return Signature(GOOD, names, key)
    if b"usage: ssh-keygen" in verified.stdout + verified.stderr:
        return Signature(UNCHECKABLE, names, key, _OLD_SSH)
    # ssh-keygen has one answer for all that is wrong.
    is_revoked = tools.has_revoked and (_ssh_keygen(tools, commit.payload) or verified).status == 0
    return Signature(BAD, names, key, "the revocation file has its key" if is_revoked else _DOES_NOT_FIT)


def _ssh_keygen(tools: _Tools, payload: bytes, *options: str) -> Finished | None:
    from gitseal.git import programs  # most signatures are judged in this process

    files = ("-f", "allowed", "-s", "signature", *options)
    command = ("ssh-keygen", "-Y", "verify", "-n", tools.namespace, "-I", "signer", *files)
    return programs.run(tools.folder, command, payload)


def _check_openpgp(commit: _Signed, tools: _Tools) -> Signature:
    """By `gpg`, with the keys that whoever runs this has; only the policy's fingerprints count."""
    if commit.signature.count(b"-----BEGIN ") != 1:
        return Signature(BAD, reason="it holds more than one signature")
    (tools.folder / "signature").write_bytes(commit.signature)
    from gitseal.git import programs  # most signatures are not OpenPGP's

    done = programs.run(tools.folder, ("gpg", *_GPG, "signature", "-"), commit.payload)
    if done is None:
        return Signature(UNCHECKABLE, reason="there is no gpg on this machine")
    output = done.stdout.decode("utf-8", "replace")
    lines = [line.split(" ")[1:] for line in output.split("\n") if line[:9] == "[GNUPG:] "]
    verdicts = [line for line in lines if line[0] in _PGP_WORDS]
    valid = [line for line in lines if line[0] == "VALIDSIG"]
    if len(verdicts) != 1 or len(valid) > 1:
        return Signature(BAD, reason="it is no single OpenPGP signature over a commit")
    word, key = verdicts[0][0], verdicts[0][1]
    if word == "ERRSIG":
        return _errsig(verdicts[0])
    return _openpgp(word, key, valid, done.status, tools.signers)


def _errsig(line: list[str]) -> Signature:
    """The reason why gpg cannot check: `ERRSIG KEYID ALGORITHM HASH CLASS TIME REASON FINGERPRINT`."""
    key = line[7] if len(line) > 7 and line[7] != "-" else line[1]  # noqa: PLR2004 - the fields above
    reason = "gpg has not the key" if line[6:7] == [_MISSING_KEY] else "gpg cannot check signatures of its kind"
    return Signature(UNCHECKABLE, key=key, reason=reason)


def _openpgp(word: str, key_id: str, valid: list[list[str]], status: int, signers: Signers) -> Signature:
    """The verdict on a signature that gpg could check: `VALIDSIG FINGERPRINT ... CLASS PRIMARY-FINGERPRINT`."""
    if not valid:
        return Signature(BAD, key=key_id, reason=_PGP_WORDS[word] or "gpg does not call it valid")
    own, primary, class_ = valid[0][1], valid[0][-1], valid[0][-2]
    names = signers.openpgp.get(primary) or signers.openpgp.get(own)
    if word != "GOODSIG":
        return Signature(BAD, names or (), primary, _PGP_WORDS[word])
    if status != 0 or class_ != _OF_DOCUMENT:
        return Signature(BAD, names or (), primary, "gpg does not call it valid")
    return Signature(GOOD, names, primary) if names else Signature(UNKNOWN, key=primary)
