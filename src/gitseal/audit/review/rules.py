"""Every rule whose findings a review can have, gathered from the modules that declare them."""

from gitseal.audit import common_findings
from gitseal.audit.check import check, claims, cloud_keys, environment, manifest, targets, values
from gitseal.audit.review import folder, merge_trial
from gitseal.audit.scan import policy as scan_policy
from gitseal.audit.verify import verdict, verify
from gitseal.audit.verify.approvals import findings, offered
from gitseal.report.findings import declared
from gitseal.review import attribution, environment_risks, manifest_changes, manifest_texts, write_only_values
from gitseal.review.entries import others, sealed, table
from gitseal.review.policy import changes, environments, listings, people, publishing, rules
from gitseal.scan import env_files, wording

# What only a review finds; then what `check`, `scan` and `verify` find in a review as well as by themselves.
OWN = declared(
    environment_risks,
    write_only_values,
    manifest_changes,
    manifest_texts,
    changes,
    environments,
    listings,
    people,
    publishing,
    rules,
    folder,
    merge_trial,
    attribution,
    others,
    sealed,
    table,
)
CHECK = declared(common_findings, check, claims, cloud_keys, environment, manifest, targets, values)
SCAN = declared(scan_policy, env_files, wording)
VERIFY = declared(verdict, verify, findings, offered)

ALL = OWN | CHECK | SCAN | VERIFY
IDS = frozenset(rule.id for rule in ALL)
