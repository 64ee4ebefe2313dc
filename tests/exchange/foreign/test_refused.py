"""What gitseal cannot open is refused by the name of its tool, with the way to open it; its ciphertext becomes no value."""

from pathlib import Path

import pytest

from gitseal.errors import Error
from gitseal.exchange import Encrypted, detect, foreign
from gitseal.exchange.foreign import ForeignSource, ToolKeys
from gitseal.exchange.parsing import parse_text

VECTORS = Path(__file__).parent / "vectors"
REFUSED = {
    "git-crypt.env": ("git-crypt", "git-crypt unlock"),
    "transcrypt.env": ("transcrypt or openssl", "configure the clone with transcrypt"),
    "git-secret.env.secret": ("gpg", "gpg --decrypt"),
    "credentials.yml.enc": ("Rails", "bin/rails credentials:show"),
    "openssl.env": ("transcrypt or openssl", "openssl enc -d"),
}


def test_every_file_is_tried() -> None:
    assert {path.name for path in (VECTORS / "refused").iterdir()} == REFUSED.keys()


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("form", ["", "dotenv", "json", "yaml"])
def test_a_file_of_a_tool(name: str, form: str) -> None:
    data = (VECTORS / "refused" / name).read_bytes()
    tool, way_out = REFUSED[name]
    assert foreign.read(data, ForeignSource(name, form, ToolKeys())) is None
    with pytest.raises(Encrypted) as caught:
        parse_text(form or detect(name), data, name)
    assert caught.value.message == f"{name}: the file is encrypted by {tool}"
    assert way_out in caught.value.cipher.advice


SEALED = [
    ("dotenvx.env", "dotenvx decrypt --stdout -f {}"),
    ("secrets.ejson", "ejson decrypt {}"),
    ("whole.yml", "ansible-vault view {}"),
    ("inline.yml", ""),
]


@pytest.mark.parametrize(("name", "command"), SEALED)
@pytest.mark.parametrize("form", ["", "dotenv", "json", "yaml", "vault", "kubernetes"])
def test_a_file_whose_key_is_not_here(name: str, command: str, form: str) -> None:
    """Said to be what it is not, it may be no file of that format; it never gives a value."""
    try:
        opened = foreign.read((VECTORS / name).read_bytes(), ForeignSource(name, form, ToolKeys()))
        assert opened is None
        imported = parse_text(
            form if form in {"dotenv", "json", "yaml"} else detect(name), (VECTORS / name).read_bytes(), name
        )
    except Encrypted as error:
        assert error.cipher.command == command  # noqa: PT017 - what else may be raised is told below
        return
    except Error:
        return
    pytest.fail(f"{len(imported.items)} values came out of {name}")
