"""What every test stands on: a home of its own, a Git that reads only it, and the tools that are not ours.

Only what several test files share belongs here.
"""

import gc
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import programs
from tests.servers import kube, openbao, softhsm
from tests.servers import ministack as ministack_server
from tests.servers import moto as moto_server
from tests.servers.aws import AwsServer
from tests.templates import Templates

TOP = Path(__file__).resolve().parent.parent
PEERS = TOP / ".peers"

# A timed test fails on a busy machine, so there are no deadlines; budgets are the benchmarks' work.
# `make test` asks for "few" by Hypothesis' own option, which wins over what is loaded here.
_ANY_TIME = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("few", _ANY_TIME, max_examples=20)
hypothesis.settings.register_profile("usual", _ANY_TIME, max_examples=30)
hypothesis.settings.load_profile("usual")

# Git and gitseal wait for the disk after most of what they write, and removing what was written waits again: with
# all of it in memory the tests that write take a third of the time. pytest reads the variable, its own, when it makes
# its first folder.
SHM = Path("/dev/shm")  # noqa: S108 - pytest makes a private folder in it
_ROOM = 2 << 30
if SHM.is_dir() and os.access(SHM, os.W_OK):
    _shm = os.statvfs(SHM)
    # Containers often have a small one, and one from which no hook can be run.
    if _shm.f_bavail * _shm.f_frsize >= _ROOM and not _shm.f_flag & os.ST_NOEXEC:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SHM))

# Git would copy thirteen samples of hooks into each repository, and a template of five clones copies them again. After each
# commit it would ask whether there is something to tidy up, which takes two fifths of a commit's time.
GIT_CONFIG = """\
[user]
\tname = Test
\temail = test@example.com
[init]
\tdefaultBranch = main
\ttemplateDir = {template}
[maintenance]
\tauto = false
[commit]
\tgpgSign = false
[advice]
\tdetachedHead = false
"""


