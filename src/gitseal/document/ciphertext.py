"""Recognises what another tool, or gitseal itself, has encrypted. Sealed as it is, a deploy would get ciphertext for a value.

Every way in asks here: `import` for whole files, and `import`, `set` and `edit` for values. Recognised are forms that only such a
tool writes, in their exact shape: a sentence that mentions a prefix is a value like any other, and so is what has no shape of
its own, such as Spring's `{cipher}`.
"""

import re

from gitseal.document import binary_ciphertext, token_grammar, wrapped
from gitseal.document.value import ValueType
from gitseal.errors import Error
from gitseal.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from gitseal.document.value import TypedValue

# An ephemeral key, a nonce and a tag take more than 80 signs of base64.
_DOTENVX_TOKEN = re.compile(r"encrypted:\s*+[A-Za-z0-9+/]{80}")
_FOR_ANY_FILE = "to keep the ciphertext itself as a value: --type bytes"


class Cipher(NamedTuple):
    """The tool that encrypted something, and how to get the plaintext.

    `command` prints a file decrypted, `{}` standing for the file, in the format `prints` or, if that is empty, in its own. It is
    empty if no single command does. `advice` says in words what to do, for whoever has no file.
    """

    tool: str
    command: str
    advice: str
    prints: str = ""


DOTENVX = Cipher("dotenvx", "dotenvx decrypt --stdout -f {}", "decrypt it first, with dotenvx decrypt")
_DOTENVX_WITHIN = Cipher(
    "dotenvx", "", "take away what stands before its encrypted: and decrypt it then: dotenvx opens only a whole value"
)
EJSON = Cipher("ejson", "ejson decrypt {}", "decrypt it first, with ejson decrypt")
_EYAML = Cipher("hiera-eyaml", "eyaml decrypt -e {}", "decrypt it first, with eyaml decrypt")
_SOPS = Cipher("sops", "", "a value of sops opens only in its whole file, with sops decrypt")
SOPS_FILE = Cipher("sops", "sops decrypt --output-type json {}", "decrypt it first, with sops decrypt", "json")
"""A whole file of sops, whatever its format."""
_OWN = Cipher("gitseal", "", "a sealed value opens only where it is sealed; take it over from there with gitseal copy")
ANSIBLE_VAULT = Cipher("ansible-vault", "", "put it into a file of its own, which ansible-vault view prints")
ANSIBLE_VAULT_STRINGS = Cipher(
    "ansible-vault",
    "",
    "name the file with the password with --key-file, or several with their labels in ANSIBLE_VAULT_IDENTITY_LIST",
)
"""Strings behind `!vault`, which no single command of ansible-vault opens."""
ANSIBLE_VAULT_FILE = Cipher("ansible-vault", "ansible-vault view {}", "decrypt it first, with ansible-vault view")
AWS_PARAMETER = Cipher(
    "AWS KMS", "", "ask AWS for it again, decrypted: aws ssm get-parameters-by-path with --with-decryption"
)
VERCEL = Cipher("Vercel", "", "vercel env pull writes the values that it gives back as an env file, to import")
SEALED_SECRET = Cipher(
    "Sealed Secrets",
    "",
    "print the Secret that the cluster made of it, and import that: kubectl get secret with its name and -o yaml",
)
DOTENV_VAULT = Cipher(
    "dotenv-vault", "", "print it with npx dotenv-vault local decrypt and the environment's key, and import that"
)
_RAILS = Cipher("Rails", "", "decrypt it first, where its application runs, with bin/rails console")
_RAILS_FILE = Cipher("Rails", "", "print it with bin/rails credentials:show, and import that with --format yaml")
_LARAVEL = Cipher("Laravel", "", "decrypt it first, where its application runs, with php artisan tinker")
_LARAVEL_FILE = Cipher("Laravel", "", "php artisan env:decrypt writes the env file, to import and then to remove")
_TRANSIT = Cipher("Vault", "", "decrypt it first, with the path transit/decrypt of its key in Vault")
AWS_KMS = Cipher("AWS KMS", "", "decrypt it first, with aws kms decrypt")
_GOOGLE_KMS = Cipher("Google Cloud KMS", "", "decrypt it first, with gcloud kms decrypt")
_FERNET = Cipher("Fernet", "", "decrypt it first, in Python with cryptography.fernet and its key")
_JOSE = Cipher("JWE", "", "decrypt it first, with the key that it is for")
_CHEF = Cipher("Chef", "", "print it decrypted: knife data bag show with --secret-file and -F json")
_AGE = Cipher("age", "", "decrypt it first, with age --decrypt and the identity that it is for")
_GPG = Cipher("gpg", "", "decrypt it first, with gpg --decrypt")
_GPG_FILE = _GPG._replace(command="gpg --decrypt {}")
_CMS = Cipher("CMS", "", "decrypt it first, with openssl cms -decrypt and the key that it is for")
_JASYPT = Cipher("Jasypt", "", "decrypt it first, with Jasypt and its password")
_PULUMI = Cipher("Pulumi", "", "print it decrypted, where its stack is, with pulumi config get")
_GIT_CRYPT = Cipher("git-crypt", "", "run git-crypt unlock in that clone, and take the file then")
_OPENSSL = Cipher(
    "transcrypt or openssl",
    "",
    "configure the clone with transcrypt, or decrypt it with openssl enc -d, and take the file then",
)

