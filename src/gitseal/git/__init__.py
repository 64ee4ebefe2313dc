"""Git: small functions, each one command of the `git` binary with explicit flags and its reason.

Names and paths that come from a repository are never options: they follow `--` or go through standard input. A library
serves where it is better, in a file of its own that is imported only there: `objects` and `branch_commit` (pygit2),
`configuration` (GitPython).

Which file answers which question:

* a commit on a branch that nobody has checked out: `branch_commit`
* starting the program: `run`, and before our modules have loaded: `ahead`
* one repository, a few answers: `repository`, `settings`, `refs`
* any object, by one process for a command: `object_reader`, with `object_types`; asked ahead of its use: `prefetch`
* the files of a commit: `trees`; of the index: `index`; of either, with their contents: `snapshot`; of a commit, for
  programs: `objects`; what a commit would bring: `staged`; all that one file ever was: `versions`
* many commits: `walked_range` (one walk, for all who look at a range), `introduced` (what is new in each, for `scan`), `ranges`
  (comparing, descent, a range's words), `first_parents` (when a branch came to have a commit), `log` with `log_walk` and
  `renames` (one path's history with its contents); as they were signed: `commits`, `signatures`
* hooks and what Git tells them: `hooks`, `canary`, `updates`; merges: `merging`, `conflicts`
"""
