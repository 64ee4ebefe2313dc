"""Readers against cases: the path, the file, and after `-- expect --` a line for each use: LINE NAME [default] [kind]."""

import random
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitseal import code
from gitseal.code import _grammars, ambient, linking, selection
from gitseal.code.uses import NameSource, Reading, Use
from tests import growth
from tests.slow import slow_but

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
PATHS = [
    "a.py",
    "a.js",
    "a.ts",
    "a.tsx",
    "a.vue",
    "a.sh",
    "compose.yml",
    "Dockerfile",
    ".github/workflows/a.yml",
    ".env",
    "a",
    "a.rb",
    "config/database.yml",
    "a.go",
    "a.php",
    "A.java",
    "A.cs",
    "a.rs",
    "application.properties",
    "a.ex",
]
WORDS = [
    b"os.environ", b"process.env", b"import.meta.env", b"getenv(", b"${", b"}", b"$", b"{{", b"secrets.",
    b"secret:", b"A", b"_B", b"[", b"]", b"(", b")", b"'", b'"', b"`", b"\\", b"\n", b"  ", b"- ", b":", b"=",
    b"<<EOF", b"#", b"environment:", b"ARG ", b"RUN ", b"const {", b"import os\n", b"class A(BaseSettings):\n",
    b"<script>", b"---\n", b"if ", b"||", b"&&", b"!", b"\xff", b"\r", b"export ", b"source ",
    b"ENV", b"ENV.fetch", b"<%= ", b" %>", b"os.Getenv", b"x := ", b"func f(k string) {", b'`env:"A,required"`', b"<?php ",
    b"$_ENV", b"env(", b"isset(", b"%env(A)%", b"System.getenv", b'@Value("${A:1}")', b"class A { ", b"String k = ",
    b"Environment.GetEnvironmentVariable", b"configuration", b'"A:B"', b"env::var", b"env!", b"#[arg(env)]",
    b"struct S { a: u8 }",
    b"const A = ", b"match ", b"throw", b"panic(", b'"A"', b"unless ", b"?", b"{", b"}", b"||=", b";",
]  # fmt: skip


def written(use: Use) -> str:
    words = [str(use.line), use.name, "default" if use.has_default else "", use.kind.value]
    return " ".join(word for word in words if word not in {"", "variable"})


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_file_reads_these_names(case: Path) -> None:
    given_text, _, expected = case.read_text(encoding="utf-8").partition("-- expect --\n")
    path, _, content = given_text.partition("\n")

    reading = code.read(path, content.encode())

    lines = expected.splitlines()
    assert [written(use) for use in reading.uses] == [line for line in lines if not line.startswith("note ")]
    notes = [line.removeprefix("note ") for line in lines if line.startswith("note ")]
    assert len(reading.notes) == len(notes)
    assert all(wanted in told for wanted, told in zip(notes, reading.notes, strict=True))


@pytest.mark.fuzz
@given(st.sampled_from(PATHS), st.lists(st.sampled_from(WORDS) | st.binary(max_size=4), max_size=40).map(b"".join))
def test_no_content_raises(path: str, content: bytes) -> None:
    for use in code.read(path, content).uses:
        assert 1 <= use.line <= content.count(b"\n") + content.count(b"\r") + 1
        assert use.name.isascii()


