"""`gitseal studio`."""

from gitseal.cli import declare, output
from gitseal.cli.session import Session
from gitseal.cli.talk import say
from gitseal.errors import Error

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
    from contextlib import ExitStack

    try:
        from gitseal.studio.browser import led_to
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
    with ExitStack() as until_the_end:

        def ready(address: str) -> None:
            output.line(address)
            if not no_browser:
                until_the_end.enter_context(led_to(address))

        ended = serve(desk, int(port), ready)
    say(f"gitseal studio: {ended.words}")
    return _ALARM if ended.is_alarm else 0
