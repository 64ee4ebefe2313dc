"""Every sealed file that sops ships, as an example or for its functional tests, is for us what sops decrypts from it.

They are sealed to keys of PGP, which the source of sops has beside them: it lies in Go's module cache since `make peers` built
sops. gpg opens the data key here; all else is our reader's.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitseal.errors import Damaged, Malformed
from gitseal.exchange import ImportedValue
from gitseal.exchange.sops import importing, metadata, opening
from tests.exchange.sops.documents import shape

pytestmark = pytest.mark.slow
Run = Callable[..., bytes]
FILES = (
    "example.json",
    "example.txt",
    "example.yaml",
    "examples/all_in_one/config/secret.enc.json",
    "examples/per_file/config.enc/static_github.json",
    "functional-tests/res/comments.enc.yaml",
    "functional-tests/res/comments_unencrypted_comments.yaml",
    "functional-tests/res/format-2.enc.ini",
    "functional-tests/res/format.enc.ini",
    "functional-tests/res/format.enc.json",
    "functional-tests/res/format.enc.yaml",
    "functional-tests/res/multiple_keys.yaml",
)
KEYS = "pgp/sops_functional_tests_key.asc"
# No environment of ours can have these names.
UNFIT = {"example.ini": "not private", "functional-tests/res/format.enc.env": "foo "}


@pytest.fixture(scope="module")
def source(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source that the sops of this machine was built from: it lies in the home, which no test may look into."""
    cache = subprocess.run([peer("go"), "env", "GOMODCACHE"], check=True, capture_output=True, text=True).stdout.strip()
    built = subprocess.run([peer("go"), "version", "-m", peer("sops")], check=False, capture_output=True, text=True)
    version = next((line.split()[2] for line in built.stdout.splitlines() if "getsops/sops/v3\t" in line), "")
    folder, copy = f"{cache}/github.com/getsops/sops/v3@{version}", tmp_path_factory.mktemp("source")
    names = sorted({name.partition("/")[0] for name in (*FILES, *UNFIT, KEYS)})
    copied = subprocess.run(
        ["cp", "-r", *(f"{folder}/{name}" for name in names), copy], check=False, capture_output=True
    )
    return copy if not copied.returncode else pytest.skip("the source of sops is not in Go's module cache")


@pytest.fixture(scope="module")
def run(peer: Callable[[str], str], source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs a command with the keys of PGP that sops ships for its tests; what it printed."""
    peer("gpg")
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    environ = {**os.environ, "GNUPGHOME": str(home), "SOPS_DISABLE_VERSION_CHECK": "1"}

    def run(*command: str, stdin: bytes = b"") -> bytes:
        done = subprocess.run(command, input=stdin, env=environ, capture_output=True, check=False, timeout=60)
        return done.stdout

    run("gpg", "--batch", "--import", stdin=(source / KEYS).read_bytes())
    yield run
    run("gpgconf", "--kill", "gpg-agent")


def _read(data: bytes, run: Run) -> tuple[ImportedValue, ...]:
    documents, parsed, form = importing._parsed(data)
    _, branch = metadata.split(importing.documents_of(data, form))
    _, lists = metadata._gathered(branch)
    keys = [run("gpg", "--batch", "--decrypt", stdin=one["enc"].encode()) for one in lists["pgp"]]
    opened = opening.opened(documents, parsed, next(filter(None, keys)))
    return importing._together([importing._imported(document) for document in opened.documents]).items


@pytest.mark.parametrize("name", FILES)
def test_it_is_what_sops_decrypts(name: str, source: Path, run: Run, peer: Callable[[str], str]) -> None:
    wanted = json.loads(run(peer("sops"), "decrypt", "--output-type", "json", str(source / name)))
    if name.endswith(".ini") and not wanted["DEFAULT"]:
        del wanted["DEFAULT"]  # sops has this section even if nothing is in it
    assert shape(_read((source / name).read_bytes(), run)) == wanted


@pytest.mark.parametrize(("name", "unfit"), UNFIT.items())
def test_a_name_that_no_environment_has_is_refused_by_that_name(name: str, unfit: str, source: Path, run: Run) -> None:
    with pytest.raises(Malformed, match=f'"{unfit}" cannot be a name'):
        _read((source / name).read_bytes(), run)


def test_a_file_without_a_mac_is_refused(source: Path, run: Run) -> None:
    with pytest.raises(Damaged, match="the MAC of sops does not fit"):
        _read((source / "functional-tests/res/no_mac.yaml").read_bytes(), run)
