"""Tokens of every vendor's shape are found wherever they stand; examples, made-up ones and wrong checksums are not.

Tokens are put together at run time: none stands in this file.
"""

import random
import string
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan import der_keys, private_keys, tokens
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob
from gitseal.scan.tokens import RULE

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
HEX = "0123456789abcdef"
WORD = BASE62 + "_-"


def found(text: str) -> list[str]:
    return [each.message for each in scan_blob(b"src/app.py", 0o100644, [text.encode()], Rules()) if each.rule == RULE]


def some(alphabet: str, count: int, seed: int = 7) -> str:
    """Random text in which each class of the alphabet's characters is there, and nothing repeats that looks made up."""
    source = random.Random(f"{alphabet}{count}{seed}")
    while True:
        text = "".join(source.choice(alphabet) for _ in range(count))
        classes = (str.isdigit, str.isupper, str.islower)
        if all(any(map(each, text)) for each in classes if any(map(each, alphabet))) and text[-1].isalnum():
            return text


def checked(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return body + digits.rjust(6, "0")


TOKENS = {
    "AWS access key": "AK" + "IA" + some(string.ascii_uppercase + "234567", 16),
    "AWS session key": "AS" + "IA" + some(string.ascii_uppercase + "234567", 16),
    "AWS secret": "aws_secret_access_key = " + some(BASE62 + "/+", 40),
    "AWS secret in env": "AWS_SECRET_ACCESS_KEY='" + some(BASE62 + "/+", 40) + "'",
    "AWS secret in JSON": '"SecretAccessKey": "' + some(BASE62 + "/+", 40) + '"',
    **{f"GitHub {each}": f"{each}_" + checked(some(BASE62, 30)) for each in ("ghp", "gho", "ghu", "ghs", "ghr")},
    "GitHub fine-grained": "github" + "_pat_" + some(BASE62, 22) + "_" + some(BASE62, 59),
    "GitLab": "gl" + "pat-" + some(WORD, 20),
    "GitLab routable": "gl" + "pat-" + some(WORD, 27) + ".0" + some(string.digits + "abcz", 8),
    "GitLab routable of three parts": "gl" + "pat-" + some(WORD, 27) + ".01." + some(string.digits + "abcz", 9),
    "GitLab deploy": "gl" + "dt-" + some(WORD, 20),
    "GitLab runner": "gl" + "rt-t1_" + some(WORD, 20),
    "GitLab job": "gl" + "cbt-64_" + some(WORD, 20),
    "GitLab trigger": "gl" + "ptt-" + some(HEX, 40),
    "GitLab OAuth": "gl" + "oas-" + some(WORD, 64),
    "GitLab agent": "gl" + "agent-" + some(WORD, 50),
    "Stripe webhook": "wh" + "sec_" + some(BASE62, 32),
    "Slack rotated": "xox" + "e.xoxp-1-" + some(BASE62, 163),
    "Slack refresh": "xox" + "e-1-" + some(BASE62, 146),
    "Discord bot": "MT" + "I" + some(BASE62, 23) + "." + some(WORD, 6) + "." + some(WORD, 38),
    "Telegram in its URL": "https://api.telegram.org/bot2847561093" + ":AA" + some(WORD, 33) + "/getMe",
    "Docker organization": "dckr" + "_oat_" + some(WORD, 32),
    "Vault root": "hv" + "s." + some(BASE62, 24),
    "Vault batch": "hv" + "b." + some(WORD, 150),
    "Grafana Cloud": "gl" + "c_eyJ" + some(BASE62, 90) + "==",
    "Doppler service": "dp" + ".st.prd." + some(BASE62, 43),
    "Doppler CLI": "dp" + ".ct." + some(BASE62, 43),
    "Doppler audit": "dp" + ".audit." + some(BASE62, 40),
    "Google OAuth secret": "GOC" + "SPX-" + some(WORD, 28),
    "Google access": "ya" + "29." + some(WORD, 180),
    "Supabase": "sb" + "p_" + some(HEX, 40),
    "Supabase secret": "sb" + "_secret_" + some(BASE62, 22) + "_" + some(BASE62, 8),
    "Groq": "gs" + "k_" + some(BASE62, 52),
    "Figma": "fig" + "d_" + some(WORD, 40),
    "Tailscale": "ts" + "key-auth-k" + some(BASE62, 10) + "CNTRL-" + some(BASE62, 32),
    "New Relic": "NR" + "AK-" + some(string.ascii_uppercase + string.digits, 27),
    "Square production": "SQUARE=EA" + "AA" + some(WORD, 60),
    "Square": "sq0" + "csp-" + some(WORD, 43),
    "Stripe": "sk" + "_live_" + some(BASE62, 24),
    "Stripe long": "rk" + "_live_" + some(BASE62, 99),
    "Slack bot": "xox" + "b-2847561093-2847561094-" + some(BASE62, 24),
    "Slack user": "xox" + "p-2847561093-2847561094-2847561095-" + some(HEX, 32),
    "Slack webhook": "https://hooks.slack" + ".com/services/T0A8C2E4G/B0A8C2E4G/" + some(BASE62, 24),
    "Discord webhook": "https://discord" + ".com/api/webhooks/284756109328475610/" + some(WORD, 68),
    "Telegram": "2847561093" + ":AA" + some(WORD, 33),
    "npm": "np" + "m_" + checked(some(BASE62, 30)),
    "PyPI": "py" + "pi-AgEIcHlwaS5vcmc" + some(WORD, 150),
    "RubyGems": "ruby" + "gems_" + some(HEX, 48),
    "Docker": "dckr" + "_pat_" + some(WORD, 27),
    "Anthropic": "sk-" + "ant-api03-" + some(WORD, 93) + "AA",
    "OpenAI": "sk-" + some(BASE62, 20) + "T3Blbk" + "FJ" + some(BASE62, 20),
    "OpenAI project": "sk-proj-" + some(WORD, 74) + "T3Blbk" + "FJ" + some(WORD, 74),
    "Hugging Face": "h" + "f_" + some(string.ascii_letters, 34),
    "SendGrid": "S" + "G." + some(WORD, 22) + "." + some(WORD, 43),
    "DigitalOcean": "dop" + "_v1_" + some(HEX, 64),
    "Shopify": "shp" + "at_" + some(HEX, 32),
    "Vault": "hv" + "s." + some(WORD, 95),
    "Grafana": "gl" + "sa_" + some(BASE62, 32) + "_" + some(HEX, 8),
    "Databricks": "da" + "pi" + some(HEX, 32),
    "Linear": "lin" + "_api_" + some(BASE62, 40),
    "Google": "AI" + "za" + some(WORD, 35),
    "Azure": "AccountName=a;Account" + "Key=" + some(BASE62 + "+/", 86) + "==",
}
AROUND = [
    "{}",
    "x = '{}'\n",
    '"{}",',
    "export T={}\n",
    "https://{}@github.com/a",
    '{{"t":"\\n{}"}}',
    "<a>{}</a>",
    "({})",
    "t:{};",
    "%20{}%20",
]


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("around", AROUND)
def test_tokens(name: str, around: str) -> None:
    (message,) = found(around.format(TOKENS[name]))
    assert TOKENS[name][-8:] not in message


_BEGINS_ANYWHERE = (
    "AWS secret",
    "Slack webhook",
    "Discord webhook",
    "Azure",
    "OpenAI",
    "Telegram",
    "Square production",
)
_OF_NO_FIXED_LENGTH = {
    "PyPI",
    "Stripe",
    "Vault",
    "OpenAI",
    "OpenAI project",
    "GitLab",
    "Stripe long",
    "AWS secret in env",
    "AWS secret in JSON",
    "Stripe webhook",
    "Slack rotated",
    "Slack refresh",
    "Telegram in its URL",
    "Vault batch",
    "Grafana Cloud",
    "Doppler audit",
    "Google access",
    "Tailscale",
}


@pytest.mark.parametrize("name", [name for name in TOKENS if not name.startswith(_BEGINS_ANYWHERE)])
def test_the_end_of_a_longer_word_is_none(name: str) -> None:
    assert found("some" + TOKENS[name]) == []


@pytest.mark.parametrize("name", [name for name in TOKENS if name not in _OF_NO_FIXED_LENGTH])
def test_the_beginning_of_a_longer_word_is_none(name: str) -> None:
    assert found(TOKENS[name] + "abc") == []


NONE = [
    "AK" + "IAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "aws_secret_access_key = 'your secret access key of forty characters'",
    "gh" + "p_" + "x" * 36,
    "gh" + "p_" + some(BASE62, 36),
    "gh" + "p_" + checked("a" * 30),
    "np" + "m_" + some(BASE62, 36),
    "npm_config_registry npm_lifecycle_event npm_package_version_of_something_long",
    "sk" + "_test_" + some(BASE62, 24),
    "pk" + "_live_" + some(BASE62, 24),
    "sk" + "_live_" + "x" * 24,
    "https://hooks.slack" + ".com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "110201543" + ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "gl" + "pat-example_token_12345678",
    "AI" + "zaSyExampleExampleExampleExampleExamp1e",
    "hf_transformers_models_are_here_and_there_too",
    "SG.en.US",
    "const AccountKey=process.env.KEY",
    "Account" + "Key=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
]


@pytest.mark.parametrize("text", NONE)
def test_examples_are_none(text: str) -> None:
    assert found(text) == []


# What stands in the shapes' patterns, so that many a text comes near to one.
PIECES = st.sampled_from(
    [
        *("hooks.slack.com/", "services/", "workflows/a/b", "/T0A8C2E4G", "/B0A8C2E4G", "sk-", "proj-", "MII", "-1"),
        *("-----BEGIN ", "RSA ", "PRIVATE KEY", "-----", "Proc-Type: 4,ENCRYPTED", "PuTTY-User-Key-File-2: ", '"d":"'),
        *("=", "= ", ": ", '"', "\\n", ".", "_", "\n", "{", "}", "\0", "\ufeff", "\udcff", " ", "=="),
        *(some(BASE62, 24), some(HEX, 64), some(WORD, 93), some(WORD, 300)),
    ]
)


@pytest.mark.fuzz
@given(
    st.sampled_from([shape.literal for shape in (*tokens.SHAPES, *private_keys.SHAPES, *der_keys.SHAPES)]),
    st.lists(PIECES, max_size=4),
    st.lists(PIECES, max_size=5),
)
def test_whatever_stands_around_a_literal_is_taken(literal: bytes, before: list[str], after: list[str]) -> None:
    around = ["".join(pieces).encode("utf-8", "surrogateescape") for pieces in (before, after)]
    scan_blob(b"x", 0o100644, [around[0] + literal + around[1]], Rules())


def test_a_key_of_firebase_is_public() -> None:
    assert found(f'firebase.initializeApp({{apiKey: "{TOKENS["Google"]}", authDomain: "x.firebaseapp.com"}})') == []


@pytest.mark.parametrize(
    "words",
    [
        "# gitseal: allow a token of the sandbox",
        "// gitleaks:allow",
        "<!-- pragma: allowlist secret -->",
        "/* gitseal: allow revoked */",
    ],
)
def test_pragmas(words: str) -> None:
    assert found(f"t = '{TOKENS['npm']}'  {words}\nx\n") == []
    assert len(found(f"t = '{TOKENS['npm']}'\n{words}\n")) == 1
    assert len(found(f"{words}\nt = '{TOKENS['npm']}'\n")) == 1


def test_the_pragma_of_the_line_above() -> None:
    assert found(f"# pragma: allowlist nextline secret\nt = '{TOKENS['npm']}'\n") == []
    assert len(found(f"# pragma: allowlist nextline secret\n\nt = '{TOKENS['npm']}'\n")) == 1


@pytest.mark.parametrize(
    "words",
    [
        "# gitseal: allow",
        "# gitseal: allow  ",
        "# gitseal:allowed no",
        "/* gitseal: allow */",
        "<!-- gitseal: allow -->",
        "# gitseal: allow !!",
    ],
)
def test_a_pragma_without_a_reason_lifts_nothing(words: str) -> None:
    assert len(found(f"t = '{TOKENS['npm']}'  {words}\n")) == 1
