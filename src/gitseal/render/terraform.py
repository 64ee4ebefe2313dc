"""`terraform`: the variables `secrets` and `revisions` of Terraform and OpenTofu, as a `*.tfvars.json` for `-var-file`.

Both are maps by name, with `/` between the parts of a name in a section. Every value is a text: a map of Terraform has one type,
and a number would come back in another spelling. Null values are left out.
"""

from collections.abc import Sequence
from json.encoder import encode_basestring
from unicodedata import is_normalized

from gitseal.render._revised import written
from gitseal.render._shape import CannotCarry, Options, RenderedEntry

SECTIONS = True
REVISIONS = True


def render(entries: Sequence[RenderedEntry], options: Options) -> bytes:
    """One JSON object. Raises as `_revised.written` does."""
    return written(entries, options, _encode).encode()


def _encode(text: str) -> str:
    if not is_normalized("NFC", text):
        raise CannotCarry("letters in a spelling of Unicode (not NFC) that Terraform writes in another way")
    return encode_basestring(text)
