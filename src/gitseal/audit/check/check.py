"""`check`: policy, environments and Git's view of them held against each other. Needs no identity; one shows more."""

from collections.abc import Iterator, Sequence
from functools import partial

from gitseal.audit.check import values as check_values
from gitseal.audit.check.manifest import check_manifest
from gitseal.crypto.public_key import Scope
from gitseal.document.document import Document, Entry
from gitseal.document.header import Access
from gitseal.document.token import Token
from gitseal.errors import Error, Malformed
from gitseal.identities import Keyring
from gitseal.policy.manifest import EMPTY
from gitseal.policy.policy import Policy
from gitseal.policy.signing import parse_signing
from gitseal.project.key_holders import holders
from gitseal.project.project import Project
from gitseal.recipients.kinds import parse_recipient
from gitseal.recipients.stanza import check_stanza
from gitseal.report.findings import Finding
from gitseal.scan.comments import assigned

_ATTRIBUTES = {
    "diff": ("unset",),
    "filter": (),
    "ident": ("set",),
    "working-tree-encoding": (),
    "linguist-generated": (),
}
_HARMLESS = {"unspecified", "unset"}


def check(project: Project, environments: Sequence[str] = (), keyring: Keyring | None = None) -> list[Finding]:
    """What is not as it should be, in the order of the files. No environments given: all, and what concerns all.

    Values that an identity of the keyring opens are looked at too: whether they are as sealed, and as the manifest asks.
    """
    findings: list[Finding] = []
    try:
        policy = project.policy
    except Error as error:
        return [_of_error("policy", project.relative(project.policy_path), error)]
    try:
        chosen = environments or tuple(sorted({*project.environments, *policy.environments}))
    except Error as error:
        return [_of_error("malformed", project.relative(project.folder), error)]
    documents = {}
    for environment in chosen:
        found, document_findings = _environment(project, policy, environment)
        findings += document_findings
        if found is not None:
            documents[environment] = found
    findings += _twice(project, documents)
    readable = check_values.read(project, documents, keyring or Keyring(()))
    findings += readable.findings
    findings += check_values.references(project, documents, readable.values, bases=bool(environments))
    findings += _manifest(project, list(documents), readable.values)
    if not environments:
        findings += _policy(project, policy)
        findings += _folder(project)
    # What is inherited is met once for each environment that it comes to.
    return list({finding[:4]: finding for finding in findings}.values())


def _environment(project: Project, policy: Policy, environment: str) -> tuple[Document | None, list[Finding]]:
    path = project.relative(project.path(environment))
    try:
        found = project.parse(environment, project.source.read(project.path(environment)))
    except FileNotFoundError:
        return None, [
            Finding(
                "no-file",
                path,
                0,
                f'the policy has the environment "{environment}", and there is no file',
                f"gitseal env add {environment}",
            )
        ]
    except Error as error:
        return None, [_of_error("malformed", path, error)]
    if environment not in policy.environments:
        return found, [
            Finding(
                "no-policy", path, 0, f'the policy has no environment "{environment}"', f"gitseal env add {environment}"
            )
        ]
    finding = partial(_found, path, environment)
    findings = [each for entry in found.entries.values() for each in _entry(policy, found, entry, finding)]
    for group, access in found.header.access.items():
        findings += _access(policy, found.header.scope(group), access, finding)
    for line, name in assigned(found.tree.lines):
        message = f'a comment assigns something to "{name}": nothing in a comment is sealed'
        findings.append(
            finding("comment-value", line, message, f"take the line out, then: gitseal set {name} -e {environment}")
        )
    findings += _attributes(project, path)
    return found, findings


def _found(path: str, environment: str, rule: str, line: int, message: str, hint: str = "") -> Finding:
    return Finding(rule, path, line, message, hint or f"gitseal rekey -e {environment}")


def _entry(policy: Policy, found: Document, entry: Entry, finding: "partial[Finding]") -> Iterator[Finding]:
    environment = found.header.environment
    is_plain = policy.is_plain(environment, entry.path)
    token = entry.token
    if token is None:
        if not is_plain:
            yield finding("plain-value", entry.line, f'"{entry.name}" stands plain, and no rule says so')
        return
    if is_plain:
        yield finding(
            "sealed-though-plain",
            entry.line,
            f'"{entry.name}" is sealed, and a rule says plain',
            f"gitseal unseal {entry.name} -e {environment}",
        )
        return
    access = found.header.access.get(token.group)
    if access is None:
        yield finding(
            "stale",
            entry.line,
            f'"{entry.name}" is sealed to access group "{token.group}", which the file does not have',
            _again(entry, environment),
        )
    elif access.key_id != token.key_id:
        yield finding(
            "stale",
            entry.line,
            f'"{entry.name}" is sealed under a data key that was replaced',
            _again(entry, environment),
        )
    elif token.group != (group := policy.group(environment, entry.path)):
        yield finding(
            "wrong-group",
            entry.line,
            f'"{entry.name}" is sealed to access group "{token.group}", and the policy says "{group}"',
        )
    if not _is_canonical(token):
        yield finding(
            "malformed",
            entry.line,
            f'the token of "{entry.name}" is not in its one canonical form',
            _again(entry, environment),
        )


