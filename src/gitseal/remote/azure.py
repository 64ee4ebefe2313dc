"""Azure Key Vault: who we are to it, where a vault is, and what its refusals mean.

A vault is asked a handful of things in JSON (decision 54), so nothing of Azure's is loaded but azure-identity, which finds the
credentials. A locator has the vault's name and no host: the host is that name below one of the suffixes here, so a commit sends a
token to Azure alone.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from gitseal.errors import Error
from gitseal.hidden import UnshownDict
from gitseal.remote.calling import Patience, Response, Server, address
from gitseal.remote.calling import refused as refused_by_status
from gitseal.remote.deadline import within
from gitseal.remote.extras import missing
from gitseal.remote.failure import REACHES, RemoteError, RemoteFailure
from gitseal.remote.machine import is_azures
from gitseal.remote.programs import confined
from gitseal.remote.sessions import TOGETHER, late, straight
from gitseal.remote.shapes import mapping
from gitseal.remote.silence import silent

VERSION = "api-version=7.4"
"""The version of the API that each request names: generally available since 2023, in all clouds."""

_AUTHORITY = "AZURE_AUTHORITY_HOST"
_ENDPOINT = "GITSEAL_AZURE_VAULTS"
# Azure's clouds, by the host that gives their tokens, which azure-identity is told by that variable too.
_SUFFIXES = {
    "login.microsoftonline.com": "vault.azure.net",
    "login.chinacloudapi.cn": "vault.azure.cn",
    "login.microsoftonline.us": "vault.usgovcloudapi.net",
}
_WHOSE = "Azure"
_LOGIN = "run: az login"


def connect(
    vault: str,
    environ: Mapping[str, str],
    wait: Callable[[float], object],
    patience: Patience = Patience(),  # noqa: B008 - it never changes
) -> Server:
    """A vault, with the credentials of the environment. Raises RemoteError if there are none, or Azure does not take them.

    azure-identity finds them as all of Azure's programs do (DefaultAzureCredential): a pipeline's OIDC token, a service principal
    in variables, the machine's managed identity, az's login. It reads the process's variables itself.
    """
    token = within(TOGETHER, partial(_token, f"https://{_suffix(environ)}/.default"), late(_WHOSE))
    headers = UnshownDict({"Authorization": f"Bearer {token}"})
    return Server("Key Vault", addressed(vault, environ), headers, wait, environ=environ, patience=patience)


def addressed(vault: str, environ: Mapping[str, str]) -> str:
    """The address of a vault: below Azure's own suffix, unless a variable names another server, with vaults as paths."""
    other = environ.get(_ENDPOINT, "").rstrip("/")
    url = f"{other}/{vault}" if other else f"https://{vault}.{_suffix(environ)}"
    return address("Key Vault", url).geturl()


def credentials(environ: Mapping[str, str]) -> str:
    """Where the credentials are, in words; empty if there seem to be none. Nothing is called."""
    for name in ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"):
        if environ.get(name):
            return name
    folder = environ.get("AZURE_CONFIG_DIR") or (f"{environ['HOME']}/.azure" if environ.get("HOME") else "")
    if folder and (Path(folder) / "azureProfile.json").is_file():
        return "az's login"
    is_there = environ.get("IDENTITY_ENDPOINT") or environ.get("MSI_ENDPOINT") or is_azures()
    return "this machine's managed identity" if is_there else ""


def refused(what: str, answer: Response, right: str) -> RemoteError:
    """The error for an answer that means nothing else to the caller; `right` is what it takes to be let do that.

    Nothing of the answer gets into it but known words.
    """
    reason = inner_code(answer)
    if reason in _DISABLED:
        return RemoteError(f"Key Vault did not {what}: it is disabled", _ENABLE, kind=RemoteFailure.DISABLED)
    if reason in _FIREWALL:
        message = f"Key Vault did not {what}: its firewall does not let this machine in"
        return RemoteError(message, "run it where the vault's firewall lets programs in", kind=RemoteFailure.DENIED)
    error = refused_by_status("Key Vault", what, answer.status)
    hint = {401: _LOGIN, 403: f"give these credentials {right}"}.get(answer.status, error.hint)
    return RemoteError(error.message, hint, kind=error.kind)


_DISABLED = frozenset({"KeyDisabled", "SecretDisabled"})
_FIREWALL = frozenset({"ForbiddenByFirewall", "ForbiddenByConnection"})
_ENABLE = "somebody who manages the vault can enable it"


def inner_code(answer: Response) -> str:
    """The code that says most of an error, such as SecretDisabled; empty if there is none."""
    error = mapping(mapping(answer.content).get("error"))
    inner = mapping(error.get("innererror") or error.get("innerError"))
    return str(inner.get("code") or error.get("code") or "")


def _suffix(environ: Mapping[str, str]) -> str:
    host = environ.get(_AUTHORITY, "").removeprefix("https://").rstrip("/") or next(iter(_SUFFIXES))
    if host not in _SUFFIXES:
        known = ", ".join(_SUFFIXES)
        raise Error(f"{_AUTHORITY} is no cloud of Azure that gitseal knows", f"set it to one of these: {known}")
    return _SUFFIXES[host]


def _token(scope: str) -> str:
    try:
        from azure.core.exceptions import AzureError, ClientAuthenticationError, ServiceRequestError
        from azure.core.pipeline.transport import RequestsTransport
        from azure.identity import CredentialUnavailableError, DefaultAzureCredential
    except ImportError:
        raise missing("Azure", "azure-identity", extra="azure") from None
    try:
        way = RequestsTransport(session=straight(_WHOSE), session_owner=False)
        with (
            silent("azure", "msal", "urllib3"),
            confined("azure.identity"),
            DefaultAzureCredential(transport=way) as credential,
        ):
            return str(credential.get_token(scope).token)
    except ServiceRequestError:
        message = "the server that gives tokens for Azure cannot be reached"
        raise RemoteError(message, REACHES, kind=RemoteFailure.NO_NETWORK) from None
    except CredentialUnavailableError:
        raise RemoteError("there are no credentials for Azure here", _LOGIN, kind=_UNKNOWN) from None
    except ClientAuthenticationError as error:
        raise _not_taken(str(error)) from None
    except (AzureError, ValueError, OSError):
        raise RemoteError("the credentials for Azure cannot be read", _LOGIN, kind=_UNKNOWN) from None


_UNKNOWN = RemoteFailure.UNKNOWN_TO_IT


def _not_taken(told: str) -> RemoteError:
    """The error for credentials that were refused. What the library told is looked at and never shown."""
    if "AADSTS700024" in told:  # an assertion outside of its time
        message = "Azure does not take the credentials: this machine's clock is wrong"
        return RemoteError(message, "set the clock", kind=RemoteFailure.CLOCK)
    if "attempted credentials" in told.lower() and "AADSTS" not in told:
        # The chain's own error, with which it ends too if none of its kinds of credentials is set up.
        return RemoteError("there are no credentials for Azure here", _LOGIN, kind=_UNKNOWN)
    return RemoteError("Azure does not take the credentials: they are not valid", _LOGIN, kind=_UNKNOWN)
