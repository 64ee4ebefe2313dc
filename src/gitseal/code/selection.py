"""Which files of a folder are the team's own source code, by their paths alone."""

LIMIT = 1024 * 1024
# What was fetched, built or generated: its names are someone else's.
_FOLDERS = frozenset(
    {
        ".git", "node_modules", "bower_components", "vendor", "venv", ".venv", "site-packages", "dist", "build", ".next",
        ".nuxt", ".svelte-kit", "__pycache__", ".tox", ".nox", ".mypy_cache", ".terraform",
    }
)  # fmt: skip
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", ".lock", ".lockb")
_GENERATED = (".min.js", ".min.mjs", ".map")


def is_source(path: str) -> bool:
    """Whether a path, relative to the folder that was asked for, is worth reading."""
    *folders, name = path.split("/")
    return _FOLDERS.isdisjoint(folders) and not name.endswith((*_LOCKS, *_GENERATED))
