"""Keys in key services as identities: how often a service is asked, what is kept, and when it is not asked at all.

The service is a scripted server that speaks as Vault's transit engine does; it decrypts with the private halves of the vectors.
"""

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pyrage
import pytest

from gitseal.crypto.datakey import DataKey
from gitseal.crypto.public_key import Scope
from gitseal.document.token import Stanza
from gitseal.errors import Damaged, Error, Malformed
from gitseal.hidden import SecretBytes
from gitseal.identities import IdentitySource, Keyring, discover, reach_key_services
from gitseal.identities.cloud_source import CloudKey
from gitseal.project import keys as project_keys
from gitseal.recipients import kms, x25519
from gitseal.recipients.dialogue import Dialogue
from gitseal.recipients.ids import recipient_id
from tests.recipients import oaep
from tests.recipients.conftest import behind_passphrase
from tests.servers.scripted import Answer, Asked, send, server

VECTORS: list[dict[str, str]] = json.loads((Path(__file__).parents[1] / "recipients/kms-vectors.json").read_text())
DEPLOY, CI, NEXT = (vector["recipient"] for vector in VECTORS)
KEY = bytes(range(32))
STANZAS = {recipient: kms.parse(recipient).wrap(KEY) for recipient in (DEPLOY, CI, NEXT)}
NOT_READY, BUSY, DENIED = (send(b'{"errors": ["hush-words"]}', status) for status in (503, 429, 403))


def decrypted(path: str, body: bytes) -> bytes:
    """What the engine decrypts: with the key of the path, in the version of the ciphertext."""
    _, version, ciphertext = json.loads(body)["ciphertext"].split(":")
    place = f"{path.removeprefix('/v1/').replace('/decrypt/', '/keys/')}@{version.removeprefix('v')}"
    vector = next(one for one in VECTORS if f":{place}:" in one["recipient"])
    numbers = (int(vector[name], 16) for name in ("modulus", "private exponent"))
    return oaep.unsealed(base64.b64decode(ciphertext), *numbers)


@contextmanager
def service(*answers: Answer, spoils: bytes = b"") -> Iterator[Asked]:
    """A service that gives these answers, and then decrypts; to something else if it `spoils`."""
    left = list(answers)

    def answer(request: BaseHTTPRequestHandler) -> None:
        if left:
            return left.pop(0)(request)
        plaintext = spoils or decrypted(request.path, asked.bodies[-1])
        content = {"data": {"plaintext": base64.b64encode(plaintext).decode()}}
        return send(json.dumps(content).encode())(request)

    with server(answer) as asked:
        yield asked


class ProjectKeys:
    """A project's cloud keys, of which some are refused."""

    def __init__(self, recipients: tuple[str, ...], refused: tuple[str, ...] = ()) -> None:
        self.recipients = recipients
        self.refused = refused
        self.believed: list[str] = []

    def steered(self, key: CloudKey) -> Error | None:
        return None

    def believe(self, key: CloudKey) -> None:
        self.believed.append(key.recipient)

    def all(self) -> list[CloudKey]:
        return [CloudKey(recipient, "deploy") for recipient in self.recipients]

    def refusal(self, key: CloudKey) -> Error | None:
        return Error("not believed here", "say yes") if key.recipient in self.refused else None


class Machine:
    """A machine with a token: its keyring, and the pauses that it made."""

    def __init__(
        self,
        url: str,
        *,
        keys: ProjectKeys | None = None,
        sources: tuple[IdentitySource, ...] = (),
        confirm: object = None,
    ) -> None:
        self.waited: list[float] = []
        self.keyring = Keyring(sources, Dialogue(confirm=confirm))  # type: ignore[arg-type]
        environ = {"VAULT_ADDR": url, "VAULT_TOKEN": "hush-token"}
        self.keys = keys or ProjectKeys((DEPLOY, CI, NEXT))
        reach_key_services(self.keyring, environ, self.waited.append, lambda: self.keys)

    def unwrap(self, *recipients: str) -> bytes | None:
        return self.keyring.unwrap({recipient_id(one): [STANZAS[one]] for one in recipients})

    @property
    def report(self) -> str:
        return json.dumps(self.keyring.report())

    @property
    def failure(self) -> Error:
        failure = self.keyring.cloud_failure()
        assert failure is not None
        assert "hush" not in f"{failure.message} {failure.hint} {self.report}"
        return failure


