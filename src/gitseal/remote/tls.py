"""TLS: by what a server proves what it is, and, if it asks for a certificate, by what we prove who we are."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from gitseal.hidden import SecretBytes
from gitseal.records import NamedTuple
from gitseal.remote.failure import NotSent, RemoteFailure


class Tls(NamedTuple):
    """The authority that signs the server's certificate: a file, its text in PEM, or neither for those that the system trusts.

    `certificate` and `key` are ours, in PEM; most servers ask for none. `server_name` is whose certificate the server has, if not
    that of the host in its URL.
    """

    authority_file: str = ""
    authority: str = ""
    certificate: bytes = b""
    key: SecretBytes = SecretBytes(b"")
    server_name: str = ""

    def context(self, name: str) -> ssl.SSLContext:
        """What a connection to the server of that name is checked by. Raises NotSent for a file that holds no certificates."""
        try:
            context = ssl.create_default_context(cafile=self.authority_file or None, cadata=self.authority or None)
        except (OSError, ValueError):
            hint = "give it a file of certificates in PEM"
            kind = RemoteFailure.UNPROVEN
            raise NotSent(f"the certificates for {name} cannot be read", hint, kind=kind) from None
        if self.certificate:
            self._prove(context, name)
        return context

    def _prove(self, context: ssl.SSLContext, name: str) -> None:
        try:
            # OpenSSL reads them from files only, and the key must not come onto a disk.
            with _as_file(self.certificate) as certificate, _as_file(self.key.reveal()) as key:
                context.load_cert_chain(certificate, key, password=_no_password)
        except (OSError, ValueError):
            message = f"our certificate for {name} cannot be used with its key"
            hint = "both have to be in PEM, without a passphrase"
            raise NotSent(message, hint, kind=RemoteFailure.UNKNOWN_TO_IT) from None


def _no_password() -> str:
    """OpenSSL would ask the terminal."""
    raise ValueError


@contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    """The path of a pipe that gives the content once."""
    reading, writing = os.pipe()
    # A pipe holds less than some chains have.
    writer = Thread(target=_fill, args=(writing, content), daemon=True)
    writer.start()
    try:
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)
        writer.join()


def _fill(descriptor: int, content: bytes) -> None:
    # Nobody may read it to its end.
    with suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as pipe:
        pipe.write(content)
