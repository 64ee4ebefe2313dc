"""What gives nothing away passes, in templates also plain settings; what is random never does."""

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan.placeholders import is_placeholder
from gitseal.scan.plain_settings import is_plain_setting, names_a_secret, words_of

# By line: a value may hold blanks. Made-up ciphertext is put together here, none is real.
WORDS = """

<your key>
<>
<YOUR_API_KEY>
${NAME}
${NAME:-}
${NAME:-changeme}
${NAME:?missing}
$NAME
$(pass show it)
`op read op://a/b/c`
{{ secrets.name }}
${{ secrets.NAME }}
%(name)s
%NAME%
https://${HOST}/path
postgres://${USER}:${PASSWORD}@${HOST}:5432/${DB}
$PWD/bin:$PATH
your-key
YOUR_API_KEY
your secret here
xxx
XXXXXXXX
xxx-xxxx-xxx
***
...
changeme
CHANGEME
change-me
change_me
TODO
example
placeholder
Dummy
op://vault/item/field
op://vault/item/section/field name
bw://item/field
vault:secret/data/app#password
ref+vault://secret/data/app#/password
arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf
arn:aws:ssm:eu-west-1:123456789012:parameter/app/key
projects/p/secrets/s/versions/latest
@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)
{{resolve:secretsmanager:app:SecretString:password}}
"""
PLACEHOLDERS = [
    *WORDS.split("\n"),
    "encrypted:" + "BOk1+/" * 20 + "==",
    "ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]",
    "ENC[v1,s,default:k" + "0a" * 16 + ",anQw]",
    "ENC[PKCS7," + "MIIB" * 12 + "]",
]
VALUES = """
true
3000
localhost
0
development
hunter2
examples of mine
my-example
change-me-not
${NAME:-s3cr3t}
${NAME:-production}
$NAME-s3cr3tvalue99
s3cr3t${NAME}
postgres://${USER}:s3cr3t@${HOST}/db
https://user:s3cr3t@$HOST
encrypted:hunter2
ENC[hunter2]
ENC[v1,s,default:hunter2]
op://
vault:hunter2
youre-the-best
xx
x
xxx1
<a> b
$
$1000
pa$$word
{}
{"a": "b"}
""".strip().split("\n")


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)
    assert is_plain_setting("API_KEY", value)


@pytest.mark.parametrize("value", VALUES)
def test_values(value: str) -> None:
    assert not is_placeholder(value)


