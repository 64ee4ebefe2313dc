"""Values that give nothing away wherever they stand: placeholders, references and ciphertext.

A value gives nothing away when it is, in any case,

* empty, or `<...>`, `your-...`, `your_...`, three and more `x` (also in groups: `xxx-xxxx`), three and more `*` or `.`;
* `changeme`, `change-me`, `change_me`, `todo`, `example`, `placeholder`, `dummy`;
* made of references alone: `${NAME}`, `$NAME`, `$1`, `~/`, `$(command)`, `{{ name }}`, `%(name)s`, `%NAME%`, joined by
  `: / @ . , _ -`, a scheme (`https://`), a port or lower-case path parts. In `${NAME:-default}` the default has to be a
  placeholder itself. What the command is, `commands` looks at;
* a reference to a store: `op://`, `bw://`, `vault:`, `ref+...://`, `arn:aws:secretsmanager:`, `projects/.../secrets/...` and the
  like, in each one's exact shape;
* ciphertext: dotenvx's `encrypted:`, `ENC[...]` of sops, of gitseal and of Puppet's eyaml, in each one's exact shape.

What else templates may hold is said in `plain_settings`.
"""

import re

from gitseal.document import token_grammar

WORDS_ALONE = frozenset({"changeme", "change-me", "change_me", "todo", "example", "placeholder", "dummy"})
_PLACEHOLDER = re.compile(r"<[^<>]*>|your[-_ ][\w .-]{0,80}|x{3,}(?:[-_ ]?x+)*|\*{3,}|\.{3,}|\u2026", re.IGNORECASE)

_NAME = r"[A-Za-z_][A-Za-z0-9_.]*"
REFERENCE = re.compile(
    rf"\$\{{\{{[^{{}}]*\}}\}}|\{{\{{[^{{}}]*\}}\}}|\$\{{!?(?:{_NAME}|[1-9])(?::?\?[^{{}}]*|(?P<default>:?[-=+])(?P<text>[^${{}}]*))?\}}"
    rf"|^~(?=/)|\$\([^()]*\)|`[^`]*`|\$(?:[A-Za-z_]\w*|[1-9@])|%\({_NAME}\)s|%[A-Z_]+%"
)
_GLUE = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}://)?(?:\0|[:@,._-]|:\d{1,5}(?=/|$)|/(?:[a-z._-]{0,24}(?=[/:\0?]|$)))*")

_STORES = re.compile(
    r"op://[^/]+/[^/]+/.+|(?:bw|bws|rbw|keepassxc|keyring|secret|pass|doppler|infisical|azkv|akv|gcpsm|awssm|awsps|ssm)://\S+"
    r"|ref\+[a-z0-9]+://\S+|(?:vault|bao):[\w./-]+#[\w.-]+|arn:aws[a-z-]*:(?:secretsmanager|ssm|kms):[\w:/.+=@-]+"
    r"|(?:sm://)?projects/[^/]+/secrets/[^/]+(?:/versions/\w+)?|@Microsoft\.KeyVault\(.+\)|\{\{resolve:[\w:/.+=@-]+\}\}"
)
_CIPHERTEXT = re.compile(
    r"encrypted:[A-Za-z0-9+/]{100,}={0,2}|ENC\[AES256_GCM,data:[^,\]]*,iv:[^,\]]+,tag:[^,\]]+,type:\w+\]"
    rf"|{token_grammar.TOKEN}|ENC\[(?:PKCS7|GPG|KMS),[A-Za-z0-9+/=]{{40,}}\]"
)


def is_placeholder(value: str) -> bool:
    """True if a value, without its quotes, gives nothing away wherever it stands. See the module."""
    value = value.strip()
    return is_filler(value) or _is_reference(value) or bool(_STORES.fullmatch(value) or _CIPHERTEXT.fullmatch(value))


def is_filler(value: str) -> bool:
    """True for nothing, and for what stands there to be replaced."""
    return not value or value.lower() in WORDS_ALONE or _PLACEHOLDER.fullmatch(value) is not None


def _is_reference(value: str) -> bool:
    """True if a value is made of references, and of what joins them."""
    if not any(mark in value for mark in "$%{`~"):
        return False
    defaults: list[str] = []

    def taken(match: re.Match[str]) -> str:
        if match["default"]:
            defaults.append(match["text"])
        return "\0"

    rest = REFERENCE.sub(taken, value)
    return "\0" in rest and _GLUE.fullmatch(rest) is not None and all(map(is_placeholder, defaults))
