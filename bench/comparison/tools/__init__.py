"""The tools, in the order of the columns. Each module has the commands of one, as its documentation shows them."""

from bench.comparison.tools import (
    age,
    ansible_vault,
    dotenvx,
    ejson,
    fnox,
    git_crypt,
    gitseal,
    scanners,
    secretspec,
    sops,
)

TOOLS = (
    gitseal.TOOL,
    sops.TOOL,
    dotenvx.TOOL,
    fnox.TOOL,
    secretspec.TOOL,
    age.TOOL,
    ejson.TOOL,
    git_crypt.TOOL,
    ansible_vault.TOOL,
    scanners.GITLEAKS,
    scanners.DETECT_SECRETS,
)
