"""`helm`: the values `secrets` and `revisions` of a chart, for `--values`.

Both are maps of texts by name, with `/` between the parts of a name in a section: Helm would write a large number as 1e+06. The
text is JSON, which is YAML too, without what Helm's reader of YAML takes in another way. Null values are left out.
"""

from collections.abc import Sequence

from gitseal.render._revised import written
from gitseal.render._shape import Options, RenderedEntry
from gitseal.render.yaml import quoted

SECTIONS = True
REVISIONS = True


def render(entries: Sequence[RenderedEntry], options: Options) -> bytes:
    """One object. Raises as `_revised.written` does."""
    return written(entries, options, quoted, as_text=True).encode()
