"""What stands beside a sealed name has that name's rule, unless a rule names it by its ending."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.policy import manifest_parser, parser
from gitseal.policy.beside import owners
from gitseal.policy.companions import declared
from gitseal.policy.policy import Policy


def policy(*rules: str) -> Policy:
    lines = "".join(f"  - {{{rule}}}\n" for rule in rules)
    return parser.parse(
        b"version: 1\nrecipients:\n  alice: {keys: [age1a]}\n  bob: {keys: [age1b]}\n  carol: {keys: [age1c]}\n"
        b"environments:\n  production: {open: [alice]}\n" + (f"rules:\n{lines}".encode() if lines else b"")
    )


FEW = "names: [API], open: [bob], access: few"
SECTION = "names: [web/API], open: [bob], access: few"
MANY = 'names: ["{}"], open: [carol], access: many'
PLAIN = 'names: ["{}"], plain: true'
CASES = [
    ((FEW,), "API_PREVIOUS", "few"),
    ((FEW,), "API_PUBLIC", "few"),
    ((FEW,), "API_PUBLIC_PREVIOUS", "few"),
    ((FEW,), "web/API_PREVIOUS", "few"),
    ((SECTION,), "web/API_PREVIOUS", "few"),
    ((SECTION,), "API_PREVIOUS", "default"),
    ((FEW,), "APIS_PREVIOUS", "default"),
    ((FEW,), "_PREVIOUS", "default"),
    # A pattern that takes it in by the way does not widen it, above or below.
    ((FEW, MANY.format("*")), "API_PREVIOUS", "few"),
    ((MANY.format("API_*"), FEW), "API_PREVIOUS", "few"),
    ((MANY.format("API_*"), FEW), "API_TOKEN", "many"),
    # Whoever names it means it.
    ((FEW, MANY.format("API_PREVIOUS")), "API_PREVIOUS", "many"),
    ((FEW, MANY.format("*_PUBLIC")), "API_PUBLIC", "many"),
    ((FEW, PLAIN.format("*_PUBLIC")), "API_PUBLIC", "plain"),
    ((FEW, MANY.format("API_PUBLIC")), "API_PUBLIC_PREVIOUS", "many"),
    # The first rule that covers it decides whether it is named.
    ((MANY.format("*"), FEW, PLAIN.format("API_PREVIOUS")), "API_PREVIOUS", "many"),
    # A name of its own, with nothing to belong to, and beside a plain name.
    ((MANY.format("API_*"),), "API_PUBLIC", "many"),
    ((PLAIN.format("API"),), "API_PREVIOUS", "default"),
    ((PLAIN.format("API*"),), "API_PUBLIC", "plain"),
]


@pytest.mark.parametrize(("rules", "name", "answer"), CASES)
def test_the_answer_of_a_name_beside_another(rules: tuple[str, ...], name: str, answer: str) -> None:
    held, path = policy(*rules), tuple(name.split("/"))

    assert ("plain" if held.is_plain("production", path) else held.group("production", path)) == answer


PATTERNS = st.sampled_from(["A", "A*", "*", "*_PUBLIC", "A_PREVIOUS", "*_PREVIOUS", "AB*", "/A", "s/A"])
RULES = st.lists(st.tuples(PATTERNS, st.sampled_from(["few", "many", "plain"])), max_size=4)
OF_GROUP = {"few": 'names: ["{}"], open: [bob], access: few', "many": MANY, "plain": PLAIN}
ENDINGS = ("_PREVIOUS", "_PUBLIC", "_PUBLIC_PREVIOUS")


@pytest.mark.fuzz
@given(RULES, st.sampled_from(["A", "AB", "s/A"]), st.sampled_from(ENDINGS))
def test_nobody_reads_what_was_rotated_out_who_is_not_named_for_it(
    rules: list[tuple[str, str]], name: str, ending: str
) -> None:
    """Of a sealed name that a rule covers: those of another group read what stands beside it only if a rule has the ending."""
    texts = [OF_GROUP[group].format(pattern) for pattern, group in rules]
    held, path, beside = policy(*texts), tuple(name.split("/")), tuple((name + ending).split("/"))
    rule = held.rule("production", path)
    if rule is None or any(held.is_plain("production", name) for name in owners(beside)):
        return
    other = held.rule("production", beside)
    assert other is not None
    assert other == rule or any(pattern.endswith(("_PUBLIC", "_PREVIOUS")) for pattern in other.names)


@pytest.mark.fuzz
@given(st.lists(st.sampled_from(["_PUBLIC", "_PREVIOUS", "A"]), max_size=40).map("".join))
def test_chains_of_endings_are_short(name: str) -> None:
    assert len(owners(("s", name or "A"))) <= 2


def test_the_owner_of_a_name_answers_for_what_stands_beside_it() -> None:
    manifest = manifest_parser.parse(b"version: 1\nsecrets:\n  API: {owner: payments}\n  KEY_PUBLIC: {owner: web}\n")

    owned = {name: declared(manifest, (name,)) for name in ("API_PREVIOUS", "KEY_PUBLIC_PREVIOUS", "OTHER_PREVIOUS")}

    assert [entry.owner if entry else None for entry in owned.values()] == ["payments", "web", None]
