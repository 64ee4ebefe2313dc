"""The wheel alone in a clean environment, and the one file on a host without pip: what a person does first goes well there.

Both install what gitseal needs from an index, which takes most of the time; without an index they are skipped.
"""

import re
import sys
import tomllib
from pathlib import Path

import pip
import pytest

from tests import programs
from tests.conftest import TOP
from tests.package.building import PYTHON, check_index

JOURNEY = TOP / "tests/package/journey.sh"
OLDEST = "3.11"
_FOREIGN = TOP / "tests/exchange/foreign/vectors"
_ADD = ("gitseal", "recipient", "add", "job", "--machine", "--kms")
# What needs an extra, of a repository that `every_extra_is_told` makes ready.
EXTRAS = {
    "studio": ["gitseal", "studio", "--no-browser"],
    "keychain": ["gitseal", "keygen", "--keychain"],
    "aws": [*_ADD, "aws:arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    "azure": [*_ADD, "azure:my-vault/keys/deploy"],
    "gcp": [
        *_ADD,
        "gcp:projects/my-project/locations/europe-west1/keyRings/shop/cryptoKeys/deploy/cryptoKeyVersions/1",
    ],
    "pkcs11": [*_ADD, "pkcs11:token=t;id=%01"],
    "github": ["gitseal", "publish", "forge", "--dry-run"],
    "pydantic": ["python", "-c", "import gitseal.sdk.pydantic_source"],
    "code": ["gitseal", "check", "--code", "."],
    "ejson": ["gitseal", "import", str(_FOREIGN / "secrets.ejson"), "-e", "production"],
}


def pythons() -> dict[str, str]:
    """The Pythons of this machine that gitseal promises to run on, by version: those on PATH, and pyenv's beside ours."""
    beside = Path(sys.base_prefix).parent
    script = (
        f"ls -d {beside}/3.*/bin/python3.?? 2>/dev/null; for m in 11 12 13 14 15; do command -v python3.$m; done; true"
    )
    found: dict[str, str] = {}
    for path in programs.run("sh", "-c", script, cwd=TOP).stdout.split():
        asked = programs.run(path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])", cwd=TOP)
        minor = re.fullmatch(r"3\.(\d+)", asked.stdout.strip())
        if minor and int(minor[1]) >= int(OLDEST.partition(".")[2]):
            found.setdefault(asked.stdout.strip(), path)
    return found


def install(python: str, wheel: str | Path, folder: Path, **environ: str) -> Path:
    """A clean environment with the wheel and what it asks for; gives its bin/."""
    made = programs.run(python, "-m", "venv", "--without-pip", folder, cwd=TOP)
    assert made.returncode == 0, made.stderr
    # Python's own way to a pip takes five seconds of CPU.
    (site,) = folder.glob("lib/python3.*/site-packages")
    (site / "pip").symlink_to(Path(pip.__file__).parent)
    environ["PIP_CONSTRAINT"] = str(TOP / "constraints.txt")
    done = programs.run(folder / "bin/python", "-m", "pip", "install", "--quiet", wheel, cwd=TOP, environ=environ)
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def go(tmp_path: Path, environ: dict[str, str]) -> None:
    done = programs.run("sh", JOURNEY, tmp_path / "shop", cwd=tmp_path, environ=environ)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["arrived"]), done.stdout + done.stderr


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of a person who has what is in bin/ or clean/bin/, Git, and no Python of ours."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n\tname = Alice\n\temail = alice@example.com\n", encoding="utf-8")
    path = f"{tmp_path}/bin:{tmp_path}/clean/bin:/usr/local/bin:/usr/bin:/bin"
    return {"PATH": path, "HOME": str(home), "XDG_CONFIG_HOME": "", "PIP_CONSTRAINT": str(TOP / "constraints.txt")}


