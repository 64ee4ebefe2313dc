"""`Review`: all that a review says, as one frozen value. Every format is written from it, and from nothing else.

Texts in it come from a repository that others write: names of secrets, people, files, subjects. Each format escapes them for
itself; sentences keep them apart from our own words. Values are in it only if they were asked for (`ValueInsight`).
"""

from typing import NamedTuple

from gitseal.document.changes import ValueState
from gitseal.report.causes import Cause
from gitseal.report.findings import NOTE, Finding, FindingRule
from gitseal.report.hints import NO_HINT, Hint
from gitseal.report.sentences import NOTHING, Sentence
from gitseal.review.rights_model import Approvals, PersonChange

# What happened to a name. MOVED: to another access group. RESEALED: under another data key, so that a change of its value
# cannot be excluded without an identity. PASSED: commits between changed it, and in the end it is what it was.
ADDED, CHANGED, REMOVED, MOVED, RESEALED, PASSED = "added", "changed", "removed", "moved", "resealed", "passed"
ACTIONS = (ADDED, CHANGED, REMOVED, MOVED, RESEALED, PASSED)

# Whether a value is another one. UNKNOWN: only an identity could tell.
YES, NO, UNKNOWN = "yes", "no", "unknown"

# Which file a statement is about.
POLICY, MANIFEST, FILES = "policy", "manifest", "files"


class By(NamedTuple):
    """The person behind a change, as a commit claims; all empty for what is not committed yet.

    `when` counts seconds since 1970, UTC. `signed` is one of the words of `log`: `no`, `unchecked`, `good`, `forge`, or what
    is wrong with the signature; `signers` are the recipients whose key it is, by the policy of the range's base.
    """

    commit: str = ""
    when: int = 0
    who: str = ""
    committer: str = ""
    signed: str = "no"
    signers: tuple[str, ...] = ()


class ValueInsight(NamedTuple):
    """Facts about a name that need an identity; all empty without one.

    `equals` are other places with the same value, as `ENVIRONMENT:NAME`. `problems` are one sentence each: weak, a
    placeholder, a type or pattern broken. `before` and `after` are the values themselves, None unless they were asked for and
    the environment may reveal them.
    """

    equals: tuple[str, ...] = ()
    problems: tuple[Sentence, ...] = ()
    before: str | None = None
    after: str | None = None


class NameChange(NamedTuple):
    """One name that changed. `before` and `after` are None if there was or is no such name.

    `action` is one of `ACTIONS`. `by` is everyone whose commit touched it in the range, oldest first; what is not committed
    comes last, with no commit. `was` is the name that it had before, if that is known.
    """

    name: str
    action: str
    before: ValueState | None
    after: ValueState | None
    by: tuple[By, ...] = ()
    value_changed: str = UNKNOWN
    was: str = ""
    opened: ValueInsight = ValueInsight()

    @property
    def access(self) -> str:
        """The access group that it stands in, else stood in; empty for plain values."""
        standing = self.after or self.before
        return standing.access if standing else ""

    @property
    def last(self) -> By:
        """The last change; an empty one if no commit made any."""
        return self.by[-1] if self.by else By()


class AccessChange(NamedTuple):
    """A person or machine who gained or lost a way into an access group: a stanza of its data key that came or went.

    `is_machine` by the policy. `whole`: they could open nothing of the group before (gained), or can open nothing of it now
    (lost); else only one of several keys came or went. `passed`: it came with a commit between and is gone at the end, and
    whoever fetched meanwhile has it. `recipients` are the ids of these keys, `r...`. `names` is how many
    names they open by it now (gained) or opened (lost); `past` how many values of the past the same data key opens, the
    present ones not counted, None if history was not looked at.
    """

    who: str
    is_machine: bool
    access: str
    gained: bool
    whole: bool
    recipients: tuple[str, ...]
    names: int
    past: int | None = None
    passed: bool = False
    by: tuple[By, ...] = ()


class KeyChange(NamedTuple):
    """The data key of an access group: new (`before` empty), gone (`after` empty), or replaced by another one.

    `succeeds`: the new one claims to succeed the old one; anybody can write such a claim. `proved`: YES if an identity
    opened the old key and found that whoever made the new one held it, NO if it found that they did not, else UNKNOWN.
    """

    access: str
    before: str
    after: str
    succeeds: bool
    by: tuple[By, ...] = ()
    proved: str = UNKNOWN

    @property
    def maker(self) -> str:
        """Who replaced the key, as far as that is known, in words that go on after `was replaced`."""
        if not self.succeeds:
            return ", and nothing shows that whoever did it held the old one"
        return {
            YES: " by someone who held the old one",
            NO: " by someone who did not hold the old one, and claims it",
            UNKNOWN: " by someone who claims to have held the old one",
        }[self.proved]


class WriteOnly(NamedTuple):
    """A value that was brought in without reading, by whoever could write; `treatment` is `accept`, `pending` or `refuse`."""

    name: str
    access: str
    treatment: str
    by: tuple[By, ...] = ()


