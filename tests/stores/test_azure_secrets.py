"""Azure Key Vault by a stand-in of ours, asked with azure-identity, and its limits. It was not tried on the real cloud."""

from collections.abc import Iterator

import pytest

from gitseal.errors import Error
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.stores import table
from gitseal.stores.protocol import Raced
from tests.servers import azure_cloud
from tests.servers.azure_cloud import VAULT, Azure
from tests.servers.json_server import Answer
from tests.stores.outside import outside, refused
from tests.stores.publishing import Publishing, carry_out_until

PLACE = f"azure-keyvault:{VAULT}/shop-"
VALUES = {"DATABASE_URL": b"one", "B": b"two \xc3\xa4\n", "EMPTY": b""}


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    with azure_cloud.running() as server:
        for name, text in server.environ.items():
            monkeypatch.setenv(name, text)
        yield server


@pytest.fixture
def shop(azure: Azure) -> Publishing:
    return Publishing(PLACE, azure.environ)


def newest(azure: Azure, name: str) -> azure_cloud.Version:
    return azure.secrets[f"shop-{name}".lower()].versions[-1]


def test_publishing_creates_writes_what_differs_and_removes_what_was_published(azure: Azure, shop: Publishing) -> None:
    for number in range(60):
        azure.put(f"other-{number}", "not ours")
    assert shop.publish(VALUES) == {"create": 3}
    assert newest(azure, "DATABASE-URL").value == "one"
    assert list(newest(azure, "B").tags) == ["gitseal"]
    before = len(azure.asked)
    assert shop.publish(VALUES, 2) == {"unchanged": 3}
    assert all(asked.startswith("GET ") for asked in azure.asked[before:])
    assert not [asked for asked in azure.asked if "other-" in asked]
    assert shop.publish(VALUES | {"B": b"three"}, 3) == {"change": 1, "unchanged": 2}
    assert [version.enabled for version in azure.secrets["shop-b"].versions] == [True, True]
    assert shop.publish({"B": b"three"}, 4, prunes=True) == {"remove": 2, "unchanged": 1}
    assert azure.secrets["shop-database-url"].is_deleted


def test_what_was_removed_is_recovered_when_it_is_published_again(azure: Azure, shop: Publishing) -> None:
    shop.publish(VALUES)
    shop.publish({}, 2, prunes=True)
    assert shop.publish(VALUES | {"B": b"new"}, 3) == {"create": 3}
    assert [version.value for version in azure.secrets["shop-b"].versions] == ["two ä\n", "new"]
    assert shop.publish(VALUES | {"B": b"new"}, 4) == {"unchanged": 3}


def test_what_somebody_else_deleted_is_not_recovered(azure: Azure, shop: Publishing) -> None:
    azure.put("shop-B", "theirs")
    azure.secrets["shop-b"].is_deleted = True
    with pytest.raises(RemoteError, match="shop-B was deleted in Key Vault, and gitseal had not put it there"):
        shop.publish({"B": b"mine"})
    assert azure.secrets["shop-b"].is_deleted


@pytest.mark.parametrize("how", ["another", "disabled", "without tags"])
def test_a_value_that_was_changed_there_is_found_and_written_again(azure: Azure, shop: Publishing, how: str) -> None:
    shop.publish(VALUES)
    version = newest(azure, "B")
    if how == "another":
        version.value = "by hand"
    elif how == "disabled":
        version.enabled = False
    else:
        azure.put("shop-B", "by hand")
        assert shop.plan(VALUES, 2).plan.refused == (("B", "is there already, and gitseal did not put it there"),)
        shop.plan(VALUES, 2, adopts=True).carry_out()
        return
    assert shop.plan(VALUES, 2).notes == {"B": "changed there by hand"}
    assert shop.publish(VALUES, 2) == {"change": 1, "unchanged": 2}
    assert shop.publish(VALUES, 3) == {"unchanged": 3}


def test_values_that_were_never_ours_are_neither_read_nor_overwritten(azure: Azure, shop: Publishing) -> None:
    azure.put("shop-B", "theirs", {"team": "billing"}, "text/plain")
    assert shop.plan(VALUES).plan.refused == (("B", "is there already, and gitseal did not put it there"),)
    assert not [asked for asked in azure.asked if "shop-B" in asked]
    shop.plan(VALUES, adopts=True).carry_out()
    assert newest(azure, "B").tags["team"] == "billing"
    assert newest(azure, "B").content_type == "text/plain"
    assert shop.publish(VALUES, 2) == {"unchanged": 3}


