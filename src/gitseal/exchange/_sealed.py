"""Refuses files that are sealed already. Imported as they are, their ciphertexts would become the values."""

from collections.abc import Collection

from gitseal.errors import Error


def refuse_sealed(names: Collection[str], form: str) -> None:
    """Raise Error if the names at the top are those of a file of sops or gitseal; `form` is the format, for the hint."""
    if "sops" in names or {"sops_version", "sops_mac"} <= set(names):
        again = f"sops -d FILE | gitseal import - --format {form} -e ENV"
        raise Error("the file is encrypted by sops", again)
    if "gitseal" in names:
        hint = "gitseal render -e FROM --format yaml | gitseal import - --format yaml -e TO"
        raise Error('the file is sealed by gitseal, or has a name "gitseal", which is reserved', hint)
