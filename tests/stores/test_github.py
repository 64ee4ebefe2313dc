"""GitHub Actions secrets, against a GitHub of our own making that opens the sealed boxes."""

import re
import sys
from collections.abc import Iterator

import pytest

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError, RemoteFailure
from gitseal.stores import table
from gitseal.stores.protocol import Edit, Raced, Store
from tests.servers.github import TOKEN, GitHub
from tests.servers.json_server import Answer
from tests.stores.outside import outside, put, refused

REPOSITORY, ENVIRONMENT, ORGANISATION = (
    ("repos", "acme", "shop"),
    ("repos", "acme", "shop", "eu/prod"),
    ("orgs", "acme"),
)
PLACES = {
    "github:acme/shop": REPOSITORY,
    "github:acme/shop/environments/eu/prod": ENVIRONMENT,
    "github:orgs/acme": ORGANISATION,
}


@pytest.fixture
def github() -> Iterator[GitHub]:
    server = GitHub(*PLACES.values())
    with server.running():
        yield server


def opened(github: GitHub, place: str = "github:acme/shop") -> Store:
    return table.open_store(place, outside(github.environ))


@pytest.mark.parametrize("place", PLACES)
def test_github_opens_what_was_sealed_and_other_values_stay(github: GitHub, place: str) -> None:
    there = github.secrets[PLACES[place]]
    github.put(PLACES[place], "THEIRS", b"theirs", "private")
    put(opened(github, place), A=b"one", B=b"\xc3\xa4 with a line break at the end\n", BIG=b"x" * 48_000)
    put(opened(github, place), A=b"two")
    assert {name: len(secret.value) for name, secret in there.items()} == {"THEIRS": 6, "A": 3, "B": 32, "BIG": 48_000}
    assert (there["A"].value, there["B"].value[-1:]) == (b"two", b"\n")
    store = opened(github, place)
    live = store.read()
    assert not any(one.value or one.mark for one in live.values())
    store.write([Edit("A", None, "", live["A"].version)])
    assert sorted(there) == ["B", "BIG", "THEIRS"]


def test_each_write_by_anybody_gives_another_version(github: GitHub) -> None:
    versions = []
    for value in (b"one", b"two"):
        put(opened(github), A=value)
        versions.append(opened(github).read()["A"].version)
    github.put(REPOSITORY, "a", b"by hand")
    versions.append(opened(github).read()["A"].version)
    assert len(set(versions)) == 3
    assert all(versions)


def test_all_pages_are_read(github: GitHub) -> None:
    for number in range(201):
        github.put(ORGANISATION, f"N{number}", b"1", "all")
    assert len(opened(github, "github:orgs/acme").read()) == 201


def test_a_write_by_somebody_else_in_between_stays(github: GitHub) -> None:
    github.put(REPOSITORY, "A", b"old")
    store = opened(github)
    live = store.read()
    github.put(REPOSITORY, "A", b"theirs")
    github.put(REPOSITORY, "NEW", b"theirs too")
    for edit in (
        Edit("A", SecretBytes(b"ours"), "", live["A"].version),
        Edit("A", None, "", live["A"].version),
        Edit("NEW", SecretBytes(b"ours"), "", ""),
    ):
        with pytest.raises(Raced):
            store.write([edit])
    assert [secret.value for secret in github.secrets[REPOSITORY].values()] == [b"theirs", b"theirs too"]


def test_a_secret_of_an_organisation_is_never_shown_to_more_repositories(github: GitHub) -> None:
    for visibility in ("all", "private", "selected"):
        github.put(ORGANISATION, visibility, b"old", visibility)
    there = github.secrets[ORGANISATION]
    there["SELECTED"].chosen = [*range(150)]
    place = "github:orgs/acme?visibility=all"
    put(opened(github, place), ALL=b"new", PRIVATE=b"new", SELECTED=b"new", NEW=b"new")
    assert {name: secret.visibility for name, secret in there.items()} == {
        "ALL": "all",
        "PRIVATE": "private",
        "SELECTED": "selected",
        "NEW": "all",
    }
    assert there["SELECTED"].chosen == [*range(150)]
    assert all(secret.value == b"new" for secret in there.values())


