"""The real sops both ways: it reads what we write, and we read what it writes as it reads it itself."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gitseal.delivery.request import Request
from gitseal.document import ciphertext
from gitseal.document.value import ValueType, checked, text
from gitseal.errors import Error
from gitseal.exchange import ImportedValue, sops
from gitseal.exchange.sops import exporting
from gitseal.git.repository import Repository
from gitseal.project.workspace import Workspace
from gitseal.render import Refused
from gitseal.sealing import leaving_sops
from gitseal.usecases import migrate
from gitseal.usecases.export_sops import SopsJob, export
from tests.exchange.sops.documents import MARKED, items, plain, shape, yaml_texts
from tests.exchange.sops.test_exporting import AGE, NOW
from tests.exchange.sops.test_vectors import VECTORS, keyring

Sops = Callable[..., bytes]
# No shrinking: each try starts sops twice.
SLOW = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def real(peer: Callable[[str], str], tmp_path: Path) -> Sops:
    """Runs sops in an empty folder, and gives what it printed; what it refuses is a CalledProcessError."""
    program = peer("sops")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SOPS_AGE_KEY_FILE": str(VECTORS / "age.txt"),
        "SOPS_DISABLE_VERSION_CHECK": "1",
    }

    def run(*arguments: str, **more: str) -> bytes:
        done = subprocess.run(
            [program, *arguments], cwd=tmp_path, env=environ | more, check=True, capture_output=True, timeout=60
        )
        return done.stdout

    return run


def _carried_by_json(values: Sequence[ImportedValue]) -> bool:
    return not any(
        isinstance(plain(item.value), bytes)
        or (item.value.kind is ValueType.FLOAT and item.value.reveal().endswith((b"inf", b"nan")))
        for item in values
    )


def _comparable(tree: object) -> object:
    """A tree whose large numbers are floats: Go writes 6.24986038277203e+16 as 62498603827720300, which is the same float."""
    if isinstance(tree, dict):
        return {name: _comparable(item) for name, item in tree.items()}
    if isinstance(tree, list):
        return [_comparable(item) for item in tree]
    return float(tree) if isinstance(tree, int) and abs(tree) >= _EXACT else tree


_EXACT = 2**53


@pytest.mark.slow
@pytest.mark.fuzz
@SLOW
@given(values=items())
def test_it_reads_what_we_write(real: Sops, tmp_path: Path, values: list[ImportedValue]) -> None:
    values = [item for item in values if _carried_by_json([item])]
    for form, name in (("sops-yaml", "o.yaml"), ("sops-json", "o.json")):
        try:
            (tmp_path / name).write_bytes(exporting.export(form, values, (AGE,), NOW).content)
        except Refused:
            continue
        assert _comparable(json.loads(real("decrypt", "--output-type", "json", name))) == _comparable(shape(values))


@pytest.mark.slow
@pytest.mark.fuzz
@SLOW
@given(written=yaml_texts())
def test_we_read_what_it_writes(real: Sops, tmp_path: Path, written: str) -> None:
    (tmp_path / "p.yaml").write_text(written)
    try:
        sealed = real("encrypt", "--age", AGE, "p.yaml")
        (tmp_path / "e.yaml").write_bytes(sealed)
        wanted = json.loads(real("decrypt", "--output-type", "json", "e.yaml"))
    except subprocess.CalledProcessError:
        return  # a number of more than 64 bits, a value that is not of its tag
    read = sops.read(sealed, keyring().by_cost(), "e.yaml").imported.items
    assert _comparable(shape(read)) == _comparable(wanted)


@pytest.mark.slow
@pytest.mark.fuzz
@SLOW
@given(
    written=st.one_of(st.just("a: 1\n"), yaml_texts()),
    marked=st.lists(MARKED.filter(lambda one: ciphertext.of_value(text(one)) is None), min_size=3, max_size=9),
)
def test_a_migration_and_the_way_back_change_no_value(
    real: Sops, tmp_path: Path, written: str, marked: list[str]
) -> None:
    clear = "".join(f"m{number}_unencrypted: {json.dumps(one)}\n" for number, one in enumerate(marked))
    (tmp_path / "p.yaml").write_text(f"{written}{clear}db:\n  m0_unencrypted: z\n  last: hush\n")
    top = Path(tempfile.mkdtemp(dir=tmp_path))
    subprocess.run(["git", "init", "--quiet", str(top)], check=True)
    try:
        (top / "s.yaml").write_bytes(real("encrypt", "--age", AGE, "p.yaml"))
        wanted = json.loads(real("decrypt", "--output-type", "json", str(top / "s.yaml")))
    except subprocess.CalledProcessError:
        return  # as above
    try:
        planned = leaving_sops.plan(top, Repository(str(top)), keyring(), "al")
    except Error:
        return  # a name that we do not take
    project = migrate.migrate(planned, keyring())
    job = SopsJob("s", Request(), "sops-yaml", NOW)
    try:
        (tmp_path / "o.yaml").write_bytes(export(Workspace(project, keyring()), job).content)
    except Refused:
        return  # infinities
    assert _comparable(json.loads(real("decrypt", "--output-type", "json", "o.yaml"))) == _comparable(wanted)
    assert b"hush" not in (top / ".secrets/s.yaml").read_bytes()


def test_an_edit_changes_the_edited_lines_alone(real: Sops, tmp_path: Path) -> None:
    """Nothing that we write is written anew by sops: neither a name, nor an indentation, nor an equal value."""
    tree = b'[1,"two",{"k":[true,null,2.5],"e":{},"l":[],"m":{"n":{"o":1}}},[["x"]]]'
    values = [
        ImportedValue(("PORT",), checked(ValueType.INTEGER, b"5432"), 0, comments=("# Of the app", "# in two lines")),
        ImportedValue(("db", "on"), checked(ValueType.TEXT, b"a\nb"), 0, comments=("# Of the db",)),
        ImportedValue(("db", "list"), checked(ValueType.JSON, tree), 0),
        ImportedValue(("empty",), checked(ValueType.TEXT, b""), 0),
        ImportedValue(("none",), checked(ValueType.NULL, b""), 0),
        ImportedValue(("raw",), checked(ValueType.BYTES, b"\0\xff"), 0),
        ImportedValue(("last",), checked(ValueType.TEXT, b"x"), 0),
    ]
    before = exporting.export("sops-yaml", values, (AGE,), NOW).content
    (tmp_path / "o.yaml").write_bytes(before)
    real("edit", "o.yaml", EDITOR="sed -i s/^last:.*/last:\\ y/")
    after = (tmp_path / "o.yaml").read_bytes()
    old, new = before.decode().split("\n"), after.decode().split("\n")
    changed = [one.strip().partition(":")[0] for one, other in zip(old, new, strict=True) if one != other]
    # A sops of another version writes its own.
    assert [name for name in changed if name != "version"] == ["last", "lastmodified", "mac"]
    read = sops.read(after, keyring().by_cost(), "o.yaml").imported.items
    assert shape(read) == {**shape(values), "last": "y"}
    assert read[0].comments == ("# Of the app", "# in two lines")


def test_it_opens_a_list_with_a_comment_as_we_do(real: Sops) -> None:
    if b" 3.13.2" in real("--version", "--disable-version-check"):
        pytest.skip("sops 3.13.2 refuses such a list of its own")
    vector = VECTORS / "comment_in_list.yaml"
    wanted = json.loads(real("decrypt", "--output-type", "json", str(vector)))
    assert _comparable(
        shape(sops.read(vector.read_bytes(), keyring().by_cost(), "s.yaml").imported.items)
    ) == _comparable(wanted)


@pytest.mark.parametrize(("form", "name"), [("sops-json", "o.json"), ("sops-dotenv", "o.env")])
def test_it_edits_the_other_formats_too(real: Sops, tmp_path: Path, form: str, name: str) -> None:
    texts = {"A": "a=b c", "B": "one\ntwo", "C": "", "D": "#x 'q' \"r\"", "E": "ключ 🔑", "a_unencrypted": "hush"}
    values = [ImportedValue((key,), checked(ValueType.TEXT, one.encode()), 0) for key, one in texts.items()]
    values.append(ImportedValue(("PORT",), checked(ValueType.INTEGER, b"5432"), 0, comments=("# A port",)))
    (tmp_path / name).write_bytes(exporting.export(form, values, (AGE,), NOW).content)
    assert json.loads(real("decrypt", "--output-type", "json", name)) == {**texts, "PORT": 5432}
    real("edit", name, EDITOR="sed -i s/5432/5433/")
    read = sops.read((tmp_path / name).read_bytes(), keyring().by_cost(), name).imported.items
    assert {item.path[0]: item.value.reveal().decode() for item in read} == {**texts, "PORT": "5433"}
    assert form == "sops-json" or read[-1].comments == ("# A port",)
