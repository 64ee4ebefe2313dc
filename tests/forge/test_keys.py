"""The page of a person's keys on a real Gitea: `recipient add bob http://HOST/bob.keys`."""

import subprocess
from pathlib import Path

import pytest

from tests import programs
from tests.forge.conftest import Forge

pytestmark = [pytest.mark.forge, pytest.mark.slow]


def test_the_keys_of_a_person_are_taken_from_their_page(forge: Forge, tmp_path: Path) -> None:
    public = Path(forge.keys["bob"].key).with_suffix(".pub").read_text().strip()
    assert forge.call("bob", "POST", "user/keys", title="laptop", key=public)[0] == 201
    own = " ".join(public.split()[:2])
    page = f"http://127.0.0.1:{forge.port}/bob.keys"

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return programs.run(*command, cwd=tmp_path, environ=forge.environ)

    assert run("git", "init", "--quiet").returncode == 0
    done = run("gitseal", "init", "-e", "production", "--as", "alice")
    assert done.returncode == 0, done.stderr
    # Nobody is there to be asked: the refusal shows whose key it is, and how to say yes.
    asked = run("gitseal", "recipient", "add", "bob", page, "--open", "production")
    assert asked.returncode == 1
    printed = subprocess.run(["ssh-keygen", "-lf", "-"], input=public, capture_output=True, text=True, check=True)
    assert f"{page} has 1 key\n  {own}\n  fingerprint {printed.stdout.split()[1]}\n" in asked.stderr
    assert f"--accept-recipient '{own}'" in asked.stderr
    done = run("gitseal", "recipient", "add", "bob", page, "--open", "production", "--accept-recipient", own)
    assert done.returncode == 0, done.stderr
    assert own in (tmp_path / ".secrets/policy.yaml").read_text()
    missing = run("gitseal", "recipient", "add", "carol", page.replace("bob", "nobody"))
    assert '"127.0.0.1" has no such page: /nobody.keys' in missing.stderr
    # Somebody who has put no key there.
    empty = run("gitseal", "recipient", "add", "alice2", page.replace("bob", "alice"))
    assert "it holds no key that values can be sealed to" in empty.stderr
