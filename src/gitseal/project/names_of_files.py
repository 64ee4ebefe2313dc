"""Names of environments for files of another tool, from their paths."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from gitseal.policy.names import is_environment_name

# Words that say what a file is, not what it is for.
_NOISE = frozenset(
    {"secret", "secrets", "sops", "enc", "encrypted", "env", "dotenv", "config", "configs", "values", "data"}
    | {"yaml", "yml", "json", "ini", "txt", "bin", "deploy", "environments", "envs"}
)


def environment_names(paths: Sequence[str]) -> dict[str, str]:
    """A name for each file: of the last words of its path, as many as tell it from the others. Who has none is left out.

    `deploy/production/secrets.enc.yaml` is `production`, and `api-production` if there is such a file elsewhere.
    """
    candidates = {path: list(_candidates(path)) for path in paths}
    chosen = dict.fromkeys((path for path, names in candidates.items() if names), 0)
    while True:
        names = {path: candidates[path][depth] for path, depth in chosen.items()}
        often = Counter(names.values())
        longer = [path for path, name in names.items() if often[name] > 1 and chosen[path] + 1 < len(candidates[path])]
        if not longer:
            return {path: name for path, name in names.items() if often[name] == 1}
        for path in longer:
            chosen[path] += 1


def _candidates(path: str) -> Iterator[str]:
    """The names for a path, the shortest first. If all its words only say what it is, the file's first one."""
    parts = path.lower().split("/")
    words = [word for part in parts if (word := _word(part))] or re.findall(r"[a-z0-9]+", parts[-1])[:1]
    names = ["-".join(words[first:]) for first in range(len(words) - 1, -1, -1)]
    # If all that is the same for two files, so that only what they are tells them apart: `production-app-json`.
    names.append("-".join(re.findall(r"[a-z0-9]+", path.lower())))
    yield from filter(is_environment_name, dict.fromkeys(names))


def _word(part: str) -> str:
    """A folder or file's name without what only says what it is."""
    tokens = [token for token in re.split(r"[^a-z0-9]+", part) if token and token not in _NOISE]
    return "-".join(tokens)
