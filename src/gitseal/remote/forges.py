"""GitHub, GitLab and Gitea: where the API of each is and who we are to it, by the variables that their own programs read.

Nothing of it comes from the repository: a server that a commit names would get the token.
"""

import re
from collections.abc import Callable, Mapping

from gitseal.errors import Error
from gitseal.hidden import UnshownDict
from gitseal.remote.calling import Server, address
from gitseal.remote.failure import RemoteError, RemoteFailure

_GITHUB, _GITHUB_API, _GITLAB = "github.com", "https://api.github.com", "https://gitlab.com"
_OF_GITHUB = ("GH_TOKEN", "GITHUB_TOKEN")
_OF_ITS_SERVER = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?")

Wait = Callable[[float], object]


def github_url(environ: Mapping[str, str]) -> str:
    """GitHub's API: of the host in GH_HOST, at the address in GITHUB_API_URL as a runner sets it, or github.com's."""
    return _whole("GitHub", _github_api(environ)[0])


def github(environ: Mapping[str, str], wait: Wait) -> Server:
    """The server at `github_url`. Raises RemoteError if there is no token."""
    tokens = _github_api(environ)[1]
    token = _token(environ, "GitHub", tokens, f"for the one that gh has, run: export {tokens[0]}=$(gh auth token)")
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return Server("GitHub", github_url(environ), UnshownDict(headers), wait, environ=environ)


def _github_api(environ: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The address, and the variables of its token. As gh has it, a server of one's own does not get github.com's token."""
    host = environ.get("GH_HOST", "")
    if not host:
        return environ.get("GITHUB_API_URL") or _GITHUB_API, _OF_GITHUB
    if not _HOST.fullmatch(host):
        raise Error("GH_HOST is no name of a host", "set it to the name alone, like github.example.com")
    if host.lower() == _GITHUB:
        return _GITHUB_API, _OF_GITHUB
    if host.lower().endswith(".ghe.com"):
        return f"https://api.{host}", _OF_GITHUB
    return f"https://{host}/api/v3", _OF_ITS_SERVER


def gitlab_url(environ: Mapping[str, str]) -> str:
    """GitLab's API: of the host or address in GITLAB_HOST, of CI_SERVER_URL as a job has it, or gitlab.com's."""
    told = environ.get("GITLAB_HOST") or environ.get("CI_SERVER_URL") or _GITLAB
    return _whole("GitLab", told if "://" in told else f"https://{told}", "/api/v4")


def gitlab(environ: Mapping[str, str], wait: Wait) -> Server:
    """The server at `gitlab_url`. Raises RemoteError if there is no token."""
    hint = "make an access token of the project or group with the scope `api`, and set GITLAB_TOKEN to it"
    if environ.get("CI_JOB_TOKEN"):
        hint = f"a job's own token cannot write variables: {hint}"
    token = _token(environ, "GitLab", ("GITLAB_TOKEN",), hint)
    return Server("GitLab", gitlab_url(environ), UnshownDict({"PRIVATE-TOKEN": token}), wait, environ=environ)


def gitea_url(environ: Mapping[str, str]) -> str:
    """The API of the Gitea at the address in GITEA_SERVER_URL, as its program tea reads it. Raises RemoteError without one."""
    told = environ.get("GITEA_SERVER_URL", "")
    if not told:
        hint = "set GITEA_SERVER_URL to it, like https://gitea.example.com"
        raise RemoteError("no address of Gitea is set", hint, kind=RemoteFailure.UNKNOWN_TO_IT)
    return _whole("Gitea", told, "/api/v1")


def gitea(environ: Mapping[str, str], wait: Wait) -> Server:
    """The server at `gitea_url`. Raises RemoteError if there is no token."""
    hint = "make one in Gitea's settings under Applications, and set GITEA_SERVER_TOKEN to it"
    token = _token(environ, "Gitea", ("GITEA_SERVER_TOKEN",), hint)
    headers = UnshownDict({"Authorization": f"token {token}"})
    return Server("Gitea", gitea_url(environ), headers, wait, environ=environ).told_by("GITEA_SERVER_URL")


def _whole(whose: str, url: str, path: str = "") -> str:
    return address(whose, url).geturl().rstrip("/") + path


def _token(environ: Mapping[str, str], whose: str, names: tuple[str, ...], hint: str) -> str:
    token = next((environ[name] for name in names if environ.get(name)), "")
    if not token:
        message = f"no token for {whose} is set ({', '.join(names)})"
        raise RemoteError(message, hint, kind=RemoteFailure.UNKNOWN_TO_IT)
    return token
