"""A law: the server's hook, `verify --pre-receive` and `verify OLD..NEW` give one verdict, and it is that of a model.

The model knows of each commit, from how it was made, whether somebody who may has signed it; it never looks at contents.
"""

import random
import subprocess
from pathlib import Path

import pytest

from gitseal.audit.hook.at_refs import at_receive
from gitseal.audit.verify.push import Push
from gitseal.audit.verify.verify import verify
from gitseal.git.repository import Repository
from gitseal.git.updates import Update, is_none
from gitseal.report.findings import ERROR
from tests import programs
from tests.attacks.verify.world import POLICY, PRODUCTION, Key, Team, ssh_key
from tests.slow import slow_but

NAMES = ("alice", "bob", "mallory", "hub")
STAGING, ATTRIBUTES = ".secrets/staging.yaml", "sub/.gitattributes"
# Who may change what, by the policy that the team has all the time.
MAY = {
    PRODUCTION: {"alice"},
    STAGING: {"alice", "bob"},
    POLICY: {"alice"},
    ATTRIBUTES: {"alice"},
    "code.py": set(NAMES),
}
BRANCHES = ("refs/heads/main", "refs/heads/release/1", "refs/heads/topic", "refs/tags/t")
JUDGED = ("refs/heads/main", "refs/heads/release/1")


