"""GitLab CI variables, against a GitLab of our own making that refuses what its source refuses."""

from collections.abc import Iterator

import pytest

from gitseal.errors import Error
from gitseal.hidden import SecretBytes
from gitseal.remote.failure import RemoteError
from gitseal.stores import table
from gitseal.stores.protocol import Edit, Raced, Store
from tests.servers.gitlab import TOKEN, GitLab
from tests.servers.json_server import Answer
from tests.stores.outside import outside, put, refused

PROJECT, DEEP, GROUP = ("projects", "acme/shop"), ("projects", "acme/eu/shop"), ("groups", "acme")
PLACES = {
    "gitlab:acme/shop": (PROJECT, "*"),
    "gitlab:acme/eu/shop": (DEEP, "*"),
    "gitlab:acme/shop/environments/production": (PROJECT, "production"),
    "gitlab:acme/shop/environments/review/*": (PROJECT, "review/*"),
    "gitlab:groups/acme": (GROUP, "*"),
    "gitlab:groups/acme/environments/production": (GROUP, "production"),
}
VALUE = "pa$$word-$HOME"


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    server = GitLab(PROJECT, DEEP, GROUP)
    with server.running():
        yield server


def opened(gitlab: GitLab, place: str = "gitlab:acme/shop") -> Store:
    return table.open_store(place, outside(gitlab.environ))


def values(store: Store) -> dict[str, bytes | None]:
    return {name: live.value.reveal() if live.value is not None else None for name, live in store.read().items()}


@pytest.mark.parametrize("place", PLACES)
def test_a_variable_is_raw_masked_and_protected_and_those_of_other_scopes_stay(gitlab: GitLab, place: str) -> None:
    where, scope = PLACES[place]
    gitlab.put(where, "A", "of another scope", environment_scope="elsewhere")
    store = opened(gitlab, place)
    put(store, A=VALUE.encode(), B="käse-käse".encode())
    assert gitlab.get(where, "A", scope) == {
        "key": "A",
        "value": VALUE,
        "variable_type": "env_var",
        "protected": True,
        "masked": True,
        "hidden": False,
        "raw": True,
        "environment_scope": scope,
        "description": "mark of A",
    }
    live = opened(gitlab, place).read()
    assert (live["A"].value, live["A"].mark) == (SecretBytes(VALUE.encode()), "mark of A")
    put(store, A=b"another-value")
    assert values(opened(gitlab, place)) == {"A": b"another-value", "B": "käse-käse".encode()}
    store.read()
    store.write([Edit("A", None, "", "")])
    assert values(opened(gitlab, place)) == {"B": "käse-käse".encode()}
    assert gitlab.get(where, "A", "elsewhere")["value"] == "of another scope"


def test_all_pages_are_read(gitlab: GitLab) -> None:
    for number in range(201):
        gitlab.put(GROUP, f"N{number}", "1")
    assert len(opened(gitlab, "gitlab:groups/acme").read()) == 201


@pytest.mark.parametrize("option", ["masked=no", "masked=auto", "masked=no&protected=no", "protected=no"])
def test_what_guards_a_variable_is_never_made_looser(gitlab: GitLab, option: str) -> None:
    gitlab.put(PROJECT, "A", "old-value", masked=True, protected=True, variable_type="file")
    put(opened(gitlab, f"gitlab:acme/shop?{option}"), A=b"new-value", NEW=b"new-value")
    there = gitlab.get(PROJECT, "A")
    assert (there["masked"], there["protected"], there["variable_type"]) == (True, True, "file")
    made = gitlab.get(PROJECT, "NEW")
    assert (made["masked"], made["protected"]) == ("masked=no" not in option, "protected=no" not in option)


def test_what_cannot_be_masked_is_masked_no_more_if_the_place_says_so(gitlab: GitLab) -> None:
    gitlab.put(PROJECT, "A", "old-value", masked=True, raw=True)
    put(opened(gitlab, "gitlab:acme/shop?masked=auto"), A=b"short", B=b"two words", C=b"long-enough")
    assert [gitlab.get(PROJECT, name)["masked"] for name in "ABC"] == [False, False, True]


