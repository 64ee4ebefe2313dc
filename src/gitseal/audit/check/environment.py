"""The part of `check` about one environment: whether its file is as the policy and Git have it. Needs no identity."""

from collections.abc import Callable, Collection, Iterator, Sequence

from gitseal.audit.common_findings import NO_POLICY
from gitseal.crypto.public_key import Scope
from gitseal.crypto.token_kinds import WRITE_ONLY
from gitseal.document import token as tokens
from gitseal.document.bulk import Row
from gitseal.document.document import FIRST_LINE, Document, Entry
from gitseal.document.header import Access, Header
from gitseal.errors import Error, Malformed
from gitseal.policy.policy import DEFAULT, REFUSE, Policy
from gitseal.policy.unread_values import waits_in
from gitseal.project.key_holders import holders
from gitseal.project.project import Project
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.stanza import check_stanza
from gitseal.report.causes import ENVIRONMENT, VALUE, Cause, answers
from gitseal.report.causes import people as caused_by
from gitseal.report.findings import ERROR, Finding, FindingRule
from gitseal.report.hints import NO_HINT, POLICY_OWNERS, YOU, Hint, advice, command, decision, give_value
from gitseal.report.sentences import NOTHING, Sentence, literal, ours, sentence
from gitseal.review.write_only_values import kept_out_of

ATTRIBUTE = FindingRule("attribute", ERROR, "a Git attribute hides or changes a sealed file", blocks=True)
COMMENT_VALUE = FindingRule(
    "comment-value", ERROR, "a comment assigns something to a name, and no comment is sealed", blocks=True
)
MALFORMED = FindingRule("malformed", ERROR, "a file breaks its grammar", blocks=True)
NO_FILE = FindingRule("no-file", ERROR, "the policy has an environment that has no file")
NO_STANZA = FindingRule("no-stanza", ERROR, "the policy lets somebody open an access group, and they cannot yet")
PLAIN_VALUE = FindingRule("plain-value", ERROR, "a value is plain, and no rule says so", blocks=True)
SEALED_THOUGH_PLAIN = FindingRule("sealed-though-plain", ERROR, "a value is sealed, and a rule says plain")
STALE = FindingRule("stale", ERROR, "a value is sealed under a data key that its file no longer has", blocks=True)
STALE_STANZA = FindingRule("stale-stanza", ERROR, "a stanza holds a data key that was replaced", blocks=True)
UNKNOWN_GROUP = FindingRule(
    "unknown-group", ERROR, "a file has an access group that the policy does not have", blocks=True
)
UNKNOWN_RECIPIENT = FindingRule(
    "unknown-recipient", ERROR, "a stanza is for a key that the policy gives nobody there", blocks=True
)
WRONG_GROUP = FindingRule(
    "wrong-group", ERROR, "a value is sealed to another access group than the policy says", blocks=True
)

_ATTRIBUTES = {
    "diff": ("unset",),
    "filter": (),
    "ident": ("set",),
    "working-tree-encoding": (),
    "linguist-generated": (),
}
_HARMLESS = {"unspecified", "unset"}


class _Finder:
    """Makes findings about one environment's file. Without another hint, `rekey` fixes what is wrong.

    A command that this person cannot run is given to somebody who can: `opens` tells if they open anything in the file,
    `refuses` if the policy takes no value from those who do not.
    """

    def __init__(self, path: str, environment: str, opens: Callable[[], bool], *, refuses: bool) -> None:
        self._path = path
        self._environment = environment
        self._opens = opens
        self._refuses = refuses

    def __call__(
        self,
        rule: FindingRule,
        line: int,
        message: Sentence,
        hint: Hint = NO_HINT,
        causes: tuple[Cause, ...] = (),
    ) -> Finding:
        return rule.at(self._path, line, message, hint or self._rekey(), causes=causes)

    def _rekey(self) -> Hint:
        who = YOU if self._opens() else sentence('somebody who opens "{}"', self._environment)
        return decision(who, NOTHING, command("gitseal rekey -e {}", self._environment))

    def wrap_anew(self, name: str) -> Hint:
        """The hint for a stanza that opens nothing: a rekey leaves one for the right key alone, whatever it holds."""
        who = sentence('somebody who opens "{}", other than "{}"', self._environment, name)
        words = "a new data key comes with new stanzas"
        return decision(who, words, command("gitseal rekey -e {} --rotate", self._environment))

    def value(self, name: str, words: str | Sentence = NOTHING) -> Hint:
        """The hint to give a name a value once more."""
        if self._refuses and not self._opens():
            who = sentence('somebody who opens "{}" and knows the value', self._environment)
            return give_value(name, self._environment, words, who)
        return give_value(name, self._environment, words)

    def again(self, rule: FindingRule, entry: Entry, message: Sentence) -> Finding:
        """A finding that setting the name once more fixes."""
        return self(rule, entry.line, message, self.value(entry.name), (Cause(VALUE, entry.name, self._environment),))


