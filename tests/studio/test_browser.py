"""The page in a real Chromium: each view and action, and the attacks that only a browser can make."""

import http.server
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitseal.identities import NO_IDENTITIES
from tests.conftest import PEERS
from tests.programs import git
from tests.recipients.conftest import PASSPHRASE, behind_passphrase
from tests.servers import studio
from tests.servers.studio import Studio
from tests.studio.conftest import Desktop, made
from tests.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

pytestmark = pytest.mark.slow
_SEALED = "hush-database"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP evil.test 127.0.0.1"),
]
HOSTILE = "<img src=x onerror=alert(1)>\"'</td></script><script>alert(2)</script>"


@pytest.fixture(scope="module")
def browser(peer: Callable[[str], str]) -> "Iterator[Browser]":
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: `make peers` fetches it")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=peer("chromium"), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desktop]:
    """A page of its own, whose address was not opened yet."""
    pytest.importorskip("starlette", reason="the extra studio is not installed")
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    with studio.running(tmp_path / "top", environ=environ) as page:
        yield Desktop(world, page, environ)


class Look:
    """One tab, and all that its console said."""

    def __init__(self, context: "BrowserContext", studio: Studio) -> None:
        self.page: Page = context.new_page()
        self.said: list[str] = []
        self.base = f"http://{studio.host}"
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(f"dialog {dialog.message}"))

    def go(self, path: str) -> "Page":
        self.page.goto(self.base + path)
        return self.page


@pytest.fixture
def look(browser: "Browser", desk: Desktop) -> Iterator[Look]:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    made = Look(context, desk.page)
    made.page.goto(desk.page.address)
    made.page.wait_for_selector("#matrix")
    yield made
    # The clipboard is emptied without focus in some tests, which the browser says in its console.
    assert [words for words in made.said if "clipboard" not in words.lower()] == []
    context.close()


def until(page: "Page", condition: str) -> None:
    """Waits until an expression is true in the page. The browser's own way would evaluate text in it, which the page forbids."""
    end = time.monotonic() + 20
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        time.sleep(0.05)


def submit(page: "Page", form: str, after: str) -> None:
    """Presses the form's button, and waits until a page says this."""
    page.click(f'form[data-post="{form}"] button')
    page.get_by_text(after).first.wait_for()


def test_a_value_is_shown_by_a_press_and_hidden_again(look: Look) -> None:
    page = look.page
    page.clock.install()
    look.go("/name?name=DATABASE_URL")
    shown = page.locator('.value[data-environment="production"] .shown')
    assert _SEALED not in page.content()
    page.get_by_label("Show the value in production").click()
    until(page, "document.body.textContent.includes('hush-database')")
    assert shown.inner_text() == _SEALED
    # One at a time.
    page.get_by_label("Show the value in development").click()
    until(page, "!document.querySelector('.value[data-environment=production] .shown').textContent.includes('hush')")
    page.clock.fast_forward(31_000)
    assert _SEALED not in page.content()
    page.get_by_label("Show the value in production").click()
    until(page, "document.body.textContent.includes('hush-database')")
    hide_tab(page)
    assert _SEALED not in page.content()


def hide_tab(page: "Page") -> None:
    """Looks at another tab, as far as the page can tell."""
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'));"
        "Object.defineProperty(document, 'hidden', {value: false, configurable: true})"
    )


@pytest.fixture
def reader(look: Look, evil: str) -> "Iterator[Page]":
    """Another page, which may read the clipboard; ours may not. The value was just copied, and time stands still."""
    page = look.page
    reading = page.context.new_page()
    reading.goto(evil)
    page.bring_to_front()
    page.clock.install()
    look.go("/name?name=DATABASE_URL")
    page.get_by_label("Copy the value in production without showing it").click()
    page.get_by_text("Copied").wait_for()
    yield reading
    reading.close()


def test_a_value_is_copied_unseen_and_the_clipboard_cleared(look: Look, reader: "Page") -> None:
    page = look.page
    assert _SEALED not in page.content()
    reader.bring_to_front()
    assert reader.evaluate("navigator.clipboard.readText()") == _SEALED
    page.bring_to_front()
    page.clock.fast_forward(61_000)
    reader.bring_to_front()
    until(reader, "navigator.clipboard.readText().then((text) => text === '')")


