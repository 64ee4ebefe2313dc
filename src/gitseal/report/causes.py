"""`Cause`: what a finding or a statement follows from, as data.

A review tells all that shares a cause as one act: "carol joins team" instead of one risk for each list that she is in now.
Whoever makes a finding gives its causes, so that nobody has to guess them from its words:

    ACCESS_GAINED.at(path, line, message, causes=people(["carol"]))

Causes are compared within one `.secrets` folder, which the finding's path names. A finding with several causes joins what
has any of them. One with no cause is an act of its own, with its message as the sentence, so nothing is lost without one.
"""

from collections.abc import Iterable

from gitseal.records import NamedTuple

# PERSON: somebody, a machine or a forge came, went, or may do other things; the subject is their name in the policy.
# VALUE: a name's value came, went or changed in an environment. ANSWER: the policy says something else of that name there.
# RULE: a rule of the policy; the subject is its patterns, see `rule`. PATTERN: one that a rule got.
# KEY: the data key of an access group in an environment.
# ENVIRONMENT: one environment's settings, aliases or file; the subject is empty. LIST: who has to sign or approve a change of
# a file; the subject is the file: an environment, `policy` or `manifest`. SERVICE, DECLARATION: of the manifest, by name.
# TARGET: a place that values are published to, by its name in the policy.
# FILE: one file, by its path. SIGNER: a commit whose author was not allowed to make it, by its id. MERGE: what a merge
# dropped or would do; the subject is its commit, empty for the merge that is still to come.
PERSON, VALUE, ANSWER, RULE, KEY, ENVIRONMENT = "person", "value", "answer", "rule", "key", "environment"
LIST, SERVICE, DECLARATION, FILE, SIGNER = "list", "service", "declaration", "file", "signer"
MERGE, PATTERN, TARGET = "merge", "pattern", "target"


class Cause(NamedTuple):
    """One thing that findings follow from: its kind, as above, and which one. `environment` is empty if it is of them all."""

    kind: str
    subject: str
    environment: str = ""


def people(names: Iterable[str]) -> tuple[Cause, ...]:
    """A cause for each of these people, machines and forges."""
    return tuple(Cause(PERSON, name) for name in names)


def rule(patterns: Iterable[str]) -> Cause:
    """The rule of a policy that has these patterns."""
    return Cause(RULE, ", ".join(patterns))


def patterns(those: Iterable[str]) -> tuple[Cause, ...]:
    """The patterns that a rule got, each by itself."""
    return tuple(Cause(PATTERN, pattern) for pattern in those)


def answers(names: Iterable[str], environment: str) -> tuple[Cause, ...]:
    """The policy's answers about these names in an environment."""
    return tuple(Cause(ANSWER, name, environment) for name in names)
