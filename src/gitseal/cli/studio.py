"""`gitseal studio`."""

from gitseal.cli import declare, output
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_ALARM = 1


@declare.command("studio")
@declare.option("--no-browser", is_flag=True, help="Only print the address; open it yourself.")
@declare.option("--port", default="0", metavar="N", help="The port on 127.0.0.1. By default: a free one.")
def command(session: Session, *, no_browser: bool, port: str) -> int:
    """Open a page on this machine to see, change, compare and review.

    It prints one line, the address, and serves it until Ctrl-C, until nobody used it for 15 minutes, or until its terminal is
    closed. The address lets in one browser, once. Nothing is served to other machines, and nothing is pushed.

    Examples:
      gitseal studio
      gitseal studio --no-browser --port 8123
    """
    try:
        from gitseal.studio.desk import Desk
        from gitseal.studio.serving import serve
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("gitseal"):
            raise
        from gitseal.remote.extras import missing

        raise missing("gitseal studio", "starlette", "uvicorn", "jinja2", extra="studio") from None
    if not port.isdecimal():
        raise Error(f'"{port}" is no port', "give a number, or leave out --port")
    session.project.check_working_tree()
    desk = Desk(str(session.start), session.environ, str(session.home), session.identity)
    opened: list[Path] = []

    def ready(address: str) -> None:
        output.line(address)
        if not no_browser:
            opened.append(_open(address))

    try:
        ended = serve(desk, int(port), ready)
    finally:
        for path in opened:
            path.unlink(missing_ok=True)
            path.parent.rmdir()
    say(f"gitseal studio: {ended.words}")
    return _ALARM if ended.is_alarm else 0


def _open(address: str) -> "Path":
    """Opens the browser by a file that leads to the address: in a process list, everybody could read the token.

    A process of its own does it, for some browsers end only when they are closed.
    """
    import subprocess
    import sys
    import tempfile
    from pathlib import Path

    folder = Path(tempfile.mkdtemp(prefix="gitseal-studio-"))
    file = folder / "open.html"
    file.touch(mode=0o600)
    file.write_text(
        f'<!doctype html><title>gitseal studio</title><meta http-equiv="refresh" content="0;url={address}">'
    )
    nothing = subprocess.DEVNULL
    words = [sys.executable, "-m", "webbrowser", file.as_uri()]
    subprocess.Popen(words, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
    return file
