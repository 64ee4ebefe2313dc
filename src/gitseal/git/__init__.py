"""Git: small functions, each one command of the `git` binary with explicit flags and its reason.

Names and paths that come from a repository are never options: they follow `--` or go through standard input. A library
serves where it is better, in a file of its own that is imported only there: `objects` (pygit2), `configuration` (GitPython).

Which file answers which question:

* one repository, a few answers: `repository`, `settings`, `refs`, `listing`; the program itself: `binary`
* the files of one state: `snapshot` (the index, a commit), `objects` (a commit, for programs); what a commit brings: `staged`
* many commits: `brought` (what is new in each, for `scan`), `ranges` (each against each parent, for `verify`), `log` with `moves`
  (one path's history with its contents, for `log` and `review`); as they were signed: `commits`, `signatures`
* many contents: `blobs` (in chunks, of any size), `ahead` (small ones that are asked for ahead of their use)
* hooks and what Git tells them: `hooks`, `canary`, `updates`; merges: `merging`, `conflicts`
"""
