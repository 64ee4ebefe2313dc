"""What a change is in covered files that gitseal does not parse: attributes, submodules, schemas, links, and strangers."""

from collections import Counter
from collections.abc import Sequence

from gitseal.policy import schema
from gitseal.report.findings import ERROR, WARNING, FindingRule
from gitseal.report.pages import RISKS
from gitseal.review.entries import table
from gitseal.review.entries.entry import PathState
from gitseal.review.entries.table import Classified, harmless, risk

ATTRIBUTES_CHANGED = FindingRule(
    "attributes-changed", WARNING, "`.gitattributes`, which can hide sealed files from `git diff`", RISKS
)
MODULES_CHANGED = FindingRule(
    "modules-changed", WARNING, "`.gitmodules` has a submodule at `.secrets`, or one whose place is unclear", RISKS
)
SCHEMA_CHANGED = FindingRule(
    "schema-changed", WARNING, "a file in `.secrets/schema` differs from what gitseal writes; editors believe it", RISKS
)
FOREIGN_FILE = FindingRule(
    "foreign-file", WARNING, "a file in `.secrets` that gitseal did not write came or changed", RISKS
)
LOCAL_FILE = FindingRule(
    "local-file", WARNING, "a file of one machine's own overrides (`*.local.yaml`) was committed or changed", RISKS
)
NO_REGULAR_FILE = FindingRule(
    "no-regular-file", ERROR, "a file that gitseal reads became a link or a submodule, which could lead anywhere", RISKS
)
MODE_CHANGED = FindingRule(
    "mode-changed", WARNING, "a covered file became executable, or is no longer executable", RISKS
)
LINK_TO_SECRETS = FindingRule(
    "link-to-secrets", WARNING, "a link elsewhere in the repository leads into a `.secrets` folder", RISKS
)
ALLOWANCE_ADDED = FindingRule(
    "allowance-added",
    WARNING,
    "the hook accepts a file as it is now; the finding has the reason given",
    RISKS,
)
DISGUISED_SECRETS = FindingRule(
    "nested-secrets",
    ERROR,
    "a link, a submodule or a spelling in other letters that could pass for a `.secrets` folder",
    RISKS,
)
SECRETS_REMOVED = FindingRule("secrets-removed", WARNING, "a whole `.secrets` is gone, or its policy", RISKS)

# A comment of this form is believed by editors: by the YAML language server, and by JetBrains' without the first word.
_SCHEMA = b"$schema"
_OWN_SCHEMAS = frozenset(f"# yaml-language-server: $schema=schema/{name}.json".encode() for name in schema.FILES)


def of_mode(before: PathState, after: PathState) -> Classified:
    """The class of a path that is another kind of thing than it was."""
    is_odd = after.mode and not after.is_file
    return risk(NO_REGULAR_FILE if is_odd or (before.mode and not before.is_file) else MODE_CHANGED)


def of_schema(name: str, after: PathState) -> Classified:
    """The class of a change of a file in `schema`."""
    stem = name.removesuffix(".json")
    is_own = stem in schema.FILES and after.data == schema.serialise(schema.of(stem)).encode()
    return harmless(table.GENERATED) if is_own else risk(SCHEMA_CHANGED)


def of_comments(before: Sequence[bytes], after: Sequence[bytes]) -> Classified:
    """The class of comments that came and went: nobody reads them but people, and editors one that names a schema."""
    came = Counter(map(bytes.strip, after)) - Counter(map(bytes.strip, before))
    is_foreign = any(_SCHEMA in comment.lower() and comment not in _OWN_SCHEMAS for comment in came)
    return risk(SCHEMA_CHANGED) if is_foreign else harmless(table.COMMENT)


def of_foreign(after: PathState) -> Classified:
    """The class of a change of a file that gitseal did not make."""
    return risk(FOREIGN_FILE) if after.mode else harmless(table.FOREIGN_GONE)


def of_modules(before: PathState, after: PathState) -> Classified:
    """The class of a change of `.gitmodules`. Only a file that never speaks of anything like `.secrets` is none of ours."""
    # git-config(1): quotes may stand within a value, and a line may go on in the next.
    text = b"".join(((before.data or b"") + (after.data or b"")).lower().replace(b"\\\n", b"").split(b'"'))
    return risk(MODULES_CHANGED) if b"secret" in text or not text.isascii() else harmless(table.MODULE_ELSEWHERE)
