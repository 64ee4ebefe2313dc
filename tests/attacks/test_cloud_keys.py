"""Somebody who can commit puts a cloud key into the policy, for whoever has credentials at hand to take for their own."""

import json
from pathlib import Path

from tests import programs

VECTORS = json.loads((Path(__file__).parents[1] / "recipients/kms-vectors.json").read_text())
KEY = VECTORS[0]["recipient"]
# Nobody listens there: a call would be told.
CREDENTIALS = {"VAULT_ADDR": "http://127.0.0.1:9", "VAULT_TOKEN": "hvs.token"}


def test_credentials_at_hand_confirm_no_recipient(repo: Path, tmp_path: Path) -> None:
    def run(*words: str, ok: bool = True) -> str:
        done = programs.run(programs.GITSEAL, *words, cwd=repo, environ=CREDENTIALS)
        assert (done.returncode == 0) is ok, done.stderr
        return done.stderr

    run("init", "-e", "production", "--as", "alice")
    run("set", "-e", "production", "A=hush")
    programs.git(repo, "add", "-A")
    programs.git(repo, "commit", "-qm", "one")
    programs.git(repo, "switch", "-qc", "theirs")
    policy = repo / ".secrets/policy.yaml"
    text = policy.read_text()
    policy.write_text(
        text.replace("recipients:\n", f"recipients:\n  deploy: {{kind: machine, keys: ['{KEY}']}}\n").replace(
            "open: [", "open: [deploy, "
        )
    )
    assert "deploy" in policy.read_text().partition("environments:")[2]
    programs.git(repo, "commit", "-qam", "theirs")
    assert "deploy with the key vault:transit/keys/deploy@1 is new to this clone" in run("rekey", "--yes", ok=False)
    assert "STANZA" in (repo / ".secrets/production.yaml").read_text()
    assert "deploy" not in (repo / ".secrets/production.yaml").read_text()
    # Nor does a machine with nothing else take its overrides, or anything new, to be sealed to it.
    job = {**CREDENTIALS, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "GITSEAL_ENV": "production"}
    done = programs.run(programs.GITSEAL, "set", "--local", "A=mine", cwd=repo, environ=job)
    assert done.returncode == 1
    assert not list((repo / ".secrets").glob("*.local.yaml"))