class _HomeGuard:
    """Fails the test whose process opens or lists something in the real home.

    The project, Python and its libraries may lie below it; those stay open. Children are kept out by HOME alone.
    """

    # The first argument of each is a path. There is no event for stat, so asking whether something exists passes.
    EVENTS = frozenset({"open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "os.remove", "os.chmod"})

    def __init__(self) -> None:
        self.scratch = "/nowhere/"
        self.home = pwd.getpwuid(os.getuid()).pw_dir.rstrip("/") + "/"
        roots = {str(TOP), sys.prefix, sys.base_prefix, *(entry for entry in sys.path if entry)}
        self.allowed = tuple(root.rstrip("/") + "/" for root in roots)
        self.touched: list[str] = []
        self.armed = False

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        """The audit hook; what it raises comes out of the call that touched the home."""
        if not self.armed or event not in self.EVENTS or not isinstance(args[0], str | bytes):
            return
        path = os.path.abspath(os.fsdecode(args[0])) + "/"  # noqa: PTH100 - this runs in every open
        if self.home != "/" and path.startswith(self.home) and not path.startswith((*self.allowed, self.scratch)):
            self.touched.append(path)
            raise AssertionError(f"the real home was touched: {path}")


# A job in the background of a shell ignores Ctrl-C, and so would every command that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collects the tests with the collector of garbage off: it would look at a million objects that all stay, again and again."""
    gc.disable()
    try:
        yield
    finally:
        # Nor does it look at them while the tests run.
        gc.freeze()
        gc.enable()


_homes = itertools.count()
_guard = _HomeGuard()
sys.addaudithook(_guard)


@pytest.fixture(scope="session")
def git_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `git init` and `git clone` copy into a new repository: the folders that people rely on, empty."""
    template = tmp_path_factory.mktemp("git-template")
    for name in ("hooks", "info"):
        (template / name).mkdir()
    return template


@pytest.fixture(autouse=True)
def isolated(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, git_template: Path
) -> Iterator[Path]:
    """A home of the test's own, which it gets; nothing of the person's Git, keys or settings is seen or touched."""
    # pytest's own numbered folders cost more with every test that came before, and all of them stay until the end.
    home = tmp_path_factory.getbasetemp() / f"home-{next(_homes)}"
    home.mkdir()
    (home / ".gitconfig").write_text(GIT_CONFIG.format(template=git_template), encoding="utf-8")
    # Tests are often run from a hook, which hands them GIT_DIR and GIT_INDEX_FILE of the real repository.
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITSEAL_", "SOPS_", "AGE_", "SSH_", "XDG_", "AWS_")):
            monkeypatch.delenv(name)
    # Without compiled modules every gitseal that a test starts takes twice as long.
    for name in ("EDITOR", "VISUAL", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    # A test that wants a keychain starts one of its own.
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    settings = {
        "HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        # Where this machine is one of AWS's, it would sign tests in; elsewhere it is waited for.
        "AWS_EC2_METADATA_DISABLED": "true",
        # Our own commands first, the fetched peers last: what the machine has wins over what was fetched.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"], str(PEERS / "bin")]),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    _guard.scratch = str(tmp_path_factory.getbasetemp()) + "/"
    _guard.touched.clear()
    _guard.armed = True
    yield home
    _guard.armed = False
    shutil.rmtree(home, ignore_errors=True)
    assert not _guard.touched, f"the real home was touched: {_guard.touched}"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A real, empty Git repository on branch main, which is the working directory too."""
    top = tmp_path / "repo"
    top.mkdir()
    monkeypatch.chdir(top)
    subprocess.run(["git", "init", "--quiet"], check=True)
    return top


@pytest.fixture
def git(repo: Path) -> Callable[..., str]:
    """`git("log", "-1")` in `repo`, or in the folder given as `cwd`: its standard output; a failure fails the test."""

    def run(*arguments: str | Path, cwd: Path = repo, stdin: str = "") -> str:
        return programs.git(cwd, *arguments, stdin=stdin)

    return run


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """What several tests begin with, built for the first of them."""
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def peer() -> Callable[[str], str]:
    """`peer("sops")` is the path of a real tool that is not ours; without it the test is skipped, saying so."""

    def find(name: str) -> str:
        # What `make peers` fetched has the pinned version; a distribution's may be older.
        path = shutil.which(name, path=str(PEERS / "bin")) or shutil.which(name)
        return path or pytest.skip(f"{name} is not on this machine: `make peers` fetches what it can")

    return find


@pytest.fixture(scope="session")
def bao(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[openbao.Bao]:
    """A real OpenBao, one for all tests of a session."""
    program = peer("bao")
    with openbao.running(program, tmp_path_factory.mktemp("bao")) as server:
        yield server


@pytest.fixture(scope="session")
def ministack(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """A server that speaks like AWS."""
    with ministack_server.running(peer("ministack"), tmp_path_factory.mktemp("ministack")) as server:
        yield server


@pytest.fixture(scope="session")
def moto(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    """Another server that speaks like AWS."""
    with moto_server.running(peer("moto_server"), tmp_path_factory.mktemp("moto")) as server:
        yield server


@pytest.fixture(scope="session")
def cluster(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[kube.Cluster]:
    """A real cluster as far as its API goes."""
    apiserver, etcd = peer("kube-apiserver"), peer("etcd")
    with kube.running(apiserver, etcd, tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="session")
def new_soft_hsm(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[], softhsm.SoftHsm]:
    """Makes a real SoftHSM without tokens, in a folder of its own."""
    program = peer("softhsm2-util")
    module = next(filter(os.path.exists, softhsm.SOFTHSM), None) or pytest.skip(
        "SoftHSM's module is in none of its usual places"
    )
    return lambda: softhsm.SoftHsm(program, module, tmp_path_factory.mktemp("softhsm") / "hsm")


@pytest.fixture(scope="session")
def token_shim(peer: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module that stands in front of a real one: see `tests/servers/token_shim.c`."""
    return softhsm.shim(peer("cc"), tmp_path_factory.mktemp("shim"))
