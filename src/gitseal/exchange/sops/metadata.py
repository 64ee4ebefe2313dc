"""What a sops file says about itself: in `sops` at its top, or flattened into names that begin with `sops_`.

Only `lastmodified` is authenticated. Which names are in it, and in what order, depends on the version of sops that wrote it,
so nothing is asked of either.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from gitseal.errors import Malformed
from gitseal.exchange.sops import expressions
from gitseal.exchange.sops.tree import Node, Scalar, Sequence, TreeBranch, values
from gitseal.recipients.armor import dearmored

NAME = "sops"
PREFIX = "sops_"
_MOST_KEYS = 1024
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,]\d+)?(Z|[-+]\d\d:\d\d)")
_SELECTORS = (
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
)
DEFAULT_SUFFIX = "_unencrypted"
"""The rule of a file that has none of its own: names that end so have their values in clear."""

SERVICES = {
    "pgp": "PGP",
    "kms": "AWS KMS",
    "gcp_kms": "Google Cloud KMS",
    "azure_kv": "Azure Key Vault",
    "hc_vault": "Vault",
    "hckms": "Huawei Cloud KMS",
}
"""The kinds of keys that are not age's, with their names for people."""
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FLAT = re.compile(r"__(map|list)_")


class AgeKey(NamedTuple):
    """A recipient as the file names it, and the armored age file with the data key. That the two belong together is a claim."""

    recipient: str
    sealed: str


class Metadata(NamedTuple):
    """`modified` is the context of the MAC. `services` are the kinds of other keys that open the file too, in words.

    `selectors` say which values are sealed: one rule, by its name.
    """

    age: tuple[AgeKey, ...]
    services: tuple[str, ...]
    is_shared: bool
    mac: str
    modified: str
    selectors: Mapping[str, str]
    mac_only_encrypted: bool

    def has_to_be_sealed(self, path: tuple[str, ...]) -> bool | None:
        """Whether the file itself says that the value at this path is sealed.

        None if only sops can say: by the comments around it, or by an expression that is not read here.
        """
        ((rule, wanted),) = self.selectors.items()
        if rule.endswith("_comment_regex"):
            return None
        parts = [
            part.endswith(wanted) if rule.endswith("_suffix") else expressions.found(wanted, part) for part in path
        ]
        is_named = True if True in parts else None if None in parts else False
        return is_named if rule.startswith("encrypted") or is_named is None else not is_named


def split(documents: list[TreeBranch]) -> tuple[list[TreeBranch], TreeBranch]:
    """The documents without their metadata, and the metadata of the first. Raises Malformed if it has none, or two."""
    found = [member for member in documents[0].members if member.name == NAME] if documents else []
    if len(found) > 1 or not all(isinstance(one.value, TreeBranch) for one in found):
        raise Malformed("the file has more than one sops, or one that is no mapping")
    if found:
        rest = [_without(document, lambda name: name == NAME) for document in documents]
        return rest, found[0].value  # type: ignore[return-value]
    flat = (
        [
            one._replace(name=one.name.removeprefix(PREFIX))
            for one in documents[0].members
            if one.name.startswith(PREFIX)
        ]
        if documents
        else []
    )
    if not flat:
        raise Malformed("the file has no metadata of sops")
    return [_without(documents[0], lambda name: name.startswith(PREFIX)), *documents[1:]], TreeBranch(flat)


def _without(document: TreeBranch, is_metadata: "Callable[[str], bool]") -> TreeBranch:
    metadata = [one for one in document.members if is_metadata(one.name)]
    # They stood behind the last value before sops put its metadata there.
    below = (*(text for one in metadata for text in one.comments), *document.below)
    return document._replace(members=[one for one in document.members if not is_metadata(one.name)], below=below)


def parse(branch: TreeBranch) -> Metadata:
    """The metadata of a file. Raises Malformed for what sops itself would not take."""
    texts, lists = _gathered(branch)
    age = [AgeKey(_text(one, "recipient"), _text(one, "enc")) for one in lists.get("age", ())]
    services = tuple(words for key, words in SERVICES.items() if lists.get(key))
    if len(age) > _MOST_KEYS:
        raise Malformed(f"the file has {len(age)} age recipients, more than {_MOST_KEYS}")
    _refuse_copied(age)
    selectors = {name: texts[name] for name in _SELECTORS if texts.get(name)}
    if len(selectors) > 1:
        raise Malformed(f"the file has two rules for what is sealed: {' and '.join(selectors)}")
    return Metadata(
        tuple(age),
        services,
        not age and not services and "key_groups" in lists,
        texts.get("mac", ""),
        _modified(texts.get("lastmodified", "")),
        selectors or {"unencrypted_suffix": DEFAULT_SUFFIX},
        texts.get("mac_only_encrypted", "") in _TRUE,
    )


def _refuse_copied(age: "list[AgeKey]") -> None:
    """Raises Malformed if two recipients have one and the same sealed key.

    An age file opens to those whom it was made for, and sops makes one for each. So somebody copied it, to pass for a recipient.
    """
    of_file: dict[bytes, str] = {}
    for one in age:
        file = dearmored(one.sealed)
        # A comment behind an SSH key makes it no other key.
        key = " ".join(one.recipient.split()[:2])
        if file is not None and of_file.setdefault(file, key) != key:
            raise Malformed(
                "two recipients of the file have one and the same sealed key, which sops never writes: one of them was put there"
                " by hand",
                0,
                "look at who changed the recipients of the file, and take out the one whom nobody knows",
            )


def _modified(written: str) -> str:
    """A time as sops writes it again, which is the context of the MAC."""
    match = _TIME.fullmatch(written)
    if match is None:
        raise Malformed("lastmodified of sops is no time")
    return match[1] + ("Z" if match[2] in {"+00:00", "-00:00"} else match[2])


def _gathered(branch: TreeBranch) -> tuple[dict[str, str], dict[str, list[dict[str, str]]]]:
    """The texts of the metadata by name, and its lists: each item as its texts. Flattened ones become lists again."""
    texts: dict[str, str] = {}
    lists: dict[str, dict[str, dict[str, str]]] = {}
    for name, text in flattened(branch):
        top, *rest = _FLAT.split(name)
        if not rest:
            texts[top] = text
        elif rest[0] == "list" and len(rest) >= 2:  # noqa: PLR2004 - the number of an item
            lists.setdefault(top, {}).setdefault(rest[1], {})["".join(rest[3:4])] = text.replace("\\n", "\n")
    return texts, {top: list(items.values()) for top, items in lists.items()}


def flattened(branch: TreeBranch, above: str = "") -> "Iterator[tuple[str, str]]":
    """The texts of metadata by names as the formats without sections have them: `age__list_0__map_enc`."""
    for member in branch.members:
        yield from _flat_node(member.value, above + member.name)


def _flat_node(node: Node, name: str) -> "Iterator[tuple[str, str]]":
    if isinstance(node, Scalar):
        yield name, node.content.decode("utf-8", "replace")
    elif isinstance(node, Sequence):
        for number, item in enumerate(values(node.items)):
            yield from _flat_node(item, f"{name}__list_{number}")
    else:
        yield from flattened(node, f"{name}__map_")


def _text(item: Mapping[str, str], name: str) -> str:
    return item.get(name, "")


TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
