"""Where `.secrets` folders are, told from paths alone."""

from gitseal.project.roots import is_in_secrets, root_above, roots_of


def test_a_root_holds_a_secrets_folder_with_a_file_in_it() -> None:
    paths = [
        b".secrets/policy.yaml",
        b".secrets/base.yaml",
        b"services/api/.secrets/policy.yaml",
        b"services/web/.secrets/schema/policy.json",
        b"services/x.secrets/policy.yaml",
        b"other/.Secrets/policy.yaml",
        b"tool/.secrets",
        b"README.md",
    ]
    assert roots_of(paths) == [b"", b"services/api/"]


def test_roots_come_in_the_order_of_the_paths_and_each_once() -> None:
    paths = [b"b/.secrets/1", b"a/.secrets/1", b"b/.secrets/2", b"a/.secrets/.secrets/1"]
    assert roots_of(paths) == [b"b/", b"a/", b"a/.secrets/"]


def test_bytes_that_are_no_utf8_are_a_root_too() -> None:
    assert roots_of([b"\xff/.secrets/a"]) == [b"\xff/"]


def test_the_root_above_a_path_is_that_of_the_innermost_folder() -> None:
    assert root_above(".secrets/base.yaml") == ""
    assert root_above("a/.secrets/deep/base.yaml") == "a"
    assert root_above("a/.secrets/b/.secrets/base.yaml") == "a/.secrets/b"
    assert root_above("a/x.secrets/base.yaml") == ""
    assert root_above("a/.gitattributes") == ""


def test_only_files_directly_in_the_folder_are_in_it() -> None:
    assert is_in_secrets("a/.secrets/base.yaml")
    assert not is_in_secrets("a/.secrets/schema/policy.json")
    assert not is_in_secrets(".secrets")
