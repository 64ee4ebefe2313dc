"""`check`: whether policy, environments and Git's view of them agree. Needs no identity; with one it looks at values too."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial

from gitseal.audit.check import environment as one_environment
from gitseal.audit.check import values as check_values
from gitseal.audit.check.cloud_keys import check_cloud_keys
from gitseal.audit.check.environment import MALFORMED, NO_FILE, check_environment, of_error
from gitseal.audit.check.manifest import check_manifest
from gitseal.audit.common_findings import LOCAL_TRACKED, POLICY, UNOWNED, unchangeable, uncountable
from gitseal.document.document import Document
from gitseal.errors import Error
from gitseal.identities import NO_IDENTITIES, Keyring
from gitseal.policy.manifest import EMPTY
from gitseal.policy.policy import Policy
from gitseal.policy.signing import parse_signing
from gitseal.project.comparison import State, Unseen
from gitseal.project.key_holders import names_by_opener, names_by_recipient
from gitseal.project.project import Project
from gitseal.project.unseen import unseen
from gitseal.recipients.kinds import parse_recipient
from gitseal.report.causes import people as caused_by
from gitseal.report.findings import ERROR, WARNING, Finding, FindingRule, declared
from gitseal.report.hints import POLICY_OWNERS, advice, command, decision, runnable, untrack
from gitseal.report.sentences import listed, literal, sentence

BLIND_BASE = FindingRule("blind-base", ERROR, "people may open an environment and not the one that it extends")
COPIED = FindingRule("copied", ERROR, "two files share an id or a key: one was copied by hand", blocks=True)
HIDDEN = FindingRule(
    "hidden", ERROR, "the repository has something that the working tree does not show: it was not looked at"
)
UNCOMMITTABLE = FindingRule("uncommittable", ERROR, "a file lies here that no commit will have")
ANNOUNCED = FindingRule("announced", WARNING, "a file was announced to Git without its content")
SHARED_RECIPIENT = FindingRule(
    "shared-recipient", WARNING, "one private key stands under two names: taking one of them out closes nothing to it"
)
MANIFEST = FindingRule("manifest", ERROR, "the manifest cannot be read, or contradicts itself")


def blocking(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those that no commit may bring."""
    ids = _blocking_ids()
    return (finding for finding in findings if finding.rule in ids)


@cache  # a review asks it of every commit
def _blocking_ids() -> frozenset[str]:
    return frozenset(rule.id for rule in declared(sys.modules[__name__], one_environment) if rule.blocks)


def check(
    project: Project,
    environments: Sequence[str] = (),
    keyring: Keyring = NO_IDENTITIES,
    reader: Keyring = NO_IDENTITIES,
) -> list[Finding]:
    """Everything that does not agree, in the order of the files. Without environments: of all, and of the whole folder.

    Values that an identity of the keyring opens are looked at too: whether they are intact, and as the manifest asks. Those of
    `reader` open nothing; they tell which advice is for whoever reads the findings.
    """
    project = project.shared().fixed()
    return _check(project, environments, keyring, reader, partial(unseen, project))


def check_each(project: Project, environments: Sequence[str]) -> Iterator[list[Finding]]:
    """What `check` finds of each environment alone; the working tree is compared with the repository once for all of them."""
    project = project.shared().fixed()
    differences = cache(partial(unseen, project))
    for environment in environments:
        yield _check(project, (environment,), NO_IDENTITIES, NO_IDENTITIES, differences)


def _check(
    project: Project,
    environments: Sequence[str],
    keyring: Keyring,
    reader: Keyring,
    differences: Callable[[], list[Unseen]],
) -> list[Finding]:
    findings: list[Finding] = []
    try:
        policy = project.policy
    except Error as error:
        return [of_error(POLICY, project.relative(project.policy_file), error)]
    try:
        chosen = environments or tuple(sorted({*project.environments, *policy.environments}))
    except Error as error:
        return [of_error(MALFORMED, project.relative(project.folder), error)]
    hidden = list(_unseen(project, environments, differences()))
    findings += hidden
    documents = {}
    here = cache(partial(_people_here, policy, (keyring, reader)))
    for environment in chosen:
        document, document_findings = check_environment(project, policy, environment, here)
        # That it has no file is said by what hides it.
        explained = {finding.path for finding in hidden if finding.rule == HIDDEN.id}
        findings += [one for one in document_findings if one.rule != NO_FILE.id or one.path not in explained]
        if document is not None:
            documents[environment] = document
    findings += _twice(project, documents)
    readable = check_values.read(project, documents, keyring)
    findings += readable.findings
    findings += check_values.references(project, documents, readable.values, bases=bool(environments))
    findings += _manifest(project, list(documents), readable.values)
    if not environments:
        findings += _policy(project, policy)
        findings += _targets(project, policy)
        findings += _folder(project)
    # What is inherited is met once for each environment that inherits it.
    return list({finding[:4]: finding for finding in findings}.values())


