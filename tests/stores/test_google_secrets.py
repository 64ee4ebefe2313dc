"""Google Secret Manager by a stand-in of ours, and its limits. It was not tried on the real cloud."""

from collections.abc import Iterator

import pytest

from gitseal.errors import Error
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.stores import table
from gitseal.stores.protocol import Raced
from tests.servers import google_cloud
from tests.servers.google_cloud import PROJECT, Google, Secret
from tests.servers.json_server import Answer
from tests.stores.outside import outside, refused
from tests.stores.publishing import Publishing, carry_out_until

PLACE = f"gcp-secretmanager:{PROJECT}/shop-"
VALUES = {"A": b"one", "B": b"two \xff\n"}


@pytest.fixture
def google() -> Iterator[Google]:
    with google_cloud.running() as server:
        yield server


@pytest.fixture
def shop(google: Google) -> Publishing:
    return Publishing(PLACE, google.environ)


def test_publishing_creates_writes_what_differs_and_removes_what_was_published(
    google: Google, shop: Publishing
) -> None:
    google.page = 1
    google.put("other", b"not ours")
    assert shop.publish(VALUES) == {"create": 2}
    assert google.secrets[PROJECT, "shop-B"].versions[-1].payload == b"two \xff\n"
    before = len(google.asked)
    assert shop.publish(VALUES, 2) == {"unchanged": 2}
    assert all(asked.startswith("GET ") for asked in google.asked[before:])
    assert shop.publish(VALUES | {"A": b"three"}, 3) == {"change": 1, "unchanged": 1}
    assert [version.state for version in google.secrets[PROJECT, "shop-A"].versions] == ["ENABLED", "ENABLED"]
    assert shop.publish({"B": VALUES["B"]}, 4, prunes=True) == {"remove": 1, "unchanged": 1}
    assert sorted(google.secrets) == [(PROJECT, "other"), (PROJECT, "shop-B")]
    assert shop.publish(VALUES, 5) == {"create": 1, "unchanged": 1}


@pytest.mark.parametrize("how", ["another", "disabled", "destroyed"])
def test_a_value_that_was_changed_there_is_found_and_written_again(google: Google, shop: Publishing, how: str) -> None:
    shop.publish(VALUES)
    if how == "another":
        google.put("shop-A", b"by hand")
    else:
        google.secrets[PROJECT, "shop-A"].versions[-1].state = how.upper()
    assert shop.plan(VALUES, 2).notes == {"A": "changed there by hand"}
    assert shop.publish(VALUES, 2) == {"change": 1, "unchanged": 1}
    assert shop.publish(VALUES, 3) == {"unchanged": 2}


def test_the_same_value_put_there_by_hand_is_still_ours(google: Google, shop: Publishing) -> None:
    shop.publish(VALUES)
    google.put("shop-A", VALUES["A"])
    assert shop.publish(VALUES, 2) == {"unchanged": 2}


def test_values_that_were_never_ours_are_neither_read_nor_overwritten(google: Google, shop: Publishing) -> None:
    google.put("shop-A", b"theirs")
    google.secrets[PROJECT, "shop-A"].annotations["team"] = "billing"
    assert shop.plan(VALUES).plan.refused == (("A", "is there already, and gitseal did not put it there"),)
    assert not [asked for asked in google.asked if asked.endswith(":access")]
    shop.plan(VALUES, adopts=True).carry_out()
    assert google.secrets[PROJECT, "shop-A"].annotations["team"] == "billing"
    assert shop.publish(VALUES, 2) == {"unchanged": 2}


def test_a_secret_without_a_version_is_filled(google: Google, shop: Publishing) -> None:
    google.secrets[PROJECT, "shop-A"] = Secret({"team": "billing"})
    assert shop.publish(VALUES) == {"create": 2}
    assert shop.publish(VALUES, 2) == {"unchanged": 2}
    assert google.secrets[PROJECT, "shop-A"].annotations["team"] == "billing"


def test_whatever_request_is_the_last_the_next_run_completes(google: Google, shop: Publishing) -> None:
    """A publication of a new, a changed and a removed name is stopped before each of its requests in turn."""
    for requests in range(40):
        google.secrets.clear()
        shop.publish({"A": b"one", "GONE": b"old"})
        planned = shop.plan(VALUES | {"A": b"three"}, 2, prunes=True)
        assert planned.counts == {"create": 1, "change": 1, "remove": 1}
        is_done = carry_out_until(google, planned, requests)
        # No new value stands there without its mark, and nothing of ours is taken for somebody else's.
        completing = shop.plan(VALUES | {"A": b"three"}, 3, prunes=True)
        assert all(live.mark for live in completing.store.read().values())
        assert "changed there by hand" not in completing.notes.values()
        completing.carry_out()
        assert shop.publish(VALUES | {"A": b"three"}, 4, prunes=True) == {"unchanged": 2}
        if is_done:
            return
    raise AssertionError


def test_a_write_between_reading_and_writing_is_not_overwritten(google: Google, shop: Publishing) -> None:
    shop.publish(VALUES)
    planned = shop.plan(VALUES | {"A": b"mine"}, 2)
    google.put("shop-A", b"theirs")
    with pytest.raises(Raced):
        planned.carry_out()
    assert google.secrets[PROJECT, "shop-A"].versions[-1].payload == b"theirs"