_AGE_ARMOR, _GPG_ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----", "-----BEGIN PGP MESSAGE-----"
# How a value, or the text of a file, begins. What stands in longer texts too is among `_WITHIN`.
_BEGINNINGS = (
    ("$ANSIBLE_VAULT;", ANSIBLE_VAULT),
    ("EJ[1:", EJSON),
    (_AGE_ARMOR, _AGE),
    (_GPG_ARMOR, _GPG),
    ("U2FsdGVkX1", _OPENSSL),  # base64 of "Salted__"
)
# How a file begins that is one value of a tool, and has another way out than that.
_FILES = (
    (_GPG_ARMOR, _GPG_FILE),
    ("eyJpdiI6", _LARAVEL_FILE),
    ("$ANSIBLE_VAULT;", ANSIBLE_VAULT_FILE),
)
_WHOLE_BASE64 = r"(?:[A-Za-z0-9+/]{4})++(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?+"
# What a whole value is. Each begins with a sign that is looked for first, since few values have it.
_SHAPES = (
    # The ciphertext, nonce and tag of AES-GCM.
    ("--", re.compile(r"\s*+[A-Za-z0-9+/]{4,}={0,2}--[A-Za-z0-9+/]{16}--[A-Za-z0-9+/]{22}==\s*+"), _RAILS),
    # Base64 of {"iv": with a nonce, a value and a MAC behind it. The header of a JWE is followed by a dot.
    ("eyJpdiI6", re.compile(r"\s*+eyJpdiI6[A-Za-z0-9+/]{92,}+={0,2}\s*+"), _LARAVEL),
    # A version, a time whose first half is zero, a nonce, one block and a MAC.
    ("gAAAAA", re.compile(r"\s*+gAAAAA[A-Za-z0-9_-]{90,}+={0,2}\s*+"), _FERNET),
    # A nonce and a tag of AES-GCM, which the other ciphers exceed.
    ("vault:v", re.compile(r"\s*+vault:v[0-9]{1,9}:[A-Za-z0-9+/]{36,}+={0,2}\s*+"), _TRANSIT),
    # A nonce of 12 bytes, and a ciphertext with its tag.
    ("v1:", re.compile(rf"\s*+v1:[A-Za-z0-9+/]{{16}}:(?=[A-Za-z0-9+/]{{22}}){_WHOLE_BASE64}\s*+"), _PULUMI),
)
# Such a manifest is YAML or JSON like any other to whoever says so.
_SEALED_SECRET = re.compile(rb"""["']?\bkind["']?\s*+:\s*+["']?SealedSecret\b""")
# What stands in a value, at any place: hiera-eyaml takes its tokens within a longer text too. The sign is looked for first.
_LINE_END = r"(?:\s|\\[rn])++"
_WITHIN = (
    ("ENC[AES256_GCM,data:", None, _SOPS),
    ("ENC[PKCS7,", None, _EYAML),
    ("ENC[GPG,", None, _EYAML),
    # A salt and a block take 16 bytes.
    ("ENC(", re.compile(rf"ENC\((?=[A-Za-z0-9+/]{{22}}){_WHOLE_BASE64}\)"), _JASYPT),
    ("pkcs7-mime", re.compile(r"pkcs7-mime;[^:]{0,200}?smime-type=(?:auth-?)?enveloped-data", re.IGNORECASE), _CMS),
    *((f"{prefix}v1,", None, _OWN) for prefix in token_grammar.PREFIXES),
    (
        "EJ[1:",
        re.compile(r"EJ\[1:[A-Za-z0-9+/]{40,}+={0,2}:[A-Za-z0-9+/]{30,}+={0,2}:[A-Za-z0-9+/]{20,}+={0,2}\]"),
        EJSON,
    ),
    ("$ANSIBLE_VAULT;", re.compile(rf"\$ANSIBLE_VAULT;1\.[0-9];AES[^\s\\]*+{_LINE_END}[0-9a-f]{{16}}"), ANSIBLE_VAULT),
    *(
        (armor, re.compile(rf"{armor}{_LINE_END}(?:[A-Z][A-Za-z]*+: |[A-Za-z0-9+/=]{{3,}}+(?:[\r\n\\-]|\Z))"), cipher)
        for armor, cipher in ((_AGE_ARMOR, _AGE), (_GPG_ARMOR, _GPG))
    ),
)
# A name before a value, as in a line of configuration.
_ASSIGNED = re.compile(
    r"^[ \t]*+(?:export[ \t]++)?+[A-Za-z_][\w.-]{0,63}+[ \t]*+[=:][ \t]*+[\"']?+([^\s\"']{16,}+)[\"']?+[ \t]*+$",
    re.MULTILINE,
)
# Five parts, of which the first says how the others are made. A JWT has three. A header of HTTP may stand before it.
_JWE = re.compile(r"\s*+(?:[\w-]++:?[ \t]++){0,2}+(e[wy][\w-]++)\.[\w-]*+\.[\w-]++\.[\w-]*+\.[\w-]++\s*+")
# Signed data and certificates have such armor too.
_CMS_ARMOR = re.compile(rf"-----BEGIN (?:CMS|PKCS7|PKCS #7)-----{_LINE_END}([A-Za-z0-9+/]{{24,}})")
# How bytes begin that are no text.
_MAGIC = (
    (b"\0GITCRYPT\0", _GIT_CRYPT),
    (b"age-encryption.org/v1\n", _AGE),
    (b"Salted__", _OPENSSL),
)
# Bytes without a word at their beginning, which their structure tells.
_STRUCTURES = (
    (binary_ciphertext.is_gpg, _GPG),
    (binary_ciphertext.is_aws_kms, AWS_KMS),
    (binary_ciphertext.is_google_kms, _GOOGLE_KMS),
    (binary_ciphertext.is_cms, _CMS),
)
# What keeps a value and what opens it in one object, by the names in it.
_SECTIONS = (
    ({"encrypted_data", "iv", "cipher"}, _CHEF),
    ({"encrypted_data", "iv", "version"}, _CHEF),
    ({"protected", "iv", "ciphertext", "tag"}, _JOSE),
)
# A packet with a session key for a public key or passphrase, in both formats (RFC 9580, 4.2): what gpg -e and gpg -c write.
_GPG_PACKETS = (b"\x84", b"\x85", b"\x8c", b"\xc1", b"\xc3")


