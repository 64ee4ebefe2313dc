"""The readers of what is rendered: a file in, the variables that they make of it out.

Each raises `Missing` with the reason where its program is not on this machine. Whoever adds a dialect gives it a line in
`READERS`.
"""

import base64
import ctypes
import json
import os
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import cast

from tests.render import ports

PEERS = Path(__file__).resolve().parents[2] / ".peers"
NODE_MODULES = PEERS / "node/node_modules"

Reader = Callable[[Path], dict[str, str]]


class Missing(Exception):
    """A reader's program is not on this machine."""


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=str(PEERS / "bin"))
    if found is None:
        raise Missing(f"{name} is not on this machine: `make peers` fetches what it can")
    return found


def run(command: list[str], **environment: str) -> bytes:
    """Standard output of a program that starts with PATH and nothing else; it must have nothing to complain about."""
    command[0] = program(command[0])
    done = subprocess.run(
        command, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | environment, capture_output=True, check=False
    )
    assert done.returncode == 0, (done.returncode, done.stderr[:300])
    assert not done.stderr, done.stderr[:300]
    return done.stdout


def environment(output: bytes) -> dict[str, str]:
    """What `env -0` printed; names that begin with V are ours."""
    pairs = (pair.decode().split("=", 1) for pair in output.split(b"\0") if pair)
    return {name: content for name, content in pairs if name.startswith("V")}


def sourced(*shell: str) -> Reader:
    return lambda path: environment(run([*shell, "-c", 'set -a; . "$0"; exec env -0', str(path)]))


def evaluated(*shell: str) -> Reader:
    return lambda path: environment(run([*shell, "-c", 'eval "$(cat "$0")"; exec env -0', str(path)]))


def fish(path: Path) -> dict[str, str]:
    return environment(run(["fish", "--no-config", "-c", "source $argv[1]; exec env -0", str(path)]))


def words(*shell: str) -> Reader:
    """The arguments that a command gets, taken apart by docker's own code."""

    def read(path: Path) -> dict[str, str]:
        script = 'eval "printf \'%s\\0\' $(cat "$0")"'
        given = run([*shell, "-c", script, str(path)]).decode().split("\0")[:-1]
        assert given[::2] == ["--build-arg"] * (len(given) // 2)
        found: dict[str, str] = json.loads(run(["read-docker", "build-arg", *given[1::2]]))
        return found

    return read


def python_dotenv(*, interpolate: bool = True) -> Reader:
    def read(path: Path) -> dict[str, str]:
        try:
            import dotenv
        except ImportError:
            raise Missing("python-dotenv is not installed") from None
        return {name: content or "" for name, content in dotenv.dotenv_values(path, interpolate=interpolate).items()}

    return read


def node(*arguments: str, package: str = "") -> Reader:
    """A program of JavaScript that prints JSON; `{}` in its arguments is the file."""

    def read(path: Path) -> dict[str, str]:
        if package and not (NODE_MODULES / package).is_dir():
            raise Missing(f"npm's {package} is not in .peers/node: `make peers` fetches it")
        filled = [argument.replace("{}", str(path)) for argument in arguments]
        found: dict[str, str] = json.loads(run(["node", *filled], NODE_PATH=str(NODE_MODULES)))
        return found

    return read


_PARSE = "const [, path] = process.argv, text = require('fs').readFileSync(path); console.log(JSON.stringify(%s))"
_DOTENV, _DOTENVX = "dotenv", "@dotenvx/dotenvx"
node_dotenv = node("-e", _PARSE % "require('dotenv').parse(text)", "{}", package=_DOTENV)
node_dotenv_fast = node("-e", _PARSE % "require('dotenv').parse(text, {fast: true})", "{}", package=_DOTENV)
dotenvx_parse = node("-e", _PARSE % "require('@dotenvx/dotenvx').parse(text.toString())", "{}", package=_DOTENVX)
_EXPAND = "require('dotenv-expand').expand({parsed: require('dotenv').parse(text), processEnv: new Object()}).parsed"
dotenv_expand = node("-e", _PARSE % _EXPAND, "{}", package="dotenv-expand")
# Both look for `.env` in a folder.
_LOG = "{info: () => 0, error: () => 0}"
_NEXT = f"require('@next/env').loadEnvConfig(require('path').dirname(path), false, {_LOG}, true).parsedEnv"
_VITE = "require('vite').loadEnv('production', require('path').dirname(path), '')"


def of_folder(reader: Reader) -> Reader:
    """A reader for the file `.env` of a folder that has nothing else."""

    def read(path: Path) -> dict[str, str]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, ".env")
            file.write_bytes(path.read_bytes())
            return reader(file)

    return read


def bun(path: Path) -> dict[str, str]:
    command = PEERS / "bin/bun"
    if not command.exists():
        raise Missing("bun is not in .peers/bin: `make peers HEAVY=1` fetches it")
    found: dict[str, str] = json.loads(
        run([str(command), f"--env-file={path}", "-e", "console.log(JSON.stringify(process.env))"])
    )
    return found