@pytest.mark.parametrize(
    "change", [{"raw": False}, {"masked": False}, {"protected": False}, {"value": "by-hand-now"}], ids=str
)
def test_a_variable_that_jobs_get_otherwise_is_not_the_one_that_was_put_there(
    gitlab: GitLab, change: dict[str, object]
) -> None:
    put(opened(gitlab), A=VALUE.encode())
    assert values(opened(gitlab)) == {"A": VALUE.encode()}
    gitlab.get(PROJECT, "A").update(change)
    assert values(opened(gitlab)) != {"A": VALUE.encode()}
    put(opened(gitlab), A=VALUE.encode())
    assert values(opened(gitlab)) == {"A": VALUE.encode()}


def test_what_nothing_depends_on_is_no_difference(gitlab: GitLab) -> None:
    gitlab.put(PROJECT, "A", "no-dollar", masked=True, protected=True)
    assert values(opened(gitlab)) == {"A": b"no-dollar"}
    gitlab.put(PROJECT, "EMPTY", "", masked=False, protected=True)
    assert values(opened(gitlab))["EMPTY"] == b""


def test_a_hidden_variable_gives_no_value_back_and_stays_hidden(gitlab: GitLab) -> None:
    gitlab.put(PROJECT, "A", "old-value", masked=True, hidden=True)
    store = opened(gitlab)
    assert values(store) == {"A": None}
    put(store, A=b"new-value")
    there = gitlab.get(PROJECT, "A")
    assert (there["hidden"], there["masked"], there["value"]) == (True, True, "new-value")
    assert store.read()["A"].mark == "mark of A"


def test_a_write_by_somebody_else_in_between_stays(gitlab: GitLab) -> None:
    gitlab.put(PROJECT, "A", "old-value")
    store = opened(gitlab)
    store.read()
    gitlab.put(PROJECT, "A", "theirs-now")
    gitlab.put(PROJECT, "NEW", "theirs-too")
    ours = SecretBytes(b"ours-ours")
    for edit in (Edit("A", ours, "m", ""), Edit("A", None, "", ""), Edit("NEW", ours, "m", "")):
        with pytest.raises(Raced):
            store.write([edit])
    gitlab.before["POST"] = lambda: gitlab.put(PROJECT, "LATE", "theirs-as-well")
    with pytest.raises(Raced):
        store.write([Edit("LATE", ours, "m", "")])
    assert [one["value"] for one in gitlab.variables[PROJECT]] == ["theirs-now", "theirs-too", "theirs-as-well"]


def test_a_gitlab_that_keeps_no_marks_keeps_no_value(gitlab: GitLab) -> None:
    gitlab.knows_descriptions = False
    with pytest.raises(RemoteError, match=r"older than 16\.2"):
        put(opened(gitlab), A=b"some-value")
    assert gitlab.variables[PROJECT] == []


def test_an_answer_that_is_not_of_gitlab_counts_as_none(gitlab: GitLab) -> None:
    gitlab.before["POST"] = lambda: gitlab.next_answers.append(Answer(201, {"welcome": "to the proxy"}))
    with pytest.raises(RemoteError, match=r'does not say that it wrote the variable "A"'):
        put(opened(gitlab), A=b"some-value")
    assert not [asked for asked in gitlab.asked if asked.startswith("DELETE")]


def test_a_limit_of_rate_is_waited_for(gitlab: GitLab) -> None:
    waited: list[float] = []
    store = table.open_store("gitlab:acme/shop", outside(gitlab.environ, waited))
    gitlab.next_answers = [Answer(429, None, {"Retry-After": "3"})]
    put(store, A=b"some-value")
    assert sum(waited) >= 3
    assert gitlab.get(PROJECT, "A")["value"] == "some-value"


