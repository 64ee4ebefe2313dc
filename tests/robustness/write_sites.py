"""Every place in the code that changes something on a disk, and the cases of `write_paths.py` that come by."""

import ast
from collections.abc import Iterator

from tests import source

_FLOOR = "what the others stand on"
_BESIDE = "in a private folder of temporary files, for another program to read"
_ROTATION = "its own journal: see test_killed_rotation.py"
_CACHE = "without it the next command only takes longer"
_NO_FILE = "no file of a disk"
_MANAGER = "as `hook install`, where a manager of hooks or a server is; atomic, and tried by tests/arming"

SITES: dict[str, tuple[str, ...] | str] = {
    "arming/arm_clone.py arm": ("init of a clone", "migrate from sops"),
    "arming/founding.py found": ("init", "init without an identity", "migrate from sops"),
    "arming/git_files.py add_lines": ("init", "import of a backup", "migrate from sops"),
    "arming/installation.py _copy_beside": ("hook install", "init of a clone"),
    "arming/installation.py _into_configuration": _MANAGER,
    "arming/installation.py _into_husky": _MANAGER,
    "arming/installation.py _keep_its_name": _MANAGER,
    "arming/installation.py _out_of_husky": _MANAGER,
    "arming/installation.py _put": ("hook install", "init of a clone", "init"),
    "arming/installation.py _remove_folder": _MANAGER,
    "arming/installation.py _take_out": ("hook uninstall",),
    "arming/installation.py uninstall": ("hook uninstall",),
    "arming/server.py record": _MANAGER,
    "audit/history/reads.py _rotate": ("reading what is protected",),
    "audit/history/reads.py append": ("reading what is protected",),
    "audit/scan/team_cache.py TeamCache.save": ("hook run",),
    "cli/edit.py _Editing.run": ("edit", "edit that is kept"),
    "cli/exporting_sops.py give": ("export for sops",),
    "cli/main.py outcome": _NO_FILE,
    "cli/render.py _placed": ("render of files",),
    "cli/run.py command": ("run with files",),
    "cli/unseen.py read_unseen": _NO_FILE,
    "conflict/conflicted_text.py write_merged": ("resolve",),
    "conflict/merge_files.py _write": ("the merge driver",),
    "delivery/publishing/accepted.py _accept": ("publish",),
    "delivery/publishing/record_memory.py write": ("publish",),
    "delivery/service_files.py staged": ("render of files", "run with files"),
    "delivery/targets.py write": ("render", "sync pull", "template"),
    "delivery/targets.py write_new": ("export", "export for sops"),
    "exchange/backup.py _packed": _NO_FILE,
    "files/atomic.py _fill": _FLOOR,
    "files/atomic.py _make": _FLOOR,
    "files/atomic.py append": _FLOOR,
    "files/atomic.py make_folder": _FLOOR,
    "files/atomic.py new_folder": _FLOOR,
    "files/atomic.py open_unnamed": _FLOOR,
    "files/atomic.py put": _FLOOR,
    "files/atomic.py remove": _FLOOR,
    "files/atomic.py sweep": _FLOOR,
    "files/atomic.py sweep_dead": _FLOOR,
    "files/atomic.py sweep_folders": _FLOOR,
    "files/atomic.py write_new": _FLOOR,
    "files/below.py _Stage._enter": _FLOOR,
    "files/below.py _Stage._restore": _FLOOR,
    "files/below.py _Stage._written": _FLOOR,
    "files/below.py _Stage.clear": _FLOOR,
    "files/below.py _fill": _FLOOR,
    "files/below.py _put": _FLOOR,
    "files/private.py _sweep": _FLOOR,
    "files/private.py private_folder": _FLOOR,
    "files/private.py remove_rest": _FLOOR,
    "git/canary.py _Maker.__init__": _BESIDE,
    "git/canary.py canary": _BESIDE,
    "git/log.py shallow_ends": _NO_FILE,
    "git/merging.py merge_lines": ("the merge driver",),
    "git/signatures.py _Tools.folder": _BESIDE,
    "git/signatures.py _by_ssh_keygen": _BESIDE,
    "git/signatures.py _check_openpgp": _BESIDE,
    "git/signing.py sign": _BESIDE,
    "identities/files.py _make_folders": ("keygen",),
    "identities/files.py write_new": ("keygen",),
    "process/feeding.py Feed._write": _NO_FILE,
    "project/armed.py is_due": _CACHE,
    "project/belief/facts_cache.py FactsCache.save": ("set",),
    "project/belief/known.py Known.save": ("set in a fresh clone", "rekey", "recipient add"),
    "project/journal.py _note": ("set in all", "env rename"),
    "project/journal.py _put_back": ("set in all", "env rename"),
    "project/journal.py _replace_several": ("set in all", "env rename"),
    "project/journal.py _put": ("set", "set in all", "env rename", "env remove"),
    "remote/tls.py _fill": _NO_FILE,
    "scan/env_values.py _Closing.line_after": _NO_FILE,
    "sealing/saved_edit.py discard": ("edit",),
    "sealing/saved_edit.py keep": ("edit that is kept",),
    "sealing/waiting.py Record.remove": _ROTATION,
    "sealing/waiting.py Record.write": _ROTATION,
    "sealing/waiting.py held": _ROTATION,
    "studio/browser.py led_to": "a page for the browser with a token that ends with this process; removed when it ends",
    "studio/browser.py _remove": "the same, swept at the next start",
    "usecases/env.py _rename_in_policy": _NO_FILE,
    "usecases/export.py export_sealed": ("export",),
    "usecases/export.py export_values": ("export",),
    "usecases/hook_allow.py _write": ("hook allow",),
    "usecases/import_backup.py _restore": ("import of a backup",),
    "usecases/init.py own_recipient": ("init without an identity",),
    "usecases/keygen.py keygen": ("keygen",),
    "usecases/run.py place_files": ("run with files",),
}
"""The functions, by file, with the names of the cases that come by; else why there is none."""