def of_value(value: "TypedValue") -> Cipher | None:
    """The tool whose ciphertext a value is, or holds; None for any other value. Text may be the base64 of ciphertext.

    A value of type bytes may be armored ciphertext: whoever says `--type bytes` wants just these bytes.
    """
    content = value.reveal()
    if value.kind is ValueType.BYTES:
        return _of_bytes(content)
    if value.kind is ValueType.TEXT:
        return _of_bytes(content) or _of_text(content.decode())
    if value.kind is ValueType.JSON:
        return _of_json(content.decode())
    return None


def of_imported(value: "TypedValue") -> Cipher | None:
    """The same for a value from a file, whose type nobody chose: bytes that are text are looked at as text."""
    is_text = value.kind is ValueType.BYTES and _is_text(value.reveal())
    return (_of_text(value.reveal().decode()) if is_text else None) or of_value(value)


def of_section(names: "Collection[str]") -> Cipher | None:
    """The tool that keeps a ciphertext and what opens it under these names of one object; None for any other."""
    return next((cipher for needed, cipher in _SECTIONS if needed <= set(names)), None)


def of_file(data: bytes) -> Cipher | None:
    """The tool that encrypted a whole file, by how it begins; None for a file that holds readable names."""
    cipher = _of_bytes(data)
    if cipher is _GPG or (data.startswith(_GPG_PACKETS) and not _is_text(data)):
        return _GPG_FILE
    if cipher:
        return cipher
    start = data[:200].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    cipher = next((cipher for beginning, cipher in (*_FILES, *_BEGINNINGS) if start.startswith(beginning)), None)
    if b"--" in data and _of_shape(data.decode("utf-8", "replace")) is _RAILS:
        return _RAILS_FILE
    if b"encryptedData" in data and _SEALED_SECRET.search(data):
        return SEALED_SECRET
    if start.startswith("-----BEGIN ") and _has_cms(start):
        return _CMS
    is_sops_ini = b"\n[sops]" in data and b"ENC[AES256_GCM," in data
    return SOPS_FILE if is_sops_ini else cipher


