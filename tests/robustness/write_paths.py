"""The commands with which tests take every way by which gitseal writes to a disk: `write_sites.py` lists the ways."""

import base64
import os

from tests.programs import git
from tests.robustness.faulty_disk import Case, World, prepare
from tests.robustness.watching import NEEDLE

_BOB = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


def _fresh_clone(world: World) -> None:
    """What the clone knows is gone, as after a `git clone`."""
    for path in sorted((world.repo / ".git/gitseal").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (world.repo / ".git/gitseal").rmdir()


def _disarmed(world: World) -> None:
    prepare(world, "hook", "uninstall")
    hook = world.repo / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\ntrue\n")
    hook.chmod(0o755)


def _ignores_out(world: World) -> None:
    (world.repo / ".git/info/exclude").write_text("*.env\n/files/\n")


def _with_files(world: World) -> None:
    _ignores_out(world)
    world.repo.joinpath(".secrets/manifest.yaml").write_text(
        "version: 1\nservices:\n  api:\n    include: [OLD]\n"
        "    files:\n      - {path: a/one.txt, secret: OLD}\n      - {path: two.txt, secret: OTHER}\n"
    )


def _needle_set(world: World) -> None:
    prepare(world, "set", "-e", "production", "OLD", stdin=NEEDLE.encode())


def _with_bob(world: World) -> None:
    prepare(world, "recipient", "add", "bob", _BOB, "--group", "team")
    prepare(world, "rekey", "--yes")
    git(world.repo, "commit", "--quiet", "--all", "--no-verify", "--message", "bob")


def _backup(world: World) -> None:
    prepare(world, "export", "--encrypted", "--to", _recipient(world), "-o", str(world.top / "other/backup.age"))


def _of_sops(world: World) -> None:
    """Another repository, with files of sops and a rule for them."""
    folder = world.top / "empty"
    for environment in ("development", "production"):
        file = folder / f"{environment}.enc.yaml"
        prepare(world, "export", "-e", environment, "--format", "sops-yaml", "-o", str(file))
    folder.joinpath(".sops.yaml").write_text(f"creation_rules:\n  - age: {_recipient(world)}\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "sops")


def _recipient(world: World) -> str:
    return world.identity.read_text().partition("public key: ")[2].partition("\n")[0]


def _protected(world: World) -> None:
    path = world.repo / ".secrets/policy.yaml"
    protected = "  production:\n    protected: true\n    change: [team]\n"
    path.write_text(path.read_text().replace("  production:\n", protected))


def _staged(world: World) -> None:
    key = base64.encodebytes(b"\x30\x82\x04\xbd\x02\x01\x00" + os.urandom(400)).decode()
    (world.repo / "key.pem").write_text(f"-----BEGIN PRIVATE KEY-----\n{key}-----END PRIVATE KEY-----\n")
    git(world.repo, "add", "key.pem")


def _to_merge(world: World) -> None:
    """Three files, as Git hands them to its driver."""
    path = world.repo / ".secrets/production.yaml"
    base = path.read_bytes()
    for name, values in {"ours": "A", "theirs": "B"}.items():
        path.write_bytes(base)
        prepare(world, "set", "-e", "production", values, stdin=b"x")
        (world.top / "other" / name).write_bytes(path.read_bytes())
    path.write_bytes(base)
    (world.top / "other/base").write_bytes(base)


def _published(world: World) -> None:
    path = world.repo / ".secrets/policy.yaml"
    program = world.top / "other/store"
    program.write_text('#!/bin/sh\ncat >> "$0.got"\n')
    program.chmod(0o755)
    target = f'publish:\n  shop: {{environments: [production], to: "exec:{program}"}}\n\nenvironments:'
    path.write_text(path.read_text().replace("environments:", target, 1))
    git(world.repo, "commit", "--quiet", "--all", "--no-verify", "--message", "target")
    git(world.repo, "config", "gitseal.trust", "refs/heads/main")


def _changed(world: World) -> None:
    prepare(world, "set", "-e", "production", "OTHER", stdin=b"not committed yet")


def _staged_code(world: World) -> None:
    (world.repo / "a.py").write_text("x = 1\n")
    git(world.repo, "add", "a.py")


def _new_clone(world: World) -> None:
    _disarmed(world)
    _fresh_clone(world)


def _needle_and_files(world: World) -> None:
    _needle_set(world)
    _with_files(world)


def _needle_and_ignored(world: World) -> None:
    _needle_set(world)
    _ignores_out(world)


def _no_identity(world: World) -> None:
    """None that the new `.secrets` could use; the clone beside it keeps its own for the test to look with."""
    world.identity.rename(world.identity.with_name("other.txt"))


def _in_conflict(world: World) -> None:
    for branch, value in {"side": b"theirs", "main": b"ours"}.items():
        git(world.repo, "checkout", "--quiet", "-B", branch, "HEAD" if branch == "side" else "main")
        prepare(world, "set", "-e", "production", "OTHER", stdin=value)
        git(world.repo, "commit", "--quiet", "--all", "--no-verify", "--message", branch)
    git(world.repo, "merge", "--quiet", "side", ok=(1,), environ=world.environ())


_COMMIT = """
import sys
from pathlib import Path
from gitseal.errors import Error
from gitseal.cli.main import outcome
from gitseal.project.finding import find
from gitseal.usecases.uncommitted import commit_secrets, uncommitted
try:
    project = find(Path.cwd())
    commit_secrets(project, "from the page", "", uncommitted(project).shown)
except Exception as error:
    sys.exit(outcome(error))
"""

CASES: dict[str, Case] = {
    "set": Case(("set", "-e", "production", "NEW")),
    "set in all": Case(("set", "-e", "all", "NEW")),
    "set in a fresh clone": Case(("set", "-e", "production", "NEW"), _fresh_clone),
    "unset": Case(("unset", "-e", "all", "OTHER"), again=(1,)),
    "rename": Case(("rename", "-e", "production", "OTHER", "ANOTHER"), again=(1,)),
    "import": Case(("import", "-", "-e", "all", "--format", "dotenv"), stdin=b"A=1\nB=2\n"),
    "edit": Case(
        ("edit", "-e", "production"), more={"EDITOR": "sed -i 's/^OTHER: .*/OTHER: edited/'"}, secret=("tmp/",)
    ),
    "edit that is kept": Case(
        ("edit", "-e", "production"),
        more={"EDITOR": "sed -i 's/^OTHER: .*/OTHER: [a/'"},
        clean=(1,),
        again=(1,),
        stdin=b"",
    ),
    "recipient add": Case(("recipient", "add", "bob", _BOB, "--group", "team"), again=(1,)),
    "recipient remove": Case(("recipient", "remove", "bob"), _with_bob, again=(1,)),
    "offboard": Case(("offboard", "bob", "--yes"), _with_bob, again=(1,)),
    "rekey": Case(("rekey", "--rotate", "--yes")),
    "env add": Case(("env", "add", "staging"), again=(1,)),
    "env rename": Case(("env", "rename", "development", "dev"), again=(1,)),
    "env remove": Case(("env", "remove", "development", "--yes"), again=(1,)),
    "keygen": Case(("keygen", "-o", "TOP/out/deep/identity.txt"), again=(1,), secret=("out/",)),
    "init": Case(("init", "-e", "one,two", "--as", "alice"), folder="empty", again=(0, 1)),
    "init without an identity": Case(
        ("init", "-e", "one", "--as", "alice"), _no_identity, folder="empty", again=(0, 1), secret=("home/",)
    ),
    "resolve": Case(("resolve", "--ours-all"), _in_conflict, again=(0, 1)),
    "init of a clone": Case(("init",), _new_clone),
    "hook install": Case(("hook", "install"), _disarmed),
    "hook uninstall": Case(("hook", "uninstall")),
    "hook allow": Case(("hook", "allow", "key.pem", "--reason", "a test"), _staged, again=(0, 1)),
    "hook run": Case(("hook", "run", "pre-commit"), _staged_code),
    "render": Case(("render", "-e", "production", "-o", "TOP/out/o.env"), _needle_set, secret=("out/",)),
    "render of files": Case(
        ("render", "-e", "production", "--service", "api", "--files", "TOP/out/files"),
        _needle_and_files,
        secret=("out/",),
    ),
    "template": Case(
        ("template", "-e", "production", "-", "-o", "TOP/out/o.conf"),
        _needle_set,
        stdin=b"x: ${secret:OLD}\n",
        secret=("out/",),
    ),
    "run with files": Case(
        ("run", "-e", "production", "--service", "api", "--files", "--", "true"),
        _needle_and_files,
    ),
    "sync pull": Case(
        ("sync", "pull", "-e", "production", "local.env"),
        _needle_and_ignored,
        secret=("repo/local.env",),
    ),
    "export": Case(("export", "--encrypted", "--to", _BOB, "-o", "TOP/out/backup.age"), _needle_set, again=(1,)),
    "export for sops": Case(
        ("export", "-e", "production", "--format", "sops-yaml", "-o", "TOP/out/o.yaml"), _needle_set, again=(1,)
    ),
    "migrate from sops": Case(("migrate", "sops", "--yes"), _of_sops, folder="empty", again=(0, 1)),
    "import of a backup": Case(("import", "TOP/other/backup.age"), _backup, folder="empty", stdin=b""),
    "reading what is protected": Case(("get", "-e", "production", "OLD"), _protected),
    "deployed": Case(("deployed", "-e", "production")),
    "publish": Case(("publish", "shop", "--yes", "--accept-target", "shop"), _published),
    "the merge driver": Case(
        (
            "driver",
            "merge",
            *(f"TOP/other/{side}" for side in ("base", "ours", "theirs")),
            "7",
            ".secrets/production.yaml",
        ),
        _to_merge,
        code="from gitseal.cli import run; run()",
        refusal=129,  # Git merges the lines then
        conflict=100,
        again=(0, 100),
    ),
    "the page's commit": Case((), _changed, code=_COMMIT, again=(1,)),
}
