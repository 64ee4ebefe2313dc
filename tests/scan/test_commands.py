"""A value that a command gives is no secret; a secret in the command is one."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.scan import comments, env_values, shell_words
from gitseal.scan.commands import is_silent
from gitseal.scan.rules import Rules
from gitseal.scan.scan_blob import scan_blob
from tests.growth import assert_linear

QUIET = """
X=$(gitseal get X)
X=$(gitseal get X) || exit 1
export X="$(gitseal get X)"
export X="$(gitseal get "X" -e production)" || return 1
export X="$(gitseal get 'db/PASSWORD')" && export Y="$(gitseal get Y)"
X=$(gitseal get X); export X
X="$(gitseal get X)" || { echo "no X here, ask the team" >&2; exit 1; }
X=$(gitseal get X || { echo "could not get X" >&2; exit 1; })
X="${X:-$(gitseal get X)}"
X=`pass show shop/db`
X="Bearer $(pass show it)"
X=$(openssl rand -hex 32)
export PATH="$(pwd)/bin:$PATH"
X=$(cat ~/.config/shop/token) # of the shop
X=$(op read "op://vault/item/field")
X="$(aws secretsmanager get-secret-value --secret-id prod/db --query SecretString --output text | jq -r '.password')"
X=$(aws ssm get-parameter --name /shop/prod/DB_PASSWORD --with-decryption --query Parameter.Value --output text)
X=$(gcloud secrets versions access latest --secret=shop-db)
X=$(vault kv get -field=password secret/shop)
X=$(kubectl get secret shop -o jsonpath='{.data.password}' | base64 -d)
X=$(sops -d --extract '["db"]["password"]' secrets.enc.yaml)
X="$(security find-generic-password -a "$USER" -s shop -w)"
X=$(grep '^X=' .env.shared | cut -d= -f2-)
X=$(awk -F= '/^X=/ {print $2}' shared.txt)
X=$(echo "$USER:$TOKEN" | base64)
X=$(printf '%s:%s' "$USER" "$(pass show it)")
X=$(curl -s -H "Authorization: Bearer $TOKEN" https://example.com/x)
X=$(git rev-parse --short HEAD)
X=$(bash -c 'pass show it')
X=$(date +%Y-%m-%d)
X=$(test -n "$Y" && echo true || echo false)
export ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PATH="$PWD/bin:$(yarn global bin):$PATH"
export KUBECONFIG="$(pwd)/.kube/config"
X="$(if [ -f token ]; then cat token; else pass show it; fi)"
X=$(echo "${NAME^^}")
X=$((1 + 2))
X=$(DB_HOST)
"""
LOUD = """
X=$(echo hunter2)
X=$(echo s3cr3tvalue99)
X="$(echo "s3cr3tvalue99")"
X=`echo hunter2`
X=$(printf %s hunter2)
X=$(echo -n 'hunter2' | tr -d x)
X=$(echo aHVudGVyMg== | base64 -d)
X=$(base64 -d <<< aHVudGVyMg==)
X=$(cat <<EOF hunter2 EOF)
X=$(bash -c 'echo hunter2')
X=$(eval "echo hunter2")
X=$(true || echo hunter2)
X=$(get X) || X=hunter2
X=$(get X) || export X=hunter2
X=$(get X); Y=hunter2
X=$(get X); Y[0]=hunter2
X=$(get X) && declare -x Y=hunter2
X=$(if true; then echo hunter2; fi)
X=$(true)#hunter2
X=$(get X) Y=hunter2
X=$(get X)hunter2
X="$(get X) hunter2"
X=hunter2$(true)
X="${X:-hunter2}$(true)"
X="${X:-$(echo hunter2)}"
X=$(echo "$(echo hunter2)")
X=$(curl https://admin:hunter2x@example.com/)
X=$(curl -u admin:s3cr3t9 https://example.com/)
X=$(curl -H "Authorization: Bearer s3cr3tvalue99" https://example.com/)
X=$(mysql --password=s3cr3tx -e 'select 1')
X=$(login --token s3cr3tx)
X=$(PGPASSWORD=hunter2 psql -c 'select x')
X=$(get 9f8a7d6b5c4e3f2a1b0c)
X=$(echo it's hunter2)
X=$(get X
"""


def found(line: str, path: bytes = b".envrc") -> bool:
    return bool(scan_blob(path, 0o100644, [f"{line}\n".encode()], Rules()))


@pytest.mark.parametrize("line", QUIET.strip().splitlines())
def test_a_command_that_gets_a_value_passes(line: str) -> None:
    assert not found(line)


@pytest.mark.parametrize("line", LOUD.strip().splitlines())
def test_a_command_that_holds_a_value_does_not(line: str) -> None:
    assert found(line)


# `loud.txt` and `quiet.txt` hold one case a line; each `*.envrc` is a file as people have them.
ENVRC = Path(__file__).parent / "envrc"
VALUE = "hT7xQ2mVp9LzR4wKc8Nd"


def lines_of(name: str) -> list[str]:
    lines = (ENVRC / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("line", lines_of("loud.txt"))
def test_a_value_counts_wherever_a_shell_takes_it_for_one(line: str) -> None:
    assert not found(line.replace("VALUE", "$VALUE").replace("'$VALUE'", '"$VALUE"'))
    assert found(line.replace("VALUE", VALUE))


@pytest.mark.parametrize("line", lines_of("quiet.txt"))
def test_what_gives_no_value_passes(line: str) -> None:
    assert not found(line)


@pytest.mark.parametrize("file", sorted(path.name for path in ENVRC.glob("*.envrc")))
def test_files_as_people_have_them_pass(file: str) -> None:
    content = (ENVRC / file).read_bytes()
    assert not scan_blob(b".envrc", 0o100644, [content], Rules())
    # Whatever stands around it, a value that is added is found, in its line.
    (one,) = scan_blob(b".envrc", 0o100644, [content, b"true && export X=hT7xQ2mVp9LzR4wKc8Nd\n"], Rules())
    assert one.line == content.count(b"\n") + 1


def test_a_value_within_a_script_is_one_value_in_its_line() -> None:
    text = 'eval "\nexport A=first\n"; B=second\nexport C="$D"; E=third\n'
    assert sorted((one.line, one.name, one.value) for one in env_values.with_commands(text)) == [
        (2, "A", "first"),
        (3, "B", "second"),
        (4, "C", "$D"),
        (4, "E", "third"),
    ]


def test_a_pragma_lifts_what_a_command_assigns() -> None:
    assert not found("[ -z $A ] && export A=dev # gitseal: allow no secret")


def test_the_hint_for_a_file_of_direnv_keeps_it() -> None:
    (one,) = scan_blob(b".envrc", 0o100644, [b"export AWS_PROFILE=dev\n"], Rules(environments=("staging",)))
    assert str(one.hint) == (
        'if it is no secret, write "gitseal: allow" and a reason in a comment on its line; if it is one, seal it and write '
        '"$(gitseal get AWS_PROFILE -e staging)" where it stands: gitseal set -e staging AWS_PROFILE'
    )


def test_a_command_over_several_lines() -> None:
    assert not found('X="$(curl --silent \\\n  -H "Authorization: Bearer $TOKEN" \\\n  https://example.com/x)"')
    assert found("X=\"$(curl --silent \\\n  -H 'Authorization: Bearer s3cr3tvalue99' \\\n  https://example.com/x)\"")
    assert found("X=$(cat <<EOF\nhunter2\nEOF\n)")


def test_a_template_and_a_comment_may_hold_the_same_commands() -> None:
    assert not found("X=$(openssl rand -hex 32) || exit 1", b".envrc.example")
    assert found("X=$(echo s3cr3tvalue99)", b".envrc.example")
    assert not list(comments.assigned('# export API_KEY="$(pass show it)" || exit 1'))
    assert list(comments.assigned("# export API_KEY=$(echo s3cr3tvalue99)"))


TEXTS = st.text(st.sampled_from("X=$(){}`\"'\\ |&;<>#\nab1-"), max_size=40)


@pytest.mark.fuzz
@given(TEXTS)
def test_any_line_has_words_or_none(text: str) -> None:
    shell_words.words(text)
    is_silent(text)


@pytest.mark.fuzz
@given(st.from_regex(r"[a-z0-9]{12}", fullmatch=True), st.sampled_from(LOUD.strip().splitlines()))
def test_what_a_command_prints_is_a_value_whatever_it_is(value: str, line: str) -> None:
    if "hunter2" in line:
        assert found(line.replace("hunter2", f"{value}7x7q"))


@pytest.mark.parametrize("part", ["$(", '"$(', "`", "${x:-", "$(a '", "(", "|", "a ", '$("', "$(a)"])
def test_a_long_line_takes_linear_time(part: str) -> None:
    assert_linear(lambda size: partial(is_silent, part * (size // len(part))))


@pytest.mark.parametrize(
    "part",
    [
        "; X=a",
        "${X:=",
        "${X:=a}",
        "eval '",
        'eval "',
        "<(echo X=a ",
        "<<< a ",
        "export ",
        "-a -p:",
        "a\n",
        'A="\n',
        "'a\n",
        "X=abcd ",
        "--token a ",
    ],
)
def test_a_file_of_commands_takes_linear_time(part: str) -> None:
    assert_linear(lambda size: partial(env_values.with_commands, "true " + part * (size // len(part))))


def test_a_value_with_a_command_is_all_of_its_line() -> None:
    text = 'A=$(x "y") || exit 1\nB="$(z)" # c\nC=\'$(d)\'\n'
    assert [one.value for one in env_values.assignments(text)] == ['$(x "y") || exit 1', '"$(z)" # c', "$(d)"]