LONG = {
    "a.py": [b"os.environ['A']\n", b"x = " + b"(" * 50, b"os.environ" + b".a" * 50, b"-" * 50 + b"environ\n"],
    "a.js": [b"f(process.env.A);\n", b"process.env.A || ", b"(" * 9 + b"env", b"{env", b"`${env", b"a ? process.env.A : ",
        b"!(env", b"if (!process.env.A) return; ", b"if (!env.A) { if (!env.B) return; "],
    "a.tsx": [b"<a>{process.env.A}", b"a<b<env"],
    "a.vue": [b"<script>process.env.A</script>\n", b"<script ", b"<script>env"],
    "a.sh": [b"echo $A\n", b"${A:-", b"$(", b"if [ -n $A ]; then\n", b"<<A\n", b"((", b"source a\n"],
    "compose.yml": [b"  a: ${A}\n", b"build:\n", b"build:\n  args:\n    A: 1\n",
        b"${A:-", b"environment:\n", b"  - A\n", b"$$", b"' #"],
    "Dockerfile": [b"ARG A\n", b"ENV A=1 \\\n", b"RUN --mount=", b"RUN --mount=type=secret,id=A", b"CMD $A", b"'\""],
    ".github/workflows/a.yml": [b"${{ secrets.A }}\n", b"${{ ", b"secrets['", b"${{secrets.A"],
    ".env": [b"A=1\n", b"export ", b" "],
    "a.rb": [b"ENV['A'] || ", b"x = ENV['A']\nif x\n", b"f(ENV['A'], ", b"(ENV", b"get_env(", b"def env(k)\nENV[k]\n",
        b"ENV.fetch('A') { ", b"A = 'B'\n"],
    "a.html.erb": [b"<%= ENV['A'] %>\n", b"<% ", b"<% if ENV", b"<% do |"],
    "a.go": [b'x := os.Getenv("A")\nif x == "" {\n', b"os.Getenv(", b'type T struct { A string `env:"A"` }\n',
        b'f(os.Getenv("A"),',
        b'EnvVars: []string{"A"},', b"func env(k string) { os.Getenv(k) }\n", b'const A = "B"\n', b"a{env{"],
    "a.php": [b"<?php env('A');", b"<?php $x = env('A') ?: ", b"env(", b"[env('A'),", b"if (!env('A')) {",
        b"<?php function env($k) { getenv($k); }"],
    "A.java": [b'f(System.getenv("A"));', b"System.getenv().get(", b'@Value("${A}") ',
        b'x = System.getenv("A"); if (x == null) {', b"env.f()."],
    "A.cs": [b'f(Environment.GetEnvironmentVariable("A"));', b'config["A:B"] ?? ', b"config[", b'config.GetSection("A").',
        b"env?.", b"env", b"config "],
    "a.rs": [b'f(env::var("A"));', b'env::var("A").or_else(|_| ', b"#[arg(env)] a: u8, ",
        b"struct S { #[arg(env)] a: u8 }\n", b'match env::var("A") {', b"env!("],
    "application.yml": [b"a: ${A:b}\n", b"${A:", b"%env(A)%", b"%env(a:", b"env(A): 1\n"],
    "a.ex": [b'System.get_env("A")\n', b"environment"],
    "a": [b"${secret:A}\n", b"${secret:", b"$$", b"${secret:A/", b"${secret:A|a"],
}  # fmt: skip


PIECES = [(path, piece) for path, pieces in LONG.items() for piece in pieces]


@pytest.mark.parametrize("case", slow_but([(path, pieces[0]) for path, pieces in LONG.items()], PIECES))
def test_no_file_takes_forever(case: tuple[str, bytes]) -> None:
    path, piece = case
    growth.assert_linear(lambda size: partial(code.read, path, growth.repeated(piece, size)))


def test_binary_files_are_left_alone() -> None:
    assert code.read("a.sh", b"echo $A\n\0").uses == ()


def test_a_language_whose_parser_is_missing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    _grammars._parser.cache_clear()

    assert code.read("a.js", b"process.env.A") == Reading((), (_grammars.absent("javascript"),))
    assert code.read("a.js", b"nothing") == Reading(())
    assert code.read("a.sh", b"echo $A") == Reading((), (_grammars.absent("bash"),))
    assert code.read("a.cs", b"GetEnvironmentVariable(") == Reading((), (_grammars.absent("csharp"),))
    assert _grammars.absent("csharp").endswith("-m pip install tree-sitter tree-sitter-c-sharp")
    _grammars._parser.cache_clear()


@pytest.mark.parametrize(
    ("path", "is_source"),
    [
        ("src/a.py", True),
        ("build", True),
        ("node_modules/a/a.js", False),
        ("a/vendor/b.sh", False),
        ("dist/a.js", False),
        ("uv.lock", False),
        ("pnpm-lock.yaml", False),
        ("a.min.js", False),
    ],
)
def test_what_is_source(path: str, *, is_source: bool) -> None:
    assert selection.is_source(path) is is_source


@pytest.mark.parametrize(
    "name", ["PATH", "CI", "GITHUB_SHA", "NODE_ENV", "PORT", "LC_ALL", "npm_package_version", "GITSEAL_IDENTITY"]
)
def test_the_platform_gives(name: str) -> None:
    assert ambient.reason(name)


@pytest.mark.parametrize(
    "name", ["GITHUB_CLIENT_SECRET", "DATABASE_URL", "CIRCLE_API_KEY", "FLASK_SECRET_KEY", "DEBUG_X"]
)
def test_the_team_gives(name: str) -> None:
    assert not ambient.reason(name)


def settled(**files: bytes) -> set[tuple[str, bool]]:
    readings = {path.replace("_", "."): code.read(path.replace("_", "."), content) for path, content in files.items()}
    return {(use.name, use.has_default) for _, use in linking.settle(readings)}


