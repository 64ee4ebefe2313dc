"""AWS's two stores by servers that stand in for it, and their limits, which those do not enforce."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gitseal.delivery.publishing.planning import Desired, PublishAction, Publisher, PublishPlan, PublishRules, plan
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Edit, Outside, ProgramAnswer, Raced, Store
from tests.servers.aws import AwsServer
from tests.stores.publishing import KEY

FILE = "f" + "1" * 32
AT_MINISTACK = ["aws-ssm:/shop/prod/", "aws-secretsmanager:shop/prod/", "aws-secretsmanager:shop/whole"]
# moto does not refuse a label that is moved from another version, and then gives that version back.
AT_MOTO = AT_MINISTACK[:2]


def outside(environ: Mapping[str, str]) -> Outside:
    def start(*_: object) -> ProgramAnswer:
        raise AssertionError

    return Outside(environ, start, lambda _seconds: None, "/", {})


Opened = Callable[[str], Store]


@pytest.fixture
def at(server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens a place; the SDK reads the variables of the process."""
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    return lambda place: table.open_store(place, outside(server.environ))


@pytest.fixture
def server(ministack: AwsServer) -> AwsServer:
    """The one that most tests ask."""
    return ministack


def planned(store: Store, values: dict[str, bytes], number: int, *, prunes: bool = False) -> PublishPlan:
    wanted = {name: Desired(SecretBytes(value), KEY) for name, value in values.items()}
    publisher = Publisher(FILE, "shop", f"{number:040x}")
    made = plan(publisher, wanted, store.read(), lambda *_: KEY, PublishRules(prunes))
    assert not made.refused
    edits = made.edits(wanted, publisher)
    for batch in [edits] if store.is_whole and edits else [[edit] for edit in edits]:
        store.write(batch)
    return made


def publishes_as_a_store_does(at: Opened, place: str) -> None:
    values = {"A": b"one", "B": b"two \xc3\xa4\n", "C": b" "}
    assert planned(at(place), values, 1).counts()["create"] == 3
    assert planned(at(place), values, 2).counts()["unchanged"] == 3
    changed = planned(at(place), values | {"A": b"three"}, 3).counts()
    assert (changed["change"], changed["unchanged"]) == (1, 2)
    assert planned(at(place), {"B": values["B"]}, 4, prunes=True).counts()["remove"] == 2
    live = at(place).read()
    assert {name: one.value for name, one in live.items()} == {"B": SecretBytes(values["B"])}
    # What was removed can be put there again.
    assert planned(at(place), {"A": b"four", "B": values["B"]}, 5).counts()["create"] == 1
    assert at(place).read()["A"].value == SecretBytes(b"four")
    assert planned(at(place), {"A": b"four", "B": values["B"]}, 6).counts()["unchanged"] == 2


@pytest.mark.parametrize("place", AT_MINISTACK)
def test_publishing_creates_writes_what_differs_and_removes_what_was_published(at: Opened, place: str) -> None:
    publishes_as_a_store_does(at, place)


