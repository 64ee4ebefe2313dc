"""The rules of a review's risks. What each means is told in docs/reference/risks.md; a test holds the two together.

An id is for good: people and programs name it in `--fail-on`, and forges remember findings by it.
"""

OWN = frozenset({
    "access-gained", "access-widened", "alias-moved", "allow-names", "allowance-added", "attributes-changed",
    "change-widened", "data-key-replaced", "dodges-rule", "dropped-by-merge", "email-changed", "environment-removed",
    "extends-changed", "file-replaced", "first-policy", "foreign-file", "forge-added", "group-changed", "group-renamed",
    "group-widened", "hook-loosened", "key-restored", "nested-secrets", "new-access-group", "passing-access", "plain-rule",
    "protection-removed", "recipient-added", "recipient-key-added", "recipient-kind", "removed-without-new-key",
    "requirement-loosened", "reveal-allowed", "rule-narrowed", "rule-widened", "rules-reordered", "secrets-removed",
    "service-widened", "signing-key-added", "unsealed", "value-moved", "value-restored", "write-only",
    "write-only-loosened",
})  # fmt: skip

CHECK = frozenset({
    "attribute", "blind-base", "comment-value", "copied", "damaged", "include", "local-tracked", "malformed", "manifest",
    "no-file", "no-policy", "no-stanza", "pattern", "plain-value", "policy", "reference", "required", "sealed-though-plain",
    "service", "stale", "stale-stanza", "type", "unknown-environment", "unknown-group", "unknown-recipient", "unowned",
    "wrong-group",
})  # fmt: skip

SCAN = frozenset({"allow", "env-file", "env-link", "private-key", "team-value", "template", "token", "too-large"})

VERIFY = frozenset({
    "bad-signature", "forge-signed", "local-tracked", "no-policy", "not-allowed", "not-descendant", "signer-not-committer",
    "uncheckable", "unowned", "unsigned", "wrong-signer",
})  # fmt: skip

ALL = OWN | CHECK | SCAN | VERIFY
