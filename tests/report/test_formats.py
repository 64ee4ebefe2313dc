"""Every format is what its readers read; nothing in a name acts."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal.report.escaping import printable, uri
from gitseal.report.findings import ERROR, NOTE, WARNING, Finding
from gitseal.report.formats import FORMATS, write
from gitseal.report.hints import NO_HINT, runnable, untrack
from gitseal.report.sentences import literal, sentence

EVIL = [
    "a\n::set-output name=x::y",
    "\x1b[31mred\x1b[0m",
    "a%0Ab",
    "a,b:c",
    "\u202egnp.exe",
    "caf\udce9",
    '"><script>',
    "a\r\nb",
    "ä/ö.txt",
    "a\u2028b",
]
TOKEN = sentence("a GitHub token stands here")
FINDINGS = [
    Finding(
        "env-file",
        "conf/.env",
        3,
        sentence('a value stands in the open in an env file: "{}"', "A"),
        runnable(untrack("conf/.env")),
    ),
    Finding("token", "src/a.py", 0, TOKEN, NO_HINT, WARNING, "0123456789abcdef0123456789abcdef01234567"),
    Finding("token", "src/a.py", 9, TOKEN, NO_HINT, NOTE, "0123456789abcdef0123456789abcdef01234567"),
]
ANY = st.builds(
    Finding,
    st.sampled_from(["env-file", "token"]),
    st.one_of(
        st.sampled_from(EVIL),
        st.text(min_size=1),
        st.binary(min_size=1).map(lambda name: name.decode("utf-8", "surrogateescape")),
    ),
    st.integers(0, 9),
    st.one_of(st.sampled_from(EVIL), st.text()),
    st.one_of(st.just(""), st.sampled_from(EVIL), st.text()),
    st.sampled_from([ERROR, WARNING, NOTE]),
    st.sampled_from(["", "0" * 40]),
    st.just(()),
)
STEERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def test_text() -> None:
    assert write(FINDINGS, "text").splitlines() == [
        'conf/.env:3: env-file: a value stands in the open in an env file: "A"',
        "  git rm --cached -f :/conf/.env",
        "0123456789ab:src/a.py: token: a GitHub token stands here",
        "0123456789ab:src/a.py:9: token: a GitHub token stands here",
    ]
    twice = [FINDINGS[0], FINDINGS[0]._replace(line=4)]
    assert write(twice, "text").splitlines()[1:] == [
        'conf/.env:4: env-file: a value stands in the open in an env file: "A"',
        "  git rm --cached -f :/conf/.env",
    ]


def test_json() -> None:
    found = json.loads(write(FINDINGS, "json"))
    assert [Finding(**each) for each in found] == FINDINGS


COMMIT = "%0Acommit 0123456789abcdef0123456789abcdef01234567"


def test_github() -> None:
    first, second, third = write(FINDINGS, "github").splitlines()
    assert first.startswith("::error file=conf/.env,line=3,title=gitseal%3A env-file::a value stands in the open")
    assert first.endswith('env file: "A"%0Agit rm --cached -f :/conf/.env')
    words = f"title=gitseal%3A token::a GitHub token stands here{COMMIT}"
    assert second == f"::warning file=src/a.py,line=1,{words}"
    assert third == f"::notice file=src/a.py,line=9,{words}"
    (line,) = write([Finding("r", "a,b:c%\n::error::x", 1, literal("50%\n::stop"))], "github").splitlines()
    assert line == "::error file=a%2Cb%3Ac%25\\n%3A%3Aerror%3A%3Ax,line=1,title=gitseal%3A r::50%25\\n::stop"


def test_gitlab() -> None:
    first, second, third = json.loads(write(FINDINGS, "gitlab"))
    assert first["location"] == {"path": "conf/.env", "lines": {"begin": 3}}
    assert [each["severity"] for each in (first, second, third)] == ["critical", "major", "info"]
    assert len({each["fingerprint"] for each in (first, second, third)}) == 3
    assert second["check_name"] == "gitseal/token"


def test_sarif() -> None:
    (run,) = json.loads(write(FINDINGS, "sarif"))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["env-file", "token"]
    assert [(each["ruleId"], each["ruleIndex"], each["level"]) for each in run["results"]] == [
        ("env-file", 0, "error"),
        ("token", 1, "warning"),
        ("token", 1, "note"),
    ]
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "src/a.py", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 1}}
    assert run["results"][1]["properties"] == {"commit": "0123456789abcdef0123456789abcdef01234567"}


@pytest.mark.parametrize("form", ["sarif", "gitlab"])
def test_a_finding_that_moves_keeps_its_fingerprint(form: str) -> None:
    def prints(findings: list[Finding]) -> list[str]:
        return re.findall(r'"(?:fingerprint|gitseal/v1)": "([0-9a-f]{64})"', write(findings, form))

    moved = [finding._replace(line=finding.line + 5, commit="f" * 40) for finding in FINDINGS]
    assert prints(moved) == prints(FINDINGS)
    assert len(set(prints(FINDINGS))) == 3
    assert prints(FINDINGS[:1]) == prints(FINDINGS)[:1]


@pytest.mark.parametrize("form", FORMATS)
def test_no_findings(form: str) -> None:
    text = write([], form)
    assert text == "" if form in {"text", "github"} else json.loads(text) is not None


@pytest.mark.parametrize("form", FORMATS)
@given(st.lists(ANY, max_size=4))
def test_nothing_in_a_name_acts(form: str, findings: list[Finding]) -> None:
    text = write(findings, form)
    text.encode()
    assert not STEERS.search(text)
    if form == "text":
        assert len(text.splitlines()) == len(text.split("\n")) - 1
        assert sum(not line.startswith("  ") for line in text.splitlines()) >= len(
            [f for f in findings if not f.path.startswith("  ")]
        )
    elif form == "github":
        lines = text.splitlines()
        assert len(lines) == len(findings)
        assert all(
            re.match(r"::(?:error|warning|notice) file=[^,:\n]*,line=\d+,title=gitseal%3A [a-z-]+::", line)
            for line in lines
        )
    else:
        json.loads(text)


@given(st.text())
def test_what_is_shown_as_itself_stays(text: str) -> None:
    if text.isprintable():
        assert printable(text) == text
    assert printable(text).isprintable()


def test_uris() -> None:
    assert uri("a b/ä#?%.txt") == "a%20b/%C3%A4%23%3F%25.txt"
    assert uri("caf\udce9") == "caf%E9"


def test_another_format_is_none() -> None:
    with pytest.raises(KeyError):
        write([], "html")


def test_notes_are_where_programs_see_them_and_no_results() -> None:
    note = Finding("not-looked-into", "vendor/\x1bx", 0, sentence("{} submodules", 2), NO_HINT, NOTE)
    assert [one["rule"] for one in json.loads(write(FINDINGS, "json", [note]))][-1] == "not-looked-into"
    (run,) = json.loads(write(FINDINGS, "sarif", [note]))["runs"]
    assert len(run["results"]) == len(FINDINGS)
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    (told,) = invocation["toolExecutionNotifications"]
    assert told == {"level": "note", "message": {"text": "not-looked-into: 2 submodules"}}
    for form in FORMATS.keys() - {"json", "sarif"}:
        assert write(FINDINGS, form, [note]) == write(FINDINGS, form)