def check_environment(
    project: Project, policy: Policy, environment: str, here: Callable[[], Collection[str]] = tuple
) -> tuple[Document | None, list[Finding]]:
    """The document, None if it is missing or cannot be read, and its findings in the order of the file.

    `here` gives the people whose identities are at hand; it is asked only if that decides what somebody is advised to do.
    """
    path = project.relative(project.file(environment))
    try:
        document = project.parse(environment, project.source.read(project.file(environment)))
    except FileNotFoundError:
        message = sentence('the policy has the environment "{}", and there is no file', environment)
        return None, [_of_policy(NO_FILE, path, message, environment)]
    except Error as error:
        return None, [of_error(MALFORMED, path, error)]
    if environment not in policy.environments:
        message = sentence('the policy has no environment "{}"', environment)
        return document, [_of_policy(NO_POLICY, path, message, environment)]
    access_groups = document.header.access.values()

    def opens() -> bool:
        return any(name in access.stanzas for name in here() for access in access_groups)

    refuses = policy.environments[environment].write_only == REFUSE
    finding = _Finder(path, environment, opens, refuses=refuses)
    findings = list(_entries(policy, document, finding))
    for group, access in document.header.access.items():
        findings += _access(policy, document.header.scope(group), access, finding)
    # The tree is not asked for its lines: most files are read without one.
    for line, name in _assigned(document.serialise().decode()):
        message = sentence('a comment assigns something to "{}": nothing in a comment is sealed', name)
        hint = finding.value(name, "take the line out, then")
        findings.append(finding(COMMENT_VALUE, line, message, hint))
    findings += _attributes(project, path)
    return document, findings


def _of_policy(rule: FindingRule, path: str, message: Sentence, environment: str) -> Finding:
    add = decision(POLICY_OWNERS, NOTHING, command("gitseal env add {}", environment))
    return rule.at(path, 0, message, add, causes=(Cause(ENVIRONMENT, "", environment),))


def _assigned(text: str) -> Iterator[tuple[int, str]]:
    """As `scan.comments.assigned`, which takes 10 ms to load, if there is any comment but the one that every file has."""
    if "#" not in text.removeprefix(FIRST_LINE):
        return
    from gitseal.scan.comments import assigned

    yield from assigned(text)


def _entries(policy: Policy, document: Document, finding: _Finder) -> Iterator[Finding]:
    # Most files are in order, which their rows show without an entry for each of them.
    if document.rows is None or not _are_in_order(policy, document.header, document.rows):
        for entry in document.entries.values():
            yield from _entry(policy, document, entry, finding)


def _are_in_order(policy: Policy, header: Header, rows: Sequence[Row]) -> bool:
    """True only if `_entry` has nothing to say of any row."""
    keys = {group: access.key_id for group, access in header.access.items()}
    if any(keys.get(group) != key_id for _name, _kind, group, key_id, _payload in rows):
        return False
    if any(row[1] == WRITE_ONLY for row in rows) and waits_in(policy, header.environment):
        return False
    if policy.rules:
        for name, _kind, group, _key_id, _payload in rows:
            rule = policy.rule(header.environment, (name,))
            if (rule is not None and rule.plain) or group != (DEFAULT if rule is None else rule.access):
                return False
    elif any(row[2] != DEFAULT for row in rows):
        return False
    return not any(tokens.fault(row[1], row[4]) for row in rows)