ENV_READERS = PEERS / "env-readers/bin/python"
_DJANGO = "import environ, os, sys; environ.Env.read_env(sys.argv[1], overwrite=True); found = dict(os.environ)"
_DECOUPLE = "import decouple, sys; found = decouple.RepositoryEnv(sys.argv[1]).data"
_HONCHO = "import honcho.environ, sys; found = honcho.environ.parse(open(sys.argv[1], newline='').read())"
_FOREMAN = 'require "json"; require "foreman/env"; h = {}; Foreman::Env.new(ARGV[0]).entries { |k, v| h[k] = v }; print h.to_json'
_RUBY_DOTENV = 'require "json"; require "dotenv"; print Dotenv::Parser.call(File.read(ARGV[0])).to_json'
_PHP = "require '/usr/share/php/{}/autoload.php'; echo json_encode({}file_get_contents($argv[1])), JSON_FORCE_OBJECT);"
_PHPDOTENV = _PHP.format("Dotenv", r"Dotenv\Dotenv::parse(")
_SYMFONY = _PHP.format("Symfony/Component/Dotenv", r"(new Symfony\Component\Dotenv\Dotenv())->parse(")


def printed(*command: str) -> Reader:
    """A program that prints what it read of the file, its last argument, as a JSON object."""

    def read(path: Path) -> dict[str, str]:
        found: dict[str, str] = json.loads(run([*command, str(path)]))
        return found

    return read


def of_pip(script: str) -> Reader:
    """A library of Python that is not ours: `script` leaves what it read in `found`."""

    def read(path: Path) -> dict[str, str]:
        if not ENV_READERS.exists():
            raise Missing("the readers of PyPI are not in .peers/env-readers: `make peers` fetches them")
        return printed(str(ENV_READERS), "-c", f"{script}; import json; print(json.dumps(found))")(path)

    return read


def of_debian(file: str, reader: Reader) -> Reader:
    """A library that only Debian's packages bring here."""

    def read(path: Path) -> dict[str, str]:
        if not Path("/usr/share", file).exists():
            raise Missing(f"/usr/share/{file} is not on this machine: `make peers` fetches what it can")
        return reader(path)

    return read


LINE_READERS: dict[str, Reader] = {
    "django-environ": of_pip(_DJANGO),
    "decouple": of_pip(_DECOUPLE),
    "honcho": of_pip(_HONCHO),
    "ruby dotenv 2": of_debian("doc/ruby-dotenv", printed("ruby", "-e", _RUBY_DOTENV)),
    "foreman": of_debian("doc/ruby-foreman", printed("ruby", "-e", _FOREMAN)),
    "phpdotenv": of_debian("php/Dotenv", printed("php", "-r", _PHPDOTENV, "--")),
    "symfony/dotenv": of_debian("php/Symfony/Component/Dotenv", printed("php", "-r", _SYMFONY, "--")),
    "direnv": printed("direnv", "dotenv", "json"),
    "godotenv": printed("read-godotenv"),
}
node_env_file = node("--env-file={}", "-e", "console.log(JSON.stringify(process.env))")


def dotenvx_run(path: Path) -> dict[str, str]:
    command = NODE_MODULES / ".bin/dotenvx"
    if not command.exists():
        raise Missing("dotenvx is not in .peers/node: `make peers` fetches it")
    # A home of its own: it keeps settings there.
    home = str(path.parent)
    return environment(run([str(command), "run", "--quiet", "-f", str(path), "--", "env", "-0"], HOME=home))


def systemd(path: Path) -> dict[str, str]:
    """What a unit's EnvironmentFile= is read with, and what it keeps of that."""
    found = sorted(Path("/usr/lib").glob("**/systemd/libsystemd-shared-*.so"))
    if not found:
        raise Missing("systemd's shared library is not on this machine")
    library = ctypes.CDLL(str(found[-1]))
    library.env_assignment_is_valid.restype = ctypes.c_bool
    lines = ctypes.POINTER(ctypes.c_char_p)()
    assert library.load_env_file(None, str(path).encode(), ctypes.byref(lines)) == 0
    read: dict[str, str] = {}
    some = ctypes.cast(lines, ctypes.c_void_p).value is not None
    while some and (line := lines[len(read)]):
        assert library.env_assignment_is_valid(line)
        name, content = line.decode().split("=", 1)
        read[name] = content
    return read


def kubernetes(path: Path) -> dict[str, str]:
    secret = json.loads(run(["read-kubernetes", str(path)]))
    return {name: base64.b64decode(content).decode() for name, content in secret.get("data", {}).items()}


