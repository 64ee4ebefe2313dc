"""Telling by a file's name if it holds values: env files, templates of them, and all others."""

from gitseal.scan.rules import Rules

ENV = "env"
TEMPLATE = "template"
OTHER = ""

# What people append to an env file's name for a copy that is to be filled in.
TEMPLATE_WORDS = frozenset({b"example", b"examples", b"sample", b"template", b"tmpl", b"tpl", b"dist", b"schema"})


def kind(path: bytes, rules: Rules) -> str:
    """`ENV`, `TEMPLATE` or `OTHER` for a path relative to the repository's top, whatever its bytes.

    Env files are `.env`, `.env.*`, `*.env`, `.envrc`, `.flaskenv`, `.dev.vars*`, all in a folder `.env.d`, what the policy's
    `hook.block` matches and what a compose file names. Templates are env files whose name has a part `example`, `sample`,
    `template`, `tmpl`, `tpl`, `dist` or `schema` besides the env file's own (`.env.production.example`, `example.env`),
    and what `hook.templates` matches. Case is ignored: on macOS `.ENV` is `.env`. No folder is exempt, `tests` neither.
    """
    folder, _, name = path.lower().rpartition(b"/")
    is_env = b"env" in name and _is_env(name)
    is_env = is_env or name.startswith(b".dev.vars") or folder.endswith(b".env.d") or path in rules.env_files
    if is_env or rules.block:
        listed = _MatchedPath(path)
        if listed.by(rules.templates) or (is_env and _is_template(name)):
            return TEMPLATE
        if is_env or listed.by(rules.block):
            return ENV
    return OTHER


def _is_env(name: bytes) -> bool:
    # Editors keep a `.env~` beside.
    name = name.rstrip(b"~")
    return name.startswith(b".env.") or name.endswith(b".env") or name in {b".envrc", b".flaskenv"}


def _is_template(name: bytes) -> bool:
    return not TEMPLATE_WORDS.isdisjoint(name.replace(b"-", b".").replace(b"_", b".").split(b"."))


class _MatchedPath:
    """One path, held against patterns; its text is made when a pattern is there."""

    def __init__(self, path: bytes) -> None:
        self._path = path
        self._parts: tuple[str, ...] = ()

    def by(self, patterns: tuple[str, ...]) -> bool:
        if not self._parts:
            self._parts = tuple(self._path.decode("utf-8", "surrogateescape").lower().split("/"))
        return any(self._matches(pattern.lower()) for pattern in patterns)

    def _matches(self, pattern: str) -> bool:
        if "*" not in pattern and "/" not in pattern:
            return pattern == self._parts[-1]
        from gitseal.policy.patterns import matches  # only if a policy has patterns of its own

        return matches(pattern, self._parts)