PLAIN = """
DEBUG=true
PORT=3000
DB_PASSWORD=postgres
DB_PASSWORD=password
DB_PASSWORD=secret
DB_PASSWORD=test1234
API_KEY=your_api_key_here
API_KEY=my-api-key
API_KEY=sk-xxxxxxxxxxxx
API_KEY=sk-1234567890abcdef
API_KEY=0000000000000000000000000000000000000000000000000000000000000000
SECRET_KEY=change_me_please
SECRET_KEY=mysecretkey
APP_KEY=SomeRandomStringOf32CharsExactly
APP_KEY=SomeRandomString
APP_KEY=some_random_string
SECRET_KEY=some long random string of at least 32 characters
SECRET_KEY=get_the_secret_of_above_key
TOKEN_TTL=3600s
PASSWORD_MIN_LENGTH=12
JWT_EXPIRES_IN=7d
JWT_ALGORITHM=HS256
PRIVATE_KEY_PATH=/etc/ssl/private/acme.pem
AUTH0_DOMAIN=acme.eu.auth0.com
APP_NAME=Acme Rockets
APP_URL=https://rockets.acme.dev/start?utm=x
DATABASE_URL=postgres://acme:password@localhost:5432/acme_dev
DATABASE_URL=mysql://rockets:rockets@127.0.0.1/rockets
DATABASE_URL=postgresql://<user>:<password>@localhost/db
CORS=http://localhost:3000,http://localhost:8080
REDIS_URL=redis://:changeme@redis:6379/0
SMTP_FROM=noreply@acme.com
TIMEZONE=Europe/Berlin
SINCE=2026-11-21
VERSION=1.2.3-rc1
MODEL=gpt-4o-mini
CLIENT_ID=3fa85f64-5717-4562-b3fc-2c963f66afa6
WORKSPACE_ID=x6dnhn4fdu32iy5obuzdnkj2
PROVIDER_CLASS=chromadb.auth.token_authn.TokenAuthenticationServerProvider
LOG_FORMAT=%h %l %u "%r" %>s
MAX_SIZE=10MB
FLAGS=a,b,c
OPENAI_API_KEY=sk-
""".strip().split("\n")
NOT_PLAIN = """
DB_PASSWORD=hunter2x
DB_PASSWORD=Tr0ub4dor&3
DB_PASSWORD=correcthorsebatterystaple
DB_PASSWORD=CorrectHorseBatteryStaple
DB_PASSWORD=Xk29FdKm39Ab
API_KEY=9f73s3ljTXVcMT3Blb3ljT
API_KEY=ae13021afef0819c3a307ad487071c06
SECRET=lYkiYYT6owG+71oLerGzA7GXCgOT
APP_KEY=base64:NTrXToqFZJlv48dgPc+kNpc3SBt333TfDnF1mDShsBg=
DATABASE_URL=postgres://acme:9f73s3ljTX@db.acme.com/acme
DATABASE_URL=postgres://acme:${USER}s3cr3t@db.acme.com/acme
SENTRY_DSN=https://0a1b2c3d4e5f60718293a4b5c6d7e8f9:9f73s3ljTXVcMT3B@o1.ingest.sentry.io/2
HOOK=https://chat.acme.com/hooks/9f73s3ljTXVcMT3B
SETTING=9f73s3ljTXVcMT3Blb3ljT
VAULT_SECRET_ID=3fa85f64-5717-4562-b3fc-2c963f66afa6
AUTH=9f73s3ljTX
""".strip().split("\n")


@pytest.mark.parametrize("line", PLAIN)
def test_plain_settings(line: str) -> None:
    name, _, value = line.partition("=")
    assert is_plain_setting(name, value)


@pytest.mark.parametrize("line", NOT_PLAIN)
def test_what_is_no_plain_setting(line: str) -> None:
    name, _, value = line.partition("=")
    assert not is_plain_setting(name, value)


def test_a_template_may_speak_with_its_own_words() -> None:
    words = words_of([("ROCKETS_PASSWORD", "rockets"), ("DB_USER", "launchpad"), ("DB_PASSWORD", "hunterxy")])
    assert is_plain_setting("DB_PASSWORD", "rockets", words)
    assert is_plain_setting("DB_PASSWORD", "launchpad123456", words)
    assert not is_plain_setting("DB_PASSWORD", "hunterxy", words)


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "API_KEY",
        "apiKey",
        "JWT_SECRET",
        "auth",
        "token",
        "SIGNING_KEY",
        "GH_TOKEN",
        "COOKIE_SALT",
        "PGPASSWORD",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "PORT",
        "DATABASE_URL",
        "TOKEN_TTL",
        "PRIVATE_KEY_PATH",
        "AUTHOR",
        "KEYBOARD_LAYOUT",
        "MONKEYS_ENABLED",
        "HOSTNAME",
        "PASSENGERS",
    ],
)
def test_names_of_none(name: str) -> None:
    assert not names_a_secret(name)


@pytest.mark.fuzz
@given(
    st.sampled_from(["API_KEY", "TOKEN", "DB_PASSWORD", "SETTING", "URL"]),
    st.binary(min_size=16, max_size=64),
    st.sampled_from(["{}", "sk_{}", "Bearer {}", "https://u:{}@example.com/x", "{}=="]),
    st.sampled_from(["hex", "base64"]),
)
def test_what_is_random_is_never_plain(name: str, value: bytes, around: str, encoding: str) -> None:
    # Hypothesis shrinks to bytes that say nothing; what they hash to does not.
    digest = sha256(value).digest()
    text = digest.hex() if encoding == "hex" else base64.urlsafe_b64encode(digest).decode().strip("=")
    assert not is_plain_setting(name, around.format(text))
    assert not is_placeholder(around.format(text))


@pytest.mark.fuzz
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_taken(name: str, value: str) -> None:
    is_plain_setting(name, value)
