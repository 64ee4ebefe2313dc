"""`impact`: something leaked, or somebody left: what that concerns. Plain arguments in, one frozen value out."""

from gitseal.audit.exposure.people import KeyHolder, UnknownHolder, by_commits, nobody, person, with_recipient
from gitseal.audit.impact.impact import Impact
from gitseal.audit.impact.leak import Leak
from gitseal.errors import Error
from gitseal.git import refs
from gitseal.identities import Keyring
from gitseal.project.project import Project
from gitseal.recipients.kinds import recipient_id_of


def of_person(project: Project, keyring: Keyring, name: str) -> Impact:
    """What a person or machine could ever open or set; without a key, what somebody set whose commits have the name.

    Of somebody unknown a shallow clone says nothing for certain, so the answer is empty and not complete. Raises Error if
    neither policy nor history knows the name.
    """
    leak = Leak(project, keyring)
    try:
        return leak.of_holder(person(project, leak.timeline, name))
    except UnknownHolder as error:
        return leak.of_holder(by_commits(leak.timeline, name) or _unknown(leak, name, error))


def of_key(project: Project, keyring: Keyring, key: str) -> Impact:
    """What one public key could ever open. Raises Error if neither policy nor history knows it; as to shallow, see above."""
    recipient = recipient_id_of(key)
    leak = Leak(project, keyring)
    try:
        return leak.of_holder(with_recipient(leak.timeline, recipient))
    except UnknownHolder as error:
        return leak.of_holder(_unknown(leak, "this key", error))


def _unknown(leak: Leak, name: str, error: UnknownHolder) -> KeyHolder:
    if not leak.timeline.is_shallow:
        raise error
    return nobody(name)


def of_commit(project: Project, keyring: Keyring, revision: str) -> Impact:
    """What a commit exposed. Raises Error if there is no such commit."""
    commit = refs.commit(project.git(), revision)
    if commit is None:
        raise Error(f'there is no commit "{revision}"', "see which there are: git log --oneline --all")
    return Leak(project, keyring).of_commit(commit)


def of_value(project: Project, keyring: Keyring, leaked: bytes) -> Impact:
    """The names whose value of today or earlier is what leaked, in any form, or stands in it."""
    return Leak(project, keyring).of_value(leaked)


def of_file(project: Project, keyring: Keyring, leaked: bytes, path: str) -> Impact:
    """The names of which a value stands in a leaked file."""
    return Leak(project, keyring).of_file(leaked, path)