_TERRAFORM = """\
variable "secrets" { type = map(string) }
variable "revisions" { type = map(number) }
output "secrets" { value = var.secrets }
"""
# A list of objects, in which what Helm's own reader of YAML made of each text is base64 of its bytes.
_CHART = {
    "Chart.yaml": "apiVersion: v2\nname: trial\nversion: 1.0.0\n",
    "templates/read.yaml": "read: {{ range $name, $text := .Values.secrets }}\n  {{ $name }}: {{ $text | b64enc }}\n{{- end }}\n",
}


def terraform(command: str) -> Reader:
    """What Terraform or OpenTofu has in a state after it read the file."""

    def read(path: Path) -> dict[str, str]:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "main.tf").write_text(_TERRAFORM, encoding="utf-8")
            Path(folder, "given.tfvars.json").write_bytes(path.read_bytes())
            start = [command, f"-chdir={folder}"]
            run([*start, "apply", "-input=false", "-auto-approve", "-var-file=given.tfvars.json"], HOME=folder)
            found: dict[str, str] = json.loads(run([*start, "output", "-json", "secrets"], HOME=folder))
            return found

    return read


def helm(path: Path) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in _CHART.items():
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_text(content, encoding="utf-8")
        made = run(["helm", "template", "trial", folder, "--values", str(path)], HOME=folder).decode()
    pairs = (line.split(": ") for line in made.partition("read:")[2].splitlines() if line.strip())
    return {name.strip(): base64.b64decode(text.strip('"')).decode() for name, text in pairs}


def pwsh(path: Path) -> dict[str, str]:
    script = path.with_suffix(".ps1")
    script.write_bytes(path.read_bytes())
    command = ["pwsh", "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", f". {script}; & env -0"]
    return environment(run(command, HOME=str(path.parent)))


def ruamel(version: tuple[int, int]) -> Reader:
    def read(path: Path) -> dict[str, str]:
        from ruamel.yaml import YAML

        reader = YAML(typ="safe", pure=True)
        reader.version = version
        found: dict[str, str] = reader.load(path.read_bytes().decode())
        return found

    return read


def yaml12(path: Path) -> dict[str, str]:
    try:
        from yaml12 import parse_yaml
    except ImportError:
        raise Missing("py-yaml12 is not installed") from None
    return cast("dict[str, str]", parse_yaml(path.read_bytes().decode()))


def ported(parse: Callable[[str], dict[str, str]]) -> Reader:
    return lambda path: parse(path.read_bytes().decode())


SHELLS = {"bash": ("bash", "--norc"), "dash": ("dash",), "zsh": ("zsh", "-f")}
READERS: dict[str, dict[str, Reader]] = {
    "dotenv": {name: sourced(*command) for name, command in SHELLS.items()}
    | {
        "systemd": systemd,
        "python-dotenv": python_dotenv(),
        "node dotenv": node_dotenv,
        "node --env-file": node_env_file,
        "dotenvx": dotenvx_parse,
        "compose-go": printed("read-compose"),
        "symfony/dotenv": LINE_READERS["symfony/dotenv"],
        "godotenv": LINE_READERS["godotenv"],
    },
    "dotenv-line": LINE_READERS,
    "shell": {name: sourced(*command) for name, command in SHELLS.items()},
    "json": {"Python": lambda path: json.loads(path.read_bytes())},
    "yaml": {"ruamel.yaml as 1.2": ruamel((1, 2)), "as 1.1": ruamel((1, 1)), "py-yaml12": yaml12},
    "toml": {"Python": lambda path: tomllib.loads(path.read_bytes().decode()), "BurntSushi/toml": printed("read-toml")},
    "systemd": {"systemd": systemd},
    "compose": {"compose-go": printed("read-compose"), "phpdotenv": LINE_READERS["phpdotenv"]},
    "docker": {"docker CLI": printed("read-docker")},
    "docker-build": {name: words(*command) for name, command in SHELLS.items()},
    "k8s-secret": {"kubernetes": kubernetes},
    "github-env": {"a port of the runner's parser": ported(ports.github_env)},
    "gitlab-dotenv": {"a port of GitLab's parser": ported(ports.gitlab_dotenv)},
    "python-dotenv": {"python-dotenv": python_dotenv()},
    "node-dotenv": {"node dotenv": node_dotenv, "node dotenv (fast)": node_dotenv_fast},
    "node-env-file": {"node --env-file": node_env_file},
    "dotenv-expand": {
        "dotenv-expand": dotenv_expand,
        "Next.js": of_folder(node("-e", _PARSE % _NEXT, "{}", package="@next/env")),
        "Vite": of_folder(node("-e", _PARSE % _VITE, "{}", package="vite")),
        "Bun": bun,
    },
    "dotenvx": {"dotenvx parse": dotenvx_parse, "dotenvx run": dotenvx_run},
    "fish": {"fish": fish},
    "terraform": {"Terraform": terraform("terraform"), "OpenTofu": terraform("tofu")},
    "helm": {"Helm": helm},
    "powershell": {"pwsh": pwsh, "a port of PowerShell's tokenizer": ported(ports.powershell)},
}