def sites() -> Iterator[str]:
    """Each function of gitseal that calls something which changes a disk, as `file.py function`."""
    for name, module in source.modules().items():
        found = _functions(module, "")
        yield from dict.fromkeys(f"{name} {function}" for function, call in found if _writes(call))


def _functions(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        name = inside
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            name = f"{inside}.{child.name}".removeprefix(".")
        if isinstance(child, ast.Call):
            yield name, child
        yield from _functions(child, name)


_METHODS = frozenset(
    {
        *(
            "write_text",
            "write_bytes",
            "mkdir",
            "makedirs",
            "unlink",
            "rmdir",
            "rename",
            "touch",
            "rmtree",
            "link",
            "symlink",
        ),
        *(
            "symlink_to",
            "hardlink_to",
            "mkstemp",
            "mkdtemp",
            "TemporaryDirectory",
            "NamedTemporaryFile",
            "TemporaryFile",
        ),
        *("truncate", "ftruncate", "chmod", "fchmod", "copyfile", "copytree"),
    }
)
_OURS = frozenset({"write", "put", "write_new", "append", "remove", "make_folder", "new_folder", "staged"})
_HOMES = frozenset({"atomic", "below", "service_files"})
_OPENS = frozenset({"open", "fdopen"})
_WRITING = ("'w", "'a", "'x", "'r+", "O_WRONLY", "O_RDWR")


def _writes(call: ast.Call) -> bool:
    """True for what changes a disk, by the name of what is called."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in {"private_folder", "write_new"} or (function.id in _OPENS and _opens_to_write(call))
    if not isinstance(function, ast.Attribute):
        return False
    of = getattr(function.value, "id", getattr(function.value, "attr", ""))
    if of == "output":
        return False
    if of in _HOMES:
        return function.attr in _OURS
    if function.attr in _OPENS:
        return _opens_to_write(call)
    # Of texts `replace` takes two words, of paths one.
    is_rename = function.attr == "replace" and (len(call.args) == 1 or of == "os") and not call.keywords[1:]
    return function.attr in _METHODS or is_rename or (of == "os" and function.attr in {"remove", "replace"})


def _opens_to_write(call: ast.Call) -> bool:
    words = ast.unparse(call)
    return any(mode in words for mode in _WRITING)