def test_no_value_stays_in_the_browser(look: Look) -> None:
    page = look.go("/name?name=DATABASE_URL")
    page.get_by_label("Show the value in production").click()
    until(page, "document.body.textContent.includes('hush-database')")
    page.fill('form[data-post="/set"] textarea', "hush-typed")
    look.go("/")
    page.go_back()
    page.wait_for_selector('form[data-post="/set"]')
    assert "hush" not in page.content()
    assert page.input_value('form[data-post="/set"] textarea') == ""
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, history.state])")
    assert json.loads(kept) == [{}, {}, "", None]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert page.evaluate("caches.keys().then((all) => all.length)") == 0


def test_a_value_is_set_in_two_environments_and_undone(look: Look, desk: Desktop) -> None:
    page = look.go("/name?name=DATABASE_URL")
    for environment in ("development", "production"):
        page.check(f'form[data-post="/set"] input[value="{environment}"]')
    page.fill('form[data-post="/set"] textarea', "one\ntwo")
    submit(page, "/set", "production: updated DATABASE_URL")
    assert desk.world.get("DATABASE_URL") == desk.world.get("DATABASE_URL", "development") == "one\ntwo"
    submit(page, "/undo", "undone")
    assert desk.world.get("DATABASE_URL") == _SEALED


def test_a_value_that_waits_is_absorbed_by_a_press(look: Look, desk: Desktop) -> None:
    World(desk.world.top, NO_IDENTITIES).set(PARTNER="hush-partner")
    page = look.go("/name?name=PARTNER")
    page.get_by_text("Set in production by somebody who cannot read it").wait_for()
    submit(page, "/absorb", "production: absorbed PARTNER")
    assert desk.world.get("PARTNER") == "hush-partner"
    assert page.locator('form[data-post="/absorb"]').count() == 0


def test_an_empty_value_is_told_and_wants_a_tick(look: Look, desk: Desktop) -> None:
    page = look.go("/name?name=DATABASE_URL")
    page.check('#set input[value="production"]')
    submit(page, "/set", "There is no value")
    page.check('#set input[name="empty"]')
    submit(page, "/set", "production: updated DATABASE_URL (empty)")
    assert desk.world.get("DATABASE_URL") == ""
    page.get_by_label("Show the value in production").click()
    page.get_by_text("(empty: text)").wait_for()
    page.get_by_label("Edit the value in production").click()
    until(page, "document.querySelector('#set').elements.empty.checked")
    look.said.clear()  # the browser's own line about status 409


