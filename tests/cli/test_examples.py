"""The examples of the help run as they stand, in a repository that has what they speak of."""

import inspect
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from gitseal.cli import parsing
from gitseal.cli.table import PROGRAM
from tests import standing_by
from tests.cli.test_help import EVERY
from tests.slow import slow_but
from tests.stories.one_call import one_call
from tests.templates import Templates

_EXAMPLE = re.compile(r"gitseal (?:[^|<>\"()]|\"[^\"]*\")*")

BEFORE = r"""
set -e
ssh-keygen -q -t ed25519 -N '' -C alice -f "$HOME/.ssh/id_ed25519"
ssh-keygen -q -t ed25519 -N '' -C dave -f "$HOME/dave"
git config gpg.format ssh; git config commit.gpgSign true
git config user.email alice@example.com; git config user.signingKey "$HOME/.ssh/id_ed25519.pub"
gitseal init -e development,production --as alice
signing() { echo "signing: [\"$(cut -d' ' -f1,2 "$1")\"]"; }
sed -i "s|^  alice:|  alice:\n    email: alice@example.com\n    $(signing "$HOME/.ssh/id_ed25519.pub")|" .secrets/policy.yaml
for name in carol ci; do ssh-keygen -q -t ed25519 -N '' -C $name -f $name; done; mv carol.pub bob.pub
gitseal set -e all DATABASE_URL=postgres://localhost/app OLD_TOKEN=token-1 DB_HOST=db LOG_LEVEL=debug api/TOKEN=token-2
gitseal set -e production TLS_KEY=x API=old
gitseal set -e development STRIPE_API_KEY=sk_made_up
printf 'API_HOST=example.com\n' > .env
printf 'COMMON=1234567\n' > common.env
printf '{"FROM_JSON": "x"}' > config.json
printf '{"data": {"FROM_SOPS": "x"}}' > old.json
printf 'host ${secret:DATABASE_URL}\n' | tee nginx.conf.template > app.ini.template
printf 'key\n' > server.key
mkdir -p src test "$HOME/bin"; echo 'import os; os.environ["DATABASE_URL"]' > src/app.py
printf '#!/bin/sh\n' | tee "$HOME/bin/npm" > migrate.sh; chmod +x "$HOME/bin/npm" migrate.sh
printf '#!/bin/sh\necho sk_made_up_2\n' > "$HOME/bin/pass"; chmod +x "$HOME/bin/pass"
printf '#!/bin/sh\ncat old.json\n' > "$HOME/bin/sops"; chmod +x "$HOME/bin/sops"
printf '#!/bin/sh\n' > "$HOME/bin/code"; chmod +x "$HOME/bin/code"
git add .secrets .git* src; git commit -qm one --no-verify
gitseal set -e production DB_HOST=db-2
git commit -qam two --no-verify
"""

# What an example needs besides, by its beginning.
_KEPT = "EDITOR='sh -c \"echo KEPT: x >> \\$0; exit 3\"' gitseal edit -e production || true"
_CONFLICT = """
git checkout -q -b side; gitseal set -e production DATABASE_URL=side; git commit -qm side --no-verify -a
git checkout -q main; gitseal set -e production DATABASE_URL=main; git commit -qm main --no-verify -a
git merge -q side || true
"""
_CLOUD_KEY = "openssl genpkey -quiet -algorithm RSA -out k.pem; openssl pkey -in k.pem -pubout -out deploy.pem"
_PLAIN = r"sed -i 's|^environments:|rules:\n  - {names: [LOG_LEVEL], plain: true}\nenvironments:|' .secrets/policy.yaml"
_VECTORS = Path(__file__).parents[1] / "exchange/sops/vectors"
_KEY_OF_SOPS = f"export SOPS_AGE_KEY_FILE={_VECTORS}/age.txt"
_SOPS_FILE = f"cp {_VECTORS}/several.yaml secrets.enc.yaml; {_KEY_OF_SOPS}"
_OF_SOPS = f"""
git rm -rq .secrets .gitattributes .gitignore; cp {_VECTORS}/types.yaml production.yaml; git add production.yaml
git commit -qm sops --no-verify; {_KEY_OF_SOPS}
"""
_OF_OTHERS = Path(__file__).parents[1] / "exchange/foreign/vectors"
_OF_VAULT = f"vault() {{ cat {_OF_OTHERS}/printed/vault-2.json; }}"
_OF_ANSIBLE = f"""
mkdir group_vars; cp {_OF_OTHERS}/whole.yml group_vars/prod.yml; cp {_OF_OTHERS}/password.txt ~/.vault-password
"""
# A program that keeps what it is given in a file.
_STORE = r"""
mkdir -p deploy; cat > deploy/push.py <<'END'
#!/usr/bin/env python3
import json, os, sys
asked, file = json.load(sys.stdin), "../store.json"
live = json.load(open(file)) if os.path.exists(file) else {}
if asked["action"] == "read":
    print(json.dumps(live))
else:
    json.dump({name: entry for name, entry in (live | asked["set"]).items() if name not in asked["remove"]}, open(file, "w"))
END
chmod +x deploy/push.py
printf 'publish:\n  shop: {environments: [development], to: "exec:deploy/push.py"}\n' >> .secrets/policy.yaml
git add deploy; git commit -qam publish --no-verify
gitseal publish shop --yes --accept-target shop
"""
# Dave has to approve what alice changes.
_APPROVALS = r"""
dave="$(cut -d' ' -f1,2 "$HOME/dave.pub")"
sed -i "s|^  alice:|  dave: {signing: [\"$dave\"]}\n  alice:|" .secrets/policy.yaml
sed -i "s|^  production:|  production:\n    change: {by: [alice, dave], approvals: 1}|" .secrets/policy.yaml
git commit -qam approvals --no-verify
gitseal set -e production DB_HOST=db-3
git commit -qam three --no-verify
git config user.signingKey "$HOME/dave.pub"
"""
PREPARE = {
    "printf %s": "LEAKED=sk_made_up",
    "gitseal env remove staging": "gitseal env add staging",
    "gitseal env rename staging": "gitseal env add staging",
    "gitseal edit -e production --resume": _KEPT,
    "gitseal edit -e production --discard": _KEPT,
    "gitseal import backup.age": 'gitseal export --encrypted --to "$(cat ~/.ssh/id_ed25519.pub)" -o backup.age',
    "gitseal import -e production secrets.enc.yaml": _SOPS_FILE,
    "gitseal diff --sops": _SOPS_FILE,
    "vault kv get": _OF_VAULT,
    "gitseal import -e production group_vars": _OF_ANSIBLE,
    "gitseal import -e production /run/secrets": "mkdir mounted; echo x > mounted/FROM_A_FILE",
    "gitseal resolve": _CONFLICT,
    "gitseal migrate sops": _OF_SOPS,
    "gitseal unseal": _PLAIN,
    "gitseal approve": _APPROVALS,
    "gitseal recipient remove bob": 'gitseal recipient add bob "$(cat bob.pub)" --group team',
    "gitseal recipient add deploy --kms": _CLOUD_KEY,
    "gitseal recipient remove-key": "ssh-keygen -qt ed25519 -N '' -f lost; gitseal recipient add bob bob.pub lost.pub",
    "gitseal recipient replace-key vault:": f"{_CLOUD_KEY}; gitseal recipient add deploy --kms vault:transit/keys/deploy@1"
    " --public deploy.pem --machine --open production --yes",
    "gitseal recipient replace-key": "cp bob.pub old.pub; ssh-keygen -qt ed25519 -N '' -f new; gitseal recipient add bob old.pub",
    "gitseal publish": _STORE,
    "gitseal status --published": _STORE,
    "gitseal studio": "export BROWSER=true",
    "gitseal absorb": "HOME=$PWD XDG_CONFIG_HOME=$PWD gitseal set -e production PARTNER_TOKEN=x",
    "gitseal hook allow": "cp carol test/example.pem; git add test",
    "gitseal render -e production --format dotenv --check": "gitseal render -e production --format dotenv -o .env",
}
# They ask, and nobody is there.
ASK = ("gitseal plain ", "gitseal unseal ", "gitseal restore ")
# Whoever runs the tests has a keychain of their own, and it is turned off.
NO_DESKTOP = "gitseal keygen --keychain"


