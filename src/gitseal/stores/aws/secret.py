"""One secret of AWS Secrets Manager: making it, looking at it, and having it back after its deletion."""

from typing import Any

from gitseal.remote.aws import Aws, AwsService
from gitseal.remote.aws_failure import AwsRefusal

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

    def revived(self, name: str) -> str | None:
        """The version, maybe empty, of a secret that waited for its deletion and is there again; None if it did not wait."""
        described = self.describe(name)
        version = current(described.get("VersionIdsToStages"))
        if described.get("DeletedDate"):
            self.service.write("restore_secret", f"restore {name}", SecretId=name)
            return version
        return None if version or not described else ""


def current(stages: object) -> str:
    """The version with the label AWSCURRENT; empty if there is none."""
    versions = stages.items() if isinstance(stages, dict) else ()
    return next((str(version) for version, labels in versions if CURRENT in labels), "")
