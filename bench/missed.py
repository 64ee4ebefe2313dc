"""Budgets that a run may miss: what was tried, and where the rest of the time goes."""

from bench.world import RECIPIENTS

MISSED = {
    "`get` of 100 names": """\
Imports, nearly all of it. Three fifths of the instructions are the interpreter and the libraries that no value is opened
without: `cryptography.hazmat` loads `typing`, `enum`, `re`, `collections` and `contextlib`, as much again as the bare Python
beside it, which opens nothing. That floor alone is 1.5 times that Python, and 1.5 times `sops -d --extract`. Of the rest, three
quarters are 72 small modules of ours (half the import system's, half their classes and functions), one quarter is the work:
two key derivations, the public half of the data key, the policy, the file. Tried without gain: one merged module, a finder of
our own, frozen modules, `-I`, unchecked bytecode, no docstrings. Tried with gain and kept: no click, no pathlib, no `subprocess`,
tuples without `typing`'s checks, enumerations without `enum`, methods of `str` for most expressions (one of fifteen is left), no
garbage collector, no Git, one entry made and not all.""",
    "`render` of 100 names": """\
As for `get`. The manifest, the dialect, the names that steer programs and the options of `render` are eleven modules more.""",
    "`render` of 1,000 names": """\
Half of it is the start, see `get`. What grows with the names is less than a third of what sops takes.""",
    "`render` of 10,000 names": """\
Half of it is the cipher: a key derivation for each value. A tenth each: the start, one expression over the file, base64.""",
    "`render` of 100,000 names": "As for 10,000 names, without the start.",
    f"`rekey` of 10,000 names, {RECIPIENTS} recipients, one removed": """\
Opening and sealing 10,000 values takes a third of it. A sixth goes to the history: who ever held the data key, and how many
values were sealed under it, is read from every version of the files. Imports are a sixth, and a tenth is reading the file three
times: for the plan, under the lock in case it changed while a person read the plan, and as it will be written.""",
    "`hook run pre-commit`, one small file, no identity": """\
Git is started three times at the very beginning and works while our modules are loaded. On two busy cores they get in each
other's way; CPU time is 0.7 to 0.8 of that of gitleaks. Half of our start is Python's own with `re`, which the launcher imports
and the rules need.""",
    "the merge driver, 100 names": """\
Half of it is Python's own start, a fifth of that `site`. The rest is the reader of sealed files in 28 small modules, and the
shell that Git starts. `re`, `enum`, `typing`, `cryptography`, `subprocess` and pathlib are not loaded any more, and Git merges
the lines meanwhile. On busy cores a sleep of 10 ms stays 10 ms, and a Python does not.""",
    "`check` of 300 environments of 50 names": """\
With an identity at hand `check` opens all 15,000 values, which Git's side of the comparison does not: that takes a quarter
of the time, and unwrapping 300 data keys a sixth. The rest is one parse of each file.""",
    "`list` of 300 environments of 50 names": """\
One parse of each file, the history of 15,000 names in one walk, and a table of 15,000 lines with a SHA-256 in each.""",
    "`status` of 300 environments of 50 names": "One parse of each file, and all findings of `check` for each environment.",
}
"""The words of the page, by the work of a row."""