def test_a_stanza_is_asked_about_once() -> None:
    with service() as asked:
        machine = Machine(asked.url)
        assert [machine.unwrap(DEPLOY) for _ in range(3)] == [KEY] * 3
        assert asked.requests == ["POST /v1/transit/decrypt/deploy"]
        assert machine.unwrap(CI) == KEY
        assert asked.requests[1:] == ["POST /v1/team/transit/decrypt/ci.deploy"]
        assert "opens, by VAULT_TOKEN" in machine.report
    assert machine.waited == []


def test_of_several_stanzas_the_first_that_opens_is_enough() -> None:
    with service(DENIED) as asked:
        machine = Machine(asked.url)
        assert machine.unwrap(DEPLOY, NEXT) == KEY
        assert len(asked.requests) == 2
        # What was refused is not asked for again, whatever it is asked to open.
        assert machine.keyring.unwrap({recipient_id(DEPLOY): [kms.parse(DEPLOY).wrap(KEY)]}) is None
        assert len(asked.requests) == 2
        assert "vault:transit/keys/deploy@1: the token" in machine.failure.message


@pytest.mark.parametrize(("answer", "words"), [(NOT_READY, "not ready"), (BUSY, "too many")])
def test_what_passes_is_asked_again_and_what_does_not_pass_is_told(answer: Answer, words: str) -> None:
    with service(answer, answer) as asked:
        machine = Machine(asked.url)
        assert machine.unwrap(DEPLOY) == KEY
        assert machine.waited == [0.5, 1.0]
    with service(*[answer] * 9) as asked:
        machine = Machine(asked.url)
        assert machine.unwrap(DEPLOY) is None
        assert len(asked.requests) == 4
        assert words in machine.failure.message
        assert "run the same again in a moment" in machine.failure.hint


