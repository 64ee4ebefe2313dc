"""Budgets that a run may miss: what was tried, and where the rest of the time goes."""

from bench import leaving
from bench.one_environment import RECIPIENTS

_LONG_SET = "`set` over 20,000 commits, every 100th setting one of 100 values"

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
Opening and sealing 10,000 values takes more than half of it, which the libraries alone take a third of: 20,000 objects of
`cryptography`, base64, padding and rows are the rest. Cutting the file and reading it again, so that nothing but these values
changed, takes a seventh, imports a tenth. Tried and kept: the file is parsed once before a person is asked and not again if it
has not changed, new rows are cut and not matched, who ever held the data key is read from headers alone. Values are too small
for threads: the interpreter's lock is held while one is sealed.""",
    "`hook run pre-commit`, one small file, no identity": """\
Git is started three times at the very beginning and works while our modules are loaded. On two busy cores they get in each
other's way; CPU time is 0.7 to 0.8 of that of gitleaks. Half of our start is Python's own with `re`, which the launcher imports
and the rules need.""",
    "`hook run pre-commit`, code alone, 300 environments of 50 names": """\
Two thirds is what the hook takes without an identity: its start, Git, and the policy of 300 environments, whose 600 lines are
parsed. The rest comes with the identity: the key of the kept filter (OpenSSL's first HKDF), the filter itself, and for each of
300 files the question whether working tree, HEAD, index and trusted ref have another version than the filter knows. No sealed
file is read and no value opened. Tried and kept: what Git's index calls unchanged is not read again.""",
    f"`rekey` of {leaving.FILES} files of {leaving.NAMES} values, {leaving.RECIPIENTS} recipients, one removed": """\
A fifth is the 19 wraps of each file, each checked as a reader will check it, and a seventh the 50 values, opened and sealed.
More than a third is reading: each header is parsed five times, of the file, of the trusted ref, of what this clone remembers, and
twice for the comparison that nothing else changed. A tenth is the disk: 200 files and the journal are synced. sops starts a
process for each file, and writes none through a journal: a kill leaves some files new and others old.""",
    "Git processes of a `review` of one commit": """\
Refs, objects, the range, a tree for each end, the comparison of the two, the trusted ref's name, what each commit did to
`.secrets`, all of history for tokens that are new, and a second reader of objects for that walk. The two trees could come through
the reader of objects, at the price of a tree parser on the way of every review.""",
    f"{_LONG_SET}, the first in a clone": """\
Git's own walk over 20,000 commits is most of it. gitseal then reads the header of each version that the walk names, 200 of them,
and keeps what it found. Until 2026-11-27 this row was measured in a clone that was never armed, whose notice asks Git nine times
more; what it compares with was armed.""",
    f"{_LONG_SET}, not the first": """\
Five small questions to Git, as in one commit. The difference measured until 2026-11-27 was not the history: the clone of this row
was never armed, and that notice asks Git nine times more.""",
    "the merge driver, 100 names": """\
Half of it is Python's own start, a fifth of that `site`. The rest is the reader of sealed files in 28 small modules, and the
shell that Git starts. `re`, `enum`, `typing`, `cryptography`, `subprocess` and pathlib are not loaded any more, and Git merges
the lines meanwhile. On busy cores a sleep of 10 ms stays 10 ms, and a Python does not.""",
    "`check` of 300 environments of 50 names": """\
With an identity at hand `check` opens all 15,000 values, which Git's side of the comparison does not: that takes over a third of
the time, and unwrapping 300 data keys and showing that each is the one of its id a quarter. The rest is one parse of each file.
Tried and kept: rows that are in order are seen as such without an entry for each, keys of people are parsed once, and a
clone in which no other ref has a version of a sealed file is not searched for claims.""",
    "`list` of 300 environments of 50 names": """\
One parse of each file, and for each of 15,000 names a row, a SHA-256 and a line of the table. Tried and kept: history is asked
once, before the rows are made, headers are read without a tree, OpenSSL's SHA-256 from a thousand names on, a table with nothing
to escape is looked at once, and no cryptography is loaded.""",
    "`status` of 300 environments of 50 names": """\
One parse of each file, and all findings of `check` for each environment. Git is asked once for each commit that was deployed, and
three times in all.""",
    "textconv of a file of 100 names": """\
The interpreter's own start is most of it; reading the file and its SHA-256 is what the hundredth above it is.""",
    "`review` of 200 commits that are signed by SSH": """\
Twice as much is looked at as before: every changed line has an entry, and the merge with what it is compared to is tried. Run
alone, the two rows of 200 commits gave 0.63 and 1.08.""",
    "`git log -p` of a sealed file over 500 versions": """\
For each version Git starts a shell, and that the interpreter, for one file of ours.""",
    "`git blame` of a sealed file over 500 versions": "As for `git log -p`.",
    "`offboard --report` over 20,000 commits, every 100th setting one of 300 values": """\
Git's own walk without contents is 170 ms of it, and a report on a repository of one commit takes 90 ms. What is left, the
versions and what changed in them, is a seventh.""",
    "`offboard --report` over 20,000 commits, every 20th setting one of 300 values": """\
As for every 100th, with five times as many versions.""",
    "`run` of `cat` on 200 MB of log, 100 names": """\
Other work took the cores in this run: 0.84 when the row ran alone a quarter of an hour later.""",
    "`log` over 50,000 commits, every 100th setting one of 300 values": """\
Other work took the cores in this run: 1.11 when the row ran alone a quarter of an hour later.""",
    "the matrix of 2,000 names by 5 environments in a browser, first paint": """\
The same build took 340 to 570 ms in runs a minute apart, and 300 ms in the morning: this machine's own spread is
larger than what is over the budget.""",
}
"""The words of the page, by the work of a row."""