class Restored(NamedTuple):
    """A ciphertext (`name` is that of the secret) or data key (`name` is empty) that history had superseded, back again.

    `superseded` is the commit that had replaced it, empty if that happened before the range that was looked at.
    """

    name: str
    access: str
    superseded: str
    by: tuple[By, ...] = ()


class EnvironmentReview(NamedTuple):
    """One environment that differs between the ends of the range, or did in between.

    `state` is `added`, `removed` or `changed`; `path` is relative to the top.
    `folder` is the `.secrets` folder it lies in. Names are sorted; `unchanged` counts all others.
    `is_sound` is False if the file cannot be parsed at the range's head.
    """

    folder: str
    name: str
    path: str
    state: str
    protected: bool
    names: tuple[NameChange, ...] = ()
    access: tuple[AccessChange, ...] = ()
    keys: tuple[KeyChange, ...] = ()
    write_only: tuple[WriteOnly, ...] = ()
    restored: tuple[Restored, ...] = ()
    unchanged: int = 0
    is_sound: bool = True


class Statement(NamedTuple):
    """One change of the policy, the manifest or the folder itself, in a sentence without a full stop, names in quotes.

    `about` is POLICY, MANIFEST or FILES. `rule` is the id of its risk, empty if it is no risk; the same risk is
    among the review's risks. `causes` are what it follows from; programs are not shown them.
    """

    about: str
    path: str
    line: int
    text: Sentence
    rule: str = ""
    severity: str = NOTE
    hint: Hint = NO_HINT
    by: tuple[By, ...] = ()
    causes: tuple[Cause, ...] = ()


class Allowance(NamedTuple):
    """A new entry of allow.yaml: the file that the hook is to let pass, its content, and the reason."""

    allow: str
    path: str
    content: str
    reason: str
    by: tuple[By, ...] = ()


class Span(NamedTuple):
    """The range. `base` and `head` are full commit ids; `head` is empty for the working tree.

    `base_name` and `head_name` are how they were called. `commits` are in the range, `touching` of them change sealed files.
    `file` is the file of sops that alone was reviewed, from the top; mostly it is empty.
    """

    base: str
    head: str
    base_name: str
    head_name: str
    commits: int = 0
    touching: int = 0
    file: str = ""


class ActRow(NamedTuple):
    """One change that an act made, with its environment; a statement has none."""

    environment: str
    change: NameChange | AccessChange | KeyChange | Statement


class Act(NamedTuple):
    """What somebody did, in a sentence, and all that follows from it.

    `who` are the authors of its `commits` (full ids, oldest first), as the commits claim, without addresses; all three are
    empty if no commit of the range did it. `signed` is the word for the worst of their signatures, as `By` has it. `findings`
    are worst first; every finding of a review is in exactly one of its acts, and `severity` is that of the worst, `note`
    without any. `brief` is what the headline tells of it. If somebody did several things that they were not allowed to do,
    they stand together: each is one of the `parts`, whose findings are among this act's too. `rows` are not for programs.
    """

    severity: str
    sentence: Sentence
    who: str
    commits: tuple[str, ...]
    signed: str
    findings: tuple[Finding, ...]
    brief: Sentence
    parts: tuple["Act", ...] = ()
    by: tuple[By, ...] = ()
    rows: tuple[ActRow, ...] = ()


class Counts(NamedTuple):
    """The verdict in figures. People and machines count once each, however many access groups they gained or lost."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    moved: int = 0
    resealed: int = 0
    unchanged: int = 0
    people_gained: int = 0
    people_lost: int = 0
    machines_gained: int = 0
    machines_lost: int = 0
    keys_replaced: int = 0
    errors: int = 0
    warnings: int = 0


class Review(NamedTuple):
    """A whole review. `acts` tell it, worst first; `risks` are all their findings, worst first. `commit` of one may be empty.

    `headline` is the whole in one line: what happened, and how much of it has to be fixed.

    `notes` are sentences on what was not looked at: a shallow clone, no identity. `identity`: values were opened for this.
    `reformatted` counts the changed lines of covered files that mean nothing: layout, comments, quotes, order.
    `people` are those who may do other things by a policy. `asks_signatures`: a policy of the base asks for some. `rules` are
    those that found something, with what each means.
    """

    span: Span
    counts: Counts
    risks: tuple[Finding, ...] = ()
    environments: tuple[EnvironmentReview, ...] = ()
    statements: tuple[Statement, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    notes: tuple[Sentence, ...] = ()
    identity: bool = False
    approvals: Approvals = Approvals()
    reformatted: int = 0
    acts: tuple[Act, ...] = ()
    headline: Sentence = NOTHING
    people: tuple[PersonChange, ...] = ()
    asks_signatures: bool = True
    rules: tuple[FindingRule, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True if nothing about secrets changed and there is no risk: a file that was only reformatted has no act either."""
        return not self.acts and not (self.risks or self.statements or self.allowances)
