"""Values that give nothing away: placeholders and references everywhere, and in templates also plain settings.

**Everywhere** (`is_placeholder`) a value gives nothing away when it is, in any case,

* empty, or `<...>`, `your-...`, `your_...`, three and more `x` (also in groups: `xxx-xxxx`), three and more `*` or `.`;
* `changeme`, `change-me`, `change_me`, `todo`, `example`, `placeholder`, `dummy`;
* made of references alone: `${NAME}`, `$NAME`, `$(command)`, `{{ name }}`, `%(name)s`, `%NAME%`, joined by `: / @ . , _ -`, a
  scheme (`https://`), a port or lower-case path parts. In `${NAME:-default}` the default has to be a placeholder itself;
* a reference to a store: `op://`, `bw://`, `vault:`, `ref+...://`, `arn:aws:secretsmanager:`, `projects/.../secrets/...` and the
  like, in each one's exact shape;
* ciphertext: dotenvx's `encrypted:`, `ENC[...]` of sops, of gitseal and of Puppet's eyaml, in each one's exact shape.

**In templates** (`is_plain_setting`) also what no one would call secret:

* numbers, durations, sizes, dates, versions, addresses, booleans;
* what is made of common words (`scan.ordinary`) and of the words of placeholders (`your`, `here`, `insert`, ...), joined by
  anything that is no letter or digit, with at most four digits after a word: `my-app`, `localhost:5432`, `postgres`,
  `change_me_please`, `test1234`;
* a URL, or several with commas, whose user and password are such words or placeholders, and whose rest does not look random;
* behind a name that says of no secret (`names_a_secret`), anything that does not look random: its pieces of letters and
  digits are words of at most 20 letters, numbers, or mixtures of at most 7 characters; a UUID behind a name that ends in `ID`.
"""

import re

from gitseal.scan.ordinary import WORDS

_WORDS_ALONE = frozenset({"changeme", "change-me", "change_me", "todo", "example", "placeholder", "dummy"})
_PLACEHOLDER = re.compile(r"<[^<>]*>|your[-_ ][\w .-]{0,80}|x{3,}(?:[-_ ]?x+)*|\*{3,}|\.{3,}|\u2026", re.IGNORECASE)

_NAME = r"[A-Za-z_][A-Za-z0-9_.]*"
_REFERENCE = re.compile(
    rf"\$\{{\{{[^{{}}]*\}}\}}|\{{\{{[^{{}}]*\}}\}}|\$\{{!?{_NAME}[?+]?(?:(?P<default>:?[-=])(?P<text>[^${{}}]*))?\}}"
    rf"|\$\([^()]*\)|`[^`]*`|\$[A-Za-z_]\w*|%\({_NAME}\)s|%[A-Z_]+%"
)
_GLUE = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}://)?(?:\0|[:@,._-]|:\d{1,5}(?=/|$)|/(?:[a-z._-]{0,24}(?=[/:\0?]|$)))*")

_STORES = re.compile(
    r"op://[^/]+/[^/]+/.+|(?:bw|bws|rbw|keepassxc|keyring|secret|pass|doppler|infisical|azkv|akv|gcpsm|awssm|awsps|ssm)://\S+"
    r"|ref\+[a-z0-9]+://\S+|(?:vault|bao):[\w./-]+#[\w.-]+|arn:aws[a-z-]*:(?:secretsmanager|ssm|kms):[\w:/.+=@-]+"
    r"|(?:sm://)?projects/[^/]+/secrets/[^/]+(?:/versions/\w+)?|@Microsoft\.KeyVault\(.+\)|\{\{resolve:[\w:/.+=@-]+\}\}"
)
_CIPHERTEXT = re.compile(
    r"encrypted:[A-Za-z0-9+/]{100,}={0,2}|ENC\[AES256_GCM,data:[^,\]]*,iv:[^,\]]+,tag:[^,\]]+,type:\w+\]"
    r"|ENC\[v1,[a-z]+,[a-z][a-z0-9-]*:k[0-9a-f]{32},[A-Za-z0-9+/]+={0,2}\]|ENC\[(?:PKCS7|GPG|KMS),[A-Za-z0-9+/=]{40,}\]"
)


def is_placeholder(value: str) -> bool:
    """Whether a value, without its quotes, gives nothing away wherever it stands. See the module."""
    value = value.strip()
    if not value or value.lower() in _WORDS_ALONE or _PLACEHOLDER.fullmatch(value):
        return True
    return _is_reference(value) or bool(_STORES.fullmatch(value) or _CIPHERTEXT.fullmatch(value))


def _is_reference(value: str) -> bool:
    """Whether a value is made of references, and of what joins them."""
    if not any(mark in value for mark in "$%{`"):
        return False
    defaults: list[str] = []

    def taken(found: re.Match[str]) -> str:
        if found["default"]:
            defaults.append(found["text"])
        return "\0"

    rest = _REFERENCE.sub(taken, value)
    return "\0" in rest and _GLUE.fullmatch(rest) is not None and all(map(is_placeholder, defaults))


