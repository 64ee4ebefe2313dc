"""The files and programs that a cloud's own configuration names in turn: a token's file, a program that gives credentials.

Each function gives paths, with the words for what names each. It goes by what the environment chooses, so another profile of
the same file may name what it likes. What cannot be read here cannot be read by the cloud's library either, which says so.
"""

import json
import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from gitseal.errors import Error
from gitseal.remote import aws_session, kubeconfig
from gitseal.remote.programs import located
from gitseal.remote.shapes import mapping

Named = Iterator[tuple[str, str]]

_MOST_BYTES = 4 * 1024 * 1024
# Of a profile, of a file of Google's, and of those whose value is a program with its arguments.
_AWS_FILES = ("web_identity_token_file", "ca_bundle")
_AWS_FOLDERS = "data_path"
_AWS_PROGRAM = "credential_process"
_GOOGLE_FILES = frozenset({"file", "output_file", "certificate_config_location", "trust_chain_path"})
_GOOGLE_PROGRAM = "command"
_GOOGLE_DEFAULT = "application_default_credentials.json"


def aws(environ: Mapping[str, str]) -> Named:
    """What the profile of AWS_PROFILE names, and those that it takes its credentials from."""
    for settings in aws_session.profiles(environ):
        files = [settings[key] for key in _AWS_FILES if settings.get(key)]
        folders = settings.get(_AWS_FOLDERS, "").split(os.pathsep)
        for path in (*files, *filter(None, folders), *_words(settings.get(_AWS_PROGRAM, ""))):
            yield "a profile of AWS", path


def azure(environ: Mapping[str, str]) -> Named:  # noqa: ARG001 - all of these have the same arguments
    """The programs of Azure that its library asks."""
    yield from _on_path("az", "azd", "pwsh")


def gcp(environ: Mapping[str, str]) -> Named:
    """What the file of GOOGLE_APPLICATION_CREDENTIALS or of gcloud's login names, and gcloud, which Google's library asks."""
    yield from _on_path("gcloud")
    folder = environ.get("CLOUDSDK_CONFIG") or f"{environ.get('HOME', '')}/.config/gcloud"
    file = environ.get("GOOGLE_APPLICATION_CREDENTIALS") or f"{folder}/{_GOOGLE_DEFAULT}"
    try:
        content = json.loads(_content(file) or "null")
        yield from ((f'"{file}"', path) for path in _of_google(content))
    except (ValueError, RecursionError):
        return


def kubernetes(environ: Mapping[str, str]) -> Named:
    """What the current context's cluster and user name."""
    try:
        entries = kubeconfig.named(environ)
    except Error:
        return
    for entry, paths, words in entries:
        yield from ((f"{entry} of the kubeconfig", path) for path in (*paths, *_found(words)))


def _of_google(content: object) -> Iterator[str]:
    for key, value in mapping(content).items():
        if isinstance(value, str) and key in _GOOGLE_FILES:
            yield value
        elif isinstance(value, str) and key == _GOOGLE_PROGRAM:
            yield from _words(value)
        else:
            yield from _of_google(value)


def _words(command: str) -> list[str]:
    try:
        return _found(shlex.split(command))
    except ValueError:
        return []


def _found(words: list[str]) -> list[str]:
    """A program where it is found, and those of its arguments that may be files which it runs.

    A word alone that is the name of a folder here is none: it may be a cluster's name, too.
    """
    arguments = [word for word in words[1:] if "/" in word or Path(word).is_file()]
    return [located(words[0]), *arguments] if words else []


def _on_path(*names: str) -> Named:
    for name in names:
        path = located(name)
        if path != name:
            yield "PATH", path


def _content(path: str) -> str:
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