def examples() -> list[str]:
    return [
        line
        for command in EVERY.values()
        for line in inspect.cleandoc(command.help or "").partition("\nExamples:\n")[2].split("\n")
    ]


ALL = {line.strip(): line.strip() for line in examples()}


@pytest.mark.parametrize("line", ALL)
def test_an_example_is_a_call(line: str) -> None:
    calls = [shlex.split(call) for call in _EXAMPLE.findall(line)]
    assert calls
    for _, *words in calls:
        assert parsing.read(PROGRAM, words, {}) is not None


@pytest.fixture
def place(tmp_path: Path, templates: Templates, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that has what the examples speak of, and its home."""

    def build(top: Path) -> None:
        (top / "repo").mkdir()
        (isolated / ".ssh").mkdir()
        subprocess.run(["git", "init", "-q"], cwd=top / "repo", check=True)
        subprocess.run(["bash", "-c", BEFORE], cwd=top / "repo", check=True)
        shutil.copytree(isolated, top / "home")

    templates.copy("examples", tmp_path, build)
    shutil.copytree(tmp_path / "home", isolated, dirs_exist_ok=True)
    monkeypatch.setenv("PATH", f"{isolated}/bin:{os.environ['PATH']}")
    monkeypatch.setenv("EDITOR", "true")
    subprocess.run(
        ["git", "config", "user.signingKey", isolated / ".ssh/id_ed25519.pub"], cwd=tmp_path / "repo", check=True
    )
    return tmp_path / "repo"


@pytest.mark.parametrize("line", slow_but({"gitseal list"}, ALL))
def test_an_example_runs(line: str, place: Path) -> None:
    before = next((script for beginning, script in PREPARE.items() if line.startswith(beginning)), "")
    if "completion" in line:  # the shells that these lines are for are not all here
        line = _EXAMPLE.findall(line)[0]
    line = line.replace("/run/secrets", "mounted")  # a test makes no folder there
    if line.startswith("gitseal studio"):  # somebody ends it with Ctrl-C
        line = f"timeout --preserve-status --signal INT 5 {line}"
    call = None if before else one_call(line, os.environ, place)
    if call is not None and not call.output:
        done = standing_by.run("gitseal", call.words, cwd=place, environ=call.environ, timeout=60)
    else:
        script = f"{before}\nset -o pipefail\n{line}"
        done = subprocess.run(
            ["bash", "-c", script], cwd=place, capture_output=True, check=False, stdin=subprocess.DEVNULL
        )
    said = done.stderr.decode()
    if line.startswith(ASK):
        assert "needs a yes" in said
    elif "--public" in line:
        assert "is new to this clone" in said
    elif "--kms" in line:
        assert "no address of Vault is set" in said
    elif line == NO_DESKTOP:
        assert "the keychain is turned off" in said
    else:
        assert done.returncode == 0, said
