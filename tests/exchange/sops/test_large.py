"""Files of sops that somebody made large: the time is linear in their size, and YAML has a limit, since it is the slowest."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gitseal.document.value import text
from gitseal.exchange import Encrypted, sops
from gitseal.exchange._items import ImportedValue
from gitseal.exchange.sops import growing, ini_file, yaml_file
from gitseal.exchange.sops.importing import MAX_YAML_BYTES
from tests import growth

SOME = (Path(__file__).parent / "vectors" / "unencrypted_regex.yaml").read_bytes()
YAML: dict[str, Callable[[int], str]] = {
    "names on one line": lambda size: "A: {" + "".join(f"k{number}: v, " for number in range(size // 10)) + "}",
    "comments between lists": lambda size: "A:\n" + "# c\n    - []\n" * (size // 13),
    "comments behind values": lambda size: "".join(f"k{number}: 1 # c\n" for number in range(size // 12)),
    "an escaped text": lambda size: 'A: "' + growth.repeated("\\x41", size // 4 * 4) + '"',
}
INI: dict[str, Callable[[int], str]] = {
    "blanks in a name": lambda size: f"[s]\nA{' ' * size}x = 1\n",
    "a value of many lines": lambda size: '[s]\nA = """' + "x\n" * size + '"""\n',
}


@pytest.mark.parametrize("text_of", YAML.values(), ids=YAML)
def test_yaml_is_read_in_linear_time(text_of: Callable[[int], str]) -> None:
    growth.assert_linear(lambda size: partial(yaml_file.parse, text_of(size).encode()))


@pytest.mark.parametrize("text_of", INI.values(), ids=INI)
def test_ini_is_read_in_linear_time(text_of: Callable[[int], str]) -> None:
    growth.assert_linear(lambda size: partial(ini_file.parse, text_of(size).encode()))


@pytest.mark.parametrize("section", [(), ("S",)])
def test_a_tree_grows_in_linear_time(section: tuple[str, ...]) -> None:
    def items(size: int) -> list[ImportedValue]:
        return [ImportedValue((*section, f"N{number}"), text("x"), 0) for number in range(size // 20)]

    growth.assert_linear(lambda size: partial(growing.grown, items(size), growing.YAML))


def test_yaml_beyond_its_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(Encrypted) as caught:
        sops.look(b"#" * MAX_YAML_BYTES + b"\n" + SOME, "s.yaml")
    assert caught.value.message == (
        f"s.yaml: it has {MAX_YAML_BYTES + 1 + len(SOME)} bytes, more than the 2097152 that are read of sops' YAML"
    )
    assert caught.value.cipher.command == "sops decrypt --output-type json {}"
