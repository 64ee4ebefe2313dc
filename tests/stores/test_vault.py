"""Vault's KV engine by a real OpenBao, and its limits, which no server has to be asked about."""

import re
from pathlib import Path

import pytest

from gitseal.delivery.publishing.planning import Desired, PublishAction, Publisher, PublishPlan, PublishRules, plan
from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Edit, Outside, ProgramAnswer, Raced
from tests.servers.openbao import Bao
from tests.stores.publishing import KEY

FILE = "f" + "1" * 32
TOP = Path(__file__).parents[2]


def outside(environ: dict[str, str]) -> Outside:
    def start(*_: object) -> ProgramAnswer:
        raise AssertionError

    return Outside(environ, start, lambda _seconds: None, "/", {})


def planned(place: str, bao: Bao, values: dict[str, bytes], number: int, *, prunes: bool = False) -> PublishPlan:
    store = table.open_store(place, outside(bao.environ))
    wanted = {name: Desired(SecretBytes(value), KEY) for name, value in values.items()}
    publisher = Publisher(FILE, "shop", f"{number:040x}")
    made = plan(publisher, wanted, store.read(), lambda *_: KEY, PublishRules(prunes))
    assert not made.refused
    edits = made.edits(wanted, publisher)
    for batch in [edits] if store.is_whole and edits else [[edit] for edit in edits]:
        store.write(batch)
    return made


@pytest.mark.parametrize("place", ["vault:secret/whole/shop", "vault:secret/each/shop/"])
def test_publishing_creates_writes_what_differs_and_removes_what_was_published(bao: Bao, place: str) -> None:
    values = {"A": b"one", "B": b"two \xc3\xa4\n", "EMPTY": b""}
    assert planned(place, bao, values, 1).counts()["create"] == 3
    assert planned(place, bao, values, 2).counts()["unchanged"] == 3
    assert planned(place, bao, values | {"A": b"three"}, 3).counts() | {"change": 1, "unchanged": 2} == {
        "create": 0,
        "change": 1,
        "remove": 0,
        "leave": 0,
        "unchanged": 2,
    }
    assert planned(place, bao, {"B": values["B"]}, 4, prunes=True).counts()["remove"] == 2
    live = table.open_store(place, outside(bao.environ)).read()
    assert {name: one.value for name, one in live.items()} == {"B": SecretBytes(values["B"])}
    # What was deleted can be put there again.
    assert planned(place, bao, values, 5).counts()["create"] == 2


def test_consumers_read_the_fields_and_one_more(bao: Bao) -> None:
    planned("vault:secret/read/shop", bao, {"A": b"one"}, 1)
    fields = bao.call("GET", "secret/data/read/shop")["data"]
    assert isinstance(fields, dict)
    assert sorted(fields) == ["A", "gitseal"]
    assert fields["A"] == "one"


def test_fields_that_others_put_there_stay(bao: Bao) -> None:
    bao.call("POST", "secret/data/mixed/shop", {"data": {"theirs": {"deep": 1}}})
    made = planned("vault:secret/mixed/shop", bao, {"A": b"one"}, 1)
    assert [(step.name, step.action) for step in made.steps] == [
        ("A", PublishAction.CREATE),
        ("theirs", PublishAction.LEAVE),
    ]
    planned("vault:secret/mixed/shop", bao, {}, 2, prunes=True)
    assert bao.call("GET", "secret/data/mixed/shop")["data"] == {"theirs": {"deep": 1}}


@pytest.mark.parametrize("place", ["vault:secret/race/shop", "vault:secret/race/each/"])
def test_a_write_between_reading_and_writing_is_not_overwritten(bao: Bao, place: str) -> None:
    planned(place, bao, {"A": b"one"}, 1)
    store = table.open_store(place, outside(bao.environ))
    version = store.read()["A"].version
    path = place.removeprefix("vault:secret/").rstrip("/")
    at = f"secret/data/{path}/A" if place.endswith("/") else f"secret/data/{path}"
    bao.call("POST", at, {"data": {"A": "theirs", "value": "theirs"}})
    with pytest.raises(Raced):
        store.write([Edit("A", SecretBytes(b"two"), "", version)])
    value = table.open_store(place, outside(bao.environ)).read()["A"].value
    assert value == SecretBytes(b"theirs")


def test_a_token_that_may_not_is_told_so_and_never_shown(bao: Bao) -> None:
    store = table.open_store("vault:secret/shop", outside(bao.environ | {"VAULT_TOKEN": "hush-token"}))
    with pytest.raises(RemoteError, match=r"did not read secret/shop: .*\(status 403\)") as refused:
        store.read()
    assert "hush" not in f"{refused.value} {refused.value.hint} {store!r}"


def test_the_address_comes_from_the_environment_and_is_none_that_others_can_listen_to() -> None:
    with pytest.raises(Error, match="no address of Vault"):
        table.open_store("vault:secret/shop", outside({}))
    with pytest.raises(Error, match="no token"):
        table.open_store("vault:secret/shop", outside({"VAULT_ADDR": "https://vault.example"}))
    with pytest.raises(Error, match="plain HTTP"):
        table.open_store("vault:secret/shop", outside({"VAULT_ADDR": "http://vault.example", "VAULT_TOKEN": "t"}))
    for place in ("vault:https://evil.example/secret", "vault:secret", "vault:secret/../sys", "vault:/secret/a"):
        with pytest.raises(Error, match="no place in Vault"):
            list(table.refusals(place, {}))


