"""Who vouches for a value is decided once, whichever command seals it anew.

Anyone who can commit can write a plain value, or a write-only one. No command but `set`, `edit` and `absorb`, in which a member
takes a value over by name, may make a member's own value of either (attack 10). And a stanza whose key does not give the
header's key id opens nothing for anyone (attack 20).
"""

from collections.abc import Callable

import pytest

from gitseal.crypto.datakey import DataKey
from gitseal.document import document
from gitseal.document.header import HEADER
from gitseal.document.token import Stanza, Token
from gitseal.document.value import text, to_plaintext
from gitseal.errors import Damaged, Error
from gitseal.project.workspace import Workspace
from gitseal.recipients.ids import recipient_id
from gitseal.recipients.kinds import parse_recipient
from gitseal.usecases.copy import copy_names
from gitseal.usecases.env import rename_environment
from gitseal.usecases.rename import rename
from gitseal.usecases.restore import restore
from gitseal.usecases.unset import unset
from gitseal.yamltext.editor import Put
from tests.attacks.conftest import Team
from tests.attacks.world import Clone, write
from tests.slow import slow_but

FORGED = "https://evil.example"
NAME = "PAYMENT_URL"


def workspace(place: Clone) -> Workspace:
    return Workspace(place.project, place.keyring)


def copied(place: Clone) -> tuple[str, str]:
    copy_names(workspace(place), "production", "development", [NAME])
    return "development", NAME


def renamed(place: Clone) -> tuple[str, str]:
    rename(workspace(place), ("production",), NAME, "OTHER_URL")
    return "production", "OTHER_URL"


def environment_renamed(place: Clone) -> tuple[str, str]:
    # Every value has to open, and alice is not in `payments`.
    unset(workspace(place), ("production",), ["STRIPE_KEY"])
    rename_environment(workspace(place), "production", "live")
    return "live", NAME


def rekeyed_for_a_loss(place: Clone) -> tuple[str, str]:
    place.policy("team: [alice, bob]", "team: [alice]")
    place.rekey()
    return "production", NAME


def rekeyed_for_a_rule(place: Clone) -> tuple[str, str]:
    place.policy("rules:\n", f'rules:\n  - names: ["{NAME}"]\n    open: [team]\n    access: urls\n')
    place.rekey()
    return "production", NAME


def restored(place: Clone) -> tuple[str, str]:
    place.commit()
    unset(workspace(place), ("production",), [NAME])
    restore(workspace(place), ("production",), (NAME,), "HEAD")
    return "production", NAME


WAYS: dict[str, Callable[[Clone], tuple[str, str]]] = {
    "copy": copied,
    "rename": renamed,
    "restore": restored,
    "env rename": environment_renamed,
    "rekey, a loss": rekeyed_for_a_loss,
    "rekey, a rule": rekeyed_for_a_rule,
}
KINDS = {
    "plain": lambda place: Put(f'"{FORGED}"'),
    "write-only": lambda place: Put(
        document.seal(place.read("production").header.access["default"].public, (NAME,), text(FORGED)).serialise(),
        own_line=True,
    ),
}
SETTINGS = {
    "accepting": "  production:\n",
    "pending": "  production:\n    write_only: pending\n",
    "protected": "  production:\n    protected: true\n",
}


@pytest.mark.parametrize("setting", slow_but({"protected"}, SETTINGS))
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nothing_that_anyone_could_have_written_becomes_a_members(
    team: Team, way: Callable[[Clone], tuple[str, str]], kind: Callable[[Clone], Put], setting: str
) -> None:
    team.alice.policy("  production:\n", setting)
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    write(team.mallory, "production", {(NAME,): kind(team.mallory)})
    team.infect(team.alice)
    environment, name = way(team.alice)
    token = team.alice.read(environment).entries[(name,)].token
    assert token is None or token.kind == "w"
    if setting != SETTINGS["accepting"] and environment != "development":
        with pytest.raises(Error, match=r"is plain|brought in by someone"):
            team.alice.get(environment, name)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_a_member_sealed_stays_a_members(team: Team, way: Callable[[Clone], tuple[str, str]]) -> None:
    team.alice.set("production", NAME, "https://pay.example")
    environment, name = way(team.alice)
    assert team.alice.get(environment, name) == "https://pay.example"
    token = team.alice.read(environment).entries[(name,)].token
    assert token is not None
    assert token.kind == "s"


def test_a_plain_value_of_a_rule_can_be_copied_and_moves_with_its_environment(team: Team) -> None:
    team.alice.policy("rules:\n", f'rules:\n  - names: ["{NAME}"]\n    environments: [production]\n    plain: true\n')
    team.alice.set("production", NAME, "https://pay.example", plain=True)
    assert team.alice.get(*copied(team.alice)) == "https://pay.example"
    assert team.alice.get(*environment_renamed(team.alice)) == "https://pay.example"
    assert team.alice.read("live").entries[(NAME,)].token is None


def test_a_plain_value_that_nobody_vouches_for_replaces_no_sealed_one(team: Team) -> None:
    write(team.mallory, "production", {(NAME,): Put(f'"{FORGED}"')})
    team.infect(team.alice)
    team.alice.set("development", NAME, "https://pay.example")
    with pytest.raises(Error, match="no rule says so"):
        copied(team.alice)
    assert team.alice.get("development", NAME) == "https://pay.example"


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_stanza_with_another_key_under_an_honest_id_opens_nothing(team: Team, environment: str) -> None:
    """Mallory replaces bob's stanza alone, and seals a value of hers as a member's under the honest key id (attack 20)."""
    if environment == "production":
        team.alice.policy("  production:\n", SETTINGS["protected"])
        team.alice.commit()
        team.alice.push()
        team.mallory.pull()
    bob = team.people["bob"]
    header = team.mallory.read(environment).header
    honest = header.access["default"].key_id
    evil = DataKey(header.scope("default"), bytes(range(32)), honest)
    token = Token.of("s", "default", honest, evil.seal(("DB_URL",), to_plaintext(text(FORGED))))
    stanza = Stanza.of(honest, parse_recipient(bob.recipient).wrap(evil.reveal()))
    place = (HEADER, "access", "default", "stanzas", "bob", recipient_id(bob.recipient))
    changed = {("DB_URL",): Put(token.serialise(), own_line=True), place: Put(stanza.serialise(), own_line=True)}
    write(team.mallory, environment, changed)
    team.infect(team.bob)
    with pytest.raises(Damaged, match="holds another key than the group's"):
        team.bob.get(environment, "DB_URL")
