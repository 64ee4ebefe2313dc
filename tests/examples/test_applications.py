"""The applications of examples/: each starts with its values, from files and under `run`, and not without one of them."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.examples.project import HUSH, Project, start
from tests.servers.started import answer, free_port

DATABASE = f"postgres://shop:{HUSH}@db.example.com/shop"
SESSION = f"session-{HUSH}"
# How a Python program gets its values: it opens them itself, or it finds them as variables and has no identity.
WAYS = [(), ("gitseal", "run", "-e", "production", "--")]
pytestmark = pytest.mark.slow


@contextmanager
def running(project: Project, *words: str | Path, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server in the example's folder, whose output is in `server.log`."""
    with (project.folder / "server.log").open("wb") as log:
        child = subprocess.Popen(words, cwd=project.folder, stdout=log, stderr=log, env=project.environ(**environ))
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=30)


def health(project: Project, port: int, child: subprocess.Popen[bytes]) -> Mapping[str, object]:
    url = f"http://127.0.0.1:{port}/health"
    found: Mapping[str, object] = json.loads(answer(child, url, project.folder / "server.log"))
    return found


# --- Node


@pytest.fixture
def node(repo: Path, peer: Callable[[str], str]) -> Project:
    peer("node")
    return start(repo, "node", {"DATABASE_URL": DATABASE, "SESSION_SECRET": SESSION})


def scripts(project: Project) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads((project.folder / "package.json").read_text())["scripts"]
    return found


def test_a_node_program_under_run(node: Project) -> None:
    port = free_port()
    with running(node, "sh", "-c", f"exec {scripts(node)['start']}", PORT=str(port)) as child:
        assert health(node, port, child) == {"database": "db.example.com", "sessions": True}
    assert child.returncode == 0
    log = (node.folder / "server.log").read_text()
    assert f"up on port {port}" in log
    assert HUSH not in log
    assert node.holds_plaintext() == []


def test_a_node_program_without_a_value(node: Project) -> None:
    node.gitseal("unset", "-e", "production", "SESSION_SECRET")
    refused = node.run("sh", "-c", scripts(node)["start"])
    assert refused.returncode == 1
    assert "SESSION_SECRET is not set" in refused.stderr
    keyless = node.run("sh", "-c", scripts(node)["start"], GITSEAL_IDENTITY="x")
    assert keyless.returncode == 1
    assert "is up" not in keyless.stdout


# --- FastAPI


@pytest.fixture
def fastapi(repo: Path, web_python: Path) -> Project:
    return start(repo, "fastapi", {"DATABASE_URL": DATABASE, "SESSION_SECRET": SESSION, "LOG_LEVEL": "debug"})


UVICORN = ("-m", "uvicorn", "main:app", "--port")


@pytest.mark.parametrize("run", WAYS, ids=["from-files", "under-run"])
def test_a_fastapi_application(fastapi: Project, web_python: Path, run: tuple[str, ...]) -> None:
    port = free_port()
    with running(fastapi, *run, web_python, *UVICORN, str(port)) as child:
        assert health(fastapi, port, child) == {"database": "db.example.com", "level": "debug", "sessions": True}
    assert HUSH not in (fastapi.folder / "server.log").read_text()
    assert fastapi.holds_plaintext() == []


def test_a_fastapi_application_without_a_value(fastapi: Project, web_python: Path) -> None:
    fastapi.gitseal("unset", "-e", "production", "SESSION_SECRET")
    refused = fastapi.run(web_python, *UVICORN, str(free_port()))
    assert refused.returncode == 1
    assert "session_secret" in refused.stderr
    assert HUSH not in refused.stdout + refused.stderr


# --- Django


@pytest.fixture
def django(repo: Path, web_python: Path) -> Project:
    return start(
        repo, "django", {"SECRET_KEY": f"{HUSH}-signs-what-is-long-enough-0123456789-abc", "SMTP_PASSWORD": HUSH}
    )


@pytest.mark.parametrize("run", WAYS, ids=["from-files", "under-run"])
def test_a_django_application(django: Project, web_python: Path, run: tuple[str, ...]) -> None:
    port = free_port()
    with running(django, *run, web_python, "manage.py", "runserver", "--noreload", str(port)) as child:
        assert health(django, port, child) == {"signs": True, "mail": "shop"}
    assert HUSH not in (django.folder / "server.log").read_text()
    assert django.holds_plaintext() == []


def test_what_a_rotated_key_signed_still_opens(django: Project, web_python: Path) -> None:
    sign = "import django; django.setup(); from django.core.signing import Signer; print(Signer().{}('{}'))"
    environ = {"DJANGO_SETTINGS_MODULE": "shop.settings"}
    signed = django.done(web_python, "-c", sign.format("sign", "cart"), **environ).strip()
    django.gitseal("rotate", "-e", "production", "SECRET_KEY", "--generate", "base64url:50", "--keep-previous")
    assert django.done(web_python, "-c", sign.format("unsign", signed), **environ).strip() == "cart"


def test_an_error_page_of_django_shows_no_secret(django: Project, web_python: Path) -> None:
    with (django.folder / "shop/urls.py").open("a") as urls:
        urls.write('\n\nurlpatterns.append(path("broken", lambda request: 1 / 0))\n')
    page = (
        "import django; django.setup(); from django.test import Client; "
        "print(Client(raise_request_exception=False).get('/broken', headers={'host': 'localhost'}).content.decode())"
    )
    shown = django.done(web_python, "-c", page, DJANGO_SETTINGS_MODULE="shop.settings", DEBUG="true")
    assert "ZeroDivisionError" in shown
    assert "EMAIL_HOST_PASSWORD" in shown
    assert HUSH not in shown


def test_a_django_application_without_a_value(django: Project, web_python: Path) -> None:
    django.gitseal("unset", "-e", "production", "SMTP_PASSWORD")
    refused = django.run(web_python, "manage.py", "check")
    assert refused.returncode == 1
    assert "SMTP_PASSWORD" in refused.stderr
    assert HUSH not in refused.stdout + refused.stderr
