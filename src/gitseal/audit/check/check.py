"""`check`: whether policy, environments and Git's view of them agree. Needs no identity; with one it looks at values too."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence

from gitseal.audit.check import values as check_values
from gitseal.audit.check.manifest import check_manifest
from gitseal.audit.common_findings import (
    LOCAL_TRACKED,
    NO_POLICY,
    POLICY,
    UNOWNED,
    unchangeable,
    uncountable,
)
from gitseal.crypto.public_key import Scope
from gitseal.document.document import Document, Entry
from gitseal.document.header import Access
from gitseal.document.token import Token
from gitseal.errors import Error, Malformed
from gitseal.identities import NO_IDENTITIES, Keyring
from gitseal.policy.manifest import EMPTY
from gitseal.policy.policy import Policy
from gitseal.policy.signing import parse_signing
from gitseal.project.key_holders import holders
from gitseal.project.project import Project
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.stanza import check_stanza
from gitseal.report.causes import ENVIRONMENT, VALUE, Cause, answers
from gitseal.report.causes import people as caused_by
from gitseal.report.findings import ERROR, Finding, FindingRule, declared
from gitseal.report.sentences import NOTHING, Sentence, listed, literal, sentence
from gitseal.scan.comments import assigned

ATTRIBUTE = FindingRule("attribute", ERROR, "a Git attribute hides or changes a sealed file", blocks=True)
BLIND_BASE = FindingRule("blind-base", ERROR, "people may open an environment and not the one that it extends")
COMMENT_VALUE = FindingRule(
    "comment-value", ERROR, "a comment assigns something to a name, and no comment is sealed", blocks=True
)
COPIED = FindingRule("copied", ERROR, "two files share an id or a key: one was copied by hand", blocks=True)
MALFORMED = FindingRule("malformed", ERROR, "a file breaks its grammar", blocks=True)
MANIFEST = FindingRule("manifest", ERROR, "the manifest cannot be read, or contradicts itself")
NO_FILE = FindingRule("no-file", ERROR, "the policy has an environment that has no file")
NO_STANZA = FindingRule("no-stanza", ERROR, "the policy lets somebody open an access group, and they cannot yet")
PLAIN_VALUE = FindingRule("plain-value", ERROR, "a value stands plain, and no rule says so", blocks=True)
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


def blocking(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those that no commit may bring."""
    ids = {rule.id for rule in declared(sys.modules[__name__]) if rule.blocks}
    return (finding for finding in findings if finding.rule in ids)


def check(project: Project, environments: Sequence[str] = (), keyring: Keyring = NO_IDENTITIES) -> list[Finding]:
    """Everything that does not agree, in the order of the files. Without environments: of all, and of the whole folder.

    Values that an identity of the keyring opens are looked at too: whether they are intact, and as the manifest asks.
    """
    project = project.shared().fixed()
    findings: list[Finding] = []
    try:
        policy = project.policy
    except Error as error:
        return [_of_error(POLICY, project.relative(project.policy_file), error)]
    try:
        chosen = environments or tuple(sorted({*project.environments, *policy.environments}))
    except Error as error:
        return [_of_error(MALFORMED, project.relative(project.folder), error)]
    documents = {}
    for environment in chosen:
        document, document_findings = _environment(project, policy, environment)
        findings += document_findings
        if document is not None:
            documents[environment] = document
    findings += _twice(project, documents)
    readable = check_values.read(project, documents, keyring)
    findings += readable.findings
    findings += check_values.references(project, documents, readable.values, bases=bool(environments))
    findings += _manifest(project, list(documents), readable.values)
    if not environments:
        findings += _policy(project, policy)
        findings += _folder(project)
    # What is inherited is met once for each environment that inherits it.
    return list({finding[:4]: finding for finding in findings}.values())


class _Finder:
    """Makes findings about one environment's file. Without another hint, `rekey` fixes what is wrong."""

    def __init__(self, path: str, environment: str) -> None:
        self._path = path
        self._environment = environment

    def __call__(
        self,
        rule: FindingRule,
        line: int,
        message: Sentence,
        hint: Sentence = NOTHING,
        causes: tuple[Cause, ...] = (),
    ) -> Finding:
        advice = hint or sentence("`gitseal rekey -e {}`", self._environment)
        return rule.at(self._path, line, message, advice, causes=causes)

    def again(self, rule: FindingRule, entry: Entry, message: Sentence) -> Finding:
        """A finding that setting the name once more fixes."""
        hint = sentence("`gitseal set {} -e {}`", entry.name, self._environment)
        return self(rule, entry.line, message, hint, (Cause(VALUE, entry.name, self._environment),))


