"""The filter that the hook keeps: it changes no finding, and tells nothing to whoever lacks the identity."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from gitseal.audit.scan import policy
from gitseal.audit.scan.scanned import Scanned
from gitseal.audit.scan.staged import scan_staged
from gitseal.audit.scan.team import find_team
from gitseal.audit.scan.team_cache import TeamCache
from gitseal.git.repository import Repository
from gitseal.hidden import SecretBytes
from gitseal.identities import IdentitySource, Keyring
from gitseal.project.keys import Keys
from gitseal.recipients import x25519
from gitseal.recipients.dialogue import Dialogue
from gitseal.scan.forms import certain_forms
from tests import world
from tests.recipients.conftest import PASSPHRASE, behind_passphrase
from tests.world import World

VALUE, OTHER = "Xk29fKdm3920dkslKQ", "q+Wm/8Zr3Lp0Vt6Ys1Bn"


@pytest.fixture
def team(repo: Path, git: Callable[..., str]) -> World:
    made = world.start(repo)
    made.set(TOKEN=VALUE)
    made.set("development", TOKEN=OTHER, MODE="production")
    git("add", ".")
    git("commit", "--quiet", "--no-verify", "--message", "sealed")
    return made


def stage(top: Path, git: Callable[..., str], text: str = f"key = '{VALUE}'\n") -> None:
    (top / "app.py").write_text(text)
    git("add", "app.py")


def scan(made: World, keyring: Keyring | None = None) -> Scanned:
    return scan_staged(Repository(made.top), keyring or made.keyring)


def kept(made: World) -> Path:
    return made.top / ".git" / "gitseal" / "team-filter"


def without(made: World) -> Scanned:
    """What is found with no filter at hand."""
    kept(made).unlink(missing_ok=True)
    return scan(made)


TEXTS = (
    "nothing\n",
    f"key = '{VALUE}'\n",
    f"key = '{OTHER}'\nand {VALUE}\n",
    f"key = '{VALUE[:9]}' \\\n      '{VALUE[9:]}'\n",
    "mode = production\n",
)


@pytest.mark.parametrize("text", TEXTS)
def test_with_and_without_a_filter_the_same_is_found(team: World, git: Callable[..., str], text: str) -> None:
    stage(team.top, git, text)
    plain = without(team)
    assert kept(team).exists()
    assert scan(team) == plain
    assert scan(team) == plain


def test_a_value_that_changed_is_looked_for_and_the_old_one_no_longer(team: World, git: Callable[..., str]) -> None:
    stage(team.top, git)
    assert [finding.rule for finding in scan(team).findings] == ["team-value"]
    team.set(TOKEN="9rT5uW2xQ8kLm4Zp")
    git("add", ".secrets")
    assert [finding.rule for finding in scan(team).findings] == ["team-value"], "in force until the commit"
    git("commit", "--quiet", "--no-verify", "--message", "rotated", "--", ".secrets")
    assert scan(team).findings == []
    stage(team.top, git, "k = '9rT5uW2xQ8kLm4Zp'\n")
    assert [finding.rule for finding in scan(team).findings] == ["team-value"]
    assert scan(team) == without(team)


def damages(data: bytes) -> Iterator[bytes]:
    yield b""
    yield data[:-1]
    yield data[: len(data) // 2]
    yield data + b"x"
    for at in (0, 40, len(data) // 2, len(data) - 1):
        yield data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_damaged_filter_changes_nothing_and_is_made_anew(team: World, git: Callable[..., str]) -> None:
    stage(team.top, git)
    plain = without(team)
    good = kept(team).read_bytes()
    for damaged in damages(good):
        kept(team).write_bytes(damaged)
        assert scan(team) == plain
        assert TeamCache(Repository(team.top), team.keyring).load() is not None


def test_a_file_that_could_not_be_read_is_read_by_the_next_commit(team: World, git: Callable[..., str]) -> None:
    stage(team.top, git)
    plain = without(team)
    kept(team).unlink()
    # As in a partial clone with no network, or if the store of an alternate is not mounted.
    blob = git("rev-parse", "HEAD:.secrets/production.yaml").strip()
    stored = team.top / ".git" / "objects" / blob[:2] / blob[2:]
    away = stored.rename(team.top.parent / "away")
    find_team(policy.of_index(Repository(team.top)), team.keyring)
    assert kept(team).exists()
    away.rename(stored)
    assert plain.findings
    assert scan(team) == plain


def test_a_file_that_does_not_hold_together_is_not_kept_and_costs_no_new_filter(
    team: World, git: Callable[..., str]
) -> None:
    (team.top / ".secrets" / "development.yaml").write_text("<<<<<<< ours\n")
    git("add", ".secrets")
    stage(team.top, git)
    plain = without(team)
    data = kept(team).read_bytes()
    assert scan(team) == plain
    assert kept(team).read_bytes() == data


@pytest.mark.parametrize("in_the_way", ["folder", "symlink", "read-only", "pipe", "device"])
def test_where_it_cannot_be_kept_the_same_is_found(team: World, git: Callable[..., str], in_the_way: str) -> None:
    stage(team.top, git)
    plain = without(team)
    kept(team).unlink()
    if in_the_way == "folder":
        kept(team).mkdir()
    elif in_the_way == "symlink":
        kept(team).symlink_to(team.top / "elsewhere")
    elif in_the_way == "pipe":
        os.mkfifo(kept(team))  # whoever opens it waits for a writer
    elif in_the_way == "device":
        kept(team).symlink_to("/dev/zero")  # has no end
    else:
        kept(team).parent.chmod(0o500)
    assert scan(team) == plain
    kept(team).parent.chmod(0o700)
    assert not (team.top / "elsewhere").exists()


def test_what_is_kept_shows_no_value_and_no_form_or_hash_of_one(team: World, git: Callable[..., str]) -> None:
    stage(team.top, git)
    scan(team)
    data = kept(team).read_bytes()
    for value in (VALUE.encode(), OTHER.encode()):
        for form in certain_forms(value):
            assert not any(form[at : at + 8] in data for at in range(len(form) - 7))
        assert sha256(value).digest()[:8] not in data
    for name in (b"TOKEN", b"production", b"development"):
        assert name not in data
    assert stat.S_IMODE(kept(team).stat().st_mode) == 0o600


def test_its_length_does_not_say_how_many_values_there_are(team: World, git: Callable[..., str]) -> None:
    stage(team.top, git)
    scan(team)
    before = kept(team).stat().st_size
    team.set(**{f"N{number}": f"{number}{VALUE}{number}" for number in range(20)})
    git("add", ".secrets")
    scan(team)
    assert kept(team).stat().st_size == before


def test_nobody_else_can_use_it(team: World, git: Callable[..., str]) -> None:
    stage(team.top, git)
    scan(team)
    data = kept(team).read_bytes()
    other = world.keyring_of(x25519.generate().text.reveal().decode())
    assert TeamCache(Repository(team.top), other).load() is None
    assert TeamCache(Repository(team.top), Keyring(())).load() is None
    # Nor do they replace it by an answer of theirs: they open nothing.
    assert scan(team, other).findings == []
    assert kept(team).read_bytes() == data


def test_nothing_is_kept_under_an_identity_that_was_unlocked(team: World, git: Callable[..., str]) -> None:
    """Its file is no private key: whoever has a copy of it could open the filter without the passphrase."""
    stage(team.top, git)
    expected = without(team)
    kept(team).unlink()
    (source,) = team.keyring.sources
    sealed = SecretBytes(behind_passphrase(source.content()))
    locked = Keyring([IdentitySource("me", sealed, dialogue=Dialogue(lambda _: PASSPHRASE))])
    header = team.project.read("production").header
    assert locked.cache_key("test") is not None
    assert [*Keys(header, locked.unattended())] == []
    assert [*Keys(header, locked)] == [*Keys(header, locked.unattended())] == ["default"]
    assert locked.cache_key("test") is None
    assert scan(team, locked).findings == expected.findings
    assert not kept(team).exists()


def test_a_second_identity_beside_the_first_opens_more_and_so_has_a_filter_of_its_own(
    team: World, git: Callable[..., str]
) -> None:
    stage(team.top, git)
    other = world.keyring_of(x25519.generate().text.reveal().decode())
    both = Keyring((*team.keyring.sources, *other.sources))
    assert scan(team, both) == scan(team)
    assert TeamCache(Repository(team.top), both).load() is None


def test_an_identity_from_a_pipe_serves(team: World, git: Callable[..., str], tmp_path: Path) -> None:
    stage(team.top, git)
    plain = scan(team)
    (source,) = team.keyring.sources
    for _ in range(2):
        reading, writing = os.pipe()
        os.write(writing, source.content())
        os.close(writing)
        piped = Keyring([IdentitySource("a pipe", Path(f"/dev/fd/{reading}"), explicit=True)])
        assert scan(team, piped) == plain
        os.close(reading)


def test_two_projects_with_values_of_the_same_name_are_both_looked_for(
    team: World, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (team.top / "web").mkdir()
    shutil.copytree(team.top / ".secrets", team.top / "web" / ".secrets")
    monkeypatch.chdir(team.top / "web")
    World(team.top / "web", team.keyring).set(TOKEN="9rT5uW2xQ8kLm4Zp")
    git("add", ".")
    stage(team.top, git, f"a = '{VALUE}'\nb = '9rT5uW2xQ8kLm4Zp'\n")
    (found,) = [finding.message for finding in scan(team).findings if finding.rule == "team-value"]
    assert found == 'the value of "TOKEN" of production stands here, and in 1 more lines'
    assert scan(team) == without(team)


RUN = """
import sys
from gitseal.cli import dispatch
status = dispatch(["hook", "run", "pre-commit"])
print(sorted(set(sys.modules) & {"gitseal.document.document", "pyrage", "json", "ahocorasick_rs", "subprocess"}))
sys.exit(status)
"""


def test_code_alone_opens_nothing(team: World, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = team.keyring.sources
    monkeypatch.setenv("GITSEAL_IDENTITY", source.content().decode())
    stage(team.top, git, "nothing\n")
    scan(team)
    done = subprocess.run([sys.executable, "-c", RUN], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_much_text_is_looked_at_with_everything_opened(team: World, git: Callable[..., str]) -> None:
    stage(team.top, git, "x = 1\n" * 40_000 + f"key = '{VALUE}'\n")
    plain = without(team)
    assert [finding.line for finding in plain.findings] == [40_001]
    assert scan(team) == plain


def test_nothing_shows_a_value(team: World, git: Callable[..., str]) -> None:
    stage(team.top, git)
    found = find_team(policy.of_index(Repository(team.top)), team.keyring)
    assert VALUE not in repr(found)
