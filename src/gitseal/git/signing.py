"""Signing bytes with the key that Git signs commits with: `gpg.format` and `user.signingKey` say which (git-config(1))."""

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from gitseal.errors import Error
from gitseal.git import programs
from gitseal.git.child import Finished
from gitseal.git.repository import Repository
from gitseal.policy.signing import fingerprint, parse_signing

SSH, OPENPGP = "ssh", "openpgp"
_SET_KEY = "name one: git config user.signingKey ~/.ssh/id_ed25519.pub"
_LITERAL = "key::"


class SigningKey(NamedTuple):
    """A key of this machine. `name` is what its `program` knows it by; `fingerprints` are what a policy may list of it.

    An SSH key has one; an OpenPGP key has that of its primary key first, then those of its subkeys. `is_literal`: `name` is
    the public key itself, whose private half an agent holds.
    """

    form: str
    program: str
    name: str
    fingerprints: tuple[str, ...]
    is_literal: bool = False


def signing_key(repository: Repository) -> SigningKey:
    """The key that Git would sign a commit with. Raises Error if there is none, and for X.509."""
    form = repository.config("gpg.format") or OPENPGP
    if form == SSH:
        return _ssh_key(repository)
    if form != OPENPGP:
        raise Error(f"gitseal signs no approvals by gpg.format {form}", "use ssh or openpgp: git config gpg.format ssh")
    program = repository.config("gpg.openpgp.program") or repository.config("gpg.program") or "gpg"
    name = repository.config("user.signingKey") or _committer(repository)
    listed = _run([program, "--batch", "--with-colons", "--list-secret-keys", "--", name]).stdout.decode(
        "utf-8", "replace"
    )
    rows = [line.split(":") for line in listed.splitlines()]
    fingerprints = tuple(row[9] for row in rows if row[0] == "fpr")
    if not fingerprints:
        raise Error(
            f'gpg has no secret key of "{name}"',
            "name another as user.signingKey; to see them: gpg --list-secret-keys",
        )
    return SigningKey(OPENPGP, program, name, fingerprints)


def _ssh_key(repository: Repository) -> SigningKey:
    program = repository.config("gpg.ssh.program") or "ssh-keygen"
    name = repository.config("user.signingKey")
    if not name:
        raise Error("Git has no key to sign with", _SET_KEY)
    is_literal = name.startswith((_LITERAL, "ssh-"))
    if is_literal:
        name = name.removeprefix(_LITERAL)
        public = name
    else:
        answer = repository.git("config", "--type=path", "--get", "user.signingKey") or b""
        name = os.path.join(repository.top, os.fsdecode(answer).removesuffix("\n"))
        public = _public_half(Path(name))
    blob = parse_signing(public)
    if not isinstance(blob, bytes):
        raise Error(f'user.signingKey names "{name}", which is no SSH key', _SET_KEY)
    return SigningKey(SSH, program, name, (fingerprint(blob),), is_literal)


def _public_half(path: Path) -> str:
    """The line of a public key, given its file or that of its private half. Raises Error if there is none."""
    for place in (path, path.with_name(f"{path.name}.pub")):
        try:
            text = place.read_text(encoding="utf-8", errors="replace").strip()
            parse_signing(text)
        except (OSError, Error):
            continue
        return text
    raise Error(f'user.signingKey names "{path}", and no public key is there or beside it', _SET_KEY)


def sign(key: SigningKey, payload: bytes, namespace: str) -> bytes:
    """The armored signature of a key over bytes. Raises Error if its program makes none."""
    with tempfile.TemporaryDirectory(prefix="gitseal-") as made:
        folder = Path(made)
        if key.form == OPENPGP:
            done = _run([key.program, "-bsau", key.name], payload)
            signature = done.stdout
        else:
            (folder / "statement").write_bytes(payload)
            if key.is_literal:
                (folder / "key.pub").write_text(f"{key.name}\n", encoding="ascii")
            file = str(folder / "key.pub") if key.is_literal else key.name
            agent = ["-U"] if key.is_literal else []
            done = _run([key.program, "-Y", "sign", "-n", namespace, "-f", file, *agent, str(folder / "statement")])
            place = folder / "statement.sig"
            signature = place.read_bytes() if place.exists() else b""
    if done.status or not signature:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Error(f"{key.program} did not sign: {words[-1] if words else 'it said nothing'}", "try: git commit -S")
    return signature if signature.endswith(b"\n") else signature + b"\n"


def _committer(repository: Repository) -> str:
    """The person whom Git would sign as: `NAME <EMAIL>`."""
    ident = (repository.git("var", "GIT_COMMITTER_IDENT") or b"").decode("utf-8", "replace")
    person = ident.rpartition(">")[0]
    if not person:
        raise Error("Git does not know who you are", "for example: git config user.email you@example.com")
    return f"{person}>"


def _run(command: list[str], payload: bytes = b"") -> Finished:
    # Where the person stands, as `git commit -S` would: their settings may name the program from there.
    done = programs.run(None, command, payload)
    if done is None:
        raise Error(f'there is no "{command[0]}" on this machine', "install it, or set gpg.program")
    return done