def test_a_service_that_is_not_reached_is_not_asked_for_the_other_keys() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        machine = Machine(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert machine.unwrap(DEPLOY, CI, NEXT) is None
    assert machine.waited == [0.5, 1.0, 2.0]
    assert machine.failure.message.startswith("vault:transit/keys/deploy@1: Vault cannot be reached")


@pytest.mark.parametrize("spoils", [bytes(16), b"short", bytes(32)])
def test_a_file_key_that_is_not_the_stanzas_is_damage(spoils: bytes) -> None:
    with service(spoils=spoils) as asked:
        machine = Machine(asked.url)
        for _ in range(2):
            with pytest.raises(Damaged):
                machine.unwrap(DEPLOY)
        # The second looks whether another key has that name by now.
        assert asked.requests == ["POST /v1/transit/decrypt/deploy", "GET /v1/transit/keys/deploy"]


def test_of_a_heap_of_broken_stanzas_one_is_called_for() -> None:
    heap = [kms.parse(DEPLOY).wrap(KEY) for _ in range(5)]
    with service(spoils=bytes(16)) as asked:
        with pytest.raises(Damaged):
            Machine(asked.url).keyring.unwrap({recipient_id(DEPLOY): heap})
        assert len([one for one in asked.requests if one.startswith("POST")]) == 1


def test_a_stanza_of_another_key_is_refused_before_any_call() -> None:
    with service() as asked:
        machine = Machine(asked.url)
        with pytest.raises(Malformed, match="another recipient"):
            machine.keyring.unwrap({recipient_id(DEPLOY): [STANZAS[CI]]})
        with pytest.raises(Malformed):
            machine.keyring.unwrap({recipient_id(DEPLOY): [x25519.parse(x25519.generate().recipient).wrap(KEY)]})
        assert machine.keyring.unwrap({recipient_id(x25519.generate().recipient): [STANZAS[DEPLOY]]}) is None
        assert asked.requests == []


def test_a_key_that_is_not_believed_is_asked_about_once_and_called_after_a_yes() -> None:
    questions: list[str] = []

    def machine(url: str, *, answer: bool | None) -> Machine:
        def confirm(words: str, yes: str, no: str | None) -> bool | None:
            questions.append(f"{words}, {yes}, {no}")
            return answer

        return Machine(url, keys=ProjectKeys((DEPLOY,), refused=(DEPLOY,)), confirm=confirm)

    with service() as asked:
        for answer in (False, None):
            refusing = machine(asked.url, answer=answer)
            assert refusing.unwrap(DEPLOY) is None
            assert refusing.unwrap(DEPLOY) is None
            assert (refusing.failure.message, refusing.failure.hint) == ("not believed here", "say yes")
        assert len(questions) == 2
        nobody = Machine(asked.url, keys=ProjectKeys((DEPLOY,), refused=(DEPLOY,)))
        assert nobody.unwrap(DEPLOY) is None
        assert asked.requests == []
        agreeing = machine(asked.url, answer=True)
        assert agreeing.unwrap(DEPLOY) == KEY
        assert agreeing.keys.believed == [DEPLOY]
        assert nobody.keyring.cloud_identities() == []


def test_nobody_waits_for_a_service_unattended_and_none_is_asked_for_what_is_here() -> None:
    own = x25519.generate()
    stanzas = {
        recipient_id(DEPLOY): [STANZAS[DEPLOY]],
        recipient_id(own.recipient): [x25519.parse(own.recipient).wrap(KEY)],
    }
    with service() as asked:
        machine = Machine(asked.url, sources=(IdentitySource("own", own.text),))
        assert machine.keyring.unwrap(stanzas) == KEY
        assert machine.keyring.unattended().unwrap({recipient_id(DEPLOY): [STANZAS[DEPLOY]]}) is None
        # It says nothing of whose machine this is, and nobody is told about keys that are not the policy's.
        assert [identity.recipient for identity in machine.keyring.everywhere()] == [own.recipient]
        assert "not tried, with VAULT_TOKEN at hand" in machine.report
        assert asked.requests == []


def test_without_anything_to_sign_in_with_it_is_nobodys_failure() -> None:
    keyring = discover({}, Path("/nowhere"), None)
    reach_key_services(keyring, {}, lambda _: None, lambda: ProjectKeys((DEPLOY,)))
    assert keyring.unwrap({recipient_id(DEPLOY): [STANZAS[DEPLOY]]}) is None
    assert keyring.cloud_failure() is None
    assert keyring.report()[-1] == ("vault:transit/keys/deploy@1", "no address of Vault is set")


def test_an_identity_that_is_named_leaves_no_place_for_others() -> None:
    text = x25519.generate().text.reveal().decode()
    keyring = discover({"GITSEAL_IDENTITY": text}, Path("/nowhere"), None)
    reach_key_services(keyring, {}, lambda _: None, lambda: ProjectKeys((DEPLOY,)))
    assert keyring.cloud is None


def test_identities_that_try_every_stanza_leave_them_to_the_next() -> None:
    """A file behind a passphrase shows whose it is only when it is opened, so it is tried on all."""
    sealed = behind_passphrase(f"{pyrage.x25519.Identity.generate()}\n".encode())
    scope = Scope("f" + "0" * 32, "production", "default")
    key = DataKey.generate(scope)
    stanza = Stanza.of(key.key_id, kms.parse(DEPLOY).wrap(key.reveal()))
    with service() as asked:
        machine = Machine(asked.url, sources=(IdentitySource("sealed", SecretBytes(sealed)),))
        opened = project_keys.unwrap(scope, key.key_id, [(recipient_id(DEPLOY), stanza)], machine.keyring)
        assert opened is not None
        assert opened.key_id == key.key_id


def test_a_key_of_a_later_gitseal_is_left_to_it() -> None:
    with service() as asked:
        machine = Machine(asked.url, keys=ProjectKeys(("gitseal-kms:moon:crater/1:AAAA", DEPLOY)))
        assert machine.unwrap(DEPLOY) == KEY
        assert "moon" not in machine.report
