"""Doppler: `doppler secrets --json`, and what its API gives for a config's secrets.

What `doppler secrets download --format json` or `--format env` prints is plain JSON or dotenv. By the published description of
the API (https://docs.doppler.com/reference/secrets-list).
"""

from gitseal.document.value import text as text_value
from gitseal.exchange import _nodes
from gitseal.exchange._names import shown
from gitseal.exchange.foreign import shapes
from gitseal.exchange.foreign.shapes import FoundValue
from gitseal.exchange.foreign.source import ForeignSource, Opened
from gitseal.report.plurals import plural

# What stands beside a computed value.
_SURE = {"raw", "rawVisibility", "computedVisibility", "rawValueType", "computedValueType"}
_BESIDE = _SURE | {"note"}
_PRINTED = shapes.Printed("Doppler", "doppler")
_AROUND = {"secrets", "success", "page", "messages"}


def read(data: bytes, source: ForeignSource) -> Opened | None:
    """The computed values, in which references to other names are resolved; None if nothing is of that shape.

    Raises Malformed if only some are.
    """
    root = shapes.fields(shapes.json_root(data))
    secrets = shapes.fields(root.get("secrets")) or root
    by_name = {name: shapes.fields(node) for name, node in secrets.items()}
    if not any("computed" in one and one.keys() & _BESIDE for one in by_name.values()):
        return None
    for name, one in by_name.items():
        if "computed" not in one:
            raise shapes.near_miss(_PRINTED.tool, f'"{shown(name)}" has no "computed"')
        # A note that stands alone beside it may be a setting of anybody.
        is_doubtful = shapes.text(one.get("note")) and not one.keys() & _SURE
        shapes.refuse_strange(source, _PRINTED, one, {"computed"} if is_doubtful else {"computed", *_BESIDE})
    if secrets is not root:
        shapes.refuse_strange(source, _PRINTED, root, _AROUND)
    values = [FoundValue((name,), text_value(_computed(name, one))) for name, one in by_name.items()]
    noted = [shown(name) for name, one in by_name.items() if shapes.text(one.get("note"))]
    told = f"{plural(len(noted), 'note')} of Doppler left out, beside the values of {', '.join(noted)}"
    return Opened(shapes.imported(values), notes=(told,) if noted else ())


def _computed(name: str, secret: dict[str, _nodes.Node]) -> str:
    content = shapes.text(secret["computed"])
    if content is None:
        hint = "make it masked instead of restricted in Doppler for the export, or set it by hand"
        raise shapes.missing_value(name, "Doppler does not give a restricted one", hint)
    return content
