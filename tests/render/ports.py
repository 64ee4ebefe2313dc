"""Readers that cannot be had on a test machine, as their source has them; each port names it."""

import re


def github_env(text: str) -> dict[str, str]:
    """actions/runner, FileCommandManager.cs: EnvFileKeyValuePairs and SetEnvFileCommand, on Linux."""
    found: dict[str, str] = {}
    lines = _Lines(text)
    while (line := lines.next()) is not None:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            key, value = line.split("=", 1)
        elif heredoc >= 0 and (equals < 0 or heredoc < equals):
            key, delimiter = line.split("<<", 1)
            if not key or not delimiter:
                raise ValueError("Name must not be empty and delimiter must not be empty")
            value = lines.until(delimiter)
        else:
            raise ValueError("Invalid format")
        if key.upper() == "NODE_OPTIONS":
            raise ValueError("Can't store NODE_OPTIONS output parameter")
        found[key] = value
    return found


class _Lines:
    def __init__(self, text: str) -> None:
        self.text = text
        self.index = 0

    def next(self) -> str | None:
        if self.index >= len(self.text):
            return None
        start, end = self.index, self.text.find("\n", self.index)
        self.index = len(self.text) if end < 0 else end + 1
        return self.text[start:] if end < 0 else self.text[start:end]

    def until(self, delimiter: str) -> str:
        start = end = self.index
        while (line := self.next()) != delimiter:
            if line is None or self.text[self.index - 1] != "\n":
                raise ValueError("Matching delimiter not found")
            end = self.index - 1
        return self.text[start:end] if end > start else ""


def github_masks(text: str) -> set[str]:
    """actions/runner, ActionCommand.TryParseV2 and AddMaskCommandExtension: what the log is kept clear of."""
    masked: set[str] = set()
    for line in re.split(r"\r\n|\r|\n", text):
        message = line.lstrip()
        if not message.startswith("::add-mask::"):
            continue
        data = message.removeprefix("::add-mask::").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
        if not data.strip():
            raise ValueError("Can't add secret mask for empty string")
        masked.add(data)
        masked.update(part for part in re.split("[\r\n]", data) if part)
    return masked


_RUBY_STRIP = " \t\n\v\f\r\0"
_GITLAB_REFERENCE = re.compile(
    r"\$\$|%%|\$([A-Za-z_][A-Za-z0-9_]*)|\$\{([A-Za-z_][A-Za-z0-9_]*)?\}|%([A-Za-z_][A-Za-z0-9_]*)%"
)
_GO_SHELL_NAME = re.compile(r"\$(?:\{([^}]*)\}|([*#$@!?0-9-])|([A-Za-z_][A-Za-z0-9_]*))")


def gitlab_dotenv(text: str) -> dict[str, str]:
    """GitLab's ParseDotenvArtifactService and Variables::Collection, then gitlab-runner's ExpandValue."""
    if len(text.encode()) >= 5 * 1024:
        raise ValueError("Dotenv Artifact Too Big")
    found: dict[str, str] = {}
    for line in re.findall(r"[^\n]*\n|[^\n]+", text.removeprefix("\ufeff")):
        match = re.match(r"([^\n]*?)=([^\n]*)$", line, re.MULTILINE)
        if match is None:
            raise ValueError("Invalid Format")
        found[match[1].strip(_RUBY_STRIP)] = match[2].strip(_RUBY_STRIP)
    if len(found) > 150:
        raise ValueError("Dotenv files cannot have more than 150 variables")
    return {name: _runner_expands(_server_expands(value)) for name, value in found.items()}


def _server_expands(value: str) -> str:
    """The worst case: every name that is referred to is a variable of the job."""
    return _GITLAB_REFERENCE.sub(lambda m: "EXPANDED" if m[1] or m[2] or m[3] else m[0], value)


def _runner_expands(value: str) -> str:
    """`os.Expand` with a mapping in which `$` is itself and the other special names are nothing."""
    return _GO_SHELL_NAME.sub(lambda m: "$" if m[2] == "$" else "" if m[2] else "EXPANDED", value)


_SINGLE = "'\u2018\u2019\u201a\u201b"
_DOUBLE = '"\u201c\u201d\u201e'
_POWERSHELL_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def powershell(text: str) -> dict[str, str]:
    """The tokenizer of PowerShell (ScanStringLiteral, ScanStringExpandable) for the only statement that we write.

    Stricter than the real one: nothing but printable ASCII, no escape and no subexpression that we do not use.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        assert re.fullmatch(r"[ -~]*", line)
        match = re.fullmatch(r"\$env:([A-Za-z_][A-Za-z0-9_]*) = (.+)", line)
        assert match is not None, "no assignment"
        found[match[1]] = _single_quoted(match[2]) if match[2][0] in _SINGLE else _double_quoted(match[2])
    return found


def _single_quoted(literal: str) -> str:
    assert re.fullmatch(r"'(?:[^']|'')*'", literal)
    return literal[1:-1].replace("''", "'")


def _double_quoted(literal: str) -> str:
    assert literal[0] == '"'
    assert literal[-1] == '"'
    part = re.compile(r'`([nrt`"$])|\$\(\[char\]0x([0-9a-f]{4})\)|([^`"$])')
    units, at, inner = bytearray(), 0, literal[1:-1]
    while at < len(inner):
        match = part.match(inner, at)
        assert match is not None, "an escape that is not known"
        sign = _POWERSHELL_ESCAPES.get(match[1], match[1]) if match[1] else match[3] or ""
        units += bytes.fromhex(match[2]) if match[2] else sign.encode("utf-16-be")
        at = match.end()
    value = units.decode("utf-16-be")
    assert value, "an empty text unsets the variable"
    return value
