"""What AWS and its SDK say, in words of ours, by the SDK's own stub and by a server that stands in for AWS."""

import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest
from botocore import exceptions
from botocore.stub import Stubber

from gitseal.errors import Error
from gitseal.remote.aws import Aws, AwsService
from gitseal.remote.aws_failure import AwsRefusal, answered, unanswered
from gitseal.remote.calling import Patience
from gitseal.remote.failure import NotSent, RemoteError, RemoteFailure
from tests.servers import faulty
from tests.servers.aws import REGION, AwsServer
from tests.servers.faulty import Fault, Faulty, Moment
from tests.servers.scripted import Answer, closing, raw, send, server

HUSH = "hush-value"


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-access-key")


def service(waited: list[float] | None = None, name: str = "ssm") -> AwsService:
    return Aws({}, REGION, ([] if waited is None else waited).append).service(name)


def refusal(code: str, message: str = HUSH) -> AwsRefusal:
    asked = service()
    with Stubber(asked._client) as stub:
        for _ in range(5):
            stub.add_client_error("put_parameter", code, message)
        with pytest.raises(AwsRefusal) as caught:
            asked.write("put_parameter", "write /shop/A", Name="/shop/A", Value=HUSH)
    assert "hush" not in f"{caught.value} {caught.value.hint} {asked!r}"
    assert caught.value.hint
    return caught.value


SKEW = "Signature expired: 20261127T090000Z is now earlier than 20261127T091000Z"


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("AccessDeniedException", f"User {HUSH} is not authorized", RemoteFailure.DENIED),
        ("UnrecognizedClientException", HUSH, RemoteFailure.UNKNOWN_TO_IT),
        ("ExpiredTokenException", HUSH, RemoteFailure.UNKNOWN_TO_IT),
        ("SignatureDoesNotMatch", HUSH, RemoteFailure.UNKNOWN_TO_IT),
        ("SignatureDoesNotMatch", SKEW, RemoteFailure.CLOCK),
        ("InvalidSignatureException", SKEW, RemoteFailure.CLOCK),
        ("InvalidSignatureException", "Signature not yet current", RemoteFailure.CLOCK),
        ("RequestTimeTooSkewed", HUSH, RemoteFailure.CLOCK),
        ("RequestExpired", HUSH, RemoteFailure.CLOCK),
        ("ThrottlingException", HUSH, RemoteFailure.THROTTLED),
        ("TooManyUpdates", HUSH, RemoteFailure.THROTTLED),
        ("InvalidKeyId", HUSH, RemoteFailure.DENIED),
        ("InternalServerError", HUSH, RemoteFailure.NOT_READY),
        ("ParameterLimitExceeded", HUSH, RemoteFailure.OTHER),
        ("OptInRequired", HUSH, RemoteFailure.ELSEWHERE),
        ("ValidationException", HUSH, RemoteFailure.OTHER),
        (f"{HUSH} in a code", HUSH, RemoteFailure.OTHER),
        ("503", HUSH, RemoteFailure.NOT_READY),
        ("413", HUSH, RemoteFailure.OTHER),
    ],
)
def test_a_refusal_of_aws_is_told_in_words_of_ours(code: str, message: str, kind: RemoteFailure) -> None:
    refused = refusal(code, message)
    assert refused.kind is kind
    assert refused.message.startswith("AWS did not write /shop/A: ")


@pytest.mark.usefixtures("signed_in")
def test_whoever_is_denied_reads_what_a_policy_has_to_allow() -> None:
    assert refusal("AccessDeniedException").message.endswith("you may not do that (PutParameter)")