def _environment(project: Project, policy: Policy, environment: str) -> tuple[Document | None, list[Finding]]:
    path = project.relative(project.file(environment))
    add = sentence("`gitseal env add {}`", environment)
    cause = (Cause(ENVIRONMENT, "", environment),)
    try:
        document = project.parse(environment, project.source.read(project.file(environment)))
    except FileNotFoundError:
        message = sentence('the policy has the environment "{}", and there is no file', environment)
        return None, [NO_FILE.at(path, 0, message, add, causes=cause)]
    except Error as error:
        return None, [_of_error(MALFORMED, path, error)]
    if environment not in policy.environments:
        message = sentence('the policy has no environment "{}"', environment)
        return document, [NO_POLICY.at(path, 0, message, add, causes=cause)]
    finding = _Finder(path, environment)
    findings = [problem for entry in document.entries.values() for problem in _entry(policy, document, entry, finding)]
    for group, access in document.header.access.items():
        findings += _access(policy, document.header.scope(group), access, finding)
    # The tree is not asked for its lines: most files are read without one.
    for line, name in assigned(document.serialise().decode().split("\n")):
        message = sentence('a comment assigns something to "{}": nothing in a comment is sealed', name)
        hint = sentence("take the line out, then: `gitseal set {} -e {}`", name, environment)
        findings.append(finding(COMMENT_VALUE, line, message, hint))
    findings += _attributes(project, path)
    return document, findings


def _entry(policy: Policy, document: Document, entry: Entry, finding: _Finder) -> Iterator[Finding]:
    environment = document.header.environment
    is_plain = policy.is_plain(environment, entry.path)
    cause = answers((entry.name,), environment)
    token = entry.token
    if token is None:
        if not is_plain:
            message = sentence('"{}" stands plain, and no rule says so', entry.name)
            yield finding(PLAIN_VALUE, entry.line, message, causes=cause)
        return
    if is_plain:
        message = sentence('"{}" is sealed, and a rule says plain', entry.name)
        hint = sentence("`gitseal unseal {} -e {}`", entry.name, environment)
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
    if not _is_canonical(token):
        template = 'the token of "{}" is not in its one canonical form'
        yield finding.again(MALFORMED, entry, sentence(template, entry.name))


def _is_canonical(token: Token) -> bool:
    try:
        token.ciphertext()
    except Malformed:
        return False
    return True


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
        of = sentence('the stanza of "{}" in access group "{}"', name, scope.group)
        if stanza.key_id != access.key_id:
            message = sentence("{} holds a replaced data key", of)
            yield finding(STALE_STANZA, access.line, message, causes=caused_by((name,)))
        try:
            check_stanza(stanza.age_file(), wanted[name, key])
        except Malformed as error:
            message = sentence("{}: {}", of, literal(error.message))
            yield finding(MALFORMED, access.line, message, causes=caused_by((name,)))
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
            yield ATTRIBUTE.at(path, 0, message, sentence("see where it is set: `git check-attr -a -- {}`", path))


def _twice(project: Project, documents: dict[str, Document]) -> Iterator[Finding]:
    """A file id, key id or public key that two files share: one was copied by hand."""
    seen: dict[str, str] = {}
    for environment, document in documents.items():
        ids = [document.header.id, *(access.public.raw.hex() for access in document.header.access.values())]
        for shared in ids:
            if shared in seen:
                path = project.relative(project.file(environment))
                message = sentence("this file shares an id or a key with {}", seen[shared])
                yield COPIED.at(path, 0, message, sentence("make environments with: `gitseal env add NAME`"))
            seen[shared] = environment


def _policy(project: Project, policy: Policy) -> Iterator[Finding]:
    path = project.relative(project.policy_file)
    for name, principal in policy.recipients.items():
        for key in principal.keys:
            try:
                parse_recipient(key)
            except Error as error:
                message = sentence('a key of "{}": {}', name, literal(error.message))
                yield POLICY.at(path, 0, message, literal(error.hint))
        for key in principal.signing:
            try:
                parse_signing(key)
            except Error as error:
                message = sentence('a signing key of "{}": {}', name, literal(error.message))
                yield POLICY.at(path, 0, message, literal(error.hint))
    for name, environment in policy.environments.items():
        if environment.protected and not (environment.change and policy.policy_change and policy.manifest_change):
            template = '"{}" is protected, and the policy does not say who may change it, the policy and the manifest'
            hint = sentence("add change: [GROUP] to the environment, to policy: and to manifest:")
            yield UNOWNED.at(path, 0, sentence(template, name), hint)
        if environment.extends:
            base = policy.environments[environment.extends]
            blind = sorted(set(policy.members(environment.open)) - set(policy.members(base.open)))
            if blind:
                template = '{} may open "{}" and not "{}", which it extends'
                message = sentence(template, listed(blind, "{}"), name, environment.extends)
                yield BLIND_BASE.at(path, 0, message, sentence("give them open there"), causes=caused_by(blind))
    yield from uncountable(policy, path)
    yield from unchangeable(policy, path)


def _manifest(project: Project, environments: Sequence[str], values: check_values.Values) -> list[Finding]:
    try:
        return check_manifest(project, environments, values) if project.manifest != EMPTY else []
    except Error as error:
        return [_of_error(MANIFEST, project.relative(project.manifest_path), error)]


def _folder(project: Project) -> Iterator[Finding]:
    folder = os.path.dirname(project.policy_file)
    for name in sorted(project.source.names(folder)):
        file = os.path.join(folder, name)
        if name.endswith(".local.yaml") and project.source.is_tracked(file):
            path = project.relative(file)
            message = sentence("a local file is tracked by Git: it is for one machine only")
            yield LOCAL_TRACKED.at(path, 0, message, sentence("`git rm --cached {}`", path))


def _of_error(rule: FindingRule, path: str, error: Error) -> Finding:
    # The finding has the place already.
    line = error.line if isinstance(error, Malformed) else 0
    return rule.at(path, line, literal(error.reason), literal(error.hint))