def _unseen(project: Project, environments: Sequence[str], differences: Iterable[Unseen]) -> Iterator[Finding]:
    """What the repository has and the working tree does not show, and the reverse; of these environments, or of all."""
    files = {project.relative(project.file(name)) for name in environments}
    for one in differences:
        if files and one.path not in {*files, ""}:
            continue
        rule = HIDDEN if one.is_hidden else ANNOUNCED if one.state is State.INTENT else UNCOMMITTABLE
        yield rule.at(one.path or project.relative(project.folder), 0, one.message, one.hint)


def _people_here(policy: Policy, keyrings: Iterable[Keyring]) -> frozenset[str]:
    """The names of those whose identities are at hand, as far as they are known without asking for a passphrase."""
    names = names_by_recipient(policy)
    known = (identity.recipient for keyring in keyrings for identity in keyring.identities())
    return frozenset(names[recipient] for recipient in known if recipient in names)


def _twice(project: Project, documents: dict[str, Document]) -> Iterator[Finding]:
    """A file id, key id or public key that two files share: one was copied by hand."""
    seen: dict[str, str] = {}
    for environment, document in documents.items():
        ids = [document.header.id, *(access.public.raw.hex() for access in document.header.access.values())]
        for shared in ids:
            if shared in seen:
                path = project.relative(project.file(environment))
                message = sentence("this file shares an id or a key with {}", seen[shared])
                add = command("gitseal env add {}", environment)
                hint = decision(POLICY_OWNERS, "take the file and the environment away, and make it anew", add)
                yield COPIED.at(path, 0, message, hint)
            seen[shared] = environment


def _policy(project: Project, policy: Policy) -> Iterator[Finding]:
    path = project.relative(project.policy_file)
    for name, principal in policy.recipients.items():
        for key in principal.keys:
            try:
                parse_recipient(key)
            except Error as error:
                message = sentence('a key of "{}": {}', name, literal(error.message))
                yield POLICY.at(path, 0, message, advice(error.hint))
        for key in principal.signing:
            try:
                parse_signing(key)
            except Error as error:
                message = sentence('a signing key of "{}": {}', name, literal(error.message))
                yield POLICY.at(path, 0, message, advice(error.hint))
    for name, environment in policy.environments.items():
        if environment.protected and not (environment.change and policy.policy_change and policy.manifest_change):
            template = '"{}" is protected, and the policy does not say who may change it, the policy and the manifest'
            hint = decision(
                POLICY_OWNERS, "add change: to the environment, to policy: and to manifest:, with a group that may"
            )
            yield UNOWNED.at(path, 0, sentence(template, name), hint)
        if environment.extends:
            base = policy.environments[environment.extends]
            blind = sorted(set(policy.members(environment.open)) - set(policy.members(base.open)))
            if blind:
                template = '{} may open "{}" and not "{}", which it extends'
                message = sentence(template, listed(blind, "{}"), name, environment.extends)
                yield BLIND_BASE.at(
                    path, 0, message, decision(POLICY_OWNERS, "give them open: there"), causes=caused_by(blind)
                )
    yield from _shared(policy, path)
    yield from check_cloud_keys(policy, path)
    yield from uncountable(policy, path)
    yield from unchangeable(policy, path)


def _shared(policy: Policy, path: str) -> Iterator[Finding]:
    for names in dict.fromkeys(those for those in names_by_opener(policy).values() if len(those) > 1):
        message = sentence("{} have a key in common, or two that one private key opens", listed(names, "{}"))
        hint = decision(POLICY_OWNERS, "give each of them a key of their own, or take one of the names out")
        yield SHARED_RECIPIENT.at(path, 0, message, hint, causes=caused_by(names))


def _manifest(project: Project, environments: Sequence[str], values: check_values.Values) -> list[Finding]:
    try:
        return check_manifest(project, environments, values) if project.manifest != EMPTY else []
    except Error as error:
        return [of_error(MANIFEST, project.relative(project.manifest_path), error)]


def _targets(project: Project, policy: Policy) -> Iterator[Finding]:
    if not policy.publish:
        return
    from gitseal.audit.check.targets import check_targets  # few policies publish anything

    try:
        manifest = project.manifest
    except Error:
        manifest = None  # it has a finding of its own
    yield from check_targets(policy, manifest, project.relative(project.policy_file))


def _folder(project: Project) -> Iterator[Finding]:
    folder = os.path.dirname(project.policy_file)
    for name in sorted(project.source.names(folder)):
        file = os.path.join(folder, name)
        if name.endswith(".local.yaml") and project.source.is_tracked(file):
            path = project.relative(file)
            message = sentence("a local file is tracked by Git: it is for one machine only")
            yield LOCAL_TRACKED.at(path, 0, message, runnable(untrack(path)))
