"""Well-known tokens: few, and each certain by a prefix that is its vendor's own, a fixed length, and a checksum if it has one.

Anything broader (a password by its name, an entropy) is left to gitleaks and others of its kind. The shapes are those of the
vendors' documentation if it has them, else of gitleaks' rules (config/gitleaks.toml, MIT). Test-mode keys, publishable
keys and the examples of documentation are no findings, nor is what repeats or counts up (`_is_made_up`).
"""

import re
from collections.abc import Callable

from gitseal.scan.literals import Shape

RULE = "token"

_WORD = rb"[A-Za-z0-9_-]"


class _Token:
    """A literal, what has to stand before it and from it on, and what it is then called.

    `after` matches from the literal on and its group 1 is the part that is random; nothing that goes on as a token may follow.
    """

    def __init__(
        self, what: str, literal: bytes, after: bytes, before: bytes = b"", sure: Callable[[bytes], bool] | None = None
    ) -> None:
        self.literal = literal
        self.what = what
        self._after = after + rb"(?!" + _WORD + rb")"
        self._before = before
        self._sure = sure

    def judge(self, before: bytes, after: bytes) -> str:
        """As a `Shape`'s."""
        match = re.match(self._after, after[:_LONGEST])
        if match is None or not re.search(_BOUNDARY + self._before + rb"\Z", before[-_REACH:]):
            return ""
        if _is_made_up(match[1]) or (self._sure and not self._sure(match[1])):
            return ""
        return self.what


_LONGEST = 1200
_REACH = 200
# No letter or digit right before, but an escaped line end (`\n`) or a percent code is none.
_BOUNDARY = rb"(?:\A|[^A-Za-z0-9]|\\[nrt]|%[0-9A-Fa-f]{2})"
_MADE_UP = (
    rb"(?i)example|xxxx|0000000|1111111|1234567|abcdef|qwerty|(.)\1{5}"
    rb"|fake|dummy|secret|token|test|your|sample|placeholder"
)
_LEAST_VARIED = 7
# What documentation and emulators give to everyone: Azurite's account key, Telegram's tutorial.
_KNOWN = (
    b"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsu",
    b"AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    b"C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM",
)


def _is_made_up(text: bytes) -> bool:
    return len(set(text)) < _LEAST_VARIED or re.search(_MADE_UP, text) is not None or is_documented(text)


def is_documented(text: bytes) -> bool:
    """True if a text holds a value that documentation and emulators give to everyone."""
    return any(known in text for known in _KNOWN)


_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = 6


def _has_checksum(text: bytes) -> bool:
    """True if the last 6 digits are the CRC-32 of those before, in base 62.

    "Behind GitHub's new authentication token formats" (2021-04-05); npm's have the same (2021-09-23).
    """
    from zlib import crc32  # only if a token is about to be found

    number = crc32(text[:-_CHECKSUM])
    digits = bytearray()
    while number:
        number, digit = divmod(number, len(_BASE62))
        digits.append(_BASE62[digit])
    return text[-_CHECKSUM:] == bytes(reversed(digits)).rjust(_CHECKSUM, b"0")


def _is_mixed(text: bytes) -> bool:
    """Upper case, lower case and digits together: what words and paths seldom are."""
    return bool(re.search(rb"[A-Z]", text) and re.search(rb"[a-z]", text) and re.search(rb"[0-9]", text))


def _is_google(before: bytes, after: bytes) -> str:
    """A Google API key; those of Firebase and of maps in a page are public (firebase.google.com/docs/projects/api-keys)."""
    what = _GOOGLE.judge(before, after)
    around = (before[-2000:] + after[:2000]).lower()
    return "" if not what or any(word in around for word in (b"firebase", b"mobilesdk", b"maps/api/js")) else what


_GOOGLE = _Token(
    "a Google API key (public only if restricted to your sites or apps)",
    b"AIza",
    rb"AIza([A-Za-z0-9_-]{35})",
    sure=_is_mixed,
)

# Since 17.7 a token may tell which cell it belongs to: a longer payload, from 18.0 on a version, then length and checksum.
_ROUTABLE = rb"(?:[A-Za-z0-9_-]{7,280}(?:\.[0-9a-z]{2})?\.[0-9a-z]{9})?"