@pytest.mark.parametrize(("option", "visibility"), [("", "private"), ("?visibility=selected", "selected")])
def test_a_new_secret_of_an_organisation(github: GitHub, option: str, visibility: str) -> None:
    put(opened(github, f"github:orgs/acme{option}"), A=b"one")
    secret = github.secrets[ORGANISATION]["A"]
    assert (secret.visibility, secret.chosen) == (visibility, [])


def test_a_key_that_was_changed_meanwhile_is_fetched_again(github: GitHub) -> None:
    store = opened(github)
    put(store, A=b"one")
    github.new_key()
    put(store, B=b"two")
    assert github.secrets[REPOSITORY]["B"].value == b"two"


def test_what_github_does_not_take_is_told_after_two_tries(github: GitHub) -> None:
    github.instead["/secrets/A"] = Answer(422, {"message": "value hush is bad"})
    store = opened(github)
    store.read()
    del github.instead["/secrets/A"]
    github.before["PUT"] = lambda: github.instead.update({"/secrets/A": Answer(422, {"message": "value hush is bad"})})
    with pytest.raises(RemoteError, match=r'did not write the secret "A" of acme/shop: .*\(status 422\)') as error:
        put(store, A=b"one")
    assert "hush" not in f"{error.value} {error.value.hint}"
    assert github.writes() == ["PUT /repos/acme/shop/actions/secrets/A"] * 2


@pytest.mark.parametrize(
    "limited",
    [
        Answer(429, {"message": "slow down"}, {"Retry-After": "3"}),
        Answer(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "3"}),
    ],
)
def test_a_limit_of_rate_is_waited_for(github: GitHub, limited: Answer) -> None:
    waited: list[float] = []
    store = table.open_store("github:acme/shop", outside(github.environ, waited))
    github.put(REPOSITORY, "A", b"one")
    github.next_answers = [limited]
    assert list(store.read()) == ["A"]
    assert sum(waited) >= 3


