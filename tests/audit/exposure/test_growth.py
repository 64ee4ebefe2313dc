"""The report on somebody who leaves takes CPU time in proportion to the commits, also if all of them set the same few names."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from gitseal.audit.exposure.leaving import leaving
from gitseal.project.finding import find
from tests.growth import assert_linear
from tests.programs import git
from tests.world import start

_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME")
_PATH = ".secrets/production.yaml"


def test_leaving_over_many_commits(tmp_path: Path) -> None:
    def work(commits: int) -> Callable[[], object]:
        top = tmp_path / str(len(list(tmp_path.iterdir())))
        top.mkdir()
        git(top, "init", "-q", "-b", "main")
        start(top, "production").set(**dict.fromkeys(_NAMES, "value"))
        git(top, "add", "-A")
        git(top, "commit", "-qm", "start")
        git(top, "fast-import", "--quiet", stdin=b"".join(_commits((top / _PATH).read_bytes(), commits)))
        git(top, "reset", "-q", "--hard", "main")
        return partial(leaving, find(top), "alice")

    assert_linear(work)


def _commits(sealed: bytes, count: int) -> Iterator[bytes]:
    """So many commits, each with another token for one of the names. No token opens: nothing of the report needs that."""
    for number in range(count):
        name = _NAMES[number % len(_NAMES)].encode()
        before, _, rest = sealed.partition(name + b":\n")
        token, _, after = rest.partition(b"]\n")
        head = token.rpartition(b",")[0]
        sealed = b"%b%b:\n%b,%08d]\n%b" % (before, name, head, number, after)
        yield b"commit refs/heads/main\ncommitter a <a@example.com> %d +0000\ndata 0\n" % (1_700_000_000 + number)
        yield b"from refs/heads/main^0\n" if not number else b""
        yield b"M 100644 inline %b\ndata %d\n%b\n" % (_PATH.encode(), len(sealed), sealed)