def test_sourced_scripts_give_each_other_names() -> None:
    found = settled(
        a_sh=b'. "$(dirname "$0")/lib.sh"\necho $A $B', lib_sh=b"A=1; echo $C", c_sh=b"C=1; source ./a.sh", d_sh=b"B=1"
    )

    assert found == {("A", True), ("B", False), ("C", True)}


def test_a_function_around_the_environment_serves_other_files() -> None:
    found = settled(
        lib_ts=b"export const getEnv = (key: string) => process.env[key]",
        a_ts=b'import { getEnv } from "./lib"; use(getEnv("A"), getEnv("B") || 1, envelope("NOT"))',
        b_py=b"def read_env(name):\n    return os.environ[name]\nimport os",
        c_py=b"from b import read_env\nread_env('C')\nnot_env('NOT')",
    )

    assert found == {("A", False), ("B", True), ("C", False)}


def test_a_function_around_such_a_function_serves_too() -> None:
    found = settled(
        lib_ts=b"export const env = (key: string) => process.env[key]",
        need_ts=b"const requireEnv = (name: string) => { const found = env(name); if (!found) throw 1; return found; }",
        a_ts=b"requireEnv('A')",
    )

    assert found == {("A", False)}


def test_a_dotenv_file_that_git_keeps_gives_names_to_all() -> None:
    assert settled(_env=b"A=1\nexport B=2\nC=\n#D=1", a_js=b"f(process.env.A, process.env.B, process.env.C)") == {
        ("A", True), ("B", True), ("C", False),
    }  # fmt: skip


def test_a_compose_file_gives_its_dockerfile_what_it_builds_it_with() -> None:
    compose = b"""
services:
  web:
    build:
      context: ./web
      args:
        - A=1
        - B
        - C=${C}
  worker:
    build: {context: web}
  other:
    build:
      dockerfile: Dockerfile.other  # here
      args:
        D: "2"
"""
    readings = {
        path: code.read(path, content)
        for path, content in {
            "deploy/compose.yml": compose,
            "deploy/web/Dockerfile": b"ARG A\nARG B\nARG C\nARG D",
            "deploy/Dockerfile.other": b"ARG A\nARG D",
            "web/Dockerfile": b"ARG A",
        }.items()
    }
    needed = {(path, use.name) for path, use in linking.settle(readings) if not use.has_default}

    assert needed == {
        ("deploy/compose.yml", "B"),
        ("deploy/compose.yml", "C"),
        ("deploy/web/Dockerfile", "B"),
        ("deploy/web/Dockerfile", "D"),
        ("deploy/Dockerfile.other", "A"),
        ("web/Dockerfile", "A"),
    }


def test_a_next_config_gives_names_to_all_modules() -> None:
    readings = {
        "next.config.mjs": code.read(
            "next.config.mjs", b"export default {env: {A: 'x', 'B': process.env.C, D: process.env.D}}"
        ),
        "src/a.js": code.read("src/a.js", b"use(process.env.A, process.env.B, process.env.D)"),
    }

    assert {(use.name, use.has_default) for _, use in linking.settle(readings)} == {
        ("A", True), ("B", True), ("C", False), ("D", False),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "is_program"), [("a.go", True), ("Dockerfile", True), ("a.yml", False), ("a.csv", False)]
)
def test_what_is_a_program(path: str, *, is_program: bool) -> None:
    assert code.is_program(path) is is_program


def test_a_name_held_by_a_constant_or_a_function_around_serves_other_files() -> None:
    found = settled(
        lib_go=b"package a\nfunc getEnv(key, fallback string) string { return os.Getenv(key) }",
        b_go=b'package a\nvar x = getEnv("A", "1")',
        c_rb=b"def need_env(name)\n  ENV.fetch(name)\nend",
        d_rb=b"need_env('B'); envelope('NOT')",
    )

    assert found == {("A", True), ("B", False)}


def test_many_scripts_that_source_one_name_settle_in_linear_time() -> None:
    def settling(size: int) -> Callable[[], object]:
        order = random.Random(1)
        paths = [f"{number}/a.sh" for number in range(size // 50)]
        order.shuffle(paths)
        reading = Reading((Use("A", 1),), sourced=frozenset({"a.sh"}))
        return partial(linking.settle, dict.fromkeys(paths, reading))

    growth.assert_linear(settling)


def test_kinds_have_words() -> None:
    assert {kind.value for kind in NameSource} == {"variable", "secret", "GitHub secret", "GitHub variable"}
