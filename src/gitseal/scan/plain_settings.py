"""The settings that a template may hold besides placeholders: those that no one would call secret.

A value passes (`is_plain_setting`) when it is

* a placeholder (`scan.placeholders`), or at most 3 characters;
* a number, duration, size, date, version, address or boolean, or a value that documentation gives to everyone;
* public by its shape, like a publishable key or the id of a client (`scan.publishable`);
* made of common words (`scan.ordinary`), of the words of placeholders (`your`, `here`, `insert`, ...) and of words that stand
  in the template's own names and other values, joined by anything that is no letter or digit: `my-app`, `localhost:5432`,
  `postgres`, `change_me_please`. A word may have four digits after it, and digits and letters that count up say nothing:
  `test1234`, `sk-1234567890abcdef`. Capitals begin a word: `SomeRandomStringOf32CharsExactly`. Of four words and more, one
  may be another: `the key of your account`;
* a URL, or several with commas, whose password is made of such words or is its user's name over again, and whose rest does
  not look random;
* behind a name that says of no secret (`names_a_secret`), anything that does not look random: its pieces of letters and
  digits are words of at most 20 letters, numbers, or mixtures of at most 8 characters; behind one that ends in `ID`, anything
  without blanks.
"""

import re
from collections.abc import Container, Iterable

from gitseal.scan.ordinary import WORDS
from gitseal.scan.placeholders import REFERENCE, is_placeholder
from gitseal.scan.publishable import is_publishable
from gitseal.scan.tokens import is_documented

_SECRET_WORDS = re.compile(
    r"\w*(?:SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|MNEMONIC|APIKEY)\w*|\w*KEYS?|PASS|PWD|PW|CREDS?|SALT|AUTH|SEED|PEPPER|PIN"
    r"|SIG|SIGNATURE|SIGNING|COOKIE|LICEN[CS]E|ENCRYPTION|JWT|OTP|HASH|BEARER|NONCE"
)
# A name that ends like this is about a secret and holds none.
_ABOUT = frozenset(
    b"""
    PATH FILE FILENAME DIR FOLDER NAME NAMES URL URI URLS HOST HOSTS PORT ISSUER DOMAIN TTL ID EXPIRY EXPIRE EXPIRES
    EXPIRATION IN MIN MINUTES HOURS SECONDS DAYS ALGORITHM ALG ALGO TYPE HEADER PREFIX SUFFIX LENGTH SIZE ENABLED
    ENABLE DISABLED REGION ROLE PROVIDER PROVIDERS AUDIENCE SCOPE SCOPES METHOD MODE LIFETIME DURATION TIMEOUT LIMIT
    ENDPOINT USER USERNAME EMAIL BUCKET VERSION FORMAT DRIVER REALM LOCATION ROUNDS USERS ORIGIN ORIGINS
    """.decode().split()
)
_IDS = frozenset({"ID", "UUID", "GUID"})


def names_a_secret(name: str) -> bool:
    """True if a name says that its value is secret.

    A part of it does (`DB_PASSWORD`, `API_KEY`), and its last part does not turn it into something about a secret (`TOKEN_TTL`,
    `PRIVATE_KEY_PATH`).
    """
    parts = _parts(name)
    return not (parts and parts[-1] in _ABOUT) and _is_secret(parts)


def _is_secret(parts: Iterable[str]) -> bool:
    return any(_SECRET_WORDS.fullmatch(part) for part in parts)


def _parts(name: str) -> list[str]:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()
    return [part for part in re.split(r"[^A-Z0-9]+", words) if part]


_FIGURES = re.compile(
    r"[-+]?[0-9][0-9.,:/_+\-TZ ]{0,39}(?:ms|s|m|h|d|w|y|b|k|kb|mb|gb|tb|ki|mi|gi|%|px|x|secs?|mins?|minutes?|hours?|days?)?",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:jdbc:)?[a-z][a-z0-9+.-]{1,30}://(?:(?P<user>[^/?#@]*)@)?(?P<rest>[^\s@]*)", re.IGNORECASE)
_PIECES = re.compile(r"[^\W_]+")
_ID = re.compile(r"[\w.:/-]{1,64}")
_COUNTING = re.compile(
    r"0?123(?:4(?:5(?:6(?:7(?:8(?:90?)?)?)?)?)?)?|abc(?:d(?:ef?)?)?|(.)\1{3,}|[xX]{3,}", re.IGNORECASE
)
_CAMEL_WORD = re.compile(r"[A-Z]?[a-z]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+(?:[0-9]{0,4}[A-Z][a-z]+)+[0-9]{0,4}")
_SHORTEST = 4
_LONGEST_WORD, _LONGEST_MIXTURE, _LONGEST_NUMBER, _LONGEST_GLUED = 20, 8, 20, 40
_MOST_DIGITS = 4
_A_SENTENCE = 4  # words

Words = Container[str]