def _entry(policy: Policy, document: Document, entry: Entry, finding: _Finder) -> Iterator[Finding]:
    environment = document.header.environment
    is_plain = policy.is_plain(environment, entry.path)
    cause = answers((entry.name,), environment)
    token = entry.token
    if token is None:
        if not is_plain:
            message = sentence('"{}" is plain, and no rule says so', entry.name)
            yield finding(PLAIN_VALUE, entry.line, message, causes=cause)
        return
    if is_plain:
        message = sentence('"{}" is sealed, and a rule says plain', entry.name)
        words = "take the rule out, unless the value is no secret and everybody may read it"
        hint = decision(POLICY_OWNERS, words)
        yield finding(SEALED_THOUGH_PLAIN, entry.line, message, hint, cause)
        return
    access = document.header.access.get(token.group)
    if access is None:
        template = '"{}" is sealed to access group "{}", which the file does not have'
        yield finding.again(STALE, entry, sentence(template, entry.name, token.group))
    elif access.key_id != token.key_id:
        template = '"{}" is sealed under a data key that was replaced'
        yield finding.again(STALE, entry, sentence(template, entry.name))
    elif token.group != (group := policy.group(environment, entry.path)):
        template = '"{}" is sealed to access group "{}", and the policy says "{}"'
        message = sentence(template, entry.name, token.group, group)
        yield finding(WRONG_GROUP, entry.line, message, causes=cause)
    if token.kind == WRITE_ONLY and (kept_out := kept_out_of(policy, environment)) is not None:
        name = entry.name
        where = (Cause(VALUE, name, environment),)
        yield finding(kept_out.rule, entry.line, kept_out.message(name), kept_out.hint(name), where)
    if fault := tokens.fault(token.kind, token.payload):
        yield finding.again(MALFORMED, entry, sentence('the token of "{}" {}', entry.name, ours(fault)))


def _access(policy: Policy, scope: Scope, access: Access, finding: _Finder) -> Iterator[Finding]:
    people = policy.open_to(scope.environment, scope.group)
    if people is None:
        message = sentence('the policy has no access group "{}" in {}', scope.group, scope.environment)
        yield finding(UNKNOWN_GROUP, access.line, message)
        return
    try:
        wanted = {holder: parse_recipient(key) for holder, key in holders(policy, people).items()}
    except Error:
        return  # the key that cannot be parsed is a finding of its own
    for name, key in access.wrapped():
        if (name, key) not in wanted:
            template = '"{}" can open access group "{}" with the key {}, which the policy does not give them'
            message = sentence(template, name, scope.group, key)
            yield finding(UNKNOWN_RECIPIENT, access.line, message, causes=caused_by((name,)))
            continue
        stanza = access.stanzas[name][key]
        if stanza.key_id != access.key_id:
            message = sentence('the stanza of "{}" in access group "{}" holds a replaced data key', name, scope.group)
            yield finding(STALE_STANZA, access.line, message, causes=caused_by((name,)))
        try:
            check_stanza(stanza.age_file(), wanted[name, key])
        except Malformed as error:
            fault = literal(error.message)
            message = sentence('the stanza of "{}" in access group "{}": {}', name, scope.group, fault)
            yield finding(MALFORMED, access.line, message, finding.wrap_anew(name), caused_by((name,)))
    for name, key in sorted(set(wanted) - set(access.wrapped())):
        template = '"{}" may open access group "{}" and cannot yet, with the key {}'
        message = sentence(template, name, scope.group, key)
        yield finding(NO_STANZA, access.line, message, causes=caused_by((name,)))


def _attributes(project: Project, path: str) -> Iterator[Finding]:
    effective = project.source.attributes(path, tuple(_ATTRIBUTES))
    for name, value in (effective or {}).items():
        harmful = value in _ATTRIBUTES[name] if _ATTRIBUTES[name] else value not in _HARMLESS
        if harmful:
            message = sentence("the Git attribute {} hides or changes this file", f"{name}={value}")
            look = command("git check-attr -a -- {}", path)
            yield ATTRIBUTE.at(path, 0, message, decision(YOU, "see where it is set, and take it out there", look))


def of_error(rule: FindingRule, path: str, error: Error) -> Finding:
    """The finding that a file cannot be read, in the words of the error."""
    # The finding has the place already.
    line = error.line if isinstance(error, Malformed) else 0
    return rule.at(path, line, literal(error.reason), advice(error.hint))
