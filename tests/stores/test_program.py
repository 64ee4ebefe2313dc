"""Which files the words of an `exec:` program may name."""

import os
import subprocess
import sys

import pytest

from gitseal.stores.program import possible_files


@pytest.mark.parametrize(
    "word",
    [
        "deploy/push.sh",
        "-fdeploy/push.sh",
        "-xzfdeploy/push.sh",
        "--file=deploy/push.sh",
        "-f=deploy/push.sh",
        "deploy/push.sh production",
        "exec 'deploy/push.sh' production",
        "true;deploy/push.sh&&true",
        "X=$(<deploy/push.sh)",
        "@deploy/push.sh",
        "live:deploy/push.sh,other",
    ],
)
def test_a_file_is_seen_wherever_it_stands_in_a_word(word: str) -> None:
    assert "deploy/push.sh" in possible_files(word)


def test_a_name_with_a_blank_is_seen_whole() -> None:
    assert "deploy/my push.sh" in possible_files("'deploy/my push.sh' production")
    assert "deploy/my push.sh" in possible_files("deploy/my push.sh")
    assert possible_files("it's") >= {"it's"}
    assert "" not in possible_files("-f")


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_program_is_found_in_any_locale(locale: str) -> None:
    """The name comes from the policy, which is UTF-8. Fault injection publishes in each of them."""
    code = "import os; from gitseal.stores import program; print(os.fsencode(program.words('./d\\xe9ploy')[0]).hex())"
    environ = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert bytes.fromhex(done.stdout).decode() == "./déploy"
