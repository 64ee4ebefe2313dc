"""`gitseal doctor`."""

from gitseal.cli import declare, output
from gitseal.cli.options import json_option
from gitseal.cli.session import Session
from gitseal.errors import Error
from gitseal.report.plurals import plural


@declare.command("doctor")
@json_option
def command(session: Session, as_json: bool) -> None:
    """Show what is set up in this clone and how to mend the rest.

    It proves the hooks with a made-up leak, staged in an index of its own. It asks for no passphrase. The status is 1 if
    something needs mending.

    Examples:
      gitseal doctor
      gitseal doctor --json
    """
    from gitseal.usecases.doctor import doctor

    checks = doctor(session.workspace)
    if as_json:
        output.as_json(
            [{"check": check.name, "ok": not check.mend, "words": check.words, "mend": check.mend} for check in checks]
        )
    else:
        for check in checks:
            output.line(
                f"{'mend' if check.mend else 'ok'}  {check.name}: {check.words}{f': {check.mend}' if check.mend else ''}"
            )
    wrong = [check for check in checks if check.mend]
    if wrong:
        raise Error(f"{plural(len(wrong), 'problem')}", f"first: {wrong[0].mend}")