def test_no_permission_is_told_with_what_helps(gitlab: GitLab) -> None:
    with pytest.raises(RemoteError, match=r"shows this token no variables of acme/other: it is not there, or") as error:
        opened(gitlab, "gitlab:acme/other").read()
    assert "role of a maintainer" in error.value.hint
    gitlab.next_answers = [Answer(403, {"message": "403 Forbidden hush"})]
    with pytest.raises(RemoteError, match=r"did not list the variables of acme/shop: the token may not") as error:
        opened(gitlab).read()
    bad = table.open_store("gitlab:acme/shop", outside(gitlab.environ | {"GITLAB_TOKEN": "hush"}))
    with pytest.raises(RemoteError, match=r"\(status 401\)") as error:
        bad.read()
    assert "hush" not in f"{error.value} {error.value.hint} {bad!r}"


def test_what_gitlab_refuses_is_told_without_its_words(gitlab: GitLab) -> None:
    store = opened(gitlab)
    gitlab.before["POST"] = lambda: gitlab.next_answers.append(Answer(400, {"message": {"value": ["hush"]}}))
    with pytest.raises(RemoteError, match=r'did not write the variable "A": .*\(status 400\)') as error:
        put(store, A=b"some-value")
    assert "hush" not in f"{error.value} {error.value.hint}"


def test_the_server_and_the_token_come_from_the_environment() -> None:
    def server(environ: dict[str, str]) -> str:
        whereabouts = table.whereabouts("gitlab:acme/shop", outside(environ))
        assert whereabouts is not None
        return whereabouts.told

    assert server({}) == "https://gitlab.com/api/v4"
    assert server({"CI_SERVER_URL": "https://git.acme.example/sub/"}) == "https://git.acme.example/sub/api/v4"
    both = {"GITLAB_HOST": "git.acme.example", "CI_SERVER_URL": "https://other.example"}
    assert server(both) == "https://git.acme.example/api/v4"
    with pytest.raises(Error, match="plain HTTP"):
        server({"GITLAB_HOST": "http://git.acme.example"})
    with pytest.raises(RemoteError, match="no token for GitLab") as error:
        table.open_store("gitlab:acme/shop", outside({"CI_JOB_TOKEN": TOKEN}))
    assert error.value.hint.startswith("a job's own token cannot write variables")


@pytest.mark.parametrize(
    "place",
    [
        "acme",
        "acme/../shop",
        "acme/environments/shop",
        "acme/shop/environments/",
        "acme/shop/environments/../x",
        "groups/",
        "groups/acme/..",
        "https://evil.example/acme",
        "acme/shop?masked=perhaps",
        "acme/shop?hidden=yes",
    ],
)
def test_what_is_no_place_is_refused(place: str) -> None:
    with pytest.raises(Error, match=r"is no place in GitLab|is no option"):
        list(table.refusals(f"gitlab:{place}", {}))


def test_what_no_variable_can_be_is_refused_before_anything_is_asked() -> None:
    every = {
        "FINE": VALUE.encode(),
        "lower": b"long-enough",
        "A-B": b"long-enough",
        "BINARY": b"\xff" * 9,
        "NUL": b"long\0enough",
        "BIG": b"x" * 10_001,
    }
    hard = {"EMPTY": b"", "SHORT": b"seven-7", "SPACES": b"two long words", "LINES": b"long-enough\n"}
    assert sorted(refused("gitlab:acme/shop", **every, **hard)) == sorted([*every.keys() - {"FINE", "lower"}, *hard])
    for option in ("masked=no", "masked=auto"):
        assert sorted(refused(f"gitlab:acme/shop?{option}", **every, **hard)) == ["A-B", "BIG", "BINARY", "NUL"]
    assert "masked=auto" in refused("gitlab:acme/shop", **hard)["SHORT"]


def test_what_our_limits_let_pass_gitlab_takes(gitlab: GitLab) -> None:
    for place in ("gitlab:acme/shop", "gitlab:acme/shop?masked=auto"):
        passing = {
            name: value
            for name, value in {
                "A": "käse-käse",
                "B": "x" * 10_000,
                "C": "a\u00a0no-break-space",
                "D": "",
                "E": "\t",
            }.items()
            if not refused(place, **{name: value.encode()})
        }
        put(opened(gitlab, place), **{name: value.encode() for name, value in passing.items()})
