"""What was sealed for one place does not open, and is not sealed to, in another."""

import shutil
from collections.abc import Callable

import pytest

from gitseal.audit.check.check import check
from gitseal.crypto.public_key import PublicKey
from gitseal.document.header import HEADER, public_text
from gitseal.document.value import text
from gitseal.errors import Damaged, Error, Malformed, Stale, Unconfirmed
from gitseal.yamltext.editor import Put
from tests.attacks.conftest import Team
from tests.attacks.world import NEEDLE, Clone, holds, put_value, scope, write


def _token(place: Clone, environment: str, name: str) -> str:
    token = place.read(environment).entries[tuple(name.split("/"))].token
    assert token is not None
    return token.serialise()


def _put(place: Clone, environment: str, name: str, token: str) -> None:
    write(place, environment, {tuple(name.split("/")): Put(token, own_line=True)})


def _rules(place: Clone) -> set[str]:
    return {finding.rule for finding in check(place.project)}


def test_the_default_groups_block_is_no_other_groups(team: Team) -> None:
    """Everyone in the team could read payments if its block were the default group's."""
    path = team.mallory.path("production")
    before = path.read_text()
    header = team.mallory.read("production").header
    default, payments = header.access["default"], header.access["payments"]
    path.write_text(
        before.replace(payments.key_id, default.key_id).replace(
            public_text(payments.public), public_text(default.public)
        )
    )
    team.infect(team.carol)
    with pytest.raises(Malformed, match="does not follow from its public key"):
        team.carol.set("production", "STRIPE_KEY", NEEDLE)
    assert "malformed" in _rules(team.carol)
    assert not holds(team.carol)


def test_nor_with_a_key_id_that_was_computed_for_it(team: Team) -> None:
    header = team.mallory.read("production").header
    moved = PublicKey(header.scope("payments"), header.access["default"].public.raw)
    block = (HEADER, "access", "payments")
    write(
        team.mallory,
        "production",
        {
            (*block, "key"): Put(moved.key_id, tight=True),
            (*block, "public"): Put(public_text(moved), tight=True),
        },
    )
    team.infect(team.carol)
    with pytest.raises(Unconfirmed, match=moved.key_id):
        team.carol.set("production", "STRIPE_NEW", NEEDLE)
    assert {"copied", "stale", "stale-stanza"} <= _rules(team.carol)


def test_a_file_under_another_stem_is_refused(team: Team) -> None:
    """Production's values would go out as staging's, or the other way round."""
    folder = team.mallory.project.folder
    shutil.copy(folder / "production.yaml", folder / "staging.yaml")
    (folder / "development.yaml").write_bytes((folder / "production.yaml").read_bytes())
    team.infect(team.alice)
    for environment in ("staging", "development"):
        for act in (
            lambda: team.alice.get(environment, "DB_URL"),  # noqa: B023 - called at once
            lambda: team.alice.set(environment, "NEW", NEEDLE),  # noqa: B023
            team.alice.rekey,
        ):
            with pytest.raises(Error, match=r'says that it is environment "production"|that the policy does not list'):
                act()
    assert "malformed" in _rules(team.alice)
    assert not holds(team.alice)


def test_a_file_that_was_renamed_inside_too_does_not_open(team: Team) -> None:
    folder = team.mallory.project.folder
    renamed = (folder / "production.yaml").read_text().replace("environment: production", "environment: development")
    (folder / "development.yaml").write_text(renamed)
    team.infect(team.alice)
    with pytest.raises(Malformed, match="does not follow from its public key"):
        team.alice.get("development", "DB_URL")


def test_a_file_in_another_secrets_folder_is_no_file_of_it(team: Team) -> None:
    """A copied `.secrets` opens, since nothing in it changed; it is told as copied, and the nearest is named."""
    nested = team.mallory.top / "app"
    shutil.copytree(team.mallory.project.folder, nested / ".secrets")
    (nested / ".secrets" / "production.yaml").write_bytes(team.mallory.path("development").read_bytes())
    team.infect(team.alice)
    inner = Clone(team.alice.top / "app", team.alice.owner)
    with pytest.raises(Error, match=r'says that it is environment "development"'):
        inner.get("production", "DB_URL")
    assert inner.project.shadowed == (team.alice.project.folder,)


def _to_another_name(team: Team) -> str:
    _put(team.mallory, "production", "OTHER_URL", _token(team.mallory, "production", "DB_URL"))
    return "OTHER_URL"


def _into_a_section(team: Team) -> str:
    _put(team.mallory, "production", "api/DB_URL", _token(team.mallory, "production", "DB_URL"))
    return "api/DB_URL"


def _from_another_environment(team: Team) -> str:
    _put(team.mallory, "production", "DB_URL", _token(team.mallory, "development", "DB_URL"))
    return "DB_URL"


def _under_another_group(team: Team) -> str:
    """The text of the token names the group that alice opens."""
    header = team.mallory.read("production").header
    token = _token(team.mallory, "production", "STRIPE_KEY")
    moved = token.replace(f"payments:{header.access['payments'].key_id}", f"default:{header.access['default'].key_id}")
    _put(team.mallory, "production", "DB_URL", moved)
    return "DB_URL"


def _as_another_kind(team: Team) -> str:
    _put(team.mallory, "production", "DB_URL", _token(team.mallory, "production", "DB_URL").replace("v1,s,", "v1,w,"))
    return "DB_URL"


def _write_only_as_sealed(team: Team) -> str:
    """What anyone can make, as if a member had made it."""
    forged = put_value(team.mallory.read("production").header.access["default"].public, "DB_URL", text("from mallory"))
    path = ("DB_URL",)
    write(team.mallory, "production", {path: Put(forged[path].source.replace("v1,w,", "v1,s,"), own_line=True)})
    return "DB_URL"


@pytest.mark.parametrize(
    "move",
    [
        _to_another_name,
        _into_a_section,
        _from_another_environment,
        _under_another_group,
        _as_another_kind,
        _write_only_as_sealed,
    ],
)
def test_a_token_opens_at_its_own_place_alone(team: Team, move: Callable[[Team], str]) -> None:
    name = move(team)
    team.infect(team.alice)
    with pytest.raises((Damaged, Stale), match=name):
        team.alice.get("production", name)


def test_a_value_moved_within_the_file_is_told_as_moved(team: Team) -> None:
    _to_another_name(team)
    team.infect(team.alice)
    with pytest.raises(Damaged, match='was moved: it holds what was sealed as "DB_URL"'):
        team.alice.get("production", "OTHER_URL")
    assert scope(team.alice, "production").group == "default"
