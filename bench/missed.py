"""Budgets that a run may miss: what was tried, and where the rest of the time goes."""

from bench.world import RECIPIENTS

MISSED = {
    "`get` of 100 names": """\
Imports, nearly all of it. Of the start of `get`, the interpreter and the libraries that no value is opened without
(cryptography.cobblestone loads `typing`, `enum`, `re`, `collections` and `functools`, pyrage its own code) take about
three fifths; 74 modules of ours, 0.1 to 0.5 ms each, take nearly all the rest: reading the policy, the file, the identity and
the header. Tried without gain: one merged module, frozen modules, `-I`, unchecked bytecode. Tried with gain and kept: no
click, no pathlib, no `subprocess`, tuples without `typing`'s checks, expressions compiled on first use, no garbage
collector. What is left are a dozen expressions and three enumerations that a file or a policy cannot be read without.""",
    "`render` of 100 names": "As for `get`; the dialect is one module more.",
    f"`rekey` of 10,000 names, {RECIPIENTS} recipients, one removed": """\
Opening and sealing 10,000 values takes a third of it. A sixth goes to the history: who ever held the data key, and how many
values were sealed under it, is read from every version of the files. Imports are a sixth, and a tenth is reading the file three
times: for the plan, under the lock in case it changed while a person read the plan, and as it will be written.""",
    "`hook run pre-commit`, one small file, no identity": """\
Git is started three times at the very beginning and works while our modules are loaded. On two busy cores they get in each
other's way; CPU time is below that of gitleaks. Half of our start is Python's own with `re`, which the launcher imports.""",
    "the merge driver, 100 names": """\
Python's start and `re`, which the program's own launcher imports, take two thirds of it; the reader of sealed files in 31
small modules takes the rest. `typing`, `cryptography`, `subprocess` and pathlib are not loaded any more, and Git merges the
lines meanwhile.""",
    "`check` of 300 environments of 50 names": """\
With an identity at hand `check` opens all 15,000 values, which Git's side of the comparison does not: that takes a quarter
of the time, and unwrapping 300 data keys a sixth. The rest is one parse of each file.""",
    "`list` of 300 environments of 50 names": """\
One parse of each file, the history of 15,000 names in one walk, and a table of 15,000 lines with a SHA-256 in each.""",
    "`status` of 300 environments of 50 names": "One parse of each file, and all findings of `check` for each environment.",
}
"""The words of the page, by the work of a row."""
