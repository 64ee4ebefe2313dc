"""Tools that look for secrets and keep none."""

from pathlib import Path

from bench.comparison.tool import Tool
from bench.world import tool

KEEPS_NONE = "keeps no values"


def detect_secrets_hook() -> str:
    """Its hook is a second program, beside the one that is linked into a folder of the path."""
    return str(Path(tool("detect-secrets")).resolve().parent / "detect-secrets-hook")


GITLEAKS = Tool(
    name="gitleaks",
    program="gitleaks",
    pin="gitleaks",
    version=(),
    store=KEEPS_NONE,
    hook=lambda _, __, ___: ["gitleaks", "git", "--pre-commit", "--staged", "--no-banner", "."],
    history=lambda _: ["gitleaks", "git", "--no-banner", "."],
)
DETECT_SECRETS = Tool(
    name="detect-secrets",
    program="detect-secrets",
    pin="detect_secrets",
    version=("detect-secrets", "--version"),
    store=KEEPS_NONE,
    # By the files' names, as the pre-commit framework gives them to it.
    hook=lambda _, __, paths: [detect_secrets_hook(), *paths],
    history="looks at no history",
)
