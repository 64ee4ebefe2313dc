"""Telling by a file's name if it holds values: env files, templates of them, and all others."""

from gitseal.scan.rules import Rules

ENV = "env"
TEMPLATE = "template"
OTHER = ""

# What people append to an env file's name for a copy that is to be filled in.
TEMPLATE_WORDS = frozenset({b"example", b"examples", b"sample", b"template", b"tmpl", b"tpl", b"dist", b"schema"})

# What people call the place that an env file is for, and a copy of one.
PLACE_WORDS = frozenset(
    (
        b"prod production live stage staging preprod preview uat qa test testing ci dev devel development local "
        b"private secret secrets bak backup copy old orig list txt"
    ).split()
)
# Endings of code, prose and of formats with readers of their own: `vite-env.d.ts`, `app.env.json` and the like are no env files.
OTHER_ENDINGS = frozenset(
    (
        b"ts tsx mts cts js jsx mjs cjs map vue svelte py pyi ipynb rb erb go rs java kt kts scala groovy gradle "
        b"clj ex exs erl hs ml nix php pl pm lua r jl dart swift c h cc cpp hpp cs fs sh bash zsh fish ps1 bat cmd "
        b"tf sql md mdx rst adoc html css scss svg png jpg json jsonc json5 yml yaml toml xml ini cfg conf lock "
        b"snap diff patch"
    ).split()
)
_ENV = b".env"
_SIGNS = bytes(sign if bytes([sign]).isalnum() else ord(".") for sign in range(256))


def kind(path: bytes, rules: Rules) -> str:
    """`ENV`, `TEMPLATE` or `OTHER` for a path relative to the repository's top, whatever its bytes.

    `_is_env` says which names are env files'. So are all files in a folder `.env.d`, those below `.envs` but for code and prose,
    what the policy's `hook.block` matches and what a compose file names. Templates are env files whose name has a part of
    `TEMPLATE_WORDS` besides the env file's own (`.env.production.example`, `example.env`), and what `hook.templates` matches.
    Case is ignored: on macOS `.ENV` is `.env`. No folder is exempt, `tests` neither.
    """
    folder, _, name = path.lower().rpartition(b"/")
    is_env = b"env" in name and _is_env(name)
    is_env = is_env or name.startswith(b".dev.vars") or folder.endswith(b".env.d")
    is_env = is_env or path in rules.env_files or path in rules.linked
    is_env = is_env or (b".envs" in folder and b".envs" in folder.split(b"/") and not _has_other_ending(name))
    if is_env or rules.block:
        listed = _MatchedPath(path)
        if listed.by(rules.templates) or (is_env and not TEMPLATE_WORDS.isdisjoint(_words(name))):
            return TEMPLATE
        if is_env or listed.by(rules.block):
            return ENV
    return OTHER


def _is_env(name: bytes) -> bool:
    """True for `.env` (`.envrc`, `.flaskenv`), whatever stands before it, unless the word goes on behind it.

    So for `.env2`, `.env_prod`, `.env copy`, `.env~`, `prod.env.bak`, and for `.envprod`, which goes on with a place. A name
    that begins with `env` counts if a place or a template's word follows: `env.production`, `env-example`. If `.env` is not
    what a name begins with, an ending of code decides against it.
    """
    head, *rests = name.replace(b".flaskenv", _ENV).split(_ENV)
    is_env = any(_ends_the_word(rest.removeprefix(b"rc")) for rest in rests)
    if is_env and not head:
        return True
    if not is_env and name.startswith(b"env") and not name[3:4].isalpha():
        is_env = not (PLACE_WORDS | TEMPLATE_WORDS).isdisjoint(_words(name)[1:])
    return is_env and not _has_other_ending(name)


def _ends_the_word(rest: bytes) -> bool:
    return not rest[:1].isalpha() or _words(rest)[0] in PLACE_WORDS


def _has_other_ending(name: bytes) -> bool:
    _, dot, ending = name.rstrip(b"~").rpartition(b".")
    return bool(dot) and ending in OTHER_ENDINGS


def _words(name: bytes) -> list[bytes]:
    """The words of a name, without digits behind them: `env.prod2` is of `prod`."""
    return [word.rstrip(b"0123456789") for word in name.translate(_SIGNS).split(b".")]


class _MatchedPath:
    """One path, compared with patterns; its text is made when a pattern is there."""

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
