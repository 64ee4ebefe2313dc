"""The one table of changes that are no risk. A change in a covered file that is not in it is one: at least a warning.

NEUTRAL classes mean nothing: with only such changes made, the tree, the recipients, the attributes, what `render` writes and
who may read what are as they were. They are counted, and folded. ORDINARY classes do change something, which is what teams
do all day: a review tells them, as a note, and `--fail-on error,warning` lets them pass.
"""

from typing import NamedTuple

from gitseal.report.findings import NOTE, WARNING, FindingRule
from gitseal.report.pages import RISKS


class HarmlessClass(NamedTuple):
    """A class of changes that are no risk, and why they are none."""

    id: str
    is_neutral: bool
    reason: str


class Classified(NamedTuple):
    """What a change is: `kind` the id of a class of the table, or empty and a risk: the id of its rule and its severity."""

    kind: str
    rule: str = ""
    severity: str = NOTE

    @property
    def is_neutral(self) -> bool:
        """True if it means nothing."""
        return bool(self.kind) and TABLE[self.kind].is_neutral


def _neutral(kind: str, reason: str) -> HarmlessClass:
    return HarmlessClass(kind, is_neutral=True, reason=reason)


def _ordinary(kind: str, reason: str) -> HarmlessClass:
    return HarmlessClass(kind, is_neutral=False, reason=reason)


def _table(*classes: HarmlessClass) -> dict[str, HarmlessClass]:
    return {each.id: each for each in classes}


LAYOUT, COMMENT, SPELLING, ORDER, GENERATED = "layout", "comment", "spelling", "order", "generated"
VALUE, VALUE_WITH_KEY, VALUE_REMOVED = "value", "value-with-new-key", "value-removed"
VALUE_PLAIN, VALUE_SEALED, VALUE_UNREAD = "value-plain", "value-sealed", "value-unread"
SECTION, STANZA_WITH_KEY, GROUP_GONE, NEW_ENVIRONMENT = (
    "section",
    "stanza-with-new-key",
    "group-gone",
    "new-environment",
)
TOLD, FOREIGN_GONE, ALLOWANCE_GONE, MODULE_ELSEWHERE = "told", "foreign-gone", "allowance-gone", "module-elsewhere"
MERGE_CHOICE, REORDERED = "merge-choice", "reordered"

TABLE = _table(
    _neutral(LAYOUT, "blank lines, indentation and line ends"),
    _neutral(COMMENT, "a comment"),
    _neutral(SPELLING, "written otherwise, such as in quotes: the same tree"),
    _neutral(ORDER, "moved, in a mapping or a list in which order means nothing"),
    _neutral(GENERATED, "a schema that gitseal itself writes, which only editors read"),
    _ordinary(VALUE, "a value was added or changed under the data key that was there"),
    _ordinary(VALUE_WITH_KEY, "a value was sealed anew together with a new data key, which is told"),
    _ordinary(VALUE_REMOVED, "a name is gone"),
    _ordinary(VALUE_PLAIN, "a value that is plain was added or changed: a diff shows it"),
    _ordinary(VALUE_SEALED, "a value that was plain is sealed"),
    _ordinary(VALUE_UNREAD, "a value was brought in without reading, where the policy accepts that"),
    _ordinary(SECTION, "the line of a section that came or went with what is in it"),
    _ordinary(STANZA_WITH_KEY, "a stanza or a proof came or went together with a new data key, which is told"),
    _ordinary(GROUP_GONE, "an access group is gone, and its data key with it"),
    _ordinary(NEW_ENVIRONMENT, "the file of a new environment"),
    _ordinary(TOLD, "policy, manifest or list of allowances: told in a sentence that widens nothing"),
    _ordinary(FOREIGN_GONE, "a file that was none of gitseal's is gone from .secrets"),
    _ordinary(ALLOWANCE_GONE, "the hook lets no more files pass than before"),
    _ordinary(MODULE_ELSEWHERE, "a submodule that has nothing to do with .secrets"),
    _ordinary(REORDERED, "names stand in another order, and so they do in what `render` writes"),
    _ordinary(MERGE_CHOICE, "both sides of a merge had changed it, and the merge took one of them"),
)

UNEXPLAINED = FindingRule(
    "unexplained-change", WARNING, "a change of a covered file that no other rule describes: read its lines", RISKS
)


def harmless(kind: str) -> Classified:
    """A change of a class of the table."""
    return Classified(TABLE[kind].id)


def risk(rule: FindingRule) -> Classified:
    """A change that a rule is about."""
    return Classified("", rule.id, rule.severity)
