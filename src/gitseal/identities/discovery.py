"""The places where identities are looked for, and their order (docs/reference/environment-variables.md).

One that a person names is the only one: `--identity FILE`, else GITSEAL_IDENTITY, else GITSEAL_IDENTITY_FILE. With none
of these, all the usual places are tried, and the system's keychain last. The keyring reads each source only when it is needed.
"""

import os
import sys
from collections.abc import Mapping
from functools import partial

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.identities.keyring import Keyring
from gitseal.identities.source import IdentitySource, KeychainSource
from gitseal.recipients.dialogue import Dialogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gitseal.identities.cloud_source import CloudKeys, CloudSource
    from gitseal.recipients.dialogue import Ask, AskLine, Confirm, Tell

    StrPath = str | os.PathLike[str]


def discover(
    environ: Mapping[str, str],
    home: "StrPath",
    ask: "Ask | None",
    explicit: "StrPath | None" = None,
    *,
    ask_line: "AskLine | None" = None,
    tell: "Tell | None" = None,
    confirm: "Confirm | None" = None,
) -> Keyring:
    """The keyring of one run; nothing is read yet. `ask` None: no passphrase is at hand, as in hooks and drivers."""
    dialogue = Dialogue(ask, ask_line, tell, confirm, [], {})
    return Keyring(_sources(environ, os.fspath(home), dialogue, explicit), dialogue)


def reach_key_services(
    keyring: Keyring,
    environ: Mapping[str, str],
    wait: "Callable[[float], object]",
    keys: "Callable[[], CloudKeys | None]",
) -> None:
    """Lets a keyring ask key services for what nothing else opens, unless a person named the one identity to use.

    `wait` pauses for seconds. `keys` is called when it comes to that; None: there is no project, or it has no such keys.
    """

    def find() -> "CloudSource":
        from gitseal.identities.cloud_source import CloudSource  # hardly any command comes to it

        return CloudSource(environ, wait, keys, keyring.dialogue)

    if not any(source.explicit for source in keyring.sources):
        keyring.find_cloud = find


def _sources(
    environ: Mapping[str, str], home: str, dialogue: Dialogue, explicit: "StrPath | None"
) -> list[IdentitySource]:
    source = partial(IdentitySource, dialogue=dialogue)
    if explicit is not None:
        return [_file(source, "--identity", str(explicit), explicit, "GITSEAL_IDENTITY")]
    text = environ.get("GITSEAL_IDENTITY", "")
    if text:
        return [source("GITSEAL_IDENTITY", _secret(text), explicit=True)]
    named = environ.get("GITSEAL_IDENTITY_FILE", "")
    if named:
        place = f"GITSEAL_IDENTITY_FILE ({named})"
        return [_file(source, "GITSEAL_IDENTITY_FILE", place, named, "GITSEAL_IDENTITY")]
    return [*_unset(environ), *_usual(environ, home.rstrip("/"), source), KeychainSource(environ, dialogue)]


def default_path(environ: Mapping[str, str], home: "StrPath") -> "Path":
    """The file that `keygen` and `init` write a new identity to; it is also the first usual place to look for one."""
    from pathlib import Path

    return Path(_default(environ, os.fspath(home)))


def _default(environ: Mapping[str, str], home: str) -> str:
    return os.path.join(_config(environ, home), "gitseal", "identity.txt")


def _usual(environ: Mapping[str, str], home: str, source: "partial[IdentitySource]") -> list[IdentitySource]:
    paths = [_default(environ, home)]
    sources = [source(_words(paths[0], home), paths[0])]
    sources.append(_variable(environ, "SOPS_AGE_KEY", source))
    sops_file = environ.get("SOPS_AGE_KEY_FILE", "")
    if sops_file:
        paths.append(sops_file)
        place = f"SOPS_AGE_KEY_FILE ({sops_file})"
        sources.append(_file(source, "SOPS_AGE_KEY_FILE", place, sops_file, "SOPS_AGE_KEY", explicit=False))
    else:
        sources.append(IdentitySource.empty("SOPS_AGE_KEY_FILE", _why_empty(environ, "SOPS_AGE_KEY_FILE")))
    sops_ssh = environ.get("SOPS_AGE_SSH_PRIVATE_KEY_FILE", "")
    if sops_ssh:
        paths.append(sops_ssh)
        place = f"SOPS_AGE_SSH_PRIVATE_KEY_FILE ({sops_ssh})"
        sources.append(_file(source, "SOPS_AGE_SSH_PRIVATE_KEY_FILE", place, sops_ssh, "SOPS_AGE_KEY", explicit=False))
    for path in (_sops_keys(environ, home), f"{home}/.ssh/id_ed25519", f"{home}/.ssh/id_rsa"):
        # A file that two settings lead to is tried once, under its first name.
        if path not in paths:
            paths.append(path)
            sources.append(source(_words(path, home), path))
    return sources


def _file(
    source: "partial[IdentitySource]", name: str, place: str, path: "StrPath", instead: str, *, explicit: bool = True
) -> IdentitySource:
    """The source for a file that `name` gives. A private key given in its place is quoted by nothing; `instead` takes keys."""
    text = os.fspath(path)
    # A look at the text alone: most commands need no kind of key yet.
    if "\n" in text or "AGE-" in text.upper() or "PRIVATE KEY" in text:
        from gitseal.recipients.kinds import is_private_key

        if "\n" in text or is_private_key(text):
            refusal = Error(f"{name} holds an identity, not the path of one", f"give the identity itself in {instead}")
            return IdentitySource.refused(name, refusal, explicit=explicit)
    return source(place, path, explicit=explicit)


def _sops_keys(environ: Mapping[str, str], home: str) -> str:
    """The file that sops reads: below XDG_CONFIG_HOME; on macOS, if that is not set, in Application Support."""
    config = _config(environ, home)
    if sys.platform == "darwin" and config == f"{home}/.config":
        return f"{home}/Library/Application Support/sops/age/keys.txt"
    return os.path.join(config, "sops", "age", "keys.txt")


def _config(environ: Mapping[str, str], home: str) -> str:
    # The XDG specification: a relative path is to be ignored.
    named = environ.get("XDG_CONFIG_HOME", "")
    return named if os.path.isabs(named) else f"{home}/.config"


def _unset(environ: Mapping[str, str]) -> list[IdentitySource]:
    """The variables that would name one identity, so that a failure in CI says which of them it missed."""
    names = ("GITSEAL_IDENTITY", "GITSEAL_IDENTITY_FILE")
    return [IdentitySource.empty(name, _why_empty(environ, name)) for name in names]


def _variable(environ: Mapping[str, str], name: str, source: "partial[IdentitySource]") -> IdentitySource:
    text = environ.get(name, "")
    return source(name, _secret(text)) if text else IdentitySource.empty(name, _why_empty(environ, name))


def _why_empty(environ: Mapping[str, str], name: str) -> str:
    return "set, but empty" if name in environ else "not set"


def _secret(text: str) -> SecretBytes:
    return SecretBytes(text.encode("utf-8", "surrogateescape"))


def _words(path: str, home: str) -> str:
    return f"~{path.removeprefix(home)}" if path.startswith(f"{home}/") else path
