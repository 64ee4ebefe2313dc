"""How this gitseal was installed, and the command that adds a package to it.

No index has gitseal, so no command here asks one for that name: it names the repository and the commit that this one came from,
as far as they were recorded, or else the missing packages alone.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

from gitseal.errors import shell_quoted
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def version() -> str:
    """The version, with the commit that gitseal was installed from if that was recorded: many commits have one version."""
    from importlib.metadata import version as recorded

    commit = _recorded_origin().commit
    return f"{recorded('gitseal')} ({commit})" if commit else recorded("gitseal")


def remedy(*packages: str, extra: str = "") -> str:
    """The hint for packages that are missing; `extra` is the extra of gitseal's that brings them."""
    if extra and _is_one_file():
        return f"make the one file anew, in a clone of gitseal: make zipapp EXTRAS={extra}"
    return f"install it: {_adding(packages, extra)}"


def _adding(packages: "Sequence[str]", extra: str) -> str:
    """The command that installs packages where this very program finds them."""
    if (Path(sys.prefix) / "pipx_metadata.json").exists():
        # What is injected stays when pipx installs gitseal anew.
        return _line("pipx", "inject", Path(sys.prefix).name, *packages)
    source = _recorded_origin().requirement
    wanted = (f"gitseal[{extra}] @ {source}",) if source and extra else packages
    # -P: the command is pasted in a repository, which may have a file pip.py.
    pip = (sys.executable, "-P", "-m", "pip") if find_spec("pip") else ("uv", "pip")
    python = () if find_spec("pip") else ("--python", sys.executable)
    return _line(*pip, "install", *python, *wanted)


def _is_one_file() -> bool:
    """True if the program is a zip file, which `make zipapp` makes: nothing can be added to it."""
    from zipimport import zipimporter

    return isinstance(getattr(sys.modules.get("__main__"), "__loader__", None), zipimporter)


def _line(*words: str) -> str:
    return " ".join(map(shell_quoted, words))


class _RecordedOrigin(NamedTuple):
    """A repository as pip takes it, with a commit of it; "" for what is not known or not to be printed."""

    requirement: str = ""
    commit: str = ""


def _recorded_origin() -> _RecordedOrigin:
    """Repository and commit as pip and uv recorded them (direct_url.json, PEP 610)."""
    import json
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        record = json.loads(distribution("gitseal").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return _RecordedOrigin()
    return _origin(record) if isinstance(record, dict) else _RecordedOrigin()


def _origin(record: "Mapping[str, object]") -> _RecordedOrigin:
    url, origin, folder = record.get("url"), record.get("vcs_info"), record.get("subdirectory")
    commit = origin.get("commit_id") if isinstance(origin, dict) and origin.get("vcs") == "git" else None
    if not isinstance(url, str) or not isinstance(commit, str) or not commit.isalnum():
        return _RecordedOrigin()
    if not _can_be_asked_again(url):
        return _RecordedOrigin(commit=commit)
    return _RecordedOrigin(f"git+{url}@{commit}" + (f"#subdirectory={folder}" if folder else ""), commit)


def _can_be_asked_again(url: str) -> bool:
    """True for an address to print: one on the network, for an older pip takes no other, and without credentials.

    Installers leave credentials out of the record; one that did not must not make us print them.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "ssh"} or parts.password is not None:
        return False
    return parts.scheme == "ssh" or "@" not in parts.netloc
