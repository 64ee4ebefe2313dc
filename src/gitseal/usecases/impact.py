"""`impact`: something leaked, or somebody left: what that concerns. Plain arguments in, one frozen value out."""

from gitseal.audit.exposure.people import person, with_recipient
from gitseal.audit.impact.impact import Impact, Leak
from gitseal.errors import Error
from gitseal.git import refs
from gitseal.identities import Keyring
from gitseal.project.project import Project
from gitseal.recipients.kinds import recipient_id_of


def of_person(project: Project, keyring: Keyring, name: str) -> Impact:
    """What a person or machine could ever open or set. Raises Error if neither policy nor history knows the name."""
    leak = Leak(project, keyring)
    return leak.of_holder(person(project, leak.timeline, name))


def of_key(project: Project, keyring: Keyring, key: str) -> Impact:
    """What one public key could ever open. Raises Error if neither policy nor history knows it."""
    recipient = recipient_id_of(key)
    leak = Leak(project, keyring)
    return leak.of_holder(with_recipient(leak.timeline, recipient))


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
