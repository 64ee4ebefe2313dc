"""A review says who signed what, judged by the base's policy, and what `verify` refuses is among its risks."""

from gitseal.audit.review.range import ReviewOptions
from gitseal.audit.review.review import review
from gitseal.git.repository import Repository
from gitseal.review.model import By, Review
from tests.attacks.verify.world import POLICY, PRODUCTION, Team


def of(team: Team, wanted: ReviewOptions = ReviewOptions()) -> Review:  # noqa: B008 - a tuple
    return review(Repository(team.top), f"{team.base}..HEAD", None, wanted)


def signed(found: Review) -> list[tuple[str, tuple[str, ...]]]:
    """How each commit that touched production is signed, oldest first."""
    by: dict[By, None] = {}
    for environment in found.environments:
        by.update(dict.fromkeys(each for name in environment.names for each in name.by))
    return [(each.signed, each.signers) for each in by]


def put(team: Team, who: str, value: str, *, sign: bool = True) -> str:
    team.write(PRODUCTION, f"NAME: {value}\n")
    return team.commit(who, sign=sign)


def test_who_signed_each_change(team: Team) -> None:
    put(team, "alice", "one")
    unsigned = put(team, "alice", "two", sign=False)
    put(team, "mallory", "three")
    found = of(team)
    assert signed(found) == [("good", ("alice",)), ("no", ()), ("unknown", ())]
    told = {each.commit: each.rule for each in found.risks if each.rule in {"unsigned", "wrong-signer"}}
    assert told == {unsigned: "unsigned", team.git("rev-parse", "HEAD"): "wrong-signer"}


def test_a_branch_cannot_name_its_own_signers(team: Team) -> None:
    team.write(POLICY, team.policy(alice=team.keys["mallory"].public))
    team.commit("mallory")
    put(team, "mallory", "one")
    found = of(team)
    assert signed(found) == [("unknown", ())]
    rules = [each.rule for each in found.risks]
    assert rules.count("wrong-signer") == 2
    assert "signing-key-added" in rules


def test_without_verify_it_is_only_told_that_there_is_a_signature(one: Team) -> None:
    put(one, "mallory", "one")
    found = of(one, ReviewOptions(verify=False))
    assert signed(found) == [("unchecked", ())]
    assert not {"wrong-signer", "unsigned"} & {each.rule for each in found.risks}


def test_a_forge_is_told_as_one(one: Team) -> None:
    put(one, "hub", "one")
    assert signed(of(one)) == [("forge", ("hub",))]
