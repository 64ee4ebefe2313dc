"""The names that environments get from the paths of another tool's files."""

from hypothesis import given
from hypothesis import strategies as st

from gitseal.policy.names import is_environment_name
from gitseal.project.names_of_files import environment_names


def test_what_a_path_says() -> None:
    assert environment_names(
        [
            "secrets/production.enc.yaml",
            "deploy/staging/secrets.yaml",
            "api/dev/secrets.env",
            "web/dev/secrets.env",
            "secrets.enc.yaml",
            "Ünïcode.yaml",
            ".env.test.enc",
            "policy.yaml",
            "deploy/app.env",
            "deploy/app.json",
        ]
    ) == {
        "secrets/production.enc.yaml": "production",
        "deploy/staging/secrets.yaml": "staging",
        "api/dev/secrets.env": "api-dev",
        "web/dev/secrets.env": "web-dev",
        "secrets.enc.yaml": "secrets",
        "Ünïcode.yaml": "n-code",
        ".env.test.enc": "test",
        "policy.yaml": "policy-yaml",
        "deploy/app.env": "deploy-app-env",
        "deploy/app.json": "deploy-app-json",
    }


@given(st.lists(st.text("ab/.-_S1ü", min_size=1, max_size=12), max_size=8, unique=True))
def test_each_name_is_one_that_an_environment_can_have_and_stands_for_one_file(paths: list[str]) -> None:
    names = environment_names(paths)
    assert set(names) <= set(paths)
    assert all(map(is_environment_name, names.values()))
    assert len(set(names.values())) == len(names)
