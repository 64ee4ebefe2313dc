"""The page in a real browser: nothing overflows, nothing is asked for or refused, and axe finds nothing wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gitseal.review import model, rights_model
from gitseal.review.acts.telling import told
from gitseal.review.formats import html
from gitseal.review.model import EnvironmentReview, NameChange, Review, ValueInsight
from tests import programs
from tests.conftest import PEERS
from tests.review.models import ALICE, HOSTILE, SEALED, usual

LOOK = Path(__file__).with_name("look.mjs")


def long_names() -> Review:
    """Names as long as they get, and texts that try to be something else."""
    names = ["A" * 300, "section/" * 40 + "NAME", *(f"X{text}" for text in HOSTILE)]
    changes = tuple(
        NameChange(name, model.CHANGED, SEALED, SEALED, (ALICE,), opened=ValueInsight(("b:A",), (), "v" * 400, name))
        for name in names
    )
    changed = EnvironmentReview(".secrets", "e" * 64, "e.yaml", "changed", protected=True, names=changes)
    rights = tuple(
        rights_model.RightsChange(f"env-{at}" * 8, rights_model.Rights(), rights_model.Rights(("default",)))
        for at in range(3)
    )
    person = rights_model.PersonChange(".secrets", "p" * 64, "person", "changed", rights=rights)
    return told(usual()._replace(environments=(changed,), people=(person,)))


REVIEWS: dict[str, Callable[[], Review]] = {
    "usual": usual,
    "hundreds of acts": lambda: usual(risks=200, names=60, statements=300),
    "long names": long_names,
}


@pytest.mark.slow
@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS)
def test_the_page_is_in_order_narrow_and_wide_light_and_dark(
    review: Callable[[], Review], tmp_path: Path, peer: Callable[[str], str]
) -> None:
    for package in ("puppeteer-core", "axe-core"):
        if not (PEERS / "node/node_modules" / package).is_dir():
            pytest.skip(f"npm's {package} is not on this machine: `make peers` fetches it")
    page = tmp_path / "review.html"
    page.write_text(html.write(review()), encoding="utf-8")

    done = programs.run(peer("node"), LOOK, PEERS / "node", peer("chromium"), page, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    looks = json.loads(done.stdout)
    assert [(look["width"], look["scheme"]) for look in looks] == [
        (420, "light"),
        (420, "dark"),
        (1200, "light"),
        (1200, "dark"),
    ]
    for look in looks:
        assert look["wrong"] == []
        assert look["said"] == []
        assert look["scrolls"] == look["unfolded"] == look["width"]
