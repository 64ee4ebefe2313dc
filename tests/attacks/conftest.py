"""The team of the attack tests: alice and bob in `team`, carol alone in `payments`, and mallory, who can only commit."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.attacks.world import Clone, Person, clone, person, start
from tests.programs import git
from tests.templates import Templates

PEOPLE = {name: person(name) for name in ("alice", "bob", "carol", "dave", "mallory")}


class Team(NamedTuple):
    """Clones of one repository whose default branch everyone trusts. `mallory` has a clone and no place in the policy."""

    alice: Clone
    bob: Clone
    carol: Clone
    mallory: Clone
    people: dict[str, Person]

    def infect(self, victim: Clone) -> None:
        """What mallory has in her working tree comes to the victim as a branch that is merged: no push to main."""
        self.mallory.commit("harmless")
        self.mallory.push("feature")
        victim.pull("feature")


@pytest.fixture
def team(tmp_path: Path, isolated: Path, templates: Templates) -> Team:
    templates.copy("team", tmp_path, _build)
    alice, bob, carol = (Clone(tmp_path / name, PEOPLE[name]) for name in ("alice", "bob", "carol"))
    return Team(alice, bob, carol, Clone(tmp_path / "mallory", None), PEOPLE)


def _build(folder: Path) -> None:
    origin = folder / "origin.git"
    alice = start(folder / "alice", PEOPLE["alice"])
    git(folder, "init", "--quiet", "--bare", str(origin))
    alice.git("remote", "add", "origin", str(origin))
    alice.add(PEOPLE["bob"], "team")
    alice.policy("  team:", "  payers: []\n  team:")
    alice.add(PEOPLE["carol"], "payers")
    alice.policy(
        "environments:", 'rules:\n  - names: ["STRIPE_*"]\n    open: [payers]\n    access: payments\n\nenvironments:'
    )
    alice.rekey()
    for environment in ("development", "production"):
        alice.set(environment, "DB_URL", f"postgres://{environment}")
        alice.set(environment, "STRIPE_KEY", f"sk-{environment}")
    alice.commit("start")
    alice.push()
    alice.git("remote", "set-head", "origin", "main")
    alice.git("fetch", "--quiet")
    for name in ("bob", "carol", "mallory"):
        clone(origin, folder / name, None)