def test_two_publishers_at_once_do_not_mix_their_marks(google: Google, shop: Publishing) -> None:
    shop.publish(VALUES)
    planned = shop.plan(VALUES | {"A": b"mine"}, 2)
    google.secrets[PROJECT, "shop-A"].touch()  # the other one has put its mark there, and not yet its value
    with pytest.raises(Raced):
        planned.carry_out()
    planned = shop.plan(VALUES | {"NEW": b"mine"}, 2)
    shop.publish(VALUES | {"NEW": b"theirs"}, 3)
    with pytest.raises(Raced):
        planned.carry_out()


def test_a_version_added_in_the_same_moment_leaves_ours_with_its_mark(google: Google, shop: Publishing) -> None:
    shop.publish(VALUES)
    planned = shop.plan(VALUES | {"A": b"mine"}, 2)
    google.before = {"PATCH": lambda: google.put("shop-A", b"theirs")}
    planned.carry_out()
    assert shop.publish(VALUES | {"A": b"mine"}, 2) == {"unchanged": 2}


def test_a_removal_of_what_somebody_changed_since_is_refused(google: Google, shop: Publishing) -> None:
    shop.publish(VALUES)
    planned = shop.plan({"A": b"one"}, 2, prunes=True)
    google.put("shop-B", b"theirs")
    with pytest.raises(Raced):
        planned.carry_out()
    assert (PROJECT, "shop-B") in google.secrets


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (google_cloud.error(401, "UNAUTHENTICATED"), RemoteFailure.UNKNOWN_TO_IT, "the token is not valid"),
        (google_cloud.error(403, "PERMISSION_DENIED"), RemoteFailure.DENIED, "may not do that"),
        (
            google_cloud.error(403, "PERMISSION_DENIED", reason="SERVICE_DISABLED"),
            RemoteFailure.DISABLED,
            "not turned on in that project",
        ),
        (google_cloud.error(404, "NOT_FOUND"), RemoteFailure.GONE, "there is no such place"),
        (google_cloud.error(429, "RESOURCE_EXHAUSTED"), RemoteFailure.THROTTLED, "too many requests"),
        (Answer(500), RemoteFailure.NOT_READY, "it failed"),
        (Answer(418, ["hush"]), RemoteFailure.OTHER, "it failed"),
    ],
)
def test_refusals_are_told_in_our_own_words(
    google: Google, shop: Publishing, answer: Answer, kind: RemoteFailure, told: str
) -> None:
    google.next_answers = [answer] * 5
    with pytest.raises(RemoteError, match=told) as failure:
        shop.store().read()
    assert failure.value.kind is kind
    assert "hush" not in f"{failure.value} {failure.value.hint}"


@pytest.mark.parametrize(
    "content", [None, [], 5, {"secrets": 1}, {"secrets": [None, 7, {"name": 5}, {"name": "shop-"}]}]
)
def test_an_answer_of_another_shape_is_nothing_there(google: Google, shop: Publishing, content: object) -> None:
    google.next_answers = [Answer(200, content)]
    assert shop.store().read() == {}


def test_being_throttled_for_a_while_is_no_failure(google: Google, shop: Publishing) -> None:
    google.next_answers = [google_cloud.error(429, "RESOURCE_EXHAUSTED")] * 3
    assert shop.publish(VALUES) == {"create": 2}


@pytest.mark.parametrize("payload", [{"data": "b25l", "dataCrc32c": "1"}, {"data": "b25l"}, {"data": "-"}, None])
def test_a_value_that_arrives_otherwise_than_it_was_sent_is_not_believed(
    google: Google, shop: Publishing, payload: object
) -> None:
    shop.publish({"A": b"one"})
    google.instead = {":access": Answer(200, {"name": "projects/1/secrets/shop-A/versions/1", "payload": payload})}
    with pytest.raises(RemoteError, match="did not arrive as Secret Manager sent it"):
        shop.store().read()


def test_what_secret_manager_cannot_carry_is_refused() -> None:
    fine = {"A": b"x" * 65_536, "b-C_9": b"\xff"}
    assert refused(PLACE, **fine) == {}
    assert list(refused(PLACE, **fine, **{"a.b": b"1", "": b"1", "ü": b"1"})) == ["a.b", "", "ü"]
    reasons = refused(PLACE, A=b"x" * 65_537, EMPTY=b"")
    assert reasons == {"A": "it has more than 65,536 bytes", "EMPTY": "it is empty, and a version there is not"}
    assert list(refused(PLACE, **{"x" * 250: b"1", "x" * 251: b"1"})) == ["x" * 251]


@pytest.mark.parametrize(
    "locator", ["", "/x", "MY-PROJECT", "my-project/../x", "my-project/a/b", "evil.example/x", "my-project/a?x", "ab"]
)
def test_only_a_project_and_a_prefix_are_a_place(locator: str) -> None:
    with pytest.raises(Error, match="no place in Secret Manager"):
        table.open_store(f"gcp-secretmanager:{locator}", outside({}))
    with pytest.raises(Error, match="no place in Secret Manager"):
        refused(f"gcp-secretmanager:{locator}")


def test_the_values_stay_out_of_sight(shop: Publishing) -> None:
    shop.publish({"A": b"hush"})
    store = shop.store()
    assert "hush" not in f"{store.read()!r} {store!r}"