class World:
    """A team, a server, and what the model knows."""

    def __init__(self, team: Team, server: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.team = team
        self.top = server
        self.bad: set[str] = set()
        self.verdicts: list[bool] = []
        # Merges that nobody who may has signed, by their parents: bad while one of these is a stranger to what is judged.
        self.joins: dict[str, list[str]] = {}
        text = team.policy() + 'server: {judged: ["release/*"]}\n'
        team.write(POLICY, text)
        first = team.commit("alice")
        self.heads = [first]
        form = "sha1" if len(first) == 40 else "sha256"
        team.git("init", "--quiet", "--bare", "--initial-branch=main", f"--object-format={form}", str(server))
        team.git("push", "--quiet", str(server), f"{first}:refs/heads/main")

    def server(self, *arguments: str, ok: bool = True) -> str:
        return programs.git(self.top, *arguments, ok=(0,) if ok else (0, 1)).strip()

    def is_ok(self, *arguments: str) -> bool:
        return programs.run("git", *arguments, cwd=self.top).returncode == 0

    def made(self, commit: str, *, good: bool) -> None:
        self.heads = [*self.heads[-7:], commit]
        if not good:
            self.bad.add(commit)

    def commit(self) -> None:
        who, path = self.random.choice(NAMES), self.random.choice([*MAY])
        sign = self.random.random() < 0.7
        self.team.git("checkout", "--quiet", "--detach", self.random.choice(self.heads))
        good = path == "code.py" or (sign and who in MAY[path])
        if path not in {POLICY, "code.py"} and (self.team.top / path).is_file() and self.random.random() < 0.3:
            (self.team.top / path).unlink()
            made = self.team.commit(who, sign=sign)
        elif path == POLICY:
            self.team.write(path, (self.team.top / path).read_text() + f"# {self.random.random()}\n")
            made = self.team.commit(who, sign=sign)
        else:
            self.team.write(path, f"{self.random.random()}\n")
            made = self.team.commit(who, sign=sign)
        self.made(made, good=good)

    def merge(self) -> None:
        ours, theirs = self.random.sample(self.heads, 2) if len(self.heads) > 1 else self.heads * 2
        self.team.git("checkout", "--quiet", "--detach", ours)
        base = self._base(ours, theirs)
        if not base or base in {ours, theirs}:
            return
        if self.random.random() < 0.4:
            made = self.team.as_("mallory", "merge", "--quiet", "-s", "ours", "-m", "x", theirs, sign=False)
            dropped = self._changed(base, theirs) & self._changed(ours, theirs)
            self.made(made, good=not dropped)
            return
        try:
            made = self.team.as_("mallory", "merge", "--quiet", "--no-ff", "-m", "x", theirs, sign=False)
        except AssertionError:
            self.team.git("reset", "--quiet", "--hard")
            return
        self.made(made, good=True)

    def join(self) -> None:
        """Signed history of another repository, merged by somebody."""
        here = self.random.choice(self.heads)
        self.team.git("checkout", "--quiet", "--orphan", f"alien{self.random.random()}")
        self.team.git("rm", "-rqf", ".")
        path = self.random.choice(["other.py", "sub/.secrets/x.yaml", "alien/.gitattributes"])
        self.team.write(path, f"{self.random.random()}\n")
        alien = self.team.commit("alice")
        self.team.git("checkout", "--quiet", "--detach", here)
        sign = self.random.random() < 0.3
        options = ("--quiet", "--allow-unrelated-histories", "-m", "x", alien)
        try:
            made = self.team.as_("alice" if sign else "mallory", "merge", *options, sign=sign)
        except AssertionError:  # another history had that path
            self.team.git("reset", "--quiet", "--hard")
            return
        self.made(made, good=True)
        if not sign:
            self.joins[made] = [here, alien]

    def _base(self, one: str, other: str) -> str:
        done = subprocess.run(
            ["git", "merge-base", one, other], cwd=self.team.top, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def _changed(self, one: str, other: str) -> set[str]:
        listed = self.team.git("diff", "--name-only", "--no-renames", one, other).splitlines()
        return {path for path in listed if ".secrets" in path or ".gitattributes" in path}

    def push(self) -> None:
        updates = []
        none = "0" * len(self.heads[0])
        for ref in self.random.sample(BRANCHES, self.random.choice([1, 1, 2, 3])):
            old = self.server("rev-parse", "--verify", "--quiet", ref, ok=False) or none
            new = none if self.random.random() < 0.1 else self.random.choice(self.heads)
            if new != old:
                updates.append(Update(old, new, ref))
        if not updates:
            return
        self.server("fetch", "--quiet", "--no-tags", str(self.team.top), *{each.new for each in updates} - {none})
        expected = any(self.refuses(each) for each in updates if each.ref in JUDGED)
        repository = Repository(self.top)
        judged = Push(repository, updates).verify()
        assert _is_refused(judged.findings) == expected, (updates, judged)
        assert _is_refused(at_receive(repository, updates).unverified) == expected, updates
        for each in updates:
            if each.ref == "refs/heads/main" and not is_none(each.new) and not is_none(each.old):
                assert _is_refused(verify(repository, each.old, each.new).findings) == self.refuses(each)
        self.verdicts.append(expected)
        if not expected:
            for each in updates:
                self.server("update-ref", *(["-d", each.ref] if is_none(each.new) else [each.ref, each.new]))

    def refuses(self, update: Update) -> bool:
        if is_none(update.new):
            return True
        base = update.old if not is_none(update.old) else self.server("rev-parse", "refs/heads/main")
        if not is_none(update.old) and not self.is_ok("merge-base", "--is-ancestor", update.old, update.new):
            return True
        commits = set(self.server("rev-list", update.new, f"^{base}").splitlines())
        strange = [
            merge
            for merge in commits & self.joins.keys()
            if not all(self.is_ok("merge-base", base, parent) for parent in self.joins[merge])
        ]
        return bool(commits & self.bad or strange)


def _is_refused(findings: object) -> bool:
    return any(finding.severity == ERROR for finding in findings)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Key]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: ssh_key(folder, name) for name in NAMES}


@pytest.mark.parametrize("seed", slow_but({1}, range(4)))
def test_one_verdict(tmp_path: Path, keys: dict[str, Key], seed: int) -> None:
    """The quick one takes fewer steps."""
    form = "sha256" if seed % 2 else "sha1"
    world = World(Team(tmp_path / "team", keys, f"--object-format={form}"), tmp_path / "server.git", seed)
    steps = [world.commit] * 4 + [world.merge] * 2 + [world.join] + [world.push] * 4
    for _ in range(20 if seed == 1 else 45):
        world.random.choice(steps)()
    assert len({*world.verdicts}) == 2, "pushes were taken, and pushes were refused"
