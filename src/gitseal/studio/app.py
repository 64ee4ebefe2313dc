"""The addresses of the page, and how a request becomes a call of the desk. GET shows, POST acts and answers with JSON."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gitseal.errors import Error, NotForYou, os_reason
from gitseal.project.seen import NotAsSeen
from gitseal.studio import changing, committing, names, reporting, standing
from gitseal.studio.actions import ActionDone, Asked, OpenQuestion, PageAction
from gitseal.studio.admission import Admission
from gitseal.studio.desk import Desk
from gitseal.studio.guard import CSP, OPENING, TooLarge
from gitseal.studio.linking import helped
from gitseal.studio.rendering import View, content_security_policy, page

Query = Mapping[str, str]

# What stands in the bar at the top, and what is reached from a page.
BAR: dict[str, tuple[str, Callable[[Desk, Query], View]]] = {
    "/": ("Names", names.matrix_view),
    "/compare": ("Compare", reporting.compare_view),
    "/review": ("Review", reporting.review_view),
    "/people": ("People", reporting.people_view),
    "/due": ("Due", reporting.due_view),
    "/status": ("Status", reporting.status_view),
    "/commit": ("Commit", committing.commit_view),
}
VIEWS = {address: view for address, (_, view) in BAR.items()} | {
    "/name": names.name_view,
    "/new": changing.new_view,
    "/pasted": changing.pasted_view,
}
ACTIONS: dict[str, Callable[[Desk, Mapping[str, object]], PageAction]] = {
    "/set": changing.set_action,
    "/unset": changing.unset_action,
    "/absorb": changing.absorb_action,
    "/rename": changing.rename_action,
    "/paste": changing.paste_action,
    "/import": changing.import_action,
    "/rekey": reporting.rekey_action,
    "/unlock": standing.unlock_action,
    "/stores": reporting.stores_action,
    "/commit": committing.commit_action,
    "/undo": committing.undo_action,
}
_SHOWN, _ABSENT, _REFUSED, _FAILED, _BUSY = 200, 404, 409, 500, 503
# What the frame shows if there is nothing to say.
_BARE: dict[str, Any] = {
    "bar": [(at, words) for at, (words, _) in BAR.items()],
    "address": "",
    "state": "",
    "here": "/",
    "locked": False,
    "notices": [],
    "undo": "",
    "committing": False,
    "step": "",
    "troubles": [],
}
# Seconds that a request waits for the one before it, which may ask a store or a key service.
_PATIENCE = 5.0
_WRONG = "that was wrong; try again, or cancel"


def application(desk: Desk, admission: Admission) -> Starlette:
    """The page for one desk. Whoever serves it owes a Guard before it."""

    async def opened(request: Request) -> Response:
        cookie = admission.admit(request.query_params.get("token", ""))
        if cookie is None:
            used = "this address was used already; stop gitseal studio, and start it anew"
            words = used if admission.is_over else "this is not the address that gitseal studio printed"
            return PlainTextResponse(f"{words}\n", 403, {"Connection": "close"})
        # A redirect would come without the cookie: the browser takes it for a part of whoever led here.
        moved = '<!doctype html><title>gitseal studio</title><meta http-equiv="refresh" content="0;url=/">'
        return HTMLResponse(moved, headers={"Set-Cookie": cookie})

    async def alive(request: Request) -> Response:
        state = await run_in_threadpool(desk.state)
        return JSONResponse({"state": state, "proof": admission.proof(request.query_params.get("nonce", ""))})

    async def seen(request: Request) -> Response:
        name = request.query_params.get("name", "")
        try:
            return JSONResponse(await run_in_threadpool(_locked(desk, lambda: names.seen(desk, name))))
        except Error as error:
            return JSONResponse({"error": error.message, "hint": helped(error.hint)}, _REFUSED)

    async def not_there(_request: Request, _error: Exception) -> Response:
        return _bare(admission.proof_key, Error("there is no such page", "look at all names"), _ABSENT)

    async def broken(request: Request, error: Exception) -> Response:
        # The kind alone: a message of something that nobody expected may hold anything.
        words = f"this is a bug of gitseal: {type(error).__name__}; please report it"
        if request.method == "POST":
            return JSONResponse({"error": words, "hint": ""}, _FAILED)
        return _bare(admission.proof_key, Error(words), _FAILED)

    routes = [
        Route(OPENING, opened),
        Route("/alive", alive),
        Route("/seen", seen),
        *(
            Route(address, _shown(desk, address, view, admission.proof_key), methods=["GET"])
            for address, view in VIEWS.items()
        ),
        *(Route(address, _acted(desk, act), methods=["POST"]) for address, act in ACTIONS.items()),
        Route("/answer", _answered(desk), methods=["POST"]),
        Route("/reveal", _revealed(desk), methods=["POST"]),
    ]
    return Starlette(routes=routes, exception_handlers={404: not_there, Exception: broken, TooLarge: _too_large})


def _locked(desk: Desk, do: Callable[[], Any]) -> Callable[[], Any]:
    def locked() -> Any:  # noqa: ANN401 - whatever `do` gives
        if not desk.lock.acquire(timeout=_PATIENCE):
            raise Error("the page is busy with something else that was asked of it", "load it again in a moment")
        try:
            return do()
        finally:
            desk.lock.release()

    return locked


def _shown(
    desk: Desk, address: str, view: Callable[[Desk, Query], View], proof_key: str
) -> Callable[[Request], Awaitable[Response]]:
    def made(query: Query, here: str) -> tuple[str, int]:
        # Before the view reads: what changes meanwhile is then seen as a change.
        state = desk.state()
        status, undo = _SHOWN, ""
        with desk.looking():
            troubles = desk.troubles
            try:
                told = view(desk, query)
                # Before the notices are taken: it may have one.
                undo = desk.undoable()
            except (Error, OSError) as failure:
                status = _REFUSED
                error = _told(desk, failure)
                told = View("error.html", "This page cannot be shown", {"error": error})
                troubles = [one for one in troubles if one.message != error.message]
            about = {
                "address": address,
                "state": state,
                "proof_key": proof_key,
                "here": here,
                "locked": desk.is_locked,
                "notices": desk.take_notices(),
                "undo": undo,
                "committing": desk.is_committing,
                "step": desk.steps[-1].id if desk.steps else "",
                "troubles": troubles,
            }
        return page(told, _BARE | about), status

    async def answer(request: Request) -> Response:
        query, url = dict(request.query_params), request.url
        here = f"{url.path}?{url.query}" if url.query else url.path
        try:
            html, status = await run_in_threadpool(_locked(desk, lambda: made(query, here)))
        except Error as busy:
            return _bare(proof_key, busy, _BUSY)
        return HTMLResponse(html, status, headers={CSP: content_security_policy()})

    return answer


def _bare(proof_key: str, error: Error, status: int) -> Response:
    """A page that says one thing, and asks the desk for nothing."""
    told = View("error.html", "This page cannot be shown", {"error": error})
    html = page(told, _BARE | {"proof_key": proof_key})
    return HTMLResponse(html, status, headers={CSP: content_security_policy()})


def _acted(
    desk: Desk, act: Callable[[Desk, Mapping[str, object]], PageAction]
) -> Callable[[Request], Awaitable[Response]]:
    return _posted(desk, lambda body: _result(desk.do(act(desk, body))))


def _answered(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    def answer(body: Mapping[str, object]) -> dict[str, object]:
        passphrase = body.get("passphrase")
        return _result(desk.answer(str(body.get("id", "")), passphrase if isinstance(passphrase, str) else None))

    return _posted(desk, answer)


def _revealed(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    def answer(body: Mapping[str, object]) -> dict[str, object]:
        try:
            return names.reveal(desk, body)
        except Asked:
            # The same once more as an action, which can wait for the passphrase; the page asks again then.
            return _result(desk.do(PageAction(lambda _workspace: _unlock(desk, body), "")))

    return _posted(desk, answer)


def _unlock(desk: Desk, body: Mapping[str, object]) -> str:
    names.opens(desk, body)
    return ""


def _posted(
    desk: Desk, answer: Callable[[Mapping[str, object]], dict[str, object]]
) -> Callable[[Request], Awaitable[Response]]:
    async def posted(request: Request) -> Response:
        try:
            body = await request.json()
        except (ValueError, RecursionError):
            # Also a number of more digits than Python reads.
            body = None
        if not _is_clean(body):
            return JSONResponse({"error": "this has a character that is none", "hint": ""}, 400)
        if not isinstance(body, dict):
            return JSONResponse({"error": "this is no JSON object", "hint": ""}, 400)
        try:
            return JSONResponse(await run_in_threadpool(_locked(desk, lambda: answer(body))))
        except (Error, OSError) as failure:
            error = _told(desk, failure)
            # `changed`: the page can offer to look again.
            is_changed = isinstance(error, NotAsSeen)
            hint = "look at the page again, and decide" if is_changed else helped(error.hint)
            return JSONResponse({"error": error.message, "hint": hint, "changed": is_changed}, _REFUSED)

    return posted


def _told(desk: Desk, failure: Error | OSError) -> Error:
    """What the person is told of a failure."""
    if isinstance(failure, OSError):
        # A pull or an editor was faster than whoever reads one file after the other.
        return Error(f"a file could not be read: {os_reason(failure)}", "load the page again in a moment")
    return desk.advised(failure) if isinstance(failure, NotForYou) else failure


def _is_clean(content: object) -> bool:
    """False if a text in JSON has what no file, no argument and no log takes: a NUL, or half of a surrogate pair."""
    if isinstance(content, str):
        return "\0" not in content and not any("\ud800" <= letter <= "\udfff" for letter in content)
    if isinstance(content, dict):
        return all(_is_clean(key) and _is_clean(value) for key, value in content.items())
    return not isinstance(content, list) or all(map(_is_clean, content))


def _result(result: ActionDone | OpenQuestion) -> dict[str, object]:
    if isinstance(result, ActionDone):
        return {"to": result.after}
    questions = [question.meaning for question in result.questions]
    prompt = f"{result.prompt}: {_WRONG}" if result.was_wrong else result.prompt
    return {"question": {"id": result.id, "questions": questions, "prompt": prompt}}


async def _too_large(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "that is more than a value may have", "hint": "store it in a file"}, 413)
