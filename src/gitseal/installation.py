"""How this gitseal was installed, and the command that adds a package to it.

No index has gitseal, so no command here asks one for that name: it names the repository and the commit that this one came from,
as far as they were recorded, or else the missing packages alone.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

from gitseal.errors import shell_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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
    source = _recorded_source()
    wanted = (f"gitseal[{extra}] @ {source}",) if source and extra else packages
    pip = (sys.executable, "-m", "pip") if find_spec("pip") else ("uv", "pip")
    python = () if find_spec("pip") else ("--python", sys.executable)
    return _line(*pip, "install", *python, *wanted)


def _is_one_file() -> bool:
    """True if the program is a zip file, which `make zipapp` makes: nothing can be added to it."""
    from zipimport import zipimporter

    return isinstance(getattr(sys.modules.get("__main__"), "__loader__", None), zipimporter)


def _line(*words: str) -> str:
    return " ".join(map(shell_quoted, words))


def _recorded_source() -> str:
    """Repository and commit as pip and uv recorded them (direct_url.json, PEP 610); "" if gitseal did not come from Git."""
    import json
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        record = json.loads(distribution("gitseal").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return ""
    return _source(record) if isinstance(record, dict) else ""


def _source(record: "Mapping[str, object]") -> str:
    from urllib.parse import urlsplit

    url, origin = record.get("url"), record.get("vcs_info")
    commit = origin.get("commit_id") if isinstance(origin, dict) and origin.get("vcs") == "git" else None
    if not isinstance(url, str) or not isinstance(commit, str) or not commit.isalnum():
        return ""
    # Installers leave credentials out of the record; one that did not must not make us print them.
    if urlsplit(url).password is not None or (
        urlsplit(url).scheme in {"http", "https"} and "@" in urlsplit(url).netloc
    ):
        return ""
    folder = record.get("subdirectory")
    return f"git+{url}@{commit}" + (f"#subdirectory={folder}" if folder else "")
