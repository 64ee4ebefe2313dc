"""What `import gitseal` costs: nothing is loaded before it is used."""

import subprocess
import sys

import pytest

import gitseal

HEAVY = (
    "click",
    "cryptography",
    "pyrage",
    "pygit2",
    "git",
    "ruamel",
    "json",
    "typing",
    "re",
    "pydantic",
    "gitseal.sdk",
)


def child(code: str) -> str:
    """What a fresh Python prints, without the site's own start, which loads what it likes."""
    script = f"import sys; sys.path.insert(0, {str(gitseal.__path__[0])!r} + '/..'); {code}"
    done = subprocess.run([sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_package_alone_loads_nothing() -> None:
    loaded = child("before = set(sys.modules); import gitseal; print(*sorted(set(sys.modules) - before))")

    assert loaded == "gitseal"
    assert child(f"import gitseal; dir(gitseal); print([n for n in {HEAVY} if n in sys.modules])") == "[]"


def test_pygit2_is_loaded_for_a_revision_alone() -> None:
    script = "import gitseal; gitseal.load, gitseal.secret; import sys; print('pygit2' in sys.modules, 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "False False\n"


@pytest.mark.parametrize("first", ["gitseal.hidden", "gitseal.sdk.declared", "gitseal.cli.main", "gitseal.identities"])
def test_the_function_keeps_its_name_whatever_is_imported_first(first: str) -> None:
    script = f"""
import gitseal
import {first}
from gitseal.hidden import SecretBytes
from gitseal import secret
assert callable(gitseal.secret) and secret is gitseal.secret
assert SecretBytes.__module__ == "gitseal.hidden" and gitseal.Secret is not SecretBytes
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_every_name_is_there_and_no_other() -> None:
    for name in gitseal.__all__:
        assert getattr(gitseal, name).__name__ == name
        assert name in dir(gitseal)
    with pytest.raises(AttributeError, match="nonsense"):
        gitseal.nonsense  # type: ignore[attr-defined] # noqa: B018
