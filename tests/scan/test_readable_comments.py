"""Which comments of an env file may stand readable: prose passes, whatever may be a value does not."""

import pytest

from gitseal.scan.readable_comments import readable

VALUES = ("v9Xq2LmT-hush", "587")


@pytest.mark.parametrize(
    "comment",
    [
        "# Email (Postmark)",
        "#Database",
        "# ---- Payments ----",
        "# The Stripe secret key, from the dashboard",
        "# see https://docs.djangoproject.com/en/5.0/ref/settings/",
        "# Ask Rita for the token: she has it",
        "# LOG_LEVEL=debug",
        "# port 587 is for STARTTLS",
        "# - the mail server",
    ],
)
def test_prose_passes(comment: str) -> None:
    assert readable([comment], VALUES) == (comment,)


@pytest.mark.parametrize(
    "comment",
    [
        "# DATABASE_URL=postgres://shop:0ldpassw0rd@db/shop",
        "# was v9Xq2LmT-hush until May",
        "# password hunter2",
        "# postgres://shop:hush@db/shop",
        "# 7f3b91d2c844c84e0a9b1d2f6c8a7e5d30",
        "# old: MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn",
        "# \u202e reversed",
        "# - hunter2x",
    ],
)
def test_what_may_be_a_value_does_not(comment: str) -> None:
    assert readable(["# Mail", "", comment], VALUES) == ("# Mail",)


def test_a_token_or_a_key_takes_all_around_it_along() -> None:
    assert readable(["# the key", "# AKIAIOSFODNN7EXAMPLF"], ()) == ()
    block = ["# the key", "# -----BEGIN RSA PRIVATE KEY-----", "# " + "Mx3dQ9zK" * 8, "# -----END RSA PRIVATE KEY-----"]
    assert readable(block, ()) == ()


def test_empty_lines_stay_between() -> None:
    assert readable(["", "# Shop", "", "# Mail", ""], ()) == ("# Shop", "", "# Mail")
