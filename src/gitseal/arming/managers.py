"""Programs that manage a repository's hooks for a team: how each is known, and what to add to what it commits.

Only husky's files are edited by gitseal, since they are shell scripts. The others keep YAML, JSON or JavaScript that people
have laid out and commented: they get the exact lines to add (docs/decisions/0015).
"""

from pathlib import Path
from typing import NamedTuple

from gitseal.git.hooks import MESSAGE, STAGES, HooksFolder

_LEFTHOOK = tuple(
    f"{folder}{dot}lefthook.{suffix}"
    for folder in ("", ".config/")
    for dot in ("", ".")
    for suffix in ("yml", "yaml", "toml", "json", "jsonc")
)
_SIMPLE = (
    *(f"{dot}simple-git-hooks.{suffix}" for dot in (".", "") for suffix in ("json", "cjs", "js", "mjs")),
    "package.json",
)
_FRAMEWORK = (".pre-commit-config.yaml", ".pre-commit-config.yml")
# Shorter than any real one would be; a longer file is no configuration.
_LIMIT = 4 * 2**20

_LEFTHOOK_LINES = """\
pre-commit:
  commands:
    gitseal:
      run: gitseal hook run pre-commit
pre-merge-commit:
  commands:
    gitseal:
      run: gitseal hook run pre-merge-commit
commit-msg:
  commands:
    gitseal:
      run: gitseal hook run commit-msg {1}
pre-push:
  commands:
    gitseal:
      run: gitseal hook run pre-push {0}
      use_stdin: true
"""
_SIMPLE_LINES = """\
"simple-git-hooks": {
  "pre-commit": "gitseal hook run pre-commit",
  "pre-merge-commit": "gitseal hook run pre-merge-commit",
  "commit-msg": "gitseal hook run commit-msg \\"$1\\"",
  "pre-push": "gitseal hook run pre-push \\"$@\\""
}
"""
_FRAMEWORK_LINES = """\
default_install_hook_types: [pre-commit, pre-merge-commit, commit-msg, pre-push]
repos:
  - repo: local
    hooks:
      - id: gitseal
        name: gitseal
        entry: gitseal hook run pre-commit
        language: system
        pass_filenames: false
        always_run: true
        stages: [pre-commit, pre-merge-commit, pre-push, manual]
      - id: gitseal-message
        name: gitseal, messages
        entry: gitseal hook run commit-msg
        language: system
        stages: [commit-msg]
"""


class _Kind(NamedTuple):
    name: str
    files: tuple[str, ...]
    lines: str
    install: str
    mark: bytes


_KINDS = (
    _Kind("lefthook", _LEFTHOOK, _LEFTHOOK_LINES, "lefthook install", b"lefthook"),
    # Its hook files say its name in a variable alone.
    _Kind("simple-git-hooks", _SIMPLE, _SIMPLE_LINES, "npx simple-git-hooks", b"SKIP_SIMPLE_GIT_HOOKS"),
    _Kind("pre-commit", _FRAMEWORK, _FRAMEWORK_LINES, "pre-commit install", b"pre-commit.com"),
)


class Manager(NamedTuple):
    """One that a repository uses.

    `configuration`: its committed file. `lines`: what to add to it. `install`: the command that puts its hooks into a clone.
    `mark`: bytes that its own hook files hold. `calls`: the hooks in which the configuration calls gitseal already.
    """

    name: str
    configuration: Path
    lines: str
    install: str
    mark: bytes
    calls: frozenset[str]

    @property
    def has_gitseal(self) -> bool:
        """True if the configuration calls gitseal in each hook."""
        return self.calls.issuperset(STAGES)


def husky(top: Path, folder: HooksFolder) -> Path | None:
    """The folder of husky's committed scripts, if husky is in force or waits for the first `npm install`."""
    path = folder.path
    if path.name == "_" and path.parent.name == ".husky":
        return path.parent
    if path.name == ".husky":
        return path
    waiting = top / ".husky"
    return waiting if not folder.setting and waiting.is_dir() else None


def managers(top: Path) -> list[Manager]:
    """Those whose configuration lies at a working tree's top, but husky."""
    present = []
    for kind in _KINDS:
        for name in kind.files:
            data = _read(top / name)
            # package.json is everybody's: only what it says of the manager counts.
            if data and (name != "package.json" or b'"simple-git-hooks": {' in data):
                calls = frozenset(stage for stage in STAGES if _calls(kind.name, data, stage))
                present.append(Manager(kind.name, top / name, kind.lines, kind.install, kind.mark, calls))
                break
    return present


def _calls(manager: str, data: bytes, stage: str) -> bool:
    if manager != "pre-commit":
        return f"gitseal hook run {stage}".encode() in data
    # One of its hooks serves all stages but that of messages, which is told a file.
    return (b"gitseal-message" if stage == MESSAGE else b"gitseal") in data or f"hook run {stage}".encode() in data


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT)
    except OSError:
        return b""