def _again(entry: Entry, environment: str) -> str:
    return f"gitseal set {entry.name} -e {environment}"


def _is_canonical(token: Token) -> bool:
    try:
        token.ciphertext()
    except Malformed:
        return False
    return True


def _access(policy: Policy, scope: Scope, access: Access, finding: "partial[Finding]") -> Iterator[Finding]:
    people = policy.open_to(scope.environment, scope.group)
    if people is None:
        yield finding(
            "unknown-group", access.line, f'the policy has no access group "{scope.group}" in {scope.environment}'
        )
        return
    try:
        wanted = {holder: parse_recipient(key) for holder, key in holders(policy, people).items()}
    except Error:
        return  # the key that is none is a finding of its own
    for name, key in access.wrapped():
        stanza = access.stanzas[name][key]
        if (name, key) not in wanted:
            message = f'"{name}" can open access group "{scope.group}" with the key {key}, which the policy does not give them'
            yield finding("unknown-recipient", access.line, message)
            continue
        if stanza.key_id != access.key_id:
            yield finding(
                "stale-stanza",
                access.line,
                f'the stanza of "{name}" in access group "{scope.group}" holds a replaced data key',
            )
        try:
            check_stanza(stanza.age_file(), wanted[name, key])
        except Malformed as error:
            yield finding(
                "malformed", access.line, f'the stanza of "{name}" in access group "{scope.group}": {error.message}'
            )
    for name, key in sorted(set(wanted) - set(access.wrapped())):
        yield finding(
            "no-stanza",
            access.line,
            f'"{name}" may open access group "{scope.group}" and cannot yet, with the key {key}',
        )


def _attributes(project: Project, path: str) -> Iterator[Finding]:
    effective = project.source.attributes(path, tuple(_ATTRIBUTES))
    for name, value in (effective or {}).items():
        harmful = value in _ATTRIBUTES[name] if _ATTRIBUTES[name] else value not in _HARMLESS
        if harmful:
            yield Finding(
                "attribute",
                path,
                0,
                f"the Git attribute {name}={value} hides or changes this file",
                f"see where it is set: git check-attr -a -- {path}",
            )


def _twice(project: Project, documents: dict[str, Document]) -> Iterator[Finding]:
    """A file id, key id or public key that two files share: one was copied by hand."""
    seen: dict[str, str] = {}
    for environment, found in documents.items():
        ids = [found.header.id, *(access.public.raw.hex() for access in found.header.access.values())]
        for each in ids:
            if each in seen:
                path = project.relative(project.path(environment))
                yield Finding(
                    "copied",
                    path,
                    0,
                    f"this file shares an id or a key with {seen[each]}",
                    "make environments with: gitseal env add NAME",
                )
            seen[each] = environment


def _policy(project: Project, policy: Policy) -> Iterator[Finding]:
    path = project.relative(project.policy_path)
    for name, principal in policy.recipients.items():
        for key in principal.keys:
            try:
                parse_recipient(key)
            except Error as error:
                yield Finding("policy", path, 0, f'a key of "{name}": {error.message}', error.hint)
        for key in principal.signing:
            try:
                parse_signing(key)
            except Error as error:
                yield Finding("policy", path, 0, f'a signing key of "{name}": {error.message}', error.hint)
    for name, environment in policy.environments.items():
        if environment.protected and not (environment.change and policy.policy_change and policy.manifest_change):
            yield Finding(
                "unowned",
                path,
                0,
                f'"{name}" is protected, and the policy does not say who may change it, the policy and the manifest',
                "add change: [GROUP] to the environment, to policy: and to manifest:",
            )
        if environment.extends:
            base = policy.environments[environment.extends]
            blind = sorted(set(policy.members(environment.open)) - set(policy.members(base.open)))
            if blind:
                yield Finding(
                    "blind-base",
                    path,
                    0,
                    f'{", ".join(blind)} may open "{name}" and not "{environment.extends}", which it extends',
                    "give them open there",
                )


def _manifest(project: Project, environments: Sequence[str], values: check_values.Values) -> list[Finding]:
    try:
        return check_manifest(project, environments, values) if project.manifest != EMPTY else []
    except Error as error:
        return [_of_error("manifest", project.relative(project.manifest_path), error)]


def _folder(project: Project) -> Iterator[Finding]:
    for name in sorted(project.source.names(project.folder)):
        file = project.folder / name
        if name.endswith(".local.yaml") and project.source.is_tracked(file):
            path = project.relative(file)
            yield Finding(
                "local-tracked",
                path,
                0,
                "a local file is tracked by Git: it is for one machine only",
                f"git rm --cached {path}",
            )


def _of_error(rule: str, path: str, error: Error) -> Finding:
    line = error.line if isinstance(error, Malformed) else 0
    return Finding(rule, path, line, error.reason, error.hint)
