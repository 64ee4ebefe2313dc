"""The words and hints of findings of keys, tokens and the team's values. None says a value.

It is loaded only when there is a finding: a commit without one does not pay for words.
"""

from collections.abc import Iterator, Sequence

from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import YOU, Hint, command, decision, untrack
from gitseal.report.pages import PLAINTEXT
from gitseal.report.sentences import NOTHING, PAST, Sentence, TextPiece, joined, ours, sentence
from gitseal.scan import private_keys, team, tokens
from gitseal.scan.env_files import allow_command
from gitseal.scan.team import Owner

PRIVATE_KEY = FindingRule(private_keys.RULE, ERROR, "a private key, in any file", PLAINTEXT)
TOKEN = FindingRule(tokens.RULE, ERROR, "a token of a well-known kind, in any file", PLAINTEXT)
TEAM_VALUE = FindingRule(
    team.RULE, ERROR, "one of your team's sealed values, in any file; with an identity at hand", PLAINTEXT
)

_SHOWN_OWNERS = 2
_TOKEN_HINT = decision(
    YOU,
    sentence(
        'read it from the environment; if it is no secret, write "gitseal: allow" and a reason in a comment on its line; '
        "to seal it, for example"
    ),
    command("gitseal set API_TOKEN"),
)


def of(path: str, thing: str | tuple[Owner, ...], lines: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    """The findings of one rule, or of one of the team's values, given its owners, at some lines.

    A rule has one finding for each line. A value has one, at its first line, however often it stands there.
    """
    if isinstance(thing, str):
        rule = PRIVATE_KEY if thing == PRIVATE_KEY.id else TOKEN
        hint = _key_hint(path) if rule is PRIVATE_KEY else _TOKEN_HINT
        for line, what in lines:
            yield rule.at(path, line, sentence("{} stands here", ours(what)), hint)
        return
    yield TEAM_VALUE.at(path, lines[0][0], _of_value(thing, len(lines)), _value_hint(thing))


def _key_hint(path: str) -> Hint:
    words = sentence("if it is no secret, `{}`; else take it out", allow_command(path).as_text())
    return decision(YOU, words, untrack(path))


def _value_hint(owners: Sequence[Owner]) -> Hint:
    """`plain` refuses by itself what looks like a secret; an earlier value is no name's any more."""
    words = (
        'read it from the environment where it is needed; if it may stand in this one place, write "gitseal: allow" and a '
        "reason in a comment on its line"
    )
    # To make a name plain shows all of its value, and only a part stands here.
    owner = next((owner for owner in owners if not owner.earlier and not owner.is_part), None)
    if owner is None:
        return decision(YOU, words)
    plain = command("gitseal plain {} -e {}", owner.name, owner.environment)
    return decision(YOU, f"{words}; if it is no secret", plain)


def _of_value(owners: Sequence[Owner], lines: int) -> Sentence:
    more = len(owners) - _SHOWN_OWNERS
    others = ours(f" and {more} more") if more > 0 else NOTHING
    again = ours(f", and in {lines - 1} more lines") if lines > 1 else NOTHING
    shown = joined([_owner(owner) for owner in owners[:_SHOWN_OWNERS]])
    what = ours("a part of the value" if owners[0].is_part else "the value")
    return sentence("{} of {}{} stands here{}", what, shown, others, again)


def _owner(owner: Owner) -> Sentence:
    whose = sentence('"{}" of {}', owner.name, owner.environment)
    if not owner.earlier:
        return whose
    words = f" (earlier value {owner.earlier}, no longer in force)"
    return Sentence((*whose.pieces, TextPiece(words, PAST)), whose.form)
