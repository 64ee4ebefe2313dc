"""`make dist`: what it builds is the commit's, to the byte, and nothing else."""

import re
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from tests import programs
from tests.conftest import TOP
from tests.package.building import build


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def metadata(built: Path) -> Message:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


@pytest.mark.slow  # two builds are what is to be compared
def test_another_folder_time_and_umask_give_the_same_bytes(clone: Path, built: Path, tmp_path: Path) -> None:
    other = tmp_path / "another place/clone"
    programs.git(tmp_path, "clone", "--quiet", clone, other)
    (other / "src/gitseal/not_committed.py").write_text("raise SystemExit\n", encoding="utf-8")

    again = build(other, tmp_path / "out", umask="077")

    first = {path.name: path.read_bytes() for path in built.iterdir()}
    assert {path.suffix for path in built.iterdir()} == {".whl", ".gz"}
    assert {path.name: path.read_bytes() for path in again.iterdir()} == first


@pytest.mark.slow
def test_the_wheel_has_the_package_and_its_man_pages_alone(built: Path) -> None:
    (wheel,) = built.glob("*.whl")

    tops = {re.sub(r"^gitseal-[\d.]+\.", "", name).partition("/")[0] for name in names(wheel)}
    shared = {name.partition("/data/")[2] for name in names(wheel) if ".data/" in name}

    assert tops == {"gitseal", "dist-info", "data"}
    assert shared == {f"share/man/man1/{page.name}" for page in (TOP / "docs/man").glob("*.1")}


@pytest.mark.slow
def test_the_sdist_has_what_the_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}

    assert {
        "Makefile",
        "pyproject.toml",
        "constraints.txt",
        "tools/generated",
        "tests/conftest.py",
        "hooks/pre-commit",
    } <= inside
    assert not [name for name in inside if name.startswith((".venv", ".peers", ".secrets", ".git/"))]


@pytest.mark.slow
def test_the_metadata_is_whole(built: Path) -> None:
    about = metadata(built)

    assert about["Author"]
    assert about["License-Expression"] == "Apache-2.0"
    assert "A team's secrets" in about["Summary"]
    extras = set(about.get_all("Provides-Extra", []))
    assert {"aws", "azure", "code", "gcp", "github", "keychain", "pkcs11", "pydantic", "studio"} <= extras


def test_classifiers_name_the_pythons_that_are_claimed() -> None:
    with (TOP / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]

    minors = [each.rpartition(".")[2] for each in project["classifiers"] if re.search(r":: 3\.\d+$", each)]
    assert project["requires-python"] == f">=3.{minors[0]}"
    assert minors == [str(minor) for minor in range(int(minors[0]), int(minors[-1]) + 1)]
    assert "urls" not in project or not any("example" in url for url in project["urls"].values())
