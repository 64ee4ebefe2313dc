"""One secret of AWS Secrets Manager: making it, looking at it, and having it back after its deletion."""

from typing import Any

from gitseal.errors import shell_quoted
from gitseal.remote.aws import Aws, AwsService
from gitseal.remote.aws_failure import AwsRefusal
from gitseal.remote.failure import RemoteError
from gitseal.stores.protocol import is_like_a_mark

CURRENT = "AWSCURRENT"
MISSING, _EXISTS = "ResourceNotFoundException", "ResourceExistsException"
# AWS has this one code for a secret that waits for its deletion and for much else: what is so is asked afterwards.
NOT_NOW = "InvalidRequestException"


class AwsSecrets:
    """The operations on one secret at a time that both kinds of places need. `key` encrypts new ones; empty: AWS's own."""

    def __init__(self, way: Aws, key: str) -> None:
        self.service: AwsService = way.service("secretsmanager")
        self._key = {"KmsKeyId": key} if key else {}

    def create(self, name: str, text: str, **how: str) -> bool:
        """Makes a secret. False if that name is taken."""
        try:
            self.service.write("create_secret", f"make {name}", Name=name, SecretString=text, **how, **self._key)
        except AwsRefusal as refused:
            if refused.code not in {_EXISTS, NOT_NOW}:
                raise
            return False
        return True

    def describe(self, name: str) -> dict[str, Any]:
        """All but the value; empty if there is no such secret."""
        try:
            return self.service.read("describe_secret", f"look at {name}", SecretId=name)
        except AwsRefusal as refused:
            if refused.code != MISSING:
                raise
            return {}

    def version(self, name: str) -> str:
        """The version that readers get now; empty if they get none."""
        described = self.describe(name)
        return "" if described.get("DeletedDate") else current(described.get("VersionIdsToStages"))

    def is_deleted(self, name: str) -> bool:
        """True for a secret that waits for its deletion."""
        return bool(self.describe(name).get("DeletedDate"))

    def revive(self, name: str) -> bool:
        """Brings back a secret of ours that waits for its deletion; False if it does not wait. Raises RemoteError for others'."""
        described = self.describe(name)
        if not described.get("DeletedDate"):
            return bool(described) and not current(described.get("VersionIdsToStages"))
        if not is_like_a_mark(str(described.get("Description", ""))):
            raise deleted(name)
        self.service.write("restore_secret", f"restore {name}", SecretId=name)
        return True


def deleted(name: str) -> RemoteError:
    """A secret that somebody else deleted, and that AWS keeps for the days of its recovery window."""
    return RemoteError(
        f"{name} waits for its deletion in Secrets Manager, which gitseal did not ask for",
        f"if it should be there: aws secretsmanager restore-secret --secret-id {shell_quoted(name)}",
    )


def current(stages: object) -> str:
    """The version with the label AWSCURRENT; empty if there is none."""
    versions = stages.items() if isinstance(stages, dict) else ()
    return next((str(version) for version, labels in versions if CURRENT in labels), "")
