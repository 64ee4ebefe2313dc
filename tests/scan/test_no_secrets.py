"""What is offered as plain holds no secret, and what looks like one is asked about."""

import pytest

from gitseal.scan.no_secrets import looks_secret, no_secrets


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "info"),
        ("DEBUG", "1"),
        ("PORT", "8080"),
        ("AWS_REGION", "eu-west-1"),
        ("APP_URL", "https://shop.example.com"),
        ("ALLOWED_HOSTS", "shop.example.com,localhost"),
        ("SMTP_HOST", "mail.example.com"),
        ("TOKEN_TTL", "3600"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_test_" + "51HxAbCdEfGhIjKlMnOpQrSt"),
        ("GOOGLE_CLIENT_ID", "123456789012-" + "abcdefghijklmnopqrstuvwxyz123456.apps.googleusercontent.com"),
    ],
)
def test_a_setting(name: str, value: str) -> None:
    assert no_secrets({name: value.encode()}) == (name,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # Whatever it holds today, the name will hold a secret.
        ("DB_PASSWORD", "postgres"),
        ("SECRET_KEY", "change-me"),
        ("api/TOKEN", "12"),
        ("DATABASE_URL", "postgres://postgres:postgres@localhost/shop"),
        ("REDIS", "redis://:password@localhost:6379"),
        ("TRACKER_URL", "https://0a1b2c3d4e5f60718293a4b5c6d7e8f9@tracker.example.com/2"),
        ("WEBHOOK", "x7Gq2LmZp0RtYv8WbN4kHs6D"),
        ("AWS_ID", "AKIA" + "Q3EGRIZ5J7WXLM2T"),
        ("BLOB", "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n"),
        ("BYTES", "\udcff"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret(name: str, value: str) -> None:
    content = value.encode("utf-8", "surrogateescape")

    assert looks_secret(name, content)
    assert no_secrets({name: content}) == ()


@pytest.mark.parametrize("value", ["", "changeme", "your-region-here", "<region>"])
def test_what_is_to_be_filled_in_says_nothing_of_what_will_come(value: str) -> None:
    assert not looks_secret("REGION", value.encode())
    assert no_secrets({"REGION": value.encode()}) == ()
