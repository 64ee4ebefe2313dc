"""Tells the team's own source code from fetched, built and generated files, by paths alone."""

LIMIT = 1024 * 1024
# Fetched, built or generated: the names in there are somebody else's.
_FOLDERS = frozenset(
    {
        ".git", "node_modules", "bower_components", "vendor", "venv", ".venv", "site-packages", "dist", "build", ".next",
        ".nuxt", ".svelte-kit", "__pycache__", ".tox", ".nox", ".mypy_cache", ".terraform",
    }
)  # fmt: skip
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", ".lock", ".lockb")
_GENERATED = (".min.js", ".min.mjs", ".map")


def is_source(path: str) -> bool:
    """True if a file is worth reading. `path` is relative to the folder that the user named: that may itself be a `build`."""
    *folders, name = path.split("/")
    return _FOLDERS.isdisjoint(folders) and not name.endswith((*_LOCKS, *_GENERATED))
