"""The places where identities are looked for, and their order (design.md, section 4).

One that a person names is the only one: `--identity FILE`, else GITSEAL_IDENTITY, else GITSEAL_IDENTITY_FILE. With none
of these, all the usual places are tried. Each source is read by the keyring only when it is needed.
"""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from gitseal.hidden import SecretBytes
from gitseal.identities.keyring import Keyring
from gitseal.identities.source import IdentitySource
from gitseal.recipients.passphrase import Ask, Tell


def discover(
    environ: Mapping[str, str],
    home: Path,
    ask: Ask | None,
    explicit: Path | None = None,
    *,
    tell: Tell | None = None,
) -> Keyring:
    """The keyring of one run; nothing is read yet. `ask` None: no passphrase is at hand, as in hooks and drivers."""
    source = partial(IdentitySource, ask=ask, tell=tell)
    if explicit is not None:
        return Keyring([source(str(explicit), explicit, explicit=True)])
    text = environ.get("GITSEAL_IDENTITY", "")
    if text:
        return Keyring([source("GITSEAL_IDENTITY", _secret(text), explicit=True)])
    named = environ.get("GITSEAL_IDENTITY_FILE", "")
    if named:
        return Keyring([source(f"GITSEAL_IDENTITY_FILE ({named})", Path(named), explicit=True)])
    return Keyring([*_unset(environ), *_usual(environ, home, source)])


def default_path(environ: Mapping[str, str], home: Path) -> Path:
    """Where `keygen` and `init` put a new identity, and the first usual place where one is looked for."""
    return _config(environ, home) / "gitseal" / "identity.txt"


def _usual(environ: Mapping[str, str], home: Path, source: "partial[IdentitySource]") -> list[IdentitySource]:
    paths = [default_path(environ, home)]
    found = [source(_words(paths[0], home), paths[0])]
    found.append(_variable(environ, "SOPS_AGE_KEY", source))
    sops_file = environ.get("SOPS_AGE_KEY_FILE", "")
    if sops_file:
        paths.append(Path(sops_file))
        found.append(source(f"SOPS_AGE_KEY_FILE ({sops_file})", paths[-1]))
    else:
        found.append(IdentitySource.empty("SOPS_AGE_KEY_FILE", _why_empty(environ, "SOPS_AGE_KEY_FILE")))
    for path in (*_sops_keys(environ, home), home / ".ssh" / "id_ed25519", home / ".ssh" / "id_rsa"):
        if path not in paths:
            paths.append(path)
            found.append(source(_words(path, home), path))
    return found


def _sops_keys(environ: Mapping[str, str], home: Path) -> list[Path]:
    """Where sops looks: below XDG_CONFIG_HOME, and on macOS without that in Application Support."""
    config = _config(environ, home)
    if sys.platform == "darwin" and config == home / ".config":
        return [home / "Library" / "Application Support" / "sops" / "age" / "keys.txt"]
    return [config / "sops" / "age" / "keys.txt"]


def _config(environ: Mapping[str, str], home: Path) -> Path:
    # The XDG specification: a relative path is to be ignored.
    named = Path(environ.get("XDG_CONFIG_HOME", ""))
    return named if named.is_absolute() else home / ".config"


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


def _words(path: Path, home: Path) -> str:
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