def test_a_wrong_passphrase_is_asked_for_again(browser: "Browser", tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    world, environ = made(tmp_path / "top", tmp_path)
    locked = tmp_path / "locked.age"
    locked.write_bytes(behind_passphrase(environ.pop("GITSEAL_IDENTITY").encode()))
    with studio.running(world.top, environ=environ | {"GITSEAL_IDENTITY_FILE": str(locked)}) as served:
        look = Look(browser.new_context(), served)
        look.page.goto(served.address)
        look.page.wait_for_selector("#matrix")
        page = look.go("/name?name=DATABASE_URL")
        show, asked = page.get_by_label("Show the value in production"), page.locator("#question input")
        show.click()
        for wrong in ("one", "two", "three", "three"):
            asked.fill(wrong)
            page.keyboard.press("Enter")
            page.get_by_text("that was wrong; try again, or cancel").wait_for()
            until(
                page,
                "document.querySelector('#question').open && document.querySelector('#question input').value === ''",
            )
        page.get_by_role("button", name="Cancel").click()
        assert not page.evaluate("document.querySelector('#question').open")
        assert show.is_enabled()
        show.click()
        asked.fill(PASSPHRASE.decode())
        page.keyboard.press("Enter")
        page.get_by_text(_SEALED).wait_for()
        assert page.locator('form[data-post="/unlock"]').count() == 0
        # What it could not tell before it tells on the next page.
        assert look.go("/").locator('form[data-post="/unlock"]').count() == 0
        assert look.said == []
        page.context.close()


def test_a_file_is_dropped_previewed_and_taken(look: Look, desk: Desktop) -> None:
    page = look.go("/new")
    page.check('form[data-post="/paste"] input[value="production"]')
    page.evaluate(
        "() => { const data = new DataTransfer();"
        "data.items.add(new File(['FRESH=x\\nDATABASE_URL=hush-database\\n'], '.env'));"
        "const drop = new DragEvent('drop', {dataTransfer: data, cancelable: true});"
        "document.querySelector('form[data-drop]').dispatchEvent(drop); }"
    )
    until(page, "document.querySelector('form[data-drop] textarea').value.includes('FRESH')")
    submit(page, "/paste", "Look again")
    assert page.locator("tbody tr").all_inner_texts() == [
        "FRESH\tproduction\tcreated",
        "DATABASE_URL\tproduction\tunchanged",
    ]
    submit(page, "/import", "production: created FRESH")
    assert desk.world.get("FRESH") == "x"


def test_it_commits_on_a_branch(look: Look, desk: Desktop) -> None:
    desk.world.set(NEW="x")
    page = look.go("/commit")
    page.fill('textarea[name="message"]', "Add NEW")
    page.fill('input[name="branch"]', "feature/new")
    submit(page, "/commit", "; nothing is pushed")
    assert git(desk.world.top, "log", "-1", "--format=%D %s").strip() == "HEAD -> feature/new Add NEW"


def test_a_hook_that_refuses_is_told(look: Look, desk: Desktop) -> None:
    hook = desk.world.top / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no commits on Fridays' >&2\nexit 1\n")
    hook.chmod(0o755)
    desk.world.set(NEW="x")
    page = look.go("/commit")
    page.fill('textarea[name="message"]', "Add NEW")
    submit(page, "/commit", "no commits on Fridays")
    assert page.input_value('textarea[name="message"]') == "Add NEW"
    look.said.clear()  # the browser's own line about status 409


def test_it_says_that_files_changed_beneath_it(look: Look, desk: Desktop) -> None:
    page = look.go("/name?name=DATABASE_URL")
    desk.world.set(DATABASE_URL="theirs")
    page.get_by_text("The files changed on disk").wait_for()
    page.check('form[data-post="/set"] input[value="production"]')
    page.fill('form[data-post="/set"] textarea', "mine")
    submit(page, "/set", "was changed by somebody else")
    assert page.input_value('form[data-post="/set"] textarea') == "mine"
    assert desk.world.get("DATABASE_URL") == "theirs"
    look.said.clear()  # the browser's own line about status 409


def test_a_page_that_lost_its_server_shows_nothing(look: Look, desk: Desktop) -> None:
    page = look.go("/name?name=DATABASE_URL")
    page.get_by_label("Show the value in production").click()
    until(page, "document.body.textContent.includes('hush-database')")
    desk.page.end()
    page.get_by_text("gitseal studio has ended").wait_for()
    assert "hush" not in page.content()
    assert "DATABASE_URL" not in page.content().partition("<body")[2]
    look.said.clear()  # the browser's own lines about a refused connection


def test_filters_and_folding(look: Look, desk: Desktop) -> None:
    desk.world.set(ONLY_PRODUCTION="x")
    page = look.go("/")
    rows = page.locator("tr[data-name]:visible")
    assert rows.count() == 3
    page.fill('input[name="name"]', "only")
    assert rows.count() == 1
    page.fill('input[name="name"]', "")
    page.select_option('select[name="environment"]', "development")
    page.select_option('select[name="state"]', "MISSING")
    assert rows.all_inner_texts() == ["ONLY_PRODUCTION\t\u2013\nmissing"]
    page.select_option('select[name="state"]', "")
    page.get_by_role("button", name="api/").click()
    assert rows.count() == 2


def test_another_name_for_this_machine_gets_nothing(browser: "Browser", desk: Desktop) -> None:
    page = browser.new_page()
    answer = page.goto(f"http://evil.test:{desk.page.port}{desk.page.opening}")
    assert answer is not None
    assert answer.status == 421
    page.close()


@pytest.fixture
def evil(desk: Desktop) -> Iterator[str]:
    """Another server on this machine, whose page tries everything against ours."""
    host, body = desk.page.host, '{"environment":"production","name":"DATABASE_URL"}'
    content = f"""<!doctype html><body><script>
        window.got = [];
        const note = (what) => (answer) => window.got.push(what + (answer.status ?? answer));
        for (const mode of ["no-cors", "cors"]) {{
          for (const type of ["text/plain", "application/json"]) {{
            fetch("http://{host}/reveal", {{method: "POST", mode, credentials: "include", headers: {{"Content-Type": type}},
              body: '{body}'}}).then(note("fetch")).catch(note("refused"));
          }}
        }}
        fetch("http://{host}/", {{credentials: "include"}}).then((a) => a.text()).then(note("read")).catch(note("refused"));
        </script><iframe name="inside" src="http://{host}/"></iframe>
        <form id="form" method="post" enctype="text/plain" action="http://{host}/unset" target="inside">
        <input name='{{"name":"DATABASE_URL","environments":["production"],"seen":{{}},"x":"' value='"}}'></form>
        <script>document.getElementById("form").submit()</script>"""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content.encode())
            cookies.append(self.headers.get("Cookie", ""))

        def log_message(self, *_: object) -> None:
            pass

    cookies: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    assert cookies
    assert not any(desk.page.cookie.partition("=")[2] in cookie for cookie in cookies if desk.page.cookie)
    assert not any("gitseal" in cookie for cookie in cookies)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "evil.test"])
