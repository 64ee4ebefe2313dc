"""What the two stores of AWS have in common: the options after a place, and the region that it is in."""

import re
from collections.abc import Mapping

from gitseal.errors import Error
from gitseal.remote.aws import Aws
from gitseal.remote.names import AWS_REGION
from gitseal.stores.protocol import Outside, Whereabouts

OPTIONS = {"region": AWS_REGION, "key": r"[a-zA-Z0-9:/_-]{1,256}"}
"""The options that both take, with what each may be: another region than the environment's, another KMS key than AWS's own."""


def options(text: str, known: Mapping[str, str], example: str) -> dict[str, str]:
    """The options in `key=alias/shop&region=eu-central-1`. Raises Error for one that is not known, or given twice."""
    given = [part.partition("=") for part in text.split("&")] if text else []
    found = {name: value for name, _, value in given}
    if len(found) < len(given) or not all(
        name in known and re.fullmatch(known[name], value) for name, value in found.items()
    ):
        raise Error(f'"?{text}" is no option of a place in AWS', f"it takes {', '.join(known)}, as in {example}")
    return found


def way(region: str, outside: Outside) -> Aws:
    """The way to AWS. Raises Error if neither the place nor the environment names a region, or the SDK is not installed."""
    return Aws(outside.environ, region, outside.wait)


def whereabouts(service: str, region: str, outside: Outside) -> Whereabouts:
    """The account and region, and each address that is not AWS's own. The account is asked for once. Raises Error as `way`."""
    aws = way(region, outside)
    others = dict.fromkeys(filter(None, map(aws.elsewhere, (service, "sts"))))
    if _ACCOUNT not in outside.kept:
        outside.kept[_ACCOUNT] = aws.account()
    told = f"AWS account {outside.kept[_ACCOUNT]} in {aws.region}" + "".join(f" at {address}" for address in others)
    return Whereabouts(told, told)


_ACCOUNT = "the account of AWS"
