"""The ways to write certain characters of a text by others: of libraries, shells, configuration, and our own dialects.

What a table cannot say is a function in `spellings`.
"""

from collections.abc import Mapping

from gitseal.records import NamedTuple

SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
C0 = [chr(code) for code in range(32)]
JSON_SIGNS = {'"': '\\"', "\\": "\\\\"}
LOWER, UPPER = "\\u%04x", "\\u%04X"


class EscapeTable(NamedTuple):
    """A way to write certain characters.

    `unicode` is a template for all that is not ASCII, if it may be escaped. `nests`: a text written so is often written so once
    more, as JSON that stands as a string in JSON.
    """

    escaped: Mapping[str, str]
    unicode: str = ""
    nests: bool = False


def _json(as_numbers: str, template: str, more: Mapping[str, str] | None = None) -> EscapeTable:
    r"""JSON (RFC 8259, 7) by a library that writes some characters as `\u0026` though it need not."""
    escaped = {sign: template % ord(sign) for sign in C0} | SHORT | JSON_SIGNS | dict(more or {})
    return EscapeTable(escaped | {sign: template % ord(sign) for sign in as_numbers}, template, nests=True)


def _backslashed(signs: str, *, controls: bool = False) -> EscapeTable:
    r"""A backslash before some characters; with `controls` line feeds and the like stand as `\n`."""
    return EscapeTable((SHORT if controls else {}) | {sign: "\\" + sign for sign in signs})


def _doubled(sign: str) -> EscapeTable:
    return EscapeTable({sign: sign * 2})


def _entities(more: Mapping[str, str]) -> EscapeTable:
    """XML and HTML."""
    return EscapeTable({"&": "&amp;", "<": "&lt;", ">": "&gt;"} | dict(more), "&#%d;")


_BLANK_CONTROLS = {"\n": "\\n", "\r": "\\r"}
_BASH_SPECIAL = " \t!\"$&'()*,;<>?[\\]^`{|}"
_ZSH_SPECIAL = " \"#$&'()*;<>?[\\]^`{|}"
_NOT_WORD = "".join(chr(code) for code in range(32, 127) if not chr(code).isalnum() and chr(code) != "_")
_YAML = {"\0": "\\0", "\a": "\\a", "\v": "\\v", "\x1b": "\\e", "\x85": "\\N", "\xa0": "\\_"}

PYTHON_DOTENV = EscapeTable({'"': '\\"', "\\": "\\\\", "\r": "\\r"})

