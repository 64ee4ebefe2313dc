"""`gitseal template`."""

import re
import sys
from pathlib import Path

from gitseal.cli import declare, output
from gitseal.cli.options import environment_option, no_local_option
from gitseal.cli.session import Session
from gitseal.errors import Error


@declare.command("template")
@declare.argument("source", metavar="FILE | -", is_path=True, takes_dash=True)
@environment_option("The environment. Needed only if there are several.")
@declare.option("-o", "--output", "target", metavar="FILE", is_path=True, help="Write here (0600, atomically).")
@no_local_option
def command(session: Session, source: str, environments: tuple[str, ...], target: str | None) -> None:
    """Fill in the references in any text file.

    References are ${secret:NAME}, ${secret:section/NAME} and ${env:NAME}; $${ is a literal ${. Filters follow a bar:
    ${secret:DB_PASSWORD|urlencode}, |base64, |json. If references lead nowhere, gitseal names all of them and writes nothing.

    Examples:
      gitseal template -e production nginx.conf.template
      gitseal template -e production - < app.ini.template
    """
    session.only_reads = True
    from gitseal.delivery.targets import write
    from gitseal.usecases.template import fill

    environment = session.one(environments)
    rule = session.project.policy.environments.get(environment)
    if target is None and output.is_terminal() and rule is not None and not rule.reveal:
        raise Error(
            f"the policy says reveal: false for {environment}: it is not shown on a terminal", "give a file: -o FILE"
        )
    file = Path(source)
    text = _read(file)
    content = fill(session.opened(environment), text, str(file), session.environ)
    session.note_read("template", environment, (reference[1] for reference in _REFERENCE.finditer(text)))
    if target is None:
        output.write_bytes(content)
    else:
        write(Path(target), content)


# What may be one: for the log of reads, `fill` decides what it is.
_REFERENCE = re.compile(r"(?<!\$)\$\{secret:([^}|]+)")


def _read(source: Path) -> str:
    from gitseal.files.reading import read_named

    data = sys.stdin.buffer.read() if str(source) == "-" else read_named(source)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Error(f'"{source}" is not UTF-8 text', "a template is a text file") from None