@pytest.mark.slow  # ten seconds: pip installs what gitseal needs, and that it is enough is what is tried
def test_the_wheel_alone_does_what_a_person_does_first(built: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    python = pythons().get(OLDEST) or pytest.skip(f"no Python {OLDEST} is on this machine")
    check_index()
    (wheel,) = built.glob("*.whl")
    programs_of_it = install(python, wheel, tmp_path / "clean")

    go(tmp_path, environ)

    checked = programs.run(programs_of_it / "python", "-m", "pip", "check", cwd=tmp_path, environ=environ)
    assert checked.returncode == 0, checked.stdout
    assert (tmp_path / "clean/share/man/man1/gitseal-set.1").is_file()
    every_extra_is_told(tmp_path / "shop", environ)


def every_extra_is_told(shop: Path, environ: dict[str, str]) -> None:
    """What needs an extra ends with the command that installs it."""
    with (TOP / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    assert set(EXTRAS) == set(extras) - {"dev"}
    (shop / "main.go").write_text('package main\nimport "os"\nvar k = os.Getenv("API_KEY")\n', encoding="utf-8")
    policy = shop / ".secrets/policy.yaml"
    publish = '\npublish:\n  forge:\n    environments: [production]\n    to: "github:acme/shop"\n'
    policy.write_text(policy.read_text(encoding="utf-8") + publish, encoding="utf-8")
    programs.git(shop, "commit", "--quiet", "--no-verify", "--all", "--message", "Where it goes", environ=environ)
    environ = environ | {"GITSEAL_PKCS11_MODULE": "/bin/sh", "GITSEAL_PKCS11_PIN": "1", "GH_TOKEN": "x"}
    environ |= {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "eu-west-1",
        "EJSON_KEYDIR": str(_FOREIGN / "keydir"),
    }
    for extra, command in EXTRAS.items():
        done = programs.run("env", *command, cwd=shop, environ=environ)
        assert re.search(r"install it: /\S+/clean/bin/python\S* -P -m pip install \S", done.stdout + done.stderr), (
            extra,
            done,
        )
        assert done.returncode in {1, 2}, (extra, done)  # of `publish --dry-run`, 2: it could not look


@pytest.mark.slow  # ten seconds: pip builds gitseal from a commit, as the documentation says, and then installs an extra
def test_from_a_commit_on_the_newest_python(clone: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    found = pythons()
    newest = max(found, key=lambda version: int(version.partition(".")[2]))
    check_index()
    address = "https://git.example.com/gitseal"
    source = f"git+{address}@{programs.git(clone, 'rev-parse', 'HEAD').strip()}"
    # Git finds the clone at that address.
    environ |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{clone}.insteadOf", "GIT_CONFIG_VALUE_0": address}
    install(found[newest], f"gitseal @ {source}", tmp_path / "clean", **environ)
    shown = programs.run("env", "gitseal", "--version", cwd=tmp_path, environ=environ).stdout
    assert shown.endswith(f"({source[-40:]})\n")

    go(tmp_path, environ)

    told = programs.run("env", *EXTRAS["studio"], cwd=tmp_path / "shop", environ=environ)
    command = told.stderr.strip().rpartition("install it: ")[2]
    assert command.endswith(f" -m pip install 'gitseal[studio] @ {source}'")
    done = programs.run("sh", "-c", f"{command} --quiet", cwd=tmp_path, environ=environ)
    assert done.returncode == 0, done.stderr
    imported = programs.run("env", "python", "-c", "import gitseal.studio.serving", cwd=tmp_path, environ=environ)
    assert imported.returncode == 0, imported.stderr


@pytest.mark.slow  # ten seconds: pip installs what gitseal needs, and all of it is packed
def test_the_one_file_does_it_on_a_host_without_pip(clone: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    check_index()
    file = tmp_path / "bin/gitseal"
    done = programs.run("tools/zipapp", file, cwd=clone, environ={"PYTHON": PYTHON})
    assert done.returncode == 0, done.stderr
    version = "python{}.{}".format(*sys.version_info)
    programs.run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare", cwd=tmp_path)
    (tmp_path / "bin" / version).symlink_to(tmp_path / "bare/bin" / version)

    go(tmp_path, environ)

    told = programs.run(file, "studio", cwd=tmp_path / "shop", environ=environ)
    assert told.stderr.endswith("in a clone of gitseal: make zipapp EXTRAS=studio\n")
