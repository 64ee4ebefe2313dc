"""Files of other tools: one format a file, and one line for it in `FORMATS`.

A format knows its files by their content. Those that hold ciphertext are known whatever else a file is said to be, so that no
ciphertext becomes a value; the others only if nobody says what the file is.
"""

from importlib import import_module
from typing import NamedTuple, cast

from gitseal.errors import Malformed
from gitseal.exchange.foreign.source import ForeignSource, Opened, ToolKeys
from gitseal.exchange.parsing import naming

__all__ = ["FORMATS", "ForeignSource", "Opened", "ToolKeys", "read"]


class ForeignFormat(NamedTuple):
    """The module of a format, which has `read(data, source) -> Opened | None`.

    Only for a file with one of the `signs` it is loaded and asked. `is_sealed`: the values stand there sealed.
    """

    module: str
    signs: tuple[bytes, ...]
    is_sealed: bool = False


FORMATS = {
    # First, for a variable may hold the text of any other format.
    "env-0": ForeignFormat("process_environment", (b"\0", b"PATH=/")),
    "sops": ForeignFormat("sops_file", (b"lastmodified",), is_sealed=True),
    "dotenvx": ForeignFormat("dotenvx", (b"encrypted:", b"DOTENV_P"), is_sealed=True),
    "ejson": ForeignFormat("ejson", (b"_public_key",), is_sealed=True),
    "ansible-vault": ForeignFormat("ansible_vault", (b"$ANSIBLE_VAULT;",), is_sealed=True),
    "dotenv-vault": ForeignFormat("dotenv_vault", (b"DOTENV_VAULT_",), is_sealed=True),
    "kubernetes": ForeignFormat("kubernetes", (b"apiVersion", b"stringData", b"kind: Secret", b'"Secret"')),
    "docker": ForeignFormat("docker", (b"services", b"secrets:", b'"secrets"', b'"CreatedAt"')),
    "doppler": ForeignFormat("doppler", (b'"computed"',)),
    "infisical": ForeignFormat("infisical", (b'"workspace"', b'"secretValue"', b'"secretPath"')),
    "1password": ForeignFormat("onepassword", (b'"category"', b'"reference"')),
    "vault": ForeignFormat("vault", (b'"lease_id"', b'"lease_duration"')),
    "aws-secretsmanager": ForeignFormat("aws_secretsmanager", (b'"SecretString"', b'"SecretBinary"', b'"ARN"')),
    "aws-ssm": ForeignFormat("aws_ssm", (b'"Parameter"', b'"Parameters"', b'"Type"')),
    "vercel": ForeignFormat("vercel", (b'"envs"',)),
    "fly": ForeignFormat("fly", (b'"digest"', b'"Digest"')),
}


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """What is in a file of another tool; None for any other file. Messages begin with its `source`.

    Raises Malformed with the line, Damaged if something does not open, NotForYou if no identity does, and Encrypted if the tool
    itself is needed. None of them quotes a value.
    """
    with naming(source.name):
        return _read(data, source)


def _read(data: bytes, source: ForeignSource) -> Opened | None:
    for name, form in FORMATS.items():
        is_asked_for = source.format_name == name
        is_looked_at = form.is_sealed or not source.format_name
        if not is_asked_for and not (is_looked_at and any(sign in data for sign in form.signs)):
            continue
        module = import_module(f"gitseal.exchange.foreign.{form.module}")
        opened = cast("Opened | None", module.read(data, source))
        if opened is not None:
            return opened
        if is_asked_for:
            raise Malformed(f"the file is not what {name} writes", 0, "leave out --format, and the content decides")
    return None