@pytest.mark.slow
@pytest.mark.parametrize("place", AT_MOTO)
def test_another_server_is_published_to_alike(moto: AwsServer, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    for name, value in moto.environ.items():
        monkeypatch.setenv(name, value)
    publishes_as_a_store_does(lambda place: table.open_store(place, outside(moto.environ)), place)


def put_by_hand(server: AwsServer, place: str, name: str, value: str) -> None:
    """Writes a value as somebody does who knows nothing of us."""
    path = place.partition(":")[2]
    if place.startswith("aws-ssm"):
        server.client("ssm").put_parameter(Name=path + name, Value=value, Type="SecureString", Overwrite=True)
    elif place.endswith("/"):
        server.client("secretsmanager").put_secret_value(SecretId=path + name, SecretString=value)
    else:
        client = server.client("secretsmanager")
        text = client.get_secret_value(SecretId=path)["SecretString"]
        client.put_secret_value(SecretId=path, SecretString=text.replace("one", value))


@pytest.mark.parametrize("place", [f"{place}hand/"[: None if place.endswith("/") else -1] for place in AT_MINISTACK])
def test_a_value_changed_by_hand_is_found_and_a_race_is_not_overwritten(
    server: AwsServer, at: Opened, place: str
) -> None:
    planned(at(place), {"A": b"one"}, 1)
    store = at(place)
    version = store.read()["A"].version
    put_by_hand(server, place, "A", "theirs")
    for edit in (Edit("A", SecretBytes(b"two"), "mark", version), Edit("A", None, "", version)):
        with pytest.raises(Raced):
            store.write([edit])
    assert at(place).read()["A"].value == SecretBytes(b"theirs")
    found = planned(at(place), {"A": b"one"}, 2)
    assert [(step.action, step.note) for step in found.steps] == [(PublishAction.CHANGE, "changed there by hand")]
    assert planned(at(place), {"A": b"one"}, 2).counts()["unchanged"] == 1


@pytest.mark.parametrize("place", [place.replace("shop", "new") for place in AT_MINISTACK])
def test_what_somebody_made_meanwhile_is_not_overwritten(server: AwsServer, at: Opened, place: str) -> None:
    store, other = at(place), at(place)
    assert store.read() == other.read() == {}
    other.write([Edit("A", SecretBytes(b"theirs"), "their mark", "")])
    with pytest.raises(Raced):
        store.write([Edit("A", SecretBytes(b"ours"), "mark", "")])
    assert at(place).read()["A"].value == SecretBytes(b"theirs")


def test_what_comes_in_parts_is_read_whole(server: AwsServer, at: Opened) -> None:
    ssm, secrets = server.client("ssm"), server.client("secretsmanager")
    for number in range(21):
        ssm.put_parameter(Name=f"/parts/N{number}", Value="x", Type="SecureString")
        secrets.create_secret(Name=f"parts/N{number}", SecretString="x")
    names = sorted(f"N{number}" for number in range(21))
    for place in ("aws-ssm:/parts/", "aws-secretsmanager:parts/"):
        assert sorted(at(place).read()) == names


def test_only_what_is_directly_below_is_looked_at(server: AwsServer, at: Opened) -> None:
    for name in ("/deep/shop/A", "/deep/shop/more/B", "/deep/shop2/C"):
        server.client("ssm").put_parameter(Name=name, Value="x", Type="String")
        server.client("secretsmanager").create_secret(Name=name[1:], SecretString="x")
    assert sorted(at("aws-ssm:/deep/shop/").read()) == ["A"]
    assert sorted(at("aws-secretsmanager:deep/shop/").read()) == ["A"]


def test_a_parameter_of_another_type_is_not_written(server: AwsServer, at: Opened) -> None:
    server.client("ssm").put_parameter(Name="/typed/A", Value="x", Type="StringList")
    store = at("aws-ssm:/typed/")
    with pytest.raises(RemoteError, match="is no SecureString"):
        store.write([Edit("A", SecretBytes(b"one"), "", store.read()["A"].version)])


def test_key_and_tier_are_those_of_the_place_and_then_those_that_are_there(server: AwsServer, at: Opened) -> None:
    place = "aws-ssm:/keyed/?tier=advanced&key=alias/shop"
    planned(at(place), {"SMALL": b"x", "LARGE": b"x" * 5000}, 1)
    planned(at("aws-ssm:/keyed/"), {"SMALL": b"y", "LARGE": b"y"}, 2)
    described = server.client("ssm").describe_parameters()["Parameters"]
    kinds = {one["Name"]: (one["Tier"], one["KeyId"]) for one in described if one["Name"].startswith("/keyed/")}
    assert kinds == {"/keyed/SMALL": ("Standard", "alias/shop"), "/keyed/LARGE": ("Advanced", "alias/shop")}


def test_consumers_read_json_fields_and_one_more(server: AwsServer, at: Opened) -> None:
    server.client("secretsmanager").create_secret(Name="mixed", SecretString='{"theirs": {"deep": 1}}')
    made = planned(at("aws-secretsmanager:mixed"), {"A": b"one"}, 1)
    assert [(step.name, step.action) for step in made.steps] == [
        ("A", PublishAction.CREATE),
        ("theirs", PublishAction.LEAVE),
    ]
    import json

    text = json.loads(server.client("secretsmanager").get_secret_value(SecretId="mixed")["SecretString"])
    assert sorted(text) == ["A", "gitseal", "theirs"]
    planned(at("aws-secretsmanager:mixed"), {}, 2, prunes=True)
    assert {name: one.value for name, one in at("aws-secretsmanager:mixed").read().items()} == {
        "theirs": SecretBytes(b'{"deep": 1}')
    }


def test_a_secret_of_ours_that_waits_for_its_deletion_is_restored(at: Opened) -> None:
    place = "aws-secretsmanager:waits/"
    planned(at(place), {"A": b"one", "B": b"two"}, 1)
    planned(at(place), {"B": b"two"}, 2, prunes=True)
    assert planned(at(place), {"A": b"three", "B": b"two"}, 3).counts()["create"] == 1
    assert at(place).read()["A"].value == SecretBytes(b"three")


def test_a_secret_that_others_deleted_stays_so(server: AwsServer, at: Opened) -> None:
    client = server.client("secretsmanager")
    for name, text in (("doomed/A", "theirs"), ("doomed/one", '{"THEIRS": "hush"}')):
        client.create_secret(Name=name, SecretString=text, Description="billing")
        client.delete_secret(SecretId=name)
    with pytest.raises(RemoteError, match="doomed/one waits for its deletion in Secrets Manager"):
        at("aws-secretsmanager:doomed/one").read()
    with pytest.raises(RemoteError, match="doomed/A waits for its deletion") as refused:
        planned(at("aws-secretsmanager:doomed/"), {"A": b"ours"}, 1)
    assert refused.value.hint == "if it should be there: aws secretsmanager restore-secret --secret-id doomed/A"
    for name in ("doomed/A", "doomed/one"):
        described = client.describe_secret(SecretId=name)
        assert described["DeletedDate"]
        assert described["Description"] == "billing"


def test_a_secret_that_is_no_json_object_is_left_alone(server: AwsServer, at: Opened) -> None:
    for name, text in (("text", "hush-text"), ("list", '["hush"]')):
        server.client("secretsmanager").create_secret(Name=name, SecretString=text)
        with pytest.raises(RemoteError, match="is no JSON object") as refused:
            at(f"aws-secretsmanager:{name}").read()
        assert "hush" not in str(refused.value)


def refused(place: str, **values: bytes) -> list[str]:
    return [one.name for one in table.refusals(place, {name: SecretBytes(value) for name, value in values.items()})]


def test_what_a_parameter_cannot_carry_is_refused() -> None:
    values: dict[str, Any] = {"EMPTY": b"", "BINARY": b"\xff", "REFERENCE": b"a {{ssm:b}}\n", "OPEN": b"{{ and }"}
    assert refused("aws-ssm:/shop/", FINE=b"x" * 4096, **values) == ["EMPTY", "BINARY", "REFERENCE"]
    assert refused("aws-ssm:/shop/", LONG=b"x" * 4097, WIDE="ä".encode() * 2049) == ["LONG", "WIDE"]
    assert refused("aws-ssm:/shop/?tier=advanced", LONG=b"x" * 8192, LONGER=b"x" * 8193) == ["LONGER"]
    assert refused("aws-ssm:/shop/", **{"a/b": b"x", "a b": b"x", "ä": b"x", "n" * 945: b"x", "aws-x.y_z": b"x"}) == [
        "a/b",
        "a b",
        "ä",
        "n" * 945,
    ]


def test_what_a_secret_cannot_carry_is_refused() -> None:
    each, one = "aws-secretsmanager:shop/", "aws-secretsmanager:shop"
    assert refused(each, FINE=b"x" * 65_536, LONG=b"x" * 65_537, EMPTY=b"", BINARY=b"\xff") == [
        "LONG",
        "EMPTY",
        "BINARY",
    ]
    assert refused(each, **{"a b": b"x", "a-abcdef": b"x", "a-abcdefg": b"x", "n" * 508: b"x"}) == [
        "a b",
        "a-abcdef",
        "n" * 508,
    ]
    assert refused(one, EMPTY=b"", BINARY=b"\xff", gitseal=b"x", **{"a b": b"x"}) == ["BINARY", "gitseal"]
    assert refused(one, A=b"x" * 32_768, B=b"x" * 32_300) == [""]
    assert refused(one, A=b"\x01" * 12_000) == [""], "as JSON it has six times the bytes"
    assert refused(one, A=b"x" * 65_000) == []


@pytest.mark.parametrize(
    "place",
    [
        *(
            "aws-ssm:shop/",
            "aws-ssm:/shop",
            "aws-ssm:/",
            "aws-ssm:/a//b/",
            "aws-ssm:/a b/",
            "aws-ssm:/AWS/x/",
            "aws-ssm:/ssm-x/",
        ),
        *(
            "aws-ssm:/" + "a/" * 15,
            "aws-ssm:/a/?tier=standard",
            "aws-ssm:/a/?host=evil.example",
            "aws-ssm:/a/?region=evil.example/",
        ),
        *(
            "aws-ssm:/a/?region=eu-west-1&region=eu-west-1",
            "aws-secretsmanager:",
            "aws-secretsmanager:/a",
            "aws-secretsmanager:a//",
        ),
        *("aws-secretsmanager:a-abcdef", "aws-secretsmanager:" + "a" * 513, "aws-secretsmanager:a?tier=advanced"),
        "aws-secretsmanager:arn:aws:secretsmanager:eu-central-1:1:secret:a",
    ],
)
def test_a_place_that_means_nothing_is_refused_with_an_example(place: str) -> None:
    with pytest.raises(Error) as caught:
        list(table.refusals(place, {}))
    assert caught.value.hint


def test_a_place_without_a_region_or_on_the_plain_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1")
    with pytest.raises(Error, match="plain HTTP"):
        table.open_store("aws-secretsmanager:shop", outside({"AWS_REGION": "eu-central-1"}))
    with pytest.raises(RemoteError, match="no region"):
        table.open_store("aws-ssm:/shop/", outside({}))
