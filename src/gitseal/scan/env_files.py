"""The rules for files that hold values by their name: env files hold none in the open, templates none that is secret."""

import re
from collections.abc import Iterable, Iterator, Sequence

from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import YOU, Hint, ShellCommand, command, decision, path_word, runnable, untrack
from gitseal.report.pages import PLAINTEXT
from gitseal.report.sentences import listed, ours, sentence
from gitseal.scan import links, names, pragmas, sops_metadata
from gitseal.scan.commands import gives_nothing_away, is_plain
from gitseal.scan.env_values import Assignment, decoded, with_commands
from gitseal.scan.plain_settings import words_of
from gitseal.scan.rules import Rules

ENV_FILE = FindingRule("env-file", ERROR, "a value in an env file", PLAINTEXT)
TEMPLATE = FindingRule(
    "template", ERROR, "a value in a template that is no placeholder and no plain setting", PLAINTEXT
)
TOO_LARGE = FindingRule(
    "too-large", ERROR, "an env file or template above 256 KiB, which is not looked at as one", PLAINTEXT
)
ENV_LINK = FindingRule(
    "env-link",
    ERROR,
    "a symbolic link with an env file's name that leads to a file of the repository with another kind of name",
    PLAINTEXT,
)

# No env file is longer; what is cannot be looked at as one.
LIMIT = 256 * 1024
_MOST_NAMES = 3
_MOST_LINES = 10
_DEVELOPMENT = "development"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


