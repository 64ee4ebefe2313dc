"""What is measured: repositories of made-up secrets, made by the real commands in a temporary folder, on first use."""

import functools
import json
import os
import random
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import history, many
from bench.timing import Command
from gitseal.arming import drivers

PYTHON = sys.executable
GITSEAL = str(Path(PYTHON).parent / "gitseal")
GITSEAL_CODE = str(Path(__file__).resolve().parent.parent / "src" / "gitseal" / "usecases")
RECIPIENTS = 10
"""Who a rekey finds: the one who runs it, eight who stay, one who leaves."""

SOPS_LIMIT = 300.0
"""Seconds that sops gets for one command."""


LOG_SIZE = 200_000_000
"""Bytes of output that the redactor gets, about; one line in a hundred holds a value."""

RATE = 100_000_000
"""Bytes a second that the redactor owes."""

SEALED_LENGTH = 64
"""Bytes of a padded plaintext in the smallest size class, which most of the values fall into."""


class Missing(Exception):
    """A tool or a file that a row needs is not to be had; the message says why."""


class World:
    """A home, an identity and everything sealed to it, below `folder`, which is the caller's to remove."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.identity = folder / "me.txt"
        config = folder / "gitconfig"
        config.write_text(
            "[user]\n\tname = bench\n\temail = bench@example.com\n[init]\n\tdefaultBranch = main\n", encoding="utf-8"
        )
        foreign = ("GIT_", "GITSEAL_", "SOPS_", "XDG_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | {
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": str(config),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GITSEAL_IDENTITY_FILE": str(self.identity),
            "SOPS_AGE_KEY_FILE": str(self.identity),
            "LC_ALL": "C.UTF-8",
        }
        self.recipient = self.run([GITSEAL, "keygen", "-o", str(self.identity)], folder).strip()

    def run(self, argv: list[str], cwd: Path, limit: float | None = None) -> str:
        """Standard output of a command that has to succeed; raises `RuntimeError` with its words where it does not."""
        done = subprocess.run(
            argv,
            cwd=cwd,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(argv)} gave {done.returncode}: {done.stderr[-500:]}")
        return done.stdout

    @functools.cache  # noqa: B019 - there is one world, and it lives as long as the program
    def repository(self, names: int) -> Path:
        """A committed repository whose production holds that many names, checked once against what went in."""
        top = self.folder / f"repository-{names}"
        top.mkdir()
        wanted = values(names)
        dotenv = top / "big.env"
        dotenv.write_text("".join(f"{name}='{value}'\n" for name, value in wanted.items()), encoding="utf-8")
        self.run(["git", "init", "--quiet"], top)
        self.run([GITSEAL, "init", "-e", "production", "--as", "bench"], top)
        self.run([GITSEAL, "import", "big.env", "-e", "production"], top)
        dotenv.unlink()
        self._commit(top, "sealed")
        if json.loads(self.run([GITSEAL, "render", "-e", "production", "--format", "json"], top)) != wanted:
            raise RuntimeError(f"what came out of {names} names is not what went in")
        return top

    @functools.cache  # noqa: B019 - see repository
    def scratch(self, names: int) -> Path:
        """A copy of that repository, to be changed at will."""
        top = self.folder / f"scratch-{names}"
        shutil.copytree(self.repository(names), top, symlinks=True)
        return top

    @functools.cache  # noqa: B019 - see repository
    def before_rekey(self, names: int) -> Path:
        """A copy in which RECIPIENTS could read every value and the policy has just lost one of them."""
        top = self.folder / f"before-rekey-{names}"
        shutil.copytree(self.repository(names), top, symlinks=True)
        others = [f"person{number}" for number in range(1, RECIPIENTS)]
        for person in others:
            key = self.run([GITSEAL, "keygen", "-o", str(self.folder / f"{person}-{names}.txt")], top).strip()
            self.run([GITSEAL, "recipient", "add", person, key, "--group", "team"], top)
        self.run([GITSEAL, "rekey", "--yes"], top)
        self._commit(top, "shared")
        self.run([GITSEAL, "recipient", "remove", others[-1]], top)
        return top

    @functools.cache  # noqa: B019 - see repository
    def sealed_by_sops(self, names: int) -> Path:
        """The same values in one YAML file sealed by sops to the same recipient."""
        sops = tool("sops")
        plain = self.folder / f"plain-{names}.yaml"
        plain.write_text("".join(f"{n}: {json.dumps(v)}\n" for n, v in values(names).items()), encoding="utf-8")
        try:
            sealed = self.run([sops, "encrypt", "--age", self.recipient, plain.name], self.folder, SOPS_LIMIT)
        except subprocess.TimeoutExpired:
            raise Missing(f"sops did not seal {names:,} values within {SOPS_LIMIT:.0f} s") from None
        path = self.folder / f"sops-{names}.yaml"
        path.write_text(sealed, encoding="utf-8")
        return path

    @functools.cache  # noqa: B019 - see repository
    def sealed_by_age(self, names: int) -> Path:
        """The same values as one dotenv file sealed whole by age to the same recipient."""
        age = tool("age")
        plain, path = self.folder / f"plain-{names}.env", self.folder / f"age-{names}.env"
        plain.write_text("".join(f"{name}='{value}'\n" for name, value in values(names).items()), encoding="utf-8")
        self.run([age, "-r", self.recipient, "-o", str(path), str(plain)], self.folder)
        return path

    @functools.cache  # noqa: B019 - see repository
    def log(self, names: int) -> Path:
        """A log of LOG_SIZE bytes in which values of that repository stand."""
        path = self.folder / f"log-{names}.txt"
        secrets = list(values(names).values())
        lines = [
            f"2026-11-21T10:00:00Z INFO app.server request={n} path=/api/v1/items status=200\n" for n in range(9900)
        ]
        lines += [f"2026-11-21T10:00:00Z ERROR app.db cannot connect with {secrets[n % names]}\n" for n in range(100)]
        random.Random(names).shuffle(lines)
        block = "".join(lines).encode()
        with path.open("wb") as file:
            for _ in range(LOG_SIZE // len(block)):
                file.write(block)
        return path

    def redact(self, names: int) -> Command:
        """That log printed by `cat`, with the values of the environment redacted."""
        return self._gitseal(self.repository(names), "run", "-e", "production", "--", "cat", str(self.log(names)))

    def owed(self, names: int) -> Command:
        """The seconds that redacting that log may take."""
        return Command(
            lambda _: [PYTHON, "-c", f"print({self.log(names).stat().st_size} / {RATE})"], self.folder, reports=True
        )

    def run_true(self, names: int, *options: str) -> Command:
        """A command that does nothing, with the environment set."""
        return self._gitseal(self.repository(names), "run", "-e", "production", *options, "--", "true")

    def get(self, names: int) -> Command:
        """The value in the middle of the file."""
        return self._gitseal(self.repository(names), "get", "-e", "production", _middle(names))

    def render(self, names: int, dialect: str = "dotenv") -> Command:
        """The whole environment in a dialect on standard output."""
        more = ["--name", "bench"] if dialect == "k8s-secret" else []
        return self._gitseal(self.repository(names), "render", "-e", "production", "--format", dialect, *more)

    def set_one(self, names: int) -> Command:
        """Another value for the name in the middle, each time a new one, in a copy."""
        top = self.scratch(names)
        return Command(lambda run: [GITSEAL, "set", "-e", "production", f"{_middle(names)}=run{run}"], top)

    def rekey(self, names: int) -> Command:
        """A rekey after a recipient was removed, each time in a fresh copy."""
        origin, top = self.before_rekey(names), self.folder / "rekey"

        def prepare() -> None:
            shutil.rmtree(top, ignore_errors=True)
            shutil.copytree(origin, top, symlinks=True)

        return Command(lambda _: [GITSEAL, "rekey", "--yes"], top, prepare)

    def seals(self, names: int) -> Command:
        """What that rekey cannot do without, done by the libraries alone."""
        words = ["-m", "bench.seals", str(names), str(SEALED_LENGTH), str(RECIPIENTS - 1)]
        return Command(lambda _: [PYTHON, *words], Path.cwd(), reports=True)

    @functools.cache  # noqa: B019 - as above
    def staged(self, names: int, files: int) -> Path:
        """A copy of that repository with so many new files staged, each of 5 kB of a program's text; without names a new one."""
        top = self.folder / f"staged-{names}-{files}"
        if names:
            shutil.copytree(self.repository(names), top, symlinks=True)
        else:
            self.run(["git", "init", "--quiet", str(top)], self.folder)
            self.run(["git", "commit", "--quiet", "--allow-empty", "--message", "first"], top)
        self._stage_code(top, files)
        return top

    def _stage_code(self, top: Path, files: int) -> None:
        text = "".join(sorted(path.read_text("utf-8") for path in Path(GITSEAL_CODE).glob("*.py")))
        dice = random.Random(files)
        for number in range(files):
            file = top / f"d{number % 50}" / f"f{number}.py"
            file.parent.mkdir(exist_ok=True)
            start = dice.randrange(len(text) - 5000)
            file.write_text(f"# {number}\n{text[start : start + 5000]}", encoding="utf-8")
        self.run(["git", "add", "--all"], top)

    def hook(self, names: int, files: int, *, identity: bool = True) -> Command:
        """What the pre-commit hook runs, with the files of `staged`; the team's values are looked for with the identity."""
        return _hook(self.staged(names, files), identity=identity)

    def hook_many(self, environments: int, names: int, *, identity: bool = True) -> Command:
        """The same in the repository of `staged_many`."""
        return _hook(self.staged_many(environments, names), identity=identity)

    def imports(self, *modules: str) -> Command:
        """A Python that only imports."""
        return Command(lambda _: [PYTHON, "-c", f"import {', '.join(modules)}"], self.folder)

    def gitleaks(self, names: int, files: int) -> Command:
        """What gitleaks does as a pre-commit hook."""
        words = [tool("gitleaks"), "git", "--pre-commit", "--staged", "--no-banner", "."]
        return Command(lambda _: words, self.staged(names, files))

    def detect_secrets(self, names: int, files: int) -> Command:
        """detect-secrets-hook on the staged files' names, as the pre-commit framework would give them to it."""
        program = str(Path(tool("detect-secrets")).resolve().parent / "detect-secrets-hook")
        top = self.staged(names, files)
        paths = self.run(["git", "diff", "--cached", "--name-only"], top).split()
        # Its findings in a program's text are its own matter: the time is what counts.
        return Command(lambda _: ["sh", "-c", '"$@" >/dev/null || :', "sh", program, *paths], top)

    def dotenvx(self, names: int, files: int) -> Command:
        """What dotenvx does as a pre-commit hook."""
        program = tool("dotenvx")
        return Command(lambda _: [program, "ext", "precommit"], self.staged(names, files))

    @functools.cache  # noqa: B019 - as above
    def to_merge(self, names: int) -> Path:
        """A folder with `base`, `ours` and `theirs` of that many names, of which each side changed another one."""
        top = self.folder / f"merge-{names}"
        top.mkdir()
        repository = self.scratch(names)
        sealed = repository / ".secrets" / "production.yaml"
        shutil.copy(self.repository(names) / ".secrets" / "production.yaml", top / "base")
        for side, number in (("ours", names // 4), ("theirs", names // 2)):
            shutil.copy(top / "base", sealed)
            self.run([GITSEAL, "set", "-e", "production", f"SECRET_{number:06d}={side}"], repository)
            shutil.copy(sealed, top / side)
        return top

    def merge(self, names: int) -> Command:
        """What Git starts for each sealed file that both sides changed: the line of its configuration (gitattributes(5))."""
        top = self.to_merge(names)
        line = self.run(["git", "config", "--get", "merge.gitseal.driver"], self.scratch(names))
        sides = {"O": "base", "A": "merged", "B": "theirs", "L": "7", "P": ".secrets/production.yaml", "%": "%"}
        driver = re.sub("%(.)", lambda word: sides.get(word[1], "side"), line)

        def prepare() -> None:
            shutil.copy(top / "ours", top / "merged")

        return Command(lambda _: ["sh", "-c", driver], top, prepare)

    def merge_file(self, names: int) -> Command:
        """Git's own merge of these lines, and 10 ms."""
        words = "git merge-file -p -q ours base theirs >/dev/null && sleep 0.01"
        return Command(lambda _: ["sh", "-c", words], self.to_merge(names))

    @functools.cache  # noqa: B019 - as above
    def many(self, environments: int, names: int) -> Path:
        """A committed repository of that many environments, each with that many names and values of its own."""
        top = self.folder / f"many-{environments}-{names}"
        top.mkdir()
        self.run(["git", "init", "--quiet"], top)
        words = [f"e{number}" for number in range(environments)]
        self.run([GITSEAL, "init", *(word for name in words for word in ("-e", name)), "--as", "bench"], top)
        every = list(values(environments * names).values())
        parts = (every[number * names :][:names] for number in range(environments))
        wanted = {word: dict(zip(values(names), part, strict=True)) for word, part in zip(words, parts, strict=True)}
        many.fill(top, self.identity, wanted)
        if json.loads(self.run([GITSEAL, "render", "-e", "e7", "--format", "json"], top)) != wanted["e7"]:
            raise RuntimeError("what came out of one of many environments is not what went in")
        self._commit(top, "sealed")
        return top

    @functools.cache  # noqa: B019 - as above
    def staged_many(self, environments: int, names: int) -> Path:
        """A copy of that repository with one new file staged, 5 kB of a program's text."""
        top = self.folder / f"staged-many-{environments}-{names}"
        shutil.copytree(self.many(environments, names), top, symlinks=True)
        self._stage_code(top, 1)
        return top

    @functools.cache  # noqa: B019 - as above
    def history(self, commits: int, share: int) -> Path:
        """A repository of that many commits of which every `share`-th sets a value, packed as Git packs a clone."""
        top = self.folder / f"history-{commits}-{share}"
        sealed = (self.repository(100) / ".secrets" / "production.yaml").read_bytes()
        self.run(["git", "init", "--quiet", str(top)], self.folder)
        self._import(top, history.stream(sealed, commits, share))
        self.run(["git", "repack", "-a", "-d", "--quiet"], top)
        self.run(["git", "reset", "--quiet", "--hard", "main"], top)
        shutil.copy(self.repository(100) / ".secrets" / "policy.yaml", top / ".secrets")
        return top

    @functools.cache  # noqa: B019 - see repository
    def branch(self, commits: int) -> Path:
        """A copy of the repository of 100 names with a branch of that many commits, each of which sets a value."""
        top = self.folder / f"branch-{commits}"
        shutil.copytree(self.repository(100), top, symlinks=True)
        self._import(top, history.branch((top / ".secrets" / "production.yaml").read_bytes(), commits))
        return top

    def review(self, commits: int) -> Command:
        """The review of that branch: with check, scan and verify, and no identity."""
        words = [GITSEAL, "review", "main..topic", "--format", "markdown"]
        return Command(lambda _: words, self.branch(commits))

    def git_log_patch(self, commits: int) -> Command:
        """What Git itself takes to show that branch, and one second."""
        words = "git log --patch --no-textconv --no-ext-diff main..topic -- .secrets && sleep 1"
        return Command(lambda _: ["sh", "-c", words], self.branch(commits))

    def _import(self, top: Path, stream: Iterator[bytes]) -> None:
        importing = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=top, env=self.env, stdin=subprocess.PIPE)
        if importing.stdin is None:
            raise RuntimeError("git fast-import has no standard input")
        with importing.stdin:
            for part in stream:
                importing.stdin.write(part)
        if importing.wait() != 0:
            raise RuntimeError("git fast-import failed")

    def log_of(self, commits: int, share: int) -> Command:
        """Every event of that history."""
        return self._gitseal(self.history(commits, share), "log")

    def git_log(self, commits: int, share: int) -> Command:
        """What that log cannot do without: Git's own walk."""
        words = ["git", "log", "--raw", "--no-renames", "--", ".secrets"]
        return Command(lambda _: words, self.history(commits, share))

    @functools.cache  # noqa: B019 - see repository
    def trusting(self, commits: int, share: int) -> Path:
        """A copy of that history whose main branch is the trusted ref."""
        top = self.folder / f"trusting-{commits}-{share}"
        shutil.copytree(self.history(commits, share), top, symlinks=True)
        self.run(["git", "config", "gitseal.trust", "refs/heads/main"], top)
        return top

    def set_over(self, commits: int, share: int, *, first: bool) -> Command:
        """Another value, in a clone that has not looked at that history yet, or that has."""
        top = self.trusting(commits, share)

        def forget() -> None:
            shutil.rmtree(top / ".git" / "gitseal", ignore_errors=True)

        words = [GITSEAL, "set", "-e", "production", _middle(100)]
        return Command(lambda run: [*words[:-1], f"{words[-1]}=run{run}"], top, forget if first else lambda: None)

    def log_and_set(self, commits: int, share: int) -> Command:
        """Git's own walk, and then a `set` that need not look."""
        top, walk = self.trusting(commits, share), "git log --raw --no-renames -- .secrets >/dev/null"
        words = f"{walk} && {GITSEAL} set -e production {_middle(100)}"
        return Command(lambda run: ["sh", "-c", f"{words}=walked{run}"], top)

    def textconv(self, names: int) -> Command:
        """One version of a file as `git diff` has it shown: the line of Git's configuration, started as Git does it."""
        top = self.repository(names)
        line = drivers.wanted(drivers.started(Path(GITSEAL)))[drivers.TEXTCONV]
        return Command(lambda _run: ["sh", "-c", f'{line} "$@"', line, ".secrets/production.yaml"], top)

    def start(self) -> Command:
        """A Python that does nothing."""
        return self._other(PYTHON, "-c", "pass")

    def bare(self) -> Command:
        """A Python that loads what `get` cannot do without and ends."""
        return self._other(PYTHON, "-c", "import cryptography.cobblestone, pyrage")

    def sops(self, names: int) -> Command:
        """What `render` does, by sops."""
        return self._other(tool("sops"), "-d", str(self.sealed_by_sops(names)))

    def sops_extract(self, names: int) -> Command:
        """What `get` does, by sops."""
        return self._other(tool("sops"), "-d", "--extract", f'["{_middle(names)}"]', str(self.sealed_by_sops(names)))

    def sops_set(self, names: int) -> Command:
        """What `set_one` does, by sops."""
        path = str(self.scratch_of_sops(names))
        return Command(lambda run: [tool("sops"), "set", path, f'["{_middle(names)}"]', f'"run{run}"'], self.folder)

    def sops_rotate(self, names: int) -> Command:
        """What `rekey` does, by sops: a new data key, and every value sealed again."""
        return self._other(tool("sops"), "rotate", "--in-place", str(self.scratch_of_sops(names)))

    @functools.cache  # noqa: B019 - see repository
    def scratch_of_sops(self, names: int) -> Path:
        """A copy of the file that sops sealed, to be changed at will."""
        path = self.folder / f"scratch-{names}.yaml"
        shutil.copy(self.sealed_by_sops(names), path)
        return path

    def age(self, names: int) -> Command:
        """The same content, opened whole by age."""
        return self._other(tool("age"), "-d", "-i", str(self.identity), str(self.sealed_by_age(names)))

    def _gitseal(self, top: Path, *words: str) -> Command:
        return Command(lambda _: [GITSEAL, *words], top)

    def _other(self, *argv: str) -> Command:
        return Command(lambda _: list(argv), self.folder)

    def _commit(self, top: Path, message: str) -> None:
        self.run(["git", "add", "--all"], top)
        self.run(["git", "commit", "--quiet", "--no-verify", "-m", message], top)


def _hook(top: Path, *, identity: bool) -> Command:
    words = [GITSEAL, "hook", "run", "pre-commit"]
    alone = ["env", "-u", "GITSEAL_IDENTITY_FILE", "-u", "SOPS_AGE_KEY_FILE"]
    return Command(lambda _: words if identity else [*alone, *words], top)


def tool(name: str) -> str:
    """The path of a tool that is not ours; raises `Missing`."""
    path = shutil.which(name)
    if path is None:
        raise Missing(f"{name} was not found; `make peers` fetches it")
    return path


def _middle(names: int) -> str:
    return f"SECRET_{names // 2:06d}"


@functools.cache
def values(names: int) -> dict[str, str]:
    """That many names in sorted order with made-up values of 16 to 64 characters, the same ones every time."""
    dice = random.Random(names)
    letters = string.ascii_letters + string.digits + "+/=_-:@"
    return {f"SECRET_{number:06d}": "".join(dice.choices(letters, k=dice.randint(16, 64))) for number in range(names)}
