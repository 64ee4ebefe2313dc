"""What Gitea is asked for, and what is refused before. The store against a real Gitea is in tests/forge."""

import pytest

from gitseal.errors import Error
from gitseal.stores import table
from tests.stores.outside import outside, refused


def test_what_no_secret_can_be_is_refused_before_anything_is_asked() -> None:
    bad = {"CI": b"x", "GITEA_X": b"x", "GITHUB_X": b"x", "lower": b"x", "EMPTY": b"", "BIG": b"x" * 65_537}
    fine = {"CIRCLE": b"x", "BIGGEST": b"x" * 65_536}
    assert sorted(refused("gitea:acme/shop", **bad, **fine)) == sorted(bad)


@pytest.mark.parametrize("place", ["acme", "orgs/acme/shop", "acme/shop/environments/x", "acme/shop?x=y", "acme/../x"])
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(Error, match=r"is no place in Gitea|is no option"):
        list(table.refusals(f"gitea:{place}", {}))


def test_the_server_and_the_token_come_from_the_environment() -> None:
    with pytest.raises(Error, match="no address of Gitea"):
        table.whereabouts("gitea:acme/shop", outside({}))
    environ = {"GITEA_SERVER_URL": "https://git.acme.example/sub/"}
    whereabouts = table.whereabouts("gitea:acme/shop", outside(environ))
    assert whereabouts is not None
    assert whereabouts.told == "https://git.acme.example/sub/api/v1"
    with pytest.raises(Error, match="no token for Gitea"):
        table.open_store("gitea:acme/shop", outside(environ))
