"""docs/reference/plaintext.md and allow.md say what the code does."""

import re
from pathlib import Path

from gitseal.policy import allow
from gitseal.report.findings import declared
from gitseal.scan import env_files, names, placeholders, pragmas, tokens, wording

REFERENCE = Path(__file__).resolve().parent.parent.parent / "docs/reference"
PAGE = (REFERENCE / "plaintext.md").read_text(encoding="utf-8")


def test_every_rule_is_told_with_what_lifts_it() -> None:
    told = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]*) \|$", PAGE, re.MULTILINE))
    assert set(told) == {rule.id for rule in declared(env_files, wording)}
    for rule, lifted in told.items():
        ours, theirs = (pragmas.allows(rule, line, b"") for line in (b"# gitseal: allow a test", b"# gitleaks:allow"))
        assert ours == ("pragma" in lifted)
        assert theirs == ("pragma," in lifted)
        assert "entry" in lifted


def test_every_vendor_of_tokens_is_told() -> None:
    for token in tokens.KINDS:
        vendor = token.removeprefix("a ").removeprefix("an ").partition(" ")[0]
        assert vendor in PAGE, token


def test_every_word_is_told() -> None:
    for word in (*placeholders.WORDS_ALONE, *(word.decode() for word in names.TEMPLATE_WORDS - {b"examples"})):
        assert f"`{word}`" in PAGE


def test_the_example_of_allow_yaml_is_read() -> None:
    text = (REFERENCE / "allow.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    entries = allow.parse(example.encode()).entries
    assert len(entries) == 2
    assert allow.add(example.encode(), entries[0]) == example.encode()