@pytest.mark.parametrize(
    ("limited", "wait"),
    [
        (Answer(403, {}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000000"}), "wait an hour"),
        (Answer(403, {"message": "You have exceeded a secondary rate limit."}), "wait some minutes"),
    ],
)
def test_a_limit_that_is_not_waited_for_is_told(github: GitHub, limited: Answer, wait: str) -> None:
    github.next_answers = [limited]
    with pytest.raises(RemoteError, match=r"did not list the secrets of acme/shop: .* too many requests") as error:
        opened(github).read()
    assert error.value.hint.startswith(wait)
    assert error.value.kind is RemoteFailure.THROTTLED


def test_no_permission_is_told_with_what_helps(github: GitHub) -> None:
    with pytest.raises(
        RemoteError, match=r"shows this token no secrets of acme/other: it is not there, or the token may"
    ):
        opened(github, "github:acme/other").read()
    github.may_write = False
    store = opened(github)
    with pytest.raises(RemoteError, match=r'did not write the secret "A" of acme/shop: the token may not') as error:
        put(store, A=b"one")
    assert "the token that a workflow gets by itself" in error.value.hint
    bad = table.open_store("github:acme/shop", outside(github.environ | {"GH_TOKEN": "hush"}))
    with pytest.raises(RemoteError, match=r"\(status 401\)") as error:
        bad.read()
    assert "hush" not in f"{error.value} {error.value.hint} {bad!r}"


def test_a_repository_that_was_renamed_gets_nothing_at_its_new_place(github: GitHub) -> None:
    github.next_answers = [Answer(301, {}, {"Location": f"{github.address}/repositories/1/actions/secrets"})]
    with pytest.raises(RemoteError, match=r"GitHub says that acme/shop is somewhere else by now") as error:
        opened(github).read()
    assert "renamed" in error.value.hint
    assert len(github.asked) == 1


@pytest.mark.parametrize("answer", [Answer(200, [1]), Answer(200, {"secrets": None}), Answer(200, {})])
def test_what_is_no_github_is_told(github: GitHub, answer: Answer) -> None:
    github.next_answers = [answer]
    with pytest.raises(RemoteError, match="GitHub gave no list of secrets"):
        opened(github).read()


def test_a_missing_library_is_told_before_anything_is_asked(github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nacl.public", None)
    with pytest.raises(RemoteError, match="GitHub needs the package PyNaCl, which is not installed") as error:
        opened(github)
    assert error.value.hint.endswith("-m pip install PyNaCl")
    assert not github.asked


@pytest.mark.parametrize("key", ["", "not base64!", "c2hvcnQ="])
def test_no_value_is_sealed_to_what_is_no_key(github: GitHub, key: str) -> None:
    github.instead["/public-key"] = Answer(200, {"key_id": "1", "key": key})
    with pytest.raises(RemoteError, match="GitHub gave no key"):
        put(opened(github), A=b"one")
    assert not github.writes()


def test_the_server_and_the_token_come_from_the_environment_as_gh_finds_them() -> None:
    def server(environ: dict[str, str]) -> str:
        whereabouts = table.whereabouts("github:acme/shop", outside(environ))
        assert whereabouts is not None
        return whereabouts.told

    assert server({}) == "https://api.github.com"
    assert server({"GH_HOST": "GitHub.com", "GITHUB_API_URL": "https://x.example"}) == "https://api.github.com"
    assert server({"GH_HOST": "acme.ghe.com"}) == "https://api.acme.ghe.com"
    assert server({"GH_HOST": "git.acme.example:8443"}) == "https://git.acme.example:8443/api/v3"
    assert server({"GITHUB_API_URL": "https://git.acme.example/api/v3"}) == "https://git.acme.example/api/v3"
    for bad, reason in (
        ({"GH_HOST": "x/y"}, "GH_HOST is no name"),
        ({"GITHUB_API_URL": "http://git.acme.example"}, "plain HTTP"),
        ({"GITHUB_API_URL": "ftp://git.acme.example"}, "no https:// address"),
    ):
        with pytest.raises(Error, match=reason):
            server(bad)
    # A token for github.com goes to no other server.
    with pytest.raises(Error, match=r"no token for GitHub is set \(GH_ENTERPRISE_TOKEN"):
        table.open_store("github:acme/shop", outside({"GH_HOST": "git.acme.example", "GH_TOKEN": TOKEN}))
    with pytest.raises(Error, match="characters that no header can have") as error:
        table.open_store("github:acme/shop", outside({"GH_TOKEN": "hush\nhush"}))
    assert "hush" not in f"{error.value} {error.value.hint}"


@pytest.mark.parametrize(
    "place",
    [
        "acme",
        "acme/shop/more",
        "acme/../shop",
        "acme/..",
        "acme/shop/environments/",
        "acme/shop/environments/../../x",
        "acme/shop/environments/ x",
        "orgs/acme/shop",
        "orgs/acme/environments/x",
        "https://evil.example/acme",
        "acme/shop#x",
        "acme/shop%2f",
        "acme/shop?visibility=all",
        "acme/shop?",
        "orgs/acme?visibility=most",
        "orgs/acme?x=y",
    ],
)
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(Error, match=r"is no place in GitHub|only secrets of an organisation|is no option"):
        list(table.refusals(f"github:{place}", {}))
    with pytest.raises(Error, match=r"is no place in GitHub|only secrets of an organisation|is no option"):
        table.open_store(f"github:{place}", outside({"GH_TOKEN": TOKEN}))


def test_what_no_secret_can_be_is_refused_before_anything_is_asked() -> None:
    values = {
        "FINE": b"x\n",
        "_FINE2": b"x",
        "lower": b"x",
        "1ST": b"x",
        "GITHUB_SHA": b"x",
        "A-B": b"x",
        "EMPTY": b"",
        "BINARY": b"\xff",
        "NUL": b"a\0b",
        "BIG": b"x" * 48_001,
    }
    reasons = refused("github:acme/shop", **values)
    assert sorted(reasons) == sorted(values.keys() - {"FINE", "_FINE2"})
    assert 'would call it "LOWER"' in reasons["lower"]
    assert not re.search("x{3}", str(reasons))
    many = {f"N{number}": b"1" for number in range(101)}
    assert list(refused("github:acme/shop", **many)) == [""]
    assert list(refused("github:acme/shop/environments/x", **many)) == [""]
    assert not refused("github:orgs/acme", **many)
