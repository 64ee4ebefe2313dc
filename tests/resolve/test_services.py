"""What a service gets, level over level."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Error
from gitseal.policy import manifest_parser
from gitseal.policy.manifest import Manifest
from gitseal.resolve import services
from gitseal.yamltext.reader import path_text


def manifest(body: str) -> Manifest:
    lines = "".join(f"  {line}\n" for line in body.strip("\n").split("\n"))
    return manifest_parser.parse(f"version: 1\nservices:\n{lines}".encode())


def view(body: str, names: str, service: str = "api") -> dict[str, str]:
    available = [tuple(name.split("/")) for name in names.split()]
    return {path_text(path): str(source) for path, source in services.view(manifest(body), service, available).items()}


# The manifest's services, the names that there are, what the service api gets.
CASES = [
    ("api: {}", "A B other/C", {}),
    ("api: {}", "A api/A api/B other/C", {"A": "api/A", "B": "api/B"}),
    ("api: {}", "api/db/URL", {"db/URL": "api/db/URL"}),
    ("api: {}", "api", {}),
    ('api: {include: ["DB_*"]}', "DB_USER DB_PASSWORD OTHER", {"DB_USER": "DB_USER", "DB_PASSWORD": "DB_PASSWORD"}),
    ('api: {include: ["DB_*"]}', "DB_A s/DB_B api/DB_C", {"DB_C": "api/DB_C", "DB_A": "DB_A", "s/DB_B": "s/DB_B"}),
    ('api: {include: ["s/*"]}', "A s/B s/t/C", {"s/B": "s/B"}),
    ('api: {include: ["*"]}', "A api/A", {"A": "api/A"}),
    ('api: {include: ["*"], env: {A: x}}', "A api/A B", {"A": "env of api", "B": "B"}),
    ("api: {env: {A: x}}", "", {"A": "env of api"}),
    ("api: {import: [w]}\nw: {include: [A]}", "A B", {"A": "A"}),
    ("api: {import: [w]}\nw: {env: {A: x}}", "w/B", {"A": "env of w", "B": "w/B"}),
    ("api: {import: [w]}\nw: {import: [v]}\nv: {env: {A: x}}", "v/B", {"A": "env of v", "B": "v/B"}),
    ("api: {import: [w]}\nw: {}", "w/A api/A", {"A": "api/A"}),
    ("api: {import: [w], include: [A]}\nw: {}", "w/A A", {"A": "A", "w/A": "w/A"}),
    ("api: {import: [w], env: {A: x}}\nw: {}", "w/A A", {"A": "env of api"}),
    # Two imports may give the same, and what is nearer decides where they do not.
    ("api: {import: [w, v]}\nw: {include: [A]}\nv: {include: [A, B]}", "A B", {"A": "A", "B": "B"}),
    ("api: {import: [w, v]}\nw: {env: {A: x}}\nv: {env: {A: x}}", "", {"A": "env of w"}),
    ("api: {import: [w, v], env: {A: z}}\nw: {env: {A: x}}\nv: {env: {A: u}}", "", {"A": "env of api"}),
    ("api: {import: [w, v]}\nw: {}\nv: {}", "w/A v/A api/A", {"A": "api/A"}),
    ("api: {import: [w, w]}\nw: {}", "w/A", {"A": "w/A"}),
    # A value hides what a farther level has as a section of that name.
    ("api: {env: {s: x}, import: [w]}\nw: {}", "w/s/A", {"s": "env of api"}),
]


@pytest.mark.parametrize(("body", "names", "expected"), CASES)
def test_a_service_gets(body: str, names: str, expected: dict[str, str]) -> None:
    assert view(body, names) == expected


@pytest.mark.parametrize(
    ("body", "names", "words"),
    [
        ("api: {import: [w, v]}\nw: {}\nv: {}", "w/A v/A", ['"A" is w/A in w and v/A in v']),
        ("api: {import: [w, v]}\nw: {env: {A: x}}\nv: {env: {A: u}}", "", ['"A" is env of w in w and env of v in v']),
        ("api: {import: [w, v]}\nw: {env: {A: 1}}\nv: {env: {A: '1'}}", "", ['"A" is env of w in w']),
        (
            "api: {import: [w, v]}\nw: {}\nv: {}",
            "w/A v/A w/B v/B C",
            ['"A" is w/A in w and v/A in v', '"B" is w/B in w and v/B in v'],
        ),
        ("api: {import: [w, v]}\nw: {}\nv: {}", "w/s v/s/A", ['"s/A" is w/s in w and v/s/A in v']),
        ("api: {import: [w, v]}\nw: {}\nv: {}", "w/s/A v/s", ['"s" is w/s/A in w and v/s in v']),
        # It is the imported service that cannot be had.
        (
            "api: {import: [u]}\nu: {import: [w, v]}\nw: {}\nv: {}",
            "w/A v/A",
            ['service "u"', '"A" is w/A in w and v/A in v'],
        ),
    ],
)
def test_two_imports_that_differ(body: str, names: str, words: list[str]) -> None:
    with pytest.raises(Error) as caught:
        view(body, names)
    for word in words:
        assert word in caught.value.message
    assert "manifest.yaml" in caught.value.hint


def test_a_service_that_is_not_declared() -> None:
    with pytest.raises(Error, match=re.escape('declares no service "apl"')) as caught:
        view("api: {}", "", "apl")
    assert caught.value.hint == 'the nearest is "api"'
    with pytest.raises(Error) as caught:
        view("api: {}", "", "zzzzz")
    assert "manifest.yaml" in caught.value.hint


def test_patterns_that_match_nothing() -> None:
    service = manifest('api: {include: ["A*", B, "s/*"]}').services["api"]
    available = [("AB",), ("B", "C"), ("t", "B")]

    assert services.unmatched(service, available) == ("s/*",)


def test_a_template_shows_in_no_message() -> None:
    (source,) = services.view(manifest("api: {env: {A: private}}"), "api", []).values()

    assert "private" not in str(source) + repr(source)


# --- laws

NAMES = st.sampled_from(["A", "B", "C", "api/A", "api/B", "w/A", "w/C", "s/A"])


@given(
    st.sets(NAMES),
    st.lists(st.sampled_from(["A", "B", "*", "s/*"]), max_size=2),
    st.sets(st.sampled_from("ABC")),
    st.sets(st.sampled_from("ABC")),
)
def test_the_order_of_levels(names: set[str], include: list[str], env: set[str], w_env: set[str]) -> None:
    patterns = ", ".join(f'"{pattern}"' for pattern in include)
    body = (
        f"api: {{import: [w], include: [{patterns}], env: {{{', '.join(f'{n}: x' for n in sorted(env))}}}}}\n"
        f"w: {{env: {{{', '.join(f'{n}: u' for n in sorted(w_env))}}}}}"
    )
    found = view(body, " ".join(sorted(names)))
    included = {name for name in names if "/" not in name and (name in include or "*" in include)}
    for name in "ABC":
        candidates = [
            (name in env, "env of api"),
            (f"api/{name}" in names, f"api/{name}"),
            (name in included, name),
            (name in w_env, "env of w"),
            (f"w/{name}" in names, f"w/{name}"),
        ]
        expected = next((where for holds, where in candidates if holds), None)
        assert found.get(name) == expected


@given(st.sets(NAMES))
def test_least_privilege(names: set[str]) -> None:
    assert set(view("api: {}", " ".join(names)).values()) == {name for name in names if name.startswith("api/")}