def refuse(name: str, value: "TypedValue") -> None:
    """Raise Error, which names the tool and never the value, if a value is ciphertext."""
    cipher = of_value(value)
    if cipher is not None:
        # Binary ciphertext is refused as bytes too: what helps armored ciphertext does not help there.
        ways = cipher.advice if _of_bytes(value.reveal()) else f"{cipher.advice}; {_FOR_ANY_FILE}"
        raise Error(f'the value of "{name}" is encrypted by {cipher.tool}', ways)


def _of_bytes(content: bytes) -> Cipher | None:
    if cipher := next((cipher for beginning, cipher in _MAGIC if content.startswith(beginning)), None):
        return cipher
    return next((cipher for is_one, cipher in _STRUCTURES if is_one(content)), None)


def _of_text(text: str) -> Cipher | None:
    bare = wrapped.bare(text)
    if cipher := _of_whole_text(bare) or _of_base64(bare) or _of_json(text):
        return cipher
    # A value may be some lines of configuration, with ciphertext behind a name in them.
    assigned = (wrapped.bare(match[1]) for match in _ASSIGNED.finditer(text))
    return next((cipher for one in assigned if (cipher := _of_whole_text(one) or _of_base64(one))), None)


def _of_whole_text(text: str) -> Cipher | None:
    start = text[:200].lstrip()
    for beginning, cipher in _BEGINNINGS:
        if start.startswith(beginning):
            return cipher
    for sign, shape, cipher in _WITHIN:
        if sign in text and (shape is None or shape.search(text)):
            return cipher
    if "encrypted:" in text and (match := _DOTENVX_TOKEN.search(text)):
        return _DOTENVX_WITHIN if text[: match.start()].strip() else DOTENVX
    return _of_shape(text) or (_JOSE if _is_jwe(text) else _CMS if _has_cms(text) else None)


def _of_json(text: str) -> Cipher | None:
    parts = wrapped.in_json(text)
    return next(
        (cipher for one in parts if (cipher := _of_text(one) if isinstance(one, str) else of_section(one))), None
    )


def _has_cms(text: str) -> bool:
    armored = _CMS_ARMOR.finditer(text) if "-----BEGIN " in text else ()
    return any(binary_ciphertext.is_cms(wrapped.decoded(match[1])) for match in armored)


def _is_jwe(text: str) -> bool:
    match = _JWE.fullmatch(text)
    header = wrapped.decoded(match[1]) if match else b""
    return b'"alg"' in header and b'"enc"' in header


def _of_base64(text: str) -> Cipher | None:
    content = wrapped.decoded("".join(text.split()))
    if binary_ciphertext.is_kubeseal(content):
        return SEALED_SECRET
    if cipher := _of_bytes(content):
        return cipher
    inner = content.decode() if _is_text(content) else ""
    # What a tool prints in base64, such as a blob of AWS KMS, may be in base64 once more.
    return _of_whole_text(inner) or _of_bytes(wrapped.decoded(inner.strip())) if inner else None


def _of_shape(text: str) -> Cipher | None:
    return next((cipher for sign, shape, cipher in _SHAPES if sign in text and shape.fullmatch(text)), None)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
