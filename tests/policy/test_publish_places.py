"""Two targets in one place are noticed, however the place is spelled."""

import pytest

from gitseal.policy.publishing import clash
from gitseal.policy.target import PublishTarget


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("aws-ssm:/shop/", "aws-ssm:/shop/?region=eu-central-1", True),
        ("aws-ssm:/shop/?region=eu-central-1", "aws-ssm:/shop/?tier=advanced", True),
        ("aws-ssm:/shop/?region=eu-central-1&tier=advanced", "aws-ssm:/shop/?region=eu-central-1", True),
        ("aws-ssm:/shop/?region=eu-central-1", "aws-ssm:/shop/?region=eu-west-1", False),
        ("aws-secretsmanager:shop", "aws-secretsmanager:shop/", False),
        ("vault:secret/shop", "vault:secret/shop/", False),
        ("vault:secret/shop", "vault:secret/Shop", False),
        ("github:shop/web", "github:Shop/Web", True),
        ("gitlab:shop/web", "gitlab:shop/web?masked=auto", True),
        ("azure-keyvault:shop", "azure-keyvault:shop/", True),
        ("gcp-secretmanager:shop-1", "gcp-secretmanager:shop-1/", True),
        ("exec:push a?b", "exec:push a?c", False),
    ],
)
def test_a_place_is_the_same_however_it_is_spelled(one: str, other: str, is_same: bool) -> None:  # noqa: FBT001 - a case
    for first, second in ((one, other), (other, one)):
        targets = (PublishTarget("a", ("production",), first), PublishTarget("b", ("staging",), second))
        assert (clash(targets) is not None) is is_same