@pytest.mark.slow  # tests/stores/test_faults.py lets any one request fail
def test_whatever_request_is_the_last_the_next_run_completes(azure: Azure, shop: Publishing) -> None:
    """A publication of a recovered, a changed and a removed name is stopped before each of its requests in turn."""
    for requests in range(60):
        azure.secrets.clear()
        shop.publish({"A": b"one", "BACK": b"before", "GONE": b"old"})
        shop.publish({"A": b"one", "GONE": b"old"}, 2, prunes=True)
        wanted = {"A": b"two", "BACK": b"again"}
        planned = shop.plan(wanted, 3, prunes=True)
        assert planned.counts == {"create": 1, "change": 1, "remove": 1}
        is_done = carry_out_until(azure, planned, requests)
        for secret in azure.secrets.values():
            secret.moving = 0  # a recovery that was begun is over some seconds later
        completing = shop.plan(wanted, 4, prunes=True)
        assert all(live.mark for live in completing.store.read().values())
        assert "changed there by hand" not in completing.notes.values()
        completing.carry_out()
        assert shop.publish(wanted, 5, prunes=True) == {"unchanged": 2}
        if is_done:
            return
    raise AssertionError


def test_a_write_between_reading_and_writing_is_not_overwritten(azure: Azure, shop: Publishing) -> None:
    shop.publish(VALUES)
    planned = shop.plan(VALUES | {"B": b"mine"}, 2)
    azure.put("shop-B", "theirs")
    with pytest.raises(Raced):
        planned.carry_out()
    assert newest(azure, "B").value == "theirs"
    azure.secrets.clear()
    planned = shop.plan(VALUES)
    azure.put("shop-B", "theirs")
    with pytest.raises(Raced):
        planned.carry_out()
    assert newest(azure, "B").value == "theirs"


def test_a_removal_of_what_somebody_changed_since_is_refused(azure: Azure, shop: Publishing) -> None:
    shop.publish(VALUES)
    planned = shop.plan({}, 2, prunes=True)
    azure.put("shop-B", "theirs")
    with pytest.raises(Raced):
        planned.carry_out()
    assert not azure.secrets["shop-b"].is_deleted


def test_a_name_that_is_there_in_other_letters_is_not_overwritten(azure: Azure, shop: Publishing) -> None:
    azure.put("shop-database-url", "theirs")
    with pytest.raises(RemoteError, match="has shop-DATABASE-URL already, as shop-database-url"):
        shop.publish(VALUES)
    assert len(azure.secrets["shop-database-url"].versions) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (azure_cloud.error(401, "Unauthorized"), RemoteFailure.UNKNOWN_TO_IT, "the token is not valid"),
        (azure_cloud.error(403, "Forbidden", inner="ForbiddenByRbac"), RemoteFailure.DENIED, "may not do that"),
        (azure_cloud.error(403, "Forbidden", inner="ForbiddenByFirewall"), RemoteFailure.DENIED, "its firewall"),
        (azure_cloud.error(404, "NotFound"), RemoteFailure.GONE, "there is no such place"),
        (azure_cloud.error(429, "Throttled"), RemoteFailure.THROTTLED, "too many requests"),
        (Answer(418, ["hush"]), RemoteFailure.OTHER, "it failed"),
    ],
)
def test_refusals_are_told_in_our_own_words(
    azure: Azure, shop: Publishing, answer: Answer, kind: RemoteFailure, told: str
) -> None:
    store = shop.store()
    azure.next_answers = [answer] * 5
    with pytest.raises(RemoteError, match=told) as failure:
        store.read()
    assert failure.value.kind is kind
    assert "hush" not in f"{failure.value} {failure.value.hint}"


def test_the_token_goes_to_no_host_that_an_answer_names(azure: Azure, shop: Publishing) -> None:
    store = shop.store()
    azure.next_answers = [
        Answer(200, {"value": [], "nextLink": "https://evil.example/secrets?api-version=7.4&$skiptoken=0"})
    ]
    assert store.read() == {}
    assert azure.asked[-2:] == [f"GET /{VAULT}/secrets"] * 2


def test_what_a_vault_cannot_carry_is_refused() -> None:
    assert refused(PLACE, A_b9=b"x" * 25_000, EMPTY=b"") == {}
    assert list(refused(PLACE, **{"A-B": b"1", "A.B": b"1", "": b"1"})) == ["A-B", "A.B", ""]
    reasons = refused(PLACE, A=b"x" * 25_001, B=b"\xff", Mode=b"1", MODE=b"2")
    assert reasons == {
        "A": "it has more than 25,000 bytes",
        "B": "it is not UTF-8 text",
        "MODE": "a vault does not tell it from Mode",
    }
    assert list(refused(PLACE, **{"x" * 122: b"1", "x" * 123: b"1"})) == ["x" * 123]


@pytest.mark.parametrize(
    "locator", ["", "/x", "ab", "my_vault/x", "my-vault/a_b", "evil.example/x", "my-vault.evil", "a" * 25]
)
def test_only_a_vault_and_a_prefix_are_a_place(locator: str) -> None:
    with pytest.raises(Error, match="no place in Key Vault"):
        table.open_store(f"azure-keyvault:{locator}", outside({}))
    with pytest.raises(Error, match="no place in Key Vault"):
        refused(f"azure-keyvault:{locator}")


def test_the_values_stay_out_of_sight(shop: Publishing) -> None:
    shop.publish({"A": b"hush"})
    store = shop.store()
    assert "hush" not in f"{store.read()!r} {store!r}"