class Kept:
    """A blob's chunks, passed on and kept up to `LIMIT` for `judge`."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._kept: list[bytes] = []
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            if self._size <= LIMIT:
                self._kept.append(chunk)
            self._size += len(chunk)
            yield chunk

    def content(self) -> bytes:
        """The text that has passed, up to about `LIMIT`."""
        return b"".join(self._kept)

    def judge(self, path: bytes, kind: str, rules: Rules) -> list[Finding]:
        """The findings about the values, once all chunks have passed."""
        name = path.decode("utf-8", "surrogateescape")
        if self._size > LIMIT:
            template = "an env file of more than {} KiB is not looked at, so it is not let through"
            return [TOO_LARGE.at(name, 0, sentence(template, LIMIT // 1024), _too_large(name))]
        content = self.content()
        is_template = kind == names.TEMPLATE
        assigned = with_commands(decoded(content))
        of_sops = sops_metadata.is_sops(assigned)
        words = words_of((assignment.name, assignment.value) for assignment in assigned) if is_template else frozenset()
        values = [
            assignment
            for assignment in assigned
            if not (
                is_plain(assignment.name, assignment.value, words)
                if is_template
                else gives_nothing_away(assignment.value)
            )
            and not _is_public(assignment)
            and not (of_sops and sops_metadata.is_metadata(assignment))
        ]
        values = _not_allowed(TEMPLATE.id if is_template else ENV_FILE.id, content, values)
        if not values:
            return []
        return _template(name, values) if is_template else [_env(name, values, rules)]


def _is_public(value: Assignment) -> bool:
    """True for what tools of this kind write in the open: dotenvx's public key, dotenv-vault's sealed files."""
    if value.name.startswith("DOTENV_PUBLIC_KEY"):
        return re.fullmatch(r"0[23][0-9a-f]{64}", value.value) is not None
    if value.name.startswith("DOTENV_VAULT"):
        return re.fullmatch(r"[A-Za-z0-9+/]{60,}={0,2}|[0-9]+", value.value) is not None
    return False


def _not_allowed(rule: str, content: bytes, values: Sequence[Assignment]) -> list[Assignment]:
    """The values on whose line no pragma stands."""
    if not values or b"allow" not in content.replace(b"\0", b""):
        return list(values)
    lines = [
        b"",
        *decoded(content).encode("utf-8", "replace").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"),
    ]
    return [
        assignment
        for assignment in values
        if not pragmas.allows(rule, lines[assignment.line], lines[assignment.line - 1])
    ]


def _env(path: str, values: Sequence[Assignment], rules: Rules) -> Finding:
    """One finding for a file, at its first value: what is to be done is one thing, however many values there are."""
    named = list(dict.fromkeys(assignment.name for assignment in values if assignment.name))
    count = len(values)
    shown = listed(named[:_MOST_NAMES])
    more = count - min(len(named), _MOST_NAMES)
    words = sentence("{} and {} more", shown, more) if shown and more > 0 else shown or sentence("{} of them", count)
    stand = ours("values stand" if count > 1 else "a value stands")
    place = _environment(path, rules)
    message = sentence("{} in the open in an env file: {}", stand, words)
    if "envrc" in path.lower().rpartition("/")[2]:
        return ENV_FILE.at(path, values[0].line, message, _in_shell(named[:1], place))
    seal = command("gitseal import {} -e {}", path_word(path), place)
    belong = sentence('if "{}" is where its values belong', place)
    hint = decision(YOU, belong, untrack(path), seal) if rules.environments else runnable(untrack(path))
    return ENV_FILE.at(path, values[0].line, message, hint)


def _in_shell(named: Sequence[str], environment: str) -> Hint:
    """For a file of direnv, which is there to be committed: its values can be asked for where they stand."""
    allowed = ours('if it is no secret, write "gitseal: allow" and a reason in a comment on its line')
    if not named or not _VARIABLE.fullmatch(named[0]):
        return decision(YOU, allowed)
    asked = f"$(gitseal get {named[0]} -e {environment})"
    words = sentence('{}; if it is one, seal it and write "{}" where it stands', allowed, asked)
    return decision(YOU, words, command("gitseal set -e {} {}", environment, named[0]))


def _template(path: str, values: Sequence[Assignment]) -> list[Finding]:
    """One finding for each value: each line is to be mended."""
    findings = []
    words = (
        "write what is to be filled in: <...>, your-..., changeme, or nothing; "
        'if the value is no secret, write "gitseal: allow" and a reason in a comment on its line'
    )
    hint = decision(YOU, words)
    for assignment in values[:_MOST_LINES]:
        what = sentence('"{}"', assignment.name) if assignment.name else ours("a line")
        findings.append(
            TEMPLATE.at(path, assignment.line, sentence("{} holds a value that is no placeholder", what), hint)
        )
    if len(values) > _MOST_LINES:
        rest = len(values) - _MOST_LINES
        line = values[_MOST_LINES].line
        findings.append(TEMPLATE.at(path, line, sentence("and {} more values that are no placeholders", rest), hint))
    return findings


def judge_link(path: bytes, target: bytes, rules: Rules) -> list[Finding]:
    """A symbolic link with an env file's name.

    It holds no value. If it leads to a file of the repository that has another kind of name, that one may have been committed
    without anybody looking for values in it. One that leads to an env file, to a template, to what Git does not track or out of
    the repository is harmless: what is tracked later at its target counts as an env file.
    """
    resolved = links.target(path, target)
    if names.kind(resolved, rules._replace(linked=frozenset())) or not resolved or not rules.tracks(resolved):
        return []
    name = path.decode("utf-8", "surrogateescape")
    hint = runnable(untrack(name))
    what = sentence("a symbolic link with an env file's name makes one of a file that has another name")
    return [ENV_LINK.at(name, 0, what, hint)]


def _environment(path: str, rules: Rules) -> str:
    """The environment that an env file's name speaks of, if the project has it; else its first, else `development`."""
    for word in words_of_name(path):
        if word in rules.environments or (not rules.environments and word.isalpha()):
            return word
    if not rules.environments or _DEVELOPMENT in rules.environments:
        return _DEVELOPMENT
    return rules.environments[0]


def words_of_name(path: str) -> list[str]:
    """The words of an env file's name that may speak of an environment: `production` of `.env.production.local`."""
    name = path.rpartition("/")[2].lower()
    return [word for word in name.replace("-", ".").replace("_", ".").split(".") if word not in {"", "env", "local"}]


def _too_large(path: str) -> Hint:
    return decision(YOU, "if it holds no secret", allow_command(path))


def allow_command(path: str) -> ShellCommand:
    """Lets a file pass as it is now; it asks why."""
    return command("gitseal hook allow {}", path_word(path))