def test_a_page_of_another_server_neither_reads_nor_acts(look: Look, desk: Desktop, evil: str, name: str) -> None:
    before = desk.world.files()
    tab = look.page.context.new_page()
    tab.goto(evil.replace("127.0.0.1", name))
    until(tab, "window.got.length === 5")
    assert not any("hush" in words for words in tab.evaluate("window.got.map(String)"))
    assert all(not words.startswith("read") for words in tab.evaluate("window.got.map(String)"))
    inside = tab.frame(name="inside")
    assert inside is not None
    assert "DATABASE_URL" not in inside.content()
    assert desk.world.files() == before
    look.go("/")
    tab.close()


def test_a_hostile_repository_runs_nothing(browser: "Browser", tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    top = tmp_path / "top"
    world, environ = made(top, tmp_path)
    manifest = top / ".secrets/manifest.yaml"
    hostile = json.dumps(HOSTILE)
    manifest.write_text(f"version: 1\nsecrets:\n  DATABASE_URL:\n    description: {hostile}\n    owner: {hostile}\n")
    who = {"GIT_AUTHOR_NAME": HOSTILE.replace("<", "(").replace(">", ")") + "\u202e", "GIT_COMMITTER_NAME": "x"}
    world.set(DATABASE_URL="other")
    git(top, "switch", "-q", "-c", "<script>alert(3)</script>\"'")
    git(top, "add", "-A")
    git(top, "commit", "-q", "--no-verify", "-m", HOSTILE, environ=environ | who)
    with studio.running(top, environ=environ) as page:
        look = Look(browser.new_context(), page)
        look.page.goto(page.address)
        look.page.wait_for_selector("#matrix")
        for path in (
            "/",
            "/name?name=DATABASE_URL",
            "/review",
            "/review?range=HEAD~1..HEAD",
            "/people",
            "/due",
            "/status",
        ):
            look.go(path)
            assert look.page.locator("main img").count() == 0
            assert look.page.locator("script").count() == 1
        for path in (
            "/name?name=<script>alert(4)</script>",
            "/compare?left=<b>&right=x",
            "/review?range=<b>",
            "/pasted?id=<b>",
        ):
            look.go(path)
            assert look.page.locator("main b, main script").count() == 0
        assert [words for words in look.said if "status of 409" not in words] == []
        look.page.context.close()


VIEWS = [
    "/",
    "/name?name=DATABASE_URL",
    "/name?name=WAITING",
    "/new",
    "/compare?left=development&right=production",
    "/review",
    "/people",
    "/due",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_the_pages_are_in_order_narrow_and_wide_light_and_dark(
    browser: "Browser", desk: Desktop, width: int, scheme: str
) -> None:
    axe = PEERS / "node/node_modules/axe-core/axe.min.js"
    if not axe.is_file():
        pytest.skip("npm's axe-core is not on this machine: `make peers` fetches it")
    World(desk.world.top, NO_IDENTITIES).set(WAITING="x")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True
    )
    look = Look(context, desk.page)
    look.page.goto(desk.page.address)
    look.page.wait_for_selector("#matrix")
    for path in (*VIEWS, "/status", "/commit"):
        page = look.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        sideways = "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth).length"
        assert page.evaluate(sideways) == 0, path
        page.evaluate(
            "window.trustedTypes && trustedTypes.createPolicy('default', {createHTML: (s) => s, createScript: (s) => s})"
        )
        page.evaluate(axe.read_text(encoding="utf-8"))
        found = page.evaluate(
            "axe.run().then((told) => told.violations.map((one) => [one.id, one.impact, one.nodes[0].html]))"
        )
        assert [one for one in found if one[1] in {"serious", "critical"}] == [], path
    context.close()


def test_the_keyboard_alone_is_enough(look: Look, desk: Desktop) -> None:
    page = look.go("/name?name=DATABASE_URL")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "Show the value in production":
            break
    page.keyboard.press("Enter")
    until(page, "document.body.textContent.includes('hush-database')")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "production":
            break
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("typed")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Set":
            break
    page.keyboard.press("Enter")
    page.get_by_text("production: updated DATABASE_URL").first.wait_for()
    assert desk.world.get("DATABASE_URL") == "typed"


def test_only_this_machine_is_answered(desk: Desktop) -> None:
    with socket.socket() as other:
        other.settimeout(5)
        other.bind(("127.0.0.2", 0))
        with pytest.raises(OSError):  # noqa: PT011 - refused or unreachable, as the system says it
            other.connect(("127.0.0.2", desk.page.port))


def test_whoever_takes_the_port_gets_nothing(look: Look, desk: Desktop) -> None:
    page = look.go("/name?name=DATABASE_URL")
    page.fill('form[data-post="/set"] textarea', "hush-typed")
    page.check('form[data-post="/set"] input[value="production"]')
    asked: list[str] = []

    class Imposter(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b'{"state":"x","proof":"00","question":{"id":"1","prompt":"Passphrase"}}')

        def do_POST(self) -> None:
            asked.append(self.path)
            self._answer(b'{"question":{"id":"1","prompt":"Passphrase"}}')

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    desk.page.end()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", desk.page.port), Imposter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if page.locator('form[data-post="/set"] button').count():
        page.click('form[data-post="/set"] button')
    page.get_by_text("gitseal studio has ended").wait_for()
    server.shutdown()
    server.server_close()
    assert asked == []
    assert "hush" not in page.content()
    look.said.clear()


def test_a_port_that_stays_silent_empties_the_page(look: Look, desk: Desktop) -> None:
    page = look.go("/name?name=DATABASE_URL")
    page.get_by_label("Show the value in production").click()
    until(page, "document.body.textContent.includes('hush-database')")
    page.fill("#set textarea", "hush-typed")
    os.kill(desk.page.child.pid, signal.SIGSTOP)
    page.get_by_text("gitseal studio did not answer in time").wait_for()
    assert "hush" not in page.content()
    assert page.locator("textarea").count() == 0
    look.said.clear()


@pytest.mark.parametrize(("path", "field"), [("/compare", "left"), ("/review", "range")])
def test_a_question_in_the_address_goes_to_our_server_alone(look: Look, desk: Desktop, path: str, field: str) -> None:
    page = look.go(path)
    for other in page.locator("form[data-get] input").all():
        other.fill("HEAD:production")
    page.fill(f"form[data-get] [name={field}]", "hush-typed")
    desk.page.end()
    if page.locator("form[data-get] button").count():
        page.click("form[data-get] button")
    page.get_by_text("gitseal studio has ended").wait_for()
    assert "hush" not in page.url
    look.said.clear()


def shown_in_form(page: "Page") -> str:
    return str(page.input_value("#set textarea"))


def is_veiled(page: "Page") -> bool:
    return bool(page.evaluate("getComputedStyle(document.querySelector('#set textarea')).color === 'rgba(0, 0, 0, 0)'"))


def edit(page: "Page") -> None:
    page.get_by_label("Edit the value in production").click()
    until(page, "document.querySelector('#set textarea').value !== ''")


def test_what_edit_shows_is_hidden_again(look: Look) -> None:
    page = look.page
    page.clock.install()
    look.go("/name?name=DATABASE_URL")
    edit(page)
    page.clock.fast_forward(31_000)
    assert shown_in_form(page) == ""
    edit(page)
    # One value at a time, both ways.
    page.get_by_label("Show the value in development").click()
    until(page, "document.body.textContent.includes('hush-database')")
    assert shown_in_form(page) == ""
    edit(page)
    assert "hush" not in page.inner_text("body")
    hide_tab(page)
    assert shown_in_form(page) == ""


def pass_time(page: "Page", milliseconds: int) -> None:
    """Moves the page's clock on, once what it asked the server is answered: that has a time limit of its own."""
    page.wait_for_timeout(500)
    page.clock.fast_forward(milliseconds)


def test_what_was_typed_stays_unseen_until_somebody_goes_on(look: Look) -> None:
    page = look.page
    page.clock.install()
    look.go("/name?name=DATABASE_URL")
    edit(page)
    page.locator("#set textarea").press("End")
    page.keyboard.type("-more")
    pass_time(page, 25_000)
    page.keyboard.type("!")
    pass_time(page, 25_000)
    assert not is_veiled(page)
    pass_time(page, 6_000)
    assert is_veiled(page)
    assert shown_in_form(page) == f"{_SEALED}-more!"
    page.keyboard.type("?")
    assert not is_veiled(page)
    hide_tab(page)
    assert is_veiled(page)
    assert shown_in_form(page) == f"{_SEALED}-more!?"


@pytest.mark.parametrize("kind", ["Files", "text/uri-list"])
def test_what_is_dropped_beside_the_form_is_not_opened(look: Look, kind: str) -> None:
    for path in ("/new", "/", "/name?name=DATABASE_URL"):
        page = look.go(path)
        taken = page.evaluate(
            """(kind) => ["dragover", "drop"].map((name) => {
                const data = new DataTransfer();
                if (kind === "Files") data.items.add(new File(["A=hush"], "prod.env"));
                else data.setData(kind, "file:///etc/passwd");
                const event = new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data });
                document.querySelector("h1").dispatchEvent(event);
                return event.defaultPrevented;
            })""",
            kind,
        )
        assert taken == [True, True]


def test_leaving_what_was_typed_is_asked_about(look: Look) -> None:
    page = look.go("/name?name=DATABASE_URL")
    page.fill("#set textarea", "hush-typed")
    asked: list[str] = []

    def no(dialog: "Dialog") -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", no)
    page.click("nav >> text=People")
    page.wait_for_timeout(300)
    assert asked == ["What you typed here is not set yet. Leave it behind?"]
    assert shown_in_form(page) == "hush-typed"
    page.fill("#set textarea", "")
    page.click("nav >> text=People")
    page.wait_for_url("**/people")
    look.said.clear()


def test_two_quick_presses_show_one_value(look: Look) -> None:
    page = look.go("/name?name=DATABASE_URL")
    page.evaluate("document.querySelectorAll('[data-reveal]').forEach((button) => button.click())")
    page.get_by_text(_SEALED).first.wait_for()
    page.wait_for_timeout(500)
    assert page.get_by_text(_SEALED).count() == 1


def test_lines_that_end_as_in_windows_come_back_as_they_were(look: Look, desk: Desktop) -> None:
    desk.world.set(DATABASE_URL="one\r\ntwo")
    page = look.go("/name?name=DATABASE_URL")
    page.get_by_label("Edit the value in production").click()
    until(page, "document.querySelector('#set textarea').value !== ''")
    page.check('form[data-post="/set"] input[value="development"]')
    submit(page, "/set", "updated DATABASE_URL")
    assert desk.world.get("DATABASE_URL", "development") == "one\r\ntwo"


def test_the_clipboard_is_cleared_from_another_page_too(look: Look, reader: "Page") -> None:
    page = look.go("/people")
    page.bring_to_front()
    page.clock.fast_forward(61_000)
    reader.bring_to_front()
    until(reader, "navigator.clipboard.readText().then((text) => text === '')")