@pytest.mark.parametrize(
    ("error", "kind", "hint"),
    [
        (exceptions.NoCredentialsError(), RemoteFailure.UNKNOWN_TO_IT, "aws sts get-caller-identity"),
        (exceptions.PartialCredentialsError(provider=HUSH, cred_var=HUSH), RemoteFailure.UNKNOWN_TO_IT, "sign in"),
        (exceptions.UnauthorizedSSOTokenError(), RemoteFailure.UNKNOWN_TO_IT, "aws sso login"),
        (exceptions.SSOTokenLoadError(error_msg=HUSH), RemoteFailure.UNKNOWN_TO_IT, "aws sso login"),
        (exceptions.TokenRetrievalError(provider="sso", error_msg=HUSH), RemoteFailure.UNKNOWN_TO_IT, "aws sso login"),
        (exceptions.LoginRefreshRequired(), RemoteFailure.UNKNOWN_TO_IT, "aws login"),
        (exceptions.ProfileNotFound(profile=HUSH), RemoteFailure.UNKNOWN_TO_IT, "aws configure list"),
        (exceptions.ConfigParseError(path=HUSH), RemoteFailure.UNKNOWN_TO_IT, "aws configure list"),
        (exceptions.CredentialRetrievalError(provider=HUSH, error_msg=HUSH), RemoteFailure.UNKNOWN_TO_IT, "sign in"),
        (exceptions.SSLError(endpoint_url=HUSH, error=OSError(HUSH)), RemoteFailure.UNPROVEN, "AWS_CA_BUNDLE"),
        (exceptions.ReadTimeoutError(endpoint_url=HUSH), RemoteFailure.NO_NETWORK, "reaches"),
        (exceptions.ConnectionClosedError(endpoint_url=HUSH), RemoteFailure.NO_NETWORK, "reaches"),
        (exceptions.ParamValidationError(report=HUSH), RemoteFailure.OTHER, "aws sts"),
        (exceptions.MissingDependencyException(msg=HUSH), RemoteFailure.NO_LIBRARY, "pip install 'botocore[crt]'"),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_the_sdk_cannot_do_is_told_with_what_helps(error: Exception, kind: RemoteFailure, hint: str) -> None:
    told = unanswered("write /shop/A", error)
    assert (told.kind, hint in told.hint, type(told)) == (kind, True, RemoteError)
    assert "hush" not in f"{told} {told.hint}"


def test_only_a_code_that_is_amazons_own_is_shown() -> None:
    told = answered("write /shop/A", "PutParameter", {"Error": {"Code": "HushValue", "Message": HUSH}})
    assert str(told) == "AWS did not write /shop/A: it gives no reason that is known"
    told = answered("write /shop/A", "PutParameter", {"Error": {"Code": "ValidationException", "Message": HUSH}})
    assert str(told) == "AWS did not write /shop/A: it says ValidationException"


@pytest.mark.usefixtures("signed_in")
def test_a_code_in_the_description_of_the_service_is_amazons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for code, said in (
        ("UnsupportedParameterType", "it says UnsupportedParameterType"),
        ("Hush", "it gives no reason"),
    ):
        with server(send(f'{{"__type": "{code}", "message": "{HUSH}"}}'.encode(), 400)) as asked:
            monkeypatch.setenv("AWS_ENDPOINT_URL", asked.url)
            with pytest.raises(RemoteError, match=said) as refused:
                service().read("get_parameter", "read /shop/A", Name="/shop/A")
            assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "error",
    [
        exceptions.EndpointConnectionError(endpoint_url=HUSH),
        exceptions.ConnectTimeoutError(endpoint_url=HUSH),
        exceptions.ProxyConnectionError(proxy_url=HUSH),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_found_no_connection_was_not_sent(error: Exception) -> None:
    assert isinstance(unanswered("write /shop/A", error), NotSent)


def test_without_credentials_nothing_is_sent() -> None:
    with pytest.raises(RemoteError, match="no credentials for AWS") as refused:
        service().read("get_parameter", "read /shop/A", Name="/shop/A")
    assert refused.value.kind is RemoteFailure.UNKNOWN_TO_IT


def test_nobody_is_asked_for_a_code(isolated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (isolated / ".aws").mkdir()
    (isolated / ".aws/config").write_text(
        "[profile base]\naws_access_key_id = a\naws_secret_access_key = hush\n"
        "[profile deploy]\nrole_arn = arn:aws:iam::111122223333:role/deploy\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::111122223333:mfa/alice\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "deploy")
    with pytest.raises(RemoteError, match="MFA") as refused:
        service().read("get_parameter", "read /shop/A", Name="/shop/A")
    assert "aws configure export-credentials" in refused.value.hint


def test_the_program_of_a_profile_gets_no_identity(isolated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program = isolated / "credentials"
    program.write_text(
        '#!/bin/sh\nprintenv >"$HOME/seen"\n'
        'echo \'{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "hush"}\'\n'
    )
    program.chmod(0o755)
    (isolated / ".aws").mkdir()
    (isolated / ".aws/config").write_text(
        f"[profile program]\ncredential_process = {program}\n"
        "[profile role]\nrole_arn = arn:aws:iam::111122223333:role/deploy\nsource_profile = program\n"
    )
    monkeypatch.setenv("GITSEAL_IDENTITY", "AGE-SECRET-KEY-hush")
    # Nobody answers there, and only then the credentials are there.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for profile in ("program", "role"):
        monkeypatch.setenv("AWS_PROFILE", profile)
        with pytest.raises(NotSent):
            service().read("get_parameter", "read /shop/A", Name="/shop/A")
        seen = (isolated / "seen").read_text()
        assert "AWS_PROFILE" in seen
        assert "GITSEAL_IDENTITY" not in seen
        (isolated / "seen").unlink()


def test_a_program_or_a_token_that_is_not_there_is_no_bug(isolated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (isolated / ".aws").mkdir()
    (isolated / ".aws/config").write_text("[profile program]\ncredential_process = /nowhere/hush\n")
    for environ in (
        {"AWS_PROFILE": "program"},
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/hush", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/deploy"},
    ):
        with monkeypatch.context() as patched:
            for name, value in environ.items():
                patched.setenv(name, value)
            with pytest.raises(RemoteError, match="cannot be fetched") as refused:
                service().read("get_parameter", "read /shop/A", Name="/shop/A")
        assert "hush" not in f"{refused.value} {refused.value.hint}"


def test_the_region_is_the_given_one_or_that_of_the_environment_or_the_profile(
    isolated: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_seconds: float) -> None:
        raise AssertionError

    def region(given: str = "", **environ: str) -> str:
        return Aws(environ, given, never).region

    with pytest.raises(RemoteError, match="no region of AWS is named"):
        region()
    assert region(AWS_REGION="eu-west-1") == "eu-west-1"
    assert region("us-east-1", AWS_REGION="eu-west-1") == "us-east-1"
    (isolated / ".aws").mkdir()
    (isolated / ".aws/config").write_text("[default]\nregion = eu-north-1\n")
    assert region() == "eu-north-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-1")
    assert region() == "eu-south-1"


@pytest.mark.usefixtures("signed_in")
def test_an_address_that_others_can_listen_to_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1:4566")
    with pytest.raises(Error, match="plain HTTP"):
        service()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "https://ssm.example")
    assert service().address == "https://ssm.example"
    with pytest.raises(Error, match="plain HTTP"):
        service(name="kms")


@pytest.fixture
def failing(ministack: AwsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    with faulty.in_front_of(ministack.address) as proxy:
        proxy.throttled = (400, {"Content-Type": "application/x-amz-json-1.1"}, b'{"__type": "ThrottlingException"}')
        for name, value in (ministack.environ | {"AWS_ENDPOINT_URL": proxy.address}).items():
            monkeypatch.setenv(name, value)
        yield proxy


def test_what_was_throttled_is_asked_again_with_growing_pauses(failing: Faulty) -> None:
    waited: list[float] = []
    asked = service(waited)
    failing.begin(Moment(Fault.THROTTLED, 0))
    asked.write("put_parameter", "write /again/A", Name="/again/A", Value="x", Type="String")
    assert len(waited) == 1
    failing.begin(Moment(Fault.THROTTLED, 0, for_good=True))
    waited.clear()
    with pytest.raises(AwsRefusal) as refused:
        asked.write("put_parameter", "write /again/B", Name="/again/B", Value="x", Type="String")
    assert refused.value.kind is RemoteFailure.THROTTLED
    assert len(waited) == len(failing.requests) - 1 == Patience().tries - 1
    assert waited[-1] > waited[0]


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BROKEN, Fault.BROKEN_AFTER, Fault.CUT])
def test_a_write_that_may_be_done_is_not_repeated_and_a_question_is(failing: Faulty, fault: Fault) -> None:
    asked = service()
    name = f"/once/{fault.name}"
    failing.begin(Moment(fault, 0))
    with pytest.raises(RemoteError):
        asked.write("put_parameter", f"write {name}", Name=name, Value="x", Type="String")
    assert failing.requests == ["POST PutParameter"]
    failing.begin(Moment(fault, 0))
    found = [*asked.items("describe_parameters", "list")]
    assert isinstance(found, list)
    # The server is shared, so there may be further pages.
    assert failing.requests[:2] == ["POST DescribeParameters"] * 2


def test_an_answer_that_says_nothing_is_no_empty_place(failing: Faulty) -> None:
    for fault in (Fault.EMPTY, Fault.PAGE):
        failing.begin(Moment(fault, 0, for_good=True))
        with pytest.raises(RemoteError) as refused:
            list(service().items("describe_parameters", "list /shop/"))
        assert refused.value.kind is RemoteFailure.NOT_READY


def test_values_get_into_nobodys_log(failing: Faulty, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asked = service()
    asked.write("put_parameter", "write /log/A", Name="/log/A", Value=HUSH, Type="SecureString")
    asked.read("get_parameter", "read /log/A", Name="/log/A", WithDecryption=True)
    failing.begin(Moment(Fault.BROKEN, 0))
    with pytest.raises(RemoteError):
        asked.write("put_parameter", "write /log/B", Name="/log/B", Value=HUSH, Type="SecureString")
    assert not [record for record in caplog.records if record.name.partition(".")[0] in {"botocore", "urllib3"}]
    assert "hush" not in caplog.text


@pytest.mark.usefixtures("signed_in")
def test_what_goes_to_this_machine_takes_no_proxy(monkeypatch: pytest.MonkeyPatch, isolated: Any) -> None:
    (isolated / "token").write_text("hush")
    answer = send(b"<x/>", 400)
    with server(answer) as asked, server(answer) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", asked.url)
        with pytest.raises(RemoteError):
            service().write("put_parameter", "write /shop/A", Name="/shop/A", Value=HUSH)
        # What the SDK asks by itself on the way to credentials, too.
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(isolated / "token"))
        monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/deploy")
        with pytest.raises(RemoteError):
            service().read("get_parameter", "read /shop/A", Name="/shop/A")
        assert proxy.requests == []
        assert asked.requests == ["POST /", "POST /"]
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://192.0.2.1")
        with pytest.raises(Error, match="plain HTTP"):
            service().read("get_parameter", "read /shop/A", Name="/shop/A")


@pytest.mark.usefixtures("signed_in")
def test_no_proxy_reads_along_what_the_machine_signs_in_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    with server(send(b"", 404)) as machine, server(send(b"", 404)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", machine.url)
        with pytest.raises(RemoteError, match="no credentials for AWS"):
            service().read("get_parameter", "read /shop/A", Name="/shop/A")
        assert proxy.requests == []
        assert machine.requests


@pytest.mark.usefixtures("signed_in")
def test_an_answer_that_drips_or_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(piece: bytes, pause: float) -> Answer:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            while not ended.wait(pause):
                request.wfile.write(piece)

        return closing(answer)

    ended = Event()
    monkeypatch.setattr("gitseal.remote.aws_session._MOST_BYTES", 1_000_000)
    for answer, said in (
        (endless(bytes(65536), 0), "sends more than 0 MiB"),
        (endless(b"x", 0.02), "took longer than"),
    ):
        with server(answer) as asked:
            monkeypatch.setenv("AWS_ENDPOINT_URL", asked.url)
            ssm = Aws({}, REGION, lambda _: None, Patience(0.1, 2)).service("ssm")
            with pytest.raises(RemoteError, match=said):
                ssm.read("get_parameter", "read /shop/A", Name="/shop/A")
    ended.set()


@pytest.mark.usefixtures("signed_in")
def test_an_answer_that_breaks_off_is_a_failure_in_passing(monkeypatch: pytest.MonkeyPatch) -> None:
    half = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
    with server(raw(half)) as asked:
        monkeypatch.setenv("AWS_ENDPOINT_URL", asked.url)
        with pytest.raises(RemoteError) as refused:
            service().read("get_parameter", "read /shop/A", Name="/shop/A")
        assert refused.value.kind is RemoteFailure.NO_NETWORK