_SECRET_WORDS = re.compile(
    r"\w*(?:SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|MNEMONIC|PRIVATE|APIKEY)\w*|KEYS?|\w*KEY|PASS|PWD|PW|CREDS?|SALT|AUTH|DSN|SEED|PEPPER|PIN"
    r"|SIG|SIGNATURE|SIGNING|COOKIE|LICEN[CS]E|ENCRYPTION|WEBHOOK|JWT|OTP|HASH|BEARER|NONCE"
)
# A name that ends like this is about a secret and holds none.
_ABOUT = frozenset(
    b"""
    PATH FILE FILENAME DIR FOLDER NAME NAMES URL URI URLS HOST HOSTS PORT ISSUER DOMAIN TTL EXPIRY EXPIRE EXPIRES
    EXPIRATION IN MIN MINUTES HOURS SECONDS DAYS ALGORITHM ALG ALGO TYPE HEADER PREFIX SUFFIX LENGTH SIZE ENABLED
    ENABLE DISABLED REGION ROLE PROVIDER PROVIDERS AUDIENCE SCOPE SCOPES METHOD MODE LIFETIME DURATION TIMEOUT LIMIT
    ENDPOINT USER USERNAME EMAIL BUCKET VERSION FORMAT DRIVER REALM LOCATION ROUNDS
    """.decode().split()
)


def names_a_secret(name: str) -> bool:
    """Whether a name says that its value is secret.

    A part of it does (`DB_PASSWORD`, `API_KEY`), and its last part does not turn it into something about a secret (`TOKEN_TTL`,
    `PRIVATE_KEY_PATH`).
    """
    parts = [part for part in re.split(r"[^A-Z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()) if part]
    if parts and parts[-1] in _ABOUT:
        return False
    return any(_SECRET_WORDS.fullmatch(part) for part in parts)


_FIGURES = re.compile(
    r"[-+]?[0-9][0-9.,:/_+\-TZ ]{0,39}(?:ms|s|m|h|d|w|y|b|k|kb|mb|gb|tb|ki|mi|gi|%|px|x|sec|secs?|mins?|minutes?|hours?|days?)?",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:jdbc:)?[a-z][a-z0-9+.-]{1,30}://(?:(?P<user>[^/?#@]*)@)?(?P<rest>[^\s@]*)", re.IGNORECASE)
_PIECES = re.compile(r"[^\W_]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST_WORD, _LONGEST_MIXTURE, _LONGEST_NUMBER = 20, 7, 20
# Digits that a word may have after it: port numbers, years, `test1234`.
_MOST_DIGITS = 4


def is_plain_setting(name: str, value: str) -> bool:
    """Whether a template may hold this value behind this name. See the module."""
    value = value.strip()
    if is_placeholder(value) or _FIGURES.fullmatch(value) or _is_common(value):
        return True
    if any(_is_plain_url(part.strip()) for part in (value,)) or all(
        _is_plain_url(part.strip()) for part in value.split(",")
    ):
        return True
    if names_a_secret(name) or _has_login(value):
        return False
    return all(map(_is_wordlike, _PIECES.findall(value))) or (
        name.upper().endswith("ID") and bool(_UUID.fullmatch(value))
    )


def _is_common(text: str) -> bool:
    """Whether a text is made of common words, each with a few digits at most."""
    if "<" in text or "$" in text:
        text = _REFERENCE.sub(" ", re.sub(r"<[^<>]*>", " ", text))
    for piece in _PIECES.findall(text):
        letters = piece.rstrip("0123456789")
        if len(piece) - len(letters) > _MOST_DIGITS or not (not letters or _is_word(letters.lower())):
            return False
    return True


def _is_word(letters: str) -> bool:
    """Whether letters are a common word, a placeholder's, or several of them written as one (`mysecretkey`)."""
    if len(letters) > _LONGEST_GLUED:
        return False
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[start:end] in _COMMON for start in reached):
            reached.add(end)
    return len(letters) in reached


_LONGEST_GLUED = 40
_COMMON = frozenset(word.decode() for word in WORDS) | frozenset(
    b"""
    x xx xxx a an the this that is be it as at by for of on with your yours my our here there some please insert
    replace replaced replacewith paste fill put enter goes change changeme changed me todo fixme tbd example
    placeholder dummy sample fake foo bar baz qux abc xyz lorem ipsum none null nil long longer very strong unique
    must should real really super ultra generated generate characters chars bytes bits least insecure unsafe not do
    only using prod testing provided optional required own value here com org net io minio guest postgres mongo
    mongodb mariadb elastic elasticsearch kafka django flask rails laravel symfony spring next nuxt vite react vue
    angular node hunter letmein pw pwd pass passwd passphrase token tokens key keys secret secrets salt jwt auth hash
    acme corp inc
    """.decode().split()
)


def _is_plain_url(text: str) -> bool:
    found = _URL.fullmatch(text)
    if found is None:
        return False
    login = re.split(r":", found["user"] or "")
    return all(is_placeholder(part) or _is_common(part) for part in login) and all(
        _is_wordlike(piece) for piece in _PIECES.findall(_REFERENCE.sub(" ", found["rest"]))
    )


def _has_login(value: str) -> bool:
    """Whether some URL in the value has a user or a password."""
    return re.search(r"://[^/\s?#]*@", value) is not None


def _is_wordlike(piece: str) -> bool:
    if piece.isdigit():
        return len(piece) <= _LONGEST_NUMBER
    if piece.isalpha():
        return len(piece) <= _LONGEST_WORD and (
            len(piece) <= _LONGEST_GLUED // 4 or _is_spelt(piece) or _is_word(piece.lower())
        )
    return len(piece) <= _LONGEST_MIXTURE or _is_word(piece.rstrip("0123456789").lower())


def _is_spelt(piece: str) -> bool:
    """Whether letters have the case of words: all one case, or capitals only where words begin."""
    return (
        piece.islower()
        or piece.isupper()
        or re.fullmatch(r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,4}(?=[A-Z]|$))+", piece) is not None
    )