@pytest.mark.parametrize("own", ["sys", "auth", "identity", "cubbyhole"])
def test_what_vault_has_for_itself_is_no_place(own: str) -> None:
    for place in (f"vault:{own}/shop", f"vault:{own}/policies/acl/", f"vault:{own}/data/shop"):
        with pytest.raises(Error, match="no place in Vault"):
            list(table.refusals(place, {}))
    for place in (f"vault:{own}s/shop", f"vault:secret/{own}/shop"):
        assert list(table.refusals(place, {})) == []


def test_a_server_that_is_not_there_is_told() -> None:
    store = table.open_store("vault:secret/shop", outside({"VAULT_ADDR": "http://127.0.0.1:9", "VAULT_TOKEN": "t"}))
    with pytest.raises(RemoteError, match=r"Vault cannot be reached at 127.0.0.1:9: connection refused"):
        store.read()


def refused(place: str, **values: bytes) -> list[str]:
    return [one.name for one in table.refusals(place, {name: SecretBytes(value) for name, value in values.items()})]


def test_what_a_secret_cannot_carry_is_refused() -> None:
    assert refused("vault:secret/shop", A=b"fine", B=b"\xff", gitseal=b"1") == ["B", "gitseal"]
    assert refused("vault:secret/shop", A=b"x" * 600_000, B=b"x" * 600_000) == [""]
    assert refused("vault:secret/shop/", A=b"x" * 600_000, B=b"x" * 600_000, C=b"x" * 1_000_000) == ["C"]


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(Error, match='"ftp" is no kind of store'):
        table.open_store("ftp:somewhere", outside({}))


@pytest.mark.parametrize("place", ["vault:nope/shop", "vault:nope/shop/"])
def test_a_mount_that_is_not_there_is_told_before_anything_is_written(bao: Bao, place: str) -> None:
    with pytest.raises(RemoteError, match="Vault has no KV engine at nope"):
        table.open_store(place, outside(bao.environ)).read()


@pytest.mark.parametrize("theirs", ["password of the gitseal robot", '{"A": 1}', '["A"]', "null", "", 7, {"A": "x"}])
def test_a_field_of_the_marks_name_that_is_not_ours_is_never_overwritten(bao: Bao, theirs: object) -> None:
    content = {"gitseal": theirs, "OTHER": "x"}
    bao.call("POST", "secret/data/robot/shop", {"data": content})
    with pytest.raises(RemoteError, match="somebody else's, and nothing was written") as refused:
        planned("vault:secret/robot/shop", bao, {"A": b"one"}, 1)
    assert "robot" not in refused.value.message.partition("secret/robot/shop")[2]
    assert bao.call("GET", "secret/data/robot/shop")["data"] == content


def test_in_a_secret_of_one_name_neither(bao: Bao) -> None:
    content = {"gitseal": "password of the gitseal robot", "value": "x"}
    bao.call("POST", "secret/data/robots/shop/A", {"data": content})
    store = table.open_store("vault:secret/robots/shop/", outside(bao.environ))
    version = store.read()["A"].version
    for value in (SecretBytes(b"one"), None):
        with pytest.raises(RemoteError, match="somebody else's, and nothing was written"):
            store.write([Edit("A", value, "mark", version)])
    assert bao.call("GET", "secret/data/robots/shop/A")["data"] == content


def test_a_removal_leaves_what_others_put_into_the_secret_of_a_name(bao: Bao) -> None:
    place = "vault:secret/left/shop/"
    planned(place, bao, {"A": b"one", "B": b"two"}, 1)
    fields = bao.call("GET", "secret/data/left/shop/A")["data"]
    assert isinstance(fields, dict)
    bao.call("POST", "secret/data/left/shop/A", {"data": fields | {"ops_note": "theirs"}})
    assert planned(place, bao, {}, 2, prunes=True).counts()["remove"] == 2
    assert bao.call("GET", "secret/data/left/shop/A")["data"] == {"ops_note": "theirs"}
    assert "B" not in table.open_store(place, outside(bao.environ)).read()


# The policy that docs/how-to/publish-to-a-store.md gives.
_RIGHTS = re.compile(r"```hcl\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("place", ["vault:secret/shop/production", "vault:secret/shop/production/"])
def test_the_rights_of_the_page_are_enough_and_what_is_missing_is_told(bao: Bao, tmp_path: Path, place: str) -> None:
    page = (TOP / "docs/how-to/publish-to-a-store.md").read_text(encoding="utf-8")
    found = _RIGHTS.search(page)
    assert found is not None
    publisher = Bao(bao.address, bao.token_for(found[1]))
    assert planned(place, publisher, {"A": b"one", "B": b"two"}, 1).counts()["create"] == 2
    assert planned(place, publisher, {"A": b"three"}, 2, prunes=True).counts()["remove"] == 1
    planned(place, publisher, {}, 3, prunes=True)
    reader = bao.environ | {"VAULT_TOKEN": bao.token_for('path "secret/other" { capabilities = ["read"] }')}
    for name, tool in (("none", "vault"), ("bao", "bao")):
        (tmp_path / name).touch(mode=0o755)
        with pytest.raises(RemoteError) as refused:
            table.open_store(place, outside(reader | {"PATH": str(tmp_path)})).read()
        assert refused.value.hint.startswith(f"see what the token may: {tool} token capabilities secret/")