# The first of `TABLES`.
COMMON = 3
TABLES = (
    # JSON, and what else has its escapes
    _json("", LOWER),  # Python, JavaScript, Ruby, jq
    _json("", LOWER, {"/": "\\/"}),  # PHP
    _json("<>&\u2028\u2029", LOWER),  # Go, Rails
    _json("", UPPER),
    _json("<>&\u2028\u2029", UPPER),  # Django's json_script
    _json("<>&'", LOWER),  # Jinja's tojson
    _json("<>&='", LOWER),  # Gson
    _json("<>&'\"", UPPER, {"/": "\\/"}),  # PHP's JSON_HEX_*
    _json("<>&'\"+`\x7f", UPPER),  # .NET
    _json("<>&'\"=-;`\\", UPPER),  # Django's escapejs
    # shells
    EscapeTable({"'": "'\\''"}),
    EscapeTable({"'": "'\"'\"'"}),  # Python's shlex
    EscapeTable({"'": "'\\''", "!": "'\\!'"}),  # csh
    _backslashed('"\\$`'),  # double quotes; systemd
    _backslashed('"\\$`!'),
    _backslashed(_BASH_SPECIAL),  # bash's printf %q
    _backslashed(_BASH_SPECIAL + "#~%=:@+/.-"),
    EscapeTable(
        {sign: "\\" + sign for sign in _ZSH_SPECIAL} | {sign: f"$'{short}'" for sign, short in SHORT.items()}
    ),  # zsh's (q)
    _backslashed(_NOT_WORD),
    EscapeTable({sign: "^" + sign for sign in '&|<>^()"%!'}),  # cmd
    # env files and other configuration
    EscapeTable({'"': '\\"', "\\": "\\\\", "$": "\\$", **_BLANK_CONTROLS}),  # compose
    EscapeTable({'"': '\\"', "\\": "\\\\", **_BLANK_CONTROLS}),
    PYTHON_DOTENV,
    EscapeTable(_BLANK_CONTROLS),  # npm's dotenv
    EscapeTable({"$": "\\$", **_BLANK_CONTROLS}),  # dotenvx
    _backslashed("$"),  # dotenv-expand
    _backslashed("'"),
    _backslashed('"'),
    _backslashed("\\'"),  # fish, PHP, JavaScript
    _backslashed('"\\'),
    _backslashed("\\"),
    _backslashed("/"),
    _backslashed("\\'", controls=True),
    _doubled("'"),  # PowerShell, YAML, SQL
    _doubled('"'),  # CSV, BASIC
    _doubled("$"),  # compose.yaml, GitLab, make
    EscapeTable({"$": "$$", "'": "''"}),  # docker compose config, in YAML's single quotes
    _json("", "\\x%02x", _YAML | {"$": "$$"}),  # in its double quotes
    _json("", LOWER, {"$": "$$"}),  # in JSON
    _json("<>&\u2028\u2029", LOWER, {"$": "$$"}),  # in JSON by older ones
    _doubled("%"),  # systemd, printf, INI files of Python
    EscapeTable({"{": "{{", "}": "}}"}),
    _json("", "\\x%02x", _YAML),  # YAML's double quotes
    _json("", "\\x%02X", _YAML),
    _backslashed("\\:=#! ", controls=True),  # Java's properties
    _backslashed("\\:=#!", controls=True),
    # XML and HTML, by how they write quotes; some leave `>`
    *(
        _entities({'"': double, "'": single, ">": greater})
        for double in ('"', "&quot;", "&#34;", "&#x22;")
        for single in ("'", "&apos;", "&#39;", "&#x27;", "&#039;")
        for greater in (">", "&gt;")
    ),
    # its attributes with line ends
    *(
        _entities({'"': double, "'": single, ">": greater, "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
        for double in ('"', "&quot;")
        for single in ("'", "&apos;")
        for greater in (">", "&gt;")
    ),
    _entities({'"': "&quot;", "'": "&#x27;", "+": "&#x2B;", "`": "&#x60;"}),  # .NET's HtmlEncoder
    _entities({'"': "&#34;", "'": "&#39;", "+": "&#43;", "=": "&#61;", "`": "&#96;"}),  # Go's, in attributes
)


class CodePointTable(NamedTuple):
    """A way to write all that is not ASCII by its one number, and some of what is.

    `latin`, `unit` and `wide` are templates for numbers of at most two, four and more hexadecimal digits.
    """

    escaped: Mapping[int, str]
    latin: str
    unit: str
    wide: str

    def of(self, sign: str) -> str:
        """One character by its number."""
        code = ord(sign)
        return (self.latin if code <= _LAST_LATIN else self.unit if code <= _LAST_UNIT else self.wide) % code


def _code_points(byte: str, templates: tuple[str, str, str], more: Mapping[str, str] | None = None) -> CodePointTable:
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"} | JSON_SIGNS
    escaped = {sign: byte % ord(sign) for sign in (*C0, "\x7f")} | short | dict(more or {})
    return CodePointTable(str.maketrans(escaped), *templates)


_LAST_LATIN, _LAST_UNIT = 0xFF, 0xFFFF
_LOWER_BYTE, _UPPER_BYTE = "\\x%02x", "\\x%02X"
_ESCAPE = {"\x1b": "\\e"}
CODE_POINTS = (
    _code_points(_UPPER_BYTE, (_UPPER_BYTE, UPPER, "\\U%08X"), _ESCAPE | {"\u2028": "\\L", "\u2029": "\\P"}),  # PyYAML
    _code_points(_LOWER_BYTE, (LOWER, LOWER, "\\U%08x")),  # Go's %+q
    _code_points(_LOWER_BYTE, (LOWER, LOWER, "\\u{%x}")),  # JavaScript, PHP
    _code_points(_UPPER_BYTE, (UPPER, UPPER, "\\u{%X}"), _ESCAPE),  # Ruby's dump
)
