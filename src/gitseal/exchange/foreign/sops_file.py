"""Files of sops, as `exchange.sops` reads them."""

from gitseal.exchange import sops
from gitseal.exchange.foreign.source import ForeignSource, Opened
from gitseal.report.plurals import plural


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The values of a file of sops; None for any other file. See `exchange.sops.read`."""
    if not sops.is_sops_file(data):
        return None
    file = sops.read(data, source.keys.identities(), source.name, sealed_comments=source.sealed_comments)
    notes = []
    if file.uncovered:
        words = "stood in clear, and no MAC covers them: whoever could write the file could change them"
        notes.append(f"{plural(file.uncovered, 'value')} {words}")
    if file.sealed_comments and not source.sealed_comments:
        words = "left out, which everybody could read here; --keep-comments takes them along with new names"
        notes.append(f"{plural(file.sealed_comments, 'sealed comment')} {words}")
    if file.unopened_comments:
        notes.append(f"{plural(file.unopened_comments, 'sealed comment')} left out, which did not open")
    if file.services:
        notes.append(f"the file opens with keys of {', '.join(file.services)} too, which are left out")
    if file.keyless:
        notes.append(f"{plural(len(file.keyless), 'recipient')} of the file left out, for whom no key is sealed there")
    return Opened(file.imported, file.format_name == "dotenv", file.recipients, tuple(notes))