_TOKENS = (
    # AWS: IAM identifiers; a secret access key has no shape of its own, so its name has to stand before it.
    *(_Token("an AWS access key id", text, text + rb"([A-Z2-7]{16})") for text in (b"AKIA", b"ASIA")),
    *(
        _Token(
            "an AWS secret access key",
            name,
            name + rb"""["']?\s{0,4}(?:=>?|:)\s{0,4}["']?([A-Za-z0-9/+]{40})(?![=/+])""",
            rb"(?:aws_?)?[sS]",
            _is_mixed,
        )
        for name in (b"ecret_access_key", b"ecretAccessKey")
    ),
    _Token(
        "an AWS secret access key",
        b"SECRET_ACCESS_KEY",
        rb"""SECRET_ACCESS_KEY["']?\s{0,4}(?:=>?|:)\s{0,4}["']?([A-Za-z0-9/+]{40})(?![=/+])""",
        rb"(?:AWS_)?",
        _is_mixed,
    ),
    *(
        _Token(f"a GitHub {what}", text, text + rb"([A-Za-z0-9]{36})", sure=_has_checksum)
        for text, what in (
            (b"ghp_", "personal access token"),
            (b"gho_", "OAuth token"),
            (b"ghu_", "user token of an app"),
            (b"ghs_", "server token of an app"),
            (b"ghr_", "refresh token"),
        )
    ),
    _Token("a GitHub fine-grained token", b"github_pat_", rb"github_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59})"),
    *(
        _Token(f"a GitLab {what}", text, text + body + _ROUTABLE)
        for text, what, body in (
            (b"glpat-", "personal access token", rb"([A-Za-z0-9_-]{20})"),
            (b"gldt-", "deploy token", rb"([A-Za-z0-9_-]{20})"),
            (b"glrt-", "runner token", rb"((?:t[0-9]_)?[A-Za-z0-9_-]{20})"),
            (b"glcbt-", "job token", rb"(?:[0-9a-zA-Z]{1,5}_)?([A-Za-z0-9_-]{20})"),
            (b"glptt-", "trigger token", rb"([0-9a-f]{40})"),
            (b"gloas-", "secret of an OAuth application", rb"([A-Za-z0-9_-]{64})"),
            (b"glagent-", "token of an agent", rb"([A-Za-z0-9_-]{50})"),
        )
    ),
    _Token("a Stripe live key", b"k_live_", rb"k_live_([A-Za-z0-9]{24,247})", rb"[sr]", _is_mixed),
    _Token("a Slack token", b"xox", rb"xoxb-([0-9]{10,13}-[0-9]{10,13}-[A-Za-z0-9]{24})"),
    _Token("a Slack token", b"xox", rb"xoxp-([0-9]{10,13}-[0-9]{10,13}-[0-9]{10,13}-[A-Za-z0-9]{28,34})"),
    _Token("a Slack token", b"xox", rb"xoxe(?:\.xox[bp])?-\d-([A-Za-z0-9]{146,166})"),
    _Token("a Slack app token", b"xapp-", rb"xapp-\d-(A[A-Z0-9]{8,12}-[0-9]{10,14}-[0-9a-f]{64})"),
    _Token(
        "a Slack webhook",
        b"hooks.slack.com/",
        rb"hooks\.slack\.com/services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/([A-Za-z0-9]{24})",
    ),
    _Token(
        "a Discord webhook",
        b"/api/webhooks/",
        rb"/api/webhooks/[0-9]{17,20}/([A-Za-z0-9_-]{68})",
        rb"discord(?:app)?\.com",
    ),
    # In its own URLs the word `bot` stands right before it.
    _Token("a Telegram bot token", b":AA", rb":(AA[A-Za-z0-9_-]{33})", rb"(?:bot)?[0-9]{8,10}", _is_mixed),
    # The id of an application since 2022 (19 digits from 10 to 15) in base64, the time, and a signature.
    *(
        _Token(
            "a Discord bot token",
            text,
            text + rb"[A-Za-z0-9]{23}\.[A-Za-z0-9_-]{6}\.([A-Za-z0-9_-]{38})",
            sure=_is_mixed,
        )
        for text in (b"MTA", b"MTE", b"MTI", b"MTM", b"MTQ", b"MTU")
    ),
    _Token("an npm token", b"npm_", rb"npm_([A-Za-z0-9]{36})", sure=_has_checksum),
    _Token("a PyPI token", b"pypi-AgE", rb"pypi-(AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,1000})"),
    _Token("a RubyGems token", b"rubygems_", rb"rubygems_([a-f0-9]{48})"),
    _Token("a Docker Hub token", b"dckr_", rb"dckr_pat_([A-Za-z0-9_-]{27})"),
    _Token("a Docker token of an organization", b"dckr_", rb"dckr_oat_([A-Za-z0-9_-]{27,32})"),
    _Token("an Anthropic key", b"sk-ant-", rb"sk-ant-(?:api03|admin01)-([A-Za-z0-9_-]{93}AA)"),
    _Token(
        "an OpenAI key",
        b"T3BlbkFJ",  # "OpenAI" in base64, in the middle of each
        rb"(T3BlbkFJ[A-Za-z0-9_-]{20,74})",
        rb"sk-(?:(?:proj|svcacct|admin|None)-)?[A-Za-z0-9_-]{20,74}",
    ),
    _Token("a Hugging Face token", b"hf_", rb"hf_([A-Za-z]{34})"),
    _Token("a SendGrid key", b"SG.", rb"SG\.([A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})"),
    _Token("a DigitalOcean token", b"_v1_", rb"_v1_([a-f0-9]{64})", rb"do[opr]"),
    _Token("a Shopify token", b"shp", rb"shp(?:at|ca|pa|ss)_([a-fA-F0-9]{32})"),
    _Token("a HashiCorp Vault token", b"hv", rb"hvs\.([A-Za-z0-9]{24}|[A-Za-z0-9_-]{90,120})", sure=_is_mixed),
    _Token("a HashiCorp Vault batch token", b"hv", rb"hvb\.([A-Za-z0-9_-]{138,300})"),
    _Token("a Grafana token", b"glsa_", rb"glsa_([A-Za-z0-9]{32}_[A-Fa-f0-9]{8})"),
    _Token("a Grafana Cloud token", b"glc_eyJ", rb"glc_(eyJ[A-Za-z0-9+/]{50,400}={0,2})"),
    _Token("a Databricks token", b"dapi", rb"dapi([a-f0-9]{32})(?:-\d)?"),
    _Token(
        "a Doppler token",
        b"dp.",
        rb"dp\.(?:st\.(?:[a-z0-9_-]{2,35}\.)?|pt\.|ct\.|sa\.|scim\.|audit\.)([A-Za-z0-9]{40,44})",
    ),
    _Token("a Linear key", b"lin_api_", rb"lin_api_([A-Za-z0-9]{40})"),
    _Token("a Postman key", b"PMAK-", rb"PMAK-([a-f0-9]{24}-[a-f0-9]{34})"),
    _Token("a Pulumi token", b"pul-", rb"pul-([a-f0-9]{40})"),
    _Token("an Atlassian token", b"ATATT3", rb"ATATT3([A-Za-z0-9_=-]{186})"),
    # Not at the beginning of a line, where base64 in lines of 64 characters may begin alike.
    _Token("a Square production token", b"EAAA", rb"(EAAA[A-Za-z0-9_-]{60})", rb"(?<=[=:\"'` >])", _is_mixed),
    _Token("a Square token", b"sq0", rb"sq0atp-([A-Za-z0-9_-]{22})"),
    _Token("a Square secret", b"sq0", rb"sq0csp-([A-Za-z0-9_-]{43})"),
    _Token("a Stripe webhook secret", b"whsec_", rb"whsec_([A-Za-z0-9+/]{32,88}={0,2})", sure=_is_mixed),
    _Token("a Google OAuth client secret", b"GOCSPX-", rb"GOCSPX-([A-Za-z0-9_-]{28})"),
    _Token("a Google OAuth access token", b"ya29.", rb"ya29\.([A-Za-z0-9_-]{60,1000})", sure=_is_mixed),
    _Token("a Supabase access token", b"sbp_", rb"sbp_([a-f0-9]{40})"),
    _Token("a Supabase secret key", b"sb_secret_", rb"sb_secret_([A-Za-z0-9_-]{31})"),
    _Token("a Groq key", b"gsk_", rb"gsk_([A-Za-z0-9]{52})"),
    _Token("a Figma token", b"figd_", rb"figd_([A-Za-z0-9_-]{40})"),
    _Token(
        "a Tailscale key",
        b"tskey-",
        rb"tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{6,25}-([A-Za-z0-9]{20,40})",
    ),
    _Token("a New Relic user key", b"NRAK-", rb"NRAK-([A-Z0-9]{27})"),
    _Token("an Azure storage key", b"AccountKey=", rb"AccountKey=([A-Za-z0-9/+]{86}==)", sure=_is_mixed),
)

KINDS = (*dict.fromkeys(token.what for token in _TOKENS), _GOOGLE.what)
"""What tokens are called."""

SHAPES = (
    *(Shape(RULE, token.literal, token.judge) for token in _TOKENS),
    Shape(RULE, b"AIza", _is_google),
)
