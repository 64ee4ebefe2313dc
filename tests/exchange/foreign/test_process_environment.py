"""Variables of a running process come in byte for byte from `env -0`; what `env` alone prints is refused."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.errors import Malformed
from gitseal.exchange import foreign
from gitseal.exchange.foreign import ForeignSource, Opened, ToolKeys

VARIABLES = {"B": '"quoted"', "C": "v #1", "D": "a\\$b $HOME", "ML": "line1\nline2=x", "J": '{"a":"b"}', "EMPTY": ""}


def read(data: bytes, form: str = "") -> Opened | None:
    return foreign.read(data, ForeignSource("f", form, ToolKeys()))


def values(opened: Opened | None) -> dict[str, bytes]:
    assert opened is not None
    return {item.path[0]: item.value.reveal() for item in opened.imported.items}


@pytest.mark.parametrize("form", ["", "env-0", "fly"])
def test_what_env_0_prints(form: str) -> None:
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/root", "FLY_APP_NAME": "shop", **VARIABLES}
    printed = subprocess.run(["env", "-0"], env=variables, capture_output=True, check=True).stdout
    opened = read(printed, form)
    assert values(opened) == {name: value.encode() for name, value in VARIABLES.items()}
    assert opened is not None
    assert opened.notes == ("3 variables left out, which the machine sets itself: FLY_APP_NAME, HOME, PATH",)


NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,9}X", fullmatch=True)
RAW = st.binary(max_size=30).map(lambda content: content.replace(b"\0", b""))


@given(st.dictionaries(NAMES, RAW, min_size=1, max_size=5))
def test_every_value_keeps_its_bytes(variables: dict[str, bytes]) -> None:
    assert (
        values(read(b"".join(name.encode() + b"=" + value + b"\0" for name, value in variables.items()))) == variables
    )


@pytest.mark.parametrize("form", ["", "env-0", "fly"])
def test_what_env_prints_is_refused(form: str) -> None:
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/root", **VARIABLES}
    printed = subprocess.run(["env"], env=variables, capture_output=True, check=True).stdout
    with pytest.raises(Malformed, match=r"^f: it looks like what env prints") as caught:
        read(printed, form)
    assert "env -0" in caught.value.hint
    assert read(printed, "dotenv") is None


ODD = ["BASH_FUNC_x%%", "a b", "npm_config_//r.io/:_authToken", "-x", "1st", "", "=::", "N" * 129, "\u00e9"]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_name_is_left_out_and_told(odd: str) -> None:
    variable = f"{odd}=hush\0".encode()
    for data, form in ((b"A=1\0" + variable, ""), (variable + b"A=1\0", "" if odd.isascii() else "env-0")):
        opened = read(data, form)
        assert values(opened) == {"A": b"1"}
        assert opened is not None
        (note,) = opened.notes
        assert "1 variable left out" in note
        assert odd.partition("=")[0][:40] in note
        assert "hush" not in note


@pytest.mark.parametrize(
    "data",
    [
        b"A=1\nPATH=/usr/bin\n",
        b"HOME=/root\nA=1\n",
        b"# mine\nPATH='/bin'\nHOME=/x\n",
        b"\0GITCRYPT\0x",
        b"Salted__=\0a\0",
        b"A=1\n".decode().encode("utf-16-le"),
        b"\xff\xfeA=\0",
    ],
)
def test_env_files_are_none(data: bytes) -> None:
    assert read(data) is None


@pytest.mark.parametrize("data", [b"A=1\0B=2", b"A=1\0hush\0", b"A=1\0\0", b"A=hush\0A=hush\0"])
def test_what_is_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read(data)
    assert "hush" not in caught.value.message