def words_of(named: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The words that a template speaks with: those of its names, and those of values behind names of no secret."""
    words: set[str] = set()
    for name, value in named:
        words.update(part.lower() for part in _parts(name) if len(part) >= _SHORTEST)
        if not names_a_secret(name) and not has_login(value):
            words.update(
                piece.lower() for piece in _PIECES.findall(value) if piece.isalpha() and len(piece) >= _SHORTEST
            )
    return frozenset(word for word in words if len(word) <= _LONGEST_WORD)


def is_plain_setting(name: str, value: str, words: Words = ()) -> bool:
    """True if a template that speaks with `words` may hold this value behind this name. See the module."""
    value = value.strip()
    if len(value) < _SHORTEST or is_placeholder(value) or _FIGURES.fullmatch(value):
        return True
    content = value.encode("utf-8", "surrogatepass")
    if is_documented(content) or is_publishable(content):
        return True
    if _is_common(value, words) or all(_is_plain_url(part.strip(), words) for part in value.split(",")):
        return True
    if names_a_secret(name) or has_login(value):
        return False
    *parts, last = _parts(name) or [""]
    if last in _IDS and not _is_secret(parts) and _ID.fullmatch(value):
        return True
    return all(map(_is_wordlike, _PIECES.findall(value)))


def _is_common(text: str, words: Words) -> bool:
    """True if a text is made of common words, each with a few digits at most."""
    if "<" in text or "$" in text or "{" in text:
        text = REFERENCE.sub(" ", re.sub(r"<[^<>]*>", " ", text))
    pieces = [piece for piece in _PIECES.findall(_COUNTING.sub("_", text)) if not _is_camel(piece, words)]
    strange = 0
    for piece in pieces:
        letters = piece.rstrip("0123456789")
        if len(piece) - len(letters) > _MOST_DIGITS:
            return False
        strange += len(piece) >= _SHORTEST and not _is_word(letters.lower(), words)
    return strange == 0 or (strange == 1 and len(pieces) >= _A_SENTENCE and all(map(str.isalpha, pieces)))


def _is_camel(piece: str, words: Words) -> bool:
    """True if a piece is common words in CamelCase. Short words count too: a random text often falls into pieces like them."""
    return bool(_CAMEL.fullmatch(piece)) and all(_is_word(word.lower(), words) for word in _CAMEL_WORD.findall(piece))


def _is_word(letters: str, words: Words) -> bool:
    """True if letters are a common word, one of `words`, or several of them written as one (`mysecretkey`)."""
    if len(letters) > _LONGEST_GLUED:
        return False
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(letters[start:end] in _COMMON or letters[start:end] in words for start in reached):
            reached.add(end)
    return len(letters) in reached


_COMMON = frozenset(word.decode() for word in WORDS) | frozenset(
    b"""
    x xx xxx a an the this that is be it as at by for of on with your yours my our here there some please insert
    replace replaced replacewith paste fill put enter goes change changeme changed me todo fixme tbd example
    placeholder dummy sample fake foo bar baz qux abc xyz lorem ipsum none null nil long longer very strong unique
    must should real really super ultra generated generate characters chars bytes bits least insecure unsafe not do
    only using prod testing provided optional required own value com org net io minio guest postgres mongo mongodb
    mariadb elastic elasticsearch kafka django flask rails laravel symfony spring next nuxt vite react vue angular
    node cafebabe deadbeef hunter letmein pw pwd pass passwd passphrase token tokens key keys secret secrets salt jwt
    auth hash acme corp inc you ignored ignore unused disabled encryption decryption char bitnami above below get how
    see docs clickhouse sandbox two second first shared secure exactly
    """.decode().split()
)


def _is_plain_url(text: str, words: Words) -> bool:
    match = _URL.fullmatch(text)
    if match is None:
        return False
    user, _, password = (match["user"] or "").partition(":")
    if not (is_placeholder(user) or _is_common(user, words) or _is_wordlike(user)):
        return False
    # A password that is the user's name over again is the one of a database on the own machine.
    if not (is_placeholder(password) or _is_common(password, words) or password == user):
        return False
    return all(_is_wordlike(piece) for piece in _PIECES.findall(REFERENCE.sub(" ", match["rest"])))


def has_login(value: str) -> bool:
    """True if some URL in the value has a user or a password."""
    return re.search(r"://[^/\s?#]*@", value) is not None


def _is_wordlike(piece: str) -> bool:
    if piece.isdigit():
        return len(piece) <= _LONGEST_NUMBER
    if len(piece) <= _LONGEST_MIXTURE:
        return True
    letters = piece.rstrip("0123456789")
    return len(piece) - len(letters) <= _MOST_DIGITS and _is_spelt(letters)


def _is_spelt(letters: str) -> bool:
    """True if letters have the case of words of at most 20: all one case, or capitals only where words begin."""
    if letters.islower() or letters.isupper():
        return letters.isalpha() and len(letters) <= _LONGEST_WORD
    return re.fullmatch(r"(?:[A-Z]?[a-z]{2,20}|[A-Z]{2,5}(?=[A-Z]|$))+", letters) is not None
